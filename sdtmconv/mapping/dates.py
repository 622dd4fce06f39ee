"""Derivations of dates and times; the work is in `sdtmconv.iso8601`."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sdtmconv import iso8601
from sdtmconv.mapping.moments import to_days
from sdtmconv.mapping.registry import (
    Column,
    Columns,
    Formats,
    RejectedValuesError,
    derivation,
)
from sdtmconv.mapping.values import to_text


def _check_formats(
    *, columns: tuple[str, ...], format: list[str], **others: object
) -> tuple[str, str] | None:
    if len(columns) > 2:
        return f"{len(columns)} columns are named", "name a date, or a date and a time"
    if len(columns) != len(format):
        problem = f"the number of columns is {len(columns)}, that of formats {len(format)}"
        return problem, "write one format per column"
    return None


@derivation(
    "iso_datetime",
    method="{columns} in ISO 8601 format.",
    keeps_origin=True,
    check=_check_formats,
)
def compute_iso_datetime(columns: Columns, format: Formats) -> pd.Series:
    """Write collected dates and times as ISO 8601, as precise as they were collected (4.4.2).

    One column holds a date or a date-time; of two, the second holds the time.

    >>> date = pd.Series(["02-MAR-2025", "UN-MAR-2025", None], dtype="str")
    >>> compute_iso_datetime([date], ["DD-MON-YYYY"]).tolist()
    ['2025-03-02', '2025-03', nan]
    """
    date = to_text(columns[0])
    time = to_text(columns[1]) if len(columns) > 1 else None
    forms = [split_alternatives(text) for text in format]
    collected = iso8601.parse_collected(date, forms[0], time, forms[-1])
    unreadable = collected.unreadable.to_numpy()
    if unreadable.any():
        rows = np.flatnonzero(unreadable)
        values = date if time is None else date.fillna("") + " " + time.fillna("")
        raise RejectedValuesError(
            rows,
            f"{{value}} does not fit the format {', '.join(format)}",
            "correct the date, or add the form it is written in: `format: A or B`",
            values.iloc[rows],
        )
    return collected.text


def split_alternatives(text: str) -> list[str]:
    """Split `DD-MON-YYYY or YYYY-MM-DD` into its forms."""
    return [form.strip() for form in text.split(" or ")]


@derivation(
    "study_day",
    method="Days from {reference} to {date}, both counted; there is no day 0.",
    numeric=True,
)
def compute_study_day(date: Column, reference: Column = "DM.RFSTDTC") -> pd.Series:  # type: ignore[assignment]
    """Count days from the reference date, itself Day 1 (SDTMIG 4.4.4).

    ISO 8601 text and analysis dates and datetimes count alike, by their date part.

    >>> dates = pd.Series(["2025-03-02", "2025-03-01", "2025-03"], dtype="str")
    >>> compute_study_day(dates, pd.Series(["2025-03-02"] * 3, dtype="str")).tolist()
    [1.0, -1.0, nan]
    """
    elapsed = pd.Series(to_days(date) - to_days(reference))
    return elapsed.where(elapsed < 0, elapsed + 1)
