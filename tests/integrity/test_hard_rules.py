"""The hard rules H1–H20 硬性规则 (domain §1), each tried through every door there is: acts, ORM, raw SQL, URL, text.

A rule whose feature belongs to a later issue is tested by absence, and says so.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver
from django.utils import timezone

from cms.site_content import load_site
from integrity import access, decisions, files, matching, notices, practitioners, projection, publications
from integrity.choices import (
    Act,
    AppraisalGrade,
    DecisionKind,
    FileStatus,
    FindingKind,
    HonourKind,
    IntegrityNoteKind,
    NoticeChannel,
    ObjectionKind,
    PenaltyKind,
    PublicationState,
    RecordState,
    ReportResult,
    Role,
    WithdrawalReason,
)
from integrity.exceptions import NotAdmitted, ReadLogUnavailable
from integrity.identifiers import encrypt
from integrity.importing.profiles import parse_profile
from integrity.importing.refusal import ImportRefused
from integrity.lifecycle.publication import PUBLICATION
from integrity.matching import birth_aad
from integrity.models import (
    PARTS,
    Appraisal,
    Breach,
    Decision,
    Honour,
    IntegrityFile,
    Kinship,
    LedgerEntry,
    MatchProposal,
    Notice,
    Objection,
    Penalty,
    PersonalMattersReport,
    Publication,
    ReadEntry,
    Subject,
    recording,
)
from search import worker
from search.documents import SOURCES
from search.models import World
from search.query import search
from tests import factories
from tests.integrity import scenes, source
from tests.integrity.scenes import raw, refused
from tests.personas import Province, assigned

pytestmark = pytest.mark.django_db
OURS = ("integrity", "cms", "search")


def our_models() -> list[type[models.Model]]:
    return [model for label in OURS for model in apps.get_app_config(label).get_models(include_auto_created=True)]


def words_of(field: Any) -> str:
    return f"{field.name} {getattr(field, 'verbose_name', '')} {getattr(field, 'help_text', '')}"


# --- H1 no score -----------------------------------------------------------------------------------------------

SCORE = re.compile(
    r"score|\brank|_rank|risk|rating|\bpoints?\b|colou?r|评分|积分|分数|得分|排名|信用等级|风险|红黄", re.IGNORECASE
)
#: 职级 is the rank of a post (公务员法 19), a fact of an appointment, no judgment of a person.
POST_RANK = {"IntegrityFile.rank", "Post.rank", "HistoricalIntegrityFile.rank", "HistoricalPost.rank"}


def scored_fields(found: Iterator[tuple[str, str]]) -> list[str]:
    return [name for name, words in found if SCORE.search(words) and name not in POST_RANK]


def all_fields() -> Iterator[tuple[str, str]]:
    for model in our_models():
        for field in model._meta.get_fields():
            yield f"{model.__name__}.{field.name}", words_of(field)


def addresses(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield f"{prefix}{entry.pattern} {entry.name or ''}"


def test_h1_no_field_scores_a_person() -> None:
    assert scored_fields(all_fields()) == []


def test_h1_planted_fault_is_seen() -> None:
    assert scored_fields(iter([("Subject.credit_score", "credit_score 信用分"), ("File.x", "x 风险等级")])) != []


def test_h1_no_address_sort_key_projection_or_filter_scores() -> None:
    every = addresses(get_resolver().url_patterns)
    ours = [name for name in every if name.startswith(("staff/", "register", "search"))]
    assert len(ours) > 30
    assert [name for name in ours if SCORE.search(name)] == []
    from integrity.views import base

    def below(cls: Any) -> Iterator[type]:
        for one in cls.__subclasses__():
            yield one
            yield from below(one)

    get_resolver().url_patterns  # noqa: B018  imports every view
    keys = [f"{view.__name__}.{key}" for view in below(base.ScopedList) for key in getattr(view, "sorts", {})]
    assert keys
    assert [key for key in keys if SCORE.search(key) and not key.endswith(".rank")] == []
    assert [key for key in projection.KEYS if SCORE.search(key)] == []


def summed_adversities(trees: Iterator[tuple[str, ast.Module]]) -> list[str]:
    """Count, Sum, Avg, Max of decisions, penalties or assessments of somebody: the beginnings of a score."""
    found = []
    for name, tree in trees:
        for node in ast.walk(tree):
            if source.called(node) not in {"Count", "Sum", "Avg", "Max", "Min", "StdDev", "Rank", "DenseRank"}:
                continue
            assert isinstance(node, ast.Call)
            text = " ".join(str(arg.value) for arg in node.args if isinstance(arg, ast.Constant))
            if re.search(r"decision|penalt|assessment|breach|violation|remed|grade", text):
                found.append(f"{name}:{node.lineno}")
    return found


def test_h1_nothing_adverse_is_summed_a_person() -> None:
    assert summed_adversities(source.modules()) == []
    planted = ast.parse("rows.annotate(n=Count('penaltys'))")
    assert summed_adversities(iter([("fault.py", planted)])) == ["fault.py:1"]


# --- H2 no adverse record without proof -------------------------------------------------------------------------

MISSING: list[tuple[str, dict[str, Any], str]] = [
    ("no authority", {"deciding_authority": None}, "authority_missing"),
    ("no document number", {"document_no": ""}, "document_no_missing"),
    ("no decision date", {"decided_on": None}, "decided_on_missing"),
    ("not served", {"served_on": None}, "served_on_missing"),
    ("no document", {"document": None}, "document_missing"),
    ("decided tomorrow", {"decided_on": date(2026, 6, 2), "served_on": date(2026, 6, 3)}, "decided_in_future"),
    ("served before decided", {"served_on": date(2026, 3, 1)}, "served_before_decided"),
    ("a period the law does not know", {"period_months": 99}, "period_unlawful"),
]


@pytest.mark.parametrize(("missing", "changes", "code"), MISSING, ids=[row[0] for row in MISSING])
def test_h2_each_missing_proof_refuses_with_its_code(
    scene: Province, missing: str, changes: dict[str, Any], code: str
) -> None:
    row = scenes.submitted(scene, **changes)
    with refused(code):
        decisions.approve(row=row, by=scene.reviewer)
    row.refresh_from_db()
    assert row.state == RecordState.SUBMITTED
    assert code in {refusal.code for refusal in decisions.why_not_approve(row, by=scene.reviewer)}


def test_h2_no_basis_or_one_not_in_force(scene: Province) -> None:
    with refused("basis_missing"):
        decisions.approve(row=scenes.submitted(scene, bases=()), by=scene.reviewer)
    # 政务处分法 took effect on 2020-07-01.
    early = {"decided_on": date(2020, 6, 30), "served_on": date(2020, 7, 2), "document_no": "青监〔2020〕1号"}
    with refused("basis_not_in_force"):
        decisions.approve(row=scenes.submitted(scene, **early), by=scene.reviewer)


def test_h2_an_organ_without_competence(scene: Province) -> None:
    """A provincial department of justice imposes no 政务处分 on another organ's people (政务处分法 3)."""
    row = scenes.submitted(scene, deciding_authority=scene.regulator.organisation)
    with refused("not_competent"):
        decisions.approve(row=row, by=scene.reviewer)


