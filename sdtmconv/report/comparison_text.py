"""A comparison for a terminal: what differs, by dataset, with the first examples."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from sdtmconv.compare import (
    KINDS,
    AttributeDifference,
    Comparison,
    DatasetComparison,
    ValueDifferences,
)
from sdtmconv.report.comparison_document import SIDES, name_records
from sdtmconv.report.text import make_printable, pluralize

MOST_RECORDS = 3


def comparison_as_text(comparison: Comparison, most: int = MOST_RECORDS) -> str:
    """Write a comparison for a terminal.

    Args:
        comparison: What was found.
        most: Records that are shown of each difference.

    Returns:
        The text; its last line is the verdict.
    """
    lines = [f"A: {comparison.a}", f"B: {comparison.b}"]
    lines += [f"Note: {note}" for note in comparison.notes]
    for dataset in comparison.datasets:
        lines += _write_dataset(dataset, most)
    return "\n".join(make_printable(line) for line in [*lines, summarize(comparison)])


def summarize(comparison: Comparison) -> str:
    """Give the verdict in one line."""
    datasets = comparison.datasets
    counted = pluralize(len(datasets), "dataset")
    if comparison.equal:
        return f"Equal: {counted}, {pluralize(sum(d.paired for d in datasets), 'record')}."
    counts = {
        "attribute": sum(len(d.attributes) for d in datasets),
        "record in A only": sum(len(d.only_a) for d in datasets),
        "record in B only": sum(len(d.only_b) for d in datasets),
        "value": sum(d.value_count for d in datasets),
    }
    found = ", ".join(_count(number, noun) for noun, number in counts.items() if number)
    different = sum(not dataset.equal for dataset in datasets)
    return f"Different: {different} of {counted}; {found}."


def describe_attribute(one: AttributeDifference) -> str:
    """Word an attribute that differs.

    >>> describe_attribute(AttributeDifference("AGE", "label", "Age", ""))
    "label is 'Age' in A and nothing in B"
    >>> describe_attribute(AttributeDifference("AGE", "variable", "", "Num 8, Age"))
    'is in B only: Num 8, Age'
    """
    if one.attribute in ("variable", "dataset"):
        return f"is in {'A' if one.a else 'B'} only: {one.a or one.b}"
    if one.attribute == "sort":
        return one.b
    if one.attribute == "order":
        return f"stands {one.a} in A and {one.b} in B"
    a, b = (repr(text) if text else "nothing" for text in (one.a, one.b))
    return f"{one.attribute} is {a} in A and {b} in B"


def _count(number: int, noun: str) -> str:
    first, *rest = noun.split(" ", 1)
    return " ".join([pluralize(number, first), *rest])


def _write_dataset(dataset: DatasetComparison, most: int) -> Iterator[str]:
    if dataset.equal:
        yield f"{dataset.name}: equal, {pluralize(dataset.paired, 'record')}"
    else:
        a, b = dataset.records
        paired = f"{dataset.paired:,} paired, {dataset.differing:,} of them differ"
        yield f"{dataset.name}: {a:,} records in A, {b:,} in B; {paired}"
    if dataset.key_source and not (dataset.equal and dataset.keys):
        keys = ", ".join(dataset.keys)
        yield f"  keys: {keys} ({dataset.key_source})" if keys else f"  keys: {dataset.key_source}"
    for one in dataset.attributes:
        place = f"{dataset.name}.{one.variable}" if one.variable else dataset.name
        yield f"  {place} {describe_attribute(one)}"
    for side, words in SIDES.items():
        yield from _write_records(getattr(dataset, side), words, most)
    for values in dataset.values:
        yield from _write_values(dataset, values, most)


def _write_records(records: pd.DataFrame, words: str, most: int) -> Iterator[str]:
    if not len(records):
        return
    yield f"  {pluralize(len(records), 'record')} {words}"
    for name in name_records(records.head(most)):
        yield f"    {name}"
    yield from _write_rest(len(records), most)


def _write_values(dataset: DatasetComparison, values: ValueDifferences, most: int) -> Iterator[str]:
    largest = "" if pd.isna(values.largest) else f", the largest by {values.largest:.6g}"
    title = KINDS[values.kind].title
    yield (
        f"  {dataset.name}.{values.variable}: {pluralize(len(values), 'value')}, "
        f"{values.kind}{largest}. {title}."
    )
    for side, rule in zip("AB", dataset.rules.get(values.variable, ()), strict=False):
        if rule and (side == "A" or rule != dataset.rules[values.variable][0]):
            yield f"    rule in {side}: {rule}"
    names = name_records(values.keys.head(most))
    for name, a, b in zip(names, values.a, values.b, strict=False):
        yield f"    {name}: {a or '(missing)'} -> {b or '(missing)'}"
    yield from _write_rest(len(values), most)


def _write_rest(count: int, most: int) -> Iterator[str]:
    if count > most:
        yield f"    ... and {count - most:,} more"
