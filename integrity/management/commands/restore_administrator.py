"""Restore the last security administrator 恢复安全管理员: prints a link to set a new password, valid once."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrity import last_administrator
from integrity.exceptions import ActRefused
from integrity.models import Account
from integrity.sign_in.passwords import link_path


class Command(BaseCommand):
    help = (
        "Ends the sessions of a security administrator, takes the second factor off and prints a link to set a new "
        "password. For an office without two other administrators who could do it in the system; two persons are named."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="the security administrator who has lost factor or password")
        parser.add_argument("--second", required=True, help="another administrator (of any kind), present and watching")
        parser.add_argument(
            "--reason", required=True, help="why; kept in the history, shown to the audit administrator"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        account, second = _account(options["username"]), _account(options["second"])
        try:
            row = last_administrator.restore(account=account, second=second, reason=options["reason"])
        except ActRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        hours = settings.PASSWORD_RESET_TIMEOUT // 3600
        self.stderr.write(
            f"{row.username}: sessions ended, second factor and password taken off. Valid once, {hours} h:"
        )
        self.stdout.write(f"{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}{link_path(row)}")


def _account(username: str) -> Account:
    try:
        account: Account = Account.objects.get(username=username)
    except Account.DoesNotExist:
        raise CommandError(f"there is no account {username!r}") from None
    return account
