"""Names that belong together: which pairs are the odd ones out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sdtmconv.distinct import Mask

RECORDS = "(records)"
"""The column of an extract that counts the records behind each row; no variable has such a name."""


def find_rare(frame: pd.DataFrame, one: str, other: str) -> Mask:
    """Find the values of one variable that have another partner than most of their records.

    Args:
        frame: Distinct rows with their number of records in the column `RECORDS`.
        one: A variable that is to have one partner for each value.
        other: The variable of the partners.

    Returns:
        True for each row whose partner is not the most frequent one; the first of equals is.

    >>> rows = {"CODE": ["A", "A", "B"], "NAME": ["Ay", "Bee", "Bee"], RECORDS: [1, 9, 5]}
    >>> find_rare(pd.DataFrame(rows), "CODE", "NAME").tolist()
    [True, False, False]
    """
    known = frame[[one, other, RECORDS]].dropna()
    if not known[[one, other]].drop_duplicates()[one].duplicated().any():
        return np.zeros(len(frame), dtype=bool)
    pairs = known.groupby([one, other], sort=False)[RECORDS].sum().reset_index()
    usual = pairs.sort_values(RECORDS, ascending=False, kind="stable").drop_duplicates(one)
    partner = usual.set_index(one)[other].reindex(frame[one]).to_numpy()
    differs = frame[other].notna() & pd.notna(partner) & (frame[other].to_numpy() != partner)
    rare: Mask = differs.to_numpy(dtype=bool)
    return rare
