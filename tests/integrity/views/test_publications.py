"""Publishing a penalty: proposed, reviewed, told, published by four persons; nothing without proof of notice."""

from datetime import date

import pytest
from django.utils import timezone

from integrity.choices import LicenceState, PenaltyKind, PublicationClass, PublicationState, RecordState, Role
from integrity.models import Licence, Notice, Penalty, Publication
from tests import factories
from tests.factories import saved
from tests.personas import Province, assigned, signed_in

pytestmark = pytest.mark.django_db
S = PublicationState


@pytest.fixture
def penalty(scene: Province) -> Penalty:
    lawyer = factories.practitioner(
        scene.bureau, by=scene.regulator, of=scene.profession, name="索南才让", unit_name="演示律师所"
    )
    today = timezone.localdate()
    decided = date(today.year - (today.month == 1), 12 if today.month == 1 else today.month - 1, 1)
    return factories.penalty(
        lawyer, by=scene.regulator, kind=PenaltyKind.SUSPENSION, state=RecordState.IN_FORCE, decided_on=decided,
        served_on=decided, effective_from=decided, document_no="青司罚〔2026〕3号", violation="私自收案",
        content="停止执业三个月", facts="当事人之外的人", document=factories.document(scene.regulator),
        deciding_authority=scene.bureau, approved_by=scene.second_regulator,
    )  # fmt: skip


def proposed(scene: Province, penalty: Penalty) -> Publication:
    answer = scene.browser("regulator").post(
        f"/staff/penalties/{penalty.ref}/publish/",
        {"publication_class": PublicationClass.GENERAL, "months": "6", "reason": "依法公示"},
    )
    assert answer.status_code == 302, answer.context["form"].errors
    publication = Publication.objects.get(penalty=penalty)
    assert answer.headers["Location"] == page(publication)
    return publication


def page(publication: Publication, step: str = "") -> str:
    return f"/staff/publications/{publication.ref}/" + (f"{step}/" if step else "")


def state(publication: Publication) -> str:
    publication.refresh_from_db()
    return publication.state


NOTICE = {"served_on": timezone.localdate().isoformat(), "channel": "in_person", "proof": "送达回证-1"}


def test_a_penalty_goes_public_through_four_persons(scene: Province, penalty: Penalty) -> None:
    """The publisher's day: propose, review, notice, publish (H4, H18), then suspend, resume, withdraw."""
    publication = proposed(scene, penalty)
    regulator, reviewer, publisher = (scene.browser(n) for n in ("regulator", "secrecy_reviewer", "publisher"))
    assert reviewer.get("/staff/publications/").context["queues"][0]["value"] == 1
    reviewer.post(page(publication, "review"), {"reason": "不涉密"})
    assert state(publication) == S.REVIEWED
    told = regulator.get(page(publication, "notice"))
    assert "索南才让：" in told.context["text"]
    regulator.post(page(publication, "notice"), NOTICE)
    assert state(publication) == S.NOTICED
    publisher.post(page(publication, "publish"), {})
    assert state(publication) == S.PUBLISHED
    publisher.post(page(publication, "suspend"), {"reason": "身份存疑"})
    assert state(publication) == S.SUSPENDED
    publisher.post(page(publication, "resume"), {"reason": "已核实"})
    assert state(publication) == S.PUBLISHED
    regulator.post(page(publication, "withdraw"), {"cause": "repaired", "reason": "信用修复"})
    assert state(publication) == S.WITHDRAWN


def test_the_reviewer_sees_what_the_public_will_and_what_it_will_not(scene: Province, penalty: Penalty) -> None:
    publication = proposed(scene, penalty)
    answer = scene.browser("secrecy_reviewer").get(page(publication))
    shown = {str(item["label"]): item["value"] for item in answer.context["shown"]}
    assert shown["相对人名称"] == "索南才让"
    assert "当事人之外的人" not in answer.text
    assert "事实（不含第三人信息）" in answer.context["withheld"]
    assert "身份证件号码" in answer.context["withheld"]


def test_class_and_period_come_from_the_rules(scene: Province, penalty: Penalty) -> None:
    """A period outside the rule is refused with its article; a minor matter is not published."""
    address = f"/staff/penalties/{penalty.ref}/publish/"
    browser = scene.browser("regulator")
    assert "《信用修复管理办法》" in browser.get(address).text
    too_long = browser.post(address, {"publication_class": "general", "months": "24", "reason": "x"})
    assert too_long.status_code == 422
    assert "3 至 12 个月" in too_long.text
    minor = browser.post(address, {"publication_class": "minor", "reason": "x"})
    assert minor.status_code == 422
    assert "不予公示" in minor.text
    assert not Publication.objects.exists()


def test_a_notice_without_proof_changes_nothing(scene: Province, penalty: Penalty) -> None:
    """H4."""
    publication = proposed(scene, penalty)
    scene.browser("secrecy_reviewer").post(page(publication, "review"), {"reason": "不涉密"})
    answer = scene.browser("regulator").post(page(publication, "notice"), NOTICE | {"proof": " "})
    assert answer.status_code == 422
    assert "H4" in answer.text
    assert state(publication) == S.REVIEWED
    assert not Notice.objects.exists()
    unproven = scene.browser("publisher").post(page(publication, "publish"), {})
    assert unproven.status_code == 422
    assert state(publication) == S.REVIEWED


