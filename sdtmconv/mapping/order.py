"""Derivations that number records."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from sdtmconv.mapping.groups import order_groups
from sdtmconv.mapping.registry import (
    Column,
    Columns,
    Keys,
    Ordinal,
    RejectedValuesError,
    Subject,
    derivation,
)
from sdtmconv.mapping.values import rank, sort_order, take_rows


@derivation(
    "sequence_by",
    method="Number of the record within the subject[ and each {by}], in the order of {keys}.",
    numeric=True,
)
def compute_sequence(
    keys: Keys,
    subject: Subject,
    ordinal: Ordinal,
    by: Columns = (),  # type: ignore[assignment]
    ties: Literal["error", "first"] = "error",
) -> pd.Series:
    """Number each subject's records 1, 2, 3, ... in the order of the keys (SDTMIG 4.1.5).

    `by` numbers them anew in each of smaller groups: the doses of each drug. Two records that tie
    are an error: `ties: first` settles it by their order in the raw file.

    >>> keys = [pd.Series(["2025-02", None, "2025-01"], dtype="str")]
    >>> compute_sequence(keys, np.array([0, 0, 0]), np.arange(3)).tolist()
    [3.0, 1.0, 2.0]
    """
    groups = order_groups(by, keys, subject, ordinal)
    if ties == "error" and len(groups.tied):
        raise RejectedValuesError(
            groups.tied,
            "records of one subject tie on " + ", ".join(str(key.name) for key in keys),
            "add a key that tells them apart, or say `ties: first` to keep their raw order",
        )
    numbers = np.empty(len(groups.rows), dtype="float64")
    numbers[groups.rows] = pd.Series(groups.group).groupby(groups.group).cumcount() + 1
    return pd.Series(numbers)


@derivation("next", method="{value} of the subject's next record by {order}.")
def compute_next(value: Column, order: Keys, subject: Subject, ordinal: Ordinal) -> pd.Series:
    """Take a value of the subject's next record: an element ends where the next one starts.

    >>> dates = pd.Series(["2025-01-01", "2025-01-09", "2025-01-05"], dtype="str")
    >>> compute_next(dates, [dates], np.array([0, 0, 0]), np.arange(3)).tolist()
    ['2025-01-05', nan, '2025-01-09']
    """
    ranks = [subject, *(rank(key) for key in order)]
    rows = sort_order([*ranks, ordinal])
    follows = np.append(np.asarray(subject)[rows][1:] == np.asarray(subject)[rows][:-1], False)
    position = np.full(len(rows), -1)
    position[rows] = np.where(follows, np.append(rows[1:], -1), -1)
    return take_rows(value, position)
