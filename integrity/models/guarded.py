"""Guarded rows 受控数据: tables that refuse to answer without a scope (design §3, N1)."""

from __future__ import annotations

import logging
import uuid
from typing import Any, ClassVar, NoReturn, Protocol, Self, TypeVar, cast

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import sql
from django.utils.translation import gettext_lazy as _

from integrity.choices import Grade
from integrity.exceptions import UnscopedQuery
from integrity.models.tracked import TrackedModel, TrackedQuerySet

log = logging.getLogger("integrity.unscoped")

#: Before a statement that is for nobody's eyes.
OPEN_MARK = "/*wall open*/ "


class ScopeLike(Protocol):
    """What `within` needs of a scope; the scope itself lives in `integrity.access`."""

    @property
    def mark(self) -> str: ...

    def restrict(self, rows: GuardedQuerySet[Any]) -> GuardedQuerySet[Any]: ...


Row = TypeVar("Row", bound=models.Model, covariant=True)


class GuardedQuery(sql.Query):
    """The query behind a guarded queryset: it does not compile before it was opened.

    Everything that answers compiles first: iteration, count, exists, aggregate, unions, and a subquery inside
    another table's query, which never asks the queryset it came from.
    """

    opened: bool = False
    #: How it was opened, for the second wall: written before the statement (see integrity.wall).
    mark: str = OPEN_MARK

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        if not self.opened and not self.is_empty():
            name = self.model.__name__ if self.model else "?"
            raise UnscopedQuery(f"{name}: read without a scope; use within(scope)")
        return _marked(super().get_compiler(*args, **kwargs), self.mark)


class FollowedQuery(sql.Query):
    """The query of rows followed by a key from one that was admitted, and of rows an act locks before it asks."""

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        return _marked(super().get_compiler(*args, **kwargs), OPEN_MARK)


def _marked(compiler: Any, mark: str) -> Any:
    """The same compiler, whose statements begin with the mark."""
    compile_plain = compiler.as_sql

    def as_sql(*args: Any, **kwargs: Any) -> Any:
        text, params = compile_plain(*args, **kwargs)
        return (mark + text if text else text), params

    compiler.as_sql = as_sql
    return compiler


class GuardedQuerySet(TrackedQuerySet[Row]):
    """Default deny: every evaluation raises until `within(scope)` or `unscoped(reason=…)` was called."""

    def __init__(self, model: Any = None, query: Any = None, using: Any = None, hints: Any = None) -> None:
        super().__init__(model, query or GuardedQuery(model), using, hints)

    def within(self, scope: ScopeLike) -> Self:
        """The rows this scope lets in; no clause, no rows."""
        opened = self._open()
        cast(GuardedQuery, opened.query).mark = scope.mark
        return cast(Self, scope.restrict(opened))

    def unscoped(self, *, reason: str) -> Self:
        """All rows, for work done for nobody's eyes (an act's own checks, indexing); logged."""
        log.info("unscoped %s: %s", self.model.__name__, reason)
        return self._open()

    def _open(self) -> Self:
        opened = self.all()
        cast(GuardedQuery, opened.query).opened = True
        return opened

    def raw(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise UnscopedQuery(f"{self.model.__name__}: raw SQL knows no scope")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Django would delete without reading where nothing depends on the rows: ask first."""
        if not cast(GuardedQuery, self.query).opened:
            raise UnscopedQuery(f"{self.model.__name__}: delete without a scope")
        return super().delete()


class FollowedQuerySet(TrackedQuerySet[Row]):
    """What a foreign key and an act's own lock ask; nobody else names it (see the closed doors)."""

    def __init__(self, model: Any = None, query: Any = None, using: Any = None, hints: Any = None) -> None:
        super().__init__(model, query or FollowedQuery(model), using, hints)


FollowedManager = models.Manager.from_queryset(FollowedQuerySet)

#: Manager of guarded rows. A related manager made from it asks for a scope too.
GuardedManager = models.Manager.from_queryset(GuardedQuerySet)


class GuardedModel(TrackedModel):
    """A row about a person, with the columns its access rule reads standing on the row itself.

    Joining for them costs 800–1,280 ms at a million rows, same-row 0.4 ms; the act that moves a person keeps
    them true.
    """

    #: Whose rule reads this row: "file" (civil servants), "practitioner", or "either" (told apart by `file_id`).
    family: ClassVar[str] = "file"
    #: Column that a case grant names (the file), or "" where no case reaches.
    case_column: ClassVar[str] = ""
    #: Column that a regulator's profession is compared with, or "".
    profession_column: ClassVar[str] = ""
    #: Column and values of the states that only author and reviewer see (H2); "" where there are none.
    state_column: ClassVar[str] = ""
    draft_states: ClassVar[tuple[str, ...]] = ()
    #: Columns (or things shown with the row) graded higher than the row: a reader of the row may lack them.
    field_grades: ClassVar[dict[str, Grade]] = {}

    ref = models.UUIDField(_("编号"), default=uuid.uuid4, unique=True, editable=False)
    subject = models.ForeignKey("integrity.Subject", on_delete=models.PROTECT, related_name="%(class)ss")
    authority = models.ForeignKey(
        "integrity.Organisation",
        verbose_name=_("管理机关"),
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("干部管理权限所在机关，或行业主管部门"),
    )
    grade = models.PositiveSmallIntegerField(_("数据分级"), choices=Grade.choices, default=Grade.SENSITIVE)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("录入人"), on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(_("录入时间"), auto_now_add=True)

    objects = GuardedManager()  # type: ignore[misc]  # narrows the tracked manager
    followed = FollowedManager()

    class Meta:
        abstract = True
        base_manager_name = "followed"


def guarded_models() -> list[type[GuardedModel]]:
    """Every kind of guarded record, in the order of their names."""
    found = [model for model in apps.get_models() if issubclass(model, GuardedModel)]
    return sorted(found, key=lambda model: str(model._meta.model_name))
