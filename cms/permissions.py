"""Who may do what in the editors' admin 采编权限: three groups, filled from assignments and from nothing else."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils import timezone
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from integrity.choices import Role
from integrity.models import Account, Assignment
from integrity.models.door import writing

GROUPS: dict[Role, str] = {
    Role.EDITOR: "信息采编",
    Role.SECRECY_REVIEWER: "保密审查",
    Role.PUBLISHER: "信息发布",
}
# `publish` serves to take a page down; putting one up goes through the workflow alone (cms.wagtail_hooks).
PAGE_PERMISSIONS: dict[Role, tuple[str, ...]] = {
    Role.EDITOR: ("add_page", "change_page"),
    Role.SECRECY_REVIEWER: (),
    Role.PUBLISHER: ("publish_page",),
}
DOCUMENT_PERMISSIONS = ("add_document", "change_document", "choose_document")


def group_of(role: Role) -> Group:
    return Group.objects.get_or_create(name=GROUPS[role])[0]


@transaction.atomic
def set_up_groups(home: Page) -> dict[Role, Group]:
    """The three groups with exactly the permissions above; may be repeated."""
    admin = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    groups = {role: group_of(role) for role in GROUPS}
    for role, group in groups.items():
        group.permissions.set([admin])
        GroupPagePermission.objects.filter(group=group).delete()
        for codename in PAGE_PERMISSIONS[role]:
            permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
            GroupPagePermission.objects.create(group=group, page=home, permission=permission)
    root = Collection.get_first_root_node()
    GroupCollectionPermission.objects.filter(group__in=groups.values()).delete()
    for codename in DOCUMENT_PERMISSIONS:
        permission = Permission.objects.get(content_type__app_label="wagtaildocs", codename=codename)
        GroupCollectionPermission.objects.create(group=groups[Role.EDITOR], collection=root, permission=permission)
    return groups


def sync_groups(account: Account) -> None:
    """Make the account's editing groups say what its assignments say today.

    Called when an assignment changes, at every sign-in (an assignment ends by its date, which changes no row) and
    by the demo. Other groups of the account are left alone.
    """
    held = set(
        Assignment.objects.on(timezone.localdate())
        .filter(account=account, role__in=[role.value for role in GROUPS])
        .values_list("role", flat=True)
    )
    for role in GROUPS:
        group = group_of(role)
        with writing():  # computed from assignments, which have their history
            if account.is_active and role.value in held:
                account.groups.add(group)
            else:
                account.groups.remove(group)
