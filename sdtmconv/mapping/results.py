"""Derivations of numeric results."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sdtmconv.mapping.registry import Column, Columns, RejectedValuesError, derivation
from sdtmconv.mapping.values import missing_text, to_number, to_text


@derivation("number_part", method="The number in {value}; missing where it is not a number alone.")
def compute_number_part(value: Column) -> pd.Series:
    """Read a result as a number where it is one, as --STRESN does (SDTMIG 4.5.1).

    >>> compute_number_part(pd.Series(["40", "<50", None], dtype="str")).tolist()
    [40.0, nan, nan]
    """
    text = to_text(value)
    try:
        return to_number(text)
    except RejectedValuesError as rejected:
        readable = text.copy()
        readable.iloc[rejected.rows] = None
        return to_number(readable)


@derivation(
    "highest_ranked", method="The value among {values} that stands first in the order {ranking}."
)
def compute_highest_ranked(values: Columns, ranking: list[str]) -> pd.Series:
    """Take, of several columns, the value that stands first in a stated ranking.

    One causality of several drugs' causalities, for example. Missing where all are missing.

    >>> drugs = [pd.Series(text, dtype="str") for text in (["No", "No", None], ["Yes", None, None])]
    >>> compute_highest_ranked(drugs, ["Yes", "No"]).tolist()
    ['Yes', 'No', nan]
    """
    texts = [to_text(value) for value in values]
    for text in texts:
        strangers = np.flatnonzero((text.notna() & ~text.isin(ranking)).to_numpy())
        if len(strangers):
            raise RejectedValuesError(
                strangers,
                "{value} is not in the ranking",
                "add it to `ranking` at its place",
                text.iloc[strangers],
            )
    result = missing_text(len(texts[0]))
    for value in reversed(ranking):
        found = np.logical_or.reduce([(text == value).to_numpy(dtype=bool) for text in texts])
        result = result.mask(found, value)
    return result
