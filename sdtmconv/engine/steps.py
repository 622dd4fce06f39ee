"""The steps of an explanation, and how a value and a record are written in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from sdtmconv.engine.tables import RawRecords, Records
from sdtmconv.mapping.values import is_text, to_text
from sdtmconv.spec.model import StudySpec
from sdtmconv.transport.moments import numbers_to_texts
from sdtmconv.transport.sas_formats import find_moment_kind

Kind = Literal["collected", "constant", "derived", "missing", "record"]


@dataclass(frozen=True)
class Step:
    """One value and where it comes from, or one record.

    Args:
        name: The column with its table: ADTTE.ADT, ae.AESTDAT; of a record the table alone.
        value: The value as text; empty where it is missing.
        record: Which record it stands in: keys of a dataset, file and number of a raw record.
        kind: collected, for what stands in a raw file; constant, for what the spec or the standard
            says; derived, from its inputs; missing; or a record.
        rule: The rule that gave it, as a sentence; empty for raw values.
        place: file:line of the rule.
        inputs: The values that the rule used, and the records that a record was made from.
        remark: What decided: which of several rules, how many records counted, which term of a
            codelist it became.
        number: For a date as a number, the number.
    """

    name: str
    value: str
    record: str
    kind: Kind = "derived"
    rule: str = ""
    place: str = ""
    inputs: tuple[Step, ...] = ()
    remark: str = ""
    number: str = ""


@dataclass(frozen=True)
class Explanation:
    """A record and its values.

    Args:
        record: Where the record comes from.
        values: Its values, in the order of the variables.
    """

    record: Step
    values: tuple[Step, ...]


def write_value(values: pd.Series, row: int) -> str:
    """Write a value as text, "" where it is missing."""
    text = to_text(values.iloc[row : row + 1]).iloc[0]
    return "" if pd.isna(text) else str(text)


def write_moment(study: StudySpec, table: str, column: str, values: pd.Series, row: int) -> str:
    """Write an analysis date as people read it; "" for everything else."""
    spec = study.datasets.get(table)
    formats = {v.name: v.display_format for v in spec.metadata.variables} if spec else {}
    kind = find_moment_kind(formats.get(column, ""))
    if kind is None or is_text(values):
        return ""
    text = numbers_to_texts(values.iloc[[row]].to_numpy("float64"), kind)[0].to_pylist()[0]
    return text or ""


def name_record(study: StudySpec, table: str, records: Records, row: int) -> str:
    """Name a record by its keys, or a raw one by its file and number."""
    place = place_record(records, row)
    if isinstance(records, RawRecords):
        return place
    keys = [key for key in study.datasets[table].metadata.keys if key != "STUDYID"]
    columns = {key: records.column(key) for key in keys}
    texts = {
        key: write_moment(study, table, key, values, row) or write_value(values, row)
        for key, values in columns.items()
    }
    return ", ".join(f"{key} {text}" for key, text in texts.items() if text) or place


def place_record(records: Records, row: int) -> str:
    """Give file and number of a raw record, or of the one behind a record of a dataset."""
    ((file, number),) = records.locate(np.array([row]))
    return f"{file} record {number}"
