"""Compile the message catalogues (locale/*/LC_MESSAGES/*.po) without GNU gettext, and check them.

A newcomer's machine has no msgfmt, and a compiled catalogue in the repository is one more thing that can
be stale. `--check` compiles nothing and fails on an untranslated or fuzzy message.
"""

import ast
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

REPOSITORY = Path(__file__).resolve().parents[3]
Entry = dict[str, str]


def entries(text: str, *, file: str) -> Iterator[tuple[int, Entry, bool]]:
    """Each entry of a .po file: its line, its parts by keyword, and whether it is marked fuzzy."""
    entry: Entry = {}
    keyword, fuzzy, began = "", False, 0
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        line = line.strip()
        if line.startswith("#~"):
            continue
        if not line or (line.startswith(("#", "msgctxt", "msgid ")) and "msgstr" in keyword):
            if entry:
                yield began, entry, fuzzy
            entry, keyword, fuzzy = {}, "", False
        if line.startswith("#,"):
            fuzzy = fuzzy or "fuzzy" in line
        if not line or line.startswith("#"):
            continue
        if not line.startswith('"'):
            keyword, _, line = line.partition(" ")
            began = number if not entry else began
        try:
            entry[keyword] = entry.get(keyword, "") + ast.literal_eval(line.strip())
        except (ValueError, SyntaxError, TypeError) as problem:
            raise CommandError(f"{file}, line {number}: not a message catalogue's line: {line}") from problem


def is_translated(entry: Entry) -> bool:
    return all(text for keyword, text in entry.items() if keyword.startswith("msgstr"))


def messages(text: str, *, file: str) -> dict[bytes, bytes]:
    """What goes into the compiled catalogue: key and translation, as gettext joins them."""
    found: dict[bytes, bytes] = {}
    for _line, entry, fuzzy in entries(text, file=file):
        if not is_translated(entry) or (fuzzy and entry["msgid"]):
            continue
        key = entry["msgid"]
        if "msgid_plural" in entry:
            key += "\0" + entry["msgid_plural"]
        if "msgctxt" in entry:
            key = entry["msgctxt"] + "\4" + key
        forms = [entry[keyword] for keyword in sorted(entry) if keyword.startswith("msgstr")]
        found[key.encode()] = "\0".join(forms).encode()
    return found


def compiled(found: dict[bytes, bytes]) -> bytes:
    """The .mo format: header, table of keys, table of translations, texts; keys in byte order."""
    keys = sorted(found)
    start = 28 + 16 * len(keys)
    texts = b""
    tables: list[int] = []
    for group in ([*keys], [found[key] for key in keys]):
        for text in group:
            tables += [len(text), start + len(texts)]
            texts += text + b"\0"
    header = (0x950412DE, 0, len(keys), 28, 28 + 8 * len(keys), 0, 28 + 16 * len(keys))
    return struct.pack(f"<{len(header) + len(tables)}I", *header, *tables) + texts


class Command(BaseCommand):
    help = "Compiles locale/*/LC_MESSAGES/*.po, or checks that they are complete."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail on untranslated and fuzzy messages")
        parser.add_argument("--locale", type=Path, default=REPOSITORY / "locale", help="the catalogues' folder")

    def handle(self, *args: Any, **options: Any) -> None:
        files = sorted(options["locale"].glob("*/LC_MESSAGES/*.po"))
        open_messages = 0
        for file in files:
            text = file.read_text(encoding="utf-8")
            if options["check"]:
                open_messages += self.report(file, text)
            else:
                file.with_suffix(".mo").write_bytes(compiled(messages(text, file=str(file))))
        if open_messages:
            raise CommandError(f"{open_messages} messages are untranslated or fuzzy")
        self.stdout.write(f"{len(files)} catalogues {'checked' if options['check'] else 'compiled'}")

    def report(self, file: Path, text: str) -> int:
        count = 0
        for line, entry, fuzzy in entries(text, file=str(file)):
            if (fuzzy and entry["msgid"]) or not is_translated(entry):
                self.stderr.write(f"{file}:{line}: {'fuzzy' if fuzzy else 'untranslated'}: {entry['msgid']}")
                count += 1
        return count
