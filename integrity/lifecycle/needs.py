"""Needs of the moves 迁移条件: predicates with a reason code; each names the hard rule or the article it stands for."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from integrity import competence, rules
from integrity.choices import (
    AppraisalGrade,
    DecisionKind,
    PenaltyKind,
    RecordState,
    ReportResult,
    Role,
)
from integrity.exceptions import ReasonedRefusal
from integrity.lifecycle.engine import Refusal, Step
from integrity.models import (
    Appraisal,
    Assignment,
    Breach,
    Decision,
    Honour,
    Kinship,
    Licence,
    Penalty,
    PersonalMattersReport,
    PractitionerHonour,
    PractitionerRecord,
    Qualification,
)

H18 = gettext_noop("H18 四眼原则")
H2 = "H2；国办发〔2020〕49号"


def is_adverse(row: Any) -> bool:
    """Whether H2 asks for the whole proof: decisions, 基本称职/不称职, 漏报/瞒报, breaches."""
    match row:
        case Decision() | Penalty() | Breach():
            return True
        case Appraisal():
            return row.result in (AppraisalGrade.BASICALLY_COMPETENT, AppraisalGrade.INCOMPETENT)
        case PersonalMattersReport():
            return row.result in (ReportResult.OMITTED, ReportResult.CONCEALED)
    return False


def stated_reason(step: Step) -> Refusal | None:
    """A step that undoes something names its reason."""
    if step.reason.strip():
        return None
    return Refusal("reason_missing", _("请填写事由"), field="reason")


def second_person(step: Step) -> Refusal | None:
    """The approver is neither the enterer nor the submitter (H18)."""
    authors = {step.row.entered_by_id, getattr(step.row, "submitted_by_id", None)}
    if step.by is None or step.by.pk in authors:
        return Refusal("second_person", _("录入人、提交人不得审核本人录入的记录，请由另一人审核"), _(H18))
    return None


def not_own_record(step: Step) -> Refusal | None:
    """Nobody acts on the own file or a relative's (H18; 政务处分法 47)."""
    own = step.by.subject_id if step.by else None
    if own is None:
        return None
    if own == step.row.subject_id:
        return Refusal("own_record", _("不得办理本人的记录"), _(H18))
    if Kinship.objects.filter(subject_id=own, relative_id=step.row.subject_id).exists():
        return Refusal("relative", _("应当回避：不得办理亲属的记录"), "《公职人员政务处分法》第四十七条")
    recorded = Kinship.objects.filter(relative_id=own, subject_id=step.row.subject_id, declaration__isnull=True)
    if recorded.exists():  # what the person on file declared keeps no official away by itself
        return Refusal("relative", _("应当回避：不得办理亲属的记录"), "《公职人员政务处分法》第四十七条")
    return None


def author_only(step: Step) -> Refusal | None:
    """A draft is handed in by the person who wrote it."""
    if step.by is not None and step.by.pk == step.row.entered_by_id:
        return None
    return Refusal("not_author", _("只能由录入人提交"), _(H18))


def kind_known(step: Step) -> Refusal | None:
    """An imported decision whose kind nobody has determined is not approved."""
    kind = getattr(step.row, "kind", None)
    if kind in (DecisionKind.UNCLASSIFIED, PenaltyKind.UNCLASSIFIED):
        return Refusal("kind_unknown", _("决定种类待定，请先确定种类"), H2, field="kind")
    return None


def document_complete(step: Step) -> Refusal | None:
    """Number, date, service date and the document itself (H2c)."""
    row = step.row
    if not isinstance(row, (Decision, Penalty)):
        return _proof_of_part(row)
    for column, sentence in (
        ("document_no", _("请填写决定文书文号")),
        ("decided_on", _("请填写决定日期")),
        ("served_on", _("请填写送达日期；未送达的决定不得入档")),
    ):
        if not getattr(row, column):
            return Refusal(f"{column}_missing", sentence, H2, field=column)
    if row.document_id is None:
        return Refusal("document_missing", _("请上传决定文书"), H2, field="document")
    decided, served = row.decided_on, row.served_on
    if decided is None or served is None:
        return None
    if decided > step.on:
        return Refusal("decided_in_future", _("决定日期不能晚于今天"), H2, field="decided_on")
    if served > step.on:
        return Refusal("served_in_future", _("送达日期不能晚于今天；未送达的决定不得入档"), H2, field="served_on")
    if served < decided:
        return Refusal("served_before_decided", _("送达日期不能早于决定日期"), H2, field="served_on")
    return None


