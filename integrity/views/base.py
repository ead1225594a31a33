"""Views of the staff site 内部站点视图 (design §3, §10): every one is signed in, scoped, and logged before it answers.

`ScopedList` = queryset within scope + filters + keyset paging; `ScopedDetail` = `open_one` + template;
`ActView` = form + one act. A subclass without a scoped queryset does not start.
"""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views import View

from integrity import access
from integrity.access import Scope
from integrity.choices import Act, ReadOutcome
from integrity.exceptions import NotAdmitted, ReasonedRefusal
from integrity.forms.base import ActForm, ConfirmForm, fresh_key
from integrity.models import Account, GuardedModel, Publication
from integrity.views.paging import Sort, count_of, page_of

PAGE_SIZE = 50
COUNT_CAP = 10_000
SESSION_PURPOSE, SESSION_CASE, SESSION_SENT = "purpose", "case", "sent_forms"


def account_of(request: HttpRequest) -> Account:
    return cast(Account, request.user)


def stated(request: HttpRequest) -> tuple[str, str]:
    """Purpose and case reference as the person stated them for this session (用途、案件编号)."""
    return request.session.get(SESSION_PURPOSE, ""), request.session.get(SESSION_CASE, "")


def scope_of(request: HttpRequest, act: Act) -> Scope:
    """The scope of this request for one act, resolved once."""
    known: dict[str, Scope] = request.__dict__.setdefault("_scopes", {})
    if act not in known:
        purpose, case = stated(request)
        known[act] = access.scope_for(account_of(request), act, purpose=purpose, case=case)
    return known[act]


def scoped_rows(model: type[Model], scope: Scope) -> Any:
    """The rows of a model within a scope; a model the access rule does not know has none."""
    if issubclass(model, GuardedModel):
        return cast(Any, model.objects).within(scope)
    return model._default_manager.filter(scope.condition(model))


def hide(rows: list[Any], scope: Scope) -> None:
    """Name on each row the columns that this reader lacks."""
    for row in rows:
        row.hidden = scope.hidden(row)


class StaffView(View):
    """A page behind the sign-in. Refused and absent are one answer (H19; design §10.4)."""

    door: ClassVar[str] = ""
    template_name: ClassVar[str] = ""
    request: HttpRequest

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "door" not in cls.__dict__:
            cls.door = f"staff.{cls.__name__}"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        try:
            response = super().dispatch(request, *args, **kwargs)
        except NotAdmitted:
            raise Http404 from None
        patch_cache_control(response, private=True, no_store=True)
        return response

    @property
    def account(self) -> Account:
        return account_of(self.request)

    def scope(self, act: Act) -> Scope:
        return scope_of(self.request, act)

    def may(self, act: Act, target: Model) -> bool:
        """Whether to show a button; the act asks again."""
        return self.scope(act).admits(target)

    def opened(self, act: Act, model: type[Model], related: tuple[str, ...] = (), **lookup: Any) -> Any:
        """Fetch one row, check it, log it; `NotAdmitted` when refused or absent."""
        purpose, case = stated(self.request)
        if issubclass(model, GuardedModel):
            rows = cast(Any, model.objects).select_related(*related) if related else cast(Any, model.objects).all()
            return access.open_one(
                self.account, act, rows, door=self.door, purpose=purpose, case=case, request=self.request, **lookup
            )
        scope = self.scope(act)
        row = scoped_rows(model, scope).select_related(*related).filter(**lookup).first()
        outcome = ReadOutcome.SHOWN if row is not None else ReadOutcome.REFUSED
        access.log_read(
            scope, door=self.door, model=model, rows=[row] if row is not None else [],
            ids=[str(value) for value in lookup.values()], request=self.request, outcome=outcome,
        )  # fmt: skip
        if row is None:
            raise NotAdmitted
        return row

    def answer(self, context: dict[str, Any], template: str = "", status: int = 200) -> HttpResponse:
        return render(self.request, template or self.template_name, context, status=status)


def _is_scoped(cls: type, own_method: str, base: type) -> bool:
    """Whether a view has rows that access can restrict, or restricts them itself."""
    model = getattr(cls, "model", None)
    if isinstance(model, type) and (issubclass(model, GuardedModel) or issubclass(model, Publication)):
        return True
    return getattr(cls, own_method) is not getattr(base, own_method)


