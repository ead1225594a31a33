"""Frame of the administrators' pages 管理页面 (三员分立): each asks the table of operations first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import override

from integrity import access, administration
from integrity.choices import Act
from integrity.exceptions import NotAdmitted
from integrity.forms.base import ActForm, ReasonForm
from integrity.models import AccessChange, Account, Assignment
from integrity.views.base import ActView, StaffView


@dataclass(frozen=True, slots=True)
class Table:
    """A table of plain cells; a cell is a text or {text, url, badge, code}."""

    caption: str
    columns: Sequence[str]
    lines: Sequence[Sequence[tuple[str, Any]]] = field(default_factory=list)
    empty: str = ""
    icon: str = "clipboard"


def table(caption: Any, columns: Sequence[Any], rows: Iterable[Sequence[Any]], *, empty: Any = "") -> Table:
    """Lines of cells under their headings."""
    heads = [str(column) for column in columns]
    lines = [list(zip(heads, cells, strict=True)) for cells in rows]
    return Table(str(caption), heads, lines, str(empty or caption))


def link(text: Any, url: str) -> dict[str, Any]:
    return {"text": text, "url": url}


def code(text: Any) -> dict[str, Any]:
    return {"text": text, "code": True}


def term(row: Assignment | AccessChange) -> str:
    """From when to when 有效期, an open end in words."""
    begins, ends = row.valid_from or _("不限"), row.valid_to or _("长期")
    return f"{begins} – {ends}"


def badge(state: str, label: Any) -> dict[str, Any]:
    return {"text": label, "badge": state}


class AdministrationView(StaffView):
    """A page of one of the three administrators; refused like absent, and the refusal is logged."""

    operation: ClassVar[str] = ""
    template_name = "integrity/administration/page.html"
    heading: ClassVar[Any] = ""
    lede: ClassVar[Any] = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if isinstance(request.user, Account):
            opened(self.operation, request, self.door)
        return super().dispatch(request, *args, **kwargs)

    def page(self, **context: Any) -> HttpResponse:
        """Answer, with the reading on record first: who asked for which page of the administration, about which row."""
        about, status = context.pop("about", ()), context.pop("status", 200)
        note(self, about, count=context.pop("count_logged", len(about)))
        return self.answer({"heading": self.heading, "lede": self.lede} | context, status=status)


def note(view: Any, about: Sequence[Model], *, count: int) -> None:
    """A page as a line of the log: whose account or which request by its id, and the operation in words."""
    operation = view.operation
    with override(settings.LANGUAGE_CODE):  # one language in the log, whatever the reader's
        purpose = str(administration.OPERATIONS[operation].label)
    scope = access.scope_for(view.account, Act.GRANT, purpose=purpose)
    numbers = (getattr(row, "ref", None) for row in about)
    refs = [number for number in numbers if isinstance(number, UUID)]
    access.log_read(
        scope, door=view.door, model=type(about[0]) if about else Account,
        ids=[row.pk for row in about] or [operation], count=count, refs=refs, request=view.request,
    )  # fmt: skip


def opened(operation: str, request: HttpRequest, door: str) -> None:
    """Ask the table; 404 where it says no."""
    if not isinstance(request.user, Account):
        raise Http404
    try:
        administration.require(request.user, operation, request=request, door=door)
    except NotAdmitted:
        raise Http404 from None


class AdministrationAct(ActView, abstract=True):
    """An act of an administrator: the table first, then the row it is about."""

    operation: ClassVar[str] = ""
    form_class: ClassVar[type[ActForm]] = ReasonForm

    def row_of(self, **kwargs: Any) -> Any:
        return None

    def fetch(self, **kwargs: Any) -> Any:
        opened(self.operation, self.request, self.door)
        row = self.row_of(**kwargs)
        if isinstance(row, Model):
            note(self, [row], count=1)
        return row

    def about(self) -> str:
        return str(self.row or "")
