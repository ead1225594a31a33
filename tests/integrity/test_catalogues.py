"""The English interface 英文界面: every message has a text that says the same; pages show no Chinese but data."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse, reverse_lazy
from django.utils.translation.template import templatize
from pytest_django.fixtures import Settings

from integrity.choices import RecordState
from integrity.management.commands.compile_catalogues import REPOSITORY, Entry, entries, is_translated
from tests import factories
from tests.personas import Province

ENGLISH = REPOSITORY / "locale" / "en" / "LC_MESSAGES" / "django.po"
OURS = ("integrity", "cms", "search")
PROFILES = REPOSITORY / "integrity" / "importing" / "profiles"
CHINESE = re.compile("[\u3400-\u9fff]")
WORD = re.compile("[\u3400-\u9fff]+")
#: What must stay as it is from language to language: places for values, and markup.
FIXED = re.compile(r"%\(\w+\)[sdr]|%[sdr%]|</?\w+[^>]*>")
#: Where a function's message begins: after the context.
MESSAGE_AT = {"pgettext": 1, "pgettext_lazy": 1, "npgettext": 1, "npgettext_lazy": 1}
GETTEXT = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", *MESSAGE_AT}
TEXT = r"u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
CALL = re.compile(rf"(?<!\w)(_|n?p?gettext)\(\s*({TEXT})(?:\s*,\s*({TEXT}))?")


def catalogue() -> list[Entry]:
    text = ENGLISH.read_text(encoding="utf-8")
    return [entry for _line, entry, fuzzy in entries(text, file=str(ENGLISH)) if entry["msgid"] and not fuzzy]


def known() -> set[tuple[str, str]]:
    """Context and message of each entry that is translated."""
    return {(entry.get("msgctxt", ""), entry["msgid"]) for entry in catalogue() if is_translated(entry)}


def in_python(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        at = MESSAGE_AT.get(name, 0)
        if name in GETTEXT and len(texts) > at:
            yield (texts[0] if at else ""), texts[at]


def in_template(path: Path) -> Iterator[tuple[str, str]]:
    """Django's own reading of a template, as xgettext would be given it."""
    for name, first, second in CALL.findall(templatize(path.read_text(encoding="utf-8"))):
        context = ast.literal_eval(first) if "p" in name else ""
        yield context, ast.literal_eval(second if context else first)


def in_sources() -> Iterator[tuple[Path, str, str]]:
    for folder in OURS:
        for path in (REPOSITORY / folder).rglob("*.py"):
            if "migrations" not in path.parts:
                yield from ((path, *found) for found in in_python(path))
    for path in (REPOSITORY / "templates").rglob("*.html"):
        yield from ((path, *found) for found in in_template(path))


def test_nothing_is_untranslated_or_fuzzy() -> None:
    call_command("compile_catalogues", check=True)


def test_every_message_of_the_sources_is_in_the_catalogue() -> None:
    have = known()
    missing = {
        f"{path.relative_to(REPOSITORY)}: {context and context + ' | '}{message}"
        for path, context, message in in_sources()
        if (context, message) not in have and CHINESE.search(message)
    }
    assert not missing, "\n".join(sorted(missing))


def test_a_message_that_is_not_there_would_be_seen(tmp_path: Path) -> None:
    planted = tmp_path / "planted.html"
    planted.write_text(
        '{% load i18n %}{% trans "甲" %}{% trans "乙" context "丙" %}'
        "{% blocktrans with n=1 %}丁 {{ n }}{% endblocktrans %}{% include x with title=_('戊') %}"
    )
    assert set(in_template(planted)) == {("", "甲"), ("丙", "乙"), ("", "丁 %(n)s"), ("", "戊")}
    code = tmp_path / "planted.py"
    code.write_text('_("甲" "乙")\npgettext_lazy("丙", "丁")\nngettext("戊", "己", 2)\n')
    assert set(in_python(code)) == {("", "甲乙"), ("丙", "丁"), ("", "戊")}


def test_our_messages_are_chinese() -> None:
    """Chinese comes first: a message in another language would need a second catalogue to be read in China."""
    foreign = {
        f"{path.relative_to(REPOSITORY)}: {message}"
        for path, _context, message in in_sources()
        if re.search("[A-Za-z]{4}", FIXED.sub("", message)) and not CHINESE.search(message)
    }
    assert not foreign


def test_values_and_markup_keep_their_places() -> None:
    for entry in catalogue():
        wanted = sorted(FIXED.findall(entry["msgid"]))
        for keyword, text in entry.items():
            if keyword.startswith("msgstr"):
                assert sorted(FIXED.findall(text)) == wanted, entry["msgid"]


# --- what a reader sees --------------------------------------------------------------------------


class Words(HTMLParser):
    """What a page says, to the eye and to a screen reader, without what is marked as Chinese."""

    SAID = ("aria-label", "title", "placeholder", "alt", "data-label")
    EMPTY = ("meta", "link", "input", "br", "hr", "img", "use", "path", "wbr", "source")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.language = ""
        self._silent: list[bool] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html":
            self.language = given.get("lang") or ""
        silent = self._quiet() or tag in ("script", "style") or (given.get("lang") or "").startswith("zh")
        if not silent:
            self.said += [given[name] or "" for name in self.SAID if name in given]
        if tag not in self.EMPTY:
            self._silent.append(silent)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.EMPTY and self._silent:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not self._quiet():
            self.said.append(data)

    def _quiet(self) -> bool:
        return bool(self._silent) and self._silent[-1]


