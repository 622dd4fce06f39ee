"""Conversion of results between units, also where that depends on what was measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sdtmconv.mapping.ranges import split_limits
from sdtmconv.mapping.registry import Column, RejectedValuesError, derivation
from sdtmconv.mapping.values import check_digits, missing_text, to_text


@dataclass(frozen=True)
class Unit:
    """A unit of CDISC's terminology: (value + zero) * factor is the value in the base unit.

    Args:
        quantity: What it measures; units of one quantity convert into each other.
        factor: Size in the quantity's base unit.
        zero: How far its zero lies above that of the base unit, in this unit.
    """

    quantity: str
    factor: float
    zero: float = 0.0


def _units(quantity: str, **factors: float) -> dict[str, Unit]:
    return {name: Unit(quantity, factor) for name, factor in factors.items()}


MASS, AMOUNT, CHARGE = "mass concentration", "amount concentration", "charge concentration"
UNITS = {
    **_units("length", m=1.0, cm=0.01, mm=0.001),
    "in": Unit("length", 0.0254),
    **_units("mass", kg=1.0, g=1e-3, mg=1e-6, ug=1e-9, LB=0.45359237),
    "K": Unit("temperature", 1.0),
    "C": Unit("temperature", 1.0, 273.15),
    "F": Unit("temperature", 5 / 9, 459.67),
    **_units(MASS, **{"g/L": 1.0, "g/dL": 10.0, "mg/dL": 0.01, "mg/L": 1e-3}),
    **_units(MASS, **{"ug/dL": 1e-5, "ug/L": 1e-6, "ng/L": 1e-9}),
    **_units(AMOUNT, **{"mol/L": 1.0, "mmol/L": 1e-3, "umol/L": 1e-6, "nmol/L": 1e-9}),
    **_units(CHARGE, **{"mEq/L": 1e-3}),
    **_units("catalytic concentration", **{"U/L": 1.0, "IU/L": 1.0, "ukat/L": 60.0}),
    **_units("number concentration", **{"10^12/L": 1e12, "10^9/L": 1e9, "10^6/L": 1e6}),
}
# By test code: g/mol, from the standard atomic weights; phosphate is measured as phosphorus.
MOLAR_MASSES = {
    "BILI": 584.66,
    "BILDIR": 584.66,
    "CA": 40.078,
    "CHOL": 386.65,
    "CREAT": 113.12,
    "GLUC": 180.156,
    "K": 39.098,
    "MG": 24.305,
    "PHOS": 30.974,
    "SODIUM": 22.990,
    "URATE": 168.11,
    "UREA": 60.056,
}
# By test code: charges of an ion, which a mole has that many equivalents of.
VALENCES = {"BICARB": 1, "CA": 2, "CL": 1, "K": 1, "MG": 2, "SODIUM": 1}


def find_conversion(unit: str, to: str, test: str = "") -> tuple[float, float] | None:
    """Find how a value gets into another unit.

    Args:
        unit: Unit of the value.
        to: Unit wanted.
        test: Test code of what was measured, for mass, amount and charge of a substance.

    Returns:
        What is added to the value first, and the factor; None where there is no way there.

    >>> find_conversion("F", "C")
    (-32.0, 0.5555555555555556)
    >>> round(find_conversion("mg/dL", "umol/L", "CREAT")[1], 2)
    88.4
    >>> find_conversion("mg/dL", "umol/L", "ALB")
    """
    if unit == to:
        return 0.0, 1.0
    if unit not in UNITS or to not in UNITS:
        return None
    first, second = UNITS[unit], UNITS[to]
    sizes = _sizes_in_amount(test)
    if first.quantity == second.quantity:
        ratio = 1.0
    elif first.quantity in sizes and second.quantity in sizes:
        ratio = sizes[first.quantity] / sizes[second.quantity]
    else:
        return None
    factor = first.factor / second.factor * ratio
    return round(first.zero - second.zero / factor, 9), factor


def _sizes_in_amount(test: str) -> dict[str, float]:
    """Give the moles of a substance in one gram, one mole and one equivalent, as far as known."""
    sizes = {AMOUNT: 1.0}
    if test in MOLAR_MASSES:
        sizes[MASS] = 1 / MOLAR_MASSES[test]
    if test in VALENCES:
        sizes[CHARGE] = 1 / VALENCES[test]
    return sizes


@derivation(
    "convert_unit",
    method="{value} converted from {unit} to {to}, rounded to {digits} decimals; the sign of a "
    "result beyond a limit (<, >) is kept.",
    check=check_digits,
)
def compute_unit_conversion(
    value: Column,
    unit: Column,
    to: Column,
    test: Column = None,  # type: ignore[assignment]
    digits: int = 3,
) -> pd.Series:
    """Convert each result from its own unit to the one wanted for it, for --STRESC (SDTMIG 4.5.1).

    Between mass, amount and charge of a substance its test code (`test`) decides. A result that
    has the wanted unit already is not rounded.

    >>> def text(*values): return pd.Series(values, dtype="str")
    >>> units, to = text("g/dL", "mg/dL", "ug/L", "g/L"), text("g/L", "umol/L", "ug/L", "g/L")
    >>> results, tests = text("14.2", "0.72", "<0.50", None), text("HGB", "CREAT", "CEA", "HGB")
    >>> compute_unit_conversion(results, units, to, tests).tolist()
    ['142', '63.649', '<0.5', nan]
    """
    sign, number = split_limits(value)
    tests = missing_text(len(number)) if test is None else test
    zero, factor = _conversions(to_text(value), unit, to, tests)
    converted = ((number + zero) * factor).round(digits)
    return sign + to_text(converted.where((zero != 0) | (factor != 1), number))


def _conversions(
    value: pd.Series, unit: pd.Series, to: pd.Series, test: pd.Series
) -> tuple[np.ndarray, np.ndarray]:
    """Find what is added to each value and the factor; refuse values that have no way there."""
    asked = pd.DataFrame({"unit": unit, "to": to, "test": test}).fillna("")
    which = asked.groupby(list(asked), sort=False).ngroup().to_numpy()
    distinct = asked.drop_duplicates().to_numpy()
    found = [find_conversion(*map(str, names)) for names in distinct]
    rows = np.flatnonzero(np.array([one is None for one in found], bool)[which] & value.notna())
    if len(rows):
        raise RejectedValuesError(
            rows,
            "no conversion for {value}",
            "use `calculate` with a factor where these are",
            asked.iloc[rows].agg(_describe, axis=1),
        )
    zero, factor = np.array([one or (np.nan, np.nan) for one in found]).reshape(-1, 2).T
    return zero[which], factor[which]


def _describe(names: pd.Series) -> str:
    of = f" of {names['test']}" if names["test"] else ""
    return f"{names['unit'] or 'no unit'} to {names['to'] or 'no unit'}{of}"