def test_h2_kind_unknown_is_not_even_submitted(scene: Province) -> None:
    with refused("kind_unknown"):
        scenes.submitted(scene, kind=DecisionKind.UNCLASSIFIED)


@pytest.mark.parametrize(
    "column", ["deciding_authority_id", "document_id", "decided_on", "served_on", "approved_by_id"]
)
@pytest.mark.parametrize("of", ["decision", "penalty"])
def test_h2_the_database_refuses_a_bypass(scene: Province, column: str, of: str) -> None:
    row: Any = scenes.in_force(scene) if of == "decision" else scenes.penalty_in_force(scene)
    with pytest.raises(IntegrityError), transaction.atomic():
        raw(row, **{column: None})


def test_h2_a_draft_raised_by_raw_sql_is_refused(scene: Province) -> None:
    row = scenes.draft(scene)
    for state in set(RecordState) - set(RecordState.unapproved()) - {RecordState.VOIDED}:
        with pytest.raises(IntegrityError), transaction.atomic():
            raw(row, state=state)


def test_h2_drafts_are_seen_by_author_and_reviewer_only(scene: Province) -> None:
    row = scenes.submitted(scene)
    see = {
        name
        for name in (*Province.SEE, *Province.DO_NOT_SEE, "second_clerk", "second_reviewer")
        if access.scope_for(getattr(scene, name), Act.READ, purpose=scene.purpose, case=scene.case.reference).admits(
            row
        )
    }
    assert see == {"clerk", "reviewer", "second_reviewer", "organisation_officer"}


ADVERSE_PARTS: list[tuple[type[Any], dict[str, Any], str]] = [
    (Appraisal, {"year": 2025, "body": "考核委员会", "result": AppraisalGrade.INCOMPETENT}, "document_no_missing"),
    (
        Appraisal,
        {"year": 2025, "body": "考核委员会", "result": AppraisalGrade.BASICALLY_COMPETENT, "document_no": "1号"},
        "notice_on_missing",
    ),
    (
        PersonalMattersReport,
        {"year": 2025, "due_on": date(2026, 1, 31), "result": ReportResult.CONCEALED, "document_no": "1号"},
        "decision_missing",
    ),
    (
        Breach,
        {"finding_kind": FindingKind.JUDGMENT, "body": "法院", "found_on": date(2025, 1, 1), "text": "违约"},
        "document_no_missing",
    ),
]


@pytest.mark.parametrize(("model", "values", "code"), ADVERSE_PARTS)
def test_h2_adverse_parts_need_their_document_too(
    scene: Province, model: type[Any], values: dict[str, Any], code: str
) -> None:
    part = files.add_part(model=model, file=scene.file, by=scene.clerk, values=values, reason="录入")
    files.submit_part(part=part, by=scene.clerk)
    with refused(code):
        files.approve_part(part=part, by=scene.reviewer)


@pytest.mark.parametrize("column", ["state", "approved_by", "entered_by", "grade", "subject", "sealed"])
def test_h2_no_form_value_carries_an_act(scene: Province, column: str) -> None:
    """Mass assignment (A6): who approved, in which state, for whom are not values."""
    values = {"year": 2025, "body": "考核委员会", "result": AppraisalGrade.COMPETENT, column: None}
    with refused("unknown_column"):
        files.add_part(model=Appraisal, file=scene.file, by=scene.clerk, values=values, reason="录入")
    with refused("unknown_column"):
        scenes.draft(scene, **dict[str, Any]({column: None}))


# --- H3 never a source ------------------------------------------------------------------------------------------

