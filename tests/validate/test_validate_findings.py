"""Findings as data."""

import time
from dataclasses import replace

import numpy as np
import pandas as pd
from small_study import AE, CLEAN, STUDY, make_frame, make_frames

from sdtmconv.validate import Finding, FindingGroup, Findings
from sdtmconv.validate.findings import select_records, write_values
from sdtmconv.validate.study import join_parts, validate_part


def test_finding_names_the_record_by_its_key() -> None:
    """A finding carries the key of its record as text, numbers without a trailing .0."""
    frame = make_frames()["AE"]
    keyed_by_number = replace(AE, keys=("USUBJID", "AESEQ"))
    mask = (frame["AESER"] == "Y").to_numpy()
    (group,) = select_records("codelist", keyed_by_number, frame, mask, "is odd", "AESER")
    assert list(group) == [
        Finding(
            rule="codelist",
            severity="error",
            dataset="AE",
            variable="AESER",
            key=(("USUBJID", "S1-1"), ("AESEQ", "2")),
            value="Y",
            message="is odd",
        )
    ]


def test_usual_identifiers_stand_in_for_unknown_keys() -> None:
    """Where no keys are known, a record is named by the variables that commonly identify one."""
    frame = make_frames()["AE"].assign(ADT="x")
    unkeyed = replace(AE, keys=())
    (group,) = select_records("codelist", unkeyed, frame, frame["AESER"].isna().to_numpy(), "")
    assert list(group.keys.columns) == ["STUDYID", "USUBJID", "AESEQ", "ADT"]


def test_records_without_any_identifier_are_still_findings() -> None:
    """A record that nothing identifies is found all the same."""
    frame = make_frame({"ETCD": ["A", "B"]})
    unkeyed = replace(AE, keys=())
    (group,) = select_records("length", unkeyed, frame, np.array([True, True]), "is odd", "ETCD")
    assert [(finding.key, finding.value) for finding in group] == [((), "A"), ((), "B")]


def test_groups_stand_in_reading_order() -> None:
    """Errors stand before warnings, then datasets and variables by name."""
    groups = [
        FindingGroup("variable-known", "AE", "AEXX", "is not described"),
        FindingGroup("variable-required", "VS", "VSDTC", "is not there"),
        FindingGroup("variable-required", "AE", "AETERM", "is not there"),
    ]
    findings = Findings(groups)
    assert [group.place for group in findings.groups] == ["AE.AETERM", "VS.VSDTC", "AE.AEXX"]
    assert (findings.errors, findings.count("warning"), findings.count("error", "VS")) == (2, 1, 1)


def test_numbers_are_written_exactly() -> None:
    """Numbers are shown in the shortest text that is exactly them."""
    values = pd.Series([1.0, 0.1, -2.5, 1e22, float("inf"), None])
    assert write_values(values).tolist() == ["1", "0.1", "-2.5", "1e+22", "inf", ""]


def test_hundred_thousand_findings_are_quick() -> None:
    """100,000 findings are made in a part of a second: they are one selection, not objects."""
    frame = make_frame({name: values * 40_000 for name, values in CLEAN["AE"].items()})
    mask = frame["AETERM"].notna().to_numpy()
    start = time.perf_counter()
    findings = Findings(select_records("codelist", AE, frame, mask, "is odd", "AETERM"))
    assert len(findings) == 120_000
    assert time.perf_counter() - start < 1


def test_datasets_are_counted_in_their_order_whatever_the_parts() -> None:
    """The first subjects of a study may have no record of a dataset, not even an empty one."""
    frames = make_frames()
    first = {name: frame for name, frame in frames.items() if name != STUDY.datasets[0].name}
    parts = [validate_part(STUDY, first), validate_part(STUDY, frames)]
    assert list(join_parts(STUDY, parts).records) == [d.name for d in STUDY.datasets]
