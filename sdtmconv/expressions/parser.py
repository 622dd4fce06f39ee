"""The grammar of expressions, and what is said of a text that does not follow it."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import cast

import lark

from sdtmconv.errors import suggest
from sdtmconv.expressions.functions import FUNCTIONS, MOST_DIGITS, OF_ONE, ROUNDING, SIGNIFICANT
from sdtmconv.expressions.tree import Call, Column, Node, Number, iterate_nodes

_GRAMMAR = r"""
    ?sum: product (SIGN product)* -> chain
    ?product: signed (FACTOR signed)* -> chain
    ?signed: SIGN signed -> signed
        | power
    ?power: atom
        | atom "**" signed -> power
    ?atom: NUMBER -> number
        | NAME -> column
        | BACKQUOTED -> column
        | NAME "(" sum ("," sum)* ")" -> call
        | "(" sum ")"

    SIGN: "+" | "-"
    FACTOR: /\*(?!\*)/ | "/"
    NAME: /[^\W\d][\w.]*/
    BACKQUOTED: /`[^`]+`/
    NUMBER: /(\d+\.?\d*|\.\d+)(e[+-]?\d+)?(?![\w.])/i
    %ignore /\s+/
"""
_MOST_SIGNS = 100


class ExpressionError(Exception):
    """A text is no expression: `problem` and `remedy` say why."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem, remedy)
        self.problem = problem
        self.remedy = remedy


@lark.v_args(inline=True)
class _Builder(lark.Transformer[lark.Token, Node]):
    def number(self, token: str) -> Number:
        return Number(float(token))

    def column(self, token: str) -> Column:
        return Column(token.strip("`"))

    def chain(self, first: Node, *rest: Node | str) -> Node:
        node = first
        for operator, side in zip(rest[::2], rest[1::2], strict=True):
            node = Call(str(operator), (node, cast(Node, side)))
        return node

    def signed(self, sign: str, node: Node) -> Node:
        return Call("-", (node,)) if sign == "-" else node

    def power(self, base: Node, power: Node) -> Call:
        return Call("**", (base, power))

    def call(self, name: str, *sides: Node) -> Call:
        return Call(name.lower(), sides)


@lru_cache(maxsize=1)
def _make_parser() -> lark.Lark:
    return lark.Lark(_GRAMMAR, start="sum", parser="lalr", transformer=_Builder())


def _find_remedy(rest: str, error: lark.UnexpectedInput) -> str:
    if rest.startswith("^"):
        return "write ** instead of ^"
    if rest.startswith("`"):
        return "close the quotation `"
    if rest.startswith(('"', "'")):
        return "write columns and numbers; a column whose name has blanks stands in back-quotes"
    if isinstance(error, lark.UnexpectedCharacters):
        expected = error.allowed
    else:
        expected = getattr(error, "expected", set[str]())
    if "NAME" in expected:
        return "write a column, a number or a function here"
    return "write + - * / or ** before it, or leave it out" if rest else "close the parenthesis"


def _explain(text: str, error: lark.UnexpectedInput) -> ExpressionError:
    """Say in the words of the language where a text goes wrong."""
    is_end = isinstance(error, lark.UnexpectedToken) and error.token.type == "$END"
    at = len(text) if is_end else error.pos_in_stream or 0
    rest = text[at : at + 20]
    problem = "it ends too soon" if is_end else f"{rest!r} at character {at + 1} is not understood"
    return ExpressionError(problem, _find_remedy(rest, error))


def _check(node: Node) -> None:
    """Refuse unknown functions, and values that a function or a number does not take."""
    if isinstance(node, Number) and not math.isfinite(node.value):
        raise ExpressionError("a number is too large", "write numbers below 1e308")
    if not isinstance(node, Call) or not node.name.isidentifier():
        return
    if node.name not in FUNCTIONS:
        remedy = suggest(node.name, FUNCTIONS, f"the functions are {', '.join(sorted(FUNCTIONS))}")
        raise ExpressionError(f"there is no function {node.name!r}", remedy)
    if node.name in OF_ONE and len(node.sides) > 1:
        problem = f"{node.name} takes one value and has {len(node.sides)}"
        raise ExpressionError(problem, "leave the others out")
    if node.name in ROUNDING and not _is_rounding(node.name, node.sides):
        what, least = ("digits", 1) if node.name == SIGNIFICANT else ("decimals", 0)
        problem = f"{node.name} takes a value and a number of {what}"
        remedy = f"write it as in {node.name}(AVAL, 1), with {least} to {MOST_DIGITS}"
        raise ExpressionError(problem, remedy)


def _is_rounding(name: str, sides: tuple[Node, ...]) -> bool:
    """Tell whether rounding has a value and a number; that of decimals may be left out."""
    significant = name == SIGNIFICANT
    return (len(sides) == 1 and not significant) or (
        len(sides) == 2
        and isinstance(sides[1], Number)
        and sides[1].value in range(int(significant), MOST_DIGITS + 1)
    )


@lru_cache(maxsize=4096)
def parse_tree(text: str) -> Node:
    """Parse an expression.

    Raises:
        ExpressionError: The text does not follow the grammar, or has no meaning.
    """
    if len(re.findall(r"[-+*/(]", text)) > _MOST_SIGNS:
        problem = f"it has more than {_MOST_SIGNS} operators and parentheses"
        raise ExpressionError(problem, "give its parts names of their own: intermediate")
    try:
        tree = cast(Node, _make_parser().parse(text))
    except lark.UnexpectedInput as error:
        raise _explain(text, error) from None
    for node in iterate_nodes(tree):
        _check(node)
    return tree
