"""Columns compared, and read as numbers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from sdtmconv.distinct import ask_distinct

_TOLERANCE = 1e-8


def differ(values: pd.Series, expected: pd.Series) -> pd.Series:
    """Tell which values differ, numbers by more than rounding; two missing ones do not.

    >>> differ(pd.Series([0.3, None, 1.0]), pd.Series([0.1 + 0.2, None, None])).tolist()
    [False, False, True]
    """
    if pd.api.types.is_numeric_dtype(values) and pd.api.types.is_numeric_dtype(expected):
        near = np.isclose(values, expected, rtol=_TOLERANCE, atol=_TOLERANCE, equal_nan=True)
        return pd.Series(~near, index=values.index)
    same = (values == expected).fillna(False) | (values.isna() & expected.isna())
    return ~same.astype(bool)


def to_numbers(values: pd.Series) -> pd.Series:
    """Read texts as numbers, NaN where they are none; each distinct text is read once.

    >>> to_numbers(pd.Series(["98.6", "<5", None, "98.6"], dtype="str")).tolist()
    [98.6, nan, nan, 98.6]
    """
    codes, numbers = ask_distinct(values, _read_numbers)
    return pd.Series(numbers[codes], values.index)


def _read_numbers(texts: pa.Array) -> npt.NDArray[np.float64]:
    return np.asarray(pd.to_numeric(texts.to_pandas(), errors="coerce"), dtype=np.float64)