NO_SOURCE = re.compile(
    "举报|投诉|信访|媒体|线索|立案|起诉|指控|谈话函询|tip|complaint|petition|media|charge", re.IGNORECASE
)


def test_h3_no_kind_of_record_is_an_allegation() -> None:
    """Tips belong to a later issue: today there is no app, no table and no import of them (absence)."""
    for kinds in (DecisionKind, PenaltyKind, IntegrityNoteKind, FindingKind, HonourKind):
        for kind in kinds:
            assert not NO_SOURCE.search(f"{kind.value} {kind.label}"), kind
    assert "生效" in DecisionKind.JUDGMENT.label
    assert "生效" in PenaltyKind.JUDGMENT.label
    assert not apps.is_installed("integrity.tips")


def forward(model: type[models.Model], seen: set[type[models.Model]] | None = None) -> set[type[models.Model]]:
    """Every table that a row leads to by its own foreign keys."""
    seen = set() if seen is None else seen
    for field in model._meta.get_fields():
        if isinstance(field, models.ForeignKey):
            other = field.related_model
            assert isinstance(other, type)
            if other not in seen:
                seen.add(other)
                forward(other, seen)
    return seen


RECORDS: list[type[models.Model]] = [Decision, Penalty, *(part for part, _ in PARTS)]


def test_h3_no_record_leads_to_a_case() -> None:
    names = {other.__name__ for model in RECORDS for other in forward(model)}
    assert "Case" not in names
    assert not {name for name in names if NO_SOURCE.search(name)}


def test_h3_opening_a_case_writes_nothing_on_a_file(scene: Province) -> None:
    from tests.integrity.scenes import opened_case

    before = IntegrityFile.history.count(), Decision.history.count()
    opened_case(scene)
    assert (IntegrityFile.history.count(), Decision.history.count()) == before


# --- H4 notice before publication -------------------------------------------------------------------------------


def test_h4_the_only_ways_to_be_shown_lead_through_the_notice() -> None:
    S = PublicationState
    into = {source for move in PUBLICATION.moves if move.target in S.shown() for source in move.sources}
    assert into - {S.NOTICED} == {S.PUBLISHED, S.ANNOTATED, S.SUSPENDED}  # which themselves were published before
    for state in (S.ANNOTATED, S.SUSPENDED):
        before = {source for move in PUBLICATION.moves if move.target == state for source in move.sources}
        assert before <= {S.PUBLISHED, S.ANNOTATED}
    assert {s for move in PUBLICATION.moves if move.target == S.NOTICED for s in move.sources} == {S.REVIEWED}


def test_h4_no_proof_no_publication(scene: Province) -> None:
    row = scenes.reviewed(scene)
    with refused("no_such_move"):
        publications.publish(publication=row, by=scene.publisher, reason="发布")
    with refused("proof_missing"):
        notices.serve_notice(
            publication=row, by=scene.regulator, served_on=scenes.TODAY, channel=NoticeChannel.POST, proof=" ",
            reason="告知",
        )  # fmt: skip
    raw(row, state=PublicationState.NOTICED)  # as if the state had been forged
    with refused("notice_missing"):
        publications.publish(publication=row, by=scene.publisher, reason="发布")


def test_h4_the_database_refuses_a_notice_without_proof(scene: Province) -> None:
    notice = Notice.objects.get(publication=scenes.noticed(scene))
    assert {"公示期", "异议", "信用修复"} <= {word for word in ("公示期", "异议", "信用修复") if word in notice.text}
    with pytest.raises(IntegrityError), transaction.atomic():
        raw(notice, proof="")


# --- H5 expiry withdraws by itself ------------------------------------------------------------------------------


@pytest.fixture
def site(scene: Province) -> None:
    load_site()


def doors_that_show(row: Publication, client: Client) -> set[str]:
    """Every public door that shows this record now; no job is run."""
    unit_or_profession = {"name": row.name, "profession": row.profession.code}
    page = client.get(reverse("register:publication", args=[row.ref]))
    asked = client.get("/register/", unit_or_profession)
    number = client.get("/register/", {"document_no": row.projection["document_no"]})
    searched = client.get("/search/", {"q": row.name})
    shown = {
        "page": page.status_code == 200 and row.name in page.text,
        "register by name": row in asked.context["answer"].found,
        "register by number": row in number.context["answer"].found,
        "search page": str(row.ref) in searched.text,
        "search": row.title in [hit.title for hit in search(World.PUBLIC, row.name).hits],
        "queryset": Publication.objects.current(timezone.localdate()).filter(pk=row.pk).exists(),
        "sitemap": str(row.ref) in client.get("/sitemap.xml").text or row.name in client.get("/sitemap.xml").text,
    }
    return {door for door, answer in shown.items() if answer}


def test_h5_gone_by_every_door_the_day_after_with_no_job_run(
    scene: Province, site: None, client: Client, clock: Any
) -> None:
    row = scenes.published(scene)
    worker.drain()
    every = {"page", "register by name", "register by number", "search page", "search", "queryset"}
    assert doors_that_show(row, client) == every
    assert row.ends_on is not None
    clock.move_to(f"{row.ends_on.isoformat()}T23:59:59+08:00")
    assert doors_that_show(row, client) == every
    clock.move_to(f"{(row.ends_on + timedelta(days=1)).isoformat()}T00:00:01+08:00")
    assert doors_that_show(row, client) == set()
    row.refresh_from_db()
    assert row.state == PublicationState.PUBLISHED  # nobody has moved it: the date alone did


