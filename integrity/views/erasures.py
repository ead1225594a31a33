"""Erasure 删除 and legal hold 法律保全: asked, decided, held; what is carried out is a command's work."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity import access, erasures, holds
from integrity.choices import Act, ErasureState, HoldState, ReadOutcome
from integrity.exceptions import ActRefused, NotAdmitted
from integrity.forms.base import ActForm, ReasonForm, fresh_key
from integrity.forms.erasures import AskForm, DecideForm, HoldForm, LiftForm, OfficerHoldForm, RecordForm
from integrity.models import Account, Erasure, GuardedModel, LegalHold
from integrity.templatetags.archive import date_zh as day
from integrity.views.administration import link, table
from integrity.views.base import ActView, StaffView

_LIST = "staff:erasures"


def _what(erasure: Erasure) -> str:
    model = erasures.model_of(erasure.label)
    kind = erasure.get_kind_display()
    return f"{model._meta.verbose_name} · {erasures.field_words(erasure) or kind}"


class ErasureList(StaffView):
    """Requests and holds about the records of one's duty 删除与保全."""

    template_name = "integrity/administration/page.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        me = self.account
        if not access.has_any(me, Act.ERASE):
            raise NotAdmitted
        asked, held = erasures.visible_to(me), holds.visible_to(me)
        scope = access.scope_for(me, Act.LIST)
        persons = [*(one.subject_id for one in asked), *(one.subject_id for one in held)]
        about = {person for person in persons if person is not None}
        access.log_read(
            scope, door=self.door, model=Erasure, ids=[one.pk for one in asked], count=len(asked) + len(held),
            about=about, request=request,
        )  # fmt: skip
        waiting = [one for one in asked if one.waits_on(timezone.localdate())]
        others = [one for one in asked if one not in waiting]
        heads = [_("申请时间"), _("内容"), _("记录编号"), _("法律依据"), _("申请人"), _("状态"), _("办理")]
        held_heads = [_("起始日期"), _("对象"), _("保全事由"), _("案号或者来函文号"), _("截止日期（含）"), _("状态"),
                      _("办理")]  # fmt: skip
        return self.answer({
            "heading": _("删除与保全"),
            "lede": _("两人办理，须有法定事由和依据文书；批准后由系统定时执行，不能恢复。法律保全期间不得删除。"),
            "actions": [
                {"url": reverse("staff:erasure_new"), "label": _("申请删除或者登记保全"), "icon": "plus-lg"},
                {"url": reverse("staff:hold_officer"), "label": _("保全经办人姓名"), "icon": "lock"},
            ],
            "tables": [
                table(_("待决定的删除申请"), heads, [self._asked(one) for one in waiting], empty=_("没有待决定的申请")),
                table(_("法律保全"), held_heads, [self._held(one) for one in held], empty=_("没有法律保全")),
                table(_("已办理"), heads, [self._asked(one) for one in others], empty=_("没有已办理的申请")),
            ],
        })  # fmt: skip

    def _asked(self, one: Erasure) -> list[Any]:
        own = one.asked_by_id == self.account.pk
        doing: Any = ""
        if one.waits_on(timezone.localdate()) and not own:
            doing = link(_("决定"), reverse("staff:erasure_decide", args=[one.ref]))
        elif own and one.state in (ErasureState.PROPOSED, ErasureState.APPROVED):
            doing = link(_("撤回"), reverse("staff:erasure_withdraw", args=[one.ref]))
        state = one.get_state_display()
        done = _("%(state)s %(day)s") % {"state": state, "day": day(one.done_at)}
        return [day(one.asked_at), _what(one), str(one.row_ref), one.basis, str(one.asked_by), done.strip(), doing]

    def _held(self, one: LegalHold) -> list[Any]:
        doing: Any = ""
        if one.state == HoldState.HELD:
            doing = link(_("申请解除"), reverse("staff:hold_lift", args=[one.ref]))
        elif one.state == HoldState.LIFTING and one.asked_by_id != self.account.pk:
            doing = link(_("决定"), reverse("staff:hold_decide", args=[one.ref]))
        about = str(one.account) if one.account is not None else str(one.row_ref)
        until = day(one.to_on) or _("长期")
        return [day(one.from_on), about, one.ground, one.case_reference, until, one.get_state_display(), doing]