@pytest.mark.parametrize("who", ["regulator", "second_regulator", "secrecy_reviewer"])
def test_whoever_had_a_hand_in_it_does_not_publish(scene: Province, penalty: Penalty, who: str) -> None:
    """H18: the enterer, the approver and the reviewer are refused, even with the publisher's role."""
    publication = proposed(scene, penalty)
    scene.browser("secrecy_reviewer").post(page(publication, "review"), {"reason": "不涉密"})
    scene.browser("regulator").post(page(publication, "notice"), NOTICE)
    account = getattr(scene, who)
    assigned(account, Role.PUBLISHER, scene.bureau)
    answer = signed_in(account).post(page(publication, "publish"), {})
    assert answer.status_code == 422
    assert "H18" in answer.text
    assert state(publication) == S.NOTICED


def test_the_proposer_does_not_review(scene: Province, penalty: Penalty) -> None:
    """H18."""
    publication = proposed(scene, penalty)
    assigned(scene.regulator, Role.SECRECY_REVIEWER, scene.bureau)
    answer = signed_in(scene.regulator).post(page(publication, "review"), {"reason": "自己审"})
    assert answer.status_code == 422
    assert state(publication) == S.PROPOSED


STEPS = ("", "review", "refuse", "notice", "publish", "suspend", "resume", "withdraw")


def test_what_is_listed_opens_and_the_rest_is_absent(scene: Province, penalty: Penalty) -> None:
    publication = proposed(scene, penalty)
    for name in (*Province.SEE, *Province.DO_NOT_SEE, "second_regulator"):
        browser = scene.browser(name)
        seen = name in ("regulator", "second_regulator", "secrecy_reviewer", "publisher")
        assert (publication.title in browser.get("/staff/publications/").text) is seen, name
        assert (browser.get(page(publication)).status_code == 200) is seen, name
        if not seen:
            for step in STEPS[1:]:
                assert browser.post(page(publication, step), {"reason": "x"}).status_code == 404, (name, step)
    assert state(publication) == S.PROPOSED


@pytest.mark.parametrize(
    ("who", "step"),
    [
        ("regulator", "review"), ("publisher", "review"), ("secrecy_reviewer", "notice"), ("publisher", "notice"),
        ("regulator", "publish"), ("secrecy_reviewer", "publish"), ("regulator", "refuse"),
        ("secrecy_reviewer", "withdraw"), ("secrecy_reviewer", "suspend"), ("regulator", "resume"),
    ],
)  # fmt: skip
def test_each_step_belongs_to_its_role(scene: Province, penalty: Penalty, who: str, step: str) -> None:
    """Forged POST: a role that sees the publication still cannot take another role's step."""
    publication = proposed(scene, penalty)
    answer = scene.browser(who).post(page(publication, step), {"reason": "x", "cause": "error"} | NOTICE)
    assert answer.status_code == 404
    assert state(publication) == S.PROPOSED
    assert not any(step in link["url"] for link in scene.browser(who).get(page(publication)).context["steps"])


def test_a_licence_is_proposed_from_the_practitioners_page(scene: Province, penalty: Penalty) -> None:
    """Without class or number of months: until the licence ends; once, and by a regulator alone."""
    licence = saved(
        Licence(
            record=penalty.record, subject=penalty.subject, authority=penalty.authority, entered_by=scene.regulator,
            title="律师执业证书", number="16301202610000001", valid_from=date(2024, 1, 1), valid_to=date(2099, 12, 31),
            licence_state=LicenceState.VALID, state=RecordState.IN_FORCE, approved_by=scene.second_regulator,
        )
    )  # fmt: skip
    address, browser = f"/staff/licences/{licence.ref}/publish/", scene.browser("regulator")
    holder = f"/staff/practitioners/{penalty.record.ref}/"
    assert address in browser.get(holder).text
    assert browser.get(address).status_code == 200
    for name in ("clerk", "publisher", "secrecy_reviewer", "superuser"):
        assert scene.browser(name).post(address, {"reason": "x"}).status_code == 404, name
    answer = browser.post(address, {"reason": "证照公示"})
    publication = Publication.objects.get(licence=licence)
    assert answer.headers["Location"] == page(publication)
    assert publication.ends_on == date(2099, 12, 31)
    assert address not in browser.get(holder).text
    assert browser.post(address, {"reason": "再次"}).status_code == 422


def test_an_expired_publication_reads_as_expired(scene: Province, penalty: Penalty) -> None:
    """H5: the state column lags, the date does not."""
    publication = proposed(scene, penalty)
    publication.starts_on, publication.ends_on = date(2020, 1, 1), date(2020, 6, 30)
    saved(publication)
    assert "期满，不再显示" in scene.browser("publisher").get(page(publication)).text
