"""The distinct texts of a column, and what is read from them once each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]
Moments = npt.NDArray[np.datetime64]
Positions = npt.NDArray[np.intp]


def to_mask(answers: pa.Array) -> Mask:
    """Give answers as a mask; one that is not known is no."""
    return np.asarray(pc.fill_null(answers, False).to_numpy(zero_copy_only=False))


def extract(texts: pa.Array, pattern: str) -> dict[str, pa.Array]:
    """Read the named groups of an RE2 pattern, null where a text does not match."""
    groups = pc.extract_regex(texts, pattern)
    return {field.name: pc.struct_field(groups, field.name) for field in groups.type}


def to_numbers(digits: pa.Array) -> Numbers:
    """Read digits as numbers, NaN where there are none."""
    known = pc.if_else(pc.equal(digits, ""), None, digits)
    return np.asarray(pc.cast(known, pa.float64()).to_numpy(zero_copy_only=False))


def factorize(values: pd.Series[str]) -> tuple[Positions, pa.Array]:
    """Number the distinct texts of a column, the missing one among them."""
    codes, texts = pd.factorize(values, use_na_sentinel=False)
    return codes, pa.array(texts, pa.string(), from_pandas=True)


def map_distinct(values: pd.Series[str], function: Callable[[pa.Array], Any]) -> pd.Series[Any]:
    """Apply a function to the distinct texts of a column, and hand its results to the rows."""
    codes, texts = factorize(values)
    return pd.Series(function(texts).take(codes), values.index)
