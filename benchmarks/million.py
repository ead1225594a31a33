"""A million made-up files and the people who ask for them; made by the database itself, in a minute or two.

Files differ as real ones do: drafts, grades, levels, leaders, names borne by many, years of recording. The people have
what real ones have: a file of their own, a unit, persons they keep away from.
"""

# ruff: noqa: S608  statements made of numbers and of our own tables
from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, models, transaction

from integrity.choices import Grade, Level, OrganKind, Role
from integrity.models import (
    Account,
    Assignment,
    Case,
    CaseGrant,
    Division,
    IntegrityFile,
    Organisation,
    Recusal,
    Subject,
    recording,
)
from integrity.models.door import writing

NARROW, SHARE, GRANTS, RECUSED = 1_000, 10, 30, 3
STEP = 100_000
OFFICES, UNITS = 12, 2_000
TODAY = date.today()  # noqa: DTZ011  the benchmark's day


@dataclass(frozen=True)
class World:
    """Accounts by what they are, the inspector's case, the offices: office 0 is the clerk's, 1 the officer's."""

    accounts: dict[str, Account]
    case: Case
    offices: list[Organisation]


def files() -> Any:
    return IntegrityFile.objects.unscoped(reason="benchmark")


def load(rows: int) -> World:
    """Files up to `rows`, offices, accounts, grants; again only finds them."""
    with recording(by=None, reason="benchmark"), transaction.atomic():
        offices, units = _organisations()
        accounts = _accounts()
        case, another = _case("bench", offices[2]), _case("bench-granted", offices[2])
    have = files().count()
    while have < rows:
        with writing():  # a world to be read, without a past
            _insert(have, min(STEP, rows - have), offices, units, accounts["first"])
        have += min(STEP, rows - have)
    with recording(by=None, reason="benchmark"), transaction.atomic():
        _assign(accounts, offices)
    with writing():
        _grant(accounts, case, another, offices)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return World(accounts, case, offices)


def _found(model: Any, key: dict[str, Any], **columns: Any) -> Any:
    row = model.objects.filter(**key).first() or model(**key, **columns)
    if row._state.adding:
        row.save()
    return row


def _organisations() -> tuple[list[Organisation], list[Organisation]]:
    """Twelve managing authorities; two thousand units, of which the first ten are the clerk's."""
    division = _found(Division, {"code": "630000"}, name="青海省", level=Level.PROVINCE)
    columns = {"level": Level.PREFECTURE, "division": division}
    offices = [
        _found(Organisation, {"code": f"bench-{n}"}, name=f"第{n}组织部",
               kind=OrganKind.ORGANISATION_DEPARTMENT, **columns)
        for n in range(OFFICES)
    ]  # fmt: skip
    units = list(Organisation.objects.filter(code__startswith="bench-unit-").order_by("pk"))
    for n in range(len(units), UNITS):
        units.append(
            _found(Organisation, {"code": f"bench-unit-{n}"}, name=f"第{(n * 7919) % UNITS}局",
                   kind=OrganKind.GOVERNMENT_DEPARTMENT, **columns)
        )  # fmt: skip
    return offices, units


PEOPLE = ("first", "second", "clerk", "officer", "officer of three", "inspector", "administrator", "granted clerk",
          "granted officer")  # fmt: skip


def _accounts() -> dict[str, Account]:
    return {name: _found(Account, {"username": f"bench-{name.replace(' ', '-')}"}) for name in PEOPLE}


def _case(reference: str, office: Organisation) -> Case:
    ends = TODAY + timedelta(days=300)
    case: Case = _found(
        Case, {"reference": reference}, organisation=office, reason="benchmark", opened_on=TODAY, ends_on=ends
    )
    case.opened_on, case.ends_on = TODAY, ends
    case.save()
    return case


# --- files ---------------------------------------------------------------------------------------------------