def _proof_of_part(row: Any) -> Refusal | None:
    """Adverse parts and honours rest on a document too (H2, H15); each names what its kind asks for besides."""
    if isinstance(row, Honour | PractitionerHonour) and not row.document_no:
        return Refusal("document_no_missing", _("奖励须有授予文书文号"), "H15", field="document_no")
    if not is_adverse(row):
        return None
    if not row.document_no:
        return Refusal("document_no_missing", _("不利记录须有认定文书文号"), H2, field="document_no")
    if isinstance(row, Appraisal) and row.notice_on is None:
        return Refusal("notice_on_missing", _("请填写书面通知本人的日期"), "《公务员法》第三十八条", field="notice_on")
    if isinstance(row, PersonalMattersReport) and row.decision_id is None:
        return Refusal("decision_missing", _("漏报、隐瞒不报须有认定决定"), H2, field="decision")
    return None


def not_entered_before(step: Step) -> Refusal | None:
    """The same document about the same person is one record (domain §5): a second one would count twice."""
    row = step.row
    if not isinstance(row, (Decision, Penalty)) or not row.document_no:
        return None
    if isinstance(row, Decision):
        same: Any = Decision.objects.unscoped(reason="提交、审核时查同一文号是否已入档").filter(file_id=row.file_id)
    else:
        same = Penalty.objects.unscoped(reason="提交、审核时查同一文号是否已入档").filter(record_id=row.record_id)
    same = same.filter(kind=row.kind, document_no=row.document_no)
    same = same.exclude(pk__in=[row.pk, row.amends_id or 0]).exclude(
        state__in=(RecordState.DRAFT, RecordState.RETURNED, *RecordState.thrown_away())
    )
    if same.exists():
        return Refusal("entered_before", _("同一文号、同一种类的决定已在该档案中"), field="document_no")
    return None


def basis_in_force(step: Step) -> Refusal | None:
    """At least one legal basis, each in force on the decision date (H2b)."""
    row = step.row
    if not isinstance(row, (Decision, Penalty)):
        return None
    day = row.decided_on
    bases = [link.basis for link in row.bases.select_related("basis")]
    if not bases:
        return Refusal("basis_missing", _("请选择法律依据"), H2, field="bases")
    for basis in bases:
        if day is None or (basis.valid_from and day < basis.valid_from) or (basis.valid_to and day > basis.valid_to):
            return Refusal(
                "basis_not_in_force",
                _("%(basis)s 在决定日期 %(day)s 不具效力") % {"basis": basis, "day": day},
                H2,
                field="bases",
            )
    if not competence.basis_fits(row, bases):
        return Refusal("basis_unfit", _("所选依据均不是作出该种决定的法律"), H2, field="bases")
    return None


def competent_authority(step: Step) -> Refusal | None:
    """The deciding authority was competent for that kind, level and date (H2a)."""
    row = step.row
    if not isinstance(row, (Decision, Penalty)):
        return None
    if row.decided_on is None:
        return None  # `document_complete` asks for it
    if row.deciding_authority is None:
        return Refusal("authority_missing", _("请选择决定机关"), H2, field="deciding_authority")
    try:
        if isinstance(row, Decision):
            found = competence.competent(
                DecisionKind(row.kind), row.deciding_authority, row.decided_on, managing=row.authority
            )
        else:
            found = competence.competent_for_penalty(
                row.record.profession,
                PenaltyKind(row.kind),
                row.deciding_authority,
                row.decided_on,
                managing=row.authority,
            )
    except ReasonedRefusal as refused:
        return Refusal(refused.code, refused.message, refused.article, field="deciding_authority")
    if found.ok:
        return None
    return Refusal("not_competent", found.reason, str(found.basis or H2), field="deciding_authority")


