"""A person's own account 我的账户: signing in, who read my records, my open objections."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from typing import Any

from allauth.account.views import LoginView
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity import access, erasures, readlog
from integrity.choices import Act, ObjectionState, Role
from integrity.exceptions import NotAdmitted
from integrity.models import Account, Assignment, Objection, ReadEntry
from integrity.views.base import StaffView
from integrity.views.frame import EDITOR_PATH
from integrity.views.paging import Sort, page_of

SHOWN_READS = 200


class SignIn(LoginView):
    """The one sign-in form 登录; in development it lists the demo accounts."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Who is signed in and may not edit is told so; sent back, the two addresses would refer to each other."""
        wanted = request.GET.get("next", "").startswith(EDITOR_PATH)
        if wanted and request.user.is_authenticated and not request.user.has_perm("wagtailadmin.access_admin"):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        if settings.IDENTITY_PROVIDER is not None:  # a form's answer may send the browser there
            response._csp_update = {"form-action": [settings.IDENTITY_PROVIDER.origin]}  # type: ignore[attr-defined]
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["demo_accounts"] = demo_accounts()
        context["provider"] = settings.IDENTITY_PROVIDER
        return context


class RemoveKey(RemoveWebAuthnView):
    """Remove one of the own security keys 移除安全密钥: never the last factor of whom the office obliges to have one.

    allauth asks that of an authenticator app alone.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with transaction.atomic():  # two keys removed at the same moment are one after the other
            if isinstance(request.user, Account):
                Account.objects.select_for_update().get(pk=request.user.pk)
                key = self.get_queryset_of(request.user).filter(pk=kwargs["pk"]).first()
                if key is not None and not get_mfa_adapter().can_delete_authenticator(key):
                    messages.error(request, _("您的岗位须使用第二因子登录，不能移除最后一个。请先登记另一个。"))
                    return HttpResponseRedirect(reverse("mfa_list_webauthn"))
            response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def get_queryset_of(self, account: Account) -> QuerySet[Authenticator]:
        rows: QuerySet[Authenticator] = Authenticator.objects.filter(user=account, type=Authenticator.Type.WEBAUTHN)
        return rows


def demo_accounts() -> list[dict[str, str]]:
    """The made-up persons of the demonstration, with their public password; none outside development."""
    if not settings.DEMO_ACCOUNTS_SHOWN:
        return []
    # By name: the demonstration knows the views, not the other way round.
    demo = import_module("integrity.demo.accounts")
    names = [persona.username for persona in demo.PERSONAS]
    rows = Account.objects.filter(username__in=names, is_active=True).select_related("organisation")
    known = {row.username: row for row in rows}
    roles: dict[int, list[str]] = {}
    for row in Assignment.objects.on(timezone.localdate()).filter(account__in=rows).order_by("pk"):
        label = str(Role(row.role).label)
        if label not in roles.setdefault(row.account_id, []):
            roles[row.account_id].append(label)
    return [
        {
            "username": account.username,
            "name": str(account),
            "role": _("、").join(roles.get(account.pk, [])) or _("当事人本人"),
            "unit": str(account.organisation or ""),
            "password": demo.PASSWORD,
        }
        for name in names
        if (account := known.get(name)) is not None
    ]


class OwnReads(StaffView):
    """Who read my records 谁看过我的档案 (domain §10): an inspector's reads only after the case has closed."""

    template_name = "integrity/account/reads.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        subject = self.account.subject_id
        if subject is None:
            raise NotAdmitted
        page = page_of(
            readlog.about(subject, reader=self.account, today=timezone.localdate()).select_related(
                "account__organisation", "case"
            ),
            Sort("at"), descending=True, after=request.GET.get("after", ""), before=request.GET.get("before", ""),
            size=SHOWN_READS,
        )  # fmt: skip
        entries = page.rows
        objections = list(
            Objection.objects.within(self.scope(Act.LIST))
            .filter(subject_id=subject, state__in=ObjectionState.open())
            .order_by("-lodged_on", "-pk")
        )
        own = access.scope_for(self.account, Act.LIST)
        access.log_read(own, door=self.door, model=ReadEntry, count=len(entries), request=request)
        context = {"entries": _lines(entries), "objections": objections, "before": page.before, "after": page.after}
        context["erased"] = list(erasures.about_oneself(self.account))
        return self.answer(context | {"shown": len(entries)})


def _lines(entries: list[ReadEntry]) -> list[dict[str, Any]]:
    """Each reading: the unit and role of who read, not the officer's name; when and what for."""
    held: dict[int, list[Assignment]] = {}
    for row in Assignment.objects.filter(account__in={entry.account_id for entry in entries if entry.account_id}):
        held.setdefault(row.account_id, []).append(row)
    return [
        {
            "at": entry.at,
            "unit": str(entry.account.organisation or "") if entry.account is not None else "",
            "role": _("、").join(_roles_on(held.get(entry.account_id or 0, []), timezone.localtime(entry.at).date())),
            "act": entry.get_act_display(),
            "purpose": entry.purpose,
            "case": entry.case.reference if entry.case is not None else "",
        }
        for entry in entries
    ]


def _roles_on(rows: list[Assignment], day: date) -> list[str]:
    """The roles held on that day, once each."""
    valid = [
        row.role
        for row in rows
        if (row.valid_from is None or row.valid_from <= day) and (row.valid_to is None or row.valid_to >= day)
    ]
    return sorted({str(Role(role).label) for role in valid})
