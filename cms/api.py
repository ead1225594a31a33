"""Reading by machines on the public site 公开接口: the register and the disclosures as JSON. No session, no cookie.

The same questions as the pages: a person by the whole name with profession or unit, or by a number, never a list of
persons; what is public today, asked of the rows as they are now (H5). `integrity.openapi` describes each address from
the form that reads its parameters.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.decorators import method_decorator
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from cms.asking import wait_of
from cms.catalogue import CatalogueFilter
from cms.feeds import due
from cms.models import DisclosurePage
from cms.register_search import RegisterSearchForm
from cms.views import tombstone_of
from cms.vocabulary import ContentLanguage
from integrity import projection
from integrity.models import Publication
from integrity.openapi import CODED, DATE, FLAG, MOMENT, NUMBER, PLACE, TEXT, Operation, Schema, nullable, record, rows
from integrity.problems import problem, wrong
from integrity.views.columns import as_json

UUID_TEXT: Schema = {"type": "string", "format": "uuid"}
MOST_A_PAGE = 50


@method_decorator(csrf_exempt, name="dispatch")  # nothing is written here: another method is told 405, not a form's 403
class PublicAnswer(View):
    """What all public addresses share: GET alone, known parameters alone, no cookie, nothing for search engines."""

    http_method_names = ["get", "head"]
    form_class: ClassVar[type[forms.Form]] = forms.Form

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = super().dispatch(request, *args, **kwargs)
        answer.headers["X-Robots-Tag"] = "noindex, noarchive"
        return answer

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = problem("method_not_allowed", _("本接口只读，只接受 GET 和 HEAD。"))
        answer.headers["Allow"] = "GET, HEAD"
        return answer

    def form(self) -> forms.Form:
        return self.form_class(self.request.GET)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form()
        if unknown := sorted(set(request.GET) - set(form.fields)):
            # a filter misspelt would otherwise be no filter at all
            return wrong({name: [_("没有这个参数。")] for name in unknown})
        return self.answer(form, **kwargs) if form.is_valid() else wrong(form.errors)

    def answer(self, form: forms.Form, **kwargs: Any) -> HttpResponse:
        raise NotImplementedError


class Nothing(PublicAnswer):
    """Any other address below the interface: absent, said as JSON."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return problem("not_found")


def told(content: dict[str, Any]) -> JsonResponse:
    """An answer that no cache keeps: it may name a person (H5)."""
    answer = JsonResponse(content, json_dumps_params={"ensure_ascii": False})
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def revalidated(
    request: HttpRequest, answer: HttpResponse, control: str, changed: datetime | None = None
) -> HttpResponse:
    """An answer that may be kept if it is asked about anew each time; 304 while it is the same."""
    answer.headers["ETag"] = f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
    answer.headers["Cache-Control"] = control
    seconds = int(changed.timestamp()) if changed else None
    if seconds is not None:
        answer.headers["Last-Modified"] = http_date(seconds)
    return get_conditional_response(request, answer.headers["ETag"], seconds, answer) or answer


def too_many(wait: int) -> JsonResponse:
    """429: the address asked for persons too often."""
    answer = problem(
        "too_many", _("同一网络地址按姓名查询的次数有限，请稍后再查；公开文件不受限制。"), retry_after=wait
    )
    answer.headers["Retry-After"] = str(wait)
    return answer


# --- the register --------------------------------------------------------------------------------------------

_PUBLISHED: dict[str, Schema] = {
    "ref": UUID_TEXT, "title": TEXT, "name": TEXT, "profession": PLACE, "authority": PLACE,
    "starts_on": DATE, "ends_on": DATE, "annotation": TEXT,
    "shown": rows(record({"key": TEXT, "label": TEXT, "value": TEXT})), "url": TEXT, "api_url": TEXT,
}  # fmt: skip


def published(request: HttpRequest, row: Publication) -> dict[str, Any]:
    """A published record for machines: what its page shows, and nothing else."""
    own = {name: as_json(getattr(row, name)) for name in _PUBLISHED if name not in ("ref", "shown", "url", "api_url")}
    shown = [
        {"key": key, "label": str(label), "value": value} for key, label, value in projection.shown(row.projection)
    ]
    page, here = (reverse(name, args=[row.ref]) for name in ("register:publication", "public_api:publication"))
    return {
        "ref": str(row.ref), **own, "shown": shown, "url": request.build_absolute_uri(page),
        "api_url": request.build_absolute_uri(here),
    }  # fmt: skip


class Register(PublicAnswer):
    """Records that fit one question; without a question a problem, never a list of persons (domain §14)."""

    form_class = RegisterSearchForm

    @classmethod
    def operation(cls) -> Operation:
        page = {"count": NUMBER, "too_many": FLAG, "results": rows(record(_PUBLISHED))}
        return Operation(
            "register", gettext_lazy("执业信用公示"), record(page), RegisterSearchForm().fields,
            problems=("bad_parameter", "too_many"),
        )  # fmt: skip

    def answer(self, form: Any, **kwargs: Any) -> HttpResponse:
        if wait := wait_of(self.request):
            return too_many(wait)
        found = form.answer(timezone.localdate())
        results = [published(self.request, row) for row in found.found]
        return told({"count": len(results), "too_many": found.too_many, "results": results})


