"""Asking for and deciding erasure 删除申请与决定 (个人信息保护法 47): two persons, a ground of the law, a document.

Nothing is erased here: an approved request is carried out by `manage.py erase_due` (`integrity.erasing`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity import access
from integrity.choices import (
    Act,
    ErasureKind,
    ErasureState,
    FileStatus,
    ObjectionState,
    PublicationState,
    RecordState,
    RemedyOutcome,
    RuleKind,
)
from integrity.erasing import plan
from integrity.exceptions import ActRefused, NotAdmitted
from integrity.lifecycle.engine import Step, move
from integrity.lifecycle.erasure import ERASURE, not_held
from integrity.models import (
    Account,
    Decision,
    Erasure,
    ErasureItem,
    GuardedModel,
    IntegrityFile,
    Objection,
    Penalty,
    PenaltyRemedy,
    PractitionerRecord,
    Publication,
    Remedy,
    RuleSet,
    SubjectIdentifier,
    UseEntry,
    recording,
)
from integrity.models.erasable import erasable_columns
from integrity.rules import rule
from integrity.workdays import years_before

ARTICLE = "《个人信息保护法》第四十七条"
WHOLE = ""


def grounds(day: date) -> QuerySet[RuleSet]:
    """The grounds of the law in force on a day 法定事由."""
    found: QuerySet[RuleSet] = RuleSet.objects.on(day).filter(kind=RuleKind.ERASURE_GROUND)
    return found.select_related("basis").order_by("pk")


def choices_of(row: GuardedModel) -> list[tuple[str, str]]:
    """What of this row may be asked for: the whole record of a person, a column, its document."""
    found = [(WHOLE, _("整个主体（该记录及其全部内容）"))] if _is_holder(row) else []
    if not _is_holder(row):
        fields = {field.column: field for field in row._meta.concrete_fields}
        found += [(name, str(fields[name].verbose_name)) for name in erasable_columns(type(row)) if name != "raw"]
        if getattr(row, "document_id", None) is not None:
            found.append(("document", _("决定文书（扫描件）")))
    found += [
        (f"number:{one.ref}", _("证件号码 %(masked)s") % {"masked": one.masked})
        for one in (plan.rows(SubjectIdentifier).filter(subject_id=row.subject_id) if _is_holder(row) else ())
        if bytes(one.token)
    ]
    return found


def _is_holder(row: GuardedModel) -> bool:
    return isinstance(row, IntegrityFile | PractitionerRecord)


@dataclass(frozen=True, slots=True)
class Planned:
    """What a request comes to: the rows it touches and the columns that will be emptied."""

    rows: list[models.Model]
    targets: list[plan.Target]


def planned(row: GuardedModel, field: str) -> Planned:
    if field == WHOLE:
        found = plan.everything_of(row)
        return Planned(found, plan.of_whole(found))
    if field.startswith("number:"):
        number = plan.rows(SubjectIdentifier).filter(subject_id=row.subject_id, ref=field.partition(":")[2]).first()
        if number is None:
            raise ActRefused("unknown_field", _("没有可以删除的此项内容"), field="field")
        return Planned([number], plan.targets(plan.of_field(number, "token")))
    if field not in {name for name, _label in choices_of(row)}:
        raise ActRefused("unknown_field", _("没有可以删除的此项内容"), field="field")
    chosen = list(plan.of_field(row, field))
    touched = {(type(one), one.pk): one for one, _name in chosen}
    return Planned([row, *touched.values()], plan.targets(chosen))


@transaction.atomic
def ask(*, row: GuardedModel, field: str, ground: RuleSet, by: Account, reason: str, document: str) -> Erasure:
    """Ask for the erasure of one field, or of a person's whole record 申请删除."""
    access.require(by, Act.ERASE, row)
    if not reason.strip() or not document.strip():
        raise ActRefused(
            "incomplete", _("请写明事由说明和依据文书"), field="reason" if not reason.strip() else "document"
        )
    today = timezone.localdate()
    erasure = Erasure(
        kind=ErasureKind.PERSON if field == WHOLE else ErasureKind.FIELD,
        subject_id=row.subject_id,
        authority=row.authority,
        label=str(row._meta.model_name),
        row_ref=row.ref,
        field=field[:40] if not field.startswith("number:") else "number",
        ground=ground,
        basis=f"{ground.basis} {ground.text}"[:300],
        reason=reason.strip(),
        document=document.strip(),
        asked_by=by,
        lapses_on=today + timedelta(days=rule(RuleKind.ACCESS_LIMIT, "request_lapses", today).parameters["days"]),
    )
    found = planned(row, field)
    _check(erasure, row, found, by=by, on=today)
    with recording(by=by, reason=reason, document=document):
        erasure.save()
        if field.startswith("number:"):
            _write_items(erasure, found.targets)
    return erasure


