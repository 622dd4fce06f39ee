"""A comparison as a document, which JSON, pages and workbooks are made from.

`format` names this layout; `equal` is the verdict. Each of `datasets` has its `keys` and where they
come from, `records` in A and B, how many were `paired` and how many of these `differ`, the
`attributes` that differ, the keys of records in `only_a`, `only_b`, `repeated_a` and `repeated_b`,
the `values` that differ by variable and kind, and the `rules` behind these variables in A and B. A
list of records has `columns` and `rows`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pandas as pd

from sdtmconv.compare import KINDS, Comparison, DatasetComparison, ValueDifferences

FORMAT = "sdtmconv-comparison-1"

SIDES = {
    "only_a": "only in A",
    "only_b": "only in B",
    "repeated_a": "with the key of another one in A",
    "repeated_b": "with the key of another one in B",
}
"""The lists of records of a dataset, and how they are worded."""


def comparison_as_json(comparison: Comparison) -> str:
    """Write a comparison as one line of JSON, as this module's docstring describes it."""
    document = {
        "format": FORMAT,
        **describe_comparison(comparison),
        "datasets": [describe_dataset(dataset) for dataset in comparison.datasets],
    }
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def describe_comparison(comparison: Comparison) -> dict[str, Any]:
    """Describe a comparison but for its datasets."""
    counts = comparison.count_kinds()
    return {
        "a": comparison.a,
        "b": comparison.b,
        "equal": comparison.equal,
        "notes": list(comparison.notes),
        "kinds": {
            id: {"title": kind.title, "count": counts[id]}
            for id, kind in KINDS.items()
            if counts[id]
        },
    }


def describe_dataset(dataset: DatasetComparison) -> dict[str, Any]:
    """Describe what differs in a dataset."""
    return {
        "name": dataset.name,
        "equal": dataset.equal,
        "keys": list(dataset.keys),
        "key_source": dataset.key_source,
        "records": {"a": dataset.records[0], "b": dataset.records[1]},
        "paired": dataset.paired,
        "differ": dataset.differing,
        "attributes": [vars(attribute) for attribute in dataset.attributes],
        **{side: list_rows(getattr(dataset, side)) for side in SIDES},
        "values": [_describe_values(values) for values in dataset.values],
        "rules": {name: {"a": a, "b": b} for name, (a, b) in dataset.rules.items()},
    }


def list_rows(frame: pd.DataFrame, most: int | None = None) -> dict[str, Any]:
    """Give a frame's columns and its first rows."""
    rows = frame if most is None else frame.head(most)
    return {"columns": list(map(str, frame.columns)), "rows": rows.to_numpy().tolist()}


def tabulate(values: ValueDifferences) -> pd.DataFrame:
    """Give the records whose values differ: their keys, then the values in A and in B."""
    return values.keys.assign(A=values.a, B=values.b)


def name_records(keys: pd.DataFrame) -> Iterator[str]:
    """Name records by their keys, but for the study and keys without a value.

    >>> list(name_records(pd.DataFrame({"STUDYID": ["S1"], "USUBJID": ["S1-1"], "AESEQ": ["2"]})))
    ['USUBJID S1-1, AESEQ 2']
    """
    names = [str(name) for name in keys.columns]
    for row in keys.itertuples(index=False, name=None):
        pairs = zip(names, row, strict=True)
        yield ", ".join(f"{name} {value}" for name, value in pairs if value and name != "STUDYID")


def _describe_values(values: ValueDifferences) -> dict[str, Any]:
    largest = None if pd.isna(values.largest) else values.largest
    return {
        "variable": values.variable,
        "kind": values.kind,
        "count": len(values),
        "largest": largest,
        **list_rows(tabulate(values)),
    }
