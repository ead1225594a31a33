"""Matching 身份比对: proposes that two rows may be one person; never links (H17). A person decides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from integrity import access
from integrity.access import Scope
from integrity.choices import Act
from integrity.exceptions import ActRefused, NotAdmitted
from integrity.identifiers import decrypt
from integrity.models import (
    Account,
    IntegrityFile,
    MatchProposal,
    PractitionerRecord,
    Subject,
    SubjectName,
    recording,
)
from integrity.names import pinyin_keys

#: More namesakes than this tell nothing about anybody; the clerk searches by name instead.
MAX_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Likeness:
    """Why two subjects may be one person 相同之处."""

    subject: Subject
    candidate: Subject
    reason: str


def birth_text(subject: Subject) -> str:
    """Birth date as known (`1955-10-01`, `1955-10` or `1955`), or empty; for comparison only, never shown."""
    token = subject.birth_date_token
    return decrypt(bytes(token), aad=birth_aad(subject.pk)) if token else ""


def birth_aad(subject_id: UUID) -> str:
    return f"Subject.birth_date_token:{subject_id}"


def propose(subjects: Sequence[Subject], keys: Mapping[UUID, str], *, scope: Scope) -> list[Likeness]:
    """Namesakes of new subjects among those on file that the importing account may see.

    A known birth year that differs rules a candidate out; an equal name alone is a reason to look, never to link.
    """
    wanted = {key for key in keys.values() if key}
    if not wanted:
        return []
    found: dict[str, list[SubjectName]] = defaultdict(list)
    rows = SubjectName.objects.filter(key__in=wanted).select_related("subject").order_by("id")
    for row in rows:
        found[row.key].append(row)
    visible = _visible({row.subject_id for rows_of in found.values() for row in rows_of}, scope)
    births = {row.subject_id: birth_text(row.subject)[:4] for rows_of in found.values() for row in rows_of}
    likenesses: list[Likeness] = []
    for subject in subjects:
        own_year = birth_text(subject)[:4]
        candidates: dict[UUID, Likeness] = {}
        for row in found.get(keys.get(subject.pk, ""), ()):
            year = births[row.subject_id]
            # Of two new namesakes the pair is proposed once: the later one names the earlier.
            if (
                row.subject_id == subject.pk
                or row.subject_id not in visible
                or (year and own_year and year != own_year)
            ):
                continue
            candidates.setdefault(
                row.subject_id, Likeness(subject, row.subject, _reason(subject.name, row.text, own_year, year))
            )
        likenesses += list(candidates.values())[:MAX_CANDIDATES]
    return _once(likenesses)


def _once(likenesses: Iterable[Likeness]) -> list[Likeness]:
    pairs: dict[frozenset[UUID], Likeness] = {}
    for likeness in likenesses:
        pairs.setdefault(frozenset({likeness.subject.pk, likeness.candidate.pk}), likeness)
    return list(pairs.values())


def _reason(name: str, other: str, own_year: str, year: str) -> str:
    parts = [_("姓名相同") if name == other else _("姓名检索键相同")]
    if name != other and set(pinyin_keys(name).full) & set(pinyin_keys(other).full):
        parts.append(_("拼音相同"))
    parts.append(_("出生年份相同") if year and own_year else _("出生年份未载明"))
    return _("、").join(parts)


def _visible(subject_ids: set[UUID], scope: Scope) -> set[UUID]:
    """Those who have a file or a record that the account may reach: a proposal tells that a person is on file."""
    seen: set[UUID] = set()
    for model in (IntegrityFile, PractitionerRecord):
        rows = model.objects.within(scope).filter(subject_id__in=subject_ids)
        seen |= set(rows.values_list("subject_id", flat=True))
    return seen


@transaction.atomic
def decide(*, proposal: MatchProposal, by: Account, same_person: bool, reason: str) -> MatchProposal:
    """A person states whether the two are one 确认身份; the rows stay apart until they are joined by an act."""
    if not _may_decide(proposal, by):
        raise NotAdmitted
    if proposal.decided_by_id is not None:
        raise ActRefused("decided", _("这条比对建议已有结论"))
    proposal.decided_by = by
    proposal.same_person = same_person
    with recording(by=by, reason=reason):
        proposal.save()
    return proposal


def _may_decide(proposal: MatchProposal, by: Account) -> bool:
    """Whoever imports or approves for the authority whose batch it is."""
    clauses = [clause for act in (Act.IMPORT, Act.APPROVE) for clause in access.scope_for(by, act).clauses]
    return any(proposal.batch.authority_id in clause.authorities for clause in clauses)
