"""Roles of the database 数据库角色 (design §7): each may do what its process needs, no more.

Grants name tables, policies name roles: no row of the closed world, no draft and no secret is a grant away.
"""

# ruff: noqa: S608  names come from the models and from the command, which checks its prefix
from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.apps import apps

from integrity.models import (
    Account,
    LedgerCheckpoint,
    LedgerEntry,
    LedgerShape,
    LedgerTile,
    LedgerTimestamp,
    ReadEntry,
    ReadSubject,
)
from integrity.models.append_only import tables as append_only
from integrity.models.guarded import TOLD_OF_CHANGES, guarded_models
from integrity.wall.policies import policy_functions

#: What pages of the public site read, found by opening them all (tests/integrity/test_database_roles.py): Wagtail's
#: page tree without its revisions, logs and workflows; of ours what pages cite, never a person's record.
PUBLIC_TABLES = frozenset({
    "django_content_type", "wagtailcore_locale", "wagtailcore_site", "wagtailcore_page",
    "wagtailcore_pageviewrestriction", "wagtailcore_collection", "wagtailcore_collectionviewrestriction",
    "wagtailcore_referenceindex", "wagtailredirects_redirect", "wagtaildocs_document",
    "search_searchdocument", "cms_sitegeneration",
    "integrity_publication", "integrity_profession", "integrity_organisation", "integrity_ledgercheckpoint",
    "integrity_ledgertimestamp",
})  # fmt: skip
#: What the audit administrator's process reads besides the log; of accounts not the password.
AUDIT_TABLES = frozenset({
    "integrity_readentry", "integrity_readsubject", "integrity_readfinding", "integrity_signinattempt",
    "integrity_assignment", "integrity_case", "integrity_organisation", "integrity_division",
    "integrity_accesschange", "integrity_ruleset", "integrity_holiday",
    "integrity_historicalaccount", "integrity_historicalassignment", "integrity_historicalaccesschange",
})  # fmt: skip
AUDIT_KEPT_FROM = frozenset({"password"})
#: The search index of both worlds: the public one's rows alone.
_INDEX = "search_searchdocument"
_PAGE = "wagtailcore_page"
#: Past the policies: a policy on pages cannot ask for pages, nor one on documents for what closes them.
_PRIVATE = """
CREATE OR REPLACE FUNCTION archive_private_{what}s() RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(p.path || '%'), '{{}}') FROM wagtailcore_{what}viewrestriction r
  JOIN wagtailcore_{what} p ON p.id = r.{what}_id $$
"""


@dataclass(frozen=True, slots=True)
class Roles:
    """The names of the four, by their common beginning."""

    staff: str
    public: str
    audit: str
    signer: str

    @classmethod
    def named(cls, prefix: str) -> Roles:
        return cls(*(f"{prefix}_{name}" for name in ("staff", "public", "audit", "signer")))

    def all(self) -> tuple[str, ...]:
        return self.staff, self.public, self.audit, self.signer


def statements(prefix: str, present: Iterable[str]) -> Iterator[str]:
    """The statements, in order; again they do nothing new."""
    roles, there = Roles.named(prefix), frozenset(present)
    for role in roles.all():
        yield from _bare(role)
    yield from _staff(roles.staff, there)
    yield f"GRANT SELECT ON {_listed((PUBLIC_TABLES | page_tables()) & there)} TO {roles.public}"
    yield from _public_rows(roles, there)
    yield from _audit(roles.audit, there)
    yield from _signer(roles.signer)


def _bare(role: str) -> Iterator[str]:
    """The role, with nothing that it may do."""
    yield (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN "
        f"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS; END IF; END $$"
    )
    yield f"GRANT USAGE ON SCHEMA public TO {role}"
    for kind in ("TABLES", "SEQUENCES", "FUNCTIONS"):
        yield f"REVOKE ALL ON ALL {kind} IN SCHEMA public FROM {role}"


def _staff(role: str, present: frozenset[str]) -> Iterator[str]:
    """Everything behind the policies; of what is written once new rows alone, of the ledger leaves without a place."""
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}"
    for table in sorted(set(append_only()) & present):
        yield f"REVOKE UPDATE, DELETE ON {table} FROM {role}"
    entry, written = LedgerEntry._meta.db_table, _columns(LedgerEntry, without={"id", "position"})
    for table in (entry, *(model._meta.db_table for model in (LedgerTile, LedgerCheckpoint, LedgerTimestamp))):
        yield f"REVOKE INSERT ON {table} FROM {role}"
    yield f"GRANT INSERT ({written}) ON {entry} TO {role}"
    for signature in policy_functions():
        yield f"GRANT EXECUTE ON FUNCTION {signature} TO {role}"


