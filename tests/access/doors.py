"""Every address of both sites, classified 入口分类: what its arguments name and who may come in. An address that stands
in no class fails the build."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from integrity.administration import OPERATIONS


@dataclass(frozen=True)
class Door:
    """One address pattern."""

    name: str
    route: str
    kind: str  # a kind of target, "staff", "office:<role>", "administration:<role>", "own", "editors", "public" …
    reads: bool = False  # opening it needs reading and nothing more


#: Staff addresses that name a record → its kind; those of `READS` are reading, the others acts.
RECORD_DOORS: tuple[tuple[str, str], ...] = (
    (r"file|api_file|file_\w+|part_new|decision_new|decision_forecast", "file"),
    (r"part|part_\w+", "part"),
    (r"decision|api_decision|decision_\w+", "decision"),
    (
        r"practitioner|api_practitioner|practitioner_establish|practitioner_part_new|penalty_new|penalty_forecast",
        "practitioner",
    ),
    (r"penalty|penalty_\w+", "penalty"),
    (r"licence_publish|practitioner_part_\w+", "licence"),
    (r"publication|api_publication|publication_\w+", "publication"),
)
READS = frozenset({
    "file", "file_tab", "file_print", "file_on_day", "file_compared",
    "part", "decision", "decision_print", "practitioner", "penalty", "publication",
    "api_file", "api_decision", "api_practitioner", "api_publication",
})  # fmt: skip
#: Without a record: everybody signed in gets a page, perhaps an empty one; the tokens decide what it may show.
STAFF = frozenset({
    "worklist", "purpose", "files", "organisations", "decisions", "approvals", "practitioners", "publications",
    "imports", "import_new", "import_preview", "import_apply", "import_started", "import_template", "import",
    "import_progress", "import_resume", "import_rejected", "import_match", "file_new", "practitioner_new",
    "own_recusals", "recusal_declare", "relative_declare",
    "erasures", "erasure_new", "erasure_ask", "erasure_decide", "erasure_withdraw", "hold_new", "hold_officer",
    "hold_lift", "hold_decide",
    "emergencies", "emergency_ask", "emergency_decide", "emergency_review",
    "emergency_cut", "own_reads", "own_readers", "own_usage", "own_usage_heartbeat",
    "files_export", "decisions_export", "practitioners_export", "publications_export",
    "api_files", "api_decisions", "api_practitioners", "api_publications", "api_nothing",
})  # fmt: skip
INSPECTORS = frozenset({
    "cases", "case_new", "case", "case_grant", "case_ask", "case_extend", "request_decide", "request_withdraw",
    "grant_extend", "case_close", "grant_cut",
})  # fmt: skip
ADMINISTRATORS = {row.route: row.role.value for row in OPERATIONS.values()}


def classified(name: str, route: str) -> str:
    """The class of an address, or nothing."""
    space, _, short = name.rpartition(":")
    if space == "staff":
        if short in ADMINISTRATORS:
            return f"administration:{ADMINISTRATORS[short]}"
        if short in STAFF:
            return "staff"
        if short in INSPECTORS:
            return "inspectors"
        for pattern, kind in RECORD_DOORS:
            if re.fullmatch(pattern, short):
                return kind
        return ""
    if space == "search" or route.startswith("staff/search"):
        return "staff"
    if route.lstrip("^").startswith("cms"):
        return "editors"
    if route.lstrip("^").startswith(("accounts/", "(?:[a-z]{2,3}(?:-[a-z]+)?/)?_util", "_util", "i18n/")):
        return "entrance"
    if space in ("register", "site", "public_search") or name in ("health", "wagtail_serve", "checkpoint"):
        return "public"
    if route.startswith(("documents/", "media/")):
        return "documents"
    return ""


def doors() -> Iterator[Door]:
    """All addresses of the resolver, both worlds on one port."""
    for route, name in _walk(get_resolver("integrity.urls").url_patterns, "", ""):
        kind = classified(name, route)
        yield Door(name, route, kind, reads=name.removeprefix("staff:") in READS)


def _walk(patterns: list[URLPattern | URLResolver], route: str, space: str) -> Iterator[tuple[str, str]]:
    for entry in patterns:
        here = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _walk(list(entry.url_patterns), here, inner)
        else:
            yield here, space + (entry.name or "")
