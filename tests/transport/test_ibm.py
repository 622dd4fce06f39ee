"""IEEE doubles to IBM doubles and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtmconv.transport.ibm import (
    LARGEST,
    SMALLEST,
    decode_ibm,
    decode_numbers,
    encode_ibm,
    encode_numbers,
    missing_codes,
    special_missing,
)

CODES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (0.0, "0000000000000000"),
        (-0.0, "0000000000000000"),
        (1.0, "4110000000000000"),
        (-1.0, "c110000000000000"),
        (2.0, "4120000000000000"),
        (15.0, "41f0000000000000"),
        (16.0, "4210000000000000"),
        (0.5, "4080000000000000"),
        (0.1, "401999999999999a"),
        (-118.625, "c276a00000000000"),
        (3.141592653589793, "413243f6a8885a30"),
        (2.0**53, "4e20000000000000"),
        (SMALLEST, "0010000000000000"),
        (-SMALLEST, "8010000000000000"),
        (LARGEST, "7ffffffffffffff8"),
    ],
)
def test_numbers_have_the_bits_that_ibm_defines(value, word):
    """A number becomes the IBM double of the same value, and that is read as the same number."""
    words, misfits = encode_ibm(np.array([value]))
    assert f"{words[0]:016x}" == word
    assert misfits.size == 0
    assert decode_ibm(words)[0] == value


@given(st.lists(st.floats(allow_infinity=False, allow_nan=False), min_size=1))
def test_every_double_in_range_is_held_exactly(numbers):
    """A double is either held to the last bit, or named as one that is out of range."""
    values = np.array(numbers)
    words, misfits = encode_ibm(values)
    size = np.abs(values)
    fits = (values == 0) | ((size >= SMALLEST) & (size <= LARGEST))
    assert misfits.tolist() == np.flatnonzero(~fits).tolist()
    assert decode_ibm(words)[fits].tolist() == values[fits].tolist()


@pytest.mark.parametrize("value", [np.inf, -np.inf, 1e76, -1e76, 1e-80, 5e-324])
def test_numbers_out_of_range_are_named(value):
    """Infinity and numbers that IBM has no exponent for are refused, not clamped."""
    _, misfits = encode_ibm(np.array([1.0, value]))
    assert misfits.tolist() == [1]


def test_missing_values_are_letters_with_a_zero_fraction():
    """A missing value is its letter, or the point, followed by seven zero bytes."""
    values = np.array([np.nan, special_missing("A"), special_missing("Z"), special_missing("_")])
    words, misfits = encode_ibm(values)
    assert [f"{word:016x}" for word in words] == [
        "2e00000000000000",
        "4100000000000000",
        "5a00000000000000",
        "5f00000000000000",
    ]
    assert misfits.size == 0
    assert missing_codes(decode_ibm(words)).tolist() == [".", "A", "Z", "_"]


def test_all_special_missing_values_survive_the_way_there_and_back():
    """Each of the 27 special missing values keeps its letter."""
    values = np.array([special_missing(code) for code in CODES])
    assert np.isnan(values).all()
    assert "".join(missing_codes(decode_ibm(encode_ibm(values)[0]))) == CODES


@given(st.integers(min_value=0, max_value=2**64 - 1))
def test_any_nan_is_a_missing_value(bits):
    """Whatever bits a NaN has, it is written as missing."""
    value = np.array([bits], dtype=np.uint64).view(np.float64)
    words, misfits = encode_ibm(value)
    if np.isnan(value[0]):
        assert np.isnan(decode_ibm(words)[0])
        assert misfits.size == 0


@pytest.mark.parametrize("code", ["", "a", ".", "AB", "1"])
def test_other_special_missing_values_do_not_exist(code):
    """A code other than A to Z and _ is refused."""
    with pytest.raises(ValueError, match="A to Z or _"):
        special_missing(code)


@pytest.mark.parametrize("width", range(2, 9))
def test_short_numbers_hold_what_fits(width):
    """A number of fewer bytes is exact, or named; so are missing values."""
    values = np.array([1.0, -2.5, 255.0, special_missing("B"), np.nan])
    cells, misfits = encode_numbers(values, width)
    assert cells.dtype == f"V{width}"
    assert misfits.size == 0
    decoded = decode_numbers(cells)
    assert decoded[:3].tolist() == [1.0, -2.5, 255.0]
    assert missing_codes(decoded).tolist() == ["", "", "", "B", "."]


def test_short_numbers_name_what_they_would_cut():
    """A fraction longer than its bytes is refused, not cut."""
    _, misfits = encode_numbers(np.array([1.0, 0.1, 1e76, 65536.0, 65537.0]), 3)
    assert misfits.tolist() == [1, 2, 4]


def test_unnormalised_numbers_of_mainframes_are_read():
    """A fraction with leading zero digits has the value that IBM gives it, to 53 bits."""
    words = np.array([0x4201000000000000, 0x4200000000000001, 0x80 << 56], dtype=np.uint64)
    assert decode_ibm(words).tolist() == [1.0, 2.0**-48, 0.0]
