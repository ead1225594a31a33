"""Tables, constraints and querysets 数据模型; no acts. One file a chapter, re-exported here."""

from integrity.models.access_changes import AccessChange
from integrity.models.batches import ImportBatch, ImportedRow, MatchProposal, Rejection
from integrity.models.case_requests import BreakGlass, CaseRequest, GrantRequest
from integrity.models.decisions import Decision, DecisionBasis, DecisionFields, Document, Matter, Remedy
from integrity.models.erasures import Erasure, ErasureItem, LegalHold
from integrity.models.files import (
    PARTS,
    Appraisal,
    Breach,
    Commitment,
    FilePart,
    Honour,
    IntegrityFile,
    IntegrityNote,
    PersonalMattersReport,
    Post,
    Statement,
    Training,
    UseEntry,
)
from integrity.models.grants import Account, Assignment, Case, CaseGrant, Recusal, RecusalDeclaration
from integrity.models.guarded import GuardedManager, GuardedModel, GuardedQuerySet
from integrity.models.ledger import LedgerCheckpoint, LedgerEntry, LedgerShape, LedgerTile, LedgerTimestamp
from integrity.models.lists import EntryMeasure, ListEntry, ListType, Measure
from integrity.models.objections import Objection
from integrity.models.organisations import Division, Organisation, OrganisationRelation
from integrity.models.practitioners import (
    Assessment,
    Licence,
    Penalty,
    PenaltyBasis,
    PenaltyRemedy,
    PractitionerCommitment,
    PractitionerHonour,
    PractitionerPart,
    PractitionerRecord,
    Profession,
    ProfessionSanction,
    Qualification,
)
from integrity.models.publications import Notice, Publication
from integrity.models.readlog import ReadEntry, ReadFinding, ReadSubject
from integrity.models.removals import OpenDataManifest, Removal, RemovalKind
from integrity.models.rules import Holiday, LegalBasis, RuleSet
from integrity.models.sign_ins import SignInAttempt, UsedPassword
from integrity.models.subjects import Kinship, Subject, SubjectIdentifier, SubjectName
from integrity.models.tracked import (
    TrackedManager,
    TrackedModel,
    TrackedQuerySet,
    current_recording,
    recording,
)

__all__ = [
    "PARTS",
    "AccessChange",
    "Account",
    "Appraisal",
    "Assessment",
    "Assignment",
    "Breach",
    "BreakGlass",
    "Case",
    "CaseGrant",
    "CaseRequest",
    "Commitment",
    "Decision",
    "DecisionBasis",
    "DecisionFields",
    "Division",
    "Document",
    "EntryMeasure",
    "Erasure",
    "ErasureItem",
    "FilePart",
    "GrantRequest",
    "GuardedManager",
    "GuardedModel",
    "GuardedQuerySet",
    "Holiday",
    "Honour",
    "ImportBatch",
    "ImportedRow",
    "IntegrityFile",
    "IntegrityNote",
    "Kinship",
    "LedgerCheckpoint",
    "LedgerEntry",
    "LedgerShape",
    "LedgerTile",
    "LedgerTimestamp",
    "LegalBasis",
    "LegalHold",
    "Licence",
    "ListEntry",
    "ListType",
    "MatchProposal",
    "Matter",
    "Measure",
    "Notice",
    "Objection",
    "OpenDataManifest",
    "Organisation",
    "OrganisationRelation",
    "Penalty",
    "PenaltyBasis",
    "PenaltyRemedy",
    "PersonalMattersReport",
    "Post",
    "PractitionerCommitment",
    "PractitionerHonour",
    "PractitionerPart",
    "PractitionerRecord",
    "Profession",
    "ProfessionSanction",
    "Publication",
    "Qualification",
    "ReadEntry",
    "ReadFinding",
    "ReadSubject",
    "Recusal",
    "RecusalDeclaration",
    "Rejection",
    "Remedy",
    "Removal",
    "RemovalKind",
    "RuleSet",
    "SignInAttempt",
    "Statement",
    "Subject",
    "SubjectIdentifier",
    "SubjectName",
    "TrackedManager",
    "TrackedModel",
    "TrackedQuerySet",
    "Training",
    "UseEntry",
    "UsedPassword",
    "current_recording",
    "recording",
]
