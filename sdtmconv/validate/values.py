"""Comparison of columns."""

from __future__ import annotations

import numpy as np
import pandas as pd

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
