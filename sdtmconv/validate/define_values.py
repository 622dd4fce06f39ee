"""Values that are not as a define.xml describes them: terms, types, digits, missing ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from sdtmconv.conditions import parse_condition
from sdtmconv.distinct import Mask
from sdtmconv.errors import DataError, SpecError
from sdtmconv.metadata import DatasetMetadata, ValueLevel, VariableMetadata
from sdtmconv.validate.rule import Breach
from sdtmconv.validate.schema import LONGEST_TEXT, check_columns

DEFINE = "define.xml"
Breaches = Iterator[tuple[str, Breach]]

_INTEGER, _FLOAT = r" *-?\d+ *", r" *-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)? *"
_MOST_DIGITS = 15  # of a number in a file: more say nothing
_RULES = {
    "codelist": "define-term",
    "codelist-extension": "define-term",
    "iso8601": "define-value",
    "length": "define-value",
    "required-value": "define-mandatory",
}


def find_values(
    stated: DatasetMetadata, found: DatasetMetadata, frame: pd.DataFrame, encoding: str
) -> Breaches:
    """Find the values of a dataset that are not as its define.xml describes them.

    Args:
        stated: The dataset as define.xml describes it.
        found: The dataset as its file has it.
        frame: Its records.
        encoding: Of the file, in whose bytes lengths are counted.
    """
    types = {variable.name: variable.type for variable in found.variables}
    variables = [
        replace(variable, type=types[variable.name])
        for variable in stated.variables
        if variable.name in frame and (types[variable.name], variable.type) != ("Num", "Char")
    ]
    yield from _find_in_columns(stated, variables, frame, encoding)
    for variable in variables:
        yield from _find_numbers(variable, frame[variable.name])
        for level in variable.values:
            yield from _find_in_level(replace(level.variable, type=variable.type), level, frame)


def _find_in_columns(
    stated: DatasetMetadata, variables: list[VariableMetadata], frame: pd.DataFrame, encoding: str
) -> Breaches:
    """Find what the checks of any dataset find, with define.xml as its description."""
    described = tuple(
        replace(
            variable,
            length=variable.length or LONGEST_TEXT,
            codelist=variable.codelist and replace(variable.codelist, extensible=False),
        )
        for variable in variables
    )
    # In SDTM, Required is about values, as Mandatory is.
    metadata = replace(stated, standard="SDTMIG", variables=described)
    for rule, breach in check_columns(metadata, frame[[v.name for v in described]], encoding):
        if rule == "required-value":
            message = f"is mandatory in {DEFINE} and has no value"
        else:
            message = f"{breach.message}, as {DEFINE} has it"
        if rule in _RULES:
            yield _RULES[rule], replace(breach, message=message)


def _find_numbers(
    variable: VariableMetadata, values: pd.Series, where: Mask | None = None
) -> Breaches:
    """Find values that are no integers or floats, and floats with more digits than stated."""
    kind, digits = variable.data_type, variable.significant_digits
    if kind not in ("integer", "float"):
        return
    chosen = np.ones(len(values), dtype=bool) if where is None else where
    if variable.type == "Char":
        texts = values.where(chosen)
        pattern = _INTEGER if kind == "integer" else _FLOAT
        wrong = (texts.notna() & ~texts.str.fullmatch(pattern, na=True)).to_numpy(dtype=bool)
        numbers = pd.to_numeric(texts.mask(wrong), errors="coerce")
    else:
        numbers = values.where(chosen)
        wrong = (numbers % 1).gt(0).to_numpy(dtype=bool) & (kind == "integer")
    if wrong.any():
        yield "define-value", Breach(f"is not of data type {kind}", wrong, variable.name)
    if kind == "float" and digits is not None and digits <= _MOST_DIGITS:
        near = np.isclose(numbers, numbers.round(digits), rtol=1e-12, atol=1e-12)
        long = numbers.notna().to_numpy(dtype=bool) & ~near
        if long.any():
            message = f"has more than {digits} digits after the point"
            yield "define-value", Breach(message, long, variable.name)


def _find_in_level(variable: VariableMetadata, level: ValueLevel, frame: pd.DataFrame) -> Breaches:
    """Find values that are not as they have to be where a condition holds."""
    where = _select(level, frame)
    if where is None or not where.any():
        return
    values = frame[variable.name]
    if variable.codelist and variable.codelist.terms:
        terms: list[object] = [term.value for term in variable.codelist.terms]
        if variable.type == "Num":
            terms = pd.to_numeric(pd.Series(terms), errors="coerce").tolist()
        wrong = where & ~(values.isin(terms) | values.isna()).to_numpy(dtype=bool)
        if wrong.any():
            message = f"is not a term of {variable.codelist.label}, as {DEFINE} has it"
            yield "define-term", Breach(message, wrong, variable.name)
    yield from _find_numbers(variable, values, where)


def _select(level: ValueLevel, frame: pd.DataFrame) -> Mask | None:
    """Tell for which records a value level is; None where these records alone do not tell."""
    if any(name not in frame or not values for name, _, values in level.where):
        return None
    numeric = {str(name) for name in frame.select_dtypes("number")}
    comparisons = []
    for name, comparator, values in level.where:
        quoted = [v if name in numeric else '"' + v.replace('"', '""') + '"' for v in values]
        listed = f"({', '.join(quoted)})" if comparator in ("IN", "NOTIN") else quoted[0]
        comparisons.append(f"`{name}` {comparator} {listed}")
    try:
        condition = parse_condition(" and ".join(comparisons), DEFINE)
        return condition.mask(frame, frame.index).to_numpy(dtype=bool)
    except (SpecError, DataError):  # a comparison that no data can meet
        return None
