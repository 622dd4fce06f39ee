"""What has to hold in analysis datasets: parameters, baseline, change, censoring, sources."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from sdtmconv.metadata import DatasetMetadata, StudyMetadata
from sdtmconv.validate.findings import FindingGroup, select_records

Frames = Mapping[str, pd.DataFrame]
GROUP = ("USUBJID", "PARAMCD", "BASETYPE")
LESION = "LNKID"
OBJECTS = (LESION, "SPID", "SPEC", "LOC")
TOLERANCE = 1e-8


def check_analysis(study: StudyMetadata, frames: Frames) -> list[FindingGroup]:
    """Check every analysis dataset by itself, against ADSL and against SDTM (ADaMIG 1.3)."""
    groups: list[FindingGroup] = []
    for dataset in study.datasets:
        if dataset.standard == "ADAMIG" and dataset.name in frames:
            frame = frames[dataset.name]
            for check in (_check_parameters, _check_baseline, _check_changes, _check_censoring):
                groups += check(dataset, frame)
            groups += _check_subject_variables(dataset, frame, frames)
            groups += _check_sources(dataset, frame, frames)
    return groups


def _check_parameters(dataset: DatasetMetadata, frame: pd.DataFrame) -> Iterator[FindingGroup]:
    """PARAM and PARAMCD, and AVISIT and AVISITN, are one to one within a parameter (3.3.4)."""
    for one, other in (("PARAMCD", "PARAM"), ("PARAM", "PARAMCD"), ("PARAMCD", "PARAMN")):
        if {one, other} <= set(frame):
            pairs = frame[[one, other]].drop_duplicates()
            several = set(pairs.loc[pairs[one].duplicated(keep=False), one].dropna())
            wrong = frame[one].isin(several).to_numpy()
            message = f"several {other} belong to one {one}"
            yield from select_records("parameter", dataset, frame, wrong, message, other)


def _check_baseline(dataset: DatasetMetadata, frame: pd.DataFrame) -> Iterator[FindingGroup]:
    """A parameter of a subject has one baseline record, whose value BASE repeats (3.3.4).

    Each lesion has its own, and each specimen or place that the keys name.
    """
    lesions = [name for name in map(str, frame) if name.endswith(LESION)]
    objects = [key for key in dataset.keys if key.endswith(OBJECTS) and key not in lesions]
    group = [name for name in (*GROUP, *objects, *lesions) if name in frame]
    if not {"ABLFL", "PARAMCD"} <= set(frame):
        return
    baseline = frame[frame["ABLFL"] == "Y"]
    several = baseline.duplicated(group, keep=False)
    wrong = np.zeros(len(frame), dtype=bool)
    wrong[baseline.index[several]] = True
    message = f"another record of the same {', '.join(group)} is the baseline too"
    yield from select_records("baseline-record", dataset, frame, wrong, message, "ABLFL")
    for value, base in (("AVAL", "BASE"), ("AVALC", "BASEC")):
        if {value, base} <= set(frame):
            known = baseline.drop_duplicates(group, keep=False)[[*group, value]]
            expected = frame[group].merge(known, on=group, how="left")[value]
            differs = _differ(frame[base].reset_index(drop=True), expected)
            message = f"is not {value} of the baseline record"
            wrong = (differs & expected.notna()).to_numpy(bool)
            yield from select_records("baseline-value", dataset, frame, wrong, message, base)


def _check_changes(dataset: DatasetMetadata, frame: pd.DataFrame) -> Iterator[FindingGroup]:
    """CHG is AVAL - BASE, and PCHG is CHG in per cent of BASE (3.3.4)."""
    if not {"AVAL", "BASE"} <= set(frame):
        return
    change = frame["AVAL"] - frame["BASE"]
    size = frame["BASE"].abs()
    percent = (100 * change / size.mask(size == 0)).astype("float64")
    for name, expected, what in (("CHG", change, "AVAL - BASE"), ("PCHG", percent, "100 CHG/BASE")):
        if name in frame:
            wrong = frame[name].notna() & _differ(frame[name], expected)
            if name == "PCHG":
                wrong &= _differ(frame[name], -expected) | (frame["BASE"] > 0)
            message = f"is not {what}"
            yield from select_records("change", dataset, frame, wrong.to_numpy(), message, name)


def _check_censoring(dataset: DatasetMetadata, frame: pd.DataFrame) -> Iterator[FindingGroup]:
    """Each event and each censoring is described, and none comes before its start (BDS-TTE)."""
    if "CNSR" not in frame:
        return
    nothing = pd.Series(np.nan, index=frame.index, dtype="str")
    described = frame.get("EVNTDESC", nothing)
    censored = frame["CNSR"] > 0
    described = described.where(~censored, frame.get("CNSDTDSC", nothing).fillna(described))
    wrong = (described.isna() & frame["CNSR"].notna()).to_numpy()
    message = "the event or censoring has no description"
    yield from select_records("censoring", dataset, frame, wrong, message, "CNSR")
    if {"ADT", "STARTDT"} <= set(frame):
        early = (frame["ADT"] < frame["STARTDT"]).to_numpy()
        message = "lies before STARTDT"
        yield from select_records("dates-in-order", dataset, frame, early, message, "ADT")


def _check_subject_variables(
    dataset: DatasetMetadata, frame: pd.DataFrame, frames: Frames
) -> Iterator[FindingGroup]:
    """A variable of ADSL has the same value wherever it is carried on to (3.2)."""
    adsl = frames.get("ADSL")
    if adsl is None or dataset.name == "ADSL" or adsl["USUBJID"].duplicated().any():
        return
    row = pd.Series(np.arange(len(adsl)), index=adsl["USUBJID"]).reindex(frame["USUBJID"])
    found = np.flatnonzero(row.notna().to_numpy())
    for name in [n for n in frame if n in adsl and n not in ("STUDYID", "USUBJID")]:
        expected = adsl[name].iloc[row.iloc[found].astype("int64")].reset_index(drop=True)
        differs = _differ(frame[name].iloc[found].reset_index(drop=True), expected)
        wrong = np.zeros(len(frame), dtype=bool)
        wrong[found[differs.to_numpy(bool)]] = True
        message = f"is not the subject's ADSL.{name}"
        yield from select_records("subject-variable", dataset, frame, wrong, message, str(name))


def _check_sources(
    dataset: DatasetMetadata, frame: pd.DataFrame, frames: Frames
) -> Iterator[FindingGroup]:
    """A sequence number that is carried over leads to a record of SDTM (3.3.9)."""
    for name in map(str, frame):
        domain = re.fullmatch(r"([A-Z][A-Z0-9])SEQ", name)
        if domain and name in frames.get(domain[1], ()):
            records = _find_records(frame, name, frames[domain[1]], name)
            wrong = (frame[name].notna().to_numpy()) & ~records
            message = f"no such record is in {domain[1]}"
            yield from select_records("source-record", dataset, frame, wrong, message, name)
    if {"SRCDOM", "SRCSEQ"} <= set(frame):
        for source in frame["SRCDOM"].dropna().unique():
            table = frames.get(source, pd.DataFrame())
            key = next((k for k in (f"{source}SEQ", "ASEQ") if k in table), "")
            if key:
                own = (frame["SRCDOM"] == source) & frame["SRCSEQ"].notna()
                wrong = own.to_numpy() & ~_find_records(frame, "SRCSEQ", table, key)
                message = f"no such record is in {source}"
                yield from select_records("source-record", dataset, frame, wrong, message, "SRCSEQ")


def _find_records(frame: pd.DataFrame, number: str, table: pd.DataFrame, key: str) -> np.ndarray:
    known = pd.MultiIndex.from_frame(table[["USUBJID", key]].dropna())
    found: np.ndarray = pd.MultiIndex.from_frame(frame[["USUBJID", number]]).isin(known)
    return found


def _differ(values: pd.Series, expected: pd.Series) -> pd.Series:
    """Tell which values differ, numbers by more than rounding; two missing ones do not."""
    if pd.api.types.is_numeric_dtype(values) and pd.api.types.is_numeric_dtype(expected):
        near = np.isclose(values, expected, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True)
        return pd.Series(~near, index=values.index)
    same = (values == expected).fillna(False) | (values.isna() & expected.isna())
    return ~same.astype(bool)
