"""What can be said of one dataset's columns: pandera schemas made from its metadata.

A check's name is the id of its rule and its error text is the finding's message, so a schema says
the same when it is used with pandera alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd
import pandera.pandas as pa
import pyarrow
import pyarrow.compute as pc
from pandera.config import ValidationDepth, config_context
from pandera.errors import SchemaError, SchemaErrorReason, SchemaErrors

from sdtmconv.distinct import factorize
from sdtmconv.iso8601 import is_duration, is_iso8601
from sdtmconv.metadata import Codelist, DatasetMetadata, VariableMetadata
from sdtmconv.validate.rule import Breach

LONGEST_TEXT = 200
"""Bytes that a text may have in a transport file (SDTMIG 4.5.3)."""

_MOMENTS = {
    "date",
    "datetime",
    "partialDate",
    "partialDatetime",
    "incompleteDatetime",
    "intervalDatetime",
}
_DURATIONS = {"durationDatetime"}
_MEASURED = r"[<>]?=? *-?\d+(\.\d+)?"

# Closures, not partials: pandera copies checks deeply, and with a partial all terms that it holds.
Ask = Callable[[pd.Series], pd.Series]


def _check(rule: str, holds: Callable[[pd.Series], pd.Series | bool], message: str) -> pa.Check:
    """Make a check; pandera is told to word one failure only, as `check_output` has them all."""
    return pa.Check(holds, name=rule, error=message, ignore_na=False, n_failure_cases=1)


def _check_each(rule: str, holds: Ask, message: str) -> pa.Check:
    """Make a check of what can be told from a value alone: each distinct text is asked once."""

    def hold(values: pd.Series) -> pd.Series | bool:
        if not _is_text(values):
            return holds(values)
        codes, texts = factorize(values)
        answers = holds(texts.to_pandas()).to_numpy(dtype=bool)
        return bool(answers.all()) or pd.Series(answers[codes], index=values.index)

    return _check(rule, hold, message)


def _is_text(values: pd.Series) -> bool:
    return isinstance(values.dtype, pd.StringDtype)


def _is_number(values: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(values))


def _count_bytes(values: pd.Series, encoding: str) -> npt.NDArray[np.int64]:
    """Count the bytes of texts, 0 where missing; a character that the encoding lacks counts one."""
    text = pc.fill_null(pyarrow.array(values, pyarrow.large_string(), from_pandas=True), "")
    counts: npt.NDArray[np.int64] = pc.binary_length(text).to_numpy()
    beyond_ascii = counts > pc.utf8_length(text).to_numpy()
    if beyond_ascii.any():
        counts = counts.copy()
        texts = values[beyond_ascii]
        counts[beyond_ascii] = [len(value.encode(encoding, "replace")) for value in texts]
    return counts


def _fits(limit: int, encoding: str) -> Ask:
    return lambda values: pd.Series(_count_bytes(values, encoding) <= limit, index=values.index)


def _is_finite(values: pd.Series) -> pd.Series:
    return values.abs() != np.inf


def _is_term_of(terms: frozenset[str]) -> Ask:
    def is_term(values: pd.Series) -> pd.Series:
        if _is_number(values):
            numbers = pd.to_numeric(pd.Series(list(terms)), errors="coerce")
            return values.isin(numbers) | values.isna()
        return values.isna() | values.map(terms.__contains__).astype(bool)

    return is_term


def _is_number_or_term_of(terms: frozenset[str]) -> Ask:
    is_term = _is_term_of(terms)
    return lambda values: is_term(values) | values.str.fullmatch(_MEASURED, na=False)


def _is_moment(values: pd.Series) -> pd.Series:
    return is_iso8601(values) | values.isna()


def _is_duration(values: pd.Series) -> pd.Series:
    # Evaluation intervals (--EVLINT) are durations or intervals (SDTMIG 4.4.3).
    intervals = values.str.contains("/", regex=False, na=False) & is_iso8601(values)
    return is_duration(values) | intervals | values.isna()


def _check_type(variable: VariableMetadata) -> Iterator[pa.Check]:
    holds = _is_text if variable.type == "Char" else _is_number
    yield _check("variable-type", holds, f"is not {variable.type} as described")


def _check_extent(variable: VariableMetadata, encoding: str) -> Iterator[pa.Check]:
    if variable.type == "Num":
        yield _check_each("finite", _is_finite, "is not a finite number")
    else:
        limit = min(variable.length, LONGEST_TEXT)
        holds = _fits(limit, encoding)
        yield _check_each("length", holds, f"has more bytes than its length allows ({limit})")


def _name_codelist(codelist: Codelist) -> str:
    code = f", {codelist.code}" if codelist.code else ""
    return f"{codelist.label} ({codelist.name}{code})"


def _check_codelist(variable: VariableMetadata) -> Iterator[pa.Check]:
    codelist = variable.codelist
    if codelist is None or not codelist.terms:
        return
    rule = "codelist-extension" if codelist.extensible else "codelist"
    message = f"is not a term of {_name_codelist(codelist)}"
    # A codelist of --STRESC is about tests with coded results; others in it have measured ones.
    choose = _is_number_or_term_of if variable.name.endswith("STRESC") else _is_term_of
    yield _check_each(rule, choose(codelist.values), message)


def _check_iso8601(variable: VariableMetadata) -> Iterator[pa.Check]:
    if variable.type == "Char" and variable.data_type in _MOMENTS:
        yield _check_each("iso8601", _is_moment, "is not an ISO 8601 date or date-time")
    elif variable.type == "Char" and variable.data_type in _DURATIONS:
        yield _check_each("iso8601", _is_duration, "is not an ISO 8601 duration or interval")


def _check_required(variable: VariableMetadata) -> Iterator[pa.Check]:
    if variable.mandatory:
        yield _check_each("required-value", pd.Series.notna, "is Required and has no value")


def _build_column(variable: VariableMetadata, analysis: bool, encoding: str) -> pa.Column:
    checks = [
        *_check_type(variable),
        *_check_codelist(variable),
        *_check_iso8601(variable),
        *_check_extent(variable, encoding),
    ]
    if not analysis:  # in ADaM, Required is about the variable: values may be missing (ADaMIG 3.1)
        checks += _check_required(variable)
    return pa.Column(checks=checks, nullable=True, title=variable.label)


def build_schema(dataset: DatasetMetadata, encoding: str = "utf-8") -> pa.DataFrameSchema:
    """Make the pandera schema of a dataset: presence, type, length, terms, dates, missing values.

    Args:
        dataset: What is known about the dataset.
        encoding: Of the transport file, in whose bytes lengths are counted.

    Returns:
        A schema for a frame with `str` and float columns; each check is named after its rule.
    """
    analysis = dataset.standard == "ADAMIG"
    columns = {
        variable.name: _build_column(variable, analysis, encoding) for variable in dataset.variables
    }
    return pa.DataFrameSchema(columns, strict=True, name=dataset.name)


def _find_errors(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> list[SchemaError]:
    # An environment variable may switch pandera off; a check that is asked for here has to run.
    with config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA):
        try:
            schema.validate(frame, lazy=True, inplace=True)  # which saves a copy
        except SchemaErrors as found:
            return list(found.schema_errors)
    return []


def _find_absence(dataset: DatasetMetadata, variable: str) -> tuple[str, Breach]:
    core = {"Req": "Required", "Exp": "Expected"}.get(dataset.variable(variable).core, "described")
    rule = "variable-expected" if core == "Expected" else "variable-required"
    return rule, Breach(f"is {core} and not there", variable=variable)


def _to_breach(error: SchemaError, dataset: DatasetMetadata) -> tuple[str, Breach]:
    if error.reason_code is SchemaErrorReason.COLUMN_NOT_IN_DATAFRAME:
        return _find_absence(dataset, str(error.failure_cases))
    if error.reason_code is SchemaErrorReason.COLUMN_NOT_IN_SCHEMA:
        message = "is described neither by the standard nor by a spec"
        return "variable-known", Breach(message, variable=str(error.failure_cases))
    if error.reason_code is SchemaErrorReason.CHECK_ERROR:
        raise error
    variable, rule, message = error.schema.name, error.check.name, error.check.error
    if rule == "variable-type":
        return rule, Breach(message, variable=variable)
    return rule, Breach(message, ~error.check_output.to_numpy(dtype=bool), variable)


def _has_wrong_type(error: SchemaError) -> bool:
    return getattr(error.check, "name", "") == "variable-type"


def check_columns(
    dataset: DatasetMetadata, frame: pd.DataFrame, encoding: str = "utf-8"
) -> list[tuple[str, Breach]]:
    """Find what is wrong with the columns of a dataset.

    A variable of the wrong type is one breach; its values are not looked at.

    Args:
        dataset: What is known about the dataset.
        frame: Its records.
        encoding: Of the transport file, in whose bytes lengths are counted.

    Returns:
        The breaches, each with the id of the rule.
    """
    errors = _find_errors(build_schema(dataset, encoding), frame)
    wrong_type = {error.schema.name for error in errors if _has_wrong_type(error)}
    return [
        _to_breach(error, dataset)
        for error in errors
        if _has_wrong_type(error) or error.schema.name not in wrong_type
    ]
