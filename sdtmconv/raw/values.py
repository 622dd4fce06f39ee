"""What the typed values of SAS, Excel and Parquet files become as text.

- A number is the shortest text that reads back as the same number: 63, 98.6 (not 63.0).
- A date is ISO 8601: 2025-03-02.
- A column of date-times is as precise as its most precise value: down to the minute where all
  seconds are zero, and to the day where all times are midnight, because a format that always
  stores a time of day does not say that one was collected.
- A time of day is 12:30, or 12:30:05 where a value of its column has seconds. Hours go past 24
  where a file keeps a duration.
- A truth value is true or false.

What belongs to a whole column, its precision, is found before any of its blocks is written.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from sdtmconv.mapping.values import to_text

_PRECISIONS = ("D", "m", "s", "ms", "us", "ns")
_MINUTE = 60_000_000


def text_array(values: pd.Series) -> Any:
    """Turn text of pandas into Arrow text."""
    return pa.array(values, type=pa.large_string(), from_pandas=True)


def number_texts(numbers: npt.NDArray[np.float64]) -> Any:
    """Write numbers as Arrow text, NaN as null.

    >>> number_texts(np.array([63.0, 98.6, np.nan])).to_pylist()
    ['63', '98.6', None]
    """
    return text_array(to_text(pd.Series(numbers)))


def moment_precision(moments: npt.NDArray[np.datetime64]) -> str:
    """Find the unit of numpy, D to ns, that holds all date-times.

    >>> moment_precision(np.array(["2025-03-02T12:30", "NaT"], dtype="M8[us]"))
    'm'
    """
    known = moments[~np.isnat(moments)]
    return next(p for p in _PRECISIONS if (known == known.astype(f"M8[{p}]")).all())


def finest(precisions: Iterable[str]) -> str:
    """Pick the finest of several precisions.

    >>> finest(["D", "s", "m"])
    's'
    """
    return max(precisions, key=_PRECISIONS.index)


def moment_texts(moments: npt.NDArray[np.datetime64], precision: str) -> Any:
    """Write date-times of a column of some precision as Arrow text, NaT as null.

    >>> moments = np.array(["2025-03-02T00:00", "NaT"], dtype="M8[us]")
    >>> moment_texts(moments, "D").to_pylist()
    ['2025-03-02', None]
    >>> moment_texts(moments, "m").to_pylist()
    ['2025-03-02T00:00', None]
    """
    texts = np.datetime_as_string(moments.astype(f"M8[{precision}]"))
    return pa.array(texts.astype(object), type=pa.large_string(), mask=np.isnat(moments))


def _clock_text(micros: int, to_the_minute: bool) -> str:
    sign = "-" if micros < 0 else ""
    seconds, fraction = divmod(abs(micros), 1_000_000)
    minutes, second = divmod(seconds, 60)
    text = f"{sign}{minutes // 60:02}:{minutes % 60:02}"
    if to_the_minute:
        return text
    return f"{text}:{second:02}" + (f".{fraction:06}".rstrip("0") if fraction else "")


def _to_micros(seconds: npt.NDArray[np.float64]) -> list[int]:
    return [round(value * 1e6) for value in seconds.tolist()]


def clock_precision(seconds: npt.NDArray[np.float64]) -> str:
    """Tell whether times, in seconds, are whole minutes (m) or not (us).

    >>> clock_precision(np.array([45000.0, np.nan])), clock_precision(np.array([45001.0]))
    ('m', 'us')
    """
    distinct = pd.factorize(seconds)[1]
    return "m" if all(value % _MINUTE == 0 for value in _to_micros(distinct)) else "us"


def clock_texts(seconds: npt.NDArray[np.float64], precision: str) -> Any:
    """Write times, in seconds, of a column of some precision as Arrow text, NaN as null.

    >>> clock_texts(np.array([45000.0, 131400.0, np.nan]), "m").to_pylist()
    ['12:30', '36:30', None]
    >>> clock_texts(np.array([45000.0, 45001.5, -1.0]), "us").to_pylist()
    ['12:30:00', '12:30:01.5', '-00:00:01']
    """
    codes, distinct = pd.factorize(seconds)
    texts = [_clock_text(value, precision == "m") for value in _to_micros(distinct)]
    return pa.array(np.array([*texts, None], dtype=object)[codes], type=pa.large_string())
