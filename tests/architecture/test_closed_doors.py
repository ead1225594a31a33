"""Closed doors 已关闭的门 (A7): what reads or writes around access and history, named with its reason, else refused."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integrity.source import REPOSITORY, called, modules

Door = Callable[[ast.AST], bool]


def attribute(*names: str) -> Door:
    return lambda node: isinstance(node, ast.Attribute) and node.attr in names


def call(*names: str) -> Door:
    return lambda node: called(node) in names


def plain_queryset(node: ast.AST) -> bool:
    """`models.QuerySet(Model)`: a queryset without our rules."""
    return called(node) == "QuerySet"


def method(*names: str) -> Door:
    """A call as a method: `rows.update(…)`, with arguments given by name (a dict's `update` has none)."""

    def found(node: ast.AST) -> bool:
        return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names

    return found


#: Door → where it is open, and why. A new place is added here by somebody who can say why.
DOORS: dict[str, tuple[Door, dict[str, str]]] = {
    "_base_manager": (
        attribute("_base_manager"),
        {
            "integrity/lifecycle/engine.py": "locks the row it moves; the act asked access before",
            "integrity/decisions.py": "locks the row it changes, then asks access of it",
            "integrity/files.py": "locks the row it changes, then asks access of it",
            "integrity/forms/penalties.py": "an empty choice",
            "integrity/ledger/checking.py": "compares history with the ledger; says where, shows no value",
            "integrity/backup/saving.py": "every row, sealed before it leaves",
            "integrity/backup/restoring.py": "whether there is a row at all",
        },
    ),
    "_default_manager": (
        attribute("_default_manager"),
        {
            "integrity/versions.py": "guarded tables answer through within(scope) there as well",
            "integrity/changes.py": "the row that an entry points at, for its name; tables that are not guarded",
            "integrity/views/audit_records.py": "histories, whose columns tell of a change and never what stands there",
            "integrity/views/base.py": "tables that are not guarded; the scope's condition is the filter",
            "integrity/views/explain.py": "finds a row by its number for the security administrator; shows none",
            "integrity/reference/loader.py": "rows of the law",
            "search/documents.py": "guarded tables answer through within(scope) or unscoped(reason)",
        },
    ),
    "a queryset without rules": (
        plain_queryset,
        {"integrity/erasing/act.py": "empties history and salts; the triggers let pass what an approved erasure names"},
    ),
    "raw SQL": (
        call("raw", "RawSQL", "extra", "cursor"),
        {
            "integrity/views/frame.py": "health: SELECT 1",
            "integrity/views/paging.py": "counts the pieces of a scoped list, each compiled by its own queryset",
            "integrity/sign_in/turns.py": "an advisory lock: one attempt of a name at a time",
            "integrity/wall/marks.py": "tells the database who reads",
            "integrity/wall/policies.py": "makes the second wall",
            "integrity/management/commands/database_roles.py": "makes the database's roles",
            "integrity/checks.py": "asks as which database role this process runs",
            "integrity/ledger/tree.py": "places of leaves in one statement",
            "integrity/ledger/today.py": "compares every row with its history; tells keys and columns, no value",
            "integrity/ledger/appending.py": "the leaf before this one, asked with every change of a row",
            "integrity/backup/saving.py": "one moment for everything that is read",
            "integrity/backup/restoring.py": "what migrating put into the tables goes, their counters follow",
            "integrity/erasing/storage.py": "rewrites the files of tables: VACUUM and checkpoints",
            "integrity/insertion.py": "the statement of the bulk door; who may import it is a door of its own",
            "search/engines/database.py": "the index's own tables; the database re-checks every hit",
            "search/engines/elasticsearch.py": "a part of the cluster's request that is called so; no SQL",
        },
    ),
    "insertion without history": (
        lambda node: (
            isinstance(node, ast.ImportFrom)
            and (node.module == "integrity.insertion" or any(alias.name == "insertion" for alias in node.names))
        ),
        {
            "integrity/importing/writer.py": "the bulk door: rows and history in one transaction",
            "integrity/backup/restoring.py": "rows come with the history that was saved with them",
            "integrity/ledger/appending.py": "leaves, which are history themselves",
            "integrity/ledger/tree.py": "subtrees, made out of the leaves",
            "search/receivers.py": "the queue of the index",
            "search/engines/database.py": "the index",
        },
    ),
    "a write with its own history": (
        call("writing"),
        {
            "integrity/importing/writer.py": "the bulk door",
            "integrity/backup/restoring.py": "rows come with the history that was saved with them",
            "integrity/erasing/act.py": "the erased columns of history; the erasure is an entry of its own",
            "cms/permissions.py": "groups of the editors' admin, computed from assignments",
            "cms/site_content.py": "Wagtail's own groups are thrown away",
        },
    ),
    "guardian's own questions": (
        call("get_objects_for_user", "get_objects_for_group", "assign_perm", "get_perms", "ObjectPermissionChecker"),
        {},
    ),
    "an identity number in clear": (
        method("number"),
        {
            "integrity/access/doors.py": "reveal_identifier: purpose, clearance and read log first",
            "integrity/files.py": "whether the person is of age; the number leaves the function as yes or no",
        },
    ),
    "deleting rows": (
        method("delete"),
        {
            "integrity/asking/deleting.py": "the key of a request past its term, attempts of a day ago",
            "integrity/asking/replying.py": "a text prepared for release, before the reply is signed",
            "integrity/surveys/answers.py": "a code that was used: nothing is left that could be linked",
            "integrity/accounts.py": "second factors, when two administrators agreed",
            "integrity/decisions.py": "links of a draft to its legal bases",
            "integrity/erasing/act.py": "what sign-in libraries keep of an officer who left",
            "integrity/recusal_rows.py": "a kinship whose declaration two administrators ended; its history stays",
            "integrity/views/base.py": "a cache entry",
            "cms/asking.py": "counts of questions of the days before",
            "cms/permissions.py": "a group membership of the editors' admin",
            "cms/site_content.py": "Wagtail's welcome page",
            "search/engines/database.py": "the index and the queue it makes superfluous",
            "search/engines/elasticsearch.py": "the index, and the marker that took a number from the queue",
            "search/worker.py": "the queue of the index",
            "search/desk/checks.py": "results of batch checks, when their days or their case are over",
            "search/desk/folder.py": "records out of a case's folder, notes by who wrote them, all of it with the case",
            "search/desk/history.py": "one's own search history: over its length, its days, its case, or as one likes",
            "search/desk/standing.py": "one's own saved searches and watches, and those whose case is over",
        },
    ),
}


def openings(root: Path, door: Door) -> Iterator[tuple[str, int]]:
    for name, tree in modules(root):
        if name.startswith(("integrity/models/", "integrity/demo/")):
            continue
        for node in ast.walk(tree):
            if door(node):
                yield name, getattr(node, "lineno", 0)


@pytest.mark.parametrize("name", DOORS)
def test_each_door_is_open_where_it_is_named_and_nowhere_else(name: str) -> None:
    door, allowed = DOORS[name]
    found: dict[str, int] = {}
    for module, line in openings(REPOSITORY, door):
        found.setdefault(module, line)
    assert {f"{module}:{line}" for module, line in found.items() if module not in allowed} == set()
    assert set(allowed) - set(found) == set(), "named, but no longer used: take it off the list"


PLANTED = {
    "_base_manager": "Decision._base_manager.all()",
    "_default_manager": "Decision._default_manager.all()",
    "a queryset without rules": "models.QuerySet(Decision)",
    "raw SQL": "connection.cursor()",
    "insertion without history": "from integrity import insertion",
    "a write with its own history": "writing()",
    "guardian's own questions": "get_objects_for_user(user, 'x')",
    "a subquery (guarded rows do not notice it)": "rows.annotate(x=Exists(Decision.objects.all()))",
    "an identity number in clear": "identifier.number()",
    "deleting rows": "decision.delete()",
}


@pytest.mark.parametrize("name", DOORS)
def test_a_planted_fault_is_seen(name: str, tmp_path: Path) -> None:
    (tmp_path / "cms").mkdir()
    (tmp_path / "cms" / "fault.py").write_text(PLANTED[name] + "\n", encoding="utf-8")
    assert list(openings(tmp_path, DOORS[name][0])) == [("cms/fault.py", 1)]


def test_unscoped_always_says_why() -> None:
    """A reason that can be read in the log: a text, not a name that says nothing."""
    for name, tree in modules():
        for node in ast.walk(tree):
            if called(node) != "unscoped" or not isinstance(node, ast.Call):
                continue
            reasons = [keyword.value for keyword in node.keywords if keyword.arg == "reason"]
            assert len(reasons) == 1, f"{name}:{node.lineno}"
            assert not isinstance(reasons[0], ast.Constant) or len(str(reasons[0].value)) >= 4, f"{name}:{node.lineno}"
