"""Mutants 变异体 of the access package (assurance A10): its source, each time with one fault a person could make.

A condition dropped or turned round, `and` for `or`, an enforcing line removed, everything let in, a limit moved by one,
an element taken out of a set.
"""

from __future__ import annotations

import ast
import copy
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PACKAGE = Path("integrity/access")
MODULES = ("roles", "clauses", "scope", "rule", "doors", "backend")
TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
MOVED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
}  # fmt: skip
LOOKUPS = {"__gte": "__gt", "__lte": "__lt", "__gt": "__gte", "__lt": "__lte"}
GRADES = {"PUBLIC": "INTERNAL", "INTERNAL": "SENSITIVE", "SENSITIVE": "INTERNAL", "STRICT": "INTERNAL"}
#: Results of a function, by its annotation, that let everything in or nobody.
RESULTS = {"bool": ("True", "False"), "Q": ("Q()",), "Q | None": ("Q()", "None"), "frozenset[str]": ("frozenset()",)}


@dataclass(frozen=True)
class Mutant:
    """One fault: where, what, and the whole module with it."""

    module: str
    line: int
    what: str
    source: str
    enforces: bool = False  # an enforcing line or condition was taken away
    function: str = ""  # the qualified name of the function it stands in; "" for what is no function's
    file: str = ""

    @property
    def name(self) -> str:
        return f"{self.module.rpartition('access.')[2]}:{self.line} {self.what}"

    @property
    def key(self) -> str:
        """The name without the line, which moves."""
        return f"{self.module.rpartition('access.')[2]} {self.function}: {self.what}"


Change = tuple[str, ast.AST, bool]


def mutants() -> list[Mutant]:
    """All of them, in an order that has nothing to do with the text, so that a part of them is a fair sample."""
    found = {mutant.source: mutant for module in MODULES for mutant in mutants_of(module)}
    return sorted(found.values(), key=lambda mutant: (zlib.crc32(mutant.name.encode()), mutant.name))


def unchanged(module: str) -> Mutant:
    """No fault at all: the control."""
    file = PACKAGE / f"{module}.py"
    return Mutant(_dotted(module), 0, "unchanged", ast.unparse(ast.parse(file.read_text())), file=str(file))


def mutants_of(module: str) -> Iterator[Mutant]:
    file = PACKAGE / f"{module}.py"
    tree = ast.parse(file.read_text())
    for path, node in nodes(tree):
        for what, other, enforces in _changes(node):
            changed = copy.deepcopy(tree)
            put(changed, path, other)
            ast.fix_missing_locations(changed)
            line, function = getattr(node, "lineno", 0), name_of_function(tree, path)
            yield Mutant(_dotted(module), line, what, ast.unparse(changed), enforces, function, str(file))


def _dotted(module: str) -> str:
    return f"integrity.access.{module}"


def name_of_function(tree: ast.AST, path: tuple[Step, ...]) -> str:
    """The outermost function on the way to a node, with the classes it is in; "" where there is none."""
    names: list[str] = []
    node: Any = tree
    for name, number in path:
        node = getattr(node, name) if number is None else getattr(node, name)[number]
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return ".".join([*names, node.name])
        if isinstance(node, ast.ClassDef):
            names.append(node.name)
    return ""


Step = tuple[str, int | None]


def nodes(tree: ast.AST, path: tuple[Step, ...] = ()) -> Iterator[tuple[tuple[Step, ...], ast.AST]]:
    """Every node with the way to it; annotations, imports and exports are no rule."""
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for number, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST) and not isinstance(child, (ast.Import, ast.ImportFrom)):
                here = (*path, (name, number))
                yield here, child
                yield from nodes(child, here)


def put(tree: ast.AST, path: tuple[Step, ...], other: ast.AST) -> None:
    for name, number in path[:-1]:
        tree = getattr(tree, name) if number is None else getattr(tree, name)[number]
    name, number = path[-1]
    if number is None:
        setattr(tree, name, other)
    else:
        getattr(tree, name)[number] = other


def _changes(node: ast.AST) -> Iterator[Change]:
    for kind, change in CHANGES.items():
        if isinstance(node, kind):
            yield from change(node)


