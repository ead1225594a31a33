"""Everything that is searchable 可检索的内容: one source a kind, read from top to bottom.

What is not named here is not found. Identity numbers, birth dates and H8 data have no source; sealed records (H13)
are left out by `shown`, for the index and for every hit. Drafts are in, with their state: the scope's condition
and the database decide who sees them (H2). The public world is built from current publications and live pages alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Model, Prefetch
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from cms.models import DisclosurePage
from integrity.access import Scope
from integrity.choices import DecisionKind, NameKind, PenaltyKind
from integrity.exceptions import UnscopedQuery
from integrity.models import (
    Decision,
    IntegrityFile,
    Licence,
    Penalty,
    PractitionerRecord,
    Publication,
    Qualification,
)
from integrity.projection import LABELS
from search.analysis import Field, fold, name_tokens, number_key, number_tokens, text_tokens
from search.citations import cited
from search.engines import Document
from search.models import Kind, World

REASON = "检索索引"
#: Raise it when analysis or sources change: documents of an older version count as differences and are rebuilt.
VERSION = 3

Labelled = tuple[Any, str]


@dataclass(slots=True)
class Content:
    """The searchable texts of one row, each under the label that the hit names as its reason 命中原因."""

    names: list[Labelled] = field(default_factory=list)
    numbers: list[Labelled] = field(default_factory=list)
    texts: list[Labelled] = field(default_factory=list)
    narrow: list[Labelled] = field(default_factory=list)
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of searchable row: where its rows come from, what of them is read, which columns its access reads.

    `columns`: column path in the access rule of the model → column of `SearchDocument`. `filters` translates the
    scope's own condition with it, so that the rule stands in `integrity.access` alone.
    """

    kind: Kind
    world: World
    model: type[Model]
    content: Callable[[Any], Content]
    shown: Callable[[Any], Any] = lambda rows: rows
    related: tuple[str, ...] = ()
    fetched: Callable[[], tuple[Any, ...]] = tuple
    columns: Mapping[str, str] = field(default_factory=dict)
    #: Columns of the model that a reader narrows by → column of `SearchDocument`.
    narrowed: Mapping[str, str] = field(default_factory=dict)
    #: The column of the date that hits are ordered by.
    dated: str = ""
    partial_names: bool = True

    def path(self, column: str) -> str:
        """Where the model keeps what the index calls `column`, or empty."""
        both = {name: path for path, name in {**self.columns, **self.narrowed}.items()}
        return self.dated if column == "on" else both.get(column, "")

    def read(self, row: Any) -> Content:
        """What of a row is searchable, in the records' own language whatever the reader's is."""
        with override(settings.LANGUAGE_CODE):
            return self.content(row)

    def all_rows(self) -> Any:
        """Every row that may be in the index, for the worker; nobody's eyes see them."""
        rows: Any = self.model._default_manager
        return self._prepared(rows.unscoped(reason=REASON) if self.world == World.STAFF else rows.all())

    def rows_for(self, scope: Scope | None) -> Any:
        """The rows that this reader may see now: the database's own word on every hit."""
        rows: Any = self.model._default_manager
        if self.world == World.PUBLIC:
            return self._prepared(rows.all())
        if scope is None:
            raise UnscopedQuery(f"{self.kind}: searched without a scope")
        return self._prepared(rows.within(scope))

    def _prepared(self, rows: Any) -> Any:
        return self.shown(rows).select_related(*self.related).prefetch_related(*self.fetched())


# --- what a row says -------------------------------------------------------------------------------------


def _people(row: Any) -> Iterator[Labelled]:
    """All names of the subject: legal, former, Tibetan, variant, alias."""
    yield _("姓名"), row.name
    for name in row.subject.names.all():
        if name.text != row.name or name.kind != NameKind.LEGAL:
            yield NameKind(name.kind).label, name.text


def _file(row: IntegrityFile) -> Content:
    unit = [(_("单位"), row.unit.name), (_("单位"), row.unit.short_name)] if row.unit else []
    return Content(names=list(_people(row)), texts=[*unit, (_("职务"), row.post_title)], on=row.established_on)


