"""Points of enforcement 执行点 (assurance A10): every call outside the access package by which something is closed.

`require`, `within`, `open_one`, `reveal_identifier`, `log_read`, and `may` where an `if` refuses by it. Each is taken
away by itself: the call stays, what it calls lets everything through (tests.access.implanting).
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from pathlib import Path

from tests.access.mutants import Mutant, name_of_function, nodes, put, said

PLACES = ("integrity", "search", "cms")
#: The package itself has mutants; the demo is nobody's door; migrations know no access.
NOT_HERE = ("integrity/access/", "integrity/demo/", "/migrations/")
STANDS_IN = {
    "require": "let_in", "open_one": "fetched", "log_read": "not_written", "reveal_identifier": "revealed",
}  # fmt: skip


def points() -> list[Mutant]:
    """All of them, by file and line."""
    files = sorted(path for place in PLACES for path in Path(place).rglob("*.py"))
    return [point for file in files if not any(part in str(file) for part in NOT_HERE) for point in _points_of(file)]


def points_in(source: str, file: str) -> Iterator[Mutant]:
    """The points of one source text."""
    tree = ast.parse(source)
    guards = {id(one) for node in ast.walk(tree) if isinstance(node, ast.If) and _refuses(node)
              for one in ast.walk(node.test)}  # fmt: skip
    for path, node in nodes(tree):
        if not isinstance(node, ast.Call):
            continue
        other = _replaced(node, guards=id(node) in guards)
        if other is not None:
            changed = copy.deepcopy(tree)
            put(changed, path, other)
            ast.fix_missing_locations(changed)
            module = file.removesuffix(".py").replace("/", ".")
            function = name_of_function(tree, path)
            yield Mutant(module, node.lineno, f"removed {said(node)}", ast.unparse(changed), True, function, file)


def _points_of(file: Path) -> Iterator[Mutant]:
    text = file.read_text()
    if any(word in text for word in ("require(", "within(", "open_one(", "log_read(", "may(", "reveal_identifier(")):
        yield from points_in(text, str(file))


def _refuses(node: ast.If) -> bool:
    return any(isinstance(one, ast.Raise) for one in node.body)


def _replaced(node: ast.Call, *, guards: bool) -> ast.Call | None:
    called = ast.unparse(node.func)
    name = called.rpartition(".")[2]
    if name in ("may", "has_any") and guards:
        return _stand_in("yes", node)
    if called == "administration.require":
        return _stand_in("any_operation", node)
    if name in STANDS_IN and called in (name, f"access.{name}"):
        return _stand_in(STANDS_IN[name], node)
    if name != "within" or not isinstance(node.func, ast.Attribute):
        return None
    if called == "filters.within":
        return _stand_in("no_condition", node)
    return ast.Call(_planted("everything"), [node.func.value], [])


def _stand_in(name: str, node: ast.Call) -> ast.Call:
    return ast.Call(_planted(name), node.args, node.keywords)


def _planted(name: str) -> ast.expr:
    return ast.parse(f"__import__('tests.access.implanting', fromlist=['x']).{name}", mode="eval").body
