"""Search at 100,000 and a million documents (docs/decisions/0024-search-at-a-million.md).

    DATABASE_URL=sqlite:///var/bench-search.sqlite3 .venv/bin/python -m benchmarks.search_million [--documents 100000]
    … --engine elasticsearch --url http://127.0.0.1:9200      the same rows, a cluster of one node
    … --wagtail                                               beside Wagtail's stock database search too (slow to build)

Half files, half decisions with a text. Of each kind of question 30 different ones, each asked once; the median and the
95th percentile in ms. On the database: processor time of this process and of the database's, which a busy machine
cannot change; with Elasticsearch: time that passed. Five ways of asking the same thing:

    index   the index called raw: one statement of its own for a page of 50 ids and the count (at most 1,001), no ORM
    engine  the engine as search calls it: all classes of matches, up to 1,001 candidates, under the scope
    search  the whole of a search: engine, the database's last word, facets, reasons, read log
    view    the page, from the address to the last byte of HTML
    LIKE    page of 50 and count by LIKE '%…%' over names and text of the same rows, under the same scope

Ratios count, times do not. What the read log gets is rolled back.
"""

# ruff: noqa: T201  a benchmark prints; statements made of our own tables
from __future__ import annotations

import argparse
import os
import random
import re
import statistics
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.million import World as Province

ASKED, PAGE = 30, 50


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--engine", choices=("database", "elasticsearch"), default="database")
    parser.add_argument("--url", default="", help="address of Elasticsearch")
    parser.add_argument("--wagtail", action="store_true")
    parser.add_argument("--built", action="store_true", help="the index is there: do not build it anew")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integrity.settings.dev")
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from benchmarks.search_world import loaded

    settings.DEBUG, settings.ALLOWED_HOSTS = False, ["*"]
    if options.engine == "elasticsearch":
        settings.ELASTICSEARCH_URL, settings.ELASTICSEARCH_PREFIX = options.url, "bench"
        settings.ELASTICSEARCH_REPLICAS = 0
    call_command("migrate", verbosity=0)
    province = loaded(options.documents)
    print(f"{connection.vendor}, engine {options.engine}, {options.documents:,} documents")
    if not options.built:
        build(options.documents)
    size()
    everything = terms()
    for name in ("clerk", "officer"):
        reader(province, name, everything, options.engine)
    if options.wagtail:
        beside_wagtail(everything)


def build(documents: int) -> None:
    from search import reconcile

    began = clock(), time.perf_counter()
    reconcile.rebuild()
    spent, passed = clock() - began[0], time.perf_counter() - began[1]
    print(f"built: {documents / passed:,.0f} documents a second, {documents / spent:,.0f} a second of processor time")


def clock() -> float:
    from django.conf import settings

    from benchmarks.access_lists import clock as processor

    return time.perf_counter() if settings.ELASTICSEARCH_URL else processor()


def size() -> None:
    """The index beside the searchable text itself."""
    from django.conf import settings
    from django.db import connection

    with connection.cursor() as cursor:
        if settings.ELASTICSEARCH_URL:
            from search.engines.elasticsearch import ElasticsearchEngine

            client = ElasticsearchEngine().client
            client.indices.forcemerge(index="bench-*", max_num_segments=1, request_timeout=600)
            told = sum(one["primaries"]["store"]["size_in_bytes"]
                       for one in client.indices.stats(index="bench-*")["indices"].values())  # fmt: skip
            print(f"index: {told / 1e6:,.0f} MB")
            return
        cursor.execute("SELECT SUM(LENGTH(names) + LENGTH(numbers) + LENGTH(text)) FROM search_searchdocument")
        characters = int(cursor.fetchone()[0])
        if connection.vendor == "sqlite":
            cursor.execute("SELECT SUM(pgsize) FROM dbstat WHERE name LIKE 'search_token%'")
            tokens = int(cursor.fetchone()[0])
            cursor.execute("SELECT SUM(pgsize) FROM dbstat WHERE name LIKE 'search_%document%'")
            rows = int(cursor.fetchone()[0])
        else:
            cursor.execute("SELECT pg_relation_size('search_document_vector')")
            tokens = int(cursor.fetchone()[0])
            cursor.execute("SELECT pg_total_relation_size('search_searchdocument')")
            rows = int(cursor.fetchone()[0]) - tokens
    print(
        f"index: tokens {tokens / 1e6:,.0f} MB, rows {rows / 1e6:,.0f} MB; {characters / 1e6:,.1f} M characters of text"
    )


# --- questions ---------------------------------------------------------------------------------------------------


