"""Django's `has_perm`, answered by the same rule, so that the two can never disagree."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.http import HttpRequest

from integrity.access.rule import scope_for
from integrity.choices import Act
from integrity.models import Account, CaseGrant, IntegrityFile


class ScopeBackend:
    """Object permissions for Django's `has_perm`: answered by the same rule, so the two can never disagree.

    guardian's own backend would still say yes after a grant's end date, and its list function ignores
    `is_active`; neither is used.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        return None

    def has_perm(self, user: Any, permission: str, obj: Model | None = None) -> bool:
        if obj is None or permission != f"{obj._meta.app_label}.view_{obj._meta.model_name}":
            return False
        if not isinstance(user, Account):
            return False
        if isinstance(obj, IntegrityFile):
            for grant in CaseGrant.objects.filter(user=user, content_object=obj).select_related("case"):
                if scope_for(user, Act.READ, purpose="权限核对", case=grant.case).admits(obj):
                    return True
        return scope_for(user, Act.READ).admits(obj)