def _expr(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _bool_op(node: ast.BoolOp) -> Iterator[Change]:
    turned = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield f"{said(node)}: and/or swapped", ast.BoolOp(turned, node.values), False
    for number, value in enumerate(node.values):
        rest = [other for place, other in enumerate(node.values) if place != number]
        yield f"dropped {said(value)}", ast.BoolOp(node.op, rest) if len(rest) > 1 else rest[0], True


def _compare(node: ast.Compare) -> Iterator[Change]:
    if len(node.ops) != 1:
        return
    for what, table in (("turned round", TURNED), ("limit moved", MOVED)):
        other = table.get(type(node.ops[0]))
        if other is not None:
            yield f"{said(node)}: {what}", ast.Compare(node.left, [other()], node.comparators), False


def _unary(node: ast.UnaryOp) -> Iterator[Change]:
    if isinstance(node.op, (ast.Not, ast.Invert)):
        yield f"{said(node)}: not removed", node.operand, False


def _bin_op(node: ast.BinOp) -> Iterator[Change]:
    if isinstance(node.op, (ast.BitAnd, ast.BitOr)):
        turned = ast.BitOr() if isinstance(node.op, ast.BitAnd) else ast.BitAnd()
        yield f"{said(node)}: &/| swapped", ast.BinOp(node.left, turned, node.right), False
        yield f"dropped {said(node.right)}", node.left, True
        yield f"dropped {said(node.left)}", node.right, True


def _condition(node: ast.If) -> Iterator[Change]:
    for value in ("True", "False"):
        yield f"if {said(node.test)} → {value}", ast.If(_expr(value), node.body, node.orelse), value == "False"


def _choice(node: ast.IfExp) -> Iterator[Change]:
    yield f"{said(node)}: always {said(node.body)}", node.body, False
    yield f"{said(node)}: always {said(node.orelse)}", node.orelse, False


def _function(node: ast.FunctionDef) -> Iterator[Change]:
    told = ast.unparse(node.returns) if node.returns is not None else ""
    for value in RESULTS.get(told, ()):
        other = copy.deepcopy(node)
        other.body = [ast.Return(_expr(value))]
        yield f"{node.name} returns {value}", other, True


def _raise(node: ast.Raise) -> Iterator[Change]:
    yield f"removed {said(node)}", ast.Pass(), True


def _statement(node: ast.Expr) -> Iterator[Change]:
    if isinstance(node.value, ast.Call) and not said(node).startswith("log."):
        yield f"removed {said(node)}", ast.Pass(), True


def _addition(node: ast.AugAssign) -> Iterator[Change]:
    yield f"removed {said(node)}", ast.Pass(), True


def _call(node: ast.Call) -> Iterator[Change]:
    """A query with one condition less, or with its limit moved by one."""
    if not (isinstance(node.func, ast.Name) and node.func.id == "Q") and not _asks(node):
        return
    for number, keyword in enumerate(node.keywords):
        rest = [other for place, other in enumerate(node.keywords) if place != number]
        if rest or node.args or _asks(node):
            yield f"dropped {said(keyword.value)} as {keyword.arg}", ast.Call(node.func, node.args, rest), True
        for ending, moved in LOOKUPS.items():
            if keyword.arg is not None and keyword.arg.endswith(ending):
                other = ast.keyword(keyword.arg.removesuffix(ending) + moved, keyword.value)
                changed = [other if place == number else one for place, one in enumerate(node.keywords)]
                yield f"{keyword.arg}: limit moved", ast.Call(node.func, node.args, changed), False
    for number, argument in enumerate(node.args):
        if _asks(node):
            rest_args = [other for place, other in enumerate(node.args) if place != number]
            yield f"dropped {said(argument)}", ast.Call(node.func, rest_args, node.keywords), True


def _asks(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr in ("filter", "within", "on", "open_at")


def _grade(node: ast.Attribute) -> Iterator[Change]:
    if isinstance(node.value, ast.Name) and node.value.id == "Grade" and node.attr in GRADES:
        yield f"Grade.{node.attr} → {GRADES[node.attr]}", ast.Attribute(node.value, GRADES[node.attr], node.ctx), False


def _set(node: ast.Set) -> Iterator[Change]:
    for number, value in enumerate(node.elts):
        rest = [other for place, other in enumerate(node.elts) if place != number]
        other: ast.expr = ast.Set(rest) if rest else _expr("set()")
        yield f"element {said(value)} of a set dropped", other, False
    acts = {value.attr for value in node.elts if isinstance(value, ast.Attribute) and said(value).startswith("Act.")}
    for more in ("EXPORT", "ENTER", "APPROVE"):
        if acts and more not in acts:
            yield f"{said(node)}: Act.{more} added", ast.Set([*node.elts, _expr(f"Act.{more}")]), False


def _dict(node: ast.Dict) -> Iterator[Change]:
    for number, key in enumerate(node.keys):
        if key is None or not said(key).startswith("Role."):
            continue
        keys = [other for place, other in enumerate(node.keys) if place != number]
        values = [other for place, other in enumerate(node.values) if place != number]
        yield f"{said(key)} dropped", ast.Dict(keys, values), False


def _default(node: ast.AnnAssign) -> Iterator[Change]:
    if isinstance(node.value, ast.Constant) and node.value.value == "none":
        yield "drafts of everybody by default", ast.AnnAssign(node.target, node.annotation, _expr("'all'"), 1), False


def said(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 70 else text[:67] + "…"


CHANGES: dict[type[ast.AST], Callable[[Any], Iterator[Change]]] = {
    ast.BoolOp: _bool_op, ast.Compare: _compare, ast.UnaryOp: _unary, ast.BinOp: _bin_op, ast.If: _condition,
    ast.IfExp: _choice, ast.FunctionDef: _function, ast.Raise: _raise, ast.Expr: _statement,
    ast.AugAssign: _addition, ast.Call: _call, ast.Attribute: _grade, ast.Set: _set, ast.Dict: _dict,
    ast.AnnAssign: _default,
}  # fmt: skip
