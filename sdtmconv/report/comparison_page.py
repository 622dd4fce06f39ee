"""A comparison as one HTML page that needs nothing but itself.

Each difference is a card with its first records; with JavaScript every record can be paged and
filtered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from sdtmconv import __version__
from sdtmconv.compare import KINDS, Comparison, DatasetComparison, ValueDifferences
from sdtmconv.report.comparison_document import (
    SIDES,
    describe_comparison,
    list_rows,
    tabulate,
)
from sdtmconv.report.comparison_text import describe_attribute, summarize
from sdtmconv.report.pages import ROWS, limit_records, load_template
from sdtmconv.transport import open_replacing


@dataclass(frozen=True, eq=False)
class Card:
    """One difference on the page.

    Args:
        dataset: The dataset's name.
        place: What differs: AE, AE.AETERM.
        kind: By which it can be filtered.
        title: What is wrong.
        grave: error, warning or note, for its colour.
        count: How many records or attributes.
        item: What is counted.
        table: Its rows.
        facts: What else is known, by name.
    """

    dataset: str
    place: str
    kind: str
    title: str
    grave: str
    count: int
    item: str
    table: pd.DataFrame
    facts: dict[str, str] = field(default_factory=dict)


def write_comparison_page(path: Path, comparison: Comparison) -> None:
    """Write the page, whole or not at all.

    Raises:
        TransportError: The file cannot be written.
    """
    with open_replacing(path) as file:
        file.write(comparison_as_html(comparison).encode())


def comparison_as_html(comparison: Comparison) -> str:
    """Write a comparison as an HTML page.

    Returns:
        The page. It opens filtered when its address ends in a filter, such as `#q=AETERM` or
        `#kind=case&dataset=AE`.
    """
    cards = [card for dataset in comparison.datasets for card in _make_cards(dataset)]
    limit = limit_records([card.count for card in cards])
    return load_template("comparison.html").render(
        overview=describe_comparison(comparison),
        summary=summarize(comparison),
        datasets=comparison.datasets,
        cards=[(card, list_rows(card.table, ROWS)) for card in cards],
        embedded=[
            {"count": card.count, "records": list_rows(card.table, limit)["rows"]} for card in cards
        ],
        rows=ROWS,
        limit=limit,
        version=__version__,
    )


def _make_cards(dataset: DatasetComparison) -> Iterator[Card]:
    name = dataset.name
    if dataset.attributes:
        table = pd.DataFrame(
            [
                (one.variable or name, one.attribute, one.a, one.b, describe_attribute(one))
                for one in dataset.attributes
            ],
            columns=["Place", "Attribute", "A", "B", "Difference"],
        )
        title = "Attributes differ"
        yield Card(name, name, "attributes", title, "note", len(table), "attribute", table)
    for side, words in SIDES.items():
        records = getattr(dataset, side)
        if len(records):
            kind, title = side.replace("_", "-"), f"Records {words}"
            yield Card(name, name, kind, title, "warning", len(records), "record", records)
    for values in dataset.values:
        yield _make_value_card(dataset, values)


def _make_value_card(dataset: DatasetComparison, values: ValueDifferences) -> Card:
    rules = dataset.rules.get(values.variable, ("", ""))
    facts: dict[str, Any] = {
        f"Rule in {side}": rule for side, rule in zip("AB", rules, strict=True)
    }
    if rules[0] == rules[1]:
        facts = {"Rule": rules[0]}
    if not pd.isna(values.largest):
        facts["Largest difference"] = f"{values.largest:.6g}"
    return Card(
        dataset=dataset.name,
        place=f"{dataset.name}.{values.variable}",
        kind=values.kind,
        title=KINDS[values.kind].title,
        grave="error",
        count=len(values),
        item="value",
        table=tabulate(values).drop(columns="STUDYID", errors="ignore"),
        facts={name: fact for name, fact in facts.items() if fact},
    )
