"""Arithmetic in specs: `100 * (AVAL - BASE) / abs(BASE)`, parsed and computed on whole columns.

As in SAS, an operator with a missing side gives missing, and so does what has no value (a division
by zero, the logarithm of 0); `min`, `max`, `sum`, `mean` and `coalesce` leave missing sides out.
`round` rounds halves away from zero.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast

import lark
import numpy as np
import numpy.typing as npt
import pandas as pd

from sdtmconv.errors import Fault, SpecError, suggest

Floats = npt.NDArray[np.float64]

_GRAMMAR = r"""
    ?sum: product (SIGN product)* -> chain
    ?product: signed (FACTOR signed)* -> chain
    ?signed: SIGN signed -> negated | power
    ?power: atom | atom "**" signed -> raised
    ?atom: NUMBER -> number
        | column
        | NAME "(" sum ("," sum)* ")" -> call
        | "(" sum ")"
    column: NAME | BACKQUOTED

    SIGN: "+" | "-"
    FACTOR: /\*(?!\*)/ | "/"
    NAME: /[^\W\d][\w.]*/
    BACKQUOTED: /`[^`]+`/
    NUMBER: /(\d+\.?\d*|\.\d+)(e[+-]?\d+)?(?![\w.])/i
    %ignore /\s+/
"""
_MOST_PARENTHESES = 100
# Far enough above what arithmetic leaves of a half, and below any digit that data have.
_HALF = 1e-9


def _round(values: Floats, digits: Floats | float = 0.0) -> Floats:
    scale = 10.0**digits
    scaled = np.abs(values) * scale
    rounded: Floats = np.sign(values) * np.floor(scaled + 0.5 + _HALF) / scale
    return rounded


def _over(reduce: Callable[..., Floats]) -> Callable[..., Floats]:
    """Make a function of several columns that leaves missing values out."""

    def apply(*columns: Floats) -> Floats:
        stacked = np.vstack(np.broadcast_arrays(*columns))
        known = ~np.isnan(stacked)
        return np.where(known.any(axis=0), reduce(stacked, known), np.nan)

    return apply


def _coalesce(stacked: Floats, known: npt.NDArray[np.bool_]) -> Floats:
    first: Floats = np.take_along_axis(stacked, known.argmax(axis=0)[np.newaxis], axis=0)[0]
    return first


def _mean(stacked: Floats, known: npt.NDArray[np.bool_]) -> Floats:
    total: Floats = np.where(known, stacked, 0).sum(axis=0)
    mean: Floats = total / np.maximum(known.sum(axis=0), 1)
    return mean


# Each with how many values it takes at most; 0 for any number of them.
FUNCTIONS: Mapping[str, tuple[Callable[..., Floats], int]] = {
    "abs": (np.abs, 1),
    "ceil": (np.ceil, 1),
    "exp": (np.exp, 1),
    "floor": (np.floor, 1),
    "log": (np.log, 1),
    "log10": (np.log10, 1),
    "log2": (np.log2, 1),
    "round": (_round, 2),
    "sqrt": (np.sqrt, 1),
    "coalesce": (_over(_coalesce), 0),
    "max": (_over(lambda values, known: np.where(known, values, -np.inf).max(axis=0)), 0),
    "mean": (_over(_mean), 0),
    "min": (_over(lambda values, known: np.where(known, values, np.inf).min(axis=0)), 0),
    "sum": (_over(lambda values, known: np.where(known, values, 0).sum(axis=0)), 0),
}
OPERATORS: Mapping[str, Callable[[Floats, Floats], Floats]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "**": np.power,
}


@dataclass(frozen=True)
class Node:
    """A number, a column, or what an operator or function makes of others.

    Args:
        kind: "number", "column", an operator, or a function.
        text: The number or the column's name.
        nodes: What the operator or function takes.
    """

    kind: str
    text: str = ""
    nodes: tuple[Node, ...] = ()

    def columns(self) -> Iterator[str]:
        if self.kind == "column":
            yield self.text
        for node in self.nodes:
            yield from node.columns()

    def compute(self, values: Mapping[str, Floats]) -> Floats:
        if self.kind == "number":
            return np.array(float(self.text))
        if self.kind == "column":
            return values[self.text]
        sides = [node.compute(values) for node in self.nodes]
        if self.kind == "negative":
            return np.negative(sides[0])
        function = OPERATORS[self.kind] if self.kind in OPERATORS else FUNCTIONS[self.kind][0]
        return function(*sides)


@dataclass(frozen=True)
class Expression:
    """An arithmetic expression of a spec.

    Args:
        text: As the spec has it.
        tree: What it says.
    """

    text: str = field(compare=False)
    tree: Node

    @property
    def names(self) -> tuple[str, ...]:
        """The columns it reads, in order of first mention."""
        return tuple(dict.fromkeys(self.tree.columns()))

    def compute(self, values: Mapping[str, pd.Series], length: int) -> pd.Series:
        """Compute it on whole columns.

        Args:
            values: Its columns by name, float64.
            length: How many records there are.

        Returns:
            float64, missing where there is no value.

        >>> columns = {"AVAL": pd.Series([12.0, 3.0, None]), "BASE": pd.Series([10.0, 0.0, 1.0])}
        >>> parse_expression("100 * (AVAL - BASE) / BASE", "").compute(columns, 3).tolist()
        [20.0, nan, nan]
        """
        arrays = {name: column.to_numpy("float64") for name, column in values.items()}
        with np.errstate(all="ignore"):
            found = np.broadcast_to(self.tree.compute(arrays), length)
        return pd.Series(np.where(np.isfinite(found), found, np.nan))


def parse_expression(text: str, place: str) -> Expression:
    """Parse an arithmetic expression.

    Args:
        text: The expression.
        place: File and line of the spec.

    Raises:
        SpecError: The text is no expression.

    >>> parse_expression("round(AVAL / ADSL.BASE, 1)", "specs/x/adam/adlb.yaml:4").names
    ('AVAL', 'ADSL.BASE')
    """
    if text.count("(") > _MOST_PARENTHESES:
        raise _fault(text, place, "it nests too deeply", "write it with fewer parentheses")
    try:
        tree = cast(Node, _make_parser().parse(text))
    except lark.UnexpectedInput as error:
        raise _fault(text, place, *_explain(text, error)) from None
    for problem, remedy in _find_misuse(tree):
        raise _fault(text, place, problem, remedy)
    return Expression(text, tree)


def _fault(text: str, place: str, problem: str, remedy: str) -> SpecError:
    return SpecError(Fault(place, f"calculate {text}: {problem}", remedy))


def _find_misuse(node: Node) -> Iterator[tuple[str, str]]:
    known = ("number", "column", "negative", *OPERATORS)
    if node.kind not in known and node.kind not in FUNCTIONS:
        yield f"no function {node.kind!r}", suggest(node.kind, FUNCTIONS, ", ".join(FUNCTIONS))
    elif node.kind in FUNCTIONS and 0 < FUNCTIONS[node.kind][1] < len(node.nodes):
        problem = f"{node.kind} takes {FUNCTIONS[node.kind][1]} values, and has {len(node.nodes)}"
        yield problem, "leave the others out"
    for inner in node.nodes:
        yield from _find_misuse(inner)


@lark.v_args(inline=True)
class _Builder(lark.Transformer[lark.Token, Node]):
    def number(self, token: str) -> Node:
        return Node("number", str(token))

    def column(self, token: str) -> Node:
        return Node("column", token.strip("`"))

    def chain(self, first: Node, *rest: Node | str) -> Node:
        node = first
        for operator, side in zip(rest[::2], rest[1::2], strict=True):
            node = Node(str(operator), nodes=(node, cast(Node, side)))
        return node

    def raised(self, base: Node, power: Node) -> Node:
        return Node("**", nodes=(base, power))

    def negated(self, sign: str, node: Node) -> Node:
        return Node("negative", nodes=(node,)) if sign == "-" else node

    def call(self, name: str, *nodes: Node) -> Node:
        return Node(str(name), nodes=nodes)


@lru_cache(maxsize=1)
def _make_parser() -> lark.Lark:
    return lark.Lark(_GRAMMAR, start="sum", parser="lalr", transformer=_Builder())


def _explain(text: str, error: lark.UnexpectedInput) -> tuple[str, str]:
    """Say in the words of the language where a text goes wrong."""
    is_end = isinstance(error, lark.UnexpectedToken) and error.token.type == "$END"
    at = len(text) if is_end else error.pos_in_stream or 0
    rest = text[at : at + 20]
    if is_end:
        return "it ends too soon", "write a column, a number or a closing parenthesis there"
    problem = f"{rest!r} at character {at + 1} is not understood"
    if re.match(r"[\"']", rest):
        return problem, "write columns and numbers; a text cannot be calculated with"
    return problem, "write + - * / ** or a comma between columns and numbers"
