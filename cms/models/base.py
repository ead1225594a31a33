"""What every public page shares 公开页面: the site's frame around it, the language of its text."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from cms.frame import public_frame
from cms.vocabulary import ContentLanguage


class PublicPage(Page):
    """A page of the public site 公开页面; its text may be in Tibetan while the frame stays as the reader chose."""

    language = models.CharField(
        _("正文语言"), max_length=10, choices=ContentLanguage.choices, default=ContentLanguage.CHINESE
    )

    show_in_menus_default: ClassVar[bool] = False
    in_footer: ClassVar[bool] = True

    class Meta:
        abstract = True

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return public_frame(request, page=self) | context
