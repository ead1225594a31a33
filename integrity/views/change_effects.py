"""What a request does once it is confirmed 批准后的效果: said to whoever decides, without the name of a person on file.

For assignments the rule itself is asked (`access.what_would_change`); this is about the other requests.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from integrity import account_links
from integrity.choices import ChangeKind, Grade, LeadingPost
from integrity.models import AccessChange, Organisation, RecusalDeclaration, Subject
from integrity.rules import lowest_leading_post


def effects_of(row: AccessChange) -> list[dict[str, Any]]:
    """Facts beside the request while it waits; afterwards they would only tell whose file is whose."""
    if not row.waits_on(timezone.localdate()):
        return []
    if row.kind == ChangeKind.LINK and row.subject is not None:
        return _of_link(row.subject)
    if row.kind == ChangeKind.PLACE:
        return _of_place(row.account.organisation if row.account else None, row.organisation)
    if row.kind == ChangeKind.END_RECUSAL and row.declaration is not None:
        return _of_recusal(row.declaration)
    return []


def _of_link(person: Subject) -> list[dict[str, Any]]:
    records = account_links.records_of(person)
    lines = [f"{record._meta.verbose_name} {record.ref} · {record.authority}" for record in records]
    words = _(
        "该账户可查阅其本人名下的全部记录（%(n)d 份档案或执业记录，最高%(grade)s，不含草稿）；"
        "以职务查阅这些记录的途径同时关闭。"
    ) % {"n": len(records), "grade": Grade.STRICT.label}
    return [
        {"label": _("关联的记录"), "value": "；".join(lines), "wide": True},
        {"label": _("批准后"), "value": words, "wide": True},
    ]


def _of_place(old: Organisation | None, new: Organisation | None) -> list[dict[str, Any]]:
    words = []
    if new is not None:
        words.append(_("对%(unit)s的领导成员（%(posts)s）回避") % {"unit": new, "posts": _leaders(new)})
    if old is not None:
        words.append(_("不再因所在单位对%(unit)s的领导成员（%(posts)s）回避") % {"unit": old, "posts": _leaders(old)})
    return [
        {"label": _("原单位"), "value": str(old or "")},
        {"label": _("批准后"), "value": "；".join(words), "wide": True},
    ]


def _leaders(unit: Organisation) -> str:
    """The posts that count as leading a unit of this level, as the rule of today says."""
    lowest = LeadingPost(lowest_leading_post(unit.level, timezone.localdate()))
    return _("%(post)s以上") % {"post": lowest.label}


def _of_recusal(row: RecusalDeclaration) -> list[dict[str, Any]]:
    return [
        {"label": _("类别"), "value": row.get_kind_display()},
        {"label": _("自"), "value": row.valid_from.isoformat() if row.valid_from else ""},
        {"label": _("登记人"), "value": str(row.declared_by)},
        {
            "label": _("批准后"),
            "value": _("自下一次请求起，该账户不再因此项登记回避；其他申报和责令仍然有效。不显示当事人。"),
            "wide": True,
        },
    ]
