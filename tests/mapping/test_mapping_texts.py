"""Texts made of other texts, of several records, or of dates."""

import numpy as np
import pandas as pd
import pytest

from sdtmconv.mapping.assignment import compute_propcase, compute_substring
from sdtmconv.mapping.date_texts import compute_date_text
from sdtmconv.mapping.listing import compute_list
from sdtmconv.mapping.registry import REGISTRY, SubjectRecords


def records(values: pd.Series, subjects: list[int]) -> SubjectRecords:
    return SubjectRecords(values, np.array(subjects, dtype=int), (), 2)


def test_a_list_has_each_value_once_in_order() -> None:
    """Numbers by their size; who has none has no list."""
    texts = pd.Series(["b", "a", "b", None], dtype="str")
    assert compute_list([records(texts, [0, 0, 0, 1])], "+").tolist() == ["a+b", np.nan]
    numbers = pd.Series([100.0, 20.5, 20.5])
    assert compute_list([records(numbers, [1, 1, 1])]).tolist() == [np.nan, "20.5, 100"]


def test_a_list_takes_several_columns_together() -> None:
    text, number = pd.Series(["x"], dtype="str"), pd.Series([3.0])
    assert compute_list([records(text, [0]), records(number, [0])]).tolist() == ["3, x", np.nan]


def test_nothing_to_list_is_missing() -> None:
    nothing = pd.Series([], dtype="str")
    assert compute_list([records(nothing, [])]).isna().tolist() == [True, True]


def test_a_part_of_a_text_is_told_by_its_place() -> None:
    """Up to the end where no length is stated; past the end there is nothing."""
    texts = pd.Series(["INV-T01", "T", None], dtype="str")
    assert compute_substring(texts, 5).tolist() == ["T01", np.nan, np.nan]
    assert compute_substring(texts, 1, 3).tolist() == ["INV", "T", np.nan]


@pytest.mark.parametrize("wrong", [{"start": 0}, {"start": 1, "length": 0}])
def test_places_are_counted_from_one(wrong: dict[str, int]) -> None:
    assert REGISTRY["substring"].check(value="AETERM", **wrong)
    assert REGISTRY["substring"].check(value="AETERM", start=1, length=1) is None


def test_words_begin_with_a_capital() -> None:
    texts = pd.Series(["WEEK 24", "end of treatment", None], dtype="str")
    assert compute_propcase(texts).tolist() == ["Week 24", "End Of Treatment", np.nan]


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("DDMONYYYY:HH:MM:SS", "02JAN2014:09:05:07"),
        ("YYYY-MM-DD HH:MI", "2014-01-02 09:05"),
        ("MM/DD/YYYY", "01/02/2014"),
    ],
)
def test_a_datetime_is_written_in_the_form_asked_for(form: str, text: str) -> None:
    """MM before the hour is the month, after it the minute."""
    moments = pd.Series([19725 * 86_400 + 9 * 3600 + 307.0, None], name="ADTM")
    assert compute_date_text(moments, form).tolist() == [text, np.nan]


def test_a_form_asks_for_what_the_date_has() -> None:
    check = REGISTRY["date_text"].check
    assert check(date="ADT", format="DD-MON-YYYY") is None
    assert check(date="ADT", format="HH:MM") == (
        "ADT has no time of day",
        "name a *DTM variable, or leave the time out",
    )
    assert check(date="ADT", format="%d") is not None
