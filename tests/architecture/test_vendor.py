"""The look stands alone: vendored files match the manifest; no page reaches outside or holds inline code."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VENDOR = ROOT / "static" / "vendor"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted((ROOT / "static").rglob("*.css"))

# Attributes that a browser follows; a link that a reader chooses to click (a href) is not one of them.
LOADED = re.compile(
    r"""(?:\ssrc|\ssrcset|\sposter|\sdata|<link[^>]*\shref|<use[^>]*\shref|\saction|\shx-\w+)=["']\s*(?:https?:)?//"""
)
CSS_LOADED = re.compile(r"""(?:url\(\s*["']?|@import\s+["'])(?:https?:)?//""")
INLINE = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.S),
    "an event attribute": re.compile(r"<[^>]*\s(?:on[a-z]+|hx-on[:\w-]*)\s*=", re.S),
    "a style element": re.compile(r"<style\b"),
    "an inline script": re.compile(r"<script\b(?![^>]*\ssrc=)(?![^>]*type=[\"']application/(?:ld\+)?json)"),
    "a script address": re.compile(r"javascript:", re.I),
    "script in an htmx attribute": re.compile(r"""hx-(?:vals|headers)=["']js:"""),
}


def manifest_files() -> dict[str, str]:
    packages = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))["packages"]
    return {entry["path"]: entry["sha256"] for package in packages for entry in package["files"]}


def faults(text: str) -> Iterator[str]:
    plain = re.sub(r"{%\s*comment\b.*?{%\s*endcomment\s*%}", "", text, flags=re.S)
    # A template tag may hold > or quotes; its place is kept, its words are not.
    plain = re.sub(r"{%.*?%}|{{.*?}}", "·", plain, flags=re.S)
    for name, pattern in INLINE.items():
        if pattern.search(plain):
            yield name
    if LOADED.search(plain):
        yield "an outside host"


def test_every_vendored_file_is_in_the_manifest_and_unchanged() -> None:
    present = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert present == manifest_files()


def test_every_vendored_package_names_version_licence_and_source() -> None:
    for package in json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))["packages"]:
        assert all(package[key] for key in ("name", "version", "licence", "source")), package["name"]
        assert any(entry["path"].endswith("LICENSE") for entry in package["files"]), package["name"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_templates_hold_no_inline_code_and_load_nothing_from_outside(path: Path) -> None:
    assert list(faults(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_styles_load_nothing_from_outside(path: Path) -> None:
    assert CSS_LOADED.search(path.read_text(encoding="utf-8")) is None


def test_our_script_evaluates_nothing() -> None:
    for path in (ROOT / "static" / "js").glob("*.js"):
        assert not re.search(r"\beval\(|new Function|innerHTML|document\.write", path.read_text(encoding="utf-8"))


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    from integrity.templatetags.archive import LOOKS

    sprite = (VENDOR / "bootstrap-icons" / "sprite.svg").read_text(encoding="utf-8")
    known = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    named = {
        name for path in TEMPLATES for name in re.findall(r"{% icon \"([\w-]+)\"", path.read_text(encoding="utf-8"))
    }
    assert named | {look.icon for look in LOOKS.values()} <= known


@pytest.mark.parametrize(
    ("planted", "fault"),
    [
        ('<p style="color:red">', "a style attribute"),
        ('<a class="{% if x %}a{% endif %}" onclick="go()">', "an event attribute"),
        ("<script>go()</script>", "an inline script"),
        ('<script src="https://cdn.example/x.js"></script>', "an outside host"),
        ('<link rel="stylesheet" href="//cdn.example/x.css">', "an outside host"),
        ("<style>p{}</style>", "a style element"),
        ('<form hx-vals="js:{a: 1}">', "script in an htmx attribute"),
    ],
)
def test_a_planted_fault_is_seen(planted: str, fault: str) -> None:
    assert fault in list(faults(planted))
