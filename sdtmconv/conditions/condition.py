"""A `where` condition of a spec, ready to be asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from sdtmconv.conditions.masks import Columns, Records, compute_mask
from sdtmconv.conditions.parser import ConditionError, parse_tree
from sdtmconv.conditions.tree import (
    Column,
    Comparison,
    Junction,
    Node,
    Text,
    iterate_comparisons,
    rename,
    render,
)
from sdtmconv.errors import DataError, Fault, SpecError, raise_faults
from sdtmconv.languages import ENGLISH

RangeCheck = tuple[str, str, tuple[str, ...]]

_RANGE_COMPARATORS = {"EQ", "NE", "LT", "LE", "GT", "GE", "IN", "NOTIN"}


def _to_range_check(node: Node) -> RangeCheck | None:
    if not isinstance(node, Comparison) or node.comparator not in _RANGE_COMPARATORS:
        return None
    if any(isinstance(operand, Column) for operand in node.operands):
        return None
    values = tuple(o.value if isinstance(o, Text) else str(o) for o in node.operands)
    return node.column.name, node.comparator, values


@dataclass(frozen=True)
class Condition:
    """A `where` condition; two are equal if they say the same.

    Args:
        text: As the spec has it.
        place: File and line of the spec.
        tree: What it says.
    """

    text: str = field(compare=False)
    place: str = field(compare=False)
    tree: Node

    def __str__(self) -> str:
        return render(self.tree, str)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns it reads, in order of first mention."""
        comparisons = iterate_comparisons(self.tree)
        sides = [side for c in comparisons for side in (c.column, *c.operands)]
        return tuple(dict.fromkeys(side.name for side in sides if isinstance(side, Column)))

    def mask(self, columns: Columns, index: pd.Index[Any]) -> pd.Series[bool]:
        """Tell for which records the condition holds.

        Args:
            columns: The columns by name, or a function that gives a column for its name; Char is
                `str`, Num is float64, with a value per record in the order of `index`.
            index: The records' index.

        Returns:
            A mask on `index`, without missing values.

        Raises:
            DataError: A column is not there, a Num column is compared with text, or a text that
                is compared as a number is none. Of `A and B`, B is asked only where A holds; of
                `A or B`, only where A does not.

        >>> doses = pd.DataFrame({"DOSE": ["80", "ND", None]}, dtype="str")
        >>> where = parse_condition('DOSE NE "ND" and not (DOSE GT 100)', "specs/x/sdtm/ex.yaml:4")
        >>> where.mask(doses, doses.index).tolist()
        [True, False, True]
        """
        records = Records(columns, index)
        mask = compute_mask(self.tree, records, pd.Series(True, index=index))
        faults = [
            Fault(self.place, f"where {self.text}: {problem}", remedy)
            for problem, remedy in records.problems
        ]
        raise_faults(DataError, faults)
        return mask

    def range_checks(self) -> tuple[RangeCheck, ...] | None:
        """Give the condition as define.xml range checks, which must all hold.

        Returns:
            (variable, comparator, values) as in `metadata.ValueLevel.where`; None where the
            condition is more than comparisons with literals joined by `and`.

        >>> parse_condition('VSTESTCD IN ("SYSBP", "DIABP") and VISITNUM EQ 1', "").range_checks()
        (('VSTESTCD', 'IN', ('SYSBP', 'DIABP')), ('VISITNUM', 'EQ', ('1',)))
        """
        nodes: tuple[Node, ...] = (self.tree,)
        if isinstance(self.tree, Junction) and self.tree.word == "and":
            nodes = self.tree.nodes
        checks = [check for node in nodes if (check := _to_range_check(node))]
        return tuple(checks) if len(checks) == len(nodes) else None

    def renamed(self, names: Mapping[str, str]) -> Condition:
        """Give the condition with columns renamed from the keys of `names` to its values."""
        tree = rename(self.tree, names)
        return replace(self, text=render(tree, str), tree=tree)

    def describe(self, words: Mapping[str, str] = ENGLISH.comparators) -> str:
        """Give the condition in the words of a language, as for a method in define.xml.

        Args:
            words: What to write for comparators, `and`, `or` and `not`.

        >>> parse_condition('DSDECOD EQ "DEATH" and DSSTDTC is not missing', "").describe()
        'DSDECOD is "DEATH" and DSSTDTC is not missing'
        """
        return render(self.tree, lambda comparison: comparison.describe(words), words)


def write_range_checks(checks: Iterable[RangeCheck]) -> str:
    """Write define.xml range checks as a condition; `range_checks` gives them back.

    >>> write_range_checks([("VSTESTCD", "IN", ("SYSBP", "DIABP")), ("VISITNUM", "EQ", ("1",))])
    'VSTESTCD IN ("SYSBP", "DIABP") and VISITNUM EQ "1"'
    """
    comparisons = (
        Comparison(Column(name), comparator, tuple(map(Text, values)))
        for name, comparator, values in checks
    )
    return " and ".join(map(str, comparisons))


def parse_condition(text: str, place: str) -> Condition:
    """Parse a `where` condition.

    Args:
        text: The condition.
        place: File and line of the spec.

    Raises:
        SpecError: The text is no condition.

    >>> parse_condition('AESER eq "Y" AND not ae.AETERM is missing', "specs/x/sdtm/ae.yaml:4").names
    ('AESER', 'ae.AETERM')
    """
    try:
        return Condition(text, place, parse_tree(text))
    except ConditionError as error:
        raise SpecError(Fault(place, f"where {text}: {error.problem}", error.remedy)) from None
