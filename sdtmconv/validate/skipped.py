"""Which rules had nothing to look at, and why: what was not checked does not hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from sdtmconv.metadata import StudyMetadata
from sdtmconv.validate.rule import RULES, Rule
from sdtmconv.validate.rules.submission import OF_PACKAGES
from sdtmconv.validate.tables import Table

_NO_RAW = "there are no raw records; `sdtmconv build` checks it"
WITHOUT_RAW = {"raw-column-unused": _NO_RAW, "raw-record-repeated": _NO_RAW}
"""For files that no build is at hand for."""


def explain_skipped(study: StudyMetadata, others: Mapping[str, str]) -> dict[str, str]:
    """Say which rules were not checked.

    Args:
        study: The datasets that were checked.
        others: Rules that were not checked for another reason, with the reason.

    Returns:
        Rule to reason.
    """
    tables = [
        Table(dataset, pd.DataFrame(columns=[variable.name for variable in dataset.variables]))
        for dataset in study.datasets
    ]
    skipped = OF_PACKAGES | dict(_find_idle(tables)) | dict(others)
    return {id_: skipped[id_] for id_ in RULES if id_ in skipped}


def _find_idle(tables: Sequence[Table]) -> Iterator[tuple[str, str]]:
    for rule in RULES.values():
        if rule.check:
            concerned = [table for table in tables if rule.concerns(table.kinds)]
            if not concerned:
                yield rule.id, f"there is no dataset of {rule.applies}"
            elif not any(table.has(*rule.needs) for table in concerned):
                yield rule.id, f"no dataset has {_name_needs(rule)}"


def _name_needs(rule: Rule) -> str:
    *others, last = rule.needs
    return f"{', '.join(others)} and {last}" if others else last
