"""A comparison as an Excel workbook: overview, attributes, records, values and rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from sdtmconv.compare import KINDS, Comparison
from sdtmconv.report.comparison_document import SIDES, name_records
from sdtmconv.report.comparison_text import describe_attribute, summarize
from sdtmconv.workbook import MOST_ROWS, Cell, Column, Sheet, write_workbook

_Row = tuple[Cell, ...]


def write_comparison_workbook(path: Path, comparison: Comparison) -> None:
    """Write a comparison as an Excel workbook.

    A sheet holds no more rows than Excel takes; its last row then says how many are left out.

    Raises:
        DataError: The file cannot be written.
    """
    write_workbook(
        path,
        [
            _sheet("Overview", _OVERVIEW, _list_datasets(comparison)),
            _sheet("Attributes", _ATTRIBUTES, _list_attributes(comparison)),
            _sheet("Records", _RECORDS, _list_records(comparison)),
            _sheet("Values", _VALUES, _list_values(comparison)),
            _sheet("Rules", _RULES, _list_rules(comparison)),
            _sheet("Kinds", _KINDS, ((kind.id, kind.title) for kind in KINDS.values())),
        ],
    )


_OVERVIEW = (
    Column("Dataset", 12),
    Column("Result", 12),
    Column("Records in A", 12),
    Column("Records in B", 12),
    Column("Paired", 12),
    Column("Records that differ", 12),
    Column("Only in A", 12),
    Column("Only in B", 12),
    Column("Attributes", 12),
    Column("Values", 12),
    Column("Keys", 50),
    Column("Keys from", 30),
)
_ATTRIBUTES = (
    Column("Dataset", 12),
    Column("Variable", 12),
    Column("Attribute", 12),
    Column("A", 40),
    Column("B", 40),
    Column("Difference", 60),
)
_RECORDS = (Column("Dataset", 12), Column("Where", 16), Column("Record", 80))
_VALUES = (
    Column("Dataset", 12),
    Column("Variable", 12),
    Column("Kind", 20),
    Column("Record", 60),
    Column("A", 40),
    Column("B", 40),
)
_RULES = (Column("Dataset", 12), Column("Variable", 12), Column("In A", 70), Column("In B", 70))
_KINDS = (Column("Kind", 22), Column("Meaning", 80))


def _sheet(name: str, columns: tuple[Column, ...], rows: Iterable[_Row]) -> Sheet:
    filled = ((*row, *[None] * (len(columns) - len(row))) for row in _limit(rows))
    return Sheet(name, columns, filled)


def _limit(rows: Iterable[_Row]) -> Iterator[_Row]:
    """Give as many rows as a sheet takes below its header."""
    number = 0
    for number, row in enumerate(rows, start=1):
        if number < MOST_ROWS - 1:
            yield row
    if number >= MOST_ROWS - 1:
        yield (f"{number - MOST_ROWS + 2:,} more rows: the JSON report has all",)


def _list_datasets(comparison: Comparison) -> Iterator[_Row]:
    for dataset in comparison.datasets:
        yield (
            dataset.name,
            "equal" if dataset.equal else "different",
            *dataset.records,
            dataset.paired,
            dataset.differing,
            len(dataset.only_a),
            len(dataset.only_b),
            len(dataset.attributes),
            dataset.value_count,
            ", ".join(dataset.keys),
            dataset.key_source,
        )
    yield ("A", comparison.a)
    yield ("B", comparison.b)
    yield ("Result", summarize(comparison))
    yield from (("Note", note) for note in comparison.notes)


def _list_attributes(comparison: Comparison) -> Iterator[_Row]:
    for dataset in comparison.datasets:
        for one in dataset.attributes:
            said = describe_attribute(one)
            yield dataset.name, one.variable, one.attribute, one.a, one.b, said


def _list_records(comparison: Comparison) -> Iterator[_Row]:
    for dataset in comparison.datasets:
        for side, words in SIDES.items():
            for key in name_records(getattr(dataset, side)):
                yield dataset.name, words, key


def _list_values(comparison: Comparison) -> Iterator[_Row]:
    for dataset in comparison.datasets:
        for values in dataset.values:
            keys = name_records(values.keys)
            for key, a, b in zip(keys, values.a, values.b, strict=True):
                yield dataset.name, values.variable, values.kind, key, a, b


def _list_rules(comparison: Comparison) -> Iterator[_Row]:
    for dataset in comparison.datasets:
        for variable, (a, b) in dataset.rules.items():
            yield dataset.name, variable, a, b