def _decided_by(row: Decision | Penalty) -> list[Labelled]:
    name = row.deciding_authority.name if row.deciding_authority else row.deciding_authority_text
    return [(_("决定机关"), name), *((_("依据"), str(link.basis)) for link in row.bases.all())]


def _decision(row: Decision) -> Content:
    return Content(
        names=[(_("当事人"), row.file.name)],
        numbers=[(_("文号"), row.document_no)],
        # as a text too: the organ's characters of a number, 青监政处, are found without its figures
        texts=[
            (_("文号"), row.document_no),
            (_("种类"), str(DecisionKind(row.kind).label)),
            (_("事实"), row.facts),
            *_decided_by(row),
        ],
        on=row.decided_on,
    )


def _practitioner(row: PractitionerRecord) -> Content:
    """Licence numbers are told by the record only where the licence itself is open to the same readers."""
    papers: list[Licence | Qualification] = [*row.licences.all(), *row.qualifications.all()]
    numbers = [
        (paper._meta.verbose_name, paper.number)
        for paper in papers
        if paper.state not in paper.draft_states and paper.grade <= row.grade and paper.authority_id == row.authority_id
    ]
    texts = [(_("职业"), row.profession.name), (_("执业单位"), row.unit_name)]
    return Content(names=list(_people(row)), numbers=numbers, texts=texts, on=row.established_on)


def _penalty(row: Penalty) -> Content:
    numbers: list[Labelled] = [(_("文号"), row.document_no)]
    if row.licence is not None:
        numbers.append((_("证照编号"), row.licence.number))
    texts = [
        (_("文号"), row.document_no),
        (_("种类"), str(PenaltyKind(row.kind).label)),
        (_("违法行为类型"), row.violation),
        (_("处理内容"), row.content),
        (_("事实"), row.facts),
    ]
    return Content(
        names=[(_("当事人"), row.record.name)],
        numbers=numbers,
        texts=[*texts, *_decided_by(row)],
        on=row.decided_on,
    )


#: Of a projection, what identifies (whole numbers only) and what tells namesakes apart.
PROJECTED_NUMBERS = ("document_no", "licence_no")
PROJECTED_NARROWING = ("unit", "profession", "authority")


def _publication(row: Publication) -> Content:
    projection = row.projection if isinstance(row.projection, dict) else {}
    return Content(
        names=[(_("姓名"), row.name)],
        numbers=[(LABELS[key], str(projection.get(key) or "")) for key in PROJECTED_NUMBERS],
        narrow=[
            (_("职业"), row.profession.name),
            (_("公示机关"), row.authority.name),
            *((LABELS[key], str(projection.get(key) or "")) for key in PROJECTED_NARROWING),
        ],
        on=row.starts_on,
    )


def _disclosure(row: DisclosurePage) -> Content:
    page = row.specific  # every kind has its own fields, and says in words what of them may be found
    return Content(
        numbers=[(_("索引号"), page.index_number), (_("文号"), page.document_number)],
        texts=[
            (_("标题"), page.title),
            (_("内容概述"), page.summary),
            (_("发布机构"), page.issuer),
            (_("正文"), page.full_text),
        ],
        on=page.generated_on,
    )


# --- where rows come from --------------------------------------------------------------------------------


def _papers(relation: str, model: Any) -> Prefetch[str, Any, str]:
    return Prefetch(relation, queryset=model.objects.unscoped(reason=REASON))


def _unsealed(rows: Any) -> Any:
    return rows.filter(sealed=False)


def _current(rows: Any) -> Any:
    return rows.current(timezone.localdate())


def _shown(rows: Any) -> Any:
    return rows.shown()


_ACCESS = {
    "pk": "object_id",
    "id": "object_id",
    "authority_id": "authority_id",
    "subject_id": "subject_id",
    "entered_by_id": "entered_by_id",
    "grade": "grade",
}

