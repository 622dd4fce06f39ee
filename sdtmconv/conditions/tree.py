"""A condition as a tree: what it compares, and how it is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

_PLAIN_NAME = re.compile(
    r"(?!(?:EQ|NE|LT|LE|GT|GE|IN|NOTIN|CONTAINS|STARTS|AND|OR|NOT)$)[^\W\d][\w.]*", re.IGNORECASE
)


@dataclass(frozen=True)
class Column:
    """A column's name."""

    name: str

    def renamed(self, names: Mapping[str, str]) -> Column:
        """Give the column under its new name in `names`, if it has one there."""
        return Column(names.get(self.name, self.name))

    def __str__(self) -> str:
        return self.name if _PLAIN_NAME.fullmatch(self.name) else f"`{self.name}`"


@dataclass(frozen=True)
class Text:
    """A text in quotes."""

    value: str

    def __str__(self) -> str:
        return '"' + self.value.replace('"', '""') + '"'


@dataclass(frozen=True)
class Number:
    """A number, as it is written."""

    text: str

    @property
    def value(self) -> float:
        """The number."""
        return float(self.text)

    def __str__(self) -> str:
        return self.text


Operand = Column | Text | Number


@dataclass(frozen=True)
class Comparison:
    """A column compared with operands; `is missing` and `is not missing` have none."""

    column: Column
    comparator: str
    operands: tuple[Operand, ...] = ()

    def __str__(self) -> str:
        operands = ", ".join(map(str, self.operands))
        if self.comparator in ("IN", "NOTIN"):
            operands = f"({operands})"
        return f"{self.column} {self.comparator} {operands}".rstrip()

    def describe(self, words: Mapping[str, str]) -> str:
        """Give the comparison in the words of a language."""
        comparator = words.get(self.comparator, self.comparator)
        operands = ", ".join(o.name if isinstance(o, Column) else str(o) for o in self.operands)
        return f"{self.column.name} {comparator} {operands}".rstrip()


@dataclass(frozen=True)
class Inverse:
    """What holds where `node` does not."""

    node: Node


@dataclass(frozen=True)
class Junction:
    """Nodes joined by `and` or `or`."""

    word: str
    nodes: tuple[Node, ...]


Node = Comparison | Inverse | Junction


def iterate_comparisons(node: Node) -> Iterator[Comparison]:
    """Walk over a tree's comparisons from left to right."""
    if isinstance(node, Comparison):
        yield node
    elif isinstance(node, Inverse):
        yield from iterate_comparisons(node.node)
    else:
        for part in node.nodes:
            yield from iterate_comparisons(part)


def render(
    node: Node, write: Callable[[Comparison], str], words: Mapping[str, str] | None = None
) -> str:
    """Write a tree, each comparison by `write`; a junction in another stands in parentheses.

    Args:
        node: The tree.
        write: Writes a comparison.
        words: What to write for `and`, `or` and `not`; None for these.
    """
    words = words or {}
    if isinstance(node, Comparison):
        return write(node)
    if isinstance(node, Inverse):
        return f"{words.get('not', 'not')} ({render(node.node, write, words)})"
    texts = [render(part, write, words) for part in node.nodes]
    grouped = [
        f"({text})" if isinstance(part, Junction) else text
        for part, text in zip(node.nodes, texts, strict=True)
    ]
    return f" {words.get(node.word, node.word)} ".join(grouped)


def rename(node: Node, names: Mapping[str, str]) -> Node:
    """Give the tree with columns renamed from the keys of `names` to its values."""
    if isinstance(node, Inverse):
        return Inverse(rename(node.node, names))
    if isinstance(node, Junction):
        return replace(node, nodes=tuple(rename(part, names) for part in node.nodes))
    operands = tuple(o.renamed(names) if isinstance(o, Column) else o for o in node.operands)
    return replace(node, column=node.column.renamed(names), operands=operands)
