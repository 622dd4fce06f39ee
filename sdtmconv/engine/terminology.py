"""From collected values to submission values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sdtmconv.errors import near_matches
from sdtmconv.mapping.registry import RejectedValuesError
from sdtmconv.mapping.values import take_rows
from sdtmconv.metadata import Term
from sdtmconv.spec.model import StudyCodelist

MEASURED = re.compile(r"[<>]?=?\s*[-+]?\d+(\.\d+)?([eE][-+]?\d+)?")


def apply_codelist(values: pd.Series, codelist: StudyCodelist) -> pd.Series:
    """Replace collected values by submission values.

    A value is looked up in the study's own terms first; a submission value, in whatever case, is
    itself. Everything else has to be decided by the study, so it is an error here.

    Args:
        values: Char column.
        codelist: The study's view of a codelist.

    Returns:
        Char column of submission values.

    Raises:
        RejectedValuesError: Collected values without a submission value, each once, with its count.
    """
    codes, uniques = pd.factorize(values)
    spellings = codelist.codelist.spellings if codelist.codelist else {}
    mapped = [_look_up(str(value), codelist, spellings) for value in uniques]
    unknown = np.array([value is None for value in mapped], dtype=bool)
    if unknown.any():
        rows = np.flatnonzero((codes >= 0) & unknown[codes])
        raise _reject(values, rows, [str(value) for value in uniques[unknown]], codelist)
    return take_rows(pd.Series(mapped, dtype="str"), codes).set_axis(values.index)


def _look_up(value: str, codelist: StudyCodelist, spellings: Mapping[str, str]) -> str | None:
    known = codelist.collected.get(value)
    if known is not None:
        return known
    if codelist.keeps_ascii and value.isascii():
        return value
    if codelist.keeps_numbers and MEASURED.fullmatch(value):
        return value
    return spellings.get(value) or spellings.get(value.upper())


def _reject(
    values: pd.Series, rows: np.ndarray, strangers: list[str], codelist: StudyCodelist
) -> RejectedValuesError:
    terms = codelist.codelist.terms if codelist.codelist else ()
    return RejectedValuesError(
        rows,
        f"collected values without a submission value in {codelist.name}: {{value}}",
        f"add to codelists.yaml, under `{codelist.name}: terms:`, {{hints}}",
        values.iloc[rows],
        {value: _suggest_line(value, terms) for value in strangers},
    )


def _suggest_line(value: str, terms: Sequence[Term]) -> str:
    decoded = [term.value for term in terms if term.decode.upper() == value.upper()]
    near = decoded or near_matches(value, [term.value for term in terms])
    return f'"{value}": {" or ".join(near) if near else "its submission value"}'