def _insert(have: int, number: int, offices: list[Organisation], units: list[Organisation], by: Account) -> None:
    """Persons and files `have` … `have + number - 1`, in two statements."""
    subject = "md5('subject ' || n)"
    name = _drawn("王李张马韩冶才扎索旦", "h") + " || " + _drawn("文武春生玉梅卓玛多杰平措东珠存福", "h / 10")
    name += " || CASE WHEN h % 3 = 0 THEN '' ELSE " + _drawn("文武春生玉梅卓玛多杰平措东珠存福", "h / 160") + " END"
    office = f"CASE WHEN n < 100000 AND n % 100 = 99 THEN 0 WHEN n % {SHARE} = 1 THEN 1 ELSE 2 + g % {OFFICES - 2} END"
    each = (UNITS - 10) // (OFFICES - 1)
    unit = f"CASE WHEN {office} = 0 THEN h % 10 ELSE 10 + ({office} - 1) * {each} + g / 10 % {each} END"
    _insert_select(Subject, {"id": subject, "name": name, "recorded_at": _time()}, have, number)
    _insert_select(
        IntegrityFile,
        {
            "ref": "md5('file ' || n)", "subject": subject, "name": name, "recorded_at": _time(),
            "authority": f"{offices[0].pk} + {office}",
            "unit": f"{units[0].pk} + {unit}",
            "grade": f"CASE WHEN g % 50 = 0 THEN {Grade.SENSITIVE:d} ELSE {Grade.INTERNAL:d} END",
            "status": "CASE WHEN g % 20 = 0 THEN 'draft' WHEN g % 20 = 1 THEN 'frozen' ELSE 'established' END",
            "entered_by": f"{by.pk}", "established_on": f"CASE WHEN g % 20 = 0 THEN NULL ELSE '{TODAY}' END",
            "level": "CASE WHEN g % 50 = 1 THEN NULL ELSE 1 + g / 3 % 5 END",
            "leading_post": "CASE WHEN g % 100 = 2 THEN 5 END", "post_title": "'科员'",
            "identity_confirmed_on": "CASE WHEN g % 200 = 3 THEN NULL ELSE '2024-01-01' END",
            "informed_on": "CASE WHEN g % 100 = 4 THEN NULL ELSE '2024-01-01' END",
            "last_appraisal_year": f"{TODAY.year} - 1 - CASE WHEN g % 100 = 5 THEN 1 ELSE 0 END",
        },
        have,
        number,
    )  # fmt: skip


def _drawn(letters: str, number: str) -> str:
    """One of the letters, the first ones more often."""
    return (
        f"substr('{letters}', 1 + ({number}) % {len(letters)} * (({number}) / 7 % {len(letters)}) / {len(letters)}, 1)"
    )


def _time() -> str:
    """One file every ninety seconds."""
    if connection.vendor == "postgresql":
        return "timestamptz '2023-01-01' + n * interval '90 seconds'"
    return "datetime('2023-01-01', (n * 90) || ' seconds')"


def _insert_select(model: type[models.Model], values: dict[str, str], have: int, number: int) -> None:
    """One statement; columns without an expression get their field's default. `h` and `g` are `n`, mixed twice."""
    chosen: dict[str, str] = {}
    for field in model._meta.concrete_fields:
        column = str(field.column)
        if field.name in values:
            kind = field.db_type(connection)
            text = values[field.name]
            chosen[column] = f"CAST({text} AS {kind})" if connection.vendor == "postgresql" and kind else text
        elif not field.primary_key and not field.null:
            default = field.get_db_prep_save(field.get_default(), connection)
            chosen[column] = str(default) if isinstance(default, int) else f"'{default}'"
    if "id" in values and connection.vendor == "postgresql":
        chosen["id"] = f"CAST({values['id']} AS uuid)"
    series = (
        f"generate_series({have}, {have + number - 1}) AS s(n)"
        if connection.vendor == "postgresql"
        else f"(WITH RECURSIVE s(n) AS (SELECT {have} UNION ALL SELECT n + 1 FROM s WHERE n < {have + number - 1})"
        " SELECT n FROM s) AS s"
    )
    mixed = "CAST((CAST(n AS bigint) * {} / 65536) % 1000003 AS integer) AS {}"
    both = f"{mixed.format(2654435761, 'h')}, {mixed.format(2246822519, 'g')}"
    columns = ", ".join(f'"{column}"' for column in chosen)
    sql = f'INSERT INTO "{model._meta.db_table}" ({columns}) SELECT {", ".join(chosen.values())} '
    sql += f"FROM (SELECT n, {both} FROM {series}) AS numbered"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.connection.create_function("md5", 1, _md5, deterministic=True)
        cursor.execute(sql)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