def period_lawful(step: Step) -> Refusal | None:
    """The effect window is the one of the rule in force on the decision date, or the document's own within it."""
    row = step.row
    if not isinstance(row, Decision):
        return None
    try:
        rules.check_period(row)
    except ReasonedRefusal as refused:
        return Refusal(refused.code, refused.message, refused.article, field=refused.field or "period_months")
    return None


def end_passed(step: Step) -> Refusal | None:
    """The end date (inclusive) has passed."""
    if step.row.effective_to is not None and step.row.effective_to < step.on:
        return None
    return Refusal("not_over", _("期限未届满"))


def date_reached(step: Step) -> Refusal | None:
    """The decision has begun to have effect, where it has dates at all."""
    start = getattr(step.row, "effective_from", None)
    if start is None or start <= step.on:
        return None
    return Refusal("not_yet", _("尚未到生效日期"))


def adult(step: Step) -> Refusal | None:
    """No subject under 18 (公务员法 13; domain §8 minors): checked where the birth date is known."""
    is_adult = step.facts.get("adult")
    if is_adult is False:
        return Refusal("minor", _("未满十八周岁的人不得建档"), "《公务员法》第十三条")
    return None


def has_capacity(step: Step) -> Refusal | None:
    """A practitioner is licensed, qualified or registered, or decided upon in that capacity; nobody else (H7)."""
    row = step.row
    if not isinstance(row, PractitionerRecord):
        return None
    for model in (Licence, Qualification, Penalty):
        if model.objects.unscoped(reason="建档条件：执业身份").filter(record=row).exists():
            return None
    return Refusal("capacity_missing", _("没有执业证照、资格或以该身份作出的决定，不得建立执业记录"), "H7")


def staffing_not_secret(step: Step) -> Refusal | None:
    """Units whose staffing is secret are not entered (domain §2)."""
    unit = getattr(step.row, "unit", None)
    if unit is not None and unit.secret_staffing:
        return Refusal("secret_staffing", _("该单位编制涉密，人员不得录入本系统"), "《保守国家秘密法》")
    return None


def notice_served(step: Step) -> Refusal | None:
    """No proof of notice, no publication (H4)."""
    if step.row.notices.exclude(proof="").exists():
        return None
    return Refusal("notice_missing", _("尚无告知当事人的送达证明，不得公示"), "H4；《信用修复管理办法》")


def period_from_rules(step: Step) -> Refusal | None:
    """Published only for a period that the rule in force allows (order 36)."""
    row = step.row
    if row.starts_on is None or row.ends_on is None or row.ends_on < row.starts_on:
        return Refusal("period_missing", _("公示期限尚未确定"), field="ends_on")
    if row.ends_on < step.on:
        return Refusal("period_over", _("公示期限已届满"), field="ends_on")
    return None


def reviewed_by_another(step: Step) -> Refusal | None:
    """The reviewer of a publication is not its proposer (H18)."""
    if step.by is not None and step.by.pk != step.row.proposed_by_id:
        return None
    return Refusal("second_person", _("提出人不得审查本人提出的公示"), _(H18))


def third_person(step: Step) -> Refusal | None:
    """Enterer ≠ approver ≠ publisher (H18)."""
    row = step.row
    source = row.penalty or row.licence
    involved = {row.proposed_by_id, row.reviewed_by_id, source.entered_by_id, source.approved_by_id}
    if step.by is not None and step.by.pk not in involved:
        return None
    return Refusal("third_person", _("录入、审核、提出、审查过该记录的人不得发布"), _(H18))


def source_in_force(step: Step) -> Refusal | None:
    """The decision behind a publication still stands and is not sealed (H6, H13)."""
    from integrity.choices import RecordState

    source = step.row.penalty or step.row.licence
    if source.state not in RecordState.effective():
        return Refusal("source_not_in_force", _("所依据的决定已不在生效状态"), "《行政处罚法》第四十八条")
    if getattr(source, "sealed", False):
        return Refusal("sealed", _("已封存的记录不得公示"), "《治安管理处罚法》第一百三十六条")
    return None


def may_publish_role(step: Step) -> Refusal | None:
    """Only somebody assigned as publisher publishes."""
    if step.by is not None and Assignment.objects.on(step.on).filter(account=step.by, role=Role.PUBLISHER).exists():
        return None
    return Refusal("not_publisher", _("仅信息发布岗可以发布"), _(H18))
