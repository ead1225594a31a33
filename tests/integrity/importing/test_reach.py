"""Reach of an import 导入范围: persons of others look unknown; units of others and contradicting rows are refused."""

from __future__ import annotations

import logging
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from integrity.choices import Grade, OrganKind, RelationKind
from integrity.importing import ImportRefused, Profile, load_profile, parse_profile, run
from integrity.models import (
    Account,
    ImportBatch,
    IntegrityFile,
    Organisation,
    OrganisationRelation,
    Rejection,
    Subject,
    SubjectIdentifier,
    recording,
)
from tests.integrity.importing.sheets import csv_file, identity_number

HEADER = ["身份证号", "姓名", "单位", "职务"]
PROFILE = """
name = "test-numbers"
title = "测试"
target = "servants"
[person]
key = ["身份证号"]
[[columns]]
header = "身份证号"
to = "person.identity_number"
type = "identity_number"
required = true
[[columns]]
header = "姓名"
to = "person.name"
type = "name"
required = true
[[columns]]
header = "单位"
to = "file.unit"
type = "organisation"
[[columns]]
header = "职务"
to = "file.post_title"
"""


@pytest.fixture
def profile() -> Profile:
    return parse_profile(PROFILE)


@pytest.fixture
def other(authority: Organisation) -> Organisation:
    with recording(by=None, reason="测试准备"):
        return Organisation.objects.create(
            code="63-OTHER", name="某州委组织部", kind=OrganKind.ORGANISATION_DEPARTMENT,
            level=authority.level, division=authority.division,
        )  # fmt: skip


def _rules(batch: ImportBatch) -> list[str]:
    return list(Rejection.objects.filter(batch=batch).values_list("rule", flat=True))


def test_a_person_of_another_authority_looks_unknown(
    tmp_path: Path, clerk: Account, authority: Organisation, other: Organisation, profile: Profile,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    number = identity_number(7)
    with recording(by=None, reason="测试准备"):
        person = Subject.objects.create(name="某甲")
        identifier = SubjectIdentifier(subject=person, kind="identity_number")
        identifier.set_number(number)
        identifier.save()
        IntegrityFile(subject=person, name="某甲", authority=other, entered_by=clerk, grade=Grade.INTERNAL).save()
    rows = [[number, "某乙", "", "科员"], [identity_number(8), "某丙", "", "科员"]]
    with caplog.at_level(logging.WARNING, "integrity.duplicates"):
        batch = run(csv_file(tmp_path / "a.csv", rows, HEADER), profile, by=clerk, authority=authority)
    assert (batch.created, batch.rejected, _rules(batch)) == (2, 0, [])
    assert str(person.pk) in caplog.text
    assert number not in caplog.text
    rows[0][3] = "主任"
    again = run(csv_file(tmp_path / "b.csv", rows, HEADER), profile, by=clerk, authority=authority)
    assert (again.changed, again.unchanged) == (1, 1)


def test_a_unit_that_another_authority_manages_is_refused(
    tmp_path: Path, clerk: Account, authority: Organisation, other: Organisation, profile: Profile
) -> None:
    with recording(by=None, reason="测试准备"):
        OrganisationRelation(source=other, target=other, kind=RelationKind.MANAGING_AUTHORITY).save()
    rows = [[identity_number(1), "某甲", other.code, "科员"], [identity_number(2), "某乙", authority.code, "科员"]]
    batch = run(csv_file(tmp_path / "a.csv", rows, HEADER), profile, by=clerk, authority=authority)
    assert (batch.created, batch.rejected) == (1, 1)
    assert _rules(batch) == ["该单位不属于所选管理机关的管理权限"]


@pytest.mark.parametrize("chunk", [2000, 1])
def test_of_two_contradicting_rows_the_later_is_refused(
    tmp_path: Path, clerk: Account, authority: Organisation, profile: Profile, chunk: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("integrity.importing.runs.CHUNK_ROWS", chunk)
    number = identity_number(3)
    rows = [[number, "某甲", "", "科员"], [number, "某甲", "", "科员"], [number, "某甲", "", "主任"]]
    batch = run(csv_file(tmp_path / "a.csv", rows, HEADER), profile, by=clerk, authority=authority)
    assert (batch.created, batch.unchanged, batch.rejected) == (1, 1, 1)
    assert _rules(batch) == ["同一人重复，前见第 2 行"]
    assert IntegrityFile.objects.unscoped(reason="测试").get().post_title == "科员"


def test_the_same_file_again_says_what_this_run_wrote(tmp_path: Path, clerk: Account, authority: Organisation) -> None:
    toml = tmp_path / "profile.toml"
    toml.write_text(PROFILE, encoding="utf-8")
    path = csv_file(tmp_path / "a.csv", [[identity_number(4), "某甲", "", "科员"]], HEADER)
    said = []
    for _time in range(2):
        out = StringIO()
        call_command("import_batch", str(path), profile=str(toml), by=clerk.username, stdout=out)
        said.append(out.getvalue().strip().splitlines())
    assert said[0][-1] == "read 1 = created 1 + changed 0 + unchanged 0 + rejected 0"
    assert said[1][-1] == "read 1 = created 0 + changed 0 + unchanged 1 + rejected 0"
    assert said[1][0].startswith("该文件此前已导入")
    assert said[1][0].endswith("本次未写入")


def test_a_template_under_another_profile_names_the_one_that_fits(
    tmp_path: Path, clerk: Account, authority: Organisation
) -> None:
    from integrity.importing.template import make_template

    template = load_profile("template-servants")
    path = tmp_path / "t.xlsx"
    path.write_bytes(make_template(template))
    with pytest.raises(ImportRefused) as caught:
        run(path, "cped-officials", by=clerk, authority=authority)
    assert caught.value.code == "wrong_profile"
    assert template.title in str(caught.value)
