"""Text and numbers, ranks and ties."""

import numpy as np
import pytest
from small_columns import listed, number, text

from sdtmconv.mapping.registry import RejectedValuesError
from sdtmconv.mapping.values import (
    map_unique,
    rank,
    sort_order,
    take_rows,
    tied_rows,
    to_number,
    to_text,
)


def test_text_is_read_as_numbers() -> None:
    """Whatever a number looks like in a file; missing stays missing."""
    read = to_number(text("066.5", "-0", ".5", "1e3", None, "+7"))
    assert listed(read) == [66.5, 0.0, 0.5, 1000.0, None, 7.0]


@pytest.mark.parametrize(
    "value", ["ND", "<50", "1,5", "1 000", "inf", "-Infinity", "NaN", "1e999", "0x1F", "1_000", "٣"]
)
def test_what_is_no_number_is_refused(value: str) -> None:
    """With the rows that have it."""
    with pytest.raises(RejectedValuesError, match="is not a number") as caught:
        to_number(text("1", value, None, value))
    assert caught.value.rows.tolist() == [1, 3]
    assert listed(caught.value.values) == [value, value]


@pytest.mark.parametrize("value", ["9007199254740993", "-9007199254740993", "12345678901234567891"])
def test_integers_that_a_float_does_not_hold_are_refused(value: str) -> None:
    """Rather than changed in their last digit."""
    with pytest.raises(RejectedValuesError, match="more digits than a number holds exactly"):
        to_number(text(value))


def test_large_numbers_that_a_float_holds_are_read() -> None:
    """2**53 and twice as much are exact."""
    assert listed(to_number(text("9007199254740992", "18014398509481984"))) == [2.0**53, 2.0**54]


def test_numbers_are_written_as_short_as_they_read_back() -> None:
    """Without exponent, and without a decimal point that says nothing."""
    written = to_text(number(66.5, 40.0, None, 0.1, 1e-7, 123456789012.0, -0.25))
    assert listed(written) == ["66.5", "40", None, "0.1", "0.0000001", "123456789012", "-0.25"]


def test_text_stays_as_it_is() -> None:
    """001 is no number."""
    assert listed(to_text(text("001", None))) == ["001", None]


def test_ranks_have_missing_first() -> None:
    """As SAS sorts: missing, then numbers by size, text by its characters' codes."""
    assert rank(number(10, None, 9)).tolist() == [2, 0, 1]
    assert rank(text("b", "B", None, "10", "9")).tolist() == [4, 3, 0, 1, 2]


def test_no_values_have_no_ranks() -> None:
    """An empty column and one without any value."""
    assert rank(text()).tolist() == []
    assert rank(text(None, None)).tolist() == [0, 0]


def test_rows_are_sorted_by_the_first_key_and_then_the_others() -> None:
    """Ties keep their order."""
    keys = [np.array([1, 0, 1, 0]), np.array([0, 5, 0, 2])]
    assert sort_order(keys).tolist() == [3, 1, 0, 2]


def test_tied_rows_are_all_that_tie() -> None:
    """Three of the same are three."""
    keys = [np.array([1, 2, 1, 1, 3])]
    assert tied_rows(keys, sort_order(keys)).tolist() == [0, 2, 3]
    assert tied_rows([np.array([1])], np.array([0])).tolist() == []


def test_rows_are_taken_by_position() -> None:
    """-1 gives a missing value; nothing can be taken from nothing."""
    assert listed(take_rows(text("a", "b"), np.array([1, -1, 1]))) == ["b", None, "b"]
    assert listed(take_rows(text(), np.array([-1, -1]))) == [None, None]
    assert listed(take_rows(number(1.5), np.array([0, -1]))) == [1.5, None]


def test_a_function_is_asked_once_for_each_value() -> None:
    """However often a value stands in a column."""
    asked: list[str] = []

    def shout(value: str) -> str:
        asked.append(value)
        return value.upper()

    assert listed(map_unique(text("a", "b", None, "a"), shout)) == ["A", "B", None, "A"]
    assert asked == ["a", "b"]
