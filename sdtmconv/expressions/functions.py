"""What each operator and function of an expression computes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# A float64 holds 15 digits for certain; SAS takes a number for a whole one from this near on.
MOST_DIGITS = 15
_FUZZ = 1e-12


def _subtract(*sides: Floats) -> Floats:
    return np.negative(sides[0]) if len(sides) == 1 else np.subtract(*sides)


def _raise_to(base: Floats, power: Floats) -> Floats:
    """Give powers; numpy takes missing ** 0 and 1 ** missing for 1."""
    return np.where(np.isnan(base) | np.isnan(power), np.nan, base**power)


def _floor(values: Floats) -> Floats:
    return np.floor(values + _FUZZ)


def _ceil(values: Floats) -> Floats:
    return np.ceil(values - _FUZZ)


def _round(values: Floats, digits: Floats | float = 0.0) -> Floats:
    scale = 10.0**digits
    scaled = np.abs(values) * scale
    fuzz = 2 * np.maximum(_FUZZ, np.spacing(scaled))
    rounded = np.copysign(np.floor(scaled + 0.5 + fuzz) / scale, values)
    return np.where(scaled < 10.0**MOST_DIGITS, rounded, values)


def _round_significant(values: Floats, digits: Floats | float) -> Floats:
    """Round to a number of significant digits."""
    with np.errstate(divide="ignore", invalid="ignore"):
        magnitude = np.floor(np.log10(np.abs(values)) + _FUZZ) + 1
    places = digits - np.where(np.isfinite(magnitude), magnitude, 0)
    # Below one, divide by a power of ten rather than multiply: 0.1 has no exact float.
    small = places < 0
    scale = 10.0 ** np.abs(places)
    scaled = np.where(small, values / scale, values * scale)
    rounded = _round(scaled)
    return np.where(small, rounded * scale, rounded / scale)


def _coalesce(stacked: Floats, known: Flags) -> Floats:
    first: Floats = np.take_along_axis(stacked, known.argmax(axis=0)[np.newaxis], axis=0)[0]
    return first


def _max(stacked: Floats, known: Flags) -> Floats:
    largest: Floats = np.where(known, stacked, -np.inf).max(axis=0)
    return largest


def _min(stacked: Floats, known: Flags) -> Floats:
    smallest: Floats = np.where(known, stacked, np.inf).min(axis=0)
    return smallest


def _sum(stacked: Floats, known: Flags) -> Floats:
    total: Floats = np.where(known, stacked, 0).sum(axis=0)
    return total


def _mean(stacked: Floats, known: Flags) -> Floats:
    mean: Floats = _sum(stacked, known) / known.sum(axis=0)
    return mean


def _leave_missing_out(reduce: Callable[[Floats, Flags], Floats]) -> Callable[..., Floats]:
    """Make a function of several columns from one of their rows; missing where all are missing."""

    def apply(*columns: Floats) -> Floats:
        stacked = np.stack(np.broadcast_arrays(*columns))
        known = ~np.isnan(stacked)
        return np.where(known.any(axis=0), reduce(stacked, known), np.nan)

    return apply


_OPERATORS: Mapping[str, Callable[..., Floats]] = {
    "+": np.add,
    "-": _subtract,
    "*": np.multiply,
    "/": np.divide,
    "**": _raise_to,
}
OF_ONE: Mapping[str, Callable[..., Floats]] = {
    "abs": np.abs,
    "ceil": _ceil,
    "exp": np.exp,
    "floor": _floor,
    "log": np.log,
    "log10": np.log10,
    "log2": np.log2,
    "sqrt": np.sqrt,
}
_OF_SEVERAL: Mapping[str, Callable[..., Floats]] = {
    "coalesce": _leave_missing_out(_coalesce),
    "max": _leave_missing_out(_max),
    "mean": _leave_missing_out(_mean),
    "min": _leave_missing_out(_min),
    "sum": _leave_missing_out(_sum),
}
ROUND, SIGNIFICANT = ROUNDING = ("round", "signif")
FUNCTIONS: Mapping[str, Callable[..., Floats]] = {
    **OF_ONE,
    **_OF_SEVERAL,
    ROUND: _round,
    SIGNIFICANT: _round_significant,
}


def apply(name: str, sides: list[Floats]) -> Floats:
    """Apply an operator or a function; what has no value is missing, never infinite."""
    found = (_OPERATORS.get(name) or FUNCTIONS[name])(*sides)
    return np.where(np.isfinite(found), found, np.nan)
