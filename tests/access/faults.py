"""Planted faults of the visibility proof 埋设的错误: each way of seeing broken by itself, as somebody might write it.

A fault names the ways that must see it, and a reader to whom it shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

from django.db.models import Q
from wagtail.models import PageViewRestriction

from cms.models import DisclosurePage
from integrity import access, timeline, versions, worklist
from integrity.access import Scope
from integrity.choices import RecordState
from integrity.forms.files import FileFilterForm
from integrity.models import GuardedModel, Organisation, Publication
from integrity.models.guarded import OPEN_MARK
from integrity.models.publications import PublicationQuerySet
from integrity.views import (
    base,
    decision_rows,
    decision_steps,
    decisions,
    exports,
    files,
    paging,
    part_columns,
    practitioners,
)
from search import filters, worker
from search.documents import SOURCES, Source
from search.models import Kind

Fault = Callable[[], AbstractContextManager[object]]


class EveryRow:
    """A scope that keeps nobody out."""

    mark = OPEN_MARK

    def restrict(self, rows: Any) -> Any:
        return rows


def every(model: Any, *_scope: Any, **lookup: Any) -> Any:
    """All rows of a model, whoever asks."""
    rows = model.objects.within(EveryRow()) if issubclass(model, GuardedModel) else model._default_manager.all()
    return rows.filter(**lookup)


def list_without_scope() -> Any:
    return patch.object(base.ScopedList, "scoped", lambda self, scope: every(self.model))


@contextmanager
def export_without_scope() -> Iterator[None]:
    """Both the list it begins with and what each chunk asks again."""
    with list_without_scope(), patch.object(exports, "scoped_rows", every):
        yield


def scope_forgotten_on_the_way_back() -> Any:
    plain = paging.page_of

    def page(rows: Any, sort: Any, **options: Any) -> Any:
        return plain(every(rows.model) if options["before"] else rows, sort, **options)

    return patch.object(base, "page_of", page)


def page_that_loses_a_row() -> Any:
    plain = paging.page_of

    def page(rows: Any, sort: Any, **options: Any) -> Any:
        found = plain(rows, sort, **options)
        return replace(found, rows=found.rows[1:]) if options["after"] else found

    return patch.object(base, "page_of", page)


def count_of_something_else() -> Any:
    return patch.object(base, "COUNT_CAP", 0)


def filter_without_scope() -> Any:
    return patch.object(
        files.FileList, "narrowed",
        lambda self, rows, wanted: every(rows.model, **{name: wanted[name] for name in wanted if wanted[name]}),
    )  # fmt: skip


def filter_that_offers_everything() -> Any:
    return patch.object(
        files.FileList, "filter_form",
        lambda self: FileFilterForm(self.request.GET, Organisation.objects.all()),
    )  # fmt: skip


def queue_without_scope() -> Any:
    plain = worklist._columns
    return patch.object(worklist, "_columns", lambda model, scope, condition: plain(model, EveryRow(), condition))  # type: ignore[arg-type]


def drafts_of_everybody() -> Any:
    drafts = Q(state=RecordState.DRAFT)
    return patch.object(worklist, "drafts", lambda scope, account: worklist._block(scope, drafts))


def page_without_scope() -> Any:
    def opened(account: Any, act: Any, rows: Any, **options: Any) -> Any:
        return rows.within(EveryRow()).get(ref=options["ref"])

    return patch.object(access, "open_one", opened)


def document_without_scope() -> Any:
    def opened(self: Any, act: Any, model: Any, related: Any = (), **lookup: Any) -> Any:
        return every(model, **lookup).select_related(*related).get()

    return patch.object(decision_steps.DocumentBytes, "opened", opened)


def rows_without_scope(module: Any, name: str = "scoped_rows") -> Fault:
    return lambda: patch.object(module, name, every)


def objections_without_scope() -> Any:
    from integrity.models import Objection

    return patch.object(timeline, "open_objections", lambda file, scope: every(Objection, file=file))


def versions_of_drafts() -> Any:
    """Both of its checks taken away: in the question to the database, and on the object."""
    both = ExitStack()
    both.enter_context(patch.object(Scope, "condition_then", lambda self, model: Q()))
    both.enter_context(patch.object(versions, "_as_it_was", lambda entry, row, scope: True))
    return both


def publications_without_scope() -> Any:
    plain = Scope.condition
    return patch.object(
        Scope, "condition", lambda self, model: Q() if model is Publication else plain(self, model)
    )  # fmt: skip


@contextmanager
def search_without_scope() -> Iterator[None]:
    """Both the condition in the engine and the database's last word dropped."""
    with ExitStack() as broken:
        broken.enter_context(patch.object(filters, "within", lambda scope, kinds: Q()))
        broken.enter_context(patch.object(Source, "rows_for", lambda self, scope: self.all_rows()))
        yield


