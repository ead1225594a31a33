"""What officers write of one another 办理数据: cases, requests, recusals, changes, imports, logs; each with tokens."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from integrity.choices import BatchState, ChangeKind, Grade, Role, RowOutcome, UnusualReading
from integrity.models import (
    AccessChange,
    BreakGlass,
    CaseRequest,
    Erasure,
    ErasureItem,
    GrantRequest,
    ImportBatch,
    ImportedRow,
    LegalHold,
    MatchProposal,
    ReadEntry,
    ReadFinding,
    ReadSubject,
    Recusal,
    RecusalDeclaration,
    Rejection,
    RuleSet,
    UsedPassword,
)
from tests import factories
from tests.access.audience import AUDIT, CHECKERS, ERASING, IMPORTERS, INSPECTION, SECURITY
from tests.integrity import scenes

if TYPE_CHECKING:
    from tests.access.closed import Closed


def requests(world: Closed) -> None:
    """Cases, grants asked for, emergencies, recusals, changes of access: what officers write of one another."""
    scene, plant = world.scene, world.planter.plant
    reference = scene.case.reference  # stated in the sessions
    plant(scene.case, INSPECTION)
    scene.case.reference = reference
    factories.saved(scene.case)
    world.keep(scene.case)
    soon = scenes.TODAY + timedelta(days=7)
    world.keep(plant(GrantRequest(case=scene.case, inspector=scene.inspector_without_case, files=[scene.file.pk],
                                  ends_on=soon, lapses_on=soon), INSPECTION))  # fmt: skip
    world.keep(plant(CaseRequest(kind="open", organisation=scene.inspection, asked_by=scene.inspector_without_case,
                                 ends_on=soon, lapses_on=soon), INSPECTION))  # fmt: skip
    asker = scene.clerk_of_other_authority
    world.keep(plant(BreakGlass(file=scene.file, authority=scene.authority, asked_by=asker,
                                office=scene.other_authority, max_grade=Grade.STRICT),
                     CHECKERS | {"clerk_of_other_authority"}))  # fmt: skip
    world.keep(plant(Recusal(account=scene.nobody, subject=scene.person, declared_by=scene.nobody),
                     SECURITY | {"nobody"}, past=SECURITY | AUDIT))  # fmt: skip
    declared = plant(RecusalDeclaration(account=scene.nobody, declared_by=scene.nobody), {"nobody"},
                     past=SECURITY | AUDIT)  # fmt: skip
    world.planter.widen(declared, ("reason",), SECURITY)
    world.keep(declared)
    world.keep(
        plant(
            AccessChange(kind=ChangeKind.ASSIGN, account=scene.clerk, role=Role.REVIEWER, authority=scene.authority,
                         clearance=Grade.STRICT, proposed_by=scene.security_admin, lapses_on=soon,
                         valid_from=scenes.TODAY, valid_to=date(2027, 1, 1)),
            SECURITY | AUDIT,
        )
    )  # fmt: skip
    plant(UsedPassword(account=scene.clerk))
    erasing(world, soon)


def erasing(world: Closed, soon: date) -> None:
    """What those who check the file write of its erasure and its hold."""
    scene, plant = world.scene, world.planter.plant
    about = {"subject": scene.person, "authority": scene.authority, "label": "integrityfile", "row_ref": scene.file.ref}
    ground = RuleSet.objects.get(kind="erasure_ground", key="unlawful")
    asked = plant(Erasure(kind="field", field="name", ground=ground, asked_by=scene.reviewer, lapses_on=soon, **about),
                  ERASING)  # fmt: skip
    world.keep(asked)
    plant(ErasureItem(erasure=asked, label="integrityfile", history_table="integrity_historicalintegrityfile",
                      row_pk=str(scene.file.pk), name="name"))  # fmt: skip
    world.keep(plant(LegalHold(from_on=scenes.TODAY, set_by=scene.reviewer, **about), ERASING))


def imports(world: Closed) -> None:
    scene, plant = world.scene, world.planter.plant
    done = ImportBatch(
        profile="template-servants", profile_digest="0" * 64, digest="1" * 64, authority=scene.authority,
        started_by=scene.clerk, state=BatchState.DONE, read=2, created=1, rejected=1, total=2,
    )  # fmt: skip
    # The system administrator sees that a batch ran and of which file, never a row of it.
    batch = world.keep(plant(done, IMPORTERS | {"system_admin"}, past=IMPORTERS))
    row = plant(ImportedRow(batch=batch, number=2, outcome=RowOutcome.values[0]), IMPORTERS)
    plant(Rejection(batch=batch, number=3), IMPORTERS)
    candidate = world.rows["IntegrityFile"][0].subject
    world.keep(plant(MatchProposal(batch=batch, row=row, subject=scene.person, candidate=candidate), IMPORTERS))


def logs(world: Closed) -> None:
    """Lines of the read log and what was made of them: the audit administrator's."""
    scene, plant = world.scene, world.planter.plant
    entry = plant(ReadEntry(account=scene.inspector_with_case, act="read", model="integrityfile", count=1,
                            door="staff.FilePage", ids=[scene.file.pk], case=scene.case), AUDIT)  # fmt: skip
    ReadSubject.written(entry, [scene.person.pk])
    world.keep(plant(ReadFinding(rule=UnusualReading.values[0], account=scene.clerk, day=timezone.localdate(), count=9),
                     AUDIT))  # fmt: skip
