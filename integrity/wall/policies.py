"""Policies 行级安全策略 (PostgreSQL): the access rule once more, in the database, over the same attributes.

Functions compute, once a statement, what the named reader reaches today, from the same tables the application reads;
a policy compares one key of the row with that array. Default deny: no reader, no rows. Made after every migration from
the roles and the models as they are, so that the two cannot drift apart unseen; a property test compares them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connections

from integrity.access.roles import DRAFT_READERS, EMERGENCY_ROLES, ROLE_ACTS, ROLE_FAMILY, SUBJECT_ACTS
from integrity.choices import Act, Grade, LeadingPost, ObjectionState, Role
from integrity.models import GuardedModel, InformationRequest, Publication

_GRADES = max(Grade) + 1  # a key is id × this + grade
_TODAY = "(now() AT TIME ZONE 'Asia/Shanghai')::date"

_READER = """
CREATE OR REPLACE FUNCTION archive_reader() RETURNS json LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN nullif(current_setting('archive.reader', true), '') LIKE '{%'
              THEN current_setting('archive.reader', true)::json END $$;
CREATE OR REPLACE FUNCTION archive_open() RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT coalesce(nullif(current_setting('archive.reader', true), ''), '') = 'open' $$;
CREATE OR REPLACE FUNCTION archive_account() RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT (archive_reader()->>'account')::bigint $$;
"""


def _functions() -> Iterator[str]:
    yield _READER
    offices = ", ".join(
        f"('{role}', '{act}', '{ROLE_FAMILY[role]}', {str(role in DRAFT_READERS).lower()})"
        for role, acts in sorted(ROLE_ACTS.items())
        for act in sorted(acts)
    )
    administrators = ", ".join(f"'{role.value}'" for role in Role.administrators())
    in_force = f"(a.valid_from IS NULL OR a.valid_from <= {_TODAY}) AND (a.valid_to IS NULL OR a.valid_to >= {_TODAY})"
    # The assignments of today that allow the act; none at all beside an administrator's.
    yield _definer(
        "archive_offices()",
        "TABLE(role text, family text, all_drafts boolean, authority_id bigint, profession_id bigint, clearance int)",
        f"""
        SELECT a.role::text, o.family, o.all_drafts, a.authority_id, a.profession_id, a.clearance::int
        FROM integrity_assignment a
        JOIN integrity_account u ON u.id = a.account_id AND u.is_active
        JOIN (VALUES {offices}) AS o(role, act, family, all_drafts) ON o.role = a.role
        WHERE a.account_id = archive_account() AND o.act = archive_reader()->>'act' AND {in_force}
          AND NOT EXISTS (SELECT 1 FROM integrity_assignment x WHERE x.account_id = a.account_id
                          AND x.role IN ({administrators}) AND {in_force.replace("a.", "x.")})
        """,
    )
    grades = f"generate_series(0, {max(Grade)}) g"
    yield _definer(
        "archive_reach(wanted text, everything boolean)",
        "bigint[]",
        f"""
        SELECT coalesce(array_agg(DISTINCT o.authority_id * {_GRADES} + g), '{{}}')
        FROM archive_offices() o, {grades}
        WHERE o.family = wanted AND o.profession_id IS NULL AND g <= o.clearance AND (o.all_drafts OR NOT everything)
          AND o.role <> '{Role.INSPECTOR.value}' AND o.role <> '{Role.OBJECTION_OFFICER.value}'
        """,
    )
    yield _definer(
        "archive_trade(everything boolean)",
        "text[]",
        f"""
        SELECT coalesce(array_agg(DISTINCT o.authority_id || ':' || o.profession_id || ':' || g), '{{}}')
        FROM archive_offices() o, {grades}
        WHERE o.family = 'practitioner' AND o.profession_id IS NOT NULL AND g <= o.clearance
          AND (o.all_drafts OR NOT everything)
        """,
    )
    asking = ", ".join(f"'{role.value}'" for role in sorted(EMERGENCY_ROLES))
    yield _definer(
        "archive_files()",
        "bigint[]",
        f"""
        SELECT coalesce(array_agg(DISTINCT keys.k), '{{}}') FROM (
          SELECT p.content_object_id * {_GRADES} + g AS k
          FROM archive_offices() o
          JOIN integrity_case c ON c.id = (archive_reader()->>'case')::bigint AND c.organisation_id = o.authority_id
          JOIN integrity_casegrant p ON p.case_id = c.id AND p.user_id = archive_account(), {grades}
          WHERE o.role = '{Role.INSPECTOR.value}' AND g <= o.clearance
            AND (archive_reader()->>'purpose')::boolean
            AND c.opened_on <= {_TODAY} AND c.ends_on >= {_TODAY}
            AND (c.closed_on IS NULL OR c.closed_on > {_TODAY})
            AND p.ends_on >= {_TODAY} AND (p.cut_on IS NULL OR p.cut_on > {_TODAY})
          UNION
          SELECT b.file_id * {_GRADES} + g
          FROM archive_offices() o
          JOIN integrity_breakglass b ON b.office_id = o.authority_id, {grades}
          WHERE o.role IN ({asking}) AND b.asked_by_id = archive_account() AND b.state = 'opened'
            AND b.opened_at <= now() AND b.closes_at > now() AND g <= least(b.max_grade, o.clearance)
            AND archive_reader()->>'act' = '{Act.READ.value}'
        ) AS keys
        """,
    )
    open_objections = ", ".join(f"'{state}'" for state in ObjectionState.open())
    yield _definer(
        "archive_disputed(wanted text)",
        "bigint[]",
        f"""
        SELECT coalesce(array_agg(DISTINCT keys.k), '{{}}') FROM (
          SELECT (CASE wanted WHEN 'objection' THEN x.id WHEN 'decision' THEN x.decision_id
                              WHEN 'penalty' THEN x.penalty_id END) * {_GRADES} + g AS k
          FROM archive_offices() o
          JOIN integrity_objection x ON x.authority_id = o.authority_id AND x.state IN ({open_objections})
          LEFT JOIN integrity_decision d ON d.id = x.decision_id
          LEFT JOIN integrity_penalty p ON p.id = x.penalty_id, {grades}
          WHERE o.role = '{Role.OBJECTION_OFFICER.value}' AND g <= o.clearance
            AND coalesce(d.entered_by_id, p.entered_by_id, -1) <> archive_account()
        ) AS keys WHERE keys.k IS NOT NULL
        """,
    )
    subject_acts = ", ".join(f"'{act.value}'" for act in SUBJECT_ACTS)
    yield _definer(
        "archive_own()",
        "uuid",
        f"""
        SELECT u.subject_id FROM integrity_account u
        WHERE u.id = archive_account() AND u.is_active AND archive_reader()->>'act' IN ({subject_acts})
        """,
    )
    leaders = f"""coalesce((SELECT (r.parameters->>'leading_post_up_to')::int FROM integrity_ruleset r
            WHERE r.kind = 'access_limit' AND r.key = 'unit_leaders|' || w.level
              AND (r.valid_from IS NULL OR r.valid_from <= {_TODAY}) AND (r.valid_to IS NULL OR r.valid_to >= {_TODAY})
            ORDER BY r.ordinal, r.valid_from DESC LIMIT 1), {max(LeadingPost)})"""
    yield _definer(
        "archive_recused()",
        "uuid[]",
        f"""
        SELECT coalesce(array_agg(DISTINCT keys.k), '{{}}') FROM (
          SELECT a.subject_id AS k FROM integrity_recusal a WHERE a.account_id = archive_account() AND {in_force}
          UNION SELECT u.subject_id FROM integrity_account u
            WHERE u.id = archive_account() AND u.subject_id IS NOT NULL
          UNION SELECT k.relative_id FROM integrity_kinship k
            JOIN integrity_account u ON u.subject_id = k.subject_id AND u.id = archive_account()
          UNION SELECT k.subject_id FROM integrity_kinship k
            JOIN integrity_account u ON u.subject_id = k.relative_id AND u.id = archive_account()
            WHERE k.declaration_id IS NULL
          UNION SELECT f.subject_id FROM integrity_integrityfile f
            JOIN integrity_account u ON u.id = archive_account() AND u.organisation_id = f.unit_id
            JOIN integrity_organisation w ON w.id = f.unit_id
            WHERE f.leading_post <= {leaders}
        ) AS keys WHERE keys.k IS NOT NULL
        """,
    )


def _definer(signature: str, returns: str, body: str) -> str:
    """A function that reads past the policies, with its path pinned; only the policies call it.

    In plpgsql, whose plans a connection keeps: in SQL the body would be planned anew in every statement, once for each
    time the statement names the table, which cost more than the statement (docs/decisions/0014).
    """
    answer = f"RETURN QUERY {body}" if returns.startswith("TABLE") else f"RETURN ({body})"
    return (
        f"CREATE OR REPLACE FUNCTION {signature} RETURNS {returns} LANGUAGE plpgsql STABLE SECURITY DEFINER "
        f"SET search_path = public, pg_temp AS $$\n#variable_conflict use_column\nBEGIN {answer}; END $$;"
    )


def policy_functions() -> list[str]:
    """Signatures of the functions that the policies call, asked with the rights of whoever reads: the staff role's."""
    lookups = {
        f"{_lookup_name(model, path)}(bigint)"
        for model in _guarded()
        for path in (model.case_column, model.profession_column)
        if "__" in path
    }
    return [*_ASKED, *sorted(lookups)]


