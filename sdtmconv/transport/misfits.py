"""Values that a file cannot hold: collect them, then word them as faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from sdtmconv.errors import Fault
from sdtmconv.metadata import DatasetMetadata, VariableMetadata
from sdtmconv.transport.columns import LARGEST_INTEGER
from sdtmconv.transport.ibm import LARGEST, SMALLEST, Positions
from sdtmconv.transport.text import count_bytes, explain_character

# Says of a variable's value that does not fit what the problem is, and the remedy.
Explain: TypeAlias = Callable[[VariableMetadata, Any], tuple[str, str]]

_SHOWN = 5


class Misfits:
    """The misfits of one dataset, in the order of its variables and records.

    Args:
        metadata: The dataset.
        explain: Says of a value why it does not fit.
    """

    def __init__(self, metadata: DatasetMetadata, explain: Explain) -> None:
        self._metadata = metadata
        self._explain = explain
        self._counts: Counter[str] = Counter()
        self._faults: dict[str, dict[int, Fault]] = {}

    def add(
        self,
        variable: VariableMetadata,
        frame: pd.DataFrame,
        positions: Positions,
        records_before: int,
    ) -> None:
        """Note that the values of a variable at some positions of a frame do not fit.

        Args:
            variable: The variable.
            frame: Some records of the dataset.
            positions: Rows of `frame`, counted from 0.
            records_before: How many records of the dataset come before those of `frame`.
        """
        known = self._faults.setdefault(variable.name, {})
        self._counts[variable.name] += len(positions)
        for position in positions[:_SHOWN].tolist():
            number = records_before + position + 1
            known[number] = self._word(variable, frame, position, number)

    def _word(
        self, variable: VariableMetadata, frame: pd.DataFrame, position: int, number: int
    ) -> Fault:
        keys = _word_keys(self._metadata.keys, frame, position)
        place = f"{self._metadata.name}.{variable.name} record {number}{keys}"
        return Fault(place, *self._explain(variable, frame[variable.name].iloc[position]))

    def word(self) -> list[Fault]:
        """Word the first misfits of each variable, and count the others."""
        faults = []
        for variable in self._metadata.variables:
            known = sorted(self._faults.get(variable.name, {}).items())[:_SHOWN]
            faults += [fault for _, fault in known]
            others = self._counts[variable.name] - len(known)
            if others:
                place = f"{self._metadata.name}.{variable.name}"
                faults.append(Fault(place, f"{others} more values do not fit", "mend them too"))
        return faults


def _word_keys(keys: Sequence[str], frame: pd.DataFrame, position: int) -> str:
    """Name the record by its keys: ` (USUBJID=01-001, AESEQ=3)`."""
    words = [f"{key}={_word_value(frame[key].iloc[position])}" for key in keys if key in frame]
    return f" ({', '.join(words)})" if words else ""


def _word_value(value: object) -> str:
    if isinstance(value, float):
        return "" if np.isnan(value) else f"{value:.15g}"
    return "" if value is None or value is pd.NA else str(value)


def explain_xpt(encoding: str) -> Explain:
    """Make the function that says why a value does not fit into a transport file."""

    def explain(variable: VariableMetadata, value: Any) -> tuple[str, str]:
        if variable.type == "Char":
            return _explain_text(value, variable.length, encoding)
        return explain_number(value) or _explain_width(value, variable.length)

    return explain


def _explain_text(value: str, length: int, encoding: str) -> tuple[str, str]:
    strange = explain_character(value, encoding)
    if strange:
        return strange
    problem = f"the value takes {count_bytes(value, encoding)} bytes in {encoding}, of {length}"
    return problem, "raise the variable's length, up to 200, or split the value"


def explain_number(value: float) -> tuple[str, str] | None:
    """Say why no file takes a number; None where it is not too large, too small or infinite."""
    size = abs(value)
    if size == np.inf:
        return "the value is infinite", "give a number, or leave it missing"
    if size > LARGEST:
        return f"{value} is beyond {LARGEST:.4g}, the largest number", "give it in a larger unit"
    if 0 < size < SMALLEST:
        problem = f"{value} is nearer to zero than {SMALLEST:.4g}, the smallest number"
        return problem, "give it in a smaller unit, or as 0"
    return None


def _explain_width(value: float, length: int) -> tuple[str, str]:
    if abs(value) > LARGEST_INTEGER:
        return f"{value} is an integer beyond 2**53 and may be inexact", "make the variable Char"
    return f"{value} does not fit into {length} bytes exactly", "give the variable 8 bytes"
