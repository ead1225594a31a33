"""Random worlds of the visibility proof 随机世界: small provinces whose every column an access rule reads is drawn.

Hypothesis rolls the dice. A world says what is in it as plain facts (`Fact`), which `tests.access.rule` judges in the
words of the domain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from random import Random
from typing import Any
from uuid import UUID

from wagtail.models import PageViewRestriction

from cms.models import DisclosureIndexPage, DisclosurePage
from cms.vocabulary import Subject as Topic
from integrity import documents
from integrity.choices import (
    FileStatus,
    Grade,
    LicenceState,
    PublicationState,
    RecordState,
    RemedyKind,
    WithdrawalReason,
)
from integrity.models import (
    Account,
    Appraisal,
    Breach,
    Decision,
    Document,
    Honour,
    IntegrityFile,
    Kinship,
    Licence,
    Matter,
    Objection,
    Penalty,
    PractitionerRecord,
    Publication,
    Recusal,
    RecusalDeclaration,
    Remedy,
    Training,
)
from integrity.publications import digest_of
from tests import factories
from tests.factories import saved
from tests.integrity import scenes
from tests.integrity.test_access import World
from tests.personas import Province

#: All made-up persons share a beginning, so that one word asks for everybody; few names, so that there are namesakes.
BEGINNING = "世界"
NAMES = ("世界甲", "世界乙", "世界丙")
ORGAN = "青世"
PUBLIC_KINDS = ("publication", "disclosure")
_WHY = "测试"
#: Columns that only one row of a kind holds.
_MARKS = {"file": "post_title", "decision": "document_no", "practitioner": "unit_name", "publication": "title"}
_SETTLED = (RecordState.IN_FORCE, RecordState.EXPIRED, RecordState.REVOKED)


@dataclass(eq=False)
class Fact:
    """What is true of one row: nothing here is computed by the access package."""

    kind: str
    row: Any
    ref: Any
    label: str = ""
    pk: int = 0
    name: str = ""
    authority: int = 0
    profession: int | None = None
    grade: int = Grade.PUBLIC
    subject: UUID | None = None
    author: int = 0
    file: int | None = None
    state: str = ""
    #: For each version of the row, oldest first: whether it was a draft then. The last one is today's.
    drafts: tuple[bool, ...] = (False,)
    #: The file or record that the row hangs on; itself for those.
    holder: Fact | None = None
    matter: int | None = None
    #: A word in the lists that this row alone carries.
    mark: str = ""
    #: Of what the public reads: whether it may today.
    open: bool = False

    @property
    def draft(self) -> bool:
        return self.drafts[-1]

    def words(self) -> str:
        return (
            f"{self.label or self.kind} {self.pk} (authority {self.authority}, profession {self.profession}, "
            f"grade {self.grade}, state {self.state}, subject {self.subject}, author {self.author}, file {self.file})"
        )


class DrawnWorld(World):
    """Two files, two practitioners and what hangs on them, beside the scene's own file; pages of the public site."""

    def __init__(self, scene: Province, dice: Random, *, holders: int = 2, far: bool = False) -> None:
        self.dice, self.went_back = dice, 0
        self.scene = scene
        names = ("clerk", "second_clerk", "organisation_officer", "clerk_of_other_authority", "regulator")
        self.authors = [getattr(scene, name) for name in names]
        self.authorities = [scene.authority, scene.other_authority]
        self.professions = [scene.profession, factories.profession("world", "另一职业")]
        self.matter = saved(Matter(title="同一事项"))
        self.number = 0
        #: The database has a clock of its own: before it, no date may lie between the tests' day and the real one.
        self.far = far
        self.built: list[tuple[str, Any]] = [("file", scene.file)]
        scenes.raw(scene.file, post_title=f"科员{self.count()}")
        self._rows_of(scene.file)
        for _number in range(holders):
            self._file()
            self._record()
        self._ties()
        self._disclosures()
        self.facts = list(self._all_facts())

    def of(self, *kinds: str) -> list[Fact]:
        return [fact for fact in self.facts if fact.kind in kinds]

    def count(self) -> int:
        self.number += 1
        return self.number

    def next_number(self) -> str:
        return f"{ORGAN}〔2026〕{self.count()}号"

    # --- what is drawn -----------------------------------------------------------------------------------------

    def _keep(self, kind: str, row: Any, *, first: dict[str, Any] | None = None) -> Any:
        """Write a row; at times as a draft first, so that its history has a part not everybody may read."""
        now = {column: getattr(row, column) for column in first or ()}
        if first and now != first and self.dice.random() < 0.4:
            for column, value in first.items():
                setattr(row, column, value)
            saved(row)
            for column, value in now.items():
                setattr(row, column, value)
        self.built.append((kind, saved(row)))
        return row

    def _state(self) -> dict[str, Any]:
        """Half of the records are drafts of some kind; every other one that went back was thrown away."""
        state = self.pick((*RecordState.open(), *_SETTLED))
        if state == RecordState.RETURNED:
            self.went_back += 1
            if self.went_back % 2 == 0:
                state = RecordState.DISCARDED
        return {"state": state}

    def _decided(self, row: Any) -> Any:
        """What H2 asks of a decision that is no draft; documents are real files."""
        row.document_no = self.next_number()
        row.decided_on = scenes.TODAY - timedelta(days=self.pick((10, 400)))
        if row.state not in RecordState.unapproved() or self.dice.random() < 0.5:
            row.document = self._document(row.document_no)
        if row.state not in RecordState.unapproved():
            row.deciding_authority, row.served_on = self.scene.inspection, row.decided_on
            row.approved_by = self.scene.second_reviewer
        return row

    def _document(self, number: str) -> Document:
        return documents.store_document(
            content=BytesIO(b"%PDF-1.4"), number=number, title="决定书", by=self.scene.clerk, reason=_WHY
        )

    def _file(self) -> None:
        status = self.pick((FileStatus.DRAFT, FileStatus.ESTABLISHED, FileStatus.FROZEN, FileStatus.ARCHIVED))
        authority = self.pick(self.authorities)
        row = IntegrityFile(
            subject=factories.subject(self.pick(NAMES)), authority=authority, entered_by=self.pick(self.authors),
            status=status, grade=self.pick(Grade.values), established_on=date(2020, 1, 1),
            unit=self.pick(self.authorities), level=self.pick((1, 2, 3)), leading_post=self.pick((None, 5, 9)),
            post_title=f"科员{self.count()}",
        )  # fmt: skip
        row.name = row.subject.name
        file = self._keep("file", row, first={"status": FileStatus.DRAFT})
        self._rows_of(file)
        if self.dice.random() < 0.5:
            ends = (-4000, 25_000) if self.far else (-1, 0, 30)
            factories.case_grant(
                self.scene.case, inspector=self.scene.inspector_with_case, file=file,
                granted_by=self.scene.second_inspector, ends_on=scenes.TODAY + timedelta(days=self.pick(ends)),
            )  # fmt: skip

    def _rows_of(self, file: IntegrityFile) -> None:
        draft = {"state": RecordState.DRAFT}
        for model, grade, values in (
            (Appraisal, Grade.SENSITIVE, {"year": 2024, "result": "competent", "body": "考核委员会"}),
            (Training, Grade.INTERNAL, {"theme": "integrity", "title": "培训", "organiser": "党校", "hours": 8}),
            (Honour, Grade.INTERNAL, {"kind": "commendation", "body": "县委", "awarded_on": date(2024, 5, 1)}),
            (
                Breach,
                Grade.STRICT,
                {"finding_kind": "judgment", "body": "法院", "found_on": date(2024, 5, 1), "text": "违约"},
            ),
        ):
            if self.dice.random() < 0.6:
                columns = self.columns(file, grade=grade) | self._state()
                self._keep("part", model(file=file, **values, **columns), first=draft)
        decision = Decision(
            file=file, kind=self.pick(("gd_warning", "gd_demerit")), matter=self.pick((None, self.matter)),
            sealed=self.dice.random() < 0.2, **self.columns(file), **self._state(),
        )  # fmt: skip
        self._keep("decision", self._decided(decision), first=draft)
        self._keep(
            "remedy",
            Remedy(decision=decision, kind=RemedyKind.REVIEW, body="市委", filed_on=scenes.TODAY, **self.columns(file)),
        )
        self._objection(file=file, decision=decision, of=file)

    def _record(self) -> None:
        status = self.pick((FileStatus.DRAFT, FileStatus.ESTABLISHED))
        # At times the person of the scene's account, who then has an own record to see.
        person = self.scene.person if not self._has_record(self.scene.person) and self.dice.random() < 0.5 else None
        row = PractitionerRecord(
            subject=person or factories.subject(self.pick(NAMES)), profession=self.pick(self.professions),
            authority=self.pick((self.scene.bureau, self.scene.authority)), entered_by=self.pick(self.authors),
            status=status, grade=self.pick(Grade.values), established_on=date(2020, 1, 1),
            licence_state=self.pick((LicenceState.VALID, LicenceState.SUSPENDED)),
            unit_name=f"某律师事务所{self.count()}",
        )  # fmt: skip
        row.name = row.subject.name
        record = self._keep("practitioner", row, first={"status": FileStatus.DRAFT})
        draft = {"state": RecordState.DRAFT}
        licence = Licence(record=record, title="证", number="1", **self.columns(record), **self._state())
        self._keep("licence", licence, first=draft)
        penalty = Penalty(record=record, kind="fine", **self.columns(record), **self._state())
        self._keep("penalty", self._decided(penalty), first=draft)
        self._objection(record=record, penalty=penalty, of=record)
        for source in ({"penalty": penalty}, {"licence": licence}):
            self._publication(record, source)

    def _has_record(self, person: Any) -> bool:
        return any(kind == "practitioner" and row.subject_id == person.pk for kind, row in self.built)

    def _objection(self, *, of: Any, **about: Any) -> None:
        before = set(Objection.objects.unscoped(reason=_WHY).values_list("pk", flat=True))
        super()._objection(of=of, **about)
        self.built += [
            ("objection", row) for row in Objection.objects.unscoped(reason=_WHY).exclude(pk__in=before)
        ]  # fmt: skip

    def _publication(self, record: PractitionerRecord, source: dict[str, Any]) -> None:
        number = self.next_number()
        projection = {
            "name": record.name,
            "document_no": number,
            "profession": record.profession.name,
            "unit": "某律师事务所",
        }
        near = ((-10, 30), (-10, 0), (-10, -1), (1, 30))
        starts, ends = self.pick(((-4000, 25_000), (-4000, -3000), (24_000, 25_000)) if self.far else near)
        self._keep(
            "publication",
            Publication(
                **source, profession=record.profession, authority=self.pick((record.authority, self.scene.bureau)),
                title=f"{record.name}公示{number}", name=record.name, projection=projection,
                digest=digest_of(projection),
                state=self.pick((*PublicationState, *PublicationState.shown())),
                publication_class=self.pick(("general", "serious")),
                starts_on=scenes.TODAY + timedelta(days=starts), ends_on=scenes.TODAY + timedelta(days=ends),
                withdrawal_reason=WithdrawalReason.ERROR, proposed_by=self.scene.regulator,
                reviewed_by=self.scene.secrecy_reviewer, published_by=self.scene.publisher,
            ),
        )  # fmt: skip

    def _ties(self) -> None:
        """Some accounts are persons on file, with relatives and declared conflicts (H18)."""
        files = [row for kind, row in self.built if kind == "file" and row != self.scene.file]
        records = [row for kind, row in self.built if kind == "practitioner"]
        own, other = self.pick(files), self.pick([*files, *records])
        if self.dice.random() < 0.5:
            scenes.raw(self.scene.reviewer, subject=own.subject)
            if other.subject_id != own.subject_id:
                pair = (own, other) if self.dice.random() < 0.5 else (other, own)
                said = None  # recorded by personnel, or declared by somebody: the other way stays open then
                if self.dice.random() < 0.5:
                    said = saved(RecusalDeclaration(
                        account=self.scene.reviewer, declared_by=self.scene.reviewer, kind="kinship", reason="亲属",
                    ))  # fmt: skip
                saved(
                    Kinship(
                        subject=pair[0].subject, relative=pair[1].subject, declared_on=scenes.TODAY, declaration=said
                    )
                )  # fmt: skip
        for name in ("organisation_officer", "publisher", "inspector_with_case"):
            if self.dice.random() < 0.4:
                who = self.pick([*files, *records]).subject
                saved(Recusal(account=getattr(self.scene, name), subject=who, reason="同学"))

    def _disclosures(self) -> None:
        """Pages of the catalogue that are live, taken down, or for some readers alone; beside those already there."""
        self.built += [("disclosure", page) for page in DisclosurePage.objects.all()]
        catalogue = self.catalogue = DisclosureIndexPage.objects.get()
        for number in range(3):
            page = DisclosurePage(
                title=f"{BEGINNING}公开{number}", slug=f"page-{number}", index_number=f"QH-{number}", issuer="省政府",
                subject=Topic.values[0], generated_on=date(2026, 1, 1 + number), summary="说明",
                live=self.dice.random() < 0.7,
            )  # fmt: skip
            catalogue.add_child(instance=page)
            if self.dice.random() < 0.5:
                PageViewRestriction.objects.create(page=page, restriction_type="login")
            self.built.append(("disclosure", page))

    # --- what is true ------------------------------------------------------------------------------------------

    def _all_facts(self) -> Iterator[Fact]:
        files: dict[int, Fact] = {}
        records: dict[int, Fact] = {}
        for kind, row in self.built:
            fact = _public_fact(kind, row) if kind in PUBLIC_KINDS else _fact(kind, row, files, records)
            if kind == "file":
                files[row.pk] = fact
            elif kind == "practitioner":
                records[row.pk] = fact
            fact.mark = getattr(row, _MARKS[kind]) if kind in _MARKS else ""
            yield fact


