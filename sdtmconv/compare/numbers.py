"""How do two numbers differ?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sdtmconv.distinct import Mask
from sdtmconv.transport.sas_formats import MomentKind

Numbers = npt.NDArray[np.float64]

MOST_DECIMALS = 12
NOISE = 1e-12
_SECONDS_A_DAY = 86_400


def find_unequal(a: Numbers, b: Numbers, absolute: float, relative: float) -> Mask:
    """Find pairs of which one is missing, or that lie farther apart than is tolerated."""
    unequal: Mask = (a != b) & ~(np.isnan(a) & np.isnan(b))
    if absolute or relative:
        with np.errstate(over="ignore"):
            tolerated = np.maximum(absolute, relative * np.maximum(np.abs(a), np.abs(b)))
            unequal &= ~(np.abs(a - b) <= tolerated)
    return unequal


def classify_numbers(a: Numbers, b: Numbers, moment: MomentKind | None) -> npt.NDArray[np.str_]:
    """Name the kind of difference of pairs of unequal numbers, none of them missing.

    >>> a = np.array([0.3, 3.14, 12.0, 5.0, 5.0, 7.0])
    >>> b = np.array([0.1 + 0.2, 3.142, 120.0, 5.9, -5.0, 8.0])
    >>> classify_numbers(a, b, None).tolist()
    ['floating-point', 'rounding', 'scale', 'digits-cut', 'sign', 'number']
    """
    if moment == "datetime":
        same_day = np.floor(a / _SECONDS_A_DAY) == np.floor(b / _SECONDS_A_DAY)
        return np.where(same_day, "time", "date")
    if moment:
        return np.full(len(a), moment)
    rounded, cut = _compare_digits(a, b)
    checks = [
        ("floating-point", np.abs(a - b) <= NOISE * np.maximum(np.abs(a), np.abs(b))),
        ("sign", a == -b),
        ("rounding", rounded),
        ("digits-cut", cut),
        ("scale", _is_power_of_ten(a, b)),
    ]
    return np.select([mask for _, mask in checks], [kind for kind, _ in checks], "number")


def measure(a: Numbers, b: Numbers, moment: MomentKind | None) -> Numbers:
    """Give how far numbers lie apart, dates and datetimes in days."""
    distance: Numbers = np.abs(a - b) / (_SECONDS_A_DAY if moment == "datetime" else 1)
    return distance


def _compare_digits(a: Numbers, b: Numbers) -> tuple[Mask, Mask]:
    """Find pairs of which one is the other with fewer decimals, rounded or cut off."""
    rounded = np.zeros(len(a), dtype=bool)
    cut = rounded.copy()
    for digits in range(MOST_DECIMALS + 1):
        unit = 10.0**-digits
        for coarse, fine in ((a, b), (b, a)):
            has_digits = (np.round(coarse, digits) == coarse) & (np.round(fine, digits) != fine)
            near = np.abs(coarse - fine) <= unit / 2 * (1 + 1e-9)
            toward_zero = (np.abs(coarse) < np.abs(fine)) & (np.abs(coarse - fine) < unit)
            rounded |= has_digits & near
            cut |= has_digits & toward_zero & (coarse * fine >= 0)
    return rounded, cut


def _is_power_of_ten(a: Numbers, b: Numbers) -> Mask:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        power = np.log10(np.abs(a / b))
        whole = np.round(power)
        exact = np.abs(power - whole) < NOISE
    mask: Mask = exact & (whole != 0) & np.isfinite(power) & (np.sign(a) == np.sign(b))
    return mask