SOURCES: dict[Kind, Source] = {
    source.kind: source
    for source in (
        Source(
            kind=Kind.FILE,
            world=World.STAFF,
            model=IntegrityFile,
            content=_file,
            related=("unit", "subject"),
            fetched=lambda: ("subject__names",),
            columns=_ACCESS | {"status": "state"},
            narrowed={"unit_id": "unit_id", "level": "level"},
            dated="established_on",
        ),
        Source(
            kind=Kind.PRACTITIONER,
            world=World.STAFF,
            model=PractitionerRecord,
            content=_practitioner,
            related=("profession", "subject"),
            fetched=lambda: ("subject__names", _papers("licences", Licence), _papers("qualifications", Qualification)),
            columns=_ACCESS | {"status": "state", "profession_id": "profession_id"},
            dated="established_on",
        ),
        Source(
            kind=Kind.DECISION,
            world=World.STAFF,
            model=Decision,
            content=_decision,
            shown=_unsealed,
            related=("file", "deciding_authority"),
            fetched=lambda: ("bases__basis",),
            columns=_ACCESS | {"state": "state", "file_id": "file_id"},
            narrowed={"file__unit_id": "unit_id", "file__level": "level", "kind": "category"},
            dated="decided_on",
        ),
        Source(
            kind=Kind.PENALTY,
            world=World.STAFF,
            model=Penalty,
            content=_penalty,
            shown=_unsealed,
            related=("record__profession", "deciding_authority", "licence"),
            fetched=lambda: ("bases__basis",),
            columns=_ACCESS | {"state": "state", "record__profession_id": "profession_id"},
            narrowed={"kind": "category"},
            dated="decided_on",
        ),
        Source(
            kind=Kind.PUBLICATION,
            world=World.PUBLIC,
            model=Publication,
            content=_publication,
            shown=_current,
            related=("profession", "authority"),
            narrowed={
                "profession_id": "profession_id",
                "authority_id": "authority_id",
                "publication_class": "category",
            },
            dated="starts_on",
            partial_names=False,
        ),
        Source(
            kind=Kind.DISCLOSURE,
            world=World.PUBLIC,
            model=DisclosurePage,
            content=_disclosure,
            shown=_shown,
            narrowed={"subject": "category"},
            dated="generated_on",
        ),
    )
}


def kinds_of(world: World) -> list[Kind]:
    return [kind for kind, source in SOURCES.items() if source.world == world]


# --- documents -------------------------------------------------------------------------------------------


def document(source: Source, row: Any) -> Document:
    """The document of one row, with a digest over all that is indexed of it."""
    content = source.read(row)
    paths = [*source.columns.items(), *source.narrowed.items()]
    columns = {column: _value(row, path) for path, column in paths if column != "object_id"}
    names = _joined(fold(text) + "\n" + fold(text).replace(" ", "") for _label, text in content.names)
    numbers = _joined(number_key(text) for _label, text in content.numbers)
    text = _joined(fold(text) for _label, written in content.texts for text in [written, *cited(written)])
    tokens = list(dict.fromkeys(_tokens(source, content)))
    digest = hashlib.sha256(
        json.dumps([VERSION, names, numbers, text, tokens, str(content.on), columns], default=str).encode()
    ).hexdigest()
    return Document(
        world=source.world, kind=source.kind, object_id=row.pk, names=names, numbers=numbers, text=text,
        tokens=tokens, digest=digest, on=content.on, columns=columns,
    )  # fmt: skip


def _tokens(source: Source, content: Content) -> Iterator[str]:
    for _label, name in content.names:
        for token in name_tokens(name):
            if source.partial_names or token.startswith(Field.WHOLE_NAME):
                yield token
    for _label, number in content.numbers:
        yield from number_tokens(number, whole_only=not source.partial_names)
    for _label, text in content.texts:
        yield from text_tokens(text)
        for citation in cited(text):
            yield from text_tokens(citation)
    for _label, text in content.narrow:
        yield from text_tokens(text, Field.NARROW)


def _value(row: Any, path: str) -> int | str | UUID | None:
    for name in path.split("__"):
        row = getattr(row, name)
    return row  # type: ignore[no-any-return]


def _joined(parts: Iterable[str]) -> str:
    return "\n".join(part for part in parts if part)