def data_of_the_rows() -> list[str]:
    """Every Chinese text that a row or an import profile holds: names, titles of laws, reasons; longest first.

    With them the terms that an English text names on purpose, as in "Revoked (吊销) is a penalty".
    """
    texts = [entry.get("msgstr", "") for entry in catalogue()]
    texts += [path.read_text(encoding="utf-8") for path in PROFILES.glob("*.toml")]
    found = {term for text in texts for term in WORD.findall(text)}
    for app in (*OURS, "wagtailcore"):
        for model in apps.get_app_config(app).get_models():
            for values in model._base_manager.values_list():
                for value in values:
                    found.update(WORD.findall(str(value)))
    return sorted(found, key=len, reverse=True)


def chinese_left(page: str) -> list[str]:
    data = data_of_the_rows()
    left = []
    for words in Words(page).said:
        rest = words
        for known_text in data:
            rest = rest.replace(known_text, "")
        if CHINESE.search(rest):
            left.append(words.strip())
    return left


@pytest.fixture
def english(settings: Settings, tmp_path: Path) -> None:
    """The catalogue compiled apart: what lies compiled in the working copy may be of another day."""
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    shutil.copy(ENGLISH, folder)
    call_command("compile_catalogues", locale=tmp_path)
    settings.LOCALE_PATHS = [tmp_path]


@pytest.fixture
def filled(scene: Province) -> Province:
    factories.identifier(scene.person)
    factories.appraisal(scene.file, by=scene.clerk)
    scene.extra["decision"] = factories.decision(
        scene.file, by=scene.clerk, state=RecordState.SUBMITTED, submitted_by=scene.clerk
    )
    scene.extra["record"] = factories.practitioner(scene.bureau, by=scene.regulator, of=scene.profession)
    scene.extra["penalty"] = factories.penalty(scene.extra["record"], by=scene.regulator)
    return scene


def in_english(browser: Client) -> Client:
    browser.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    return browser


def read(browser: Client, address: str) -> None:
    answer = in_english(browser).get(address)
    assert answer.status_code == 200, address
    assert Words(answer.text).language == "en", address
    assert chinese_left(answer.text) == [], address


PAGES = {
    "clerk": ("/staff/", "/staff/files/", "/staff/decisions/", "/staff/imports/", "/staff/imports/new/"),
    "reviewer": ("/staff/approvals/", "/staff/search/?q=zzzz"),
    "inspector_with_case": ("/staff/", "/staff/cases/", "/staff/cases/new/"),
    "regulator": ("/staff/practitioners/", "/staff/practitioners/new/", "/staff/publications/"),
    "publisher": ("/staff/publications/",),
    "security_admin": ("/staff/readers/",),
    "subject_himself": ("/staff/", reverse_lazy("staff:own_reads")),
}


@pytest.mark.django_db
@pytest.mark.usefixtures("english")
class TestPages:
    @pytest.mark.parametrize("name", PAGES)
    def test_lists_and_forms(self, filled: Province, name: str) -> None:
        browser = filled.browser(name)
        browser.get("/staff/")  # shows what was said, in Chinese, when the purpose was stated
        for address in PAGES[name]:
            read(browser, str(address))

    @pytest.mark.parametrize("tab", ["parts", "decisions", "timeline", "objections", "history", "readers"])
    def test_a_files_tabs(self, filled: Province, tab: str) -> None:
        read(filled.browser("reviewer"), reverse("staff:file_tab", args=[filled.file.ref, tab]))

    def test_a_decision_and_its_steps(self, filled: Province) -> None:
        for step in ("decision", "decision_approve", "decision_return"):
            read(filled.browser("reviewer"), reverse(f"staff:{step}", args=[filled.extra["decision"].ref]))
        read(filled.browser("clerk"), reverse("staff:decision_new", args=[filled.file.ref]))

    def test_a_practitioner_and_a_penalty(self, filled: Province) -> None:
        read(filled.browser("regulator"), reverse("staff:practitioner", args=[filled.extra["record"].ref]))
        read(filled.browser("regulator"), reverse("staff:penalty", args=[filled.extra["penalty"].ref]))
        read(filled.browser("regulator"), reverse("staff:penalty_new", args=[filled.extra["record"].ref]))

    @pytest.mark.parametrize("address", ["/accounts/login/", "/register/", "/search/"])
    def test_public_pages(self, filled: Province, address: str) -> None:
        read(Client(), address)

    def test_dates_follow_the_language(self, filled: Province) -> None:
        address = reverse("staff:decision", args=[filled.extra["decision"].ref])
        day = filled.extra["decision"].decided_on
        assert f"{day:%-d %B %Y}" in in_english(filled.browser("reviewer")).get(address).text
        assert f"{day.year}年{day.month}月{day.day}日" in filled.browser("reviewer").get(address).text