def _audit(role: str, present: frozenset[str]) -> Iterator[str]:
    yield f"GRANT SELECT ON {_listed(AUDIT_TABLES & present)} TO {role}"
    yield f"GRANT SELECT ({_columns(Account, without=AUDIT_KEPT_FROM)}) ON {Account._meta.db_table} TO {role}"
    for model in guarded_models():  # that a record was changed, and by whom: not one column of what stands in it
        history = model.history.model
        told = ", ".join(str(history._meta.get_field(name).column) for name in TOLD_OF_CHANGES)
        yield f"GRANT SELECT ({told}) ON {history._meta.db_table} TO {role}"


def _signer(role: str) -> Iterator[str]:
    """Reads what it hashes, adds to the ledger, gives places; docs/ledger.md."""
    read = (ReadEntry._meta.db_table, ReadSubject._meta.db_table)
    ledger = [
        model._meta.db_table for model in (LedgerShape, LedgerEntry, LedgerTile, LedgerCheckpoint, LedgerTimestamp)
    ]
    yield f"GRANT SELECT ON {_listed([*read, *ledger])} TO {role}"
    yield f"GRANT INSERT ON {_listed(ledger)} TO {role}"
    yield f"GRANT UPDATE (position) ON {LedgerEntry._meta.db_table} TO {role}"
    numbered = [model._meta.db_table for model in (LedgerEntry, LedgerTile, LedgerCheckpoint, LedgerTimestamp)]
    yield f"GRANT USAGE ON SEQUENCE {_listed(f'{table}_id_seq' for table in numbered)} TO {role}"


# --- rows that the public role gets ------------------------------------------------------------------------


def _public_rows(roles: Roles, present: frozenset[str]) -> Iterator[str]:
    """Of tables that hold both worlds, or drafts beside pages, the public role gets what is public.

    Policies that name the role: one for all with a question about it would cost the staff process its index (a match
    of words may not be asked before a policy's own question).
    """
    for what in ("page", "collection"):
        yield _PRIVATE.format(what=what)
        yield f"REVOKE EXECUTE ON FUNCTION archive_private_{what}s() FROM PUBLIC"
        yield f"GRANT EXECUTE ON FUNCTION archive_private_{what}s() TO {roles.public}"
    for table, condition in public_rows().items():
        if table not in present:
            continue
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        for role, rows in ((roles.staff, "true"), (roles.public, condition)):
            yield f"DROP POLICY IF EXISTS wall_{role} ON {table}"
            yield f"CREATE POLICY wall_{role} ON {table} TO {role} USING ({rows})"


def public_rows() -> dict[str, str]:
    """Table → which of its rows are public. A policy on pages holds for the pages asked for in the others, too."""
    live = f"SELECT id FROM {_PAGE}"
    listed = (
        "SELECT r.to_object_id FROM wagtailcore_referenceindex r "
        "JOIN django_content_type c ON c.id = r.to_content_type_id "
        "WHERE c.app_label = 'wagtaildocs' AND c.model = 'document'"
    )
    return {
        _INDEX: "world = 'public'",
        _PAGE: "live AND NOT path LIKE ANY ((SELECT archive_private_pages())::text[])",
        **dict.fromkeys(sorted(page_tables()), f"page_ptr_id IN ({live})"),
        "wagtailcore_referenceindex": f"object_id IN (SELECT id::text FROM {_PAGE})",
        "wagtailcore_collection": "NOT path LIKE ANY ((SELECT archive_private_collections())::text[])",
        "wagtaildocs_document": f"id::text IN ({listed}) AND collection_id IN (SELECT id FROM wagtailcore_collection)",
        # They hold passwords. What they close is not there for this role, so nothing misses them.
        "wagtailcore_pageviewrestriction": "false",
        "wagtailcore_collectionviewrestriction": "false",
    }


def page_tables() -> frozenset[str]:
    """The tables of the kinds of pages."""
    return frozenset(model._meta.db_table for model in apps.get_models() if model._meta.pk.column == "page_ptr_id")


def _columns(model: type[Account] | type[LedgerEntry], *, without: Iterable[str]) -> str:
    kept = set(without)
    return ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields if field.column not in kept)


def _listed(tables: Iterable[str]) -> str:
    return ", ".join(sorted(tables))
