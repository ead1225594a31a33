"""The last security administrator without factor or password 恢复安全管理员: one command, two named persons."""

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from integrity import accounts
from integrity.choices import Role
from integrity.models import Account, ReadEntry, recording
from tests import factories
from tests.personas import Province, assigned, signed_in

pytestmark = pytest.mark.django_db
PASSWORD = "三江源头的雪山与草原-2026"


def restore(username: str, second: str, reason: str = "手机丢失") -> str:
    out = StringIO()
    call_command(
        "restore_administrator", username, "--reason", reason, "--second", second, stdout=out, stderr=StringIO()
    )
    return out.getvalue().strip()


def able(scene: Province, name: str) -> Account:
    """Another security administrator of the office who can sign in."""
    account = assigned(factories.account(name, organisation=scene.authority), Role.SECURITY_ADMIN, scene.authority)
    account.set_password(PASSWORD)
    with recording(by=None, reason="测试"):
        account.save()
    TOTP.activate(account, generate_totp_secret())
    return account


def test_two_named_persons_restore_the_last_one(scene: Province, settings: Settings) -> None:
    lost = scene.security_admin
    TOTP.activate(lost, generate_totp_secret())
    browser = signed_in(lost)
    assert browser.get(reverse("staff:accounts")).status_code == 200
    link = restore(lost.username, scene.audit_admin.username)
    assert browser.get(reverse("staff:accounts")).status_code == 302
    assert not Authenticator.objects.filter(user=lost).exists()
    owner = Client()
    page = owner.get(link.partition(settings.WAGTAILADMIN_BASE_URL)[2], follow=True)
    target = page.redirect_chain[-1][0]
    assert owner.post(target, {"new_password1": PASSWORD, "new_password2": PASSWORD}).status_code == 302
    lost.refresh_from_db()
    assert lost.check_password(PASSWORD)
    assert "链接已失效" in Client().get(link.partition(settings.WAGTAILADMIN_BASE_URL)[2], follow=True).text


def test_it_is_on_record_and_shown_to_the_audit_administrator(scene: Province) -> None:
    restore(scene.security_admin.username, scene.system_admin.username, "手机落水")
    entry = scene.security_admin.history.order_by("-history_id")[0]
    assert (entry.history_user, entry.history_acting_for) == (scene.system_admin, scene.security_admin)
    line = ReadEntry.objects.get(door="command.restore_administrator")
    assert (line.account, line.ids) == (scene.system_admin, [scene.security_admin.username])
    page = signed_in(scene.audit_admin).get(reverse("staff:audit_changes")).text
    assert "手机落水" in page


def test_not_where_two_others_could_do_it(scene: Province, settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    first, other = able(scene, "one"), able(scene, "two")
    with pytest.raises(CommandError, match="尚有两名"):
        restore(scene.security_admin.username, first.username)
    Authenticator.objects.filter(user=other).delete()  # without the factor, the other one cannot confirm
    assert "/accounts/set-password/" in restore(scene.security_admin.username, first.username)


def test_one_of_another_area_or_suspended_is_not_counted(scene: Province) -> None:
    first, other = able(scene, "one"), able(scene, "two")
    accounts.suspend(account=other, by=first, reason="停职")
    assert "/accounts/set-password/" in restore(scene.security_admin.username, first.username)


def test_for_nobody_else_and_not_alone(scene: Province) -> None:
    for username in ("clerk", "system_admin", "audit_admin", "superuser", "nobody"):
        with pytest.raises(CommandError, match="只能恢复"):
            restore(username, "security_admin")
    for second in ("security_admin", "clerk", "superuser"):
        with pytest.raises(CommandError, match="第二人"):
            restore("security_admin", second)
    with pytest.raises(CommandError, match="no account"):
        restore("security_admin", "gibtesnicht")
    with pytest.raises(CommandError, match="事由"):
        restore("security_admin", "audit_admin", " ")
    scene.security_admin.refresh_from_db()
    assert scene.security_admin.signed_out_at is None
