"""Measure writing and checking a large define.xml; print JSON.

Run as `python -m benchmarks.define`. Building, writing (define.xml, its page and stylesheet) and
checking are measured in CPU seconds, each the median of some runs.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from sdtmconv.define_xml import check_define, read_model, write_define
from sdtmconv.define_xml.html import render_define
from sdtmconv.metadata import (
    Codelist,
    DatasetMetadata,
    Origin,
    StudyMetadata,
    Term,
    ValueLevel,
    VariableMetadata,
)

CREATED = datetime(2025, 3, 1)
RUNS = 5
TARGET = 3.0


def large_study() -> StudyMetadata:
    """40 datasets, 1,520 variables, 400 value-level items, 3,000 terms."""
    origin = Origin("Collected", "Investigator", pages=(1, 2))
    lists = [
        Codelist(f"L{n}", f"List {n}", tuple(Term(f"T{i}", f"Term {i}") for i in range(100)))
        for n in range(30)
    ]

    def dataset(number: int) -> DatasetMetadata:
        variables = [
            VariableMetadata(
                name=f"V{i}",
                label=f"Variable {i}",
                type="Char",
                length=8,
                origin=origin,
                codelist=lists[(number + i) % 30] if i % 2 else None,
                method=f"Method {i} of {number}" if i % 3 == 0 else "",
            )
            for i in range(38)
        ]
        values = [
            ValueLevel((("V1", "EQ", (f"T{i}",)),), replace(variables[2], label=f"Value {i}"))
            for i in range(10)
        ]
        variables[2] = replace(variables[2], values=tuple(values))
        return DatasetMetadata(
            name=f"D{number}",
            label=f"Dataset {number}",
            variables=tuple(variables),
            keys=("V0", "V1"),
            domain=f"D{number}",
            class_="EVENTS",
            structure="One record per event",
        )

    datasets = tuple(map(dataset, range(40)))
    return StudyMetadata("BIG", "Large", "P", {"SDTMIG": "3.4"}, datasets=datasets)


def _seconds(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(RUNS):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return round(median(taken), 2)


def measure() -> dict[str, Any]:
    """Give the seconds of writing, checking, reading and showing, and the sizes."""
    study = large_study()
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "define.xml"
        write = _seconds(lambda: write_define(path, study, "SDTMIG", created=CREATED))
        check = _seconds(lambda: check_define(path))
        define = read_model(path)
        return {
            "datasets": len(define.metadata.item_groups),
            "items": len(define.metadata.items),
            "terms": sum(len(codelist.items) for codelist in define.metadata.code_lists),
            "MB": round(path.stat().st_size / 1e6, 1),
            "write s": write,
            "check s": check,
            "write and check s": round(write + check, 2),
            "read s": _seconds(lambda: read_model(path)),
            "page s": _seconds(lambda: render_define(define)),
            "target s": TARGET,
        }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
