"""Explaining access 访问解释: who can see this, what somebody reaches, why not; no content is shown (三员分立)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django import forms
from django.apps import apps
from django.conf import settings
from django.db.models import Model, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from integrity import access, accounts, administration
from integrity.choices import Act, FileStatus
from integrity.exceptions import NotAdmitted
from integrity.forms.explain import ReachForm, ReadersForm, WhyNotForm
from integrity.models import Account, CaseGrant, GuardedModel, IntegrityFile, PractitionerRecord, Publication
from integrity.views.administration import AdministrationView, Table, code, link, table
from integrity.views.base import StaffView

#: Longest table of units on a page; the rest is one line with its sum.
MOST_UNITS = 40
#: More accounts than these under one name: name the account more exactly.
MOST_ACCOUNTS = 20


def row_of(ref: Any, by: Account) -> Any:
    """A row of any guarded kind by its number, of an authority in the administrator's area; absent alike otherwise,
    and where it is about the administrator's own person, or one to keep away from (N9, H18)."""
    for model in _kinds():
        manager: Any = model._default_manager
        rows = manager.all()
        if issubclass(model, GuardedModel):
            rows = manager.unscoped(reason="安全管理员核对可查阅人，不显示内容")
            paths = [path.rpartition("__")[0] for path in (model.case_column, model.profession_column)]
            rows = rows.select_related("authority__division", *filter(None, paths))
        found = rows.filter(ref=ref).first()
        if found is not None:
            own = access.touches_person(by, found) or _subject_of(found) in access.recused_subjects(
                by, timezone.localdate()
            )
            return found if administration.administers(by, found.authority) and not own else None
    return None


def _subject_of(row: Any) -> Any:
    source = (row.penalty or row.licence) if isinstance(row, Publication) else row
    return getattr(source, "subject_id", None)


def _kinds() -> list[type[Model]]:
    """Files first: they are asked for most."""
    guarded = [model for model in apps.get_app_config("integrity").get_models() if issubclass(model, GuardedModel)]
    return [*sorted(guarded, key=lambda model: model is not IntegrityFile), Publication]


def matching(who: str, by: Account) -> list[Account]:
    """Accounts of the administrator's area under a login name or a name; the exact login name alone where it is one."""
    area = accounts.within_area(by).select_related("organisation").distinct()
    exact = area.filter(username=who.strip()).first()
    if exact is not None:
        return [exact]
    named = area.filter(Q(display_name__icontains=who.strip()) | Q(username__icontains=who.strip()))
    return list(named.order_by("display_name", "pk")[: MOST_ACCOUNTS + 1])


def _of_own_area(readers: list[access.Reader], by: Account) -> list[access.Reader]:
    """Without the cases of bodies outside the administrator's area: those are not this one's to know (N9)."""
    return [one for one in readers if one.case is None or administration.administers(by, one.case.organisation)]


