"""How tests write columns and other records down."""

import numpy as np
import pandas as pd

from sdtmconv.mapping.registry import SubjectRecords


def text(*values: str | None) -> pd.Series:
    return pd.Series(list(values), dtype="str")


def number(*values: float | None) -> pd.Series:
    return pd.Series(list(values), dtype="float64")


def records(
    values: pd.Series, subject: list[int], *order: pd.Series, subjects: int | None = None
) -> list[SubjectRecords]:
    """Make one table of other records."""
    total = max(subject, default=-1) + 1 if subjects is None else subjects
    return [SubjectRecords(values, np.array(subject, dtype=int), order, total)]


def listed(values: pd.Series) -> list[object]:
    """Give a column's values, None where missing."""
    return [None if pd.isna(value) else value for value in values]
