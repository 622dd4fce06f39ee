"""Faults in clean builds of both studies: each is found by the rule it breaks, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest
from clean_studies import RAW, build_biottt001, build_cdiscpilot01
from fault_table import CleanStudy, FaultLine, break_frames, read_faults

from sdtmconv.validate import Findings, join_parts, validate_part, validate_study

HERE = Path(__file__).parent
BIOTTT001 = read_faults(HERE / "faults_biottt001.txt")
CDISCPILOT01 = read_faults(HERE / "faults_cdiscpilot01.txt")
EVERY = 60


@pytest.fixture(scope="module")
def biottt001(tmp_path_factory: pytest.TempPathFactory) -> CleanStudy:
    return build_biottt001(tmp_path_factory.mktemp("biottt001"))


@pytest.fixture(scope="module")
def cdiscpilot01(tmp_path_factory: pytest.TempPathFactory) -> CleanStudy:
    if not RAW.is_dir():
        pytest.skip("the pilot's public records are not at ../shared/data/pharmaverse")
    return build_cdiscpilot01(tmp_path_factory.mktemp("cdiscpilot01"))


def list_found(findings: Findings) -> list[tuple[str, str, int]]:
    return [(group.rule, group.place, len(group)) for group in findings.groups]


def test_the_tables_are_long_enough() -> None:
    """There are at least 400 faults, none of them twice."""
    texts = [fault.text for fault in (*BIOTTT001, *CDISCPILOT01)]
    assert len(texts) >= 400
    for faults in (BIOTTT001, CDISCPILOT01):
        assert len({fault.text for fault in faults}) == len(faults)


@pytest.mark.parametrize("fault", BIOTTT001, ids=lambda fault: fault.text)
def test_a_fault_in_the_reference_study_is_found_once(
    fault: FaultLine, biottt001: CleanStudy
) -> None:
    """The rule that it breaks finds it, in the place that is wrong, and no other rule does."""
    assert list_found(biottt001.find(fault)) == [fault.found]


@pytest.mark.parametrize("fault", CDISCPILOT01, ids=lambda fault: fault.text)
def test_a_fault_in_the_pilot_study_is_found_once(
    fault: FaultLine, cdiscpilot01: CleanStudy
) -> None:
    """The rule that it breaks finds it, in the place that is wrong, and no other rule does."""
    assert list_found(cdiscpilot01.find(fault)) == [fault.found]


@pytest.mark.parametrize("fault", BIOTTT001[::EVERY], ids=lambda fault: fault.text)
def test_findings_do_not_depend_on_chunks(fault: FaultLine, biottt001: CleanStudy) -> None:
    """A study that is checked subject by subject has the findings of one that is checked whole."""
    study, frames = biottt001.study, break_frames(fault, biottt001.frames)
    whole = validate_study(study, frames)
    assert list_found(whole) == [fault.found]
    subjects = sorted(set(frames["DM"]["USUBJID"]) | set(frames["AE"]["USUBJID"]))
    parts = []
    for number, chunk in enumerate((subjects[:3], subjects[3:])):
        part = {
            name: frame[frame["USUBJID"].isin(chunk)]
            for name, frame in frames.items()
            if "USUBJID" in frame and frame["USUBJID"].notna().any()
        }
        if number == 0:
            part |= {name: frame for name, frame in frames.items() if name not in part}
        parts.append(validate_part(study, part))
    joined = join_parts(study, parts)
    assert [g for g in list_found(joined) if g[0] != "dataset-present"] == list_found(whole)
    assert joined.records == whole.records