def _check(erasure: Erasure, row: GuardedModel, found: Planned, *, by: Account, on: date) -> None:
    """What the law and the rules put before erasure; asked when it is asked for, and again when it is decided."""
    refusal = not_held(Step(row=erasure, by=by, on=on, reason=erasure.reason))
    if refusal is not None:
        raise ActRefused(refusal.code, refusal.message, article=refusal.article)
    if not found.targets:
        raise ActRefused("nothing_there", _("该内容是空白，没有可以删除的"), field="field")
    ground = erasure.ground
    if ground is None or RuleSet.objects.on(on).filter(pk=ground.pk, kind=RuleKind.ERASURE_GROUND).first() is None:
        raise ActRefused("no_ground", _("请选择现行有效的法定事由"), article=ARTICLE, field="ground")
    scope = access.scope_for(by, Act.ERASE)
    guarded = [one for one in found.rows if isinstance(one, GuardedModel)]
    if not all(scope.admits(one) for one in guarded):
        raise NotAdmitted
    _check_rows(guarded, erasure, row, on)
    _check_shown(found.rows)


def _check_rows(guarded: Iterable[GuardedModel], erasure: Erasure, row: GuardedModel, on: date) -> None:
    allowed: dict[str, Any] = erasure.ground.parameters if erasure.ground is not None else {}
    rows = list(guarded)
    in_force = {*RecordState.effective(), RecordState.SUSPENDED}
    for one in rows:
        if isinstance(one, Decision | Penalty) and one.state in in_force and not allowed.get("in_force"):
            raise ActRefused("in_force", _("记录尚在生效，不得删除"), article=ARTICLE)
        if isinstance(one, UseEntry) and one.used_on > years_before(on, _years("use_entry", on)):
            raise ActRefused("kept_by_law", _("对外提供记录未满保存期限"), article="《个人信息保护法》第五十六条")
    years = allowed.get("after_years")
    if years:
        _check_term(rows, years_before(on, int(years)))
    on_file = isinstance(row, IntegrityFile) and row.status not in (FileStatus.TRANSFERRED, FileStatus.ARCHIVED)
    if erasure.kind == ErasureKind.PERSON and on_file and not allowed.get("on_file"):
        raise ActRefused("not_archived", _("公务员诚信档案须先移交档案机构，方可删除"), article="《档案法》")
    _check_disputes(rows)


def _years(key: str, on: date) -> int:
    return int(rule(RuleKind.RETENTION, key, on).parameters["years"])


def _check_term(rows: Iterable[GuardedModel], latest: date) -> None:
    """A ground that waits for the end of a term: every decision must have ended, and so long ago."""
    for one in rows:
        if isinstance(one, Decision | Penalty):
            ended = one.lifted_on or one.effective_to
            if ended is None or ended > latest:
                raise ActRefused("term_not_over", _("保存期限未届满"), article=ARTICLE)


def _check_disputes(rows: Iterable[GuardedModel]) -> None:
    decisions = [one.pk for one in rows if isinstance(one, Decision)]
    penalties = [one.pk for one in rows if isinstance(one, Penalty)]
    open_ones = plan.rows(Objection).filter(state__in=ObjectionState.open())
    pending = RemedyOutcome.PENDING
    disputed = (
        open_ones.filter(models.Q(decision__in=decisions) | models.Q(penalty__in=penalties)).exists()
        or plan.rows(Remedy).filter(decision__in=decisions, outcome=pending).exists()
        or plan.rows(PenaltyRemedy).filter(penalty__in=penalties, outcome=pending).exists()
    )
    if disputed:
        raise ActRefused("disputed", _("异议或者救济尚未办结，不得删除"), article="H14")


def _check_shown(rows: Iterable[models.Model]) -> None:
    ended = (PublicationState.WITHDRAWN, PublicationState.REFUSED)
    if any(isinstance(one, Publication) and one.state not in ended for one in rows):
        raise ActRefused("published", _("请先撤下公示，再申请删除"), article="H5")


def row_of(erasure: Erasure) -> GuardedModel | None:
    found: GuardedModel | None = plan.rows(plan.model_of(erasure.label)).filter(ref=erasure.row_ref).first()
    return found


def _may_see(erasure: Erasure, by: Account) -> bool:
    row = row_of(erasure)
    return row is not None and access.scope_for(by, Act.ERASE).admits(row)


