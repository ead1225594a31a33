"""Triggers that admit erasure and nothing else 删除触发器: a value may go while an approved erasure names its column.

Of a history row a column may become empty, or the marker of its item; of a leaf the salt of that column may become
zero. Whoever owns the database can still drop triggers; the verifier then misses the erasure (`ledger.verifier`).
"""

from __future__ import annotations

from collections.abc import Iterator

_ITEM = """
EXISTS (SELECT 1 FROM integrity_erasureitem i JOIN integrity_erasure e ON e.id = i.erasure_id
WHERE e.state = 'approved' AND i.history_table = {table} AND i.name = {name} AND {row})
"""
#: SQLite keeps a UUID without its dashes.
_SQLITE_ROW = "replace(i.row_pk, '-', '') = replace(CAST(OLD.\"id\" AS TEXT), '-', '')"
_SQLITE_EMPTY = "NEW.\"{name}\" IS NULL OR CAST(NEW.\"{name}\" AS TEXT) IN ('', '{{}}', i.marker)"
_SQLITE_SALTS = """
CREATE TRIGGER "{table}_salts_erased" BEFORE UPDATE OF salts ON "{table}"
WHEN length(NEW.salts) IS NOT length(OLD.salts) OR EXISTS (
  SELECT 1 FROM integrity_ledgershape s, json_each(s.names) n WHERE s.digest = OLD.shape_id
  AND substr(NEW.salts, n.key * 16 + 1, 16) IS NOT substr(OLD.salts, n.key * 16 + 1, 16)
  AND (substr(NEW.salts, n.key * 16 + 1, 16) IS NOT zeroblob(16) OR NOT {item}))
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_FUNCTIONS = (
    """
CREATE OR REPLACE FUNCTION archive_erased_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE before jsonb := to_jsonb(OLD); after jsonb := to_jsonb(NEW); c text;
BEGIN
  FOREACH c IN ARRAY TG_ARGV LOOP
    IF before->c IS DISTINCT FROM after->c AND NOT EXISTS (
      SELECT 1 FROM integrity_erasureitem i JOIN integrity_erasure e ON e.id = i.erasure_id
      WHERE e.state = 'approved' AND i.history_table = TG_TABLE_NAME AND i.name = c AND i.row_pk = before->>'id'
      AND (after->>c IS NULL
           OR after->>c IN ('', '{}', '\\x', i.marker, '\\x' || encode(convert_to(i.marker, 'UTF8'), 'hex'))))
    THEN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END LOOP;
  RETURN NEW;
END $$
""",
    """
CREATE OR REPLACE FUNCTION archive_salts_erased_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong boolean;
BEGIN
  SELECT length(NEW.salts) <> length(OLD.salts) OR EXISTS (
    SELECT 1 FROM integrity_ledgershape s, jsonb_array_elements_text(s.names) WITH ORDINALITY n(name, place)
    WHERE s.digest = OLD.shape_id
    AND substr(NEW.salts, (n.place::int - 1) * 16 + 1, 16) <> substr(OLD.salts, (n.place::int - 1) * 16 + 1, 16)
    AND (substr(NEW.salts, (n.place::int - 1) * 16 + 1, 16) <> decode(repeat('00', 16), 'hex') OR NOT EXISTS (
      SELECT 1 FROM integrity_erasureitem i JOIN integrity_erasure e ON e.id = i.erasure_id
      WHERE e.state = 'approved' AND i.history_table = OLD."table" AND i.name = n.name AND i.row_pk = OLD.row_pk)))
  INTO wrong;
  IF wrong THEN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$
""",
)


def functions() -> Iterator[str]:
    """What the triggers of PostgreSQL call."""
    yield from _FUNCTIONS


def of_history(vendor: str, table: str, columns: tuple[str, ...]) -> Iterator[str]:
    listed = ", ".join(f'"{column}"' for column in columns)
    if vendor == "postgresql":
        arguments = ", ".join(f"'{column}'" for column in columns)
        yield (
            f'CREATE OR REPLACE TRIGGER append_only_erased BEFORE UPDATE OF {listed} ON "{table}" '
            f"FOR EACH ROW EXECUTE FUNCTION archive_erased_only({arguments})"
        )
        return
    wrong = " OR ".join(
        f'(NEW."{name}" IS NOT OLD."{name}" AND NOT '
        + _ITEM.format(
            table=f"'{table}'", name=f"'{name}'", row=f"{_SQLITE_ROW} AND ({_SQLITE_EMPTY.format(name=name)})"
        )
        + ")"
        for name in columns
    )
    yield f'DROP TRIGGER IF EXISTS "{table}_erased"'
    yield (
        f'CREATE TRIGGER "{table}_erased" BEFORE UPDATE OF {listed} ON "{table}" WHEN {wrong} '
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def of_salts(vendor: str, table: str) -> Iterator[str]:
    if vendor == "postgresql":
        yield (
            f'CREATE OR REPLACE TRIGGER append_only_salts BEFORE UPDATE OF salts ON "{table}" '
            "FOR EACH ROW EXECUTE FUNCTION archive_salts_erased_only()"
        )
        return
    item = _ITEM.format(table='OLD."table"', name="n.value", row="i.row_pk = OLD.row_pk")
    yield f'DROP TRIGGER IF EXISTS "{table}_salts_erased"'
    yield _SQLITE_SALTS.format(table=table, item=item)
