"""Typical cases 典型案例: a published record, cited by reference and shown as it is now (design §2)."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel

from cms.blocks import a_reference
from cms.models.disclosures import DisclosurePage, panels
from cms.outline import plain_text
from cms.structured import Fact
from cms.vocabulary import Subject


def refuse_name(page: DisclosurePage, name: str, fields: tuple[str, ...]) -> None:
    """What an editor types stays in revisions: the name of a cited record may stand in none of it."""
    typed = {field: getattr(page, field) for field in fields} | {"body": plain_text(page.body)}
    for field, words in typed.items():
        if name in words.replace(" ", ""):
            raise ValidationError({field: _("不写当事人姓名：所引公示自会显示，终止公示后随之消失。")})


def cited_now(page: DisclosurePage) -> Any:
    """The record that the page stands on, if it is public today."""
    from integrity.models import Publication

    current = Publication.objects.current(timezone.localdate()).select_related("authority", "profession")
    return current.filter(ref=page.cited_ref).first() if page.cited_ref else None


class TypicalCasePage(DisclosurePage):
    """One case 典型案例. It stands and falls with its publication: withdrawn or over, every door is shut at once.

    Title, summary and lesson may not name the person: what an editor types stays in revisions, a name must not.
    """

    publication_ref = models.CharField(_("公示编号"), max_length=36, validators=[a_reference])
    points = models.TextField(_("案件要点"), max_length=1000)
    lesson = models.TextField(_("警示意义"), max_length=600)

    own_subject: ClassVar[Subject | None] = Subject.GOVERNMENT_BREACHES
    page_template: ClassVar[str] = "cms/typical_case_page.html"
    content_panels: ClassVar[list[Any]] = panels(
        FieldPanel("publication_ref"), FieldPanel("points"), FieldPanel("lesson"), heading=_("典型案例")
    )

    class Meta:
        verbose_name = _("典型案例")

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        try:
            self.cited_ref = uuid.UUID(self.publication_ref)
        except ValueError:
            self.cited_ref = uuid.UUID(int=0)  # cites nothing, hence shown nowhere; the field's own check says so
        super().full_clean(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        cited = cited_now(self)
        if cited is None:
            raise ValidationError({"publication_ref": _("没有公示中的这一编号。")})
        refuse_name(self, cited.name, ("title", "summary", "points", "lesson"))

    def facts(self, day: date) -> list[Fact]:
        return [Fact(_("案件要点"), self.points, wide=True), Fact(_("警示意义"), self.lesson, wide=True)]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["publication"] = cited_now(self)
        return context
