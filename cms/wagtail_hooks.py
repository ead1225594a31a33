"""The editors' admin, trimmed and closed 采编后台: one way to publish, no accounts, nothing that calls outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse, reverse_lazy
from django.utils.html import format_html
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.site_summary import PagesSummaryItem
from wagtail.admin.ui import sidebar
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.views.account import NameEmailSettingsPanel
from wagtail.admin.widgets.button import Button
from wagtail.documents.models import AbstractDocument
from wagtail.models import Page

from cms.media import is_used, may_open
from cms.permissions import sections_of
from cms.review import decide_on_page, offer_decisions
from cms.views_personal_data import findings, reviewed_list
from integrity.models import Account

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wagtail.query import PageQuerySet

# Accounts and their roles are kept in integrity, where every change names its actor and its reason; Wagtail's own
# screens would write them without. Pictures are used by no block.
HIDDEN_MENU_ITEMS = frozenset({"images", "help", "users", "groups", "locales", "redirects", "sites", "collections"})

KEPT_PANELS = frozenset(
    {"workflow_objects_to_moderate", "user_objects_in_workflow_moderation", "recent_edits", "locked_pages"}
)


# --- one way to publish ------------------------------------------------------------------------


def _only_by_workflow(request: HttpRequest, page: Page) -> HttpResponse:
    messages.error(request, _("发布须经流程：采编提交，保密与个人信息审查，再由发布人办理。草稿已保存。"))
    return redirect("wagtailadmin_pages:edit", page.pk) if page.pk else redirect("wagtailadmin_home")


def refuse_direct_publication(request: HttpRequest, page: Page) -> HttpResponse:
    """Whoever may publish may also do it past the workflow, in Wagtail's eyes; not here (H18)."""
    return _only_by_workflow(request, page)


def refuse_bulk_publication(
    request: HttpRequest, action_type: str, objects: Iterable[Any], action: Any
) -> HttpResponse | None:
    if action_type == "publish":
        messages.error(request, _("发布须经流程，不能批量办理。"))
        return redirect("wagtailadmin_explore_root")
    return None


def refuse_published_copy(request: HttpRequest, page: Page) -> HttpResponse | None:
    if request.method == "POST" and request.POST.get("publish_copies"):
        return _only_by_workflow(request, page)
    return None


def hide_direct_publication(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    items[:] = [item for item in items if item.name != "action-publish"]


# --- attachments -------------------------------------------------------------------------------


def only_listed_documents(document: AbstractDocument, request: HttpRequest) -> None:
    """A document is public while a live page lists it; before and after, its unit and its reviewers may open it."""
    if not is_used(document) and not may_open(getattr(request, "user", None), document):
        raise Http404


# --- personal data -----------------------------------------------------------------------------


def check_addresses() -> list[URLPattern]:
    return [
        path("personal-data/", reviewed_list, name="personal_data_list"),
        path("personal-data/<int:page_id>/", findings, name="personal_data"),
    ]


def offer_check(page: Page, user: Any, next_url: str | None = None, **kwargs: Any) -> Iterable[Button]:
    """Beside the page's other acts, for whoever may see what was found."""
    yield Button(_("个人信息检查"), reverse("personal_data", args=[page.pk]), icon_name="view", priority=60)


def check_menu() -> MenuItem:
    return MenuItem(_("核准清单"), reverse_lazy("personal_data_list"), icon_name="list-ul", order=900)


# --- what belongs to another unit ----------------------------------------------------------------


def only_public_or_own(pages: PageQuerySet, request: HttpRequest) -> PageQuerySet:
    """A chooser lists what everybody may read, and the chooser's own sections; not drafts of other units."""
    account = request.user
    if not isinstance(account, Account):
        return pages.none()
    condition = Q(live=True)
    for section in sections_of(account):
        condition |= Q(path__startswith=section.page.path)
    return pages.filter(condition)


# --- no accounts here --------------------------------------------------------------------------


def refuse_accounts(request: HttpRequest, user: Any = None) -> HttpResponse:
    raise PermissionDenied(_("账户和岗位授权不在采编后台办理。"))


# The form would write the account outside of recording(), which is refused: better not to offer it.
NameEmailSettingsPanel.is_active = lambda panel: False


class NamedMenuModule(sidebar.MainMenuModule):
    """The sidebar under the person's name 姓名; Wagtail's shows a first name, or the name used for signing in."""

    def js_args(self) -> list[Any]:
        entries, account_entries, person = super().js_args()
        return [entries, account_entries, person | {"name": get_user_display_name(self.user)}]


sidebar.MainMenuModule = NamedMenuModule  # there is no hook for it


# --- a quiet screen ----------------------------------------------------------------------------


def trim_menus(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if item.name not in HIDDEN_MENU_ITEMS]


def empty_menu(request: HttpRequest, items: list[Any]) -> None:
    """Wagtail's help is a link to its makers' guide, on another host."""
    items.clear()


def our_colours() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("css/cms.css"))


def trim_summary(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if isinstance(item, PagesSummaryItem)]


def trim_home(request: HttpRequest, panels: list[Any]) -> None:
    panels[:] = [panel for panel in panels if getattr(panel, "name", "") in KEPT_PANELS]


for _name, _hook in (
    ("before_publish_page", refuse_direct_publication),
    ("before_bulk_action", refuse_bulk_publication),
    ("before_copy_page", refuse_published_copy),
    ("construct_page_action_menu", hide_direct_publication),
    ("construct_page_action_menu", offer_decisions),
    ("before_edit_page", decide_on_page),
    ("before_serve_document", only_listed_documents),
    ("register_admin_urls", check_addresses),
    ("register_page_header_buttons", offer_check),
    ("register_admin_menu_item", check_menu),
    ("construct_page_chooser_queryset", only_public_or_own),
    ("before_create_user", refuse_accounts),
    ("before_edit_user", refuse_accounts),
    ("before_delete_user", refuse_accounts),
    ("construct_main_menu", trim_menus),
    ("construct_settings_menu", trim_menus),
    ("construct_help_menu", empty_menu),
    ("construct_homepage_summary_items", trim_summary),
    ("construct_homepage_panels", trim_home),
    ("insert_global_admin_css", our_colours),
):
    hooks.register(_name, _hook)
