"""Reading our own source 源码检查: modules as trees, without migrations, for rules that a program can see."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = ("integrity", "cms", "search")


def modules(root: Path = REPOSITORY, packages: tuple[str, ...] = PACKAGES) -> Iterator[tuple[str, ast.Module]]:
    for package in packages:
        for file in sorted((root / package).rglob("*.py")):
            name = file.relative_to(root).as_posix()
            if "/migrations/" not in name:
                yield name, ast.parse(file.read_text(encoding="utf-8"), filename=name)


def called(node: ast.AST) -> str:
    """The last word of what a call calls, else empty."""
    if not isinstance(node, ast.Call):
        return ""
    target = node.func
    return target.attr if isinstance(target, ast.Attribute) else target.id if isinstance(target, ast.Name) else ""


def calls(name: str, root: Path = REPOSITORY) -> set[str]:
    """Modules that call something by this name."""
    return {
        module for module, tree in modules(root) for node in ast.walk(tree) if called(node) == name
    }  # fmt: skip
