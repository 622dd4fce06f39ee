"""Texts as such, and the order of variables."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence

import pyarrow.compute as pc

from sdtmconv.distinct import factorize
from sdtmconv.iso8601.arrow import to_mask
from sdtmconv.validate.data import Data
from sdtmconv.validate.rule import Breach, rule
from sdtmconv.validate.tables import Table


@rule(
    "leading-space",
    title="Texts do not begin with a space, and are no single period",
    severity="warning",
    source="FDA business rule FDAB015",
    remedy="Trim the text where it is mapped",
    applies="all",
)
def check_spaces(table: Table, data: Data) -> Iterator[Breach]:
    """Find texts that begin with a space or are a period."""
    for variable in table.metadata.variables:
        if variable.type == "Char" and table.has(variable.name):
            codes, texts = factorize(table[variable.name])
            odd = to_mask(pc.or_(pc.starts_with(texts, " "), pc.equal(texts, ".")))
            if odd.any():
                message = "begins with a space, or is a period"
                yield Breach(message, odd[codes], variable.name)


@rule(
    "variable-order",
    title="Variables stand in the standard's order",
    severity="warning",
    source="SDTMIG 3.4 section 4.1.4 (CDISC conformance rule CG0330)",
    remedy="Write the variables in the order of the standard's table",
    applies="SDTM",
)
def check_order(table: Table, data: Data) -> Iterator[Breach]:
    """Find variables that stand before one that they should follow."""
    described = {variable.name: n for n, variable in enumerate(table.metadata.variables)}
    places = [(name, described[name]) for name in map(str, table.frame) if name in described]
    kept = set(_find_longest_run([place for _, place in places]))
    for name in [name for name, place in places if place not in kept]:
        yield Breach("does not stand where the standard has it", variable=name)


def _find_longest_run(numbers: Sequence[int]) -> list[int]:
    """Take away as few numbers as possible so that the others rise.

    >>> _find_longest_run([7, 1, 2, 3, 5, 4])
    [1, 2, 3, 4]
    """
    runs: list[list[int]] = []
    for number in numbers:
        place = bisect.bisect_left([run[-1] for run in runs], number)
        run = [*(runs[place - 1] if place else []), number]
        runs[place : place + 1] = [run]
    return runs[-1] if runs else []
