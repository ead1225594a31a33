"""Implanting 植入: make the running program the one with the fault, without importing anything anew.

Functions get the code of the changed source wherever they are held (decorated, registered, bound), module constants
are replaced wherever they were imported to. Meant for a forked child that ends afterwards.
"""

from __future__ import annotations

import gc
import sys
import types
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from integrity.access import Clause, log_read, scope_for
from integrity.choices import Grade
from integrity.exceptions import NotAdmitted


class NotPlanted(Exception):
    """The fault found no place: whatever the tests say then, they say nothing about it."""


def codes_of(code: types.CodeType) -> Iterator[types.CodeType]:
    """Every code object below a compiled module, classes' and closures' included."""
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from codes_of(constant)


_standing: dict[str, dict[str, list[types.FunctionType]]] = {}


def functions_of(file: str) -> dict[str, list[types.FunctionType]]:
    """Every living function written in one file, by its qualified name; looked for once, in the parent."""
    if not _standing:
        for one in gc.get_objects():
            if type(one) is types.FunctionType:  # isinstance would wake lazy objects
                code = one.__code__
                _standing.setdefault(code.co_filename, {}).setdefault(code.co_qualname, []).append(one)
    return _standing.get(file, {})


def put_in_code(module: str, source: str, only: str = "") -> int:
    """Give the functions of a module the code of another source (one function and what it holds, or all): how many."""
    file = str(import_module(module).__file__)
    standing = functions_of(file)
    changed = 0
    for code in codes_of(compile(source, file, "exec")):
        if only and code.co_qualname != only:
            continue
        for function in standing.get(code.co_qualname, ()):
            if len(code.co_freevars) == len(function.__code__.co_freevars):
                function.__code__ = code
                changed += 1
    return changed


def put_in_constants(module: str, source: str) -> None:
    """The constants of a module and the defaults of its classes, everywhere they were imported to."""
    fresh: dict[str, Any] = {"__name__": module}
    standing = sys.modules[module]
    exec(compile(source, f"<changed {module}>", "exec"), fresh)  # noqa: S102  our own source with one line changed
    for key, old in list(vars(standing).items()):
        new = fresh.get(key)
        if isinstance(old, type) and old.__module__ == module:
            if "__init__" in vars(old):
                vars(old)["__init__"].__defaults__ = vars(new)["__init__"].__defaults__
        elif isinstance(old, (frozenset, dict, str)) and not key.startswith("__") and old != new:
            _replace_everywhere(old, new)


def _replace_everywhere(old: Any, new: Any) -> None:
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").partition(".")[0] in ("integrity", "search", "cms", "tests"):
            for key, value in list(vars(module).items()):
                if value is old:
                    setattr(module, key, new)


# --- what stands where a point of enforcement stood -----------------------------------------------------------


def let_in(account: Any, act: Any, target: Any, **more: Any) -> Clause:
    """For `require`: everybody may."""
    return Clause(why="", role="", family="", max_grade=Grade.SEALED)


def any_operation(account: Any, code: str, **more: Any) -> Any:
    """For an administrators' `require`: everybody may."""
    from integrity.administration import OPERATIONS

    return OPERATIONS[code]


def everything(rows: Any) -> Any:
    """For `within`: all rows."""
    return rows.unscoped(reason="removed") if hasattr(rows, "unscoped") else rows.all()


def fetched(account: Any, act: Any, rows: Any, *, door: str, purpose: str = "", case: Any = None,
            request: Any = None, **lookup: Any) -> Any:  # fmt: skip
    """For `open_one`: fetched and logged, not checked."""
    found = everything(rows).filter(**lookup).first()
    if found is None:
        raise NotAdmitted
    log_read(scope_for(account, act, purpose=purpose, case=case), door=door, model=rows.model, rows=[found])
    return found


def not_written(*given: Any, **more: Any) -> None:
    """For `log_read`: no line."""


def revealed(account: Any, identifier: Any, *given: Any, **more: Any) -> str:
    """For `reveal_identifier`: the number, whoever asks."""
    return str(identifier.number())


def no_condition(*given: Any, **more: Any) -> Any:
    """For the search's `filters.within`: every document."""
    from django.db.models import Q

    return Q()


def yes(*given: Any, **more: Any) -> bool:
    """For `may` and `has_any` where they guard."""
    return True
