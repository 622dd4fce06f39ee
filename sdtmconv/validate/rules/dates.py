"""Dates in order, and study days."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from sdtmconv.distinct import Mask
from sdtmconv.iso8601 import is_iso8601
from sdtmconv.mapping.dates import compute_study_day
from sdtmconv.validate.data import Data
from sdtmconv.validate.rule import Breach, rule
from sdtmconv.validate.tables import Table

_SPANS = (("--STDTC", "--ENDTC"), ("RFSTDTC", "RFENDTC"), ("RFXSTDTC", "RFXENDTC"))
_ABOUT_SURVIVAL = {"SS", "DD", "DS"}
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


class _Days(NamedTuple):
    """A study day: its variable, its date's, the days from RFSTDTC, which ones are wrong or odd.

    Odd is one that counts from nothing: the date is whole and there is no RFSTDTC.
    """

    day: str
    date: str
    expected: pd.Series
    wrong: Mask
    odd: Mask


def _compare_days(table: Table, data: Data) -> list[_Days]:
    """Count each study day of a dataset anew, once for all rules that ask."""
    key = "study days", table, data.tables.get("DM")
    days: list[_Days] = data.remember(key, lambda: list(_count_days(table, data)))
    return days


def _count_days(table: Table, data: Data) -> Iterator[_Days]:
    reference = data.of_subject(table, "DM.RFSTDTC")
    for day, date in _DAYS:
        if table.has(day, date):
            expected = compute_study_day(table[date], reference)
            wrong = table[day].notna() & expected.notna() & (table[day] != expected)
            odd = table[day].notna() & reference.isna() & is_iso8601(table[date])
            names = table.variable(day), table.variable(date)
            yield _Days(*names, expected, wrong.to_numpy(dtype=bool), odd.to_numpy(dtype=bool))


@rule(
    "reference-date",
    title="RFSTDTC is the day 1 of the subject's study days",
    severity="error",
    source="SDTMIG 3.4 sections 4.4.4 and 5.2",
    remedy="Correct RFSTDTC: most study days of the subject count from another date",
    applies="DM",
    needs=("USUBJID", "RFSTDTC"),
)
def check_reference(table: Table, data: Data) -> Iterator[Breach]:
    """Find subjects most of whose study days are wrong: one wrong date, not many wrong days."""
    counted = [
        (other, found)
        for other in data.tables.values()
        if "SDTM" in other.kinds and other.has("USUBJID")
        for found in _compare_days(other, data)
    ]
    if not any((found.wrong | found.odd).any() for _, found in counted):
        return
    days, wrong = pd.Series(dtype="int64"), pd.Series(dtype="int64")
    for other, found in counted:
        subject = other["USUBJID"]
        known = (other[found.day].notna() & found.expected.notna()).to_numpy() | found.odd
        days = days.add(subject[known].value_counts(), fill_value=0)
        wrong = wrong.add(subject[found.wrong | found.odd].value_counts(), fill_value=0)
    subjects = wrong.index[(wrong > 1) & (wrong > days.reindex(wrong.index) / 2)]
    message = "is not the day 1 that most of the subject's study days count from"
    yield Breach(message, table["USUBJID"].isin(subjects).to_numpy(), "RFSTDTC")


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
    if data.has("DM.RFSTDTC"):
        for day, date, _, wrong, _ in _compare_days(table, data):
            message = f"is not the days from RFSTDTC to {date}"
            yield Breach(message, wrong, day, reads=(date, "DM.RFSTDTC"))


@rule(
    "study-day-missing",
    title="A study day is there where both of its dates are",
    severity="warning",
    source="SDTMIG 3.4 section 4.4.4; FDA business rules FDAB016 and FDAB032",
    remedy="Derive the day with study_day, from DM.RFSTDTC",
    applies="SDTM",
    needs=("USUBJID",),
)
def check_missing_days(table: Table, data: Data) -> Iterator[Breach]:
    """Find records, or datasets, without a study day that could be counted."""
    if not data.has("DM.RFSTDTC"):
        return
    for day, date, expected, *_ in _compare_days(table, data):
        wrong = (table[day].isna() & expected.notna()).to_numpy(dtype=bool)
        yield Breach(f"is empty, and {date} is a whole date", wrong, day, (date, "DM.RFSTDTC"))
    for day, date in _DAYS:
        described = any(v.name == table.variable(day) for v in table.metadata.variables)
        if table.has(date) and not described and table[date].notna().any():
            yield Breach(f"is not there, and {date} is", variable=table.variable(day))


@rule(
    "participation-end",
    title="Nothing is collected after the end of participation",
    severity="warning",
    source="SDTMIG 3.4 section 5.2 (DM, RFPENDTC); FDA business rule FDAB034",
    remedy="Query the last date, or derive RFPENDTC from the last contact of all",
    applies="DM",
    needs=("USUBJID", "RFPENDTC"),
)
def check_participation(table: Table, data: Data) -> Iterator[Breach]:
    """Find subjects with findings or exposure after RFPENDTC; survival may be asked for later."""
    late: set[str] = set()
    for other in data.tables.values():
        date = "--STDTC" if other.name == "EX" else "--DTC"
        collected = "SDTM" in other.kinds and not other.kinds & _ABOUT_SURVIVAL
        if collected and other.has("USUBJID", date):
            after = is_earlier(data.of_subject(other, "DM.RFPENDTC"), other[date])
            late |= set(other["USUBJID"][after])
    after = table["USUBJID"].isin(late).to_numpy()
    yield Breach("lies before the last date of collection", after, "RFPENDTC")
