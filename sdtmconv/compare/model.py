"""What a comparison found, as data: reports only format it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True)
class AttributeDifference:
    """An attribute that differs.

    Args:
        variable: The variable's name; empty for the dataset's own attributes.
        attribute: variable or dataset (it is on one side only), or one of `settings.ATTRIBUTES`.
        a: What it is in A; empty for nothing.
        b: What it is in B.
    """

    variable: str
    attribute: str
    a: str
    b: str


@dataclass(frozen=True, eq=False)
class ValueDifferences:
    """Values of one variable that differ in the same way.

    Args:
        variable: The variable's name.
        kind: How they differ, a key of `KINDS`.
        keys: One row per record, one text column per key variable.
        a: The values in A as text, "" where missing.
        b: The values in B.
        largest: The largest difference: of numbers as it is, of dates in days; NaN for texts.
    """

    variable: str
    kind: str
    keys: pd.DataFrame
    a: pd.Series
    b: pd.Series
    largest: float = float("nan")

    def __len__(self) -> int:
        return len(self.a)


@dataclass(frozen=True, eq=False)
class DatasetComparison:
    """What differs in one dataset.

    Args:
        name: Its name.
        keys: The variables by which records were paired; empty where their order was taken.
        key_source: Where the keys come from, for a reader.
        records: Records in A and in B.
        paired: Records that were found in both.
        attributes: Attributes that differ.
        only_a: Keys of the records that are in A only, as text.
        only_b: Keys of the records that are in B only.
        repeated_a: Keys of the records in A that have the key of another one.
        repeated_b: The same in B.
        values: Values that differ.
        differing: Paired records in which values differ.
        rules: By variable: what define.xml says of where its values come from, in A and in B.
    """

    name: str
    keys: tuple[str, ...]
    key_source: str
    records: tuple[int, int]
    paired: int
    attributes: tuple[AttributeDifference, ...] = ()
    only_a: pd.DataFrame = field(default_factory=pd.DataFrame)
    only_b: pd.DataFrame = field(default_factory=pd.DataFrame)
    repeated_a: pd.DataFrame = field(default_factory=pd.DataFrame)
    repeated_b: pd.DataFrame = field(default_factory=pd.DataFrame)
    values: tuple[ValueDifferences, ...] = ()
    differing: int = 0
    rules: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def value_count(self) -> int:
        """How many values differ."""
        return sum(map(len, self.values))

    @property
    def equal(self) -> bool:
        """True where nothing differs."""
        return not (self.attributes or len(self.only_a) or len(self.only_b) or self.values)


@dataclass(frozen=True, eq=False)
class Comparison:
    """What differs between A and B.

    Args:
        a: What A is: the path, as the user gave it.
        b: What B is.
        datasets: The datasets of both or either, by name.
        notes: What a reader should know of how it was compared.
    """

    a: str
    b: str
    datasets: tuple[DatasetComparison, ...]
    notes: tuple[str, ...] = ()

    @property
    def equal(self) -> bool:
        """True where nothing differs."""
        return all(dataset.equal for dataset in self.datasets)

    def count_kinds(self) -> Counter[str]:
        """Count the values that differ, by kind."""
        counts: Counter[str] = Counter()
        for dataset in self.datasets:
            for values in dataset.values:
                counts[values.kind] += len(values)
        return counts
