"""A province with a row of every kind 全类数据场景, in every place and state, each text column with its token."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models

from integrity import notices, publications
from integrity.choices import (
    FileStatus,
    Grade,
    ListState,
    NameKind,
    NoticeChannel,
    ObjectionKind,
    RecordState,
    WithdrawalReason,
)
from integrity.models import (
    PARTS,
    Assessment,
    Decision,
    DecisionBasis,
    Document,
    EntryMeasure,
    IntegrityFile,
    Licence,
    ListEntry,
    ListType,
    Matter,
    Measure,
    Notice,
    Objection,
    Organisation,
    Penalty,
    PenaltyBasis,
    PenaltyRemedy,
    PractitionerCommitment,
    PractitionerHonour,
    PractitionerRecord,
    Publication,
    Qualification,
    Remedy,
    Subject,
    SubjectName,
)
from tests import factories
from tests.access.audience import (
    EVERYBODY,
    PROJECTED,
    PUBLICATION,
    graded,
    readers,
)
from tests.access.offices import imports, logs, requests
from tests.access.planting import Planter
from tests.integrity import scenes
from tests.personas import Province

PRACTITIONER_PARTS = (Qualification, Assessment, PractitionerHonour, PractitionerCommitment)
_years = itertools.count(1900)


def minimal(model: type[models.Model], **given: Any) -> Any:
    """A row of any table, its required columns filled by their kind."""
    row: Any = model(**given)
    for column in model._meta.concrete_fields:
        if column.name in given or column.attname in given or column.primary_key or column.null:
            continue
        if column.has_default() or getattr(column, "auto_now_add", False):
            continue
        if column.flatchoices:
            setattr(row, column.name, column.flatchoices[0][0])
        elif isinstance(column, models.DateField):
            setattr(row, column.name, date(2024, 3, 1))
        elif isinstance(column, models.DecimalField):
            setattr(row, column.name, 1)
        elif isinstance(column, models.IntegerField):
            setattr(row, column.name, next(_years))
        elif column.is_relation and column.related_model is Organisation:
            setattr(row, column.name, given["authority"])
    return row


@dataclass
class Closed:
    """The scene with its canaries and the rows that doors are asked for."""

    scene: Province
    planter: Planter = field(default_factory=Planter)
    rows: dict[str, list[Any]] = field(default_factory=dict)
    serial: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    #: Per person: who may read any row about him, and thereby his name.
    named: dict[Any, frozenset[str]] = field(default_factory=dict)

    def keep(self, row: Any) -> Any:
        self.rows.setdefault(type(row).__name__, []).append(row)
        return row

    def sown(self, row: Any, *, disputed: bool = False) -> Any:
        """Plant a guarded row as it is now."""
        seen = readers(self.scene, row, disputed=disputed)
        self.named[row.subject_id] = self.named.get(row.subject_id, frozenset()) | readers(self.scene, row)
        if disputed:
            self.named[row.subject_id] |= seen
        return self.planter.plant(row, seen)

    def grown(self, row: Any, *, approver: Any, final: str = RecordState.IN_FORCE, disputed: bool = False) -> Any:
        """Plant a record as a draft, then again as it stands: each version has its own readers."""
        row.state = RecordState.DRAFT
        self.sown(row)
        if final != RecordState.DRAFT:
            row.state, row.approved_by = final, approver
            self.sown(row, disputed=disputed)
        return self.keep(row)


def closed_world(scene: Province, *, people: int = 1) -> Closed:
    """Everything once, and `people` more of files and of practitioners' records."""
    world = Closed(scene)
    matter = world.planter.plant(Matter(), ())
    mine = _file(world, scene.file, by=scene.clerk, approver=scene.reviewer)
    seen = _parts(world, mine, by=scene.clerk, approver=scene.reviewer, matter=matter)
    for model, grade in PARTS:
        draft = minimal(model, file=mine, subject=mine.subject, authority=mine.authority, entered_by=scene.clerk,
                        grade=grade)  # fmt: skip
        world.grown(draft, approver=None, final=RecordState.DRAFT)
    for number in range(people):
        own = _file(world, _new_file(scene.authority, scene.clerk), by=scene.clerk, approver=scene.reviewer)
        seen |= _parts(world, own, by=scene.clerk, approver=scene.reviewer, matter=matter if not number else None)
    for _number in range(max(1, people // 10)):
        by = scene.clerk_of_other_authority
        other = _file(world, _new_file(scene.other_authority, by), by=by, approver=scene.reviewer_of_other_authority)
        _parts(world, other, by=by, approver=scene.reviewer_of_other_authority, matter=None)
    draft_file = factories.file(scene.authority, by=scene.clerk, status=FileStatus.DRAFT, established_on=None)
    _file(world, draft_file, by=scene.clerk, approver=None)
    world.planter.widen(matter, ("title", "history_change_reason"), seen)
    _practitioners(world, people)
    requests(world)
    imports(world)
    logs(world)
    for subject_id, personas in world.named.items():
        for token, canary in list(world.planter.canaries.items()):
            if canary.subject_id == subject_id and canary.column == "name":
                world.planter.canaries[token] = type(canary)(
                    **(vars(canary) | {"audience": canary.audience | personas})
                )
    return world


def _new_file(authority: Organisation, by: Any) -> IntegrityFile:
    return factories.file(authority, by=by, identity_confirmed_on=date(2024, 1, 1), last_appraisal_year=2024)


def _file(world: Closed, file: IntegrityFile, *, by: Any, approver: Any) -> IntegrityFile:
    world.sown(file)
    _person(world, file)
    world.keep(file)
    return file


def _person(world: Closed, holder: Any) -> None:
    """Names, a number, each read with the record that holds them."""
    seen = readers(world.scene, holder)
    person: Subject = holder.subject
    world.planter.plant(person, seen, subject_id=person.pk)
    for name in SubjectName.objects.filter(subject=person):
        world.planter.plant(name, seen)
    world.planter.plant(SubjectName(subject=person, kind=NameKind.FORMER), seen)
    identifier = world.planter.number(person, graded(seen, Grade.SENSITIVE), next(world.serial))
    world.planter.plant(identifier, graded(seen, Grade.SENSITIVE))
    world.keep(identifier).holder = holder


def _parts(world: Closed, file: IntegrityFile, *, by: Any, approver: Any, matter: Matter | None) -> frozenset[str]:
    """One part of each kind, a decision with all that hangs on it, a sealed one; who reads the decision."""
    common = {"file": file, "subject": file.subject, "authority": file.authority, "entered_by": by}
    for model, grade in PARTS:
        world.grown(minimal(model, grade=grade, **common), approver=approver)
    decisions = []
    for sealed in (False, True):
        row = minimal(
            Decision, deciding_authority=world.scene.inspection, decided_on=date(2026, 3, 2), matter=matter,
            served_on=date(2026, 3, 5), document=_document(world, by), sealed=sealed, **common,
        )  # fmt: skip
        row.grade = Grade.STRICT
        world.grown(row, approver=approver, disputed=not sealed)
        factories.saved(DecisionBasis(decision=row, basis=scenes.article("政务处分法#8")))
        seen = readers(world.scene, row, disputed=not sealed)
        _shown_with(world, row.document, seen, row.subject_id)
        decisions.append(row)
    row = decisions[0]
    rest = {name: value for name, value in common.items() if name != "file"}
    world.keep(world.sown(minimal(Remedy, decision=row, grade=Grade.STRICT, **rest)))
    objection = minimal(Objection, decision=row, kind=ObjectionKind.values[0], grade=Grade.STRICT, **common)
    world.keep(world.sown(objection, disputed=True))
    return readers(world.scene, row, disputed=True)


def _document(world: Closed, by: Any) -> Document:
    """A decision document whose bytes have a token."""
    token = world.planter.token()
    content = f"%PDF-1.4\n% {token}\n".encode()
    digest = hashlib.sha256(content).hexdigest()
    folder = Path(settings.CLOSED_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / digest[:48]).write_bytes(content)
    document = Document(
        path=digest[:48], content_type="application/pdf", size=len(content), sha256=digest, uploaded_by=by
    )
    world.planter.plant(document)
    world.planter.remember(token, document, "bytes", ())
    return document


def _shown_with(world: Closed, document: Document, seen: frozenset[str], subject_id: Any) -> None:
    """Number, title and bytes, to the readers of the decision it is the paper of."""
    world.planter.widen(document, ("number", "title", "bytes"), seen, subject_id=subject_id)


def _practitioners(world: Closed, people: int) -> None:
    scene = world.scene
    draft = factories.practitioner(scene.bureau, by=scene.regulator, of=scene.profession, status=FileStatus.DRAFT,
                                   established_on=None)  # fmt: skip
    world.keep(world.sown(draft))
    _person(world, draft)
    for number in range(people + 3):
        record = factories.practitioner(scene.bureau, by=scene.regulator, of=scene.profession)
        world.keep(world.sown(record))
        _person(world, record)
        licence, penalty = _record_parts(world, record)
        if number < 3:
            _published(world, record, penalty, ("proposed", "published", "withdrawn")[number])
        if number == 1:
            _published(world, record, licence, "published")


def _record_parts(world: Closed, record: PractitionerRecord) -> tuple[Licence, Penalty]:
    scene = world.scene
    common = {"record": record, "subject": record.subject, "authority": record.authority, "entered_by": scene.regulator}
    approver = scene.second_regulator
    for model in PRACTITIONER_PARTS:
        world.grown(minimal(model, grade=Grade.INTERNAL, **common), approver=approver)
    licence = world.grown(
        minimal(Licence, grade=Grade.INTERNAL, valid_to=date(2099, 1, 1), **common), approver=approver
    )
    world.grown(minimal(Penalty, grade=Grade.SENSITIVE, **common), approver=approver, final=RecordState.DRAFT)
    penalty = minimal(
        Penalty, grade=Grade.SENSITIVE, kind="suspension", period_months=3, deciding_authority=record.authority,
        decided_on=date(2026, 5, 6), served_on=date(2026, 5, 8), effective_from=date(2026, 5, 6),
        effective_to=date(2026, 8, 5), document=_document(world, scene.regulator), licence=licence,
        matter=world.planter.plant(Matter()), **common,
    )  # fmt: skip
    world.grown(penalty, approver=approver)
    factories.saved(PenaltyBasis(penalty=penalty, basis=scenes.article("律师法#47")))
    seen = readers(scene, penalty)
    _shown_with(world, penalty.document, seen, penalty.subject_id)
    world.planter.widen(penalty.matter, ("title",), seen, subject_id=penalty.subject_id)
    rest = {name: value for name, value in common.items() if name != "record"}
    world.keep(world.sown(minimal(PenaltyRemedy, penalty=penalty, **rest)))
    world.keep(world.sown(minimal(Objection, record=record, penalty=penalty, **rest)))
    entry = minimal(ListEntry, list_type=ListType.objects.all()[0], state=ListState.LISTED, **common)
    world.keep(world.sown(entry))
    world.planter.plant(minimal(EntryMeasure, entry=entry, measure=Measure.objects.all()[0]), readers(scene, entry),
                        subject_id=record.subject_id)  # fmt: skip
    return licence, penalty


def _published(world: Closed, record: PractitionerRecord, source: Any, state: str) -> None:
    """Taken through the acts as far as `state`: what the projection takes of the source is public or in the offices."""
    scene = world.scene
    columns = {"penalty": source} if isinstance(source, Penalty) else {"licence": source}
    row: Any = publications.propose(by=scene.regulator, reason="提出", **columns)
    audience = PUBLICATION
    if state != "proposed":
        row = publications.review(publication=row, by=scene.secrecy_reviewer, reason="可公开")
        notice = minimal(Notice, publication=row, served_by=scene.regulator, text="", proof="")
        world.planter.plant(notice, PUBLICATION, subject_id=record.subject_id)
        row = publications.publish(publication=_noticed(scene, row), by=scene.publisher, reason="发布")
        audience = EVERYBODY
    if state == "withdrawn":
        row = publications.withdraw(
            publication=row, by=scene.publisher, cause=WithdrawalReason.ERROR, reason="公示有误"
        )
        audience = PUBLICATION
    world.planter.plant(row, audience, subject_id=record.subject_id, past=PUBLICATION)
    world.keep(row)
    for shown in (record, source, getattr(source, "licence", None)):
        if shown is not None:
            world.planter.widen(shown, PROJECTED[type(shown).__name__], audience)


def _noticed(scene: Province, row: Publication) -> Publication:
    """The lawful notice, which moves the publication on."""
    notices.serve_notice(
        publication=row, by=scene.regulator, served_on=scenes.TODAY, channel=NoticeChannel.POST, proof="EMS1",
        reason="告知",
    )  # fmt: skip
    row.refresh_from_db()
    return row