def test_h5_a_decision_reads_as_ended_without_a_job(scene: Province, clock: Any) -> None:
    row = scenes.in_force(scene)
    assert row.effective_to == date(2027, 3, 1)  # 12 months, last day included (政务处分法 8)
    assert decisions.state_on(row, date(2027, 3, 1)) == RecordState.IN_FORCE
    assert decisions.state_on(row, date(2027, 3, 2)) == RecordState.LIFTED


# --- H6 what falls is withdrawn ---------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["revoke", "void", "amend", "seal"])
def test_h6_the_public_copy_falls_with_the_decision(scene: Province, site: None, client: Client, how: str) -> None:
    penalty = scenes.penalty_in_force(scene)
    row = scenes.published(scene, penalty)
    worker.drain()
    cause = {"revoke": WithdrawalReason.REVOKED, "void": WithdrawalReason.ERROR, "amend": WithdrawalReason.CHANGED}
    if how == "revoke":
        decisions.revoke(row=penalty, by=scene.second_regulator, reason="复议撤销", document="青复〔2026〕1号")
    elif how == "void":
        decisions.void(row=penalty, by=scene.second_regulator, reason="录入错误")
    elif how == "seal":
        decisions.seal(row=penalty, by=scene.second_regulator, reason="依法封存", document="青封〔2026〕1号")
    else:
        new = decisions.amend(
            row=penalty,
            by=scene.regulator,
            values=scenes.values(
                scene, kind=PenaltyKind.SUSPENSION, period_months=1, deciding_authority=penalty.deciding_authority,
                document_no="青司罚〔2026〕10号", decided_on=date(2026, 5, 20), served_on=date(2026, 5, 21),
            ),
            reason="变更",
        )  # fmt: skip
        decisions.submit(row=new, by=scene.regulator)
        decisions.approve(row=new, by=scene.second_regulator)
    row.refresh_from_db()
    assert row.state == PublicationState.WITHDRAWN
    assert row.withdrawal_reason == cause.get(how, WithdrawalReason.ORDER)
    assert doors_that_show(row, client) == set()
    tombstone = client.get(reverse("register:publication", args=[row.ref]))
    assert tombstone.status_code == 410
    assert row.name not in tombstone.text


def test_h6_what_fell_before_it_was_shown_is_never_shown(scene: Province) -> None:
    penalty = scenes.penalty_in_force(scene)
    row = scenes.noticed(scene, penalty)
    decisions.revoke(row=penalty, by=scene.second_regulator, reason="撤销", document="1号")
    with refused("source_not_in_force"):
        publications.publish(publication=row, by=scene.publisher, reason="发布")


# --- H7 who may be a subject ------------------------------------------------------------------------------------


def post_at(scene: Province, **unit: Any) -> files.PostFacts:
    where = factories.organisation("某处室", level=2, **unit)
    return files.PostFacts(unit=where, authority=scene.authority, title="科员")


def test_h7_no_minor(scene: Province) -> None:
    born = "20080602"  # eighteen tomorrow
    with refused("minor"):
        files.propose_file(
            by=scene.clerk, name="扎西", post=post_at(scene), identity_number=factories.identity_number(7, born),
            reason="录入",
        )  # fmt: skip


def test_h7_an_imported_birth_date_is_checked_when_the_file_is_established(scene: Province) -> None:
    row = files.propose_file(by=scene.clerk, name="扎西", post=post_at(scene), reason="录入")
    token = encrypt("2010-01-01", aad=birth_aad(row.subject_id))
    raw(row.subject, birth_date_token=token)
    row.subject.refresh_from_db()
    with refused("minor"):
        files.establish_file(file=row, by=scene.reviewer, reason="建档")


def test_h7_no_unit_whose_staffing_is_secret(scene: Province) -> None:
    with refused("secret_staffing"):
        files.propose_file(by=scene.clerk, name="扎西", post=post_at(scene, secret_staffing=True), reason="录入")
    with refused("secret_staffing"):
        files.move_person(file=scene.file, by=scene.reviewer, post=post_at(scene, secret_staffing=True), reason="调任")


def test_h7_no_disabled_profession_and_none_without_a_licence(scene: Province) -> None:
    where = scene.regulator.organisation
    assert where is not None
    off = factories.profession("h7-off", "未启用", enabled=False, disabled_reason="尚无依据")
    assigned(scene.regulator, Role.REGULATOR, where)  # any profession
    common: dict[str, Any] = {"by": scene.regulator, "name": "扎西", "authority": where, "reason": "录入"}
    with refused("profession_disabled"):
        practitioners.propose_record(profession=off, **common)
    with refused("licence_missing"):
        practitioners.propose_record(profession=scene.profession, **common)


def test_h7_without_a_licence_only_by_a_decision_in_that_capacity(scene: Province) -> None:
    record = scenes.practitioner(scene, status=FileStatus.DRAFT, established_on=None)
    with refused("capacity_missing"):
        practitioners.establish_record(record=record, by=scene.second_regulator, reason="建档")
    scenes.penalty_draft(scene, record)
    practitioners.establish_record(record=record, by=scene.second_regulator, reason="建档")
    assert record.status == FileStatus.ESTABLISHED


