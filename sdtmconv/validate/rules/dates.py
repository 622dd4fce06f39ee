"""Dates in order, and study days."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sdtmconv.iso8601 import is_iso8601
from sdtmconv.mapping.dates import compute_study_day
from sdtmconv.validate.data import Data
from sdtmconv.validate.rule import Breach, Mask, rule
from sdtmconv.validate.tables import Table

_SPANS = (("--STDTC", "--ENDTC"), ("RFSTDTC", "RFENDTC"), ("RFXSTDTC", "RFXENDTC"))
_DAYS = (("--DY", "--DTC"), ("--STDY", "--STDTC"), ("--ENDY", "--ENDTC"))


def is_earlier(date: pd.Series, other: pd.Series) -> Mask:
    """Tell where a date lies before another, as far as both are known.

    >>> dates = pd.DataFrame({"a": ["2025-03", "2025-03-01"], "b": ["2025-03-02", "2025-03-02T08"]})
    >>> is_earlier(dates.a, dates.b).tolist()
    [False, True]
    """
    lengths = (values.str.len().to_numpy("float64") for values in (date, other))
    known = np.minimum(*lengths)
    known[~(is_iso8601(date) & is_iso8601(other)).to_numpy(dtype=bool)] = 0
    earlier = np.zeros(len(date), dtype=bool)
    for size in np.unique(known[known > 0]).astype(int):
        before = date.str.slice(0, size) < other.str.slice(0, size)
        earlier |= (known == size) & before.to_numpy(dtype=bool, na_value=False)
    return earlier


@rule(
    "dates-in-order",
    title="What starts does not end before it",
    severity="error",
    source="SDTMIG 3.4 section 4.4.7",
    remedy="Query the two dates, or correct the format stated for one of them",
    applies="SDTM",
)
def check_order(table: Table, data: Data) -> Iterator[Breach]:
    """Find ends before starts."""
    for first, last in _SPANS:
        if table.has(first, last):
            start = table.variable(first)
            early = is_earlier(table[last], table[first])
            yield Breach(f"lies before {start}", early, table.variable(last), reads=(start,))


@rule(
    "study-day",
    title="Study days count from the reference date, itself day 1",
    severity="error",
    source="SDTMIG 3.4 section 4.4.4",
    remedy="Derive the day with study_day, from DM.RFSTDTC",
    applies="SDTM",
    needs=("USUBJID",),
)
def check_study_days(table: Table, data: Data) -> Iterator[Breach]:
    """Find days that are not those from RFSTDTC."""
    if not data.has("DM.RFSTDTC"):
        return
    for day, date in _DAYS:
        if table.has(day, date):
            expected = compute_study_day(table[date], data.of_subject(table, "DM.RFSTDTC"))
            wrong = table[day].notna() & expected.notna() & (table[day] != expected)
            name = table.variable(date)
            message = f"is not the days from RFSTDTC to {name}"
            reads = (name, "DM.RFSTDTC")
            yield Breach(message, wrong.to_numpy(dtype=bool), table.variable(day), reads)
