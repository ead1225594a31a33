"""Borders that a tool must keep: each lint here is shown a planted fault and must see it (design §10.5)."""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = ("integrity", "cms", "search")
ACTS = {
    "accounts", "case_terms", "cases", "declarations", "decisions", "emergencies", "erasing", "erasures", "extracts",
    "files", "holds", "notices", "objections", "parts", "organisations", "practitioners", "publications", "readlog",
    "repairs", "asking", "surveys",
}  # fmt: skip
BULK_DOOR = {"integrity/importing/writer.py", "integrity/exchange/inbound.py"}


def modules(root: Path) -> Iterator[tuple[str, ast.Module]]:
    """Each of our modules by its path; migrations are written by Django and read by its own rules."""
    for package in PACKAGES:
        for file in sorted((root / package).rglob("*.py")):
            name = file.relative_to(root).as_posix()
            if "/migrations/" not in name:
                yield name, ast.parse(file.read_text(encoding="utf-8"), filename=name)


def imported(tree: ast.Module) -> Iterator[str]:
    """Every dotted name a module imports, `from a import b` as a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def environment_readers(root: Path) -> list[str]:
    """Only integrity/settings/env.py reads the environment."""
    allowed = {"integrity/settings/env.py"}
    found = []
    for name, tree in modules(root):
        reads = any(
            isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "environb"}
            for node in ast.walk(tree)
        ) or any(dotted in {"os.environ", "os.getenv", "os.environb"} for dotted in imported(tree))
        if reads and name not in allowed:
            found.append(name)
    return found


def movers(root: Path) -> list[str]:
    """Only the acts call lifecycle.engine (design §4)."""
    found = []
    for name, tree in modules(root):
        parts = Path(name).parts
        is_act = parts[0] == "integrity" and parts[1].removesuffix(".py") in ACTS
        is_machine = parts[:2] == ("integrity", "lifecycle")
        uses = any(dotted.startswith("integrity.lifecycle.engine") for dotted in imported(tree))
        if uses and not is_act and not is_machine:
            found.append(name)
    return found


def bulk_writers(root: Path) -> list[str]:
    """Bulk rows are written with their history by two modules; nobody else names the tools (design §5)."""
    tools = {
        "bulk_create_with_history",
        "bulk_update_with_history",
        "skip_history_when_saving",
        "_raw_delete",
    }
    found = []
    for name, tree in modules(root):
        if name in BULK_DOOR or name in ("integrity/models/tracked.py", "integrity/models/readlog.py"):
            continue
        for node in ast.walk(tree):
            word = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
            if word in tools:
                found.append(f"{name}:{getattr(node, 'lineno', 0)}")
        found += [name for dotted in imported(tree) if dotted.rpartition(".")[2] in tools]
    return found


def tip_imports(root: Path) -> list[str]:
    """tips know nothing of the domain but its vocabularies (design §1)."""
    return [
        f"{name}: {dotted}"
        for name, tree in modules(root)
        if name.startswith("integrity/tips/")
        for dotted in imported(tree)
        if dotted.startswith(PACKAGES) and not dotted.startswith(("integrity.choices", "integrity.tips"))
    ]


def inline_code(root: Path) -> list[str]:
    """No script or style in a template without the nonce, no on… attribute: the policy would stop it."""
    fault = re.compile(
        r"""<(script|style)(?![^>]*(?:\bsrc=|nonce=))[^>]*>|\s(on[a-z]+|style)\s*=\s*["']|https?://[^"'\s]*\.(?:js|css)\b"""
    )
    return [
        f"{file.relative_to(root)}:{number}"
        for file in sorted((root / "templates").rglob("*.html"))
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if fault.search(line) and "application/json" not in line
    ]


Lint = Callable[[Path], list[str]]
PLANTED: list[tuple[Lint, str, str]] = [
    (environment_readers, "cms/faults.py", "import os\nDEBUG = os.environ.get('DEBUG')\n"),
    (environment_readers, "search/faults.py", "from os import getenv\n"),
    (movers, "integrity/views/faults.py", "from integrity.lifecycle.engine import move\n"),
    (movers, "integrity/rules.py", "from integrity.lifecycle import engine\n"),
    (bulk_writers, "integrity/files.py", "from simple_history.utils import bulk_create_with_history\n"),
    (bulk_writers, "cms/faults.py", "rows._raw_delete('default')\n"),
    (tip_imports, "integrity/tips/intake.py", "from integrity.models import Subject\n"),
    (inline_code, "templates/fault.html", "<script>alert(1)</script>\n"),
    (inline_code, "templates/fault.html", '<button onclick="go()">\n'),
    (inline_code, "templates/fault.html", '<p style="color: red">\n'),
    (inline_code, "templates/fault.html", '<script src="https://cdn.example/x.js"></script>\n'),
]
LINTS: list[Lint] = list(dict.fromkeys(lint for lint, _name, _text in PLANTED))


@pytest.mark.parametrize("lint", LINTS)
def test_the_border_holds(lint: Lint) -> None:
    assert lint(REPOSITORY) == []


@pytest.mark.parametrize(("lint", "name", "text"), PLANTED)
def test_the_lint_sees_a_planted_fault(lint: Lint, name: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    assert len(lint(tmp_path)) == 1


def contracts(root: Path) -> "subprocess.CompletedProcess[str]":
    command = [
        str(Path(sys.executable).with_name("lint-imports")), "--no-cache",
        "--config", str(root / "pyproject.toml"),
    ]  # fmt: skip
    return subprocess.run(  # noqa: S603  our own tool on our own files
        command, cwd=root, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.skipif(
    not Path(sys.executable).with_name("lint-imports").exists(),
    reason="long profile: import-linter is in the lint group (./run check)",
)
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("integrity/rules.py", "import cms.models\n"),
        ("cms/panels.py", "import search.models\n"),
        ("integrity/models/faults.py", "import integrity.rules\n"),
        ("integrity/rules.py", "import integrity.access\n"),
        ("integrity/access/__init__.py", "import integrity.views\n"),
        ("cms/panels.py", "import elasticsearch\n"),
        ("integrity/rules.py", "import guardian.shortcuts\n"),
        ("search/receivers.py", "import wagtail\n"),
    ],
)
def test_the_import_contracts_see_a_planted_fault(name: str, text: str, tmp_path: Path) -> None:
    skeleton = [
        "cms/__init__.py", "cms/models.py", "search/__init__.py", "search/models.py", "integrity/__init__.py",
        "integrity/choices.py", "integrity/access/__init__.py", "integrity/rules.py", "integrity/models/__init__.py",
        "integrity/views/__init__.py",
    ]  # fmt: skip
    for file in (*skeleton, name):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_bytes((REPOSITORY / "pyproject.toml").read_bytes())
    clean = contracts(tmp_path)
    assert clean.returncode == 0, clean.stdout
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert contracts(tmp_path).returncode == 1


def test_readme_begins_with_the_two_commands() -> None:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert blocks[:2] == ["./run demo\n", "./run test\n"]


def test_the_locks_name_no_private_index() -> None:
    for file in ("uv.lock", "requirements.txt", "requirements-test.txt", "requirements-lint.txt"):
        hosts = set(re.findall(r"https?://([^/\"\s]+)", (REPOSITORY / file).read_text(encoding="utf-8")))
        assert hosts <= {"pypi.org", "files.pythonhosted.org"}, file