def test_h7_persons_are_made_by_three_doors_only() -> None:
    assert source.calls("Subject") <= {
        "integrity/files.py",  # a civil servant, with a post
        "integrity/practitioners.py",  # a practitioner, with a licence or a decision
        "integrity/importing/planning.py",  # either, by a profile, as a draft
        "integrity/demo/people.py", "integrity/demo/servants.py", "integrity/demo/professions.py",
        "integrity/demo/province.py", "integrity/demo/build.py", "integrity/demo/accounts.py",
    }  # fmt: skip
    assert not any(source_.model is Subject for source_ in SOURCES.values())  # no entry of a person without a record


# --- H8 what is not collected ------------------------------------------------------------------------------------

NOT_COLLECTED = re.compile(
    r"ethnic|religio|gender|\bsex\b|health|medical|blood|biometr|genetic|fingerprint|spouse|marital|child_|income"
    r"|deposit|property|home_address|birth_?place|native|phone|mobile|e-?mail"
    r"|民族|宗教|性别|籍贯|出生地|血型|病史|健康|指纹|基因|配偶|子女|父母|家庭|收入|存款|房产|住址|手机|电话",
    re.IGNORECASE,
)
#: Columns of the account that signs in (Django, allauth), not of a subject; never shown, sign-in asks for none.
SIGN_IN = {"Account.email", "HistoricalAccount.email", "Account.emailaddress"}


def test_h8_no_column_collects_it() -> None:
    found = [name for name, words in all_fields() if NOT_COLLECTED.search(words) and name not in SIGN_IN]
    assert found == []
    assert NOT_COLLECTED.search("Subject.ethnicity 民族")


def test_h8_the_index_has_no_identity_number_and_no_birth_date(scene: Province) -> None:
    number = factories.identity_number(77)
    factories.identifier(scene.person, number)
    raw(scene.person, birth_date_token=encrypt("1980-01-01", aad=birth_aad(scene.person.pk)))
    worker.drain()
    scope = access.scope_for(scene.clerk, Act.SEARCH)
    for text in (number, number[:6], number[6:14], "19800101", "1980-01-01"):
        assert search(World.STAFF, text, scope=scope).total == 0, text
    assert search(World.STAFF, scene.person.name, scope=scope).total == 1


PROFILE = """
name = "h8"
title = "方案"
target = "servants"
[person]
key = ["编号"]
source = "测试"
[[columns]]
header = "编号"
[[columns]]
header = "姓名"
to = "person.name"
type = "name"
[[columns]]
header = "{header}"
to = "{to}"
"""


@pytest.mark.parametrize(
    ("header", "to"),
    [
        ("民族", "file.post_title"),
        ("家庭住址", "file.post_title"),
        ("备注", "person.ethnicity"),
        ("备注", "file.grade"),
    ],
)
def test_h8_a_profile_that_would_collect_it_is_refused(header: str, to: str) -> None:
    with pytest.raises(ImportRefused) as caught:
        parse_profile(PROFILE.format(header=header, to=to))
    assert header in str(caught.value)
    parse_profile(PROFILE.format(header="职务名称", to="file.post_title"))  # the rest of the profile is right


# --- H9 capacity ------------------------------------------------------------------------------------------------


def test_h9_a_record_belongs_to_one_office_or_profession(scene: Province) -> None:
    assert scenes.draft(scene).capacity == scene.file.post_title
    assert scenes.penalty_draft(scene).capacity == scene.profession.name
    record = scenes.practitioner(scene, subject=scene.person)
    both = Objection(
        file=scene.file, record=record, subject=scene.person, authority=scene.authority, entered_by=scene.clerk,
        kind=ObjectionKind.WRONG_TEXT, text="有误", lodged_on=scenes.TODAY,
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.saved(both)
    with pytest.raises(IntegrityError), transaction.atomic():
        scenes.practitioner(scene, subject=scene.person)  # a second live record in the same profession


def test_h9_no_guilt_by_association() -> None:
    """A kinship is read by recusal alone; no record, page or index has a way to it."""
    others = [model for model in our_models() if model is not Kinship]
    assert not any(Kinship in forward(model) for model in others)
    readers = {
        name for name, tree in source.modules() for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == "Kinship"
        and not name.startswith(("integrity/models", "integrity/demo"))
    }  # fmt: skip
    assert readers == {"integrity/access/rule.py", "integrity/lifecycle/needs.py", "integrity/recusal_rows.py"}


# --- H10 one matter, one face -----------------------------------------------------------------------------------


def test_h10_consequences_of_the_same_facts_are_one_matter(scene: Province) -> None:
    one = scenes.draft(scene)
    assert one.matter is not None
    other = scenes.penalty_draft(scene, matter=one.matter)
    party = scenes.draft(scene, kind=DecisionKind.PARTY_WARNING, matter=one.matter, document_no="青纪〔2026〕4号")
    why = "测试"
    assert set(one.matter.decisions.unscoped(reason=why)) == {one, party}
    assert set(one.matter.penaltys.unscoped(reason=why)) == {other}
    with recording(by=None, reason=why), pytest.raises(models.ProtectedError):
        one.matter.delete()


# --- H11 the system imposes nothing ------------------------------------------------------------------------------


def test_h11_a_decision_changes_nothing_but_itself(scene: Province) -> None:
    row = scenes.submitted(scene)
    ours = [model for model in our_models() if model._meta.app_label == "integrity"]
    watched = [model for model in ours if not model.__name__.startswith("Historical")]
    watched = [model for model in watched if model not in (Decision, LedgerEntry, ReadEntry)]

    def all_rows(model: type[models.Model]) -> list[dict[str, Any]]:
        guarded: Any = getattr(model, "followed", None)  # as an act's own lock reads them: without a scope
        return list((guarded.all() if guarded else models.QuerySet(model)).order_by("pk").values())

    before = {model: all_rows(model) for model in watched}
    decisions.approve(row=row, by=scene.reviewer)
    assert [model.__name__ for model, rows in before.items() if all_rows(model) != rows] == []


def test_h11_measures_and_list_entries_are_written_by_no_act() -> None:
    for name in ("EntryMeasure", "ListEntry"):
        assert {m for m in source.calls(name) if not m.startswith("integrity/demo/")} == set(), name


def test_h11_restrictions_are_words_with_an_article(scene: Province) -> None:
    lines = [line for line in decisions.forecast(scenes.draft(scene)).lines if line.label == "期间限制"]
    assert lines
    assert all(line.value and line.article for line in lines)


# --- H12 the file is never public --------------------------------------------------------------------------------


def test_h12_no_path_between_a_publication_and_a_file() -> None:
    assert not {IntegrityFile, Decision} & forward(Publication)
    closed: list[type[models.Model]] = [IntegrityFile, Decision, *(part for part, _ in PARTS)]
    for model in closed:
        assert Publication not in forward(model), model
        back = {relation.related_model for relation in model._meta.related_objects}
        assert Publication not in back, model


def test_h12_nothing_of_a_file_can_be_proposed(scene: Province) -> None:
    decision = scenes.in_force(scene)
    everything = factories.account("everything")
    for role in (Role.ORGANISATION_OFFICER, Role.REGULATOR, Role.PUBLISHER):
        assigned(everything, role, scene.authority)
    with pytest.raises(NotAdmitted):
        publications.propose(by=everything, penalty=decision, reason="公示")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="Penalty"):
        Publication(penalty=decision)  # type: ignore[misc]
    with refused("one_source"):
        publications.propose(by=everything, reason="公示")


