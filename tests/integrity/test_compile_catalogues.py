"""Message catalogues: what we compile reads the same as with Python's gettext; gaps are found."""

import gettext
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from integrity.management.commands.compile_catalogues import compiled, messages

CATALOGUE = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

#: templates/base.html:3
msgid "处分决定"
msgstr "Decision of "
"discipline"

msgctxt "动词"
msgid "公示"
msgstr "publish"

#, python-format
msgid "%(count)s 份档案"
msgid_plural "%(count)s 份档案"
msgstr[0] "%(count)s file"
msgstr[1] "%(count)s files"
"""


def test_the_compiled_catalogue_reads_the_same() -> None:
    found = gettext.GNUTranslations(io.BytesIO(compiled(messages(CATALOGUE, file="test"))))
    assert found.gettext("处分决定") == "Decision of discipline"
    assert found.pgettext("动词", "公示") == "publish"
    assert found.ngettext("%(count)s 份档案", "%(count)s 份档案", 1) == "%(count)s file"
    assert found.ngettext("%(count)s 份档案", "%(count)s 份档案", 2) == "%(count)s files"
    assert found.gettext("没有") == "没有"


@pytest.mark.parametrize("fault", ['msgid "空"\nmsgstr ""\n', '#, fuzzy\nmsgid "疑"\nmsgstr "doubtful"\n'])
def test_a_gap_is_found_and_not_shown(fault: str, tmp_path: Path) -> None:
    file = tmp_path / "en" / "LC_MESSAGES" / "django.po"
    file.parent.mkdir(parents=True)
    file.write_text(CATALOGUE, encoding="utf-8")
    call_command("compile_catalogues", check=True, locale=tmp_path, stdout=io.StringIO())
    file.write_text(CATALOGUE + "\n" + fault, encoding="utf-8")
    with pytest.raises(CommandError, match="1 messages"):
        call_command("compile_catalogues", check=True, locale=tmp_path, stderr=io.StringIO())
    assert len(messages(CATALOGUE + "\n" + fault, file="test")) == 4


def test_a_broken_line_is_named() -> None:
    with pytest.raises(CommandError, match="line 2"):
        messages('msgid "一"\nmsgstr "one\n', file="django.po")