_ASKED = (
    "archive_reader()", "archive_open()", "archive_account()", "archive_reach(text, boolean)", "archive_trade(boolean)",
    "archive_files()", "archive_disputed(text)", "archive_own()", "archive_recused()",
)  # fmt: skip
#: PostgreSQL lets everybody call a new function; ours read past the policies. Triggers run without being called.
_NOBODYS = """
DO $$ DECLARE f regprocedure; BEGIN
  FOR f IN SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND starts_with(proname, 'archive_') LOOP
    EXECUTE 'REVOKE EXECUTE ON FUNCTION ' || f || ' FROM PUBLIC';
  END LOOP; END $$
"""


def _guarded() -> list[type[GuardedModel]]:
    return [model for model in apps.get_models() if issubclass(model, GuardedModel)]


def condition_of(model: type[GuardedModel]) -> str:
    """The rule over one table, from the attributes its class declares."""
    key = f"(authority_id * {_GRADES} + grade)"
    settled = _settled(model)
    parts = []
    families = ("file", "practitioner") if model.family == "either" else (model.family,)
    for family in families:
        side = "" if model.family != "either" else f"file_id IS {'NOT ' if family == 'file' else ''}NULL AND "
        reach = f"{key} = ANY ((SELECT archive_reach('{family}', false))::bigint[])"
        checks = f"{key} = ANY ((SELECT archive_reach('{family}', true))::bigint[])"
        parts.append(f"({side}{reach} AND ({settled} OR {checks} OR entered_by_id = (SELECT archive_account())))")
        if family == "practitioner":
            parts.append(f"({side}{_trade(model, settled)})")
    if model.case_column:
        file_key = f"({_column(model, model.case_column)} * {_GRADES} + grade)"
        parts.append(f"({file_key} = ANY ((SELECT archive_files())::bigint[]) AND {settled})")
    if model._meta.model_name in ("decision", "penalty", "objection"):
        disputed = f"(SELECT archive_disputed('{model._meta.model_name}'))::bigint[]"
        parts.append(f"((id * {_GRADES} + grade) = ANY ({disputed}) AND {settled})")
    office = " OR ".join(parts)
    own = f"(subject_id = (SELECT archive_own()) AND grade <= {int(Grade.STRICT)} AND {settled})"
    return (
        f"(SELECT archive_open()) OR ((({office}) AND NOT subject_id = ANY ((SELECT archive_recused())::uuid[]))"
        f" OR {own})"
    )


