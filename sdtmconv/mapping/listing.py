"""A derivation that writes the values of other records as one text."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sdtmconv.mapping.registry import Records, derivation
from sdtmconv.mapping.values import is_text, missing_text, rank, sort_order, to_text


@derivation("list", method="All {values} of the subject, each once, joined with '{separator}'.")
def compute_list(values: Records, separator: str = ", ") -> pd.Series:
    """Write the values of other records as one text, each once and in their order.

    >>> from sdtmconv.mapping.registry import SubjectRecords
    >>> lesions = pd.Series(["T02", "T01", "T02", None], dtype="str")
    >>> compute_list([SubjectRecords(lesions, np.array([0, 0, 0, 1]), (), 2)]).tolist()
    ['T01, T02', nan]
    """
    texts = pd.concat([to_text(records.values) for records in values], ignore_index=True)
    groups = np.concatenate([records.subject for records in values])
    by_size = not any(is_text(records.values) for records in values)
    keys = pd.to_numeric(texts) if by_size else texts
    known = np.flatnonzero(texts.notna().to_numpy())
    rows = known[sort_order([groups[known], rank(keys)[known]])]
    frame = pd.DataFrame({"group": groups[rows], "text": texts.iloc[rows].to_numpy()})
    joined = frame.drop_duplicates().groupby("group")["text"].agg(separator.join)
    if joined.empty:
        return missing_text(values[0].subjects)
    return joined.reindex(range(values[0].subjects)).astype("str").reset_index(drop=True)
