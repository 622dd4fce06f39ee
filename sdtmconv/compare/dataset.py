"""Compare one dataset: pair its records, then compare their values variable by variable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain

import numpy as np
import pandas as pd

from sdtmconv.compare.attributes import compare_attributes, find_common
from sdtmconv.compare.keys import find_keys
from sdtmconv.compare.model import AttributeDifference, DatasetComparison, ValueDifferences
from sdtmconv.compare.pairs import Pairs, Rows, pair_by_keys, pair_in_order
from sdtmconv.compare.rules import find_decodes, find_rules
from sdtmconv.compare.settings import Settings
from sdtmconv.compare.sides import Held
from sdtmconv.compare.values import find_differing, show_values
from sdtmconv.mapping.values import take_rows
from sdtmconv.threads import map_in_order
from sdtmconv.transport.sas_formats import MomentKind, find_moment_kind

GROUP_BYTES = 2**30
"""How much of two files is held at once, as it stands there: variables are read in groups."""

RECORD = "record"

Frames = tuple[pd.DataFrame, pd.DataFrame]


class RecordNames:
    """Names the records of a dataset by their keys, or else by their number.

    Args:
        frame: The key variables.
        moments: What the numbers of variables are.
    """

    def __init__(self, frame: pd.DataFrame, moments: Mapping[str, MomentKind | None]) -> None:
        self._frame, self._moments = frame, moments

    def take(self, rows: Rows) -> pd.DataFrame:
        """Give the keys of some records as text, "" where missing."""
        if not len(self._frame.columns):
            return pd.DataFrame({RECORD: pd.Series(rows + 1, dtype="int64").astype("str")})
        texts = {
            str(name): show_values(take_rows(values, rows), self._moments[str(name)]).fillna("")
            for name, values in self._frame.items()
        }
        return pd.DataFrame(texts)


def compare_dataset(a: Held, b: Held, settings: Settings) -> DatasetComparison:
    """Compare a dataset that both sides have.

    Raises:
        DataError: A key that the user names is not in both.
        TransportError: A file cannot be read.
    """
    return _Run(a, b, settings).compare()


class _Run:
    """The comparison of one dataset, whose variables are read in groups that memory holds."""

    def __init__(self, a: Held, b: Held, settings: Settings) -> None:
        self._a, self._b, self._settings = a, b, settings
        self._keys = find_keys(a, b, settings)
        variables = [*b.metadata.variables, *a.metadata.variables]
        self._moments = {
            variable.name: find_moment_kind(variable.display_format) for variable in variables
        }

    def compare(self) -> DatasetComparison:
        """Pair the records, then compare their values."""
        a, b, keys = self._a, self._b, self._keys
        groups = _split(find_common(a, b, self._settings), a.size + b.size)
        frames = self._read([*keys.names, *groups[0]])
        pairs = self._pair(frames)
        in_a, in_b = (
            RecordNames(frame[list(keys.names)].copy(), self._moments) for frame in frames
        )
        values, differing = [], np.zeros(len(pairs.a), dtype=bool)
        for number, group in enumerate(groups):
            frames = self._read(group) if number else frames
            compare = partial(self._compare_variable, frames=frames, pairs=pairs, names=in_a)
            for rows, found in chain.from_iterable(map_in_order(compare, group)):
                differing[rows] = True
                values.append(found)
        return DatasetComparison(
            name=a.name,
            keys=keys.names,
            key_source=keys.source,
            records=(a.records, b.records),
            paired=len(pairs.a),
            attributes=(*compare_attributes(a, b, self._settings), *self._compare_sorting(pairs)),
            only_a=in_a.take(pairs.only_a),
            only_b=in_b.take(pairs.only_b),
            repeated_a=in_a.take(pairs.repeated_a),
            repeated_b=in_b.take(pairs.repeated_b),
            values=tuple(values),
            differing=int(differing.sum()),
            rules=find_rules(a.defined, b.defined, {one.variable for one in values}),
        )

    def _read(self, names: Sequence[str]) -> Frames:
        wanted = dict.fromkeys(names)
        return self._a.load(wanted), self._b.load(wanted)

    def _pair(self, frames: Frames) -> Pairs:
        if self._keys.names:
            return pair_by_keys(*frames, self._keys.names)
        return pair_in_order(self._a.records, self._b.records)

    def _compare_variable(
        self, name: str, frames: Frames, pairs: Pairs, names: RecordNames
    ) -> list[tuple[Rows, ValueDifferences]]:
        decodes = find_decodes(self._a.defined, self._b.defined, name)
        found = find_differing(
            frames[0][name],
            frames[1][name],
            pairs,
            self._moments[name],
            self._settings,
            decodes,
            dated=name.endswith("DTC"),
        )
        if found is None:
            return []
        return [
            (
                found.rows[chosen],
                ValueDifferences(
                    variable=name,
                    kind=kind,
                    keys=names.take(pairs.a[found.rows[chosen]]),
                    a=found.a.iloc[chosen].fillna("").reset_index(drop=True),
                    b=found.b.iloc[chosen].fillna("").reset_index(drop=True),
                    largest=largest,
                ),
            )
            for kind, chosen, largest in found.split()
        ]

    def _compare_sorting(self, pairs: Pairs) -> Iterator[AttributeDifference]:
        if not pairs.sorted_alike and "sort" not in self._settings.ignore:
            order = "the records stand in another order than in A"
            yield AttributeDifference("", "sort", "", order)


def _split(names: Sequence[str], size: int) -> list[list[str]]:
    """Split variables into groups, of which each takes no more than memory shall hold."""
    count = max(1, -(-size // GROUP_BYTES))
    step = max(1, -(-len(names) // count))
    groups = [list(names[start : start + step]) for start in range(0, len(names), step)]
    return groups or [[]]
