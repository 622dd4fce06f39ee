"""What only the data show of a dataset: lengths, data types, digits, the terms used.

Profiles of chunks add up, so that a study is described without being held in memory.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sdtmconv.distinct import number_rows, tell_distinct
from sdtmconv.errors import DataError, Fault, raise_faults
from sdtmconv.mapping.values import to_text
from sdtmconv.metadata import (
    DatasetMetadata,
    ValueLevel,
    VariableMetadata,
    result_variables,
)

NUMBER_LENGTH = 8

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True)
class VariableProfile:
    """What the values of one variable show.

    Args:
        longest: Bytes of the longest text.
        digits: Most digits after the decimal point.
        shapes: Of dates: how many characters they have, and "partial" for gaps in between.
        used: The values, for a variable with a codelist.
        numbers: True where every text is a number.
        missing: True where a record has no value.
        levels: For a result: what the values of each test, parameter or qualifier show.
    """

    longest: int = 0
    digits: int = 0
    shapes: frozenset[int | str] = frozenset()
    used: frozenset[str] = frozenset()
    numbers: bool = True
    missing: bool = False
    levels: Mapping[str, VariableProfile] = field(default_factory=dict)

    def __add__(self, other: VariableProfile) -> VariableProfile:
        levels = dict(self.levels)
        for code, level in other.levels.items():
            levels[code] = levels[code] + level if code in levels else level
        return VariableProfile(
            max(self.longest, other.longest),
            max(self.digits, other.digits),
            self.shapes | other.shapes,
            self.used | other.used,
            self.numbers and other.numbers,
            self.missing or other.missing,
            levels,
        )


Profile = Mapping[str, VariableProfile]


def profile_dataset(metadata: DatasetMetadata, frame: pd.DataFrame) -> Profile:
    """Look at the values of each variable; at those of results, by what was measured as well."""
    profile = {v.name: _profile(v, tell_distinct(frame[v.name])) for v in metadata.variables}
    code, results = find_results(metadata)
    for variable in results:
        levels = cast("dict[str, VariableProfile]", profile[variable.name].levels)
        _, firsts = number_rows([frame[code], frame[variable.name]])
        known = frame[[code, variable.name]].iloc[firsts].dropna()
        for value, found in known.groupby(code, sort=False)[variable.name]:
            levels[str(value)] = _profile_level(_at_level(variable, str(value)), found)
    return profile


def _at_level(variable: VariableMetadata, value: str) -> VariableMetadata:
    """Give what describes a variable's values where something certain was measured."""
    stated = (level.variable for level in variable.values if level.where[0][2] == (value,))
    return next(stated, dataclasses.replace(variable, values=(), length=0, codelist=None))


def find_results(metadata: DatasetMetadata) -> tuple[str, list[VariableMetadata]]:
    """Find the variable that says what was measured, and those whose values depend on it."""
    names = [variable.name for variable in metadata.variables]
    for code, results in result_variables(metadata.domain).items():
        if code in names:
            return code, [v for v in metadata.variables if v.name in results]
    return "", []


def add_profiles(first: Profile, second: Profile) -> Profile:
    """Give what two chunks show together."""
    return {name: profile + second[name] for name, profile in first.items()}


def complete_metadata(metadata: DatasetMetadata, profile: Profile) -> DatasetMetadata:
    """Give a dataset's description with lengths, data types and digits taken from its data.

    Args:
        metadata: The description; a variable's length is 0 unless the spec states one.
        profile: What the data show.

    Raises:
        DataError: Values are longer than the length that the spec states.
    """
    faults: list[Fault] = []
    code, _ = find_results(metadata)
    analysis = metadata.standard == "ADAMIG"
    variables = tuple(
        _add_levels(
            _complete(metadata.name, variable, profile[variable.name], faults),
            code,
            profile[variable.name],
        )
        for variable in metadata.variables
    )
    raise_faults(DataError, faults)
    described = tuple(
        dataclasses.replace(v, incomplete=analysis and profile[v.name].missing) for v in variables
    )
    return dataclasses.replace(metadata, variables=described)


def restrict_codelists(metadata: DatasetMetadata, profile: Profile) -> DatasetMetadata:
    """Leave in every codelist only the terms that the data hold, as define.xml shows them."""
    variables = tuple(_restrict(v, profile[v.name]) for v in metadata.variables)
    return dataclasses.replace(metadata, variables=variables)