class _Act(ActView, abstract=True):
    """An act of this chapter; afterwards the list."""

    def get_success_url(self, result: Any) -> str:
        return reverse(_LIST)

    def cancel_url(self) -> str:
        return reverse(_LIST)

    def log(self, model: Any, row: Any = None, refs: Any = ()) -> None:
        """The line of the log, before the page or its refusal."""
        scope = access.scope_for(self.account, Act.ERASE)
        about = [row.subject_id] if row is not None and row.subject_id is not None else []
        access.log_read(
            scope, door=self.door, model=model, ids=[row.pk] if row is not None else [], about=about,
            refs=refs or ([row.ref] if row is not None else []), request=self.request,
            outcome=ReadOutcome.SHOWN if row is not None or not refs else ReadOutcome.REFUSED,
        )  # fmt: skip


class NameRecord(_Act):
    """Which record it is about 指明记录."""

    form_class = RecordForm
    heading = gettext_lazy("申请删除或者登记保全")
    submit = gettext_lazy("下一步")

    def fetch(self, **kwargs: Any) -> Any:
        if not access.has_any(self.account, Act.ERASE):
            raise NotAdmitted

    def perform(self, form: ActForm) -> str:
        ref, scope = form.cleaned_data["ref"], access.scope_for(self.account, Act.ERASE)
        for model in erasures.guarded_models():
            row = model.objects.within(scope).filter(ref=ref).first()
            if row is not None:
                self.log(model, row)
                name = "staff:erasure_ask" if form.cleaned_data["what"] == "erase" else "staff:hold_new"
                return reverse(name, args=[model._meta.model_name, ref])
        self.log(Erasure, refs=[ref])
        raise ActRefused("unknown", _("没有可以办理的此编号记录"), field="ref")

    def get_success_url(self, result: Any) -> str:
        return str(result)


class _OnRecord(_Act, abstract=True):
    """An act on a record that this account may erase from."""

    row: GuardedModel

    def fetch(self, **kwargs: Any) -> GuardedModel:
        model = next((one for one in erasures.guarded_models() if one._meta.model_name == kwargs["label"]), None)
        if model is None:
            raise NotAdmitted
        row: GuardedModel = self.opened(Act.ERASE, model, ref=kwargs["ref"])
        return row

    def context(self, form: ActForm) -> dict[str, Any]:
        return {
            "facts": [
                {"label": _("记录类别"), "value": str(self.row._meta.verbose_name)},
                {"label": _("记录"), "value": str(self.row)},
                {"label": _("记录编号"), "value": str(self.row.ref)},
            ]
        }


class AskErasure(_OnRecord):
    form_class = AskForm
    heading = gettext_lazy("申请删除")
    lede = gettext_lazy("批准并执行后不能恢复：现行内容、全部历史、检索索引、导入原文和文书扫描件一并删除。")
    submit = gettext_lazy("提出申请")
    done = gettext_lazy("申请已提出，等待另一人决定。")
    danger = True

    def build_form(self, data: Any = None, files: Any = None) -> ActForm:
        initial = {"once": fresh_key()}
        return (
            AskForm(data, row=self.row, initial=initial) if data is not None else AskForm(row=self.row, initial=initial)
        )

    def perform(self, form: ActForm) -> Erasure:
        given = form.cleaned_data
        return erasures.ask(
            row=self.row, field=given["field"], ground=given["ground"], by=self.account, reason=given["reason"],
            document=given["document"],
        )  # fmt: skip


class HoldPerson(_OnRecord):
    form_class = HoldForm
    heading = gettext_lazy("登记法律保全")
    lede = gettext_lazy("登记后立即生效：该主体的任何内容不得删除。解除须两人办理。")
    submit = gettext_lazy("登记")
    done = gettext_lazy("法律保全已登记。")

    def perform(self, form: ActForm) -> LegalHold:
        given = form.cleaned_data
        return holds.hold(
            row=self.row, by=self.account, ground=given["ground"], case_reference=given["case_reference"],
            from_on=given["from_on"], to_on=given["to_on"],
        )  # fmt: skip