def _settled(model: type[GuardedModel]) -> str:
    """The row is no draft."""
    if not model.state_column:
        return "true"
    states = ", ".join(f"'{state}'" for state in model.draft_states)
    return f"{model.state_column} NOT IN ({states})"


def _trade(model: type[GuardedModel], settled: str) -> str:
    profession = _column(model, model.profession_column)
    key = f"(authority_id || ':' || {profession} || ':' || grade)"
    reach = f"{key} = ANY ((SELECT archive_trade(false))::text[])"
    checks = f"{key} = ANY ((SELECT archive_trade(true))::text[])"
    return f"{reach} AND ({settled} OR {checks} OR entered_by_id = (SELECT archive_account()))"


def _column(model: type[GuardedModel], path: str) -> str:
    """A column path of the class: on the row, or looked up on the row it hangs on."""
    if "__" not in path:
        return path
    holder: Any = model._meta.get_field(path.split("__", 1)[0])
    return f"{_lookup_name(model, path)}({holder.column})"


def _lookup_name(model: type[GuardedModel], path: str) -> str:
    return f"archive_{model._meta.model_name}_{path}"


def _lookups(model: type[GuardedModel]) -> Iterator[str]:
    """Functions for the paths of a class, past the policies of the tables they go through."""
    for path in {model.case_column, model.profession_column}:
        if "__" not in path:
            continue
        names = path.split("__")
        first: Any = model._meta.get_field(names[0])
        target, joins, alias = first.related_model, "", "t0"
        for number, name in enumerate(names[1:-1], start=1):
            field: Any = target._meta.get_field(name)
            joins += f" JOIN {field.related_model._meta.db_table} t{number} ON t{number}.id = {alias}.{field.column}"
            target, alias = field.related_model, f"t{number}"
        body = f"SELECT {alias}.{names[-1]} FROM {first.related_model._meta.db_table} t0{joins} WHERE t0.id = $1"
        yield _definer(f"{_lookup_name(model, path)}(bigint)", "bigint", body)


