"""A derivation that writes analysis dates and datetimes as text."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from sdtmconv.mapping.moments import to_seconds
from sdtmconv.mapping.registry import Column, derivation
from sdtmconv.mapping.values import take_rows

_PART = re.compile("YYYY|MON|DD|HH|MI|SS|MM")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_EPOCH = np.datetime64("1960-01-01T00:00:00", "s")
_OF_TIME = ("HH", "MI", "SS")


def _check_format(*, date: str, format: str, **others: object) -> tuple[str, str] | None:
    parts = _find_parts(format)
    if not parts:
        return f"format {format!r} has no part of a date", "write it as in DD-MON-YYYY"
    if date.endswith("DT") and any(part in _OF_TIME for part in parts):
        return f"{date} has no time of day", "name a *DTM variable, or leave the time out"
    return None


def _find_parts(form: str) -> list[str]:
    """Find the parts of a form; MM after HH is the minute.

    >>> _find_parts("DDMONYYYY:HH:MM")
    ['DD', 'MON', 'YYYY', 'HH', 'MI']
    """
    parts: list[str] = _PART.findall(form)
    hour = parts.index("HH") if "HH" in parts else len(parts)
    return ["MI" if part == "MM" and place > hour else part for place, part in enumerate(parts)]


@derivation("date_text", method="{date} as text, in the form {format}.", check=_check_format)
def compute_date_text(date: Column, format: str) -> pd.Series:
    """Write a date or datetime as text in a stated form: YYYY, MON, MM, DD, HH, MM and SS.

    >>> dates = pd.Series([19725.0, None], name="ADT")
    >>> compute_date_text(dates, "DD-MON-YYYY").tolist()
    ['02-JAN-2014', nan]
    """
    pieces, parts = _PART.split(format), _find_parts(format)
    codes, moments = pd.factorize(pd.Series(to_seconds(date)))
    whole = np.floor(np.asarray(moments, dtype="float64")).astype("timedelta64[s]")
    texts = [_write(moment, pieces, parts) for moment in pd.DatetimeIndex(_EPOCH + whole)]
    return take_rows(pd.Series(texts, dtype="str"), codes)


def _write(moment: pd.Timestamp, pieces: list[str], parts: list[str]) -> str:
    values = {
        "YYYY": f"{moment.year:04}",
        "MON": _MONTHS[moment.month - 1],
        "MM": f"{moment.month:02}",
        "DD": f"{moment.day:02}",
        "HH": f"{moment.hour:02}",
        "MI": f"{moment.minute:02}",
        "SS": f"{moment.second:02}",
    }
    written = (f"{values[part]}{piece}" for part, piece in zip(parts, pieces[1:], strict=True))
    return pieces[0] + "".join(written)
