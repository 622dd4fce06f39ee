"""Records of analysis datasets lead back to the record that they come from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Built

SPECS = Path(__file__).parents[2] / "specs"
# What is made from several records, or says that there is none.
OF_SEVERAL = {
    "ADEX": {"NADJ", "NADM", "PDOSE", "RDI", "TDOSE", "TDURD"},
    "ADTR": {"NLESIONS", "SDIAM"},
}
OF_NONE = {"ADRS": {"RSP", "CB", "BOR", "CBOR"}}
ONE_PER_SUBJECT = "ADSL"


@pytest.mark.parametrize("study", ["biottt001", "cdiscpilot01"])
def test_no_study_needs_functions_of_its_own(study: str) -> None:
    """Everything in its specs is said with keywords of the package."""
    assert (SPECS / study / "adam").is_dir()
    assert not list((SPECS / study).rglob("*.py"))


def test_every_record_has_the_number_of_its_source(biottt001: Built) -> None:
    """--SEQ of SDTM, or SRCSEQ; a date of ADSL needs no number, for it has a record per subject."""
    names = {path.stem.upper() for path in (biottt001.out / "analysis").rglob("*.xpt")}
    assert {"ADAE", "ADTTE", *OF_SEVERAL, *OF_NONE} < names
    for name in sorted(names - {ONE_PER_SUBJECT}):
        frame = biottt001.frames[name]
        numbers = [column for column in frame if column.endswith("SEQ") and column != "ASEQ"]
        assert numbers, name
        left = frame[frame[numbers].isna().all(axis=1)]
        if "SRCDOM" in left:
            left = left[left["SRCDOM"] != ONE_PER_SUBJECT]
        unnumbered = set(left["PARAMCD"]) if len(left) else set()
        assert unnumbered <= OF_SEVERAL.get(name, set()) | OF_NONE.get(name, set()), name


def test_a_response_without_a_source_is_that_nothing_was_seen(biottt001: Built) -> None:
    """N for those who had none, and MISSING for those without an assessment."""
    adrs = biottt001.frames["ADRS"]
    left = adrs[adrs["SRCDOM"] == ""]
    assert len(left)
    assert set(left["AVALC"]) <= {"N", "MISSING"}
    assert left["ADT"].isna().all()