# --- who asks ------------------------------------------------------------------------------------------------


def _assign(accounts: dict[str, Account], offices: list[Organisation]) -> None:
    """Roles, and what every real reader has besides: an own file, a unit with leaders, persons to keep away from."""
    for name, role, where, clearance in (
        ("clerk", Role.CLERK, 0, Grade.STRICT), ("officer", Role.ORGANISATION_OFFICER, 1, Grade.STRICT),
        ("officer of three", Role.ORGANISATION_OFFICER, 1, Grade.STRICT),
        ("officer of three", Role.CLERK, 2, Grade.INTERNAL), ("officer of three", Role.REVIEWER, 3, Grade.SENSITIVE),
        ("inspector", Role.INSPECTOR, 2, Grade.STRICT), ("administrator", Role.SYSTEM_ADMIN, 2, Grade.STRICT),
    ):  # fmt: skip
        _found(Assignment, {"account": accounts[name], "role": role, "authority": offices[where]},
               clearance=clearance, granted_by=accounts["first"], seconded_by=accounts["second"])  # fmt: skip
    for number, (name, where) in enumerate((("clerk", 0), ("officer", 1), ("officer of three", 1), ("inspector", 2))):
        account = accounts[name]
        if account.subject_id is None:
            own = files().filter(authority=offices[9]).order_by("pk")[number]
            account.subject_id, account.organisation_id = own.subject_id, own.unit_id
            account.save()
        for file in files().filter(authority=offices[where], status="established").order_by("name", "pk")[:RECUSED]:
            _found(Recusal, {"account": account, "subject_id": file.subject_id}, reason="benchmark")


def _grant(accounts: dict[str, Account], case: Case, another: Case, offices: list[Organisation]) -> None:
    """The inspector's grants; and, for guardian, each file of clerk and officer as a grant, in both its tables."""
    from django.contrib.auth.models import Permission

    view = Permission.objects.get(content_type__app_label="integrity", codename="view_integrityfile")
    with connection.cursor() as cursor:
        for name, where in (
            ("inspector", f"id % 1009 = 5 ORDER BY id LIMIT {GRANTS}"),
            ("granted clerk", f"authority_id = {offices[0].pk}"),
            ("granted officer", f"authority_id = {offices[1].pk}"),
        ):
            user = accounts[name].pk
            within = (case if name == "inspector" else another).pk
            own = f"{view.pk}, {within}, {accounts['first'].pk}, '{case.ends_on}', "
            own += "CURRENT_TIMESTAMP FROM integrity_integrityfile"
            table = CaseGrant._meta.db_table
            granted = CaseGrant.objects.filter(user_id=user).count()
            office = offices[0 if "clerk" in name else 1]
            if granted == (GRANTS if name == "inspector" else files().filter(authority=office).count()):
                continue
            cursor.execute(f"DELETE FROM {table} WHERE user_id = {user}")
            cursor.execute(
                f"INSERT INTO {table} (user_id, content_object_id, permission_id, case_id, granted_by_id, ends_on,"
                f" granted_at) SELECT {user}, id, {own} WHERE {where}"
            )
            cursor.execute(f"DELETE FROM guardian_userobjectpermission WHERE user_id = {user}")
            cursor.execute(
                "INSERT INTO guardian_userobjectpermission (user_id, object_pk, permission_id, content_type_id)"
                f" SELECT {user}, CAST(id AS varchar(255)), {view.pk}, {view.content_type_id}"
                f" FROM integrity_integrityfile WHERE {where}"
            )
