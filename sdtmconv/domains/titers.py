"""Titres of antibodies, as laboratories write them and as IS holds them."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from sdtmconv.mapping.registry import Column, RejectedValuesError, derivation
from sdtmconv.mapping.values import map_unique, to_text

TITER = re.compile(r"([<>]=?)?\s*1\s*:\s*(\d+)")


@derivation("titer", method="Reciprocal of the titer {value}; the sign of a limit (<, >) is kept.")
def compute_titer(value: Column) -> pd.Series:
    """Write a titre as the reciprocal of its dilution, for --STRESC (SDTMIG 6.3.5.5, IS).

    >>> compute_titer(pd.Series(["1:40", "<1:10", None], dtype="str")).tolist()
    ['40', '<10', nan]
    """
    text = to_text(value)
    found = map_unique(text, _reciprocal)
    strangers = np.flatnonzero((text.notna() & found.isna()).to_numpy())
    if len(strangers):
        raise RejectedValuesError(
            strangers,
            "{value} is no titer such as 1:40 or <1:10",
            "correct the record, or give it a rule of its own before this one",
            text.iloc[strangers],
        )
    return found


def _reciprocal(text: str) -> str | None:
    titer = TITER.fullmatch(text.strip())
    return f"{titer[1] or ''}{int(titer[2])}" if titer else None
