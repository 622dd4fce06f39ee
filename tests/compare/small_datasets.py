"""Two folders of transport files that differ as a test says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from sdtmconv.compare import Comparison
from sdtmconv.metadata import DatasetMetadata, VariableMetadata
from sdtmconv.transport import write_xpt

CREATED = datetime(2025, 3, 7)
TEXTS = ("STUDYID", "USUBJID", "AETERM", "AESER", "AESTDTC", "AEORRES", "AEREF")
FORMATS = {"AEADT": "DATE9.", "AEADTM": "DATETIME20.", "AETM": "TIME5.", "AEDOSE": "8.3"}

RECORDS = pd.DataFrame(
    {
        "STUDYID": "S1",
        "USUBJID": ["S1-1", "S1-1", "S1-1", "S1-2", "S1-2", "S1-3"],
        "AESEQ": [1.0, 2.0, 3.0, 1.0, 2.0, 1.0],
        "AETERM": ["HEADACHE", "DRY MOUTH", "ITCH", "RASH", "CAFÉ-AU-LAIT SPOT", "FEVER"],
        "AESER": ["N", "N", None, "Y", "N", "N"],
        "AESTDTC": ["2025-03-02", "2025-03-02T10:30", "2025-03", "2025", None, "2025-04-01"],
        "AEORRES": ["5.0", "12", "3.14159", "007", None, "<0.5"],
        "AEREF": ["A1", "A2", "A3", "A4", "A5", "A6"],
        "AEDOSE": [0.3, 3.14159, 12.0, 5.0, np.nan, 250.0],
        "AEADT": [23802.0, 23803.0, np.nan, 23804.0, 23805.0, 23806.0],
        "AEADTM": [2056492800.0, 2056579200.0, np.nan, 2056665600.0, 2056752000.0, 2056838400.0],
        "AETM": [30600.0, 30660.0, np.nan, 30720.0, 30780.0, 30840.0],
    }
).astype(dict.fromkeys(TEXTS, "str"))


@dataclass(frozen=True, eq=False)
class Content:
    """A dataset: what is known of it, and its records."""

    metadata: DatasetMetadata
    frame: pd.DataFrame

    def with_values(self, variable: str, values: dict[int, object]) -> Content:
        """Change some values of a variable, by record from 0."""
        frame = self.frame.copy()
        column = frame[variable].astype("object")
        for row, value in values.items():
            column.iloc[row] = value
        frame[variable] = column.astype(self.frame[variable].dtype)
        return Content(self.metadata, frame)

    def with_attribute(self, variable: str, **attributes: object) -> Content:
        """Change what is known of a variable."""
        variables = tuple(
            replace(v, **attributes) if v.name == variable else v for v in self.metadata.variables
        )
        return Content(replace(self.metadata, variables=variables), self.frame)

    def with_records(self, frame: pd.DataFrame) -> Content:
        return Content(self.metadata, frame.reset_index(drop=True))

    def with_variables(self, variables: list[VariableMetadata]) -> Content:
        names = [variable.name for variable in variables]
        return Content(replace(self.metadata, variables=tuple(variables)), self.frame[names])


def describe_variable(name: str) -> VariableMetadata:
    if name in TEXTS:
        return VariableMetadata(name, f"Label of {name}", "Char", 30)
    display_format = FORMATS.get(name, "")
    return VariableMetadata(name, f"Label of {name}", "Num", 8, display_format=display_format)


def make_ae() -> Content:
    variables = tuple(map(describe_variable, map(str, RECORDS.columns)))
    metadata = DatasetMetadata("AE", "Adverse Events", variables, (), "AE", "EVENTS", "")
    return Content(metadata, RECORDS)


def make_dm() -> Content:
    names = ["STUDYID", "USUBJID"]
    frame = RECORDS[names].drop_duplicates()
    variables = tuple(map(describe_variable, names))
    metadata = DatasetMetadata("DM", "Demographics", variables, (), "DM", "SPECIAL PURPOSE", "")
    return Content(metadata, frame)


def write(folder: Path, *contents: Content) -> Path:
    """Write datasets to a folder, each to a file of its name."""
    folder.mkdir(exist_ok=True)
    for content in contents:
        path = folder / f"{content.metadata.name.lower()}.xpt"
        write_xpt(path, content.metadata, [content.frame], created=CREATED, encoding="utf-8")
    return folder


def list_differences(comparison: Comparison) -> list[str]:
    """Say in one line each what was found, so that a test can show it."""
    found = []
    for dataset in comparison.datasets:
        for one in dataset.attributes:
            place = ".".join(filter(None, (dataset.name, one.variable)))
            found.append(f"{place} {one.attribute}: {one.a} | {one.b}")
        for side in ("only_a", "only_b", "repeated_a", "repeated_b"):
            count = len(getattr(dataset, side))
            found += [f"{dataset.name} {side}: {count}"] if count else []
        for values in dataset.values:
            pairs = ", ".join(f"{a} | {b}" for a, b in zip(values.a, values.b, strict=True))
            found.append(f"{dataset.name}.{values.variable} {values.kind}: {pairs}")
    return found


Change = Callable[[Content], Content]
