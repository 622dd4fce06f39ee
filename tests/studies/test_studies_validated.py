"""The files of both studies, validated alone: what was built clean is clean for others too."""

from pathlib import Path

import pytest

from sdtmconv.build import build
from sdtmconv.validate import validate_folder

ROOT = Path(__file__).parents[2]
RAW = ROOT.parent / "shared" / "data" / "pharmaverse" / "raw"


def list_problems(folder: Path) -> list[str]:
    return [f"{group.place}: {group.message}" for group in validate_folder(folder)[1].groups]


def test_reference_study_is_clean(biottt001) -> None:
    """Its own terms, which define.xml marks as extensions, are declared."""
    assert list_problems(biottt001.out) == []


@pytest.mark.skipif(not RAW.is_dir(), reason="needs the pilot's raw records in ../shared")
def test_pilot_is_clean(tmp_path: Path) -> None:
    """The same of the public pilot."""
    build(ROOT / "specs" / "cdiscpilot01", out=tmp_path / "out")
    assert list_problems(tmp_path / "out") == []


def test_everything_that_was_found_in_the_reference_study_is_explained(biottt001) -> None:
    """The vendor's repeated records are answered for in findings.yaml, whoever the subjects are."""
    report = (biottt001.out / "reports" / "validation.junit.xml").read_text(encoding="utf-8")
    assert "<failure" not in report
    assert "The vendor's transfer holds some samples twice" in report
