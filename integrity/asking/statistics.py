"""Figures of the yearly report 年度报告: the statutory table 三 (国办公开办函〔2021〕30号), line by line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrity.choices import ApplicantKind, RequestState, RuleKind
from integrity.models import InformationRequest, Organisation
from integrity.rules import rule

#: Code → words of the line, as the form prints them. Lines 3.7 and 4 are sums and balances.
LINES: tuple[tuple[str, object], ...] = (
    ("new", _("一、本年新收政府信息公开申请数量")),
    ("carried", _("二、上年结转政府信息公开申请数量")),
    ("1", _("三、本年度办理结果（一）予以公开")),
    ("2", _("（二）部分公开（区分处理的，只计这一情形，不计其他情形）")),
    ("3.1", _("（三）不予公开 1. 属于国家秘密")),
    ("3.2", _("2. 其他法律行政法规禁止公开")),
    ("3.3", _("3. 危及“三安全一稳定”")),
    ("3.4", _("4. 保护第三方合法权益")),
    ("3.5", _("5. 属于三类内部事务信息")),
    ("3.6", _("6. 属于四类过程性信息")),
    ("3.7", _("7. 属于行政执法案卷")),
    ("3.8", _("8. 属于行政查询事项")),
    ("4.1", _("（四）无法提供 1. 本机关不掌握相关政府信息")),
    ("4.2", _("2. 没有现成信息需要另行制作")),
    ("4.3", _("3. 补正后申请内容仍不明确")),
    ("5.1", _("（五）不予处理 1. 信访举报投诉类申请")),
    ("5.2", _("2. 重复申请")),
    ("5.3", _("3. 要求提供公开出版物")),
    ("5.4", _("4. 无正当理由大量反复申请")),
    ("5.5", _("5. 要求行政机关确认或重新出具已获取信息")),
    ("6.1", _("（六）其他处理 1. 申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请")),
    ("6.2", _("2. 申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请")),
    ("6.3", _("3. 其他")),
    ("total", _("（七）总计")),
    ("forward", _("四、结转下年度继续办理")),
)
COLUMNS = tuple(ApplicantKind.values)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: counts by kind of applicant in the order of the form, and their sum."""

    code: str
    label: object
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


def _row_of(kind: str, state: str, done: date, lapsed: bool) -> str:
    if lapsed:
        return "6.1"
    if state == RequestState.WITHDRAWN or not kind:
        return "6.3"
    return str(rule(RuleKind.REQUEST_REPLY, kind, done).parameters["row"])


def request_statistics(year: int, unit: Organisation | None) -> list[Line]:
    """The table of one year, of one organ (or of all): line one and two together are lines three (七) and four.

    A request counts in the year it came in, and its result in the year it was replied to, lapsed or was withdrawn. A
    supplement that never came counts from the day its term was over, whether or not the nightly command has run.
    """
    first, last = date(year, 1, 1), date(year, 12, 31)
    rows = InformationRequest.objects.unscoped(reason="年度报告统计：只计数").filter(received_on__lte=last)
    if unit is not None:
        rows = rows.filter(authority=unit)
    late = Q(state=RequestState.SUPPLEMENT_ASKED, supplement_due_on__lt=first)
    rows = rows.filter(Q(done_on__isnull=True) | Q(done_on__gte=first)).exclude(late)
    counts: dict[str, list[int]] = {code: [0] * len(COLUMNS) for code, _label in LINES}
    told = rows.values_list(
        "applicant_kind", "received_on", "done_on", "state", "reply_kind", "supplement_due_on", "signed_by"
    )
    for applicant, received, done_on, state, kind, supplement_due, signed in told:
        column = COLUMNS.index(applicant)
        counts["new" if received >= first else "carried"][column] += 1
        lapsed = state == RequestState.LAPSED
        done: date | None = done_on
        over = supplement_due is not None and supplement_due < min(timezone.localdate(), date(year + 1, 1, 1))
        if state == RequestState.SUPPLEMENT_ASKED and over:
            done, lapsed = supplement_due, True
        if done is None or done > last:
            counts["forward"][column] += 1
            continue
        if state == RequestState.CLOSED and not signed:
            lapsed = supplement_due is not None and done == supplement_due
        code = _row_of(kind if signed else "", state, done, lapsed)
        counts[code][column] += 1
        counts["total"][column] += 1
    return [Line(code, label, tuple(counts[code])) for code, label in LINES]
