"""Who may do what in the editors' admin 采编权限: groups by role and section, filled from assignments and nothing else.

Three groups hold what the section of all offices gives; each section of a unit has three of its own. An office that
has a section works there alone: its people are in no group that reaches further.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page, WorkflowTask

from cms.models.sections import Section
from cms.vocabulary import GROUPS
from integrity import access
from integrity.choices import Role
from integrity.exceptions import ActRefused
from integrity.models import Account
from integrity.models.door import writing

__all__ = ["GROUPS", "open_section", "sections_of", "set_up_groups", "sync_groups", "works_on"]

# `publish` serves to take a page down; putting one up goes through the workflow alone (cms.wagtail_hooks).
PAGE_PERMISSIONS: dict[Role, tuple[str, ...]] = {
    Role.EDITOR: ("add_page", "change_page"),
    Role.SECRECY_REVIEWER: (),
    Role.PUBLISHER: ("publish_page",),
}
DOCUMENT_PERMISSIONS = ("add_document", "change_document", "choose_document")
BETWEEN = "·"


def group_of(role: Role, section: Section | None = None) -> Group:
    """The group of a role: of one section, or of the section of all offices."""
    own = section is not None and not section.every_office
    name = f"{GROUPS[role]}{BETWEEN}{section.pk}" if own and section else GROUPS[role]
    return Group.objects.get_or_create(name=name)[0]


@transaction.atomic
def set_up_groups(home: Page) -> dict[Role, Group]:
    """The groups of every section with exactly the permissions above; may be repeated.

    A site without sections is one office's: its home page is the section of all offices.
    """
    if not Section.objects.exists():
        Section.objects.create(page=Page.objects.get(pk=home.pk), every_office=True, folder=_root())
    groups = {role: group_of(role) for role in GROUPS}
    for section in Section.objects.select_related("page", "folder"):
        _grant({role: group_of(role, section) for role in GROUPS}, section)
    return groups


@transaction.atomic
def open_section(*, page: Page, office_code: str) -> Section:
    """设立单位栏目: from now on people of that office work below that page, and there alone."""
    if Section.objects.filter(page=page).exists():
        raise ActRefused("taken", _("这一页已是单位栏目"))
    folder = _root().add_child(name=f"{page.title}（{office_code}）")
    section = Section.objects.create(page=Page.objects.get(pk=page.pk), office_code=office_code, folder=folder)
    groups = {role: group_of(role, section) for role in GROUPS}
    _grant(groups, section)
    for task in WorkflowTask.objects.select_related("task"):
        approving = task.task.specific
        held = set(approving.groups.values_list("name", flat=True))
        approving.groups.add(*(groups[role] for role in GROUPS if GROUPS[role] in held))
    for account in Account.objects.filter(assignments__authority__code=office_code).distinct():
        sync_groups(account)
    return section


def _root() -> Collection:
    return Collection.get_first_root_node()


def _grant(groups: dict[Role, Group], section: Section) -> None:
    """Admin access, pages below the section's page, files of its folder; nothing else stays."""
    admin = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    GroupPagePermission.objects.filter(group__in=groups.values()).delete()
    GroupCollectionPermission.objects.filter(group__in=groups.values()).delete()
    for role, group in groups.items():
        group.permissions.set([admin])
        for codename in PAGE_PERMISSIONS[role]:
            permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
            GroupPagePermission.objects.create(group=group, page=section.page, permission=permission)
    for codename in DOCUMENT_PERMISSIONS:
        permission = Permission.objects.get(content_type__app_label="wagtaildocs", codename=codename)
        GroupCollectionPermission.objects.create(
            group=groups[Role.EDITOR], collection=section.folder, permission=permission
        )


# --- where somebody works today --------------------------------------------------------------------------


def sections_for(account: Account, role: Role) -> list[Section]:
    """The sections in which the account holds that role today; access says at which offices it does."""
    offices = access.offices_of(account, role)
    if not offices:
        return []
    sections = list(Section.objects.select_related("page"))
    own = [section for section in sections if section.office_code in offices]
    if offices - {section.office_code for section in own}:
        own += [section for section in sections if section.every_office]
    return own


def sections_of(account: Account, roles: Iterable[Role] = tuple(GROUPS)) -> list[Section]:
    """The sections in which the account works in any of those roles."""
    found = {section.pk: section for role in roles for section in sections_for(account, role)}
    return list(found.values())


def works_on(account: Account, page: Page, role: Role) -> bool:
    """Whether the account holds that role today for this page."""
    return any(section.covers(page.path) for section in sections_for(account, role))


def wanted_groups(account: Account) -> set[str]:
    """Names of the groups the account belongs to today."""
    if not account.is_active:
        return set()
    return {group_of(role, section).name for role in GROUPS for section in sections_for(account, role)}


def is_ours(group: Group) -> bool:
    """Whether this module fills the group."""
    return group.name.partition(BETWEEN)[0] in GROUPS.values()


def sync_groups(account: Account) -> None:
    """Make the account's editing groups say what its assignments say today.

    Called when an assignment changes, at every sign-in and before each page of the admin (an assignment ends by its
    date, which changes no row), and when a section is opened. Other groups of the account are left alone.
    """
    wanted = wanted_groups(account)
    held = {group.name: group for group in account.groups.all() if is_ours(group)}
    with writing():  # computed from assignments, which have their history
        account.groups.remove(*(group for name, group in held.items() if name not in wanted))
        account.groups.add(*Group.objects.filter(name__in=wanted - held.keys()))