@contextmanager
def _indexed_anew(kind: Kind, broken: AbstractContextManager[object]) -> Iterator[None]:
    """The public index as it would be made under a fault, and made again after it."""
    rows = list(SOURCES[kind].model._default_manager.values_list("pk", flat=True))
    try:
        with broken:
            worker.index_rows(kind, rows)
            yield
    finally:
        worker.index_rows(kind, rows)


def publications_of_yesterday() -> Any:
    return _indexed_anew(Kind.PUBLICATION, patch.object(PublicationQuerySet, "current", lambda self, today: self.all()))


def parts_of_names_in_public() -> Any:
    open_source = replace(SOURCES[Kind.PUBLICATION], partial_names=True)
    return _indexed_anew(Kind.PUBLICATION, patch.dict(SOURCES, {Kind.PUBLICATION: open_source}))


def pages_for_some_readers() -> Any:
    broken = patch.object(type(DisclosurePage.objects.all()), "public", lambda self: self.all())
    return _indexed_anew(Kind.DISCLOSURE, broken)


def page_open_to_all() -> Any:
    return patch.object(PageViewRestriction, "accept_request", lambda self, request: True)


@contextmanager
def sitemap_of_persons() -> Iterator[None]:
    """A sitemap that lists published records beside disclosures."""
    from django.shortcuts import render

    from cms import views_site

    def with_persons(request: Any, template: str, context: dict[str, Any], **options: Any) -> Any:
        context["pages"] += [{"url": f"/register/p/{row.ref}/"} for row in Publication.objects.all()]
        return render(request, template, context, **options)

    with patch.object(views_site, "render", with_persons):
        yield


@dataclass(frozen=True)
class Planted:
    """A fault, and the ways that must report it."""

    fault: Fault
    ways: tuple[str, ...]


PLANTED: tuple[Planted, ...] = (
    Planted(list_without_scope, ("list", "count")),
    Planted(scope_forgotten_on_the_way_back, ("list backward",)),
    Planted(page_that_loses_a_row, ("list",)),
    Planted(count_of_something_else, ("count",)),
    Planted(filter_without_scope, ("filter", "filter count")),
    Planted(filter_that_offers_everything, ("filter offers",)),
    Planted(queue_without_scope, ("approvals",)),
    Planted(drafts_of_everybody, ("worklist drafts",)),
    Planted(list_without_scope, ("API list", "API count")),
    Planted(export_without_scope, ("export CSV", "export XLSX")),
    Planted(page_without_scope, ("page", "API record", "decision on paper")),
    Planted(rows_without_scope(part_columns), ("file on paper",)),
    Planted(document_without_scope, ("document",)),
    Planted(rows_without_scope(part_columns), ("file: parts",)),
    Planted(rows_without_scope(decision_rows), ("file: decisions",)),
    Planted(rows_without_scope(timeline, "rows_of"), ("file: timeline",)),
    Planted(objections_without_scope, ("file: objections",)),
    Planted(versions_of_drafts, ("file: history", "record: history", "penalty: history")),
    Planted(rows_without_scope(practitioners), ("record: rows",)),
    Planted(publications_without_scope, ("penalty: publications",)),
    Planted(rows_without_scope(decisions), ("decision: same matter",)),
    Planted(
        search_without_scope,
        ("search", "search by name", "search by number", "search count", "search count alone", "search suggestions",
         "search, engine down"),
    ),
    Planted(
        publications_of_yesterday,
        ("register page", "register by name", "register by number", "public search by name", "public search by number"),
    ),
    Planted(parts_of_names_in_public, ("public search by part",)),
    Planted(pages_for_some_readers, ("catalogue", "home page", "sitemap", "feed", "disclosure search")),
    Planted(sitemap_of_persons, ("sitemap",)),
    Planted(page_open_to_all, ("disclosure page",)),
)  # fmt: skip
