"""What a build describes goes into a workbook, from there into specs, and comes back the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sdtmconv.build import build
from sdtmconv.exchange import begin_study, export
from sdtmconv.folders import FOLDERS

if TYPE_CHECKING:
    from conftest import Built

SHARED = Path(__file__).parents[3] / "shared" / "data" / "pharmaverse"
SPECS = Path(__file__).parents[2] / "specs"


def check_round_trip(built: Path, standard: str, define: Path, folder: Path) -> None:
    """Build to workbook, to study folder, to define.xml: the same bytes."""
    export(built, folder / "spec.xlsx", standard)
    begun = begin_study(folder / "study", [str(folder / "spec.xlsx")])
    assert begun.notes == ()
    export(folder / "study", folder / "define.xml")
    assert (folder / "define.xml").read_bytes() == define.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("standard", "place"), [*zip(("sdtm", "adam"), FOLDERS.values(), strict=True)]
)
def test_the_reference_study_comes_back(
    biottt001: Built, tmp_path: Path, standard: str, place: Path
) -> None:
    """With lengths, values, codelists, methods, documents and results."""
    check_round_trip(biottt001.out, standard, biottt001.out / place / "define.xml", tmp_path)


@pytest.mark.slow
def test_both_standards_of_a_study_go_into_one_folder(biottt001: Built, tmp_path: Path) -> None:
    """What SDTM and ADaM call alike and say differently gets names of its own."""
    sources = [str(biottt001.out / place / "define.xml") for place in FOLDERS.values()]
    begun = begin_study(tmp_path / "study", sources)
    assert begun.notes == ()
    assert {"AE", "ADAE"} <= begun.unmapped.keys()


@pytest.mark.slow
def test_the_pilot_comes_back(tmp_path: Path) -> None:
    if not SHARED.exists():
        pytest.skip(f"{SHARED} is not there")
    build(SPECS / "cdiscpilot01", raw=SHARED / "raw", out=tmp_path / "built")
    place = tmp_path / "built" / FOLDERS["SDTMIG"] / "define.xml"
    check_round_trip(tmp_path / "built", "sdtm", place, tmp_path)
