"""The files of both studies, validated alone: what was built clean is clean for others too."""

from pathlib import Path

import pytest

from sdtmconv.build import build
from sdtmconv.validate import validate_folder

ROOT = Path(__file__).parents[2]
RAW = ROOT.parent / "shared" / "data" / "pharmaverse" / "raw"


def list_rules(folder: Path) -> set[str]:
    return {group.rule for group in validate_folder(folder)[1].groups}


def test_reference_study_is_clean(biottt001) -> None:
    """Its own terms are declared in define.xml; an investigator may judge a response otherwise."""
    assert list_rules(biottt001.out) <= {"target-response"}


@pytest.mark.skipif(not RAW.is_dir(), reason="needs the pilot's raw records in ../shared")
def test_pilot_has_what_its_records_have(tmp_path: Path) -> None:
    """The public pilot breaks four rules, as it was collected and published; each is explained."""
    build(ROOT / "specs" / "cdiscpilot01", out=tmp_path / "out")
    known = {"serious-event", "arm-of-nobody", "event-death-date", "unresolved-end"}
    assert list_rules(tmp_path / "out") == known
    report = (tmp_path / "out/reports/validation.junit.xml").read_text(encoding="utf-8")
    assert "<failure" not in report


def test_everything_that_was_found_in_the_reference_study_is_explained(biottt001) -> None:
    """The vendor's repeated records are answered for in findings.yaml, whoever the subjects are."""
    report = (biottt001.out / "reports" / "validation.junit.xml").read_text(encoding="utf-8")
    assert "<failure" not in report
    assert "The vendor's transfer holds some samples twice" in report