def install(using: str = "default") -> int:
    """Make functions and policies; returns the number of tables. PostgreSQL alone.

    Not forced on the owner: the functions read as the owner, past the policies, or they would ask themselves. So no
    process but the migrations runs as the owner (`integrity.checks` says so at start).
    """
    connection = connections[using]
    if connection.vendor != "postgresql":
        return 0
    models = _guarded()
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        if any(model._meta.db_table not in present for model in models):
            return 0  # migrated part of the way
        if InformationRequest._meta.db_table not in present:
            return 0
        for statement in _functions():
            cursor.execute(statement)
        for model in models:
            for statement in (*_lookups(model), *_statements(model)):
                cursor.execute(statement)
        for statement in (*_publication_statements(), *_request_statements()):
            cursor.execute(statement)
        cursor.execute(_NOBODYS)
    return len(models)


def _statements(model: type[GuardedModel]) -> Iterator[str]:
    table = model._meta.db_table
    yield from _walled(table, condition_of(model))


def _request_statements() -> Iterator[str]:
    """Requests for information: by office and clearance; nobody on file is in them, so nobody keeps away."""
    reach = f"(authority_id * {_GRADES} + grade) = ANY ((SELECT archive_reach('request', false))::bigint[])"
    yield from _walled(InformationRequest._meta.db_table, f"(SELECT archive_open()) OR {reach}")


def _walled(table: str, condition: str) -> Iterator[str]:
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    for name in ("wall_read", "wall_insert", "wall_update", "wall_delete"):
        yield f"DROP POLICY IF EXISTS {name} ON {table}"
    yield f"CREATE POLICY wall_read ON {table} FOR SELECT USING ({condition})"
    yield f"CREATE POLICY wall_insert ON {table} FOR INSERT WITH CHECK ((SELECT archive_open()))"
    yield f"CREATE POLICY wall_update ON {table} FOR UPDATE USING ((SELECT archive_open()))"
    yield f"CREATE POLICY wall_delete ON {table} FOR DELETE USING ((SELECT archive_open()))"


def _publication_statements() -> Iterator[str]:
    """The public role sees what is shown today and nothing else of publications (H5); other roles are not held here."""
    from integrity.choices import PublicationState

    table = Publication._meta.db_table
    shown = ", ".join(f"'{state.value}'" for state in PublicationState.shown())
    current = f"state IN ({shown}) AND starts_on <= {_TODAY} AND ends_on >= {_TODAY}"
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"DROP POLICY IF EXISTS wall_public ON {table}"
    yield f"CREATE POLICY wall_public ON {table} USING (current_user NOT LIKE '%\\_public' OR ({current}))"


def install_after_migrating(using: str, **kwargs: Any) -> None:
    """Receiver of `post_migrate`."""
    install(using)
