"""Feed of a question over disclosures 检索订阅 (Atom, RFC 4287): what was found, the newest first; never a person."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.feeds import NEWEST, DisclosureFeed, due, without_names
from cms.models import DisclosurePage
from search.forms import FeedQuestion, looks_like_identity_number
from search.models import Kind, World
from search.query import search

#: What of a question a feed takes along: the feed has its own order and no pages.
_TAKEN = tuple(name for name in FeedQuestion.base_fields if name not in ("kind", "near", "sort"))


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, and the request it came with."""

    request: HttpRequest
    question: FeedQuestion
    words: dict[str, str]


class SteadyAtom(Atom1Feed):
    """Without entries a feed is as old as the day; the moment of asking would make each answer another one."""

    def latest_post_date(self) -> datetime:
        if self.items:
            return super().latest_post_date()
        return timezone.make_aware(datetime.combine(timezone.localdate(), time()))


class QuestionFeed(DisclosureFeed):
    """The newest fifty that a question finds."""

    feed_type = SteadyAtom

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        asked: Asked = kwargs["asked"]
        return asked

    def title(self, asked: Asked) -> str:  # type: ignore[override]
        return _("检索“%(words)s”：公开文件") % {"words": asked.words["q"]}

    def link(self, asked: Asked) -> str:  # type: ignore[override]
        """The page that shows the same: its address is the feed's identity, too."""
        return f"{reverse('public_search:public')}?{urlencode(asked.words | {'kind': Kind.DISCLOSURE.value})}"

    def feed_url(self, asked: Asked) -> str:
        return f"{reverse('public_search:feed')}?{urlencode(asked.words)}"

    def author_name(self, asked: Any) -> str:
        return super().author_name(asked.request)

    def items(self, asked: Any) -> list[DisclosurePage]:
        found = search(
            World.PUBLIC,
            asked.words["q"],
            kinds=[Kind.DISCLOSURE],
            narrowing=asked.question.narrowing(),
            by_date=True,
            limit=NEWEST,
        )
        pages = due().in_bulk([hit.id for hit in found.hits])
        return without_names([pages[hit.id] for hit in found.hits if hit.id in pages])


def feed_url(typed: Any) -> str:
    """The address of the feed of what somebody typed on the search page."""
    words = {name: typed.get(name, "").strip() for name in _TAKEN}
    return f"{reverse('public_search:feed')}?{urlencode({name: word for name, word in words.items() if word})}"


@require_safe
def question_feed(request: HttpRequest) -> HttpResponse:
    """`/search/feed.atom?q=…` with the filters of the page; conditional by ETag alone.

    Not by a date: what is taken back makes the newest entry an older one, and a reader would keep what is gone.
    """
    question = FeedQuestion(request.GET)
    if not question.is_valid() or looks_like_identity_number(request.GET.get("q", "")):
        text = _("订阅须写明检索内容，筛选条件须正确；不按证件号码检索。")
        return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")
    words = {name: word for name in _TAKEN if (word := request.GET.get(name, "").strip())}
    response = QuestionFeed()(request, asked=Asked(request, question, words))
    del response.headers["Last-Modified"]
    response.headers["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    response.headers["X-Robots-Tag"] = "noindex"
    return get_conditional_response(request, etag=response.headers["ETag"], response=response) or response
