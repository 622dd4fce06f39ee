"""Derivations of toxicity grades of laboratory results, by CTCAE 5.0."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd

from sdtmconv.mapping.registry import Column, RejectedValuesError, derivation
from sdtmconv.mapping.units import find_conversion
from sdtmconv.mapping.values import map_unique, to_number, to_text
from sdtmconv.standards.ctcae import Alternatives, Criterion, Limit, find_tests, load_ctcae

Measures = Mapping[str, np.ndarray]

RESULT, LLN, ULN, BASE = "", "LLN", "ULN", "BASE"
# As near as this, a result equals a limit that multiplying or converting has moved by a last digit.
RELATIVE_ERROR = 1e-9


@derivation(
    "ctcae_grade",
    method="Grade 0 to 4 by CTCAE 5.0 for {direction} results of {test}: {value} in {unit}, "
    "compared with the range {low} to {high}, and with the baseline where CTCAE asks for it. What "
    "CTCAE asks for besides a number, such as symptoms, is taken as given.",
)
def compute_ctcae_grade(
    value: Column,
    test: Column,
    direction: Literal["low", "high"],
    unit: Column,
    low: Column,
    high: Column,
    baseline: Column = None,  # type: ignore[assignment]
    baseline_indicator: Column = None,  # type: ignore[assignment]
) -> pd.Series:
    """Grade laboratory results by CTCAE 5.0 in one direction, for ATOXGRL and ATOXGRH (ADaMIG 3.3).

    `test` has CDISC's test codes (LBTESTCD). The grade is '0' where none applies; it is missing
    where CTCAE has no term for the test in this direction, or none is known to apply and a limit
    that may decide is missing. Of two limits for one grade, the one that is there decides.

    Some tests are graded by multiples of `baseline` where that was too high: by its own indicator
    (`baseline_indicator: BNRIND`), or if that is left out, by the record's upper limit. A baseline
    that is missing counts as normal.

    Where CTCAE asks for a number and symptoms, the number decides, so that of the grades that
    symptoms would tell apart the highest is given. Grades without a number are not given. The
    criteria are those of blood, and of calcium corrected for albumin: `where` keeps out others.

    >>> def text(*values): return pd.Series(values, dtype="str")
    >>> results, base = pd.Series([9.5, 150.0, 150.0, None]), pd.Series([None, 40.0, 80.0, 20.0])
    >>> tests, units = text("HGB", "ALT", "ALT", "ALT"), text("g/dL", "U/L", "U/L", "U/L")
    >>> lows, highs = pd.Series([11.5, 7.0, 7.0, 7.0]), pd.Series([15.0, 45.0, 45.0, 45.0])
    >>> compute_ctcae_grade(results, tests, "low", units, lows, highs, base).tolist()
    ['2', nan, nan, nan]
    >>> compute_ctcae_grade(results, tests, "high", units, lows, highs, base).tolist()
    ['0', '2', '1', nan]
    """
    nothing = pd.Series(np.nan, index=value.index)
    given = {RESULT: value, LLN: low, ULN: high, BASE: nothing if baseline is None else baseline}
    measures = {name: to_number(column).to_numpy() for name, column in given.items()}
    abnormal = _find_abnormal(measures, baseline_indicator)
    codes, tests = pd.factorize(test)
    grades, factors = np.full(len(value), np.nan), np.ones(len(value))
    for criterion in load_ctcae():
        concerned = np.append(tests.isin(criterion.tests), False)[codes]
        if criterion.direction != direction or not concerned.any():
            continue
        if criterion.baseline:
            concerned &= abnormal == (criterion.baseline == "abnormal")
        rows = np.flatnonzero(concerned)
        factors[rows] = _find_factors(criterion, unit.iloc[rows])
        own = {name: numbers[rows] * factors[rows] for name, numbers in measures.items()}
        grades[rows] = _grade(criterion, own)
    _refuse_units(np.flatnonzero(np.isnan(factors) & value.notna().to_numpy()), unit, test)
    return to_text(pd.Series(grades, index=value.index))


@derivation("ctcae_term", method="Term of CTCAE 5.0 for {direction} results of {test}.")
def compute_ctcae_term(test: Column, direction: Literal["low", "high"]) -> pd.Series:
    """Name CTCAE's term for a laboratory test in one direction, for ATOXDSCL and ATOXDSCH.

    >>> tests = pd.Series(["HGB", "GLUC", "CEA", None], dtype="str")
    >>> compute_ctcae_term(tests, "high").tolist()
    ['Hemoglobin increased', nan, nan, nan]
    """
    return map_unique(test, find_tests(direction).get)


@derivation(
    "worst_grade",
    method="{low} with a minus sign where it is 1 or more, else {high}; '0' where it is '0' in "
    "every direction in which CTCAE 5.0 grades {test}.",
)
def compute_worst_grade(low: Column, high: Column, test: Column) -> pd.Series:
    """Join the grades of both directions, for ATOXGR: -4 to -1 are grades of low results.

    A grade of 0 needs both directions decided, if CTCAE has terms for both.

    >>> def text(*values): return pd.Series(values, dtype="str")
    >>> lows, highs = text("2", "0", "0", None), text("0", "1", None, "0")
    >>> compute_worst_grade(lows, highs, text("HGB", "HGB", "HGB", "ALT")).tolist()
    ['-2', '1', nan, '0']
    """
    below, above = to_number(low), to_number(high)
    graded_low, graded_high = (test.isin(list(find_tests(way))) for way in ("low", "high"))
    decided = (low.notna() | ~graded_low) & (high.notna() | ~graded_high)
    joined = (-below).where(below > 0, above.where(above > 0))
    joined = joined.mask(joined.isna() & decided & (low.notna() | high.notna()), 0)
    return to_text(joined)


def _find_abnormal(measures: Measures, indicator: pd.Series | None) -> np.ndarray:
    """Mark the records whose baseline is known and too high; CTCAE asks for no low one."""
    if indicator is None:
        return _compare(measures[BASE], ">", measures[ULN])
    is_high = indicator.str.startswith("HIGH").fillna(False).to_numpy(dtype=bool)
    return np.asarray(is_high & ~np.isnan(measures[BASE]))


def _find_factors(criterion: Criterion, unit: pd.Series) -> np.ndarray:
    """Find what turns each record's numbers into the criterion's unit; NaN if nothing does."""
    if not criterion.unit:
        return np.ones(len(unit))
    codes, units = pd.factorize(unit)
    found = [find_conversion(str(name), criterion.unit, criterion.tests[0]) for name in units]
    return np.array([factor[1] if factor else np.nan for factor in (*found, None)])[codes]


def _refuse_units(rows: np.ndarray, unit: pd.Series, test: pd.Series) -> None:
    if len(rows):
        raise RejectedValuesError(
            rows,
            "CTCAE's criteria are in another unit, and there is no conversion for {value}",
            "convert results and ranges first, or leave the records out with `where`",
            (unit.fillna("no unit") + " of " + test).iloc[rows],
        )


def _grade(criterion: Criterion, measures: Measures) -> np.ndarray:
    """Find the highest grade that holds; 0 for none, NaN where that is not known."""
    grades = np.zeros(len(measures[RESULT]))
    known = ~np.isnan(measures[RESULT])
    for grade, alternatives in criterion.grades.items():
        holds, decided = _judge(alternatives, measures)
        grades[holds] = grade
        known &= decided
    return np.where(known | (grades > 0), grades, np.nan)


def _judge(alternatives: Alternatives, measures: Measures) -> tuple[np.ndarray, np.ndarray]:
    """Tell where one of the alternatives holds, and where one at least can be judged."""
    holds, decided = np.zeros((2, len(measures[RESULT])), dtype=bool)
    for limits in alternatives:
        values = [_limit_values(limit, measures) for limit in limits]
        each = [
            _compare(measures[RESULT], limit.comparator, numbers)
            for limit, numbers in zip(limits, values, strict=True)
        ]
        all_hold = np.logical_and.reduce(each)
        refuted = [~one & ~np.isnan(v) for one, v in zip(each, values, strict=True)]
        holds |= all_hold
        decided |= all_hold | np.logical_or.reduce(refuted)
    return holds, decided


def _limit_values(limit: Limit, measures: Measures) -> np.ndarray:
    if not limit.reference:
        return np.full(len(measures[RESULT]), limit.above)
    return limit.factor * measures[limit.reference] + limit.above


def _compare(results: np.ndarray, comparator: str, limits: np.ndarray) -> np.ndarray:
    equal = np.isclose(results, limits, rtol=RELATIVE_ERROR, atol=0)
    beyond = results < limits if comparator.startswith("<") else results > limits
    return np.asarray(beyond | equal if comparator.endswith("=") else beyond & ~equal)