def _fact(kind: str, row: Any, files: dict[int, Fact], records: dict[int, Fact]) -> Fact:
    row.refresh_from_db()
    file_id = row.pk if kind == "file" else getattr(row, "file_id", None)
    if kind == "remedy":
        file_id = row.decision.file_id
    record_id = row.pk if kind == "practitioner" else getattr(row, "record_id", None)
    holder = files.get(file_id) or records.get(record_id)  # type: ignore[arg-type]
    fact = Fact(
        kind=kind, row=row, ref=row.ref, label=str(row._meta.model_name), pk=row.pk, name=getattr(row, "name", ""),
        authority=row.authority_id, grade=row.grade, subject=row.subject_id, author=row.entered_by_id, file=file_id,
        drafts=_drafts(row), holder=holder, matter=getattr(row, "matter_id", None),
    )  # fmt: skip
    fact.state = str(getattr(row, row.state_column)) if row.state_column else str(getattr(row, "state", ""))
    if holder is None:
        fact.holder = fact
        fact.profession = getattr(row, "profession_id", None)
    else:
        fact.name, fact.profession = holder.name, holder.profession
    return fact


def _drafts(row: Any) -> tuple[bool, ...]:
    """Of each version in the history whether it was a draft (H2); rows without states have none."""
    if not row.state_column:
        return (False,)
    words = ("draft", "submitted", "returned", "discarded")
    past = row.history.order_by("history_id").values_list(row.state_column, flat=True)
    return tuple(state in words for state in past)


def _public_fact(kind: str, row: Any) -> Fact:
    if kind == "disclosure":
        open_to_all = row.live and not PageViewRestriction.objects.filter(page=row).exists()
        return Fact(kind=kind, row=row, ref=row.pk, name=row.title, open=open_to_all)
    source = row.penalty or row.licence
    current = row.state in ("published", "annotated") and row.starts_on <= scenes.TODAY <= row.ends_on
    return Fact(
        kind=kind, row=row, ref=row.ref, pk=row.pk, name=row.name, authority=row.authority_id, state=row.state,
        profession=row.profession_id, subject=source.subject_id, open=current,
    )  # fmt: skip


def everybody(scene: Province) -> dict[str, Account]:
    """Every persona, and the accounts that an office, an emergency or a tie makes different."""
    from tests.integrity.test_explain import crowd

    return {account.username: account for account in crowd(scene)}