def _profile(variable: VariableMetadata, values: pd.Series) -> VariableProfile:
    """Look at the distinct values of a variable."""
    used: frozenset[str] = frozenset()
    if variable.codelist and not variable.codelist.dictionary:
        used = frozenset(to_text(values).dropna())
    missing = bool(values.isna().any())
    if variable.type == "Num":
        return VariableProfile(digits=_decimal_digits(values), used=used, missing=missing)
    shapes = _date_shapes(values) if variable.data_type == "datetime" else frozenset()
    return VariableProfile(longest=_longest(values), shapes=shapes, used=used, missing=missing)


def _profile_level(variable: VariableMetadata, values: pd.Series) -> VariableProfile:
    profile = _profile(variable, values)
    if variable.type == "Num":
        return profile
    texts = values.tolist()
    numbers = all(map(_NUMBER.fullmatch, texts))
    digits = max(map(_count_decimals, texts), default=0) if numbers else 0
    return dataclasses.replace(profile, numbers=numbers, digits=digits)


def _longest(values: pd.Series) -> int:
    longest = pc.max(pc.binary_length(pa.array(values, pa.large_string(), from_pandas=True)))
    return longest.as_py() or 0


def _decimal_digits(values: pd.Series) -> int:
    numbers = values.to_numpy("float64", na_value=np.nan)
    fractional = numbers[np.isfinite(numbers) & (numbers != np.trunc(numbers))]
    texts = (np.format_float_positional(number, trim="-") for number in fractional)
    return max(map(_count_decimals, texts), default=0)


def _count_decimals(number: str) -> int:
    return len(number.partition(".")[2])


def _date_shapes(values: pd.Series) -> frozenset[int | str]:
    known = values.dropna()
    shapes: set[int | str] = set(map(int, known.str.len().unique()))
    if known.str.contains("--|T-", regex=True).any():
        shapes.add("partial")
    return frozenset(shapes)


def _complete(
    dataset: str, variable: VariableMetadata, profile: VariableProfile, faults: list[Fault]
) -> VariableMetadata:
    if variable.type == "Num":
        return dataclasses.replace(
            variable,
            length=NUMBER_LENGTH,
            data_type="float" if profile.digits else "integer",
            significant_digits=profile.digits or None,
        )
    if variable.length and profile.longest > variable.length:
        faults.append(
            Fault(
                f"{dataset}.{variable.name}",
                f"has values of {profile.longest} bytes, and the spec states a length of "
                f"{variable.length}",
                "raise `length`, or leave it out to take it from the data",
            )
        )
    is_date = variable.data_type == "datetime"
    return dataclasses.replace(
        variable,
        length=variable.length or max(profile.longest, 1),
        data_type=_date_type(profile.shapes) if is_date else variable.data_type,
    )


def _add_levels(
    variable: VariableMetadata, code: str, profile: VariableProfile
) -> VariableMetadata:
    """Describe a result by what was measured: type, length and digits differ from test to test."""
    levels = []
    for value in sorted(profile.levels):
        described = dataclasses.replace(_at_level(variable, value), length=0)
        complete = _complete_level(described, profile.levels[value])
        levels.append(ValueLevel(((code, "EQ", (value,)),), complete))
    return dataclasses.replace(variable, values=tuple(levels))


def _complete_level(variable: VariableMetadata, profile: VariableProfile) -> VariableMetadata:
    complete = _complete("", variable, profile, [])
    if variable.type == "Num" or not profile.numbers or variable.codelist:
        return complete
    return dataclasses.replace(
        complete,
        data_type="float" if profile.digits else "integer",
        significant_digits=profile.digits or None,
    )


def _date_type(shapes: frozenset[int | str]) -> str:
    """Tell date, datetime and their partial forms apart, as Define-XML does."""
    lengths = sorted(shape for shape in shapes if isinstance(shape, int))
    if not lengths:
        return "date"
    partial = "partial" in shapes or lengths[0] < 10
    if lengths[-1] > 10:
        return "partialDatetime" if partial or len(lengths) > 1 else "datetime"
    return "partialDate" if partial else "date"


def _restrict(variable: VariableMetadata, profile: VariableProfile) -> VariableMetadata:
    values = tuple(
        dataclasses.replace(
            level, variable=_restrict(level.variable, profile.levels[level.where[0][2][0]])
        )
        for level in variable.values
    )
    codelist = variable.codelist
    if codelist and not codelist.dictionary:
        terms = tuple(term for term in codelist.terms if term.value in profile.used)
        codelist = dataclasses.replace(codelist, terms=terms) if terms else None
    return dataclasses.replace(variable, codelist=codelist, values=values)