class ExplainView(AdministrationView):
    """A question of the security administrator: asked by GET, answered on the same page, itself in the log."""

    form_class: type[forms.Form]

    def get(self, request: HttpRequest) -> HttpResponse:
        form = self.form_class(request.GET or None)
        context = self.blank(form)
        if form.is_bound and form.is_valid():
            context |= self.answered(form.cleaned_data)
        else:
            self.note(Account, [])
        return self.answer(context)

    def blank(self, form: forms.Form) -> dict[str, Any]:
        """The page before its answer: the three questions as tabs."""
        tabs = [
            {"url": reverse(route), "label": view.heading, "active": view is type(self)}
            for route, view in (("staff:readers", FileReaders), ("staff:reach", ReachOf), ("staff:why_not", WhyNot))
        ]
        return {
            "heading": self.heading, "lede": self.lede, "form": form, "clear_url": self.request.path, "tabs": tabs,
        }  # fmt: skip

    def answered(self, given: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    def note(self, model: type[Model], ids: list[Any]) -> None:
        """The question is a line in the log before it is answered."""
        with override(settings.LANGUAGE_CODE):  # one language in the log, whatever the reader's
            purpose = str(self.heading)
        scope = access.scope_for(self.account, Act.GRANT, purpose=purpose)
        access.log_read(scope, door=self.door, model=model, ids=ids, count=0, request=self.request)

    def particulars(self, *facts: tuple[Any, Any]) -> list[dict[str, Any]]:
        """Facts that a print needs: about what, when, by whom."""
        now = f"{timezone.localtime():%Y-%m-%d %H:%M}"
        return [{"label": label, "value": value} for label, value in facts] + [
            {"label": _("核对时间"), "value": now},
            {"label": _("核对人"), "value": str(self.account)},
        ]

    def several(self, who: str, found: list[Account]) -> dict[str, Any]:
        """Nobody, or several: the person chooses."""
        query = self.request.GET.copy()

        def chosen(account: Account) -> Any:
            query["who"] = account.username
            return link(str(account), f"?{query.urlencode()}")

        heads = [_("姓名"), _("登录名"), _("单位")]
        rows = [[chosen(one), code(one.username), str(one.organisation or "")] for one in found[:MOST_ACCOUNTS]]
        caption = _("请选择账户") if len(found) <= MOST_ACCOUNTS else _("匹配的账户过多，请写得更准确")
        return {"tables": [table(caption, heads, rows, empty=_("管理范围内没有这样的账户"))], "absent": not found}


class FileReaders(ExplainView):
    """Who can see a record, by which path and until when 谁能看: any kind of record, by its number."""

    operation = "explain.readers"
    template_name = "integrity/explain/readers.html"
    heading = gettext_lazy("谁能看")
    lede = gettext_lazy("按编号核对今天的可查阅人及其依据；不显示档案内容。查询本身记入日志。")
    form_class = ReadersForm

    def answered(self, given: dict[str, Any]) -> dict[str, Any]:
        ref = given["ref"]
        row = row_of(ref, self.account)
        self.note(type(row) if row is not None else IntegrityFile, [str(ref)])
        if row is None:
            return {"ref": ref, "absent": True}
        readers = _of_own_area(access.readers_of(row, with_cases=True), self.account)
        kind = str(row._meta.verbose_name)
        facts = self.particulars(
            (_("编号"), ref), (_("类别"), kind), (_("管理机关"), row.authority),
            (_("数据分级"), row.get_grade_display() if isinstance(row, GuardedModel) else None),
            (_("可查阅账户"), len({reader.account.pk for reader in readers})),
        )  # fmt: skip
        return {
            "ref": ref,
            "readers": readers,
            "public": access.publicly_shown(row),
            "facts": [fact for fact in facts if fact["value"] is not None],
            "tables": [self._readers(readers), *self._grants(row)],
            "why_not_url": f"{reverse('staff:why_not')}?ref={ref}",
        }

    def _readers(self, readers: list[access.Reader]) -> Table:
        area = accounts.within_area(self.account).filter(pk__in={reader.account.pk for reader in readers})
        known = set(area.values_list("pk", flat=True))

        def name(account: Account) -> Any:
            text = str(account)
            return link(text, f"{reverse('staff:reach')}?who={account.username}") if account.pk in known else text

        heads = [_("姓名"), _("账户"), _("单位"), _("依据"), _("至")]
        rows = []
        # The name of the own account would be the name of the person on file: content (三员分立); among the names in
        # order its place would tell the letter it begins with, so it stands last.
        for one in sorted(readers, key=lambda reader: reader.clause.subject_id is not None):
            own = one.clause.subject_id is not None
            who = [_("本人"), "", ""] if own else [
                name(one.account), code(one.account.username), str(one.account.organisation or "")
            ]  # fmt: skip
            rows.append([*who, one.why, one.until.isoformat() if one.until else _("长期")])
        return table(_("今天可查阅"), heads, rows, empty=_("今天没有人可以查阅此记录"))

    def _grants(self, row: Any) -> Iterable[Table]:
        """All that was ever granted of a file in cases of the own area; the readers above are those of today."""
        if not isinstance(row, IntegrityFile):
            return
        ever = CaseGrant.objects.filter(content_object=row).select_related(
            "user", "granted_by", "case__organisation__division"
        )
        grants = [
            one
            for one in ever.order_by("-granted_at")
            if administration.administers(self.account, one.case.organisation)
        ]
        heads = [_("案件编号"), _("被授权人"), _("授权人"), _("截止"), _("提前终止"), _("结案")]
        rows = [
            [one.case.reference, str(one.user), str(one.granted_by), str(one.ends_on), str(one.cut_on or ""),
             str(one.case.closed_on or "")]
            for one in grants
        ]  # fmt: skip
        yield table(_("案件授权记录"), heads, rows, empty=_("没有案件授权"))


class ReachOf(ExplainView):
    """Everything one account reaches, counted 某人能看什么: clauses, ends, acts, numbers by unit and grade."""

    operation = "explain.reach"
    template_name = "integrity/explain/reach.html"
    heading = gettext_lazy("某人能看什么")
    lede = gettext_lazy("按账户核对其全部依据和可及数量；只有数量，没有当事人姓名。查询本身记入日志。")
    form_class = ReachForm

    def answered(self, given: dict[str, Any]) -> dict[str, Any]:
        found = matching(given["who"], self.account)
        self.note(Account, [account.pk for account in found[:MOST_ACCOUNTS]])
        if len(found) != 1:
            return self.several(given["who"], found)
        (account,) = found
        reach = access.reach_of(account)
        return {
            "reach": reach,
            "facts": self.particulars(
                (_("账户"), f"{account}（{account.username}）"), (_("单位"), str(account.organisation or "")),
                (_("状态"), _("启用") if account.is_active else _("停用")),
                (_("回避的当事人"), reach.recused),
            ),
            "tables": [_capacities(reach.lines), _numbers(_("按单位"), _("单位"), reach.counts.units),
                       _numbers(_("按数据分级"), _("级别"), reach.counts.grades)],
        }  # fmt: skip


def _capacities(lines: Iterable[Any]) -> Table:
    heads = [_("依据"), _("至"), _("可以办理")]
    rows = [[line.why, str(line.until or _("长期")), "、".join(line.acts)] for line in lines]
    return table(_("依据"), heads, rows, empty=_("没有任何依据，什么也看不到"))


def _numbers(caption: str, place: str, numbers: Iterable[Any]) -> Table:
    """The largest of each kind, then one line for the rest."""
    shown: Counter[str] = Counter()
    rest: Counter[str] = Counter()
    rows: list[list[Any]] = []
    for one in numbers:
        shown[one.kind] += 1
        if shown[one.kind] <= MOST_UNITS:
            rows.append([one.kind, one.place, f"{one.number:,}"])
        else:
            rest[one.kind] += one.number
    rows += [[kind, _("其余 %(n)s 个") % {"n": shown[kind] - MOST_UNITS}, f"{n:,}"] for kind, n in rest.items()]
    return table(caption, [_("类别"), place, _("数量")], rows, empty=_("没有可及的记录"))


class WhyNot(ExplainView):
    """Why somebody does not see a record 为何不能看: the smallest set of obstacles, by the rule itself."""

    operation = "explain.why_not"
    template_name = "integrity/explain/why_not.html"
    heading = gettext_lazy("为何不能看")
    lede = gettext_lazy("按账户和编号核对：差哪些条件才能看到。查询本身记入日志。")
    form_class = WhyNotForm

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.GET.get("who") or not request.GET.get("ref"):
            return super().get(request)
        self.note(Account, [])  # come from the page of a record: its number is filled in, nothing is asked yet
        form = WhyNotForm(initial={"ref": request.GET["ref"], "act": Act.READ.value})
        return self.answer(self.blank(form))

    def answered(self, given: dict[str, Any]) -> dict[str, Any]:
        found = matching(given["who"], self.account)
        row = row_of(given["ref"], self.account)
        self.note(type(row) if row is not None else IntegrityFile, [str(given["ref"])])
        if row is None:
            return {"ref": given["ref"], "absent": True}
        if len(found) != 1:
            return self.several(given["who"], found)
        (account,) = found
        self.note(Account, [account.pk])
        act = Act(given["act"] or Act.READ)
        obstacles = access.why_not(account, row, act)
        if access.touches_person(account, row) or any(one.code == "recused" for one in obstacles):
            return {"asked": True, "untold": True}
        known = access.readers_of(row, with_cases=True, act=act) if not obstacles else []
        readers = _of_own_area(known, self.account)
        lines = [[one.why, str(one.until or _("长期"))] for one in readers if one.account.pk == account.pk]
        return {
            "asked": True,
            "obstacles": obstacles,
            "facts": self.particulars(
                (_("账户"), f"{account}（{account.username}）"), (_("编号"), given["ref"]),
                (_("类别"), str(row._meta.verbose_name)), (_("行为"), act.label),
            ),
            "tables": [table(_("依据"), [_("依据"), _("至")], lines)] if not obstacles else [],
        }  # fmt: skip


class OwnReaders(StaffView):
    """Who can see the own records, by role and unit 谁能看我的档案: no name of a reader, no word of a case (N9)."""

    template_name = "integrity/explain/own.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.account.subject_id is None:
            raise NotAdmitted
        scope = self.scope(Act.READ)
        groups = []
        logged: list[Any] = []
        for model in (IntegrityFile, PractitionerRecord):
            manager: Any = model.objects
            own = manager.within(scope).filter(subject_id=self.account.subject_id).exclude(status=FileStatus.DRAFT)
            for row in own.select_related("authority"):
                logged.append(row)
                told = [one for one in access.readers_of(row) if one.account.pk != self.account.pk]
                lines = Counter((one.why, str(one.account.organisation or "")) for one in told)
                rows = [[why, unit, str(number)] for (why, unit), number in sorted(lines.items())]
                heads = [_("依据"), _("单位"), _("人数")]
                groups.append(table(str(model._meta.verbose_name), heads, rows, empty=_("没有人")))
        access.log_read(scope, door=self.door, model=IntegrityFile, rows=logged, request=request)
        return self.answer({"tables": groups})
