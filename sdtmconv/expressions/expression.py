"""An arithmetic expression of a spec, ready to be computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sdtmconv.errors import Fault, SpecError
from sdtmconv.expressions.parser import ExpressionError, parse_tree
from sdtmconv.expressions.tree import Column, Node, compute, iterate_nodes


@dataclass(frozen=True)
class Expression:
    """An arithmetic expression; two are equal if they say the same.

    Args:
        text: As the spec has it.
        tree: What it says.
    """

    text: str = field(compare=False)
    tree: Node

    @property
    def names(self) -> tuple[str, ...]:
        """The columns it reads, in order of first mention."""
        columns = (node.name for node in iterate_nodes(self.tree) if isinstance(node, Column))
        return tuple(dict.fromkeys(columns))

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
            found = compute(self.tree, arrays)
        # Zero is added for -0.0, which would be written as another number than 0.
        return pd.Series(np.broadcast_to(found + 0.0, length).copy())

    def describe(self) -> str:
        """Give the expression on one line, as for a method in define.xml.

        >>> parse_expression("100 * (AVAL - BASE)\\n  / BASE", "").describe()
        '100 * (AVAL - BASE) / BASE'
        """
        return " ".join(self.text.split())


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
    try:
        return Expression(text, parse_tree(text))
    except ExpressionError as error:
        fault = Fault(place, f"calculate {text}: {error.problem}", error.remedy)
        raise SpecError(fault) from None
