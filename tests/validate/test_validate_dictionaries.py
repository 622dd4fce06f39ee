"""Dictionaries without a version: define.xml cannot name them, and everybody is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import CliRunner
from tiny_study import SMALL_STUDY

from sdtmconv.build import build
from sdtmconv.cli import main
from sdtmconv.spec import load_study
from sdtmconv.validate import FindingGroup, validate_folder

WriteStudy = Callable[..., Path]

STUDY = dedent(SMALL_STUDY["study.yaml"])
OWN = dedent(SMALL_STUDY["codelists.yaml"]) + "LOCAL: {dictionary: SNOMED}\n"
CODED_AE = dedent(SMALL_STUDY["sdtm/ae.yaml"]) + "  AELLT: {upcase: TERM, codelist: LOCAL}\n"
FOUND = [("MedDRA", "codes AE, and has no version in define.xml")]


def list_found(groups: tuple[FindingGroup, ...]) -> list[tuple[str, str]]:
    return [(g.variable, g.message) for g in groups if g.rule == "define-dictionary"]


def test_check_names_the_place_and_the_line_to_add(write_study: WriteStudy) -> None:
    """A dictionary of the standard is stated in study.yaml, one of the study in codelists.yaml."""
    folder = write_study({"codelists.yaml": OWN, "sdtm/ae.yaml": CODED_AE})
    told = CliRunner().invoke(main, ["check", str(folder)])
    end = "so that define.xml names the dictionary"
    assert told.exit_code == 0
    assert told.output.splitlines()[1:] == [
        f"warning: {folder}/codelists.yaml:5: SNOMED codes AE, and has no version; "
        f"add `version: ...` beside `dictionary`, {end}",
        f"warning: {folder}/study.yaml:1: MedDRA codes AE, and has no version; "
        f"add `MedDRA: ...` under `dictionaries`, {end}",
    ]
    as_json = json.loads(CliRunner().invoke(main, ["check", str(folder), "--json"]).output)
    assert [w["place"] for w in as_json["warnings"]] == [
        f"{folder}/codelists.yaml:5",
        f"{folder}/study.yaml:1",
    ]


def test_a_stated_version_is_no_matter(write_study: WriteStudy) -> None:
    """Nothing is told of a dictionary that define.xml names."""
    folder = write_study({"study.yaml": STUDY + "dictionaries: {MedDRA: 26.0}\n"})
    assert load_study(folder).warnings == ()


def test_a_build_finds_it_and_so_does_validation_of_its_folder(
    write_study: WriteStudy, tmp_path: Path
) -> None:
    """Both say the same of one folder, and nothing once define.xml names the dictionary."""
    built = build(write_study(), out=tmp_path / "out")
    assert list_found(built.findings.groups) == FOUND
    assert list_found(validate_folder(tmp_path / "out")[1].groups) == FOUND
    folder = write_study({"study.yaml": STUDY + "dictionaries: {MedDRA: 26.0}\n"})
    built = build(folder, out=tmp_path / "out")
    assert list_found(built.findings.groups) == []
    assert list_found(validate_folder(tmp_path / "out")[1].groups) == []


@pytest.mark.parametrize("text", ["", "<nothing"])
def test_without_a_define_there_is_nowhere_to_name_it(
    text: str, write_study: WriteStudy, tmp_path: Path
) -> None:
    """A folder without a define.xml, or with one that cannot be read, has other faults."""
    build(write_study(), out=tmp_path / "out")
    (define,) = (tmp_path / "out").rglob("define.xml")
    define.unlink()
    if text:
        define.write_text(text, encoding="utf-8")
    assert list_found(validate_folder(tmp_path / "out")[1].groups) == []
