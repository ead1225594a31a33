"""Emergency reading 紧急查阅 (domain §10): asked, decided, judged afterwards."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity import access, accounts, emergencies
from integrity.choices import Act, ReviewResult
from integrity.exceptions import NotAdmitted
from integrity.forms.base import ActForm, ReasonForm
from integrity.models import BreakGlass, IntegrityFile
from integrity.views.administration import AdministrationAct, AdministrationView, link, table
from integrity.views.base import ActView, StaffView


class AskForm(ReasonForm):
    """One file by its number, and why 紧急查阅申请."""

    ref = forms.UUIDField(label=_("档案编号"), help_text=_("须由管理机关告知编号；不能按姓名查找。"))
    document = forms.CharField(label=_("依据文书"), max_length=120, required=False)
    field_order = ["ref", "reason", "document"]


class DecideForm(ReasonForm):
    opened = forms.ChoiceField(
        label=_("决定"), choices=[("yes", _("批准")), ("no", _("不批准"))], widget=forms.RadioSelect
    )
    field_order = ["opened", "reason"]


class ReviewForm(ActForm):
    result = forms.ChoiceField(label=_("结论"), choices=ReviewResult.choices, widget=forms.RadioSelect)
    words = forms.CharField(label=_("意见"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


def moment(value: Any) -> str:
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else ""


class Emergencies(StaffView):
    """One's own requests, those one may decide, those one may judge 紧急查阅."""

    template_name = "integrity/administration/page.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        me = self.account
        asks, decides = bool(emergencies.asking_rows(me)), bool(emergencies.authorities_deciding(me))
        if not (asks or decides):
            raise NotAdmitted
        related = ("file", "authority", "asked_by", "decided_by")
        mine = list(emergencies.mine(me).select_related(*related)[:50])
        waiting = list(emergencies.to_decide(me).select_related(*related)) if decides else []
        review = list(emergencies.to_review(me).select_related(*related)) if decides else []
        running = list(emergencies.to_cut(me).select_related(*related)) if decides else []
        scope = access.scope_for(me, Act.LIST)
        access.log_read(scope, door=self.door, model=BreakGlass, count=len(mine) + len(waiting) + len(review),
                        request=request)  # fmt: skip
        heads = [_("申请时间"), _("申请人"), _("档案编号"), _("事由"), _("状态"), _("至"), _("办理")]
        tables = []
        if decides:
            tables += [
                table(_("待我批准"), heads, [self._cells(row, "emergency_decide", _("决定")) for row in waiting],
                      empty=_("没有待批准的申请")),
                table(_("待复核"), heads, [self._cells(row, "emergency_review", _("复核")) for row in review],
                      empty=_("没有待复核的紧急查阅")),
                table(_("本机关档案正在被紧急查阅"), heads,
                      [self._cells(row, "emergency_cut", _("终止")) for row in running],
                      empty=_("没有正在生效的紧急查阅")),
            ]  # fmt: skip
        tables.append(table(_("我的申请"), heads, [self._own(row) for row in mine], empty=_("没有申请")))
        actions = [{"url": reverse("staff:emergency_ask"), "label": _("申请紧急查阅"), "icon": "plus-lg"}]
        return self.answer(
            {
                "heading": _("紧急查阅"),
                "lede": _("两人办理，限时有效，只能查阅一份档案；结束后由第三人复核。当事人可以看到查阅记录。"),
                "actions": actions if asks else [],
                "tables": tables,
            }
        )

    def _own(self, row: BreakGlass) -> list[Any]:
        cells = self._cells(row, "", "")
        if BreakGlass.objects.open_at(timezone.now()).filter(pk=row.pk).exists():
            cells[-1] = link(_("查阅"), reverse("staff:file", args=[row.file.ref]))
        return cells

    def _cells(self, row: BreakGlass, route: str, word: Any) -> list[Any]:
        due = emergencies.review_due(row)
        overdue = route == "emergency_review" and due is not None and due < timezone.localdate()
        return [
            moment(row.asked_at),
            str(row.asked_by),
            str(row.file.ref),
            row.reason,
            _("复核逾期") if overdue else row.get_result_display() or row.get_state_display(),
            moment(row.closes_at),
            link(word, reverse(f"staff:{route}", args=[row.ref])) if route else "",
        ]


class AskEmergency(ActView):
    """Ask for one file 申请紧急查阅."""

    form_class = AskForm
    heading = gettext_lazy("申请紧急查阅")
    lede = gettext_lazy("只在无法按管理权限及时查阅时使用。须由另一人批准，事后由第三人复核。")
    submit = gettext_lazy("申请")
    done = gettext_lazy("申请已提出，等待批准。")

    def fetch(self, **kwargs: Any) -> Any:
        if not emergencies.asking_rows(self.account):
            raise NotAdmitted

    def perform(self, form: ActForm) -> BreakGlass:
        given = form.cleaned_data
        scope = access.scope_for(self.account, Act.READ)
        access.log_read(scope, door=self.door, model=IntegrityFile, ids=[str(given["ref"])], count=0,
                        request=self.request)  # fmt: skip
        return emergencies.ask(by=self.account, ref=given["ref"], reason=given["reason"], document=given["document"])

    def get_success_url(self, result: Any) -> str:
        return reverse("staff:emergencies")

    def cancel_url(self) -> str:
        return reverse("staff:emergencies")


