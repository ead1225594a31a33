"""What the pages of the desk share 办案工具页面框架: who comes in, the row of tabs, whose a row is."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from integrity import access
from integrity.choices import Act, ReadOutcome
from integrity.exceptions import NotAdmitted
from integrity.models import Account
from integrity.views.base import SESSION_CASE, SESSION_PURPOSE, ActView, StaffView, stated
from search.desk.holders import has_desk, states_case
from search.desk.matching import KINDS
from search.desk.standing import news_of
from search.models import Kind
from search.models_desk import DeskRow

Row = TypeVar("Row", bound=DeskRow)


class KindConverter:
    """Some kinds of records, in an address."""

    kinds: ClassVar[tuple[Kind, ...]] = ()

    def __init_subclass__(cls) -> None:
        cls.regex = "|".join(kind.value for kind in cls.kinds)

    regex = ""

    def to_python(self, value: str) -> Kind:
        return Kind(value)

    def to_url(self, value: str) -> str:
        return str(Kind(value).value)


class PersonKindConverter(KindConverter):
    kinds = KINDS


class DecidedKindConverter(KindConverter):
    kinds = (Kind.DECISION, Kind.PENALTY)


class RecordKindConverter(KindConverter):
    kinds = (*KINDS, Kind.DECISION, Kind.PENALTY)


def desk_tabs(account: Account, active: str) -> list[dict[str, Any]]:
    """The tools this account has, beside the search."""
    if not has_desk(account):
        return []
    news = news_of(account)
    offered = [
        ("search:staff", _("检索"), 0),
        ("search:checks", _("批量核对"), 0),
        ("search:kept_list", _("保存的检索和关注"), news),
        ("search:history", _("检索记录"), 0),
    ]
    if states_case(account):
        offered.insert(3, ("search:folder", _("案卷夹"), 0))
    return [
        {"url": reverse(route), "label": label, "active": route == active, "count": count}
        for route, label, count in offered
    ]


class Desk(StaffView):
    """A page of the desk; who has none finds no page."""

    tab = "search:staff"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not has_desk(self.account):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def answer(self, context: dict[str, Any], template: str = "", status: int = 200) -> HttpResponse:
        tabs = {"desk_tabs": desk_tabs(self.account, self.tab), "states_case": states_case(self.account)}
        return super().answer(tabs | context, template, status)

    def own(self, rows: QuerySet[Row], ref: Any) -> Row:
        """A row of one's own, or `NotAdmitted`: another's, one that is over and one that never was are alike."""
        row = rows.filter(account=self.account, ref=ref).first()
        if row is None:
            scope = access.scope_for(self.account, Act.SEARCH)
            access.log_read(
                scope, door=self.door, model=rows.model, count=0, request=self.request, outcome=ReadOutcome.REFUSED
            )
            raise NotAdmitted
        return row


class DeskAct(Desk, ActView, abstract=True):
    """A form of the desk and one act."""

    template_name = "search/desk/act.html"

    def fetch(self, **kwargs: Any) -> Any:
        return None

    def stated_here(self) -> dict[str, str]:
        """Purpose and case as stated for this session, to begin the form with."""
        purpose, case = stated(self.request)
        return {"purpose": purpose, "case": case}

    def keep_stated(self, purpose: str, case: str) -> None:
        """As an inspector states them in a form of the desk they hold for the session, like those of the search."""
        if states_case(self.account):
            self.request.session[SESSION_PURPOSE], self.request.session[SESSION_CASE] = purpose, case
