"""A small dataset that has each kind of variable, and its Dataset-JSON file."""

import json
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
from small_columns import number, text

from sdtmconv.metadata import DatasetMetadata, VariableMetadata
from sdtmconv.transport.dataset_json import Form, write_dataset_json

CREATED = datetime(2025, 3, 7, 8, 30)

METADATA = DatasetMetadata(
    "ADLB",
    "Laboratory Analysis",
    (
        VariableMetadata("USUBJID", "Unique Subject Identifier", "Char", 6),
        VariableMetadata("LBDTC", "Date/Time of Collection", "Char", 10, "date"),
        VariableMetadata("ADT", "Analysis Date", "Num", 8, "integer", None, "DATE9."),
        VariableMetadata("ATM", "Analysis Time", "Num", 8, "integer", None, "TIME5."),
        VariableMetadata("ADTM", "Analysis Datetime", "Num", 8, "integer", None, "E8601DT."),
        VariableMetadata("AVISITN", "Analysis Visit (N)", "Num", 8, "integer"),
        VariableMetadata("AVAL", "Analysis Value", "Num", 8, "float", 2, "8.2"),
        VariableMetadata("BASE", "Baseline Value", "Num", 8, "decimal"),
    ),
    ("USUBJID", "ADT"),
    "ADLB",
    "BASIC DATA STRUCTURE",
    "One record per subject and date",
    "ADAMIG",
)

FRAME = pd.DataFrame(
    {
        "USUBJID": text("01-001", 'a "b"\\', None),
        "LBDTC": text("2025-03-07", None, "2025-03"),
        "ADT": number(23807, None, -1),
        "ATM": number(30600, None, 0.5),
        "ADTM": number(2056955400, None, 90.25),
        "AVISITN": number(1, None, -3),
        "AVAL": number(0.1, np.nan, 1e-20),
        "BASE": number(98.6, np.nan, 1e-7),
    }
)

ROWS = [
    ["01-001", "2025-03-07", "2025-03-07", "08:30:00", "2025-03-07T08:30:00", 1, 0.1, "98.6"],
    ['a "b"\\', None, None, None, None, None, None, None],
    [
        None,
        "2025-03",
        "1959-12-31",
        "00:00:00.5",
        "1960-01-01T00:01:30.25",
        -3,
        1e-20,
        "0.0000001",
    ],
]


def write(path: Path, form: Form, frames=(FRAME,), metadata: DatasetMetadata = METADATA) -> bytes:
    """Write the dataset."""
    records = sum(map(len, frames))
    write_dataset_json(path, metadata, frames, created=CREATED, records=records, form=form)
    return path.read_bytes()


def as_object(tmp_path: Path) -> dict:
    """Give the JSON object of the dataset."""
    return json.loads(write(tmp_path / "sound.json", "json"))