class ScopedList(StaffView):
    """A list 列表: rows within scope, filtered, sorted, paged by key, counted; the page is logged first."""

    model: ClassVar[type[Model]]
    act: ClassVar[Act] = Act.LIST
    form_class: ClassVar[type[forms.Form] | None] = None
    table_template: ClassVar[str] = ""
    sorts: ClassVar[dict[str, Sort]] = {}
    default_sort: ClassVar[str] = ""
    related: ClassVar[tuple[str, ...]] = ()
    page_size: ClassVar[int] = PAGE_SIZE
    #: Where this list is exported; the button is shown to those who export from it.
    export_route: ClassVar[str] = ""

    def __init_subclass__(cls, abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not abstract and not _is_scoped(cls, "scoped", ScopedList):
            raise TypeError(f"{cls.__name__}: a list needs a guarded model or its own `scoped`")
        if not abstract and cls.default_sort.lstrip("-") not in cls.sorts:
            raise TypeError(f"{cls.__name__}: default_sort must be one of its sorts")

    def scoped(self, scope: Scope) -> QuerySet[Any]:
        """The rows this person may list."""
        rows: QuerySet[Any] = scoped_rows(self.model, scope)
        return rows

    def narrowed(self, rows: QuerySet[Any], wanted: dict[str, Any]) -> QuerySet[Any]:
        """The rows that the filters ask for."""
        return rows

    def wanted(self, rows: QuerySet[Any], form: forms.Form | None) -> QuerySet[Any]:
        """The rows that a valid form asks for; all without a form, none for an invalid one."""
        if form is None:
            return rows
        return self.narrowed(rows, form.cleaned_data) if form.is_valid() else rows.none()

    def filter_form(self) -> forms.Form | None:
        return self.form_class(self.request.GET) if self.form_class else None

    def extra_context(self, rows: list[Any]) -> dict[str, Any]:
        return {}

    def asked(self, scope: Scope) -> tuple[QuerySet[Any], forms.Form | None]:
        """The rows within a scope as the address filters them, and the form that read it."""
        form = self.filter_form()
        return self.wanted(self.scoped(scope), form), form

    def order(self) -> str:
        """The sort that the address asks for, or the list's own."""
        sort = self.request.GET.get("sort", "")
        return sort if sort.lstrip("-") in self.sorts else self.default_sort

    def export_url(self, rows: list[Any], scope: Scope) -> str:
        """Where these rows are exported as they are filtered and sorted now; nothing for who exports none of them.

        Read off the clauses that let this person list, without another question; the export asks its own.
        """
        offices = [one for one in scope.clauses if Act.EXPORT in access.ROLE_ACTS.get(one.role, ())]
        reaching = (one.condition(self.model, scope.account_id) is not None for one in offices)
        if not self.export_route or not rows or not any(reaching):
            return ""
        query = self.request.GET.copy()
        for place in ("after", "before"):
            query.pop(place, None)
        return reverse(self.export_route) + (f"?{query.urlencode()}" if query else "")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        scope = self.scope(self.act)
        rows, form = self.asked(scope)
        pieces = [self.wanted(self.scoped(piece), form) for piece in scope.pieces(self.model)]
        sort = self.order()
        count = count_of(rows, pieces, COUNT_CAP + 1)
        page = page_of(
            rows.select_related(*self.related) if self.related else rows,
            self.sorts[sort.lstrip("-")],
            descending=sort.startswith("-"),
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
            size=self.page_size,
            pieces=pieces,
        )
        hide(page.rows, scope)
        chips = chips_of(form, request) if form is not None and form.is_valid() else []
        access.log_read(
            scope, door=self.door, model=self.model, rows=page.rows, count=count, request=request,
            query="&".join(f"{chip['name']}={chip['value']}" for chip in chips),
        )  # fmt: skip
        context = {
            "rows": page.rows, "before": page.before, "after": page.after, "shown": len(page.rows),
            "count": min(count, COUNT_CAP), "capped": count > COUNT_CAP,
            "form": form, "chips": chips, "sort": sort, "clear_url": request.path,
            "export_url": self.export_url(page.rows, scope),
        } | self.extra_context(page.rows)  # fmt: skip
        partial = getattr(request, "htmx", None) and request.htmx.target == "results"  # type: ignore[attr-defined]
        return self.answer(context, self.table_template if partial and self.table_template else "")


def chips_of(form: forms.Form, request: HttpRequest) -> list[dict[str, Any]]:
    """The filters in use, each with the address that drops it."""
    chips = []
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name)
        if value in (None, "", []) or value is False:
            continue
        if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
            value = dict(cast(Any, field.choices)).get(type(next(iter(dict(cast(Any, field.choices)))))(value), value)
        query = request.GET.copy()
        for gone in (name, "after", "before"):
            query.pop(gone, None)
        chips.append({"name": name, "label": field.label, "value": value, "url": f"?{query.urlencode()}"})
    return chips