def terms() -> dict[str, list[str]]:
    from integrity.models import Decision, IntegrityFile
    from integrity.names import pinyin_keys

    dice = random.Random(7)  # noqa: S311
    files = IntegrityFile.objects.unscoped(reason="benchmark")
    top = files.order_by("-pk").values_list("pk", flat=True)[0]
    some = [dice.randrange(1, top) for _number in range(ASKED * 12)]
    names = list(files.filter(pk__in=some).order_by("pk").values_list("name", flat=True))
    facts = list(
        Decision.objects.unscoped(reason="benchmark").filter(file_id__in=some).values_list("facts", flat=True)[:ASKED]
    )
    two = [name for name in names if len(name) == 2][:ASKED]
    three = [name for name in names if len(name) == 3][:ASKED]

    def part(text: str) -> str:
        """Characters of one run: figures are found as whole figures, which LIKE does not know."""
        longest = max(re.findall(r"[\u4e00-\u9fff]+", text), key=len)
        place = dice.randrange(0, max(1, len(longest) - 8))
        return longest[place : place + dice.randrange(4, 9)]

    return {
        "one character": list(dict.fromkeys(name[-1] for name in names))[:ASKED],
        "two characters": two,
        "three characters": three,
        "phrase": [part(text) for text in facts],
        "frequent phrase": ["不良影响", "违规审批用地", "国家财产损失", "积极退缴所得", "公务员法", "情节严重"],
        "pinyin": [pinyin_keys(name).full[0] for name in three],
        "initials": [pinyin_keys(name).initials[0] for name in three],
        "no hit": [f"{a}{b}龘" for a, b in zip(two[0] * ASKED, "甲乙丙丁戊己庚辛壬癸" * 3, strict=False)][:ASKED],
    }


def reader(province: Province, name: str, everything: dict[str, list[str]], engine: str) -> None:
    from integrity.access import scope_for
    from integrity.choices import Act
    from search import filters
    from search.documents import kinds_of
    from search.models import SearchDocument, World

    account = province.accounts[name]
    scope = scope_for(account, Act.SEARCH, purpose="benchmark")
    within = SearchDocument.objects.filter(filters.within(scope, kinds_of(World.STAFF)))
    reach = within.count() if engine == "database" else 0
    print(f"\n{name}: {reach:,} documents in reach; p50/p95 in ms; × how many times LIKE takes as long (p50)")
    print(f"  {'':17} {'index':>16} {'engine':>16} {'search':>16} {'view':>16} {'LIKE':>16}"
          "   LIKE/index /engine /search  view/engine  recall  hits")  # fmt: skip
    for kind, asked in everything.items():
        ways = [raw(scope), proposing(scope), searching(scope), viewing(account)]
        times = [timed(way, asked) for way in ways]
        baseline = scanning(scope)
        times.append(timed(baseline, asked) if engine == "database" else [0.0])
        recall, hits = (
            recalled(scope, asked) if engine == "database" and kind not in UNLIKE else ("", _hits(scope, asked))
        )
        middle = [statistics.median(one) for one in times]
        shown = " ".join(f"{statistics.median(one):7.2f} /{percentile(one):7.1f}" for one in times)
        ratios = [middle[4] / middle[place] for place in range(3)]
        print(f"  {kind:17} {shown}   {ratios[0]:9.0f}× {ratios[1]:6.0f}× {ratios[2]:6.1f}×"
              f"  {middle[3] / middle[1]:9.1f}×  {recall:>6}  {hits:,.0f}")  # fmt: skip


#: LIKE reads no pinyin: there is nothing to compare with.
UNLIKE = frozenset({"pinyin", "initials"})


def timed(ask: Callable[[str], Any], asked: list[str]) -> list[float]:
    from django.db import transaction

    times = []
    with transaction.atomic():
        ask(asked[-1])  # statements prepared, templates read
        for term in asked:
            began = clock()
            ask(term)
            times.append((clock() - began) * 1000)
        transaction.set_rollback(True)
    return times


def percentile(times: list[float]) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * 0.95))]