@transaction.atomic
def decide(*, erasure: Erasure, by: Account, approved: bool, reason: str) -> Erasure:
    """The second person approves or refuses 决定; what exactly will go is written down with the approval."""
    locked = Erasure.objects.select_for_update().get(pk=erasure.pk)
    row = row_of(locked)
    if row is None:
        raise NotAdmitted
    access.require(by, Act.ERASE, row)
    if not reason.strip():
        raise ActRefused("reason", _("请写明决定理由"), field="reason")
    decided = {"decided_by": by, "decided_at": timezone.now(), "answer": reason.strip()}
    if not approved:
        return move(ERASURE, locked, "refuse", by=by, reason=reason, document=locked.document, changes=decided)
    named = list(locked.items.all())
    found = _named(locked, row) if named else planned(row, WHOLE if locked.kind == ErasureKind.PERSON else locked.field)
    _check(locked, row, found, by=by, on=timezone.localdate())
    done = move(ERASURE, locked, "approve", by=by, reason=reason, document=locked.document, changes=decided)
    if not named:
        with recording(by=by, reason=reason, document=locked.document):
            _write_items(done, found.targets)
    return done


def _named(erasure: Erasure, row: GuardedModel) -> Planned:
    """A request for a number names its row from the beginning: a person may have several."""
    pk = erasure.items.values_list("row_pk", flat=True)[0]
    number = plan.rows(SubjectIdentifier).filter(pk=pk).first()
    if number is None:
        return Planned([], [])
    return Planned([number], plan.targets(plan.of_field(number, "token")))


def _write_items(erasure: Erasure, found: Iterable[plan.Target]) -> None:
    for one in found:
        history: Any = one.model.history.model  # type: ignore[attr-defined]
        ErasureItem(
            erasure=erasure, label=str(one.model._meta.model_name), history_table=history._meta.db_table,
            row_pk=str(one.pk), name=one.name, marker=one.marker,
        ).save()  # fmt: skip


@transaction.atomic
def withdraw(*, erasure: Erasure, by: Account, reason: str) -> Erasure:
    """Whoever asked takes it back, as long as it was not carried out 撤回."""
    return move(ERASURE, erasure, "withdraw", by=by, reason=reason)


def let_actor_go(*, account: Account, term: int, on: date) -> Erasure:
    """An officer's name, by the configured term after leaving 经办人化名: nobody asks, nobody decides."""
    reason = f"离任满{term}年"
    erasure = Erasure(
        kind=ErasureKind.ACTOR, account=account, label="account", reason=reason, basis=reason, lapses_on=on,
    )  # fmt: skip
    with recording(by=None, reason=reason):
        erasure.save()
        _write_items(erasure, plan.of_whole(plan.of_officer(account)))
    return move(ERASURE, erasure, "let", by=None, reason=reason, on=on)


# --- lists --------------------------------------------------------------------------------------------------


def visible_to(account: Account) -> list[Erasure]:
    """Requests about records this account may erase from, newest first."""
    own = {row.authority_id for row in access.assignments_today(account, timezone.localdate())}
    rows = Erasure.objects.exclude(kind=ErasureKind.ACTOR).filter(authority__in=own)
    kept = rows.exclude(subject__in=access.recused_subjects(account, timezone.localdate()))
    return [
        one for one in kept.select_related("ground__basis", "asked_by", "decided_by")[:200] if _may_see(one, account)
    ]


def about_oneself(account: Account) -> QuerySet[Erasure]:
    """What was erased of one's own records 本人记录的删除: when and on which ground."""
    rows = Erasure.objects.filter(subject=account.subject_id, state=ErasureState.DONE)
    found: QuerySet[Erasure] = rows if account.subject_id is not None else rows.none()
    return found.select_related("ground__basis", "authority")


def guarded_models() -> list[type[GuardedModel]]:
    """The kinds of records that a request may name."""
    from django.apps import apps

    found = [one for one in apps.get_models() if issubclass(one, GuardedModel) and erasable_columns(one)]
    return sorted(found, key=lambda one: one._meta.label)


def model_of(label: str) -> type[Any]:
    return plan.model_of(label)


def field_words(erasure: Erasure) -> str:
    """The name of the field that a request is about, in words."""
    if erasure.field == "number":
        return _("证件号码")
    if erasure.field == "document":
        return _("决定文书（扫描件）")
    for field in plan.model_of(erasure.label)._meta.concrete_fields:
        if field.column == erasure.field:
            return str(field.verbose_name)
    return ""


def extent(erasure: Erasure) -> str:
    """How many rows and columns would be emptied, in words; never what stands there."""
    row = row_of(erasure)
    if row is None:
        return ""
    # From the approval on, and for a number, what will go is written down.
    columns: list[tuple[Any, Any]] = list(erasure.items.values_list("label", "row_pk")) or [
        (one.model, one.pk) for one in planned(row, erasure.field).targets
    ]
    return _("%(rows)s 条记录的 %(columns)s 项内容，连同全部历史") % {
        "rows": len(set(columns)),
        "columns": len(columns),
    }