def test_h12_the_public_world_is_built_from_publications_and_pages_alone() -> None:
    public = {entry.model.__name__ for entry in SOURCES.values() if entry.world == World.PUBLIC}
    assert public == {"Publication", "DisclosurePage"}
    forbidden = {"IntegrityFile", "Decision", "Appraisal", "PersonalMattersReport", "SubjectIdentifier"}
    named = {
        f"{name}: {alias.name}"
        for name, tree in source.modules(packages=("cms",))
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name in forbidden
    }
    assert named == set()


def test_h12_a_projection_shows_named_keys_only(scene: Province) -> None:
    row = scenes.published(scene)
    assert set(row.projection) <= projection.KEYS
    assert not {"identity_number", "birth_date", "address", "facts", "phone"} & projection.KEYS
    with pytest.raises(AssertionError):
        publications._projection(identity_number="630102198001010018")
    smuggled = row.projection | {"identity_number": "630102198001010018"}
    assert "identity_number" not in {key for key, _label, _value in projection.shown(smuggled)}


# --- H13 sealed records ------------------------------------------------------------------------------------------


def test_h13_sealed_is_never_published(scene: Province) -> None:
    penalty = scenes.penalty_in_force(scene)
    row = scenes.noticed(scene, penalty)
    decisions.seal(row=penalty, by=scene.second_regulator, reason="封存", document="1号")
    with refused("sealed"):
        publications.publish(publication=row, by=scene.publisher, reason="发布")
    other = scenes.proposed(scene, scenes.penalty_in_force(scene, scenes.practitioner(scene)))
    raw(other.penalty, sealed=True)  # type: ignore[arg-type]
    with refused("sealed"):
        publications.review(publication=other, by=scene.secrecy_reviewer, reason="审查")


def test_h13_sealed_is_not_searchable(scene: Province) -> None:
    row = scenes.in_force(scene)
    scope = access.scope_for(scene.reviewer, Act.SEARCH)
    worker.drain()
    assert search(World.STAFF, row.document_no, scope=scope).total == 1
    decisions.seal(row=row, by=scene.reviewer, reason="封存", document="1号")
    assert search(World.STAFF, row.document_no, scope=scope).total == 0  # the index has not caught up: the row decides
    worker.drain()
    assert search(World.STAFF, row.document_no, scope=scope).total == 0


# --- H14 corrections never overwrite ------------------------------------------------------------------------------


def test_h14_what_was_approved_is_not_changed(scene: Province) -> None:
    row = scenes.in_force(scene)
    for by in (scene.clerk, scene.reviewer, scene.organisation_officer):
        with refused("not_a_draft"):
            decisions.change_draft(row=row, by=by, values={"facts": "另一种说法"}, reason="修改")


