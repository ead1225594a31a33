"""THE access decision 访问决定 (domain §10, design §3): asked once, here. Default deny.

Allow = role ∧ managing authority today ∧ grade ≤ clearance ∧ stated purpose ∧ no recusal ∧ in time.
A scope is data: each clause is one reason to be let in; no clause, no rows. `Scope.condition` (SQL) and
`Scope.admits` (one object) say the same thing, and a property test compares them.

roles (who may do what) → clauses → scope → rule (which clauses somebody has) → doors (fetch, check, log) and explain.
"""

from integrity.access.backend import ScopeBackend
from integrity.access.clauses import Clause
from integrity.access.doors import log_read, open_one, purpose_for, reveal_identifier
from integrity.access.explain import (
    Obstacle,
    Reader,
    candidates,
    disputed_records,
    publicly_shown,
    readers_of,
    touches_person,
    why_not,
    words_of,
)
from integrity.access.reach import Change, Counts, Reach, counts_of, reach_of, what_would_change, whole_scope
from integrity.access.roles import (
    DRAFT_READERS,
    EMERGENCY_ROLES,
    ROLE_ACTS,
    ROLE_FAMILY,
    STANDING_PURPOSE,
    SUBJECT_ACTS,
)
from integrity.access.rule import (
    assignments_today,
    has_any,
    may,
    offices_of,
    recused_subjects,
    require,
    roles_of,
    scope_for,
)
from integrity.access.scope import Scope

__all__ = [
    "DRAFT_READERS",
    "EMERGENCY_ROLES",
    "ROLE_ACTS",
    "ROLE_FAMILY",
    "STANDING_PURPOSE",
    "SUBJECT_ACTS",
    "Change",
    "Clause",
    "Counts",
    "Obstacle",
    "Reach",
    "Reader",
    "Scope",
    "ScopeBackend",
    "assignments_today",
    "candidates",
    "counts_of",
    "disputed_records",
    "has_any",
    "log_read",
    "may",
    "offices_of",
    "open_one",
    "publicly_shown",
    "purpose_for",
    "reach_of",
    "readers_of",
    "recused_subjects",
    "require",
    "reveal_identifier",
    "roles_of",
    "scope_for",
    "touches_person",
    "what_would_change",
    "whole_scope",
    "why_not",
    "words_of",
]
