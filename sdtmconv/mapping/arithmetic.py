"""The derivation that calculates."""

from __future__ import annotations

import pandas as pd

from sdtmconv.mapping.registry import Formula, derivation


@derivation("calculate", method="{expression}.", numeric=True)
def calculate(expression: Formula) -> pd.Series:
    """Calculate with columns and numbers: + - * / ** and functions.

    The functions are abs, ceil, exp, floor, log, log2, log10, round, signif and sqrt, and of
    several values min, max, sum, mean and coalesce (the first that is known). As in SAS, a missing
    side or a division by zero gives missing, the functions of several values leave missing ones
    out, and halves are rounded away from zero: `round(AVAL, 1)` to a decimal, `signif(AVAL, 3)` to
    three significant digits. Text is read as numbers.

    >>> calculate(pd.Series([20.0, None])).tolist()
    [20.0, nan]
    """
    return expression