def test_h14_an_amendment_is_a_new_row_and_the_old_one_stays(scene: Province) -> None:
    row = scenes.in_force(scene)
    facts, matter = row.facts, row.matter_id
    new = decisions.amend(
        row=row,
        by=scene.clerk,
        values=scenes.values(
            scene, kind=DecisionKind.WARNING, document_no="青监政处〔2026〕8号", decided_on=date(2026, 5, 4),
            served_on=date(2026, 5, 5),
        ),
        reason="复审变更",
    )  # fmt: skip
    row.refresh_from_db()
    assert row.state == RecordState.IN_FORCE  # a draft amends nothing yet
    decisions.approve(row=decisions.submit(row=new, by=scene.clerk), by=scene.reviewer)
    row.refresh_from_db()
    assert (row.state, row.facts) == (RecordState.AMENDED, facts)
    assert row.amendments.within(access.scope_for(scene.reviewer, Act.READ)).get() == new
    with refused("already_amended"):
        decisions.amend(row=row, by=scene.clerk, values={"document_no": "青监政处〔2026〕9号"}, reason="再变更")
    assert new.matter_id == matter
    assert "青监政处〔2026〕8号" in row.ended_reason
    assert row.history.filter(state=RecordState.IN_FORCE).exists()


def test_h14_void_and_revoked_rows_stay_with_their_reason(scene: Province) -> None:
    row = scenes.in_force(scene)
    decisions.void(row=row, by=scene.reviewer, reason="录错了人")
    kept = Decision.objects.unscoped(reason="测试").get(pk=row.pk)
    assert (kept.state, kept.ended_reason) == (RecordState.VOIDED, "录错了人")


# --- H15 honours ---------------------------------------------------------------------------------------------------


def test_h15_an_honour_needs_its_document_and_can_be_revoked(scene: Province) -> None:
    values = {"kind": HonourKind.COMMENDATION, "body": "市委", "awarded_on": date(2025, 12, 1)}
    part = files.add_part(model=Honour, file=scene.file, by=scene.clerk, values=values, reason="录入")
    files.submit_part(part=part, by=scene.clerk)
    with refused("document_no_missing"):
        files.approve_part(part=part, by=scene.reviewer)
    assert Honour._meta.get_field("revoked_on") is not None


# --- H16 an empty file is not a good one ---------------------------------------------------------------------------

PRAISE = re.compile(
    "清白|信用良好|无不良|无违法|无违纪|表现良好|没有问题|记录良好|clean record|good standing", re.IGNORECASE
)


def test_h16_an_empty_file_says_that_nothing_is_recorded() -> None:
    said = 0
    for folder in ("templates", "integrity", "search", "cms"):
        for file in sorted((source.REPOSITORY / folder).rglob("*")):
            if file.suffix not in {".html", ".py", ".txt"} or "migrations" in file.parts:
                continue
            text = file.read_text(encoding="utf-8")
            assert not PRAISE.search(text), file
            said += text.count("本系统无记录")
    assert said >= 5
    assert PRAISE.search("该同志无不良记录")


# --- H17 a name never links ------------------------------------------------------------------------------------------


def test_h17_a_namesake_is_another_person(scene: Province) -> None:
    row = files.propose_file(by=scene.clerk, name=scene.person.name, post=post_at(scene), reason="录入")
    assert row.subject_id != scene.person.pk


def test_h17_matching_proposes_and_changes_nothing(scene: Province) -> None:
    from integrity.names import name_key

    other = files.propose_file(by=scene.clerk, name=scene.person.name, post=post_at(scene), reason="录入")
    scope = access.scope_for(scene.clerk, Act.IMPORT)
    likely = matching.propose([other.subject], {other.subject_id: name_key(scene.person.name)}, scope=scope)
    assert [item.candidate for item in likely] == [scene.person]
    assert MatchProposal().same_person is None  # undecided until somebody decides
    assert other.subject_id != scene.person.pk
    hidden = access.scope_for(scene.clerk_of_other_authority, Act.IMPORT)
    assert matching.propose([other.subject], {other.subject_id: name_key(scene.person.name)}, scope=hidden) == []


def test_h17_a_known_number_refuses_instead_of_linking(scene: Province) -> None:
    number = factories.identity_number(55)
    factories.identifier(scene.person, number)
    with refused("number_known"):
        files.propose_file(by=scene.clerk, name="他人", post=post_at(scene), identity_number=number, reason="录入")


# --- H18 four eyes ---------------------------------------------------------------------------------------------------


def officer(scene: Province, name: str = "officer", **columns: Any) -> Any:
    """One person with every role of a managing authority."""
    account = factories.account(name, organisation=scene.authority, **columns)
    assigned(account, Role.ORGANISATION_OFFICER, scene.authority)
    return account


def test_h18_who_entered_does_not_approve_return_revoke_or_void(scene: Province) -> None:
    one = officer(scene)
    row = decisions.enter_decision(
        file=scene.file, by=one, values=scenes.values(scene), bases=[scenes.article("政务处分法#8")], reason="录入"
    )
    decisions.submit(row=row, by=one)
    for act in (decisions.approve, decisions.return_to_author):
        with refused("second_person"):
            act(row=row, by=one, reason="审核")
    decisions.approve(row=row, by=scene.reviewer)
    with refused("second_person"):
        decisions.revoke(row=row, by=one, reason="撤销", document="1号")
    with refused("second_person"):
        decisions.void(row=row, by=one, reason="作废")


def test_h18_who_proposed_a_file_does_not_establish_it(scene: Province) -> None:
    one = officer(scene)
    row = files.propose_file(by=one, name="扎西", post=post_at(scene), reason="录入")
    with refused("second_person"):
        files.establish_file(file=row, by=one, reason="建档")
    files.establish_file(file=row, by=scene.reviewer, reason="建档")


def publishing_officer(scene: Province) -> Any:
    account = factories.account("publishing", organisation=scene.regulator.organisation)
    for role in (Role.REGULATOR, Role.SECRECY_REVIEWER, Role.PUBLISHER):
        assigned(account, role, scene.regulator.organisation)  # type: ignore[arg-type]
    return account


