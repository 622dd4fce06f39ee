"""The grammar of conditions, and what is said of a text that does not follow it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import cast

import lark

from sdtmconv.conditions.tree import (
    Column,
    Comparison,
    Inverse,
    Junction,
    Node,
    Number,
    Operand,
    Text,
    iterate_comparisons,
)

_GRAMMAR = r"""
    ?disjunction: conjunction (_OR conjunction)*
    ?conjunction: condition (_AND condition)*
    ?condition: _NOT condition -> inverse
        | "(" disjunction ")"
        | comparison
    comparison: column COMPARATOR (column | literal)
        | column MEMBERSHIP "(" literal ("," literal)* ")"
        | column SEARCH text
        | column MISSING
    ?literal: text | number
    column: NAME | BACKQUOTED
    text: QUOTED
    number: NUMBER

    COMPARATOR.2: /(EQ|NE|LT|LE|GT|GE)(?![\w.])/i
    MEMBERSHIP.2: /(IN|NOTIN)(?![\w.])/i
    SEARCH.2: /(CONTAINS|STARTS)(?![\w.])/i
    MISSING.2: /is\s+(not\s+)?missing(?![\w.])/i
    _AND.2: /and(?![\w.])/i
    _OR.2: /or(?![\w.])/i
    _NOT.2: /not(?![\w.])/i
    NAME: /[^\W\d][\w.]*/
    BACKQUOTED: /`[^`]+`/
    QUOTED: /"([^"]|"")*"|'([^']|'')*'/
    NUMBER: /[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?(?![\w.])/i
    %ignore /\s+/
"""
_REMEDIES = (
    (
        "COMPARATOR",
        "compare by EQ NE LT LE GT GE, IN NOTIN, CONTAINS STARTS, is missing or is not missing",
    ),
    ("NUMBER", "write a text in quotes or a number here"),
    ("NAME", "write a column here, in back-quotes if its name has blanks"),
    ("QUOTED", "write a text in quotes here"),
    ("LPAR", "write the values in parentheses, with commas between them"),
    ("_AND", "join comparisons with and, or"),
    ("RPAR", "close the parenthesis"),
)
_MOST_PARENTHESES = 100
_WORDS = {
    "=": "EQ", "==": "EQ", "!=": "NE", "^=": "NE", "~=": "NE", "<>": "NE", "<": "LT", "<=": "LE",
    ">": "GT", ">=": "GE", "&": "and", "&&": "and", "|": "or", "||": "or", "!": "not", "^": "not",
}  # fmt: skip


class ConditionError(Exception):
    """A text is no condition: `problem` and `remedy` say why."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem, remedy)
        self.problem = problem
        self.remedy = remedy


def _join(word: str, nodes: tuple[Node, ...]) -> Junction:
    """Join nodes, taking in those that are joined by the same word already."""
    parts: list[Node] = []
    for node in nodes:
        parts.extend(node.nodes if isinstance(node, Junction) and node.word == word else [node])
    return Junction(word, tuple(parts))


@lark.v_args(inline=True)
class _Builder(lark.Transformer[lark.Token, Node]):
    def column(self, token: str) -> Column:
        return Column(token.strip("`"))

    def text(self, token: str) -> Text:
        quote = token[0]
        return Text(token[1:-1].replace(quote * 2, quote))

    def number(self, token: str) -> Number:
        return Number(str(token))

    def comparison(self, column: Column, comparator: str, *operands: Operand) -> Comparison:
        words = " ".join(comparator.split())
        return Comparison(column, words.upper() if operands else words.lower(), operands)

    def inverse(self, node: Node) -> Node:
        return node.node if isinstance(node, Inverse) else Inverse(node)

    def conjunction(self, *nodes: Node) -> Junction:
        return _join("and", nodes)

    def disjunction(self, *nodes: Node) -> Junction:
        return _join("or", nodes)


@lru_cache(maxsize=1)
def _make_parser() -> lark.Lark:
    return lark.Lark(_GRAMMAR, start="disjunction", parser="lalr", transformer=_Builder())


def _find_remedy(rest: str, error: lark.UnexpectedInput) -> str:
    symbol = re.match(r"[=!^~<>&|]+", rest)
    if symbol and symbol[0] in _WORDS:
        return f"write {_WORDS[symbol[0]]} instead of {symbol[0]}"
    if isinstance(error, lark.UnexpectedCharacters):
        if rest.startswith(('"', "'", "`")):
            return f"close the quotation {rest[0]}"
        expected = error.allowed
    else:
        expected = getattr(error, "expected", set())
    return next((remedy for name, remedy in _REMEDIES if name in expected), "leave it out")


def _explain(text: str, error: lark.UnexpectedInput) -> ConditionError:
    """Say in the words of the language where a text goes wrong."""
    is_end = isinstance(error, lark.UnexpectedToken) and error.token.type == "$END"
    at = len(text) if is_end else error.pos_in_stream or 0
    rest = text[at : at + 20]
    problem = "it ends too soon" if is_end else f"{rest!r} at character {at + 1} is not understood"
    return ConditionError(problem, _find_remedy(rest, error))


def _check(comparison: Comparison) -> None:
    """Refuse operands that no record can match."""
    kinds = {type(operand) for operand in comparison.operands}
    if len(kinds) > 1:
        raise ConditionError(
            f"{comparison} mixes texts and numbers", "put all of them in quotes or none"
        )
    if any(isinstance(o, Text) and not o.value.strip() for o in comparison.operands):
        words = "is missing" if comparison.comparator in ("EQ", "IN") else "is not missing"
        raise ConditionError("a text in quotes is empty", f"write {comparison.column} {words}")


@lru_cache(maxsize=4096)
def parse_tree(text: str) -> Node:
    """Parse a condition.

    Raises:
        ConditionError: The text does not follow the grammar, or no record can match it.
    """
    if text.count("(") > _MOST_PARENTHESES:
        raise ConditionError("it nests too deeply", "write it with fewer parentheses")
    try:
        tree = cast(Node, _make_parser().parse(text))
    except lark.UnexpectedInput as error:
        raise _explain(text, error) from None
    for comparison in iterate_comparisons(tree):
        _check(comparison)
    return tree
