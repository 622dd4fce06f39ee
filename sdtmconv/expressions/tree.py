"""An expression as a tree: what it reads, and what it computes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from sdtmconv.expressions.functions import Floats, apply


@dataclass(frozen=True)
class Number:
    """A number."""

    value: float


@dataclass(frozen=True)
class Column:
    """A column's name."""

    name: str


@dataclass(frozen=True)
class Call:
    """An operator between its sides, or a function of them; `-` with one side is its negative."""

    name: str
    sides: tuple[Node, ...]


Node = Number | Column | Call


def iterate_nodes(node: Node) -> Iterator[Node]:
    """Give a node and all below it, from left to right."""
    yield node
    for side in node.sides if isinstance(node, Call) else ():
        yield from iterate_nodes(side)


def compute(node: Node, columns: Mapping[str, Floats]) -> Floats:
    """Compute a node on whole columns; a number alone gives an array of no dimension."""
    if isinstance(node, Number):
        return np.array(node.value)
    if isinstance(node, Column):
        return columns[node.name]
    return apply(node.name, [compute(side, columns) for side in node.sides])
