"""Usage of one's own data as JSON 查阅情况接口, with the elements of Estonia's Data Tracker (findUsage 1.3.1).

`usage` entries carry logtime, action and receiver, newest first; `offset` counts from 1, `limit` is 100 unless told.
Beyond the protocol: a period (`from`, `to`), the stated reason, and a heartbeat that says how far the log reaches.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity import access, readlog
from integrity.choices import Act
from integrity.exceptions import NotAdmitted
from integrity.forms.audit import day_field
from integrity.models import ReadEntry
from integrity.views.audit_words import kind_in_words
from integrity.views.base import StaffView

DEFAULT_LIMIT, HIGHEST_LIMIT, HIGHEST_OFFSET = 100, 1000, 10_000_000


class UsageForm(forms.Form):
    """What a caller may ask 请求参数."""

    offset = forms.IntegerField(min_value=1, max_value=HIGHEST_OFFSET, required=False)
    limit = forms.IntegerField(min_value=1, max_value=HIGHEST_LIMIT, required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["from"], self.fields["to"] = day_field(), day_field()


class FindUsage(StaffView):
    """Who used my data: the rows of the page "who read my records", page by page."""

    def get(self, request: HttpRequest) -> JsonResponse:
        subject = self.account.subject_id
        if subject is None:
            raise NotAdmitted
        form = UsageForm(request.GET)
        if not form.is_valid():
            faults = {name: [str(error) for error in errors] for name, errors in form.errors.items()}
            return JsonResponse({"fault": "Sender", "errors": faults}, status=400)
        asked = form.cleaned_data
        rows = readlog.about(subject, reader=self.account, today=timezone.localdate())
        rows = rows.filter(readlog.between({"from_on": asked["from"], "to_on": asked["to"]}))
        first = (asked["offset"] or 1) - 1
        found = list(rows.select_related("account__organisation")[first : first + (asked["limit"] or DEFAULT_LIMIT)])
        access.log_read(
            access.scope_for(self.account, Act.LIST), door=self.door, model=ReadEntry, count=len(found), request=request
        )
        return JsonResponse({"usage": [usage_of(entry) for entry in found]}, json_dumps_params={"ensure_ascii": False})


def usage_of(entry: ReadEntry) -> dict[str, str]:
    """One use: when, what, by which office, what for; no officer's name."""
    office = entry.account.organisation if entry.account is not None else None
    return {
        "logtime": timezone.localtime(entry.at).isoformat(timespec="seconds"),
        "action": f"{entry.get_act_display()}{_('：')}{kind_in_words(entry.model)}",
        "receiver": office.credit_code or office.code if office is not None else "",
        "receiverName": str(office or ""),
        "reason": entry.purpose,
    }


class Heartbeat(StaffView):
    """Whether the log answers, and the period it covers for this person."""

    def get(self, request: HttpRequest) -> JsonResponse:
        subject = self.account.subject_id
        if subject is None:
            raise NotAdmitted
        rows = readlog.about(subject, reader=self.account, today=timezone.localdate())
        newest, oldest = rows.first(), rows.last()
        access.log_read(
            access.scope_for(self.account, Act.LIST), door=self.door, model=ReadEntry, count=0, request=request
        )
        return JsonResponse(
            {
                "status": "ok",
                "time": timezone.localtime().isoformat(timespec="seconds"),
                "usagePeriod": {
                    "from": timezone.localtime(oldest.at).isoformat(timespec="seconds") if oldest else None,
                    "to": timezone.localtime(newest.at).isoformat(timespec="seconds") if newest else None,
                },
            }
        )
