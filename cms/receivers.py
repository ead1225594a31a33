"""What the public site does when the domain changes 信号接收."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from cms.permissions import sync_groups
from integrity.models import Account, Assignment


@receiver([post_save, post_delete], sender=Assignment, dispatch_uid="cms.assignment_changed")
def assignment_changed(instance: Assignment, **kwargs: Any) -> None:
    account = Account.objects.filter(pk=instance.account_id).first()
    if account is not None:  # gone when the account itself is being deleted
        sync_groups(account)


@receiver(user_logged_in, dispatch_uid="cms.signed_in")
def signed_in(user: Account, **kwargs: Any) -> None:
    sync_groups(user)
