"""Receipt of one recorded change 收据: a file that the verifier program checks without us (docs/ledger.md)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from integrity import versions
from integrity.choices import Act
from integrity.exceptions import NotAdmitted
from integrity.ledger.receipts import receipt_for
from integrity.models import IntegrityFile
from integrity.views.base import ScopedDetail


class Receipt(ScopedDetail):
    """For whoever sees the change on the history page, the person on file included."""

    model = IntegrityFile

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        file = self.fetch(ref=kwargs["ref"])
        version = versions.version_of(file, self.scope(Act.READ), kwargs["table"], kwargs["entry"])
        if version is None:
            raise NotAdmitted
        receipt = receipt_for(version.table, version.history_id, version.shown)
        if receipt is None:
            told = _("此项变更尚未进入签名检查点，请稍后再取。")
            return HttpResponse(told, status=409, content_type="text/plain; charset=utf-8")
        answer = JsonResponse(receipt, json_dumps_params={"ensure_ascii": False, "indent": 1})
        answer["Content-Disposition"] = f'attachment; filename="receipt-{version.history_id}.json"'
        return answer