class HoldOfficer(_Act):
    """An officer's name stays 保全经办人."""

    form_class = OfficerHoldForm
    heading = gettext_lazy("保全经办人姓名")
    lede = gettext_lazy("保全期间，该经办人在历史和查阅日志中的姓名不化名。")
    submit = gettext_lazy("登记")
    done = gettext_lazy("法律保全已登记。")

    def fetch(self, **kwargs: Any) -> Any:
        if not access.has_any(self.account, Act.ERASE):
            raise NotAdmitted

    def perform(self, form: ActForm) -> LegalHold:
        given = form.cleaned_data
        account = Account.objects.filter(username=given["username"]).first()
        self.log(LegalHold)
        if account is None or account.pk == self.account.pk or account.organisation is None:
            raise ActRefused("unknown", _("没有可以保全的此经办人"), field="username")
        return holds.hold_officer(
            account=account, by=self.account, ground=given["ground"], case_reference=given["case_reference"],
            from_on=given["from_on"], to_on=given["to_on"],
        )  # fmt: skip


class _OnErasure(_Act, abstract=True):
    """A request that this account may see."""

    row: Erasure

    def fetch(self, **kwargs: Any) -> Erasure:
        found = next((one for one in erasures.visible_to(self.account) if one.ref == kwargs["ref"]), None)
        self.log(Erasure, found, refs=[kwargs["ref"]])
        if found is None:
            raise NotAdmitted
        return found

    def context(self, form: ActForm) -> dict[str, Any]:
        row = self.row
        return {
            "facts": [
                {"label": _("内容"), "value": _what(row)},
                {"label": _("记录"), "value": str(erasures.row_of(row) or "")},
                {"label": _("记录编号"), "value": str(row.row_ref)},
                {"label": _("法律依据"), "value": row.basis},
                {"label": _("事由说明"), "value": row.reason},
                {"label": _("依据文书"), "value": row.document},
                {"label": _("申请人"), "value": f"{row.asked_by} {day(row.asked_at)}"},
                {"label": _("将要清空"), "value": erasures.extent(row)},
            ]
        }


class DecideErasure(_OnErasure):
    form_class = DecideForm
    heading = gettext_lazy("决定删除申请")
    submit = gettext_lazy("决定")
    done = gettext_lazy("决定已记录。")
    danger = True

    def perform(self, form: ActForm) -> Erasure:
        given = form.cleaned_data
        return erasures.decide(
            erasure=self.row, by=self.account, approved=given["approved"] == "yes", reason=given["reason"]
        )


class WithdrawErasure(_OnErasure):
    form_class: ClassVar[type[ActForm]] = ReasonForm
    heading = gettext_lazy("撤回删除申请")
    submit = gettext_lazy("撤回")
    done = gettext_lazy("申请已撤回。")

    def perform(self, form: ActForm) -> Erasure:
        return erasures.withdraw(erasure=self.row, by=self.account, reason=form.cleaned_data["reason"])


class _OnHold(_Act, abstract=True):
    row: LegalHold

    def fetch(self, **kwargs: Any) -> LegalHold:
        found = next((one for one in holds.visible_to(self.account) if one.ref == kwargs["ref"]), None)
        self.log(LegalHold, found, refs=[kwargs["ref"]])
        if found is None:
            raise NotAdmitted
        return found

    def context(self, form: ActForm) -> dict[str, Any]:
        row = self.row
        return {
            "facts": [
                {"label": _("对象"), "value": str(row.account or row.row_ref)},
                {"label": _("保全事由"), "value": row.ground},
                {"label": _("案号或者来函文号"), "value": row.case_reference},
                {"label": _("起始日期"), "value": day(row.from_on)},
                {"label": _("解除理由"), "value": row.words},
            ]
        }


class AskToLift(_OnHold):
    form_class = LiftForm
    heading = gettext_lazy("申请解除法律保全")
    submit = gettext_lazy("申请解除")
    done = gettext_lazy("解除申请已提出，等待另一人决定。")

    def perform(self, form: ActForm) -> LegalHold:
        return holds.ask_to_lift(held=self.row, by=self.account, words=form.cleaned_data["words"])


class DecideLifting(_OnHold):
    form_class = DecideForm
    heading = gettext_lazy("决定解除法律保全")
    submit = gettext_lazy("决定")
    done = gettext_lazy("决定已记录。")
    danger = True

    def perform(self, form: ActForm) -> LegalHold:
        given = form.cleaned_data
        return holds.decide_lifting(
            held=self.row, by=self.account, lifted=given["approved"] == "yes", reason=given["reason"]
        )