class OnePublished(PublicAnswer):
    """One published record while its term runs; afterwards 410 with what the tombstone says."""

    @classmethod
    def operation(cls) -> Operation:
        return Operation(
            "publication", gettext_lazy("公示记录"), record(_PUBLISHED),
            problems=("bad_parameter", "not_found", "gone"), conditional=True,
        )  # fmt: skip

    def answer(self, form: forms.Form, **kwargs: Any) -> HttpResponse:
        ref: UUID = kwargs["ref"]
        current = Publication.objects.current(timezone.localdate()).select_related("profession", "authority")
        if row := current.filter(ref=ref).first():
            # No Last-Modified: a mark set on the record is a change without a moment of its own.
            return revalidated(self.request, told(published(self.request, row)), "private, no-cache")
        stone = tombstone_of(ref)
        if stone is None:
            return problem("not_found")
        return problem("gone", reason=stone.reason, suspended=stone.suspended)


# --- disclosures ---------------------------------------------------------------------------------------------

_LISTED: dict[str, Schema] = {
    "ref": UUID_TEXT, "title": TEXT, "index_number": TEXT, "document_number": TEXT, "issuer": TEXT,
    "issuer_code": TEXT, "subject": CODED, "generated_on": DATE, "published_on": nullable(DATE),
    "in_force_from": nullable(DATE), "in_force_to": nullable(DATE), "validity": CODED, "summary": TEXT,
    "language": {"type": "string", "enum": ContentLanguage.values}, "changed_at": nullable(MOMENT),
    "url": TEXT, "api_url": TEXT,
}  # fmt: skip
_PLAIN = ("title", "index_number", "document_number", "issuer", "issuer_code", "summary", "language")
_DAYS = ("generated_on", "published_on", "in_force_from", "in_force_to")


def disclosed(request: HttpRequest, page: DisclosurePage) -> dict[str, Any]:
    """A disclosure as the catalogue lists it."""
    validity = page.validity
    here = reverse("public_api:disclosure", args=[page.translation_key])
    return {
        "ref": str(page.translation_key),
        **{name: str(getattr(page, name)) for name in _PLAIN},
        **{name: as_json(getattr(page, name)) for name in _DAYS},
        "subject": {"code": page.subject, "label": str(page.get_subject_display())},
        "validity": {"code": validity.value, "label": str(validity.label)},
        "changed_at": as_json(page.last_published_at),
        "url": request.build_absolute_uri(page.get_url(request)),
        "api_url": request.build_absolute_uri(here),
    }


def place_of(page: DisclosurePage) -> str:
    """The place behind a disclosure in the order of the catalogue; dates and numbers are public."""
    return base64.urlsafe_b64encode(f"{page.generated_on:%Y-%m-%d} {page.pk}".encode()).decode().rstrip("=")


class DisclosureQuestion(CatalogueFilter):
    """What of the catalogue is asked for, and from which place on."""

    year = forms.IntegerField(  # type: ignore[assignment]  # any year, not those of a page's list
        label=gettext_lazy("生成年份"), required=False, min_value=1900, max_value=2200
    )
    after = forms.CharField(label=gettext_lazy("下一页的标记"), required=False, max_length=60)
    limit = forms.IntegerField(label=gettext_lazy("每页条数"), required=False, min_value=1, max_value=MOST_A_PAGE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, years=[], **kwargs)

    def clean_after(self) -> tuple[date, int] | None:
        if not (text := self.cleaned_data["after"]):
            return None
        try:
            day, _blank, pk = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(" ")
            return date.fromisoformat(day), int(pk)
        except ValueError:
            raise ValidationError(_("翻页标记无效，请从第一页开始。")) from None


class Disclosures(PublicAnswer):
    """The catalogue, the newest first, page by page from a place that stays where it is."""

    form_class = DisclosureQuestion

    @classmethod
    def operation(cls) -> Operation:
        page = {"after": nullable(TEXT), "results": rows(record(_LISTED))}
        return Operation(
            "disclosures", gettext_lazy("政府信息公开目录"), record(page), DisclosureQuestion().fields,
            problems=("bad_parameter",), conditional=True,
        )  # fmt: skip

    def answer(self, form: Any, **kwargs: Any) -> HttpResponse:
        asked = form.cleaned_data
        pages = form.narrow(due(), day=timezone.localdate())
        if asked["after"]:
            day, pk = asked["after"]
            pages = pages.filter(Q(generated_on__lt=day) | Q(generated_on=day, pk__lt=pk))
        size = asked["limit"] or MOST_A_PAGE
        found: Sequence[DisclosurePage] = list(pages.latest_first()[: size + 1])
        content = {
            "after": place_of(found[size - 1]) if len(found) > size else None,
            "results": [disclosed(self.request, page) for page in found[:size]],
        }
        return revalidated(self.request, told(content), "public, max-age=0, must-revalidate")


class OneDisclosure(PublicAnswer):
    """One disclosure with its text; records it cites are not part of it (H5)."""

    @classmethod
    def operation(cls) -> Operation:
        return Operation(
            "disclosure", gettext_lazy("公开文件"), record(_LISTED | {"text": TEXT}),
            problems=("bad_parameter", "not_found"), conditional=True,
        )  # fmt: skip

    def answer(self, form: forms.Form, **kwargs: Any) -> HttpResponse:
        page = due().filter(translation_key=kwargs["ref"]).order_by("locale_id").first()
        if page is None:
            return problem("not_found")
        answer = told(disclosed(self.request, page) | {"text": page.full_text})
        return revalidated(self.request, answer, "public, max-age=0, must-revalidate", changed_at(page))


def changed_at(page: DisclosurePage) -> datetime | None:
    """When the answer last became another one: published anew, or its validity changed with the day."""
    if page.last_published_at is None:
        return None
    today = timezone.localdate()
    after = page.in_force_to + timedelta(days=1) if page.in_force_to else None
    turns = [timezone.make_aware(datetime.combine(day, time())) for day in (page.in_force_from, after) if day]
    published_at: datetime = page.last_published_at
    return max([published_at, *(turn for turn in turns if timezone.localdate(turn) <= today)])
