"""Results that are limits (<50), and where results stand to a normal range."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sdtmconv.mapping.registry import Column, RejectedValuesError, derivation
from sdtmconv.mapping.values import is_text, take_rows, to_number

LIMIT = r"^([<>]=?)?\s*(.*)$"


def split_limits(values: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Take results apart: the sign of a limit, and the number.

    Args:
        values: Char or Num column.

    Returns:
        "<", "<=", ">", ">=" or "", and float64; both as long as `values`.

    Raises:
        RejectedValuesError: A text is neither a number nor a limit.

    >>> signs, numbers = split_limits(pd.Series(["<0.50", "7", None], dtype="str"))
    >>> signs.tolist(), numbers.tolist()
    (['<', '', ''], [0.5, 7.0, nan])
    """
    if not is_text(values):
        return pd.Series("", index=values.index, dtype="str"), values
    codes, uniques = pd.factorize(values)
    parts = pd.Series(uniques, dtype="str").str.extract(LIMIT)
    numbers = pd.to_numeric(parts[1].astype("object"), errors="coerce").astype("float64")
    unreadable = ~np.isfinite(numbers.to_numpy())
    rows = np.flatnonzero((codes >= 0) & np.append(unreadable, False)[codes])
    if len(rows):
        raise RejectedValuesError(
            rows,
            "{value} is neither a number nor a limit such as <50",
            "correct the record, or give it a rule of its own before this one",
            values.iloc[rows],
        )
    signs = take_rows(parts[0].astype("str"), codes).fillna("")
    return signs.set_axis(values.index), take_rows(numbers, codes).astype("float64")


@derivation(
    "range_indicator",
    method="HIGH, LOW or NORMAL, comparing {value} with the range from {low} to {high}; missing "
    "where a result beyond a limit leaves it open.",
)
def compute_range_indicator(value: Column, low: Column, high: Column) -> pd.Series:
    """Compare results with their normal range, for --NRIND (SDTMIG 6.3.5.6, NRIND codelist).

    A range may have one limit only. A result below a limit of quantification is somewhere below
    it: it has an indicator only where that is the same for all values it can have.

    >>> def text(*values): return pd.Series(values, dtype="str")
    >>> results, lows, highs = text("3.4", "<0.5", "<0.5", None), text("3.5", None, "0.1", "1"), "5"
    >>> compute_range_indicator(results, lows, text(*highs * 4)).tolist()
    ['LOW', 'NORMAL', nan, nan]
    """
    signs, number = split_limits(value)
    least = number.mask(signs.str.startswith("<"), -np.inf).to_numpy()
    most = number.mask(signs.str.startswith(">"), np.inf).to_numpy()
    lower, upper = to_number(low).to_numpy(), to_number(high).to_numpy()
    open_below, open_above = (signs == ">").to_numpy(), (signs == "<").to_numpy()
    is_low = (most < lower) | ((most == lower) & open_above)
    is_high = (least > upper) | ((least == upper) & open_below)
    inside = ~(least < lower) & ~(most > upper) & number.notna().to_numpy()
    ranged = ~(np.isnan(lower) & np.isnan(upper))
    found = np.select([is_low, is_high, inside & ranged], ["LOW", "HIGH", "NORMAL"], "")
    return pd.Series(found, dtype="str").replace("", np.nan)