class ScopedDetail(StaffView):
    """One row's page 详情: opened through access by its `ref`, logged, 404 alike when refused or absent."""

    model: ClassVar[type[Model]]
    act: ClassVar[Act] = Act.READ
    related: ClassVar[tuple[str, ...]] = ()
    row: Any

    def __init_subclass__(cls, abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not abstract and not _is_scoped(cls, "fetch", ScopedDetail):
            raise TypeError(f"{cls.__name__}: a page needs a guarded model or its own `fetch`")

    def fetch(self, **lookup: Any) -> Any:
        return self.opened(self.act, self.model, self.related, **lookup)

    def context(self) -> dict[str, Any]:
        return {}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.row = self.fetch(ref=kwargs["ref"])
        self.row.hidden = self.scope(self.act).hidden(self.row)
        return self.answer({"row": self.row} | self.context())


class ActView(StaffView):
    """A form and one act 办理: a refusal is shown with its article; a form sent twice acts once.

    Subclass: `model`, `act` (who may come here at all), `form_class`, `heading`, `submit`, `perform`; where the
    page makes a new row, `model` is the row it hangs on. `get_success_url` gets what `perform` returned.
    """

    model: ClassVar[type[Model]]
    act: ClassVar[Act] = Act.ENTER
    related: ClassVar[tuple[str, ...]] = ()
    form_class: ClassVar[type[ActForm]] = ConfirmForm
    template_name = "integrity/act.html"
    heading: ClassVar[Any] = ""
    lede: ClassVar[Any] = ""
    submit: ClassVar[Any] = ""
    done: ClassVar[Any] = ""
    danger: ClassVar[bool] = False
    row: Any = None

    def __init_subclass__(cls, abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not abstract and not _is_scoped(cls, "fetch", ActView):
            raise TypeError(f"{cls.__name__}: an act needs a guarded model or its own `fetch`")

    def fetch(self, **kwargs: Any) -> Any:
        return self.opened(self.act, self.model, self.related, ref=kwargs["ref"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.request = request
        if request.user.is_authenticated and request.method in ("GET", "HEAD", "POST"):
            try:
                self.row = self.fetch(**kwargs)
            except NotAdmitted:
                raise Http404 from None
        return super().dispatch(request, *args, **kwargs)

    def build_form(self, data: Any = None, files: Any = None) -> ActForm:
        initial = self.initial() | {"once": fresh_key()}
        return self.form_class(data, files, initial=initial) if data is not None else self.form_class(initial=initial)

    def initial(self) -> dict[str, Any]:
        return {}

    def perform(self, form: ActForm) -> Any:
        raise NotImplementedError

    def get_success_url(self, result: Any) -> str:
        raise NotImplementedError

    def cancel_url(self) -> str:
        return ""

    def context(self, form: ActForm) -> dict[str, Any]:
        return {}

    def about(self) -> str:
        """Whose record it is, for the window's title."""
        holder = getattr(self.row, "file", None) or getattr(self.row, "record", None) or self.row
        return str(getattr(holder, "name", ""))

    def page(self, form: ActForm, status: int = 200) -> HttpResponse:
        context = {
            "row": self.row, "form": form, "heading": self.heading, "lede": self.lede, "submit": self.submit,
            "about": self.about(), "danger": self.danger, "cancel_url": self.cancel_url(),
        }  # fmt: skip
        return self.answer(context | self.context(form), status=status)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.page(self.build_form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        key = request.POST.get("once", "")[:32]
        earlier = request.session.get(SESSION_SENT, {}).get(key)
        if key and earlier:
            return HttpResponseRedirect(earlier)
        form = self.build_form(request.POST, request.FILES)
        if not form.is_valid():
            return self.page(form, status=422)
        lock = f"sent:{request.session.session_key}:{key}"
        if key and not cache.add(lock, 1, 600):
            form.add_error(None, _("这份表单正在处理，请稍候刷新页面。"))
            return self.page(form, status=409)
        try:
            result = self.perform(form)
        except ReasonedRefusal as refusal:
            cache.delete(lock)
            form.refuse(refusal)
            return self.page(form, status=422)
        except BaseException:
            cache.delete(lock)
            raise
        target = self.get_success_url(result)
        self._remember(key, target)
        if self.done:
            messages.success(request, self.done)
        return HttpResponseRedirect(target)

    def _remember(self, key: str, target: str) -> None:
        """The last twenty forms this session sent, so that sending one again leads to the same place."""
        if not key:
            return
        sent = dict(list(self.request.session.get(SESSION_SENT, {}).items())[-19:])
        sent[key] = target
        self.request.session[SESSION_SENT] = sent