class EmergencyAct(ActView, abstract=True):
    """An act on a request that this account may see."""

    row: BreakGlass
    form_class: ClassVar[type[ActForm]] = ReasonForm

    def rows(self) -> Any:
        raise NotImplementedError

    def fetch(self, **kwargs: Any) -> BreakGlass:
        row: BreakGlass | None = self.rows().select_related("file", "asked_by").filter(ref=kwargs["ref"]).first()
        if row is None:
            raise NotAdmitted
        scope = access.scope_for(self.account, Act.LIST)
        access.log_read(scope, door=self.door, model=BreakGlass, rows=[row], request=self.request)
        return row

    def about(self) -> str:
        return str(self.row.asked_by)

    def context(self, form: ActForm) -> dict[str, Any]:
        return {
            "facts": [
                {"label": _("申请人"), "value": f"{self.row.asked_by} {self.row.asked_by.organisation or ''}"},
                {"label": _("档案编号"), "value": str(self.row.file.ref)},
                {"label": _("事由"), "value": self.row.reason},
                {"label": _("申请时间"), "value": moment(self.row.asked_at)},
                {"label": _("有效期至"), "value": moment(self.row.closes_at)},
            ]
        }

    def get_success_url(self, result: Any) -> str:
        return reverse("staff:emergencies")

    def cancel_url(self) -> str:
        return reverse("staff:emergencies")


class DecideEmergency(EmergencyAct):
    form_class = DecideForm
    heading = gettext_lazy("决定紧急查阅申请")
    submit = gettext_lazy("决定")
    done = gettext_lazy("决定已记录。")

    def rows(self) -> Any:
        return emergencies.to_decide(self.account)

    def perform(self, form: ActForm) -> BreakGlass:
        given = form.cleaned_data
        return emergencies.decide(
            row=self.row, by=self.account, opened=given["opened"] == "yes", reason=given["reason"]
        )


class ReviewEmergency(EmergencyAct):
    form_class = ReviewForm
    heading = gettext_lazy("复核紧急查阅")
    submit = gettext_lazy("提交复核意见")
    done = gettext_lazy("复核意见已记录。")

    def rows(self) -> Any:
        return emergencies.to_review(self.account)

    def perform(self, form: ActForm) -> BreakGlass:
        given = form.cleaned_data
        return emergencies.review(
            row=self.row, by=self.account, result=ReviewResult(given["result"]), words=given["words"]
        )


class CutEmergency(EmergencyAct):
    heading = gettext_lazy("终止紧急查阅")
    submit = gettext_lazy("终止")
    done = gettext_lazy("紧急查阅已终止。")
    danger = True

    def rows(self) -> Any:
        return emergencies.to_cut(self.account)

    def perform(self, form: ActForm) -> BreakGlass:
        return emergencies.cut(row=self.row, by=self.account, reason=form.cleaned_data["reason"])


# --- the security administrator ------------------------------------------------------------------------------------


class EmergencyList(AdministrationView):
    """What was opened, by whom, how it was judged 紧急查阅登记; no person on file."""

    operation = "break_glass.list"
    heading = gettext_lazy("紧急查阅登记")
    lede = gettext_lazy("不显示当事人和档案内容。")

    def get(self, request: HttpRequest) -> HttpResponse:
        own = BreakGlass.objects.filter(asked_by__in=accounts.within_area(self.account))
        rows = own.select_related("authority", "asked_by", "decided_by", "reviewed_by")[:200]
        running = set(emergencies.running().values_list("pk", flat=True))
        lines = [
            [moment(row.asked_at), str(row.asked_by), str(row.authority), row.get_state_display(),
             str(row.decided_by or ""), moment(row.closes_at),
             f"{row.get_result_display()} {row.reviewed_by or ''}".strip(),
             link(_("终止"), reverse("staff:break_glass_cut", args=[row.ref])) if row.pk in running else ""]
            for row in rows
        ]  # fmt: skip
        heads = [_("申请时间"), _("申请人"), _("管理机关"), _("状态"), _("批准人"), _("至"), _("复核"), _("办理")]
        return self.page(tables=[table(self.heading, heads, lines, empty=_("没有紧急查阅"))], count_logged=len(lines))


class CutAny(AdministrationAct):
    operation = "break_glass.cut"
    row: BreakGlass
    heading = gettext_lazy("终止紧急查阅")
    submit = gettext_lazy("终止")
    done = gettext_lazy("紧急查阅已终止。")
    danger = True

    def row_of(self, **kwargs: Any) -> BreakGlass:
        own = emergencies.running().filter(asked_by__in=accounts.within_area(self.account))
        row: BreakGlass | None = own.filter(ref=kwargs["ref"]).first()
        if row is None:
            raise Http404
        return row

    def about(self) -> str:
        return ""

    def perform(self, form: ActForm) -> BreakGlass:
        return emergencies.cut(row=self.row, by=self.account, reason=form.cleaned_data["reason"])

    def get_success_url(self, result: Any) -> str:
        return reverse("staff:break_glass_list")
