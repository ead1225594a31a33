"""Editors of today 今日采编人员: an assignment that ended by its date ends with the next request."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from cms.permissions import is_ours, sync_groups, wanted_groups
from integrity.models import Account


class EditorsTodayMiddleware:
    """Before a page of the editors' admin: the groups of the account say what its assignments say today."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        account = request.user
        if request.path.startswith("/cms/") and isinstance(account, Account) and _changed(account):
            sync_groups(account)
            request.user = Account.objects.get(pk=account.pk)  # without the permissions it remembered
        return self.get_response(request)


def _changed(account: Account) -> bool:
    return {group.name for group in account.groups.all() if is_ours(group)} != wanted_groups(account)
