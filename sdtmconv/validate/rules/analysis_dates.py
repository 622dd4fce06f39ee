"""Dates, days and imputation flags of analysis datasets."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from sdtmconv.validate.condition_rule import condition_rule
from sdtmconv.validate.data import Data
from sdtmconv.validate.rule import Breach, rule
from sdtmconv.validate.tables import Table

_DAYS = {"ADY": "ADT", "ASTDY": "ASTDT", "AENDY": "AENDT", "DTHADY": "DTHDT"}
_SPANS = (("TRTSDT", "TRTEDT"), ("ASTDT", "AENDT"), ("ASTDTM", "AENDTM"), ("AP01SDT", "AP01EDT"))
_SECONDS = 86_400


@rule(
    "analysis-dates-in-order",
    title="What starts does not end before it",
    severity="error",
    source="ADaMIG 1.3 section 3.1.5",
    remedy="Query the two dates, or look at how they are imputed",
    applies="ADaM",
)
def check_order(table: Table, data: Data) -> Iterator[Breach]:
    """Find ends before starts."""
    for start, end in _SPANS:
        if table.has(start, end):
            early = (table[end] < table[start]).to_numpy()
            yield Breach(f"lies before {start}", early, end, reads=(start, f"ADSL.{start}"))


@rule(
    "analysis-day",
    title="Analysis days count from TRTSDT, itself day 1",
    severity="error",
    source="ADaMIG 1.3 section 3.3.3 (ADY), OCCDS 1.1 (ASTDY, AENDY)",
    remedy="Derive the day with study_day, from TRTSDT",
    applies="ADaM",
    needs=("TRTSDT",),
)
def check_days(table: Table, data: Data) -> Iterator[Breach]:
    """Find days that are not those from TRTSDT."""
    carried = table.name != "ADSL" and data.has("ADSL.TRTSDT")
    start = data.of_subject(table, "ADSL.TRTSDT") if carried else table["TRTSDT"]
    for day, date in _DAYS.items():
        if table.has(day, date):
            elapsed = table[date] - start
            expected = elapsed + (elapsed >= 0)
            wrong = table[day].notna() & expected.notna() & (table[day] != expected)
            message = f"is not the days from TRTSDT to {date}"
            reads = (date, f"ADSL.{date}", "ADSL.TRTSDT")
            yield Breach(message, wrong.to_numpy(), day, reads)


@rule(
    "date-time",
    title="A date is that of the date-time beside it",
    severity="error",
    source="ADaMIG 1.3 section 3.1.5",
    remedy="Take *DT from *DTM",
    applies="ADaM",
)
def check_moments(table: Table, data: Data) -> Iterator[Breach]:
    """Find dates that differ from their date-times."""
    for moment in [name for name in map(str, table.frame) if name.endswith("DTM")]:
        date = moment[:-1]
        if table.has(date):
            day = np.floor(table[moment] / _SECONDS)
            wrong = (day.notna() & table[date].notna() & (day != table[date])).to_numpy()
            yield Breach(f"is not the date of {moment}", wrong, date, (moment, f"ADSL.{date}"))


@rule(
    "imputation-flag",
    title="An imputed date has its flag, and a flagged date is there",
    severity="error",
    source="ADaMIG 1.3 section 3.1.5 (*DTF)",
    remedy="Derive date and flag with one rule of `impute_date`",
    applies="ADaM",
)
def check_flags(table: Table, data: Data) -> Iterator[Breach]:
    """Find flags without a date."""
    for flag in [name for name in map(str, table.frame) if re.fullmatch(r".+DTF", name)]:
        date = flag[:-1]
        if table.has(date):
            wrong = (table[flag].notna() & table[date].isna()).to_numpy()
            yield Breach(f"flags {date}, which is empty", wrong, flag, reads=(date,))


@rule(
    "duration",
    title="Durations count both days",
    severity="error",
    source="ADaMIG 1.3 section 3.2 (ADSL, TRTDURD); OCCDS 1.1 (ADURN)",
    remedy="Derive the duration from start and end, plus 1",
    applies="ADaM",
)
def check_durations(table: Table, data: Data) -> Iterator[Breach]:
    """Find durations in days that are not those between the dates."""
    for name, start, end in (("TRTDURD", "TRTSDT", "TRTEDT"), ("ADURN", "ASTDT", "AENDT")):
        if table.has(name, start, end):
            in_days = table["ADURU"].str.upper().isin(["DAYS", "DAY"]) if name == "ADURN" else True
            expected = table[end] - table[start] + 1
            wrong = table[name].notna() & expected.notna() & (table[name] != expected) & in_days
            reads = (start, end, f"ADSL.{start}", f"ADSL.{end}")
            message = f"is not the days from {start} to {end}"
            yield Breach(message, wrong.to_numpy(dtype=bool), name, reads)


condition_rule(
    "treatment-emergent",
    title="An event that ended before treatment is not treatment-emergent",
    severity="error",
    source="OCCDS 1.1 (TRTEMFL)",
    remedy="Derive TRTEMFL with `treatment_emergent`",
    applies="ADAE",
    breach='TRTEMFL EQ "Y" and AENDT LT TRTSDT',
    variable="TRTEMFL",
    message="is Y, and the event ended before TRTSDT",
)
condition_rule(
    "untreated-emergent",
    title="An event of an untreated subject is not treatment-emergent",
    severity="error",
    source="OCCDS 1.1 (TRTEMFL)",
    remedy="Derive TRTEMFL with `treatment_emergent`",
    applies="ADAE",
    breach='TRTEMFL EQ "Y" and TRTSDT is missing',
    variable="TRTEMFL",
    message="is Y, and the subject was not treated",
)
