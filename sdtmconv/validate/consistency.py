"""What has to hold between the values of SDTM records: dates, days, results, deaths, parents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from sdtmconv.iso8601 import is_iso8601
from sdtmconv.mapping.dates import compute_study_day
from sdtmconv.mapping.values import to_text
from sdtmconv.metadata import DatasetMetadata, StudyMetadata
from sdtmconv.validate.findings import FindingGroup, select_records

Frames = Mapping[str, pd.DataFrame]
DAYS = (("DY", "DTC"), ("STDY", "STDTC"), ("ENDY", "ENDTC"))


def check_consistency(study: StudyMetadata, frames: Frames) -> list[FindingGroup]:
    """Check every SDTM dataset by itself, against DM and against its parent (SDTMIG 3.4)."""
    groups: list[FindingGroup] = []
    for dataset in study.datasets:
        if dataset.standard == "SDTMIG" and dataset.name in frames:
            frame = frames[dataset.name]
            groups += _check_order(dataset, frame)
            groups += _check_study_days(dataset, frame, frames)
            groups += _check_results(dataset, frame)
            groups += _check_parents(dataset, frame, frames)
            groups += _check_deaths(dataset, frame, frames)
    return groups


def _check_order(dataset: DatasetMetadata, frame: pd.DataFrame) -> Iterator[FindingGroup]:
    """What starts does not end before it, as far as both dates are known (4.4.7)."""
    start, end = f"{dataset.domain}STDTC", f"{dataset.domain}ENDTC"
    for first, last in ((start, end), ("RFSTDTC", "RFENDTC"), ("RFXSTDTC", "RFXENDTC")):
        if {first, last} <= set(frame):
            lengths = (frame[name].str.len().to_numpy("float64") for name in (first, last))
            known = np.minimum(*lengths)
            known[~(is_iso8601(frame[first]) & is_iso8601(frame[last])).to_numpy(dtype=bool)] = 0
            wrong = np.zeros(len(frame), dtype=bool)
            for size in np.unique(known[known > 0]).astype(int):
                early = frame[last].str.slice(0, size) < frame[first].str.slice(0, size)
                wrong |= (known == size) & early.to_numpy(dtype=bool, na_value=False)
            message = f"lies before {first}"
            yield from select_records("dates-in-order", dataset, frame, wrong, message, last)


def _check_study_days(
    dataset: DatasetMetadata, frame: pd.DataFrame, frames: Frames
) -> Iterator[FindingGroup]:
    """A study day counts from RFSTDTC, itself day 1 (4.4.4)."""
    dm = frames.get("DM", pd.DataFrame())
    if not {"USUBJID", "RFSTDTC"} <= set(dm) or dm["USUBJID"].duplicated().any():
        return
    for day, date in DAYS:
        own, of = f"{dataset.domain}{day}", f"{dataset.domain}{date}"
        if {"USUBJID", own, of} <= set(frame) and len(frame):
            reference = dm.set_index("USUBJID")["RFSTDTC"].reindex(frame["USUBJID"])
            expected = compute_study_day(frame[of], reference.reset_index(drop=True))
            wrong = (frame[own].notna() & expected.notna() & (frame[own] != expected)).to_numpy()
            message = f"is not the days from RFSTDTC to {of}"
            yield from select_records("study-day", dataset, frame, wrong, message, own)


def _check_results(dataset: DatasetMetadata, frame: pd.DataFrame) -> Iterator[FindingGroup]:
    """The numeric result says the same as the character one (4.5.1)."""
    text, number = (f"{dataset.domain}{ending}" for ending in ("STRESC", "STRESN"))
    if {text, number} <= set(frame):
        said = pd.to_numeric(frame[text], errors="coerce")
        wrong = said.notna() & frame[number].notna() & ~np.isclose(said, frame[number])
        message = f"is not the number in {text}"
        yield from select_records("result", dataset, frame, wrong.to_numpy(), message, number)


def _check_parents(
    dataset: DatasetMetadata, frame: pd.DataFrame, frames: Frames
) -> Iterator[FindingGroup]:
    """A supplemental qualifier belongs to a record of its parent (8.4)."""
    if not dataset.name.startswith("SUPP") or not {"IDVAR", "IDVARVAL"} <= set(frame):
        return
    parent = frames.get(dataset.domain, pd.DataFrame())
    if "USUBJID" not in parent:
        return
    wrong = np.zeros(len(frame), dtype=bool)
    idvars = frame["IDVAR"].fillna("")
    for idvar in idvars.unique():
        rows = np.flatnonzero(idvars == idvar)
        own = frame.iloc[rows]
        if idvar and idvar not in parent:
            wrong[rows] = True
        elif idvar:
            keys = pd.DataFrame({"s": parent["USUBJID"], "v": to_text(parent[idvar])})
            named = pd.MultiIndex.from_frame(own[["USUBJID", "IDVARVAL"]])
            wrong[rows] = ~named.isin(pd.MultiIndex.from_frame(keys))
        else:
            wrong[rows] = ~own["USUBJID"].isin(parent["USUBJID"]).to_numpy()
    message = "belongs to no record of its parent"
    yield from select_records("parent-record", dataset, frame, wrong, message, "IDVARVAL")


def _check_deaths(
    dataset: DatasetMetadata, frame: pd.DataFrame, frames: Frames
) -> Iterator[FindingGroup]:
    """Deaths agree within DM and AE, and DM has those of AE and DS (5.2 DM, 6.2.1 AE, 6.2.4 DS)."""
    if dataset.name == "DM" and {"DTHFL", "DTHDTC"} <= set(frame):
        wrong = (frame["DTHDTC"].notna() & (frame["DTHFL"] != "Y")).to_numpy()
        message = "is not Y, and there is a date of death"
        yield from select_records("death", dataset, frame, wrong, message, "DTHFL")
    if dataset.name == "AE":
        yield from _check_fatal_events(dataset, frame)
    fatal = {"AE": ("AESDTH", "Y"), "DS": ("DSDECOD", "DEATH")}.get(dataset.name)
    dm = frames.get("DM", pd.DataFrame())
    if fatal and fatal[0] in frame and {"USUBJID", "DTHFL"} <= set(dm):
        dead = dm.loc[dm["DTHFL"] == "Y", "USUBJID"]
        wrong = ((frame[fatal[0]] == fatal[1]) & ~frame["USUBJID"].isin(dead)).to_numpy(bool)
        message = "tells of a death that DM does not have"
        yield from select_records("death", dataset, frame, wrong, message, fatal[0])


def _check_fatal_events(dataset: DatasetMetadata, frame: pd.DataFrame) -> Iterator[FindingGroup]:
    """An event is fatal by outcome, seriousness and grade, or by none of them (6.2.1)."""
    signs = {"AEOUT": "FATAL", "AESDTH": "Y", "AETOXGR": "5"}
    said = {name: frame[name] == value for name, value in signs.items() if name in frame}
    names = list(said)
    for name in names[1:]:
        differs = (said[name] != said[names[0]]) & frame[name].notna() & frame[names[0]].notna()
        message = f"does not agree with {names[0]} on whether the event was fatal"
        yield from select_records("death", dataset, frame, differs.to_numpy(bool), message, name)
