"""What the typed values of SAS, Excel and Parquet files become as text.

- A number is the shortest text that reads back as the same number: 63, 98.6 (not 63.0).
- A date is ISO 8601: 2025-03-02.
- A column of date-times is as precise as its most precise value: down to the minute where all
  seconds are zero, and to the day where all times are midnight, because a format that always
  stores a time of day does not say that one was collected.
- A time of day is 12:30, or 12:30:05 where a value of its column has seconds. Hours go past 24
  where a file keeps a duration.
- A truth value is true or false.
"""

from __future__ import annotations

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


def moment_texts(moments: npt.NDArray[np.datetime64]) -> Any:
    """Write the date-times of one column as Arrow text, NaT as null.

    >>> moment_texts(np.array(["2025-03-02T00:00", "NaT"], dtype="M8[us]")).to_pylist()
    ['2025-03-02', None]
    >>> moment_texts(np.array(["2025-03-02T00:00", "2025-03-02T12:30"], "M8[us]")).to_pylist()
    ['2025-03-02T00:00', '2025-03-02T12:30']
    """
    missing = np.isnat(moments)
    known = moments[~missing]
    precision = next(p for p in _PRECISIONS if (known == known.astype(f"M8[{p}]")).all())
    texts = np.datetime_as_string(moments.astype(f"M8[{precision}]"))
    return pa.array(texts.astype(object), type=pa.large_string(), mask=missing)


def _clock_text(micros: int, to_the_minute: bool) -> str:
    sign = "-" if micros < 0 else ""
    seconds, fraction = divmod(abs(micros), 1_000_000)
    minutes, second = divmod(seconds, 60)
    text = f"{sign}{minutes // 60:02}:{minutes % 60:02}"
    if to_the_minute:
        return text
    return f"{text}:{second:02}" + (f".{fraction:06}".rstrip("0") if fraction else "")


def clock_texts(seconds: npt.NDArray[np.float64]) -> Any:
    """Write the times of one column, in seconds, as Arrow text, NaN as null.

    >>> clock_texts(np.array([45000.0, 131400.0, np.nan])).to_pylist()
    ['12:30', '36:30', None]
    >>> clock_texts(np.array([45000.0, 45001.5, -1.0])).to_pylist()
    ['12:30:00', '12:30:01.5', '-00:00:01']
    """
    codes, distinct = pd.factorize(seconds)
    micros = [round(value * 1e6) for value in distinct.tolist()]
    to_the_minute = all(value % _MINUTE == 0 for value in micros)
    texts = np.array([_clock_text(value, to_the_minute) for value in micros] + [None], dtype=object)
    return pa.array(texts[codes], type=pa.large_string())
