"""Values that a build cannot use: gathered over all chunks, each told once with its count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from sdtmconv.engine.tables import Records
from sdtmconv.errors import Fault
from sdtmconv.mapping.registry import RejectedValuesError

SHOWN_RECORDS = 5
SHOWN_VALUES = 50


@dataclass(frozen=True)
class Rejection:
    """What one rule could not use in one chunk.

    Args:
        place: file:line of the rule, and the variable.
        problem: What is wrong; `{value}` stands for the values.
        remedy: What the user can do; `{hints}` stands for one line per value.
        values: How often each value occurs.
        hints: What to do with a value.
        records: (file, record number) of the raw records.
    """

    place: str
    problem: str
    remedy: str
    values: Counter[str] = field(default_factory=Counter)
    hints: dict[str, str] = field(default_factory=dict)
    records: tuple[tuple[str, int], ...] = ()


def make_rejection(
    place: str, records: Records, rows: np.ndarray, rejected: RejectedValuesError
) -> Rejection:
    """Add file and record numbers to what a derivation could not use."""
    values: Counter[str] = Counter()
    if rejected.values is not None:
        values.update(str(value) for value in rejected.values.dropna())
    located = tuple(dict.fromkeys(records.locate(rows)))
    return Rejection(
        place, rejected.problem, rejected.remedy, values, dict(rejected.hints), located
    )


def merge_rejections(rejections: Iterable[Rejection]) -> Iterator[Fault]:
    """Word the rejections of all chunks as faults, one for each rule and problem."""
    merged: dict[tuple[str, str, str], Rejection] = {}
    for rejection in rejections:
        key = (rejection.place, rejection.problem, rejection.remedy)
        known = merged.get(key)
        merged[key] = _add(known, rejection) if known else rejection
    for rejection in merged.values():
        yield _word(rejection)


def _add(first: Rejection, second: Rejection) -> Rejection:
    if set(second.records) <= set(first.records):  # met before, when records were chosen
        return first
    return Rejection(
        first.place,
        first.problem,
        first.remedy,
        first.values + second.values,
        first.hints | second.hints,
        first.records + second.records,
    )


def _word(rejection: Rejection) -> Fault:
    counts = sorted(rejection.values.items(), key=lambda item: (-item[1], item[0]))
    shown = ", ".join(
        f"{value!r}" + (f" ({count} records)" if count > 1 else "")
        for value, count in counts[:SHOWN_VALUES]
    )
    hidden = len(counts) - SHOWN_VALUES
    shown += f" and {hidden} more values" if hidden > 0 else ""
    told = [value for value, _ in counts[:SHOWN_VALUES] if value in rejection.hints]
    hints = ", ".join(rejection.hints[value] for value in told)
    where = f" ({name_records(rejection.records)})" if rejection.records else ""
    return Fault(
        rejection.place,
        rejection.problem.replace("{value}", shown) + where,
        rejection.remedy.replace("{hints}", hints),
    )


def name_records(records: Iterable[tuple[str, int]]) -> str:
    """Name raw records: `ae_raw.csv record 17, 18 and 3 more`.

    >>> name_records([("ae.csv", 17), ("ae.csv", 18), ("dm.csv", 1)])
    'ae.csv record 17, 18; dm.csv record 1'
    """
    by_file: dict[str, list[int]] = {}
    for file, number in dict.fromkeys(records):
        by_file.setdefault(file, []).append(number)
    return "; ".join(
        f"{file} record {', '.join(str(number) for number in sorted(numbers)[:SHOWN_RECORDS])}"
        + (f" and {len(numbers) - SHOWN_RECORDS} more" if len(numbers) > SHOWN_RECORDS else "")
        for file, numbers in sorted(by_file.items())
    )


def describe_records(records: Records, rows: np.ndarray) -> str:
    """Name the raw records behind some rows."""
    return name_records(records.locate(rows))
