"""A dataset as rules see it: what is known to be wrong is unknown to the rules that follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sdtmconv.distinct import Mask, number_rows
from sdtmconv.metadata import DatasetMetadata


@dataclass(frozen=True, eq=False)
class Table:
    """A dataset: its description and its records, without the values known to be wrong.

    Args:
        metadata: What is known about it.
        frame: Its records.
        unknown: By variable: the records whose value is known to be wrong.
    """

    metadata: DatasetMetadata
    frame: pd.DataFrame
    unknown: Mapping[str, Mask] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The dataset's name."""
        return self.metadata.name

    def variable(self, name: str) -> str:
        """Write the domain's letters for --, as in --STDTC."""
        return name.replace("--", self.metadata.domain, 1)

    def has(self, *names: str) -> bool:
        """Tell whether all of some variables are there."""
        return all(self.variable(name) in self.frame for name in names)

    def __getitem__(self, name: str) -> pd.Series:
        return self.frame[self.variable(name)]

    def __len__(self) -> int:
        return len(self.frame)

    @cached_property
    def kinds(self) -> set[str]:
        """The names by which a rule can say that it applies to the dataset."""
        standard = "SDTM" if self.metadata.standard == "SDTMIG" else "ADaM"
        if self.name.startswith("SUPP"):
            return {"all", standard, self.name, "SUPP--"}
        structure = "BDS" if standard == "ADaM" and "PARAMCD" in self.frame else ""
        domain = self.metadata.domain if standard == "SDTM" else ""
        return {"all", standard, self.name, domain, self.metadata.class_, structure} - {""}

    def without(self, variables: Iterable[str], mask: Mask) -> Table:
        """Take values for unknown."""
        named = [name for name in map(self.variable, variables) if name in self.frame]
        frame = self.frame.assign(**{name: _blank(self.frame[name], mask) for name in named})
        nothing = np.zeros(len(frame), dtype=bool)
        unknown = {name: self.unknown.get(name, nothing) | mask for name in named}
        return replace(self, frame=frame, unknown={**self.unknown, **unknown})


def _blank(values: pd.Series, mask: Mask) -> pd.Series:
    """Take values for missing."""
    if not isinstance(values.dtype, pd.StringDtype):
        return values.mask(mask)
    texts = pc.if_else(pa.array(~mask), pa.array(values, pa.large_string()), None)
    return pd.Series(texts, values.index, dtype="str")


def is_found(table: Table, names: Sequence[str], other: Table, others: Sequence[str]) -> Mask:
    """Tell which records lead to a record of another dataset.

    A record there whose key is partly unknown may be any with the same known part.

    Args:
        table: Where the records are.
        names: The variables that lead on, all present.
        other: Where they lead to.
        others: The variables there, in the same order.

    Returns:
        True where there is such a record, or may be.
    """
    named = table.frame[[table.variable(name) for name in names]]
    keys = other.frame[[other.variable(name) for name in others]]
    keys.columns = named.columns
    found = _are_among(named, keys)
    nothing = np.zeros(len(other), dtype=bool)
    parts = [other.unknown.get(other.variable(name), nothing) for name in others]
    unknown = pd.DataFrame(dict(zip(named.columns, parts, strict=True)))
    for known in unknown[unknown.any(axis=1)].drop_duplicates().itertuples(index=False):
        names_known = [n for n, wrong in zip(named.columns, known, strict=True) if not wrong]
        alike = (unknown == list(known)).all(axis=1).to_numpy()
        if not names_known:
            return np.ones(len(table), dtype=bool)
        found |= _are_among(named[names_known], keys.loc[alike, names_known])
    return found


def _are_among(rows: pd.DataFrame, others: pd.DataFrame) -> Mask:
    """Tell which rows are among others with the same columns."""
    numbers, firsts = number_rows([rows[name] for name in rows])
    distinct = pd.MultiIndex.from_frame(rows.iloc[firsts])
    found: Mask = np.asarray(distinct.isin(pd.MultiIndex.from_frame(others)), dtype=bool)
    return found[numbers]
