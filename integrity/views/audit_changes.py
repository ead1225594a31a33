"""What administrators did, and who signed in, as the audit administrator reads it 账户与授权的变更、登录记录."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity import administration, readlog
from integrity.choices import Role
from integrity.forms.audit import ChangesForm
from integrity.models import AccessChange, Account, Assignment, SignInAttempt
from integrity.models.grants import SIGN_IN_REASON
from integrity.versions import Place, beyond
from integrity.views.administration import AdministrationView, table
from integrity.views.audit import PAGE_SIZE
from integrity.views.audit_words import tabs_of
from integrity.views.paging import Page, Sort, make_place, page_of, read_place

#: What has a history here, and the column that says whose; the order decides between two of one moment.
HISTORIES: tuple[tuple[Any, str], ...] = ((Account, "id"), (Assignment, "account_id"), (AccessChange, "account_id"))
#: Which of them a reader may ask for; sign-ins are the account's own doing and stand apart.
KINDS = {"account": (0,), "assignment": (1,), "accesschange": (2,), "sign_in": (0,), "": (0, 1, 2)}


class Changes(AdministrationView):
    """Changes of accounts, assignments and requests, newest first 账户与授权的变更."""

    operation = "audit.changes"
    heading = gettext_lazy("账户与授权的变更")
    lede = gettext_lazy("谁、何时、因何、依据什么文书办理；登录和修改口令须单独选择。")

    def get(self, request: HttpRequest) -> HttpResponse:
        form = ChangesForm(request.GET)
        valid = form.is_valid()
        page = changes_page(
            form.cleaned_data, after=request.GET.get("after", ""), before=request.GET.get("before", "")
        ) if valid else Page([], "", "")  # fmt: skip
        names = Account.objects.in_bulk({entry.whom for entry in page.rows if entry.whom})
        heads = [_("时间"), _("事项"), _("行为"), _("账户"), _("办理人"), _("申请人"), _("事由"), _("文书")]
        lines = [_change_cells(entry, names) for entry in page.rows]
        return self.page(
            status=200 if valid else 400, form=form, clear_url=request.path,
            tabs=tabs_of(self.operation, self.account), paged=True, before=page.before, after=page.after,
            shown=len(lines), count_logged=len(lines),
            tables=[table(self.heading, heads, lines, empty=_("没有符合条件的变更"))],
        )  # fmt: skip


def _change_cells(entry: Any, names: dict[int, Account]) -> list[Any]:
    acts = {"+": _("新增"), "~": _("修改"), "-": _("删除")}
    return [
        f"{timezone.localtime(entry.history_date):%Y-%m-%d %H:%M}",
        str(HISTORIES[entry.rank][0]._meta.verbose_name),
        acts.get(entry.history_type, ""),
        str(names.get(entry.whom, "")),
        str(entry.history_user),
        str(entry.history_acting_for or ""),
        entry.history_change_reason,
        entry.history_document,
    ]


def changes_page(wanted: dict[str, Any], *, after: str, before: str) -> Page:
    """A page of the histories of accounts, assignments and requests together."""
    histories = [
        (rank, model.history.filter(_asked(wanted, model, holder)).select_related("history_user", "history_acting_for"))
        for rank, (model, holder) in enumerate(HISTORIES)
        if rank in KINDS[wanted.get("what") or ""]
    ]
    page = merged_page(histories, after=after, before=before)
    for entry in page.rows:
        entry.whom = getattr(entry, HISTORIES[entry.rank][1])
    return page


def merged_page(histories: Iterable[tuple[int, QuerySet[Any]]], *, after: str, before: str) -> Page:
    """A page of several histories, by (moment, which history, id): each gives its first, the rest is merged."""
    place = read_place(after or before)
    backward = bool(before) and not after and place is not None
    order = ("history_date", "history_id") if backward else ("-history_date", "-history_id")
    found: list[Any] = []
    for rank, rows in histories:
        for entry in rows.filter(beyond(place, rank, backward=backward)).order_by(*order)[: PAGE_SIZE + 1]:
            entry.rank = rank
            found.append(entry)
    found.sort(key=lambda one: (one.history_date, one.rank, one.history_id), reverse=not backward)
    more, found = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    if backward:
        found.reverse()
    has_before, has_after = (more, True) if backward else (place is not None, more)
    return Page(
        rows=found,
        before=_place(found[0]) if found and has_before else "",
        after=_place(found[-1]) if found and has_after else "",
    )


def _place(entry: Any) -> str:
    return make_place(Place(entry.history_date, entry.rank, entry.history_id))


def _asked(wanted: dict[str, Any], model: Any, holder: str) -> Q:
    """What the filters ask of one history."""
    condition = Q(history_user__isnull=False) & readlog.between(wanted, "history_date")
    if wanted.get("person"):
        condition &= Q(history_user__in=named(wanted["person"]))
    if wanted.get("account"):
        condition &= Q(**{f"{holder}__in": named(wanted["account"])})
    if model is Account:
        signed_in = Q(history_change_reason=SIGN_IN_REASON)
        condition &= signed_in if wanted.get("what") == "sign_in" else ~signed_in
    return condition


def named(text: str) -> Iterable[int]:
    """Accounts under a login name or a name."""
    return list(Account.objects.filter(Q(username=text) | Q(display_name=text)).values_list("pk", flat=True))


class SignIns(AdministrationView):
    """Attempts to sign in, newest first 登录记录; names that are nobody's are not kept."""

    operation = "audit.sign_ins"
    heading = gettext_lazy("登录记录")

    def get(self, request: HttpRequest) -> HttpResponse:
        page = page_of(
            SignInAttempt.objects.select_related("account__organisation"), Sort("at"), descending=True,
            after=request.GET.get("after", ""), before=request.GET.get("before", ""), size=PAGE_SIZE,
        )  # fmt: skip
        lines = [
            [f"{timezone.localtime(row.at):%Y-%m-%d %H:%M:%S}", str(row.account or _("（无此账户）")),
             str(row.account.organisation or "") if row.account else "", row.address or "", row.get_outcome_display()]
            for row in page.rows
        ]  # fmt: skip
        heads = [_("时间"), _("账户"), _("单位"), _("地址"), _("结果")]
        return self.page(
            tabs=tabs_of(self.operation, self.account), tables=[table(self.heading, heads, lines)], paged=True,
            before=page.before, after=page.after, shown=len(lines), count_logged=len(lines),
        )  # fmt: skip


class Operations(AdministrationView):
    """The table of administrative operations, as the doors ask it 管理操作表."""

    operation = "audit.operations"
    heading = gettext_lazy("管理操作表")
    lede = gettext_lazy("系统管理员、安全管理员、审计管理员各司其职，互不兼任，均不查阅档案内容。")

    def get(self, request: HttpRequest) -> HttpResponse:
        lines = [
            [operation.code, str(operation.label), str(Role(operation.role).label), _("是") if operation.second else ""]
            for operation in administration.OPERATIONS.values()
        ]
        heads = [_("代码"), _("操作"), _("岗位"), _("须第二人")]
        return self.page(tabs=tabs_of(self.operation, self.account), tables=[table(self.heading, heads, lines)])
