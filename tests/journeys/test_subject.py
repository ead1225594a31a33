"""The person whom a file is about, and those who run the machine: the one sees the own file, the others none."""

from __future__ import annotations

import uuid

import pytest

from tests.journeys.conftest import Arrive
from tests.journeys.scene import Site

OWN = """
    SELECT f.name, f.ref FROM integrity_integrityfile f JOIN integrity_account a ON a.subject_id = f.subject_id
    WHERE a.username = 'subject'
"""
OTHER = """
    SELECT f.name, f.ref FROM integrity_integrityfile f
    WHERE f.authority_id = (SELECT organisation_id FROM integrity_account WHERE username = 'subject')
      AND f.status = 'established'
      AND f.subject_id NOT IN (SELECT subject_id FROM integrity_account WHERE subject_id IS NOT NULL)
    ORDER BY f.id LIMIT 1
"""


def address(ref: object) -> str:
    return f"/staff/files/{uuid.UUID(str(ref))}/"


def test_a_person_reads_the_own_file_and_who_has_read_it(arrive: Arrive, site: Site) -> None:
    name, own = site.ask(OWN)[0]
    _, other = site.ask(OTHER)[0]

    # The clerk of the managing authority reads it first.
    clerk = arrive("clerk")
    clerk.open(address(own))
    clerk.reads(str(name))

    subject = arrive("subject")
    subject.reads("本人记录")
    subject.follow("公务员诚信档案")
    subject.reads(str(name), "基本信息")
    subject.reads_not("录入处分决定", "职务变动")
    subject.follow("处分决定", within=".tabs")

    subject.open("/staff/my/reads/")
    subject.reads("西宁市委组织部", "档案经办")
    subject.reads_not("李春梅")  # unit and role, not the officer's name

    assert subject.status(address(other)) == 404
    assert subject.status("/staff/search/") in (200, 404)


@pytest.mark.parametrize("administrator", ["system_admin", "security_admin", "audit_admin"])
def test_administrators_see_no_content(arrive: Arrive, site: Site, administrator: str) -> None:
    name, ref = site.ask(OTHER)[0]
    visitor = arrive(administrator)
    visitor.reads("管理员不查阅内容")
    assert visitor.status(address(ref)) == 404
    visitor.open("/staff/files/")
    visitor.reads("本系统无记录")
    visitor.reads_not(str(name))
    visitor.open("/staff/practitioners/")
    visitor.reads_not("<tbody>")
    assert visitor.status("/cms/") == 403


def test_nobody_of_the_demonstration_is_a_superuser(site: Site) -> None:
    assert site.ask("SELECT count(*) FROM integrity_account WHERE is_superuser") == [(0,)]
