"""What every public page shares 公开页面: the site's frame around it, the language of its text."""

from __future__ import annotations

import logging
from typing import Any, ClassVar

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Revision

from cms.forms import CheckedPageForm
from cms.frame import public_frame
from cms.vocabulary import ContentLanguage

logger = logging.getLogger(__name__)


class PublicPage(Page):
    """A page of the public site 公开页面; its text may be in Tibetan while the frame stays as the reader chose."""

    language = models.CharField(
        _("正文语言"), max_length=10, choices=ContentLanguage.choices, default=ContentLanguage.CHINESE
    )

    show_in_menus_default: ClassVar[bool] = False
    base_form_class = CheckedPageForm
    private_page_options: ClassVar[list[str]] = []  # a page is public or not there

    class Meta:
        abstract = True

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return public_frame(request, page=self) | context

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A page whose last moment has passed is gone, whether or not the job has run (H5)."""
        if self.expire_at is not None and self.expire_at <= timezone.now():
            raise Http404
        answer: HttpResponse = super().serve(request, *args, **kwargs)
        return answer

    def publish(self, revision: Revision, *args: Any, **kwargs: Any) -> None:
        """Every way to the public ends here; numbers of persons are asked for once more, at that moment.

        A page whose hour has come (定时发布) and that is refused stays where it is: the job goes on to the next one.
        """
        from cms.personal_data.checking import PersonalDataFound, refuse_numbers  # it reads pages, this is one

        try:
            refuse_numbers(revision.as_object())
        except PersonalDataFound:
            if kwargs.get("log_action") != "wagtail.publish.scheduled":
                raise
            logger.error("page %s not published on schedule: personal data found", self.pk)
            return
        super().publish(revision, *args, **kwargs)
