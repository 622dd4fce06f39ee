"""The pandera schema of a dataset."""

import time

import numpy as np
import pandas as pd
import pandera.errors
import pytest
from small_study import AE, STUDY, make_frames

from sdtmconv.metadata import DatasetMetadata, VariableMetadata
from sdtmconv.validate import build_schema, validate_study
from sdtmconv.validate.schema import check_columns


def test_schema_accepts_clean_data() -> None:
    """Users can take the schema into their own pandera pipelines."""
    frame = make_frames()["AE"]
    pd.testing.assert_frame_equal(build_schema(AE).validate(frame, lazy=True), frame)


def test_schema_words_failures_like_findings() -> None:
    """Used with pandera alone, the schema says what the finding says."""
    frame = make_frames({"AE": {"AESER": ["Q", "N", "Y"]}})["AE"]
    with pytest.raises(pandera.errors.SchemaErrors) as raised:
        build_schema(AE).validate(frame, lazy=True)
    cases = raised.value.failure_cases[["column", "check", "failure_case"]]
    assert cases.to_numpy().tolist() == [
        ["AESER", "is not a term of No Yes Response (NY, C66742)", "Q"]
    ]


def test_checks_run_where_pandera_is_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting that switches pandera off for other programs does not hide findings."""
    monkeypatch.setattr("pandera.config.CONFIG.validation_enabled", False)
    findings = validate_study(STUDY, make_frames({"AE": {"AESER": ["Q", "N", "Y"]}}))
    assert len(findings) == 1


def test_row_labels_do_not_matter() -> None:
    """Records are found by position, whatever the frame's index."""
    frames = make_frames({"AE": {"AESER": ["N", "Q", "R"]}})
    frames["AE"] = frames["AE"].set_axis([7, 7, 0])
    (group,) = validate_study(STUDY, frames).groups
    assert [finding.value for finding in group] == ["Q", "R"]
    assert group.keys["AETERM"].tolist() == ["Headache", "Nausea"]


def test_wide_dataset_is_checked_within_a_second() -> None:
    """30,000 records of 20 variables, dates and codelists among them, take a part of a second."""
    records = 30_000
    codelist = AE.variable("AESER").codelist
    kinds = [VariableMetadata(f"F{n}", "", "Char", 1, codelist=codelist) for n in range(8)] + [
        VariableMetadata(f"D{n}", "", "Char", 16, "datetime") for n in range(4)
    ]
    numbers = [VariableMetadata(f"N{n}", "", "Num", 8) for n in range(8)]
    dataset = DatasetMetadata("VS", "", (*kinds, *numbers), (), "VS", "FINDINGS", "")
    days = np.datetime64("2025-01-01") + np.arange(records) % 400
    columns = {v.name: "Y" if v.codelist else days.astype(str) for v in kinds}
    frame = pd.DataFrame(columns, index=range(records), dtype="str")
    frame[[v.name for v in numbers]] = 1.5
    start = time.perf_counter()
    assert check_columns(dataset, frame) == []
    assert time.perf_counter() - start < 1