def test_h18_proposer_reviewer_and_publisher_are_three(scene: Province) -> None:
    one = publishing_officer(scene)
    row = publications.propose(by=one, penalty=scenes.penalty_in_force(scene), reason="提出")
    with refused("second_person"):
        publications.review(publication=row, by=one, reason="审查")
    publications.review(publication=row, by=scene.secrecy_reviewer, reason="审查")
    notices.serve_notice(
        publication=row, by=one, served_on=scenes.TODAY, channel=NoticeChannel.POST, proof="1", reason="告知"
    )
    with refused("third_person"):
        publications.publish(publication=row, by=one, reason="发布")


@pytest.mark.parametrize("before", ["regulator", "second_regulator", "secrecy_reviewer"])
def test_h18_nobody_who_had_a_hand_in_it_publishes(scene: Province, before: str) -> None:
    account = getattr(scene, before)
    assigned(account, Role.PUBLISHER, scene.regulator.organisation)  # type: ignore[arg-type]
    with refused("third_person"):
        publications.publish(publication=scenes.noticed(scene), by=account, reason="发布")


def test_h18_the_database_keeps_the_pairs(scene: Province) -> None:
    row = scenes.in_force(scene)
    with pytest.raises(IntegrityError), transaction.atomic():
        raw(row, approved_by=row.entered_by)
    shown = scenes.published(scene)
    for other in (shown.proposed_by, shown.reviewed_by):
        with pytest.raises(IntegrityError), transaction.atomic():
            raw(shown, published_by=other)
    grant = scene.clerk.assignments.get()
    for columns in ({"granted_by": scene.clerk}, {"seconded_by": scene.clerk}, {"seconded_by": grant.granted_by}):
        with pytest.raises(IntegrityError), transaction.atomic():
            raw(grant, **columns)
    let_in = scene.file.case_grants.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        raw(let_in, granted_by=scene.inspector_with_case)


@pytest.mark.parametrize("tie", ["own", "relative", "relative the other way", "recusal"])
def test_h18_nobody_acts_on_the_own_or_a_relatives_file(scene: Province, tie: str) -> None:
    from integrity.models import Recusal

    person = scene.person if tie == "own" else factories.subject("亲属")
    if tie == "own":
        raw(scene.subject_himself, subject=None)
    one = officer(scene, subject=None if tie == "recusal" else person)
    if tie == "relative":
        factories.saved(Kinship(subject=person, relative=scene.person, declared_on=scenes.TODAY))
    elif tie == "relative the other way":
        factories.saved(Kinship(subject=scene.person, relative=person, declared_on=scenes.TODAY))
    elif tie == "recusal":
        factories.saved(Recusal(account=one, subject=scene.person, reason="同学"))
    row = scenes.submitted(scene)
    with pytest.raises(NotAdmitted):
        decisions.approve(row=row, by=one)
    with pytest.raises(NotAdmitted):
        decisions.enter_decision(file=scene.file, by=one, values={}, reason="录入")


def test_h18_nobody_publishes_or_withdraws_a_relatives_record(scene: Province) -> None:
    row = scenes.noticed(scene)
    assert row.penalty is not None
    person = factories.subject("亲属")
    raw(scene.publisher, subject=person)
    scene.publisher.refresh_from_db()
    factories.saved(Kinship(subject=person, relative=row.penalty.subject, declared_on=scenes.TODAY))
    with pytest.raises(NotAdmitted):
        publications.publish(publication=row, by=scene.publisher, reason="发布")
    with pytest.raises(NotAdmitted):
        publications.refuse(publication=row, by=scene.publisher, reason="不予公示")


# --- H19 every read is logged -----------------------------------------------------------------------------------------


def test_h19_reads_refusals_and_a_broken_log(scene: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    """The doors one by one stand in test_readlog.py; here the two ends: refusal is logged, no log means no answer."""
    with pytest.raises(NotAdmitted):
        access.open_one(scene.nobody, Act.READ, IntegrityFile.objects.all(), door="test", ref=scene.file.ref)
    assert ReadEntry.objects.get(account=scene.nobody).outcome == "refused"

    def full(self: ReadEntry, *args: Any, **kwargs: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(ReadEntry, "save", full)
    with pytest.raises(ReadLogUnavailable):
        access.open_one(scene.clerk, Act.READ, IntegrityFile.objects.all(), door="test", ref=scene.file.ref)
    with pytest.raises(ReadLogUnavailable):
        search(World.STAFF, scene.person.name, scope=access.scope_for(scene.clerk, Act.SEARCH))


# --- H20 reporter identity lives apart ---------------------------------------------------------------------------


def test_h20_the_domain_knows_nothing_of_reporters() -> None:
    """Tips are a later issue (own app, own store): today no table, no import and no role's reach exists (absence)."""
    named = re.compile(r"tip(?:s|ster)?\b|whistle|reporter|informant|举报人", re.IGNORECASE)
    assert [f"{model.__name__}" for model in our_models() if named.search(model.__name__)] == []
    assert [name for name, words in all_fields() if named.search(words.replace("_", " "))] == []
    imports = {
        f"{name}: {node.module}"
        for name, tree in source.modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("integrity.tips")
    }
    assert imports == set()
    assert Role.TIP_DESK not in access.ROLE_ACTS
