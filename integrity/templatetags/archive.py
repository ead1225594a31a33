"""Template tags of the design system: badges, dates, amounts, masked numbers, links that keep the query."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from django import template
from django.db.models import Choices, Model
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.templatetags.static import static
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

register = template.Library()

SPRITE = "vendor/bootstrap-icons/sprite.svg"
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


class Look(NamedTuple):
    """How a state is shown: words, icon and tone, so that colour never speaks alone."""

    label: str | Promise
    icon: str
    tone: str


# One look for a state code, whichever table it stands in; the choices' own label has precedence.
LOOKS: dict[str, Look] = {
    "draft": Look(_("草稿"), "pencil-square", "neutral"),
    "submitted": Look(_("待审核"), "hourglass-split", "info"),
    "returned": Look(_("已退回"), "arrow-return-left", "warning"),
    "approved": Look(_("已审核"), "patch-check", "info"),
    "notified": Look(_("已告知"), "send", "info"),
    "in_force": Look(_("生效中"), "check-circle", "success"),
    "expired": Look(_("期满"), "calendar-check", "neutral"),
    "lifted": Look(_("已解除"), "unlock", "neutral"),
    "amended": Look(_("已变更"), "arrow-repeat", "neutral"),
    "suspended": Look(_("暂停"), "pause-circle", "warning"),
    "revoked": Look(_("已撤销"), "x-circle", "danger"),
    "discarded": Look(_("草稿作废"), "slash-circle", "neutral"),
    "voided": Look(_("录入作废"), "slash-circle", "neutral"),
    "archived": Look(_("已归档"), "archive", "neutral"),
    "none": Look(_("未公示"), "eye-slash", "neutral"),
    "proposed": Look(_("已提出"), "file-earmark-text", "neutral"),
    "reviewed": Look(_("已审查"), "shield-check", "info"),
    "noticed": Look(_("已告知"), "bell", "info"),
    "published": Look(_("公示中"), "megaphone", "success"),
    "annotated": Look(_("公示中（有标注）"), "chat-square-text", "warning"),
    "withdrawn": Look(_("已撤下"), "x-circle", "neutral"),
    "refused": Look(_("不予受理"), "slash-circle", "neutral"),
    "valid": Look(_("有效"), "check-circle", "success"),
    "active": Look(_("有效"), "check-circle", "success"),
    "cancelled": Look(_("注销"), "dash-circle", "neutral"),
    "lost": Look(_("丧失"), "slash-circle", "danger"),
    "lapsed": Look(_("逾期"), "calendar-check", "neutral"),
    "unknown": Look(_("未载明"), "question-circle", "neutral"),
    "open": Look(_("进行中"), "hourglass-split", "info"),
    "closed": Look(_("已办结"), "check-circle", "neutral"),
    "frozen": Look(_("已封存"), "lock", "neutral"),
    "complete": Look(_("完整"), "check-circle", "success"),
    "incomplete": Look(_("不完整"), "exclamation-triangle", "warning"),
    "overdue": Look(_("已逾期"), "exclamation-octagon", "danger"),
    "due": Look(_("待办"), "clock-history", "info"),
    "pending": Look(_("办理中"), "hourglass-split", "info"),
    "previewed": Look(_("已预览"), "eye", "info"),
    "running": Look(_("导入中"), "arrow-repeat", "info"),
    "interrupted": Look(_("中断"), "exclamation-triangle", "warning"),
    "done": Look(_("已完成"), "check-circle", "success"),
    "failed": Look(_("失败"), "exclamation-octagon", "danger"),
    "created": Look(_("新增"), "plus-lg", "success"),
    "changed": Look(_("变更"), "arrow-repeat", "info"),
    "unchanged": Look(_("未变"), "dash-circle", "neutral"),
    "rejected": Look(_("拒收"), "x-circle", "danger"),
    "received": Look(_("已收到"), "inbox", "info"),
    "supplement_asked": Look(_("待补正"), "arrow-return-left", "warning"),
    "accepted": Look(_("已受理"), "clipboard-check", "info"),
    "marked": Look(_("已标注"), "flag", "warning"),
    "checking": Look(_("核查中"), "search", "info"),
    "upheld": Look(_("成立"), "check-circle", "info"),
    "partly": Look(_("部分成立"), "check-circle", "info"),
    "dismissed": Look(_("不成立"), "x-circle", "neutral"),
    "statement": Look(_("陈述申辩"), "chat-square-text", "info"),
    "decided": Look(_("已决定"), "patch-check", "info"),
    "served": Look(_("已送达"), "send", "info"),
    "dropped": Look(_("不予列入"), "slash-circle", "neutral"),
    "listed": Look(_("在列"), "list-task", "danger"),
    "removed": Look(_("已移出"), "check-circle", "neutral"),
    "performing": Look(_("履行中"), "hourglass-split", "info"),
    "fulfilled": Look(_("已履行"), "check-circle", "success"),
    "breached": Look(_("违反（经认定）"), "exclamation-octagon", "danger"),
    "under_objection": Look(_("有异议"), "flag-fill", "warning"),
    "under_appeal": Look(_("申诉中"), "hammer", "warning"),
}


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """One icon of the vendored sprite: hidden from screen readers unless it carries a label."""
    said = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    href = f"{static(SPRITE)}#{name}"
    return format_html('<svg class="icon {}" {}><use href="{}"></use></svg>', css, said, href)


def look_of(state: object, label: str | Promise = "") -> Look:
    """The look of a state: a code, a choices member, or a row that has `state`."""
    words = label
    if isinstance(state, Model) and hasattr(state, "state"):
        display = getattr(state, "get_state_display", None)
        words = words or (display() if display else "")
        state = state.state
    if isinstance(state, Choices):
        words = words or state.label
        state = state.value
    code = str(state if state is not None else "")
    known = LOOKS.get(code)
    if known is None:
        return Look(words or code, "circle", "neutral")
    return known._replace(label=words) if words else known


@register.inclusion_tag("components/state_badge.html")
def state_badge(state: object, label: str | Promise = "", tone: str = "", icon: str = "") -> dict[str, Any]:
    """A state as icon, words and colour (状态标记)."""
    look = look_of(state, label)
    return {"label": look.label, "icon": icon or look.icon, "tone": tone or look.tone}


@register.filter
def date_zh(value: date | datetime | None) -> str:
    """A date in words of the active language: 2026年11月24日, in English 24 November 2026."""
    if value is None or not isinstance(value, date):
        return ""
    day = timezone.localtime(value).date() if isinstance(value, datetime) and timezone.is_aware(value) else value
    if (get_language() or "zh").startswith("en"):
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


@register.filter
def amount(value: Decimal | float | str | None) -> str:
    """A sum of money in yuan with thousands separators: 1,223.00 元, in English ¥1,223.00."""
    if value is None or value == "":
        return ""
    try:
        money = Decimal(str(value)).quantize(Decimal("0.01"))
    except InvalidOperation:
        return str(value)
    if (get_language() or "zh").startswith("en"):
        return f"-¥{-money:,.2f}" if money < 0 else f"¥{money:,.2f}"
    return f"{money:,.2f} 元"


@register.filter
def thousands(value: int | None) -> str:
    """A count with thousands separators: 3,000."""
    return "" if value is None else f"{int(value):,}"


@register.filter
def masked(value: str | None) -> str:
    """A number with all but its first and last character hidden; short ones are hidden whole."""
    text = str(value or "")
    if len(text) < 4:
        return "*" * len(text)
    return f"{text[0]}{'*' * (len(text) - 2)}{text[-1]}"


@register.simple_tag(takes_context=True)
def query_replace(context: Mapping[str, Any], **changes: object) -> str:
    """The page's own query with some parameters replaced; None or an empty value removes one."""
    request = context.get("request")
    query = request.GET.copy() if request is not None else None
    if query is None:
        return "?"
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.inclusion_tag("components/sort_link.html", takes_context=True)
def sort_link(
    context: Mapping[str, Any], label: str, field: str, current: str = "", param: str = "sort"
) -> dict[str, Any]:
    """A column head that sorts: first ascending, then descending; paging starts anew (排序)."""
    ascending, descending = current == field, current == f"-{field}"
    target = f"-{field}" if ascending else field
    url = query_replace(context, **{param: target, "after": None, "before": None})
    return {"label": label, "url": url, "ascending": ascending, "descending": descending}


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """A form field's control with the classes and ARIA links that field.html relies on."""
    widget = field.field.widget
    css = "form-control"
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        css = "choice"
    elif isinstance(widget, CheckboxInput):
        css = "form-check-input"
    elif isinstance(widget, Select):
        css = "form-select"
    attrs: dict[str, Any] = {"class": f"{css} {widget.attrs.get('class', '')}".strip()}
    said_by = [f"{field.auto_id}_helptext"] if field.help_text else []
    if field.errors:
        attrs["class"] += " is-invalid"
        attrs["aria-invalid"] = "true"
        said_by.append(f"{field.auto_id}_error")
    if said_by:
        attrs["aria-describedby"] = " ".join(said_by)
    return field.as_widget(attrs=attrs)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Whether a field is one single box to tick, which has its label behind it."""
    widget = field.field.widget
    return isinstance(widget, CheckboxInput)


@register.simple_tag
def today() -> date:
    """Today in the project's time zone (截至), the only today that pages show."""
    return timezone.localdate()
