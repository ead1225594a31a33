"""Open data, removal log, timeliness: nobody's name by any public door once a publication has left (H5, H6)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from cms import compliance, open_data
from cms.models import HomePage
from integrity import publications
from integrity.choices import PublicationState, WithdrawalReason
from integrity.ledger import note
from integrity.ledger.checkpoints import public_line_of
from integrity.models import Publication, Removal, recording
from integrity.reference.loader import load_reference
from tests.search import factories

pytestmark = pytest.mark.django_db
NAME = "扎西多杰"
DOORS = (
    "/", "/register/", "/register/p/{ref}/", "/register/?document_no={number}", "/register/?licence_no=X1",
    "/search/?q={name}", "/sitemap.xml", "/robots.txt", "/feed.atom", "/removals/", "/removals/feed.atom",
    "/timeliness/", "/data/", "/data/manifest.json",
    *(f"/data/{n}.{f}" for n in open_data.DUMPS for f in ("csv", "jsonl")),
)  # fmt: skip


def _published(site: HomePage, decided: str = "2026-05-06", **fields: object) -> Publication:
    record = factories.practitioner(NAME, factories.organisation("某市司法局"), factories.profession("律师"))
    penalty = factories.penalty(record, f"某司罚〔2026〕{record.pk}号")
    row = factories.publication(penalty, title=f"{NAME}行政处罚", **fields)
    row.projection = row.projection | {"decided_on": decided, "licence_no": "X1"}
    with recording(by=None, reason="测试"):
        row.save()
    return row


def _hits(browser: Client, row: Publication) -> list[str]:
    """Doors whose answer holds the name in a place where nobody typed it."""
    found = []
    for door in DOORS:
        address = door.format(ref=row.ref, number=row.projection["document_no"], name=NAME)
        answer = browser.get(address)
        text = answer.content.decode()
        if f"{NAME}行政处罚" in text or ("name=" not in door and "q=" not in door and NAME in text):
            found.append(door)
    return found


def test_the_probe_sees_what_is_public(client: Client, site: HomePage) -> None:
    """The probe itself can fail: while the term runs the name stands behind the register's doors."""
    assert "/register/p/{ref}/" in _hits(client, _published(site))


@pytest.mark.parametrize("cause", list(WithdrawalReason))
def test_what_was_withdrawn_is_behind_no_public_door(client: Client, site: HomePage, cause: WithdrawalReason) -> None:
    row = _published(site)
    _hits(client, row)  # whatever keeps copies has one now
    publications._moved(
        row, "withdraw", by=None, reason="测试", changes={"withdrawn_at": timezone.now(), "withdrawal_reason": cause}
    )
    assert _hits(client, row) == []
    assert client.get(f"/register/p/{row.ref}/").status_code == 410
    log = Removal.objects.get()
    assert log.ground == (cause if cause in ("expired", "changed", "revoked", "error") else "")


def test_past_its_term_without_any_job(client: Client, site: HomePage) -> None:
    row = _published(site, ends_on=timezone.localdate() - timedelta(days=1))
    assert _hits(client, row) == []


def test_suspended_is_behind_no_door(client: Client, site: HomePage) -> None:
    assert _hits(client, _published(site, state=PublicationState.SUSPENDED)) == []


def test_a_late_job_writes_the_day_the_term_ended(site: HomePage) -> None:
    last = timezone.localdate() - timedelta(days=9)
    _published(site, ends_on=last)
    assert publications.withdraw_expired() == 1
    assert Removal.objects.get().removed_on == last + timedelta(days=1)


def test_a_line_of_the_log_tells_of_nobody() -> None:
    names = {field.name for field in Removal._meta.get_fields()}
    assert names == {"id", "kind", "ground", "authority", "removed_on"}


# 2026: national day 1–7 October off; 20 September and 10 October are make-up days. 2028-02-29 is a Tuesday.
@pytest.mark.parametrize(
    ("decided", "last"),
    [
        (date(2026, 5, 6), date(2026, 5, 14)),  # Saturday the 9th is a make-up day
        (date(2026, 9, 28), date(2026, 10, 13)),
        (date(2028, 2, 29), date(2028, 3, 9)),
    ],
)
def test_the_last_day_of_double_publicity(decided: date, last: date) -> None:
    load_reference(by=None, reason="测试")
    assert compliance._Limits("double_publicity").last_day(decided) == last


@pytest.mark.parametrize(("at", "in_time"), [("15:59:59", 5), ("16:00:00", 0)])
def test_midnight_in_shanghai_decides(site: HomePage, at: str, in_time: int) -> None:
    """The last second of the last day is in time, the next one is not."""
    load_reference(by=None, reason="测试")
    moment = datetime.fromisoformat(f"2026-05-14T{at}").replace(tzinfo=UTC)
    for _ in range(5):
        _published(site, published_at=moment)
    figures = compliance.double_publicity()
    assert [(figure.items, figure.in_time) for figure in figures] == [(5, in_time)]


def test_small_units_are_not_printed(client: Client, site: HomePage) -> None:
    load_reference(by=None, reason="测试")
    _published(site, published_at=timezone.now())
    assert [figure.items for figure in compliance.double_publicity()] == [None]
    assert client.get("/timeliness/").status_code == 200


def test_the_manifest_is_signed_by_the_checkpoint_key(client: Client, site: HomePage, settings: object) -> None:
    private = Ed25519PrivateKey.generate().private_bytes_raw()
    settings.LEDGER_KEY = private  # type: ignore[attr-defined]
    assert client.get("/data/manifest.note").status_code == 404
    call_command("sign_open_data")
    told = note.read(client.get("/data/manifest.note").content.decode(), [public_line_of(private)])
    assert told.origin.endswith("/open-data")
    now = client.get("/data/manifest.json").json()["files"]
    assert set(told.extra[1:]) == {f"{name} {digest}" for name, digest in now.items()}


def test_no_cell_is_a_formula() -> None:
    assert open_data._cell("=1+1") == "'=1+1"
