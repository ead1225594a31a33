"""The number of new hits, for pages outside the desk 新命中提示: asked only where a template shows it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from integrity.models import Account
from search.desk.standing import news_of


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of staff pages; nothing on public ones, where nobody is signed in."""
    account = getattr(request, "user", None)
    if not isinstance(account, Account) or not request.path.startswith("/staff/"):
        return {}
    return {"desk_news": SimpleLazyObject(lambda: news_of(account))}
