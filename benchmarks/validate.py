"""Measure validation against reading; print JSON.

Run as `python -m benchmarks.validate`. The data are like LB: 1,000,000 records of 23 variables, and
the DM of their subjects, so that study days are checked too; once as a clean study has them, once
with findings in 8 % of the records. Both are measured in one run.
"""

import argparse
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.xpt import CREATED, RECORDS, build_frame, describe, measure_lengths, take_turns
from sdtmconv.metadata import DatasetMetadata, StudyMetadata
from sdtmconv.spec.catalog import DEFAULT_VERSIONS, Catalog
from sdtmconv.transport import read_xpt, write_xpt
from sdtmconv.validate import validate_study
from sdtmconv.validate.describe import describe_dataset

RUNS = 5


def build_frames(records: int, *, clean: bool) -> dict[str, pd.DataFrame]:
    """Make LB whose study days count from the dates in DM.

    Left as it comes, 2 % of the results are missing and 6 % of the reference ranges upside down.
    """
    lb = build_frame(records + records // 10)
    if clean:
        lb = lb[lb["LBSTRESN"].notna() & (lb["LBSTNRLO"] <= lb["LBSTNRHI"])]
    lb = lb.head(records)
    subjects = lb["USUBJID"].drop_duplicates()
    number = subjects.str[-5:].astype("int64").to_numpy()
    first = np.datetime64("2025-01-06") + number % 300
    dm = pd.DataFrame({"STUDYID": "BIOTTT001", "DOMAIN": "DM", "USUBJID": subjects.to_numpy()})
    dm["RFSTDTC"] = first.astype("str")
    lb["LBDY"] = lb["LBDY"] + (lb["LBDY"] >= 0)
    return {"LB": lb, "DM": dm.astype("str")}


def _describe(frames: dict[str, pd.DataFrame], folder: Path) -> StudyMetadata:
    catalog = Catalog(DEFAULT_VERSIONS, {}, folder / "terminology")
    datasets = tuple(
        describe_dataset(_write(name, frame, folder), name, catalog)
        for name, frame in frames.items()
    )
    return StudyMetadata("BIOTTT001", "", "", DEFAULT_VERSIONS, datasets=datasets)


def _write(name: str, frame: pd.DataFrame, folder: Path) -> DatasetMetadata:
    path = folder / f"{name.lower()}.xpt"
    metadata = describe(frame, measure_lengths(frame), name)
    write_xpt(path, metadata, [frame], created=CREATED)
    return read_xpt(path).header.metadata


def measure(records: int = RECORDS) -> dict[str, Any]:
    """Give seconds, what was found, and how many times as long validation takes as reading."""
    return {
        "records": records,
        "cores": os.cpu_count(),
        "clean": _measure(build_frames(records, clean=True)),
        "with findings in 8 % of the records": _measure(build_frames(records, clean=False)),
    }


def _measure(built: dict[str, pd.DataFrame]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        study = _describe(built, folder)
        frames = {"DM": read_xpt(folder / "dm.xpt").frame}
        found: set[str] = set()

        def read() -> None:
            frames["LB"] = read_xpt(folder / "lb.xpt").frame

        def validate() -> None:  # what was just read, of which nothing is known yet
            found.update(group.rule for group in validate_study(study, frames).groups)

        seconds = take_turns({"read": read, "validate": validate}, RUNS)
    read, validate = seconds["read"], seconds["validate"]
    return {
        "found": sorted(found),
        "seconds": seconds,
        "validate / read (target: 2 at most)": {
            kind: round(validate[kind] / read[kind], 2) for kind in read
        },
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=RECORDS)
    print(json.dumps(measure(parser.parse_args().records), indent=2))
