"""Fields of a projection 公示内容 (双公示; domain §8): the whole list of what a publication may show.

`Publication.projection` is a JSON object of these keys, all values strings, absent or empty when not applicable.
Whoever builds a projection fills these keys only; whoever shows one shows these keys only, with these labels.
Name, licence number and unit identify a person; there is no key for an identity number, an address or a birth date.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import Promise

LABELS: dict[str, str | Promise] = {
    "name": _("相对人名称"),
    "licence_title": _("证照名称"),
    "licence_no": _("证照编号"),
    "licence_state": _("证照状态"),
    "unit": _("执业单位"),
    "document_no": _("决定书文号"),
    "decided_on": _("决定日期"),
    "authority": _("决定机关"),
    "authority_code": _("决定机关统一社会信用代码"),
    "violation": _("违法行为类型"),
    "kind": _("处罚类别"),
    "content": _("内容"),
    "fine_amount": _("罚款金额（元）"),
    "confiscated_amount": _("没收金额（元）"),
    "basis": _("依据"),
    "profession": _("职业"),
    "valid_from": _("有效期自"),
    "valid_to": _("有效期至"),
    "source_unit": _("数据来源单位"),
    "note": _("备注"),
}
KEYS = frozenset(LABELS)


def shown(projection: Mapping[str, Any]) -> list[tuple[str, str | Promise, str]]:
    """(key, label, value) of the known keys that have a value, in the order of the double-publicity form."""
    return [(key, label, str(projection[key])) for key, label in LABELS.items() if projection.get(key)]
