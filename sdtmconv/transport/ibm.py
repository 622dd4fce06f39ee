"""Num values: IEEE doubles to and from the IBM doubles of a transport file (TS-140).

An IBM double is a sign bit, 7 bits of an exponent of 16 in excess of 64, and a fraction of 56 bits.
An IEEE double has 53 significant bits, so every one inside IBM's range is held exactly.

A missing value is a NaN. SAS's special missing values .A to .Z and ._ are NaNs that carry their
letter in the lowest byte (see `special_missing`); any other NaN is the ordinary missing value.
"""

from __future__ import annotations

import string
from typing import Final

import numpy as np
import numpy.typing as npt

from sdtmconv.transport.records import Cells

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]
Positions = npt.NDArray[np.intp]

LARGEST: Final = (1 - 2.0**-53) * 2.0**252
SMALLEST: Final = 2.0**-260

_SPECIAL = string.ascii_uppercase + "_"
_QUIET_NAN = 0x7FF8_0000_0000_0000
_HIDDEN_BIT = np.uint64(1 << 52)
_FRACTION_52 = np.uint64((1 << 52) - 1)
_FRACTION_56 = np.uint64((1 << 56) - 1)
_HIGH_BYTE = np.uint64(56)


def special_missing(code: str) -> float:
    """Make the NaN that stands for a special missing value.

    It survives numpy and pandas copies and files of our own; arithmetic with it gives some NaN.

    Args:
        code: A to Z, or _ (as in .A, ._).

    Raises:
        ValueError: `code` is not one of these.

    >>> values = np.array([special_missing("A"), np.nan, 1.5])
    >>> missing_codes(values).tolist()
    ['A', '.', '']
    """
    if len(code) != 1 or code not in _SPECIAL:
        raise ValueError(f"{code!r} is not a special missing value: A to Z or _")
    return float(np.uint64(_QUIET_NAN | ord(code)).view(np.float64))


def missing_codes(values: Floats) -> npt.NDArray[np.str_]:
    """Name the kind of each missing value.

    Returns:
        One text per value: A to Z or _ for a special missing value, `.` for the ordinary one, empty
        for a number.
    """
    letters = _missing_bytes(values).view("S1").astype("U1")
    return np.where(np.isnan(values), letters, "")


def _missing_bytes(values: Floats) -> npt.NDArray[np.uint8]:
    bits = np.ascontiguousarray(values).view(np.uint64)
    letters = (bits & np.uint64(0xFF)).astype(np.uint8)
    special = (bits == (letters | np.uint64(_QUIET_NAN))) & _IS_SPECIAL[letters]
    return np.where(special, letters, np.uint8(ord("."))).astype(np.uint8)


def _special_bytes() -> npt.NDArray[np.bool_]:
    table = np.zeros(256, dtype=bool)
    table[[ord(code) for code in _SPECIAL]] = True
    return table


_IS_SPECIAL = _special_bytes()

# IEEE doubles are fraction * 2**(exponent - 1075), IBM doubles are fraction * 16**(exponent - 78).
# So the 12 high bits of an IEEE double (sign, exponent of 2) decide the high byte of an IBM double
# (sign, exponent of 16), and how far the fraction moves left: the 0 to 3 powers of 2 that are left.
_SIGN, _EXPONENT = np.divmod(np.arange(4096), 2048)
_SHIFT = (_EXPONENT + 1) % 4
_IBM_EXPONENT = (_EXPONENT - _SHIFT - 763) // 4
_OUTSIDE = (_IBM_EXPONENT < 0) | (_IBM_EXPONENT > 127)
_LEFT = _SHIFT.astype(np.uint64)
_HEAD = (_SIGN * 128 + np.where(_OUTSIDE, 0, _IBM_EXPONENT)).astype(np.uint64) << _HIGH_BYTE


