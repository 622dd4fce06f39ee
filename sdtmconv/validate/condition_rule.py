"""Rules that a condition states."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from typing import Unpack

import pandas as pd

from sdtmconv.conditions import Condition, parse_condition
from sdtmconv.validate.data import Data
from sdtmconv.validate.rule import Breach, Facts, rule
from sdtmconv.validate.tables import Table

_parse = cache(parse_condition)


def condition_rule(
    id: str,
    *,
    breach: str,
    variable: str,
    message: str,
    doubts: tuple[str, ...] = (),
    optional: tuple[str, ...] = (),
    **facts: Unpack[Facts],
) -> None:
    """Register a rule that a condition states.

    Args:
        id: The rule's id.
        breach: A `where` condition that holds for the records that break the rule. -- stands for
            the domain's letters, DM.DTHFL for the subject's value in another dataset.
        variable: The variable that is wrong.
        message: What is wrong.
        optional: Variables that are taken for missing where they are not there.
        doubts: Other variables of the record that are doubtful then.
        **facts: As `Rule` has them.
    """

    @rule(id, **facts)
    def check(table: Table, data: Data) -> Iterator[Breach]:
        where: Condition = _parse(breach.replace("--", table.metadata.domain), id)
        absent = [name for name in where.names if not _has(table, data, name)]
        if not {*absent} - {*map(table.variable, optional)}:
            mask = where.mask(partial(_read, table, data), table.frame.index)
            reads = (*where.names, *doubts)
            yield Breach(message, mask.to_numpy(), table.variable(variable), reads)


def _has(table: Table, data: Data, name: str) -> bool:
    return data.has(name) if "." in name else table.has(name)


def _read(table: Table, data: Data, name: str) -> pd.Series:
    if "." in name:
        return data.of_subject(table, name)
    if table.has(name):
        return table.frame[name]
    return pd.Series(index=table.frame.index, dtype="str")
