"""Own account: who read my records, the second factor, the demo accounts of the sign-in page."""

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from integrity.demo.accounts import PASSWORD, PERSONAS
from integrity.models import Account, Objection, ReadEntry
from tests import factories
from tests.factories import saved
from tests.personas import Province

pytestmark = pytest.mark.django_db
PASSWORD_BEFORE = "long-enough-for-a-test"


def test_i_see_who_read_my_file_by_unit_and_role_and_not_by_name(scene: Province) -> None:
    scene.browser("clerk").get(f"/staff/files/{scene.file.ref}/")
    page = scene.browser("subject_himself").get("/staff/my/reads/")
    [line] = [entry for entry in page.context["entries"] if entry["role"] == "档案经办"][:1]
    assert line["unit"] == scene.authority.name
    assert line["purpose"] == "档案日常管理"
    assert ">clerk<" not in page.text


def test_an_inspectors_reading_is_shown_after_the_case_has_closed(scene: Province) -> None:
    """domain §10: while the case is open it is as if nobody had read."""
    scene.browser("inspector_with_case").get(f"/staff/files/{scene.file.ref}/")
    assert ReadEntry.objects.filter(account=scene.inspector_with_case, case=scene.case).exists()
    himself = scene.browser("subject_himself")
    before = himself.get("/staff/my/reads/")
    assert scene.case.reference not in before.text
    assert "纪检监察" not in before.text
    scene.case.closed_on = timezone.localdate()
    saved(scene.case)
    assert scene.case.reference in himself.get("/staff/my/reads/").text


def test_looking_a_file_up_to_grant_it_is_not_told(scene: Province) -> None:
    scene.browser("second_inspector").post(
        f"/staff/cases/{scene.case.pk}/ask/", {"find": "1", "ref": str(scene.file.ref)}
    )
    assert scene.browser("subject_himself").get("/staff/my/reads/").context["entries"] == []


def test_readings_of_others_are_not_mine(scene: Province) -> None:
    other = factories.file(scene.authority, by=scene.clerk, name="李援朝")
    scene.browser("clerk").get(f"/staff/files/{other.ref}/")
    assert scene.browser("subject_himself").get("/staff/my/reads/").context["entries"] == []


def test_my_open_objections_are_shown(scene: Province) -> None:
    today = timezone.localdate()
    for state in ("received", "closed"):
        saved(
            Objection(
                subject=scene.person, file=scene.file, authority=scene.authority, entered_by=scene.subject_himself,
                kind="wrong_text", text="内容有误", state=state, lodged_on=today, due_on=today + timedelta(days=7),
            )
        )  # fmt: skip
    assert len(scene.browser("subject_himself").get("/staff/my/reads/").context["objections"]) == 1


def test_without_own_records_there_is_no_such_page(scene: Province) -> None:
    assert scene.browser("clerk").get("/staff/my/reads/").status_code == 404


def test_a_second_factor_is_activated_and_its_secret_is_stored_as_ciphertext(scene: Province) -> None:
    """Right after the sign-in nobody asks for the password again; later somebody does."""
    client = with_password(scene.clerk)
    address = "/accounts/2fa/totp/activate/"
    form = client.get(address).context["form"]
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    code = totp.format_hotp_value(totp.hotp_value(form.secret, counter))
    answer = client.post(address, {"code": code})
    assert answer.status_code == 302, answer.context["form"].errors
    stored = Authenticator.objects.get(user=scene.clerk, type=Authenticator.Type.TOTP)
    assert form.secret not in str(stored.data)
    assert totp.decrypt(stored.data["secret"]) == form.secret


def with_password(account: Account) -> Client:
    """A browser that has signed in by the form."""
    account.set_password(PASSWORD_BEFORE)
    saved(account)
    client = Client()
    client.post("/accounts/login/", {"login": account.username, "password": PASSWORD_BEFORE})
    return client


def test_the_second_factor_asks_for_the_password_when_the_sign_in_is_long_past(scene: Province) -> None:
    client = with_password(scene.clerk)
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        answer = client.get("/accounts/2fa/totp/activate/")
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")


def test_the_own_password_is_changed_by_the_rules_shown_and_the_change_is_in_the_history(scene: Province) -> None:
    client, address = with_password(scene.clerk), "/accounts/password/change/"
    assert "12" in client.get(address).context["form"].fields["password1"].help_text
    weak = {"oldpassword": PASSWORD_BEFORE, "password1": "123456", "password2": "123456"}
    assert "password1" in client.post(address, weak).context["form"].errors
    new = {"oldpassword": PASSWORD_BEFORE, "password1": "another-Long-enough-22", "password2": "another-Long-enough-22"}
    assert client.post(address, new).status_code == 302
    scene.clerk.refresh_from_db()
    assert scene.clerk.check_password("another-Long-enough-22")
    assert scene.clerk.history.order_by("-history_id")[0].history_user == scene.clerk


def test_a_session_ends_by_the_clock_and_by_a_post(scene: Province, settings: Settings) -> None:
    """A link or a picture signs nobody out; looking at pages makes no session longer."""
    settings.SESSION_ABSOLUTE_SECONDS = 8 * 3600
    client = with_password(scene.clerk)
    assert client.get("/accounts/logout/").status_code == 200
    assert client.get("/staff/").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=7), tick=False):
        assert client.get("/staff/").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=9), tick=False):
        assert client.get("/staff/").status_code == 302
    client = with_password(scene.clerk)
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get("/staff/").status_code == 302


def test_the_demo_accounts_are_listed_in_development_alone(scene: Province, settings: Settings, client: Client) -> None:
    """A persona that does not exist is not listed; outside development none is."""
    assert not client.get("/accounts/login/").context["demo_accounts"]
    settings.DEMO_ACCOUNTS_SHOWN = True
    page = client.get("/accounts/login/")
    listed = {row["username"] for row in page.context["demo_accounts"]}
    assert listed == {persona.username for persona in PERSONAS} & set(
        Account.objects.values_list("username", flat=True)
    )
    assert PASSWORD in page.text