def raw(scope: Any) -> Callable[[str], Any]:
    """The index alone, without ORM, classes and scope: what a page and its count cost at least."""
    from django.conf import settings
    from django.db import connection

    from search.analysis import Field, parse
    from search.engines.elasticsearch import ElasticsearchEngine, _matches
    from search.query import CAP

    def term_of(text: str) -> Any:
        """The class in which such a question finds: a name, a reading, or a text."""
        field = Field.PINYIN if text.isascii() else Field.NAME if len(text) < 4 else Field.TEXT
        return next(term for term in parse(text).words[0].terms if term.field == field)

    def on_database(text: str) -> Any:
        term = term_of(text)
        last = len(term.tokens) - 1
        tokens = [(term.field.value + token, term.prefix and place == last) for place, token in enumerate(term.tokens)]
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                match = " AND ".join(f'"{token}"*' if prefix else f'"{token}"' for token, prefix in tokens)
                cursor.execute(
                    "SELECT rowid FROM search_token WHERE search_token MATCH %s ORDER BY rowid DESC LIMIT 1001", [match]
                )
            else:
                match = " & ".join(f"'{token}':*" if prefix else f"'{token}'" for token, prefix in tokens)
                cursor.execute("SELECT id FROM search_searchdocument WHERE vector @@ %s::tsquery LIMIT 1001", [match])
            found = cursor.fetchall()
        return found[:PAGE], len(found[: CAP + 1])

    def on_cluster(text: str) -> Any:
        term = term_of(text)
        return ElasticsearchEngine().client.search(
            index="bench-staff", query={"bool": {"filter": [_matches(term)]}}, size=PAGE, source=False,
            track_total_hits=CAP + 1,
        )  # fmt: skip

    return on_cluster if settings.ELASTICSEARCH_URL else on_database


def proposing(scope: Any) -> Callable[[str], Any]:
    from search import filters
    from search.analysis import parse
    from search.documents import kinds_of
    from search.engines import engine
    from search.models import World
    from search.query import CAP

    kinds = kinds_of(World.STAFF)
    condition = filters.within(scope, kinds)

    def ask(text: str) -> Any:
        return engine().find(World.STAFF, parse(text), condition, kinds=kinds, limit=CAP + 1)

    return ask


def searching(scope: Any) -> Callable[[str], Any]:
    from search.models import World
    from search.query import search

    return lambda text: search(World.STAFF, text, scope=scope)


def viewing(account: Any) -> Callable[[str], Any]:
    from django.test import Client

    browser = Client()
    browser.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")

    def ask(text: str) -> Any:
        answer = browser.get("/staff/search/", {"q": text})
        if answer.status_code != 200:
            raise SystemExit(f"the page answers {answer.status_code}")
        return answer.content

    return ask


def _like(scope: Any) -> Any:
    from search import filters
    from search.documents import kinds_of
    from search.models import SearchDocument, World

    return SearchDocument.objects.filter(filters.within(scope, kinds_of(World.STAFF)), world=World.STAFF)


def scanning(scope: Any) -> Callable[[str], Any]:
    from django.db.models import Q

    rows = _like(scope).order_by("-on", "-object_id")

    def ask(text: str) -> Any:
        found = rows.filter(Q(names__contains=text) | Q(text__contains=text))
        return list(found.values_list("object_id", flat=True)[:PAGE]), found.count()

    return ask


def recalled(scope: Any, asked: list[str]) -> tuple[str, float]:
    """Of what LIKE finds under the scope, how much the engine proposes, up to the number that it looks at."""
    from django.db.models import Q

    from search.query import CAP

    propose, found, wanted = proposing(scope), 0, 0
    hits = []
    for text in asked:
        like = set(
            _like(scope).filter(Q(names__contains=text) | Q(text__contains=text)).values_list("kind", "object_id")
        )
        proposed = {(one.kind.value, one.object_id) for one in propose(text)}
        hits.append(len(proposed))
        wanted += min(len(like), CAP + 1)
        found += min(len(like & proposed), CAP + 1)
    return (f"{found / wanted:.3f}" if wanted else "-"), statistics.median(hits)


def _hits(scope: Any, asked: list[str]) -> float:
    propose = proposing(scope)
    return statistics.median(len(propose(text)) for text in asked)


# --- Wagtail's own -------------------------------------------------------------------------------------------------


def beside_wagtail(everything: dict[str, list[str]]) -> None:
    """The stock database search over the same rows: no scope, its own order, a page of 50 and the count."""
    from benchmarks.stock_search import StockSearch
    from search.models import SearchDocument, World

    rows = SearchDocument.objects.filter(world=World.STAFF)
    stock = StockSearch()
    began = clock()
    stock.index(rows.order_by("pk").values_list("pk", "names", "text").iterator(chunk_size=2000))
    print(f"\nWagtail's stock search: built {rows.count() / (clock() - began):,.0f} documents a second")
    for kind, asked in everything.items():
        some = asked[:10]
        times = timed(lambda text: (stock.page(text, PAGE), stock.count(text)), some)
        found = wanted = 0
        for text in some if kind not in UNLIKE else ():
            from django.db.models import Q

            like = set(rows.filter(Q(names__contains=text) | Q(text__contains=text)).values_list("pk", flat=True))
            wanted, found = wanted + len(like), found + len(like & stock.all(text))
        recall = f"{found / wanted:.3f}" if wanted else "-"
        print(f"  {kind:17} {statistics.median(times):8.2f} /{percentile(times):8.1f} ms   recall {recall}")


if __name__ == "__main__":
    main()
