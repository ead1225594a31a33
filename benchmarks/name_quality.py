"""Quality of name matching 姓名比对质量: recall and precision of proposals, beside a substring scan of the same pairs.

    python benchmarks/name_quality.py [FOLDER]     FOLDER: the data sets; without, INTEGRITY_DATA

Two sets. Pairs of a peer project, labelled by others (people whose names are in Han or Latin letters: those that are in
reach). And a Chinese set: surnames and given names by their true frequencies; of every tenth person a question that is
not the name as written (pinyin, initials left out, a slip of a key, a homophone, a traditional form), answered out of
all. Prints explained comparisons a second on one core too. No row of the data leaves this machine.
"""

# ruff: noqa: E402, T201  Django is set up before its modules are imported; a benchmark prints
from __future__ import annotations

import csv
import os
import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integrity.settings.dev")

import django

django.setup()

from opencc import OpenCC

from integrity.names import name_key, pinyin_keys
from search.likeness import likeness

PERSONS = 3000
IN_REACH = re.compile(r"[\u4e00-\u9fffA-Za-zÀ-ž'’ ·.-]+")
Match = Callable[[str, str], bool]


def substring(asked: str, name: str) -> bool:
    """The baseline: one is written in the other."""
    one, other = name_key(asked), name_key(name)
    return bool(one and other) and (one in other or other in one)


def alike(asked: str, name: str) -> bool:
    return likeness(asked, name) is not None


def figures(found: list[tuple[bool, bool]]) -> str:
    """Of (proposed, right) pairs."""
    hits = sum(proposed and right for proposed, right in found)
    proposals, wanted = sum(proposed for proposed, _right in found), sum(right for _proposed, right in found)
    return f"recall {hits / max(wanted, 1):.3f}, precision {hits / max(proposals, 1):.3f} ({wanted} wanted)"


def pairs(folder: Path) -> None:
    with (folder / "conformance-vectors" / "name-matching" / "cases.csv").open(encoding="utf-8") as opened:
        rows = [row for row in csv.DictReader(opened) if row["schema"] == "Person"]
    within = [row for row in rows if IN_REACH.fullmatch(row["name1"]) and IN_REACH.fullmatch(row["name2"])]
    print(f"pairs of people: {len(rows)}, in reach {len(within)}")
    for label, match in (("proposals", alike), ("substring", substring)):
        found = [(match(row["name1"], row["name2"]), row["is_match"] == "true") for row in within]
        print(f"  {label:10} {figures(found)}")


def people(folder: Path, dice: random.Random) -> list[str]:
    names = folder / "cn-reference" / "names"
    with (names / "familyname.csv").open(encoding="utf-8-sig") as opened:
        surnames = [(row["surname"], float(row["n.1930_2008"])) for row in csv.DictReader(opened)]
    with (names / "top1000name.prov.csv").open(encoding="utf-8-sig") as opened:
        given = [(row["name"], float(row["qinghai"])) for row in csv.DictReader(opened)]

    def drawn(table: list[tuple[str, float]]) -> list[str]:
        return dice.choices([text for text, _n in table], [weight for _text, weight in table], k=PERSONS)

    return [a + b for a, b in zip(drawn(surnames), drawn(given), strict=True)]


def questions(name: str, everybody: set[str], dice: random.Random) -> Iterator[tuple[str, str]]:
    full = pinyin_keys(name).full[0]
    yield "pinyin", full
    place = dice.randrange(1, len(full) - 1)
    yield "slip of a key", full[:place] + full[place + 1] + full[place] + full[place + 2 :]
    yield "traditional", OpenCC("s2t").convert(name)
    same = sorted(one for one in everybody if one != name and pinyin_keys(one).full[0] == full)
    if same:
        yield "homophone", dice.choice(same)


def chinese(folder: Path) -> None:
    dice = random.Random(20261127)  # noqa: S311
    everybody = sorted(set(people(folder, dice)))
    print(f"made-up persons by true frequencies: {PERSONS}, different names {len(everybody)}")
    found: dict[tuple[str, str], list[tuple[bool, bool]]] = {}
    compared, began = 0, time.perf_counter()
    spent = 0.0
    for name in everybody[::25]:
        for kind, asked in questions(name, set(everybody), dice):
            for label, match in (("proposals", alike), ("substring", substring)):
                started = time.process_time()
                found.setdefault((kind, label), []).extend((match(asked, one), one == name) for one in everybody)
                if match is alike:
                    spent += time.process_time() - started
                    compared += len(everybody)
    for (kind, label), told in found.items():
        print(f"  {kind:14} {label:10} {figures(told)}")
    print(f"explained comparisons: {compared / spent:,.0f} a second on one core ({time.perf_counter() - began:.0f} s)")


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("INTEGRITY_DATA", ""))
    if not (folder / "conformance-vectors").is_dir():
        sys.exit("NOT RUN: the data sets are absent; name their folder or set INTEGRITY_DATA")
    pairs(folder)
    chinese(folder)


if __name__ == "__main__":
    main()
