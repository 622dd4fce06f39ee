"""Complete a dataset's description with what only its data show: lengths, types, digits."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sdtmconv.errors import DataError, Fault, raise_faults
from sdtmconv.mapping.values import to_text
from sdtmconv.metadata import DatasetMetadata, VariableMetadata

NUMBER_LENGTH = 8


def complete_metadata(metadata: DatasetMetadata, frame: pd.DataFrame) -> DatasetMetadata:
    """Give a dataset's description with lengths, data types and digits taken from its data.

    Args:
        metadata: The description; a variable's length is 0 unless the spec states one.
        frame: The finished dataset.

    Raises:
        DataError: Values are longer than the length that the spec states.
    """
    faults: list[Fault] = []
    variables = tuple(
        _complete(metadata.name, variable, frame[variable.name], faults)
        for variable in metadata.variables
    )
    raise_faults(DataError, faults)
    return dataclasses.replace(metadata, variables=variables)


def restrict_codelists(metadata: DatasetMetadata, frame: pd.DataFrame) -> DatasetMetadata:
    """Leave in every codelist only the terms that the data hold, as define.xml shows them."""
    variables = tuple(
        _restrict(variable, frame[variable.name]) if variable.codelist else variable
        for variable in metadata.variables
    )
    return dataclasses.replace(metadata, variables=variables)


def _restrict(variable: VariableMetadata, values: pd.Series) -> VariableMetadata:
    codelist = variable.codelist
    if codelist is None or codelist.dictionary:
        return variable
    used = set(to_text(values.drop_duplicates()).dropna())
    terms = tuple(term for term in codelist.terms if term.value in used)
    return dataclasses.replace(
        variable, codelist=dataclasses.replace(codelist, terms=terms) if terms else None
    )


def _complete(
    dataset: str, variable: VariableMetadata, values: pd.Series, faults: list[Fault]
) -> VariableMetadata:
    if variable.type == "Num":
        digits = _decimal_digits(values)
        return dataclasses.replace(
            variable,
            length=NUMBER_LENGTH,
            data_type="float" if digits else "integer",
            significant_digits=digits or None,
        )
    longest = _longest(values)
    if variable.length and longest > variable.length:
        faults.append(
            Fault(
                f"{dataset}.{variable.name}",
                f"has values of {longest} bytes, and the spec states a length of {variable.length}",
                "raise `length`, or leave it out to take it from the data",
            )
        )
    data_type = _date_type(values) if variable.data_type == "datetime" else variable.data_type
    return dataclasses.replace(
        variable, length=variable.length or max(longest, 1), data_type=data_type
    )


def _longest(values: pd.Series) -> int:
    longest = pc.max(pc.binary_length(pa.array(values, pa.large_string(), from_pandas=True)))
    return longest.as_py() or 0


def _decimal_digits(values: pd.Series) -> int:
    numbers = values.dropna()
    fractional = numbers[np.mod(numbers, 1) != 0].drop_duplicates()
    if not len(fractional):
        return 0
    return int(to_text(fractional).str.partition(".")[2].str.len().max())


def _date_type(values: pd.Series) -> str:
    """Tell date, datetime and their partial forms apart, as Define-XML does."""
    lengths = values.dropna().str.len()
    with_time = values.str.contains("T", na=False).any()
    partial = (lengths < 10).any() or values.str.contains("-{2}|T-", na=False).any()
    if with_time:
        mixed = partial or lengths.nunique() > 1
        return "partialDatetime" if mixed else "datetime"
    return "partialDate" if partial else "date"