def encode_ibm(values: Floats) -> tuple[Words, Positions]:
    """Turn IEEE doubles into IBM doubles, exactly.

    Args:
        values: Numbers; a NaN is missing.

    Returns:
        The IBM doubles as integers in the machine's byte order, and the positions of those values
        that have none: infinite, or beyond `LARGEST`, or nearer to zero than `SMALLEST`.

    >>> words, misfits = encode_ibm(np.array([1.0, -118.625, 0.0, np.nan, 1e76]))
    >>> [f"{word:016x}" for word in words.tolist()[:4]], misfits.tolist()
    (['4110000000000000', 'c276a00000000000', '0000000000000000', '2e00000000000000'], [4])
    """
    bits = np.ascontiguousarray(values).view(np.uint64)
    high = (bits >> np.uint64(52)).view(np.int64)
    words = bits & _FRACTION_52
    words |= _HIDDEN_BIT
    words <<= _LEFT.take(high)
    words |= _HEAD.take(high)
    outside = np.flatnonzero(_OUTSIDE.take(high))
    missing = outside[np.isnan(values[outside])]
    words[outside] = 0
    words[missing] = _missing_bytes(values[missing]).astype(np.uint64) << _HIGH_BYTE
    return words, outside[np.abs(values[outside]) > 0]


# By high byte: the power of 2 that the fraction is multiplied by, and what a zero fraction means.
_BYTE = np.arange(256)
_SCALE = np.where(_BYTE < 128, 1.0, -1.0) * np.exp2(4.0 * (_BYTE % 128 - 64) - 56)
_ZERO_FRACTION = np.where(
    _IS_SPECIAL,
    (_BYTE.astype(np.uint64) | np.uint64(_QUIET_NAN)).view(np.float64),
    np.where(ord(".") == _BYTE, np.nan, 0.0),
)


def decode_ibm(words: Words) -> Floats:
    """Turn IBM doubles into IEEE doubles.

    Args:
        words: IBM doubles as integers in the machine's byte order; a number stored in fewer than 8
            bytes is filled up with zero bytes.

    Returns:
        The numbers. The few that use more than IEEE's 53 bits, which no IEEE machine writes, are
        rounded to the nearest.

    >>> decode_ibm(np.array([0x4110000000000000, 0xC276A00000000000], dtype=np.uint64)).tolist()
    [1.0, -118.625]
    """
    high = (words >> _HIGH_BYTE).astype(np.intp)
    fraction = words & _FRACTION_56
    values: Floats = fraction.astype(np.float64) * _SCALE[high]
    zero = np.flatnonzero(fraction == 0)
    values[zero] = _ZERO_FRACTION[high[zero]]
    return values


def encode_numbers(values: Floats, width: int) -> tuple[Cells, Positions]:
    """Lay out numbers side by side, `width` bytes each.

    Args:
        values: Numbers; a NaN is missing.
        width: The variable's length in bytes, 2 to 8; fewer than 8 cut the fraction.

    Returns:
        Cells, and the positions of those values that do not fit exactly.

    >>> cells, misfits = encode_numbers(np.array([1.0, 0.1]), 3)
    >>> cells[0].tobytes().hex(), misfits.tolist()
    ('411000', [1])
    """
    words, misfits = encode_ibm(values)
    if width < 8:
        cut = np.uint64((1 << 8 * (8 - width)) - 1)
        misfits = np.union1d(misfits, np.flatnonzero(words & cut))
    big_endian = words.astype(">u8")
    if width == 8:
        return big_endian.view("V8"), misfits
    kept = big_endian.view(np.uint8).reshape(-1, 8)[:, :width]
    return np.ascontiguousarray(kept).view(f"V{width}").ravel(), misfits


def decode_numbers(cells: Cells) -> Floats:
    """Read the numbers of cells that lie side by side.

    Args:
        cells: Cells of 2 to 8 bytes.

    >>> decode_numbers(np.frombuffer(bytes.fromhex("411000"), dtype="V3"))
    array([1.])
    """
    words = np.zeros((len(cells), 8), dtype=np.uint8)
    words[:, : cells.itemsize] = cells.view(np.uint8).reshape(len(cells), -1)
    return decode_ibm(words.view(">u8").ravel().astype(np.uint64))
