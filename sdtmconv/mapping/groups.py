"""Groups of a subject's records, each in a stated order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sdtmconv.mapping.registry import RejectedValuesError
from sdtmconv.mapping.values import rank, sort_order, tied_rows


@dataclass(frozen=True)
class OrderedGroups:
    """Records sorted by group, and within it by the order.

    Args:
        rows: Where each stands among the records.
        group: Its group, as a number.
        tied: Records that the order does not tell from another one of their group, as in `rows`.
    """

    rows: np.ndarray
    group: np.ndarray
    tied: np.ndarray

    def refuse_ties(self, rows: np.ndarray, order: Sequence[pd.Series], problem: str) -> None:
        """Refuse those of `rows` that tie.

        Raises:
            RejectedValuesError: There are such; `problem` says what is uncertain.
        """
        deciding = rows[np.isin(rows, self.tied)]
        if len(deciding):
            raise RejectedValuesError(
                np.sort(deciding),
                f"another record has the same {', '.join(str(key.name) for key in order)}, so that "
                f"{problem}",
                "add a key to `order` that tells them apart, or say `ties: first`",
            )


def order_groups(
    by: Sequence[pd.Series], order: Sequence[pd.Series], subject: np.ndarray, ordinal: np.ndarray
) -> OrderedGroups:
    """Sort records by subject and group, then by an order, then as they come.

    >>> tests, days = pd.Series(["A", "B", "A"], dtype="str"), pd.Series([8.0, 1.0, 1.0])
    >>> groups = order_groups([tests], [days], np.zeros(3, dtype=int), np.arange(3))
    >>> groups.rows.tolist(), groups.group.tolist(), groups.tied.tolist()
    ([2, 0, 1], [0, 0, 1], [])
    """
    keys = [np.asarray(subject), *map(rank, by)]
    ranks = [*keys, *map(rank, order)]
    rows = sort_order([*ranks, ordinal])
    changes = np.logical_or.reduce([key[rows][1:] != key[rows][:-1] for key in keys])
    group = np.cumsum(np.append(0, changes))[: len(rows)]
    return OrderedGroups(rows, group, tied_rows(ranks, rows))
