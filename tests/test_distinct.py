"""The distinct texts of a column: told apart once, and told anew when the column changes."""

import gc

import pandas as pd
import pyarrow as pa
import pytest

from sdtmconv import distinct
from sdtmconv.distinct import ask_distinct, factorize, number_rows, tell_apart


def tell(values: pd.Series) -> tuple[list[int], list[str | None]]:
    codes, texts = factorize(values)
    return codes.tolist(), texts.to_pylist()


def test_all_pieces_of_a_column_have_the_same_numbers() -> None:
    """Columns of several frames lie in several pieces, each of which Arrow could number anew."""
    pieces = [pd.Series(texts, dtype="str") for texts in (["a", "b"], ["b", None], ["c", "a"])]
    assert tell(pd.concat(pieces)) == ([0, 1, 1, 2, 3, 0], ["a", "b", None, "c"])


@pytest.mark.parametrize("dtype", ["str", "object"])
def test_a_column_may_be_empty_or_all_missing(dtype: str) -> None:
    """And be of Python objects, as pandas makes it where nothing is known of it."""
    assert tell(pd.Series([], dtype=dtype)) == ([], [])
    assert tell(pd.Series([None, None], dtype=dtype)) == ([0, 0], [None])


def test_a_value_that_is_set_is_told_anew() -> None:
    """What was known is of the data as they were."""
    values = pd.Series(["a", "b"], dtype="str")
    assert tell(values) == ([0, 1], ["a", "b"])
    values[1] = "a"
    assert tell(values) == ([0, 0], ["a"])


def test_a_question_is_asked_once_of_all_views_of_a_column() -> None:
    """A frame gives a new object each time it is asked for a column."""
    asked = []

    def count(texts: pa.Array) -> int:
        asked.append(texts)
        return len(texts)

    frame = pd.DataFrame({"A": pd.Series(["a", "b", "a"], dtype="str")})
    views = frame["A"], frame["A"].set_axis([7, 8, 9]), frame.copy()["A"]
    assert [ask_distinct(view, count)[1] for view in views] == [2, 2, 2]
    assert len(asked) == 1


def test_what_is_known_goes_with_the_column() -> None:
    """Or memory would grow with all that was ever looked at."""
    values = pd.Series(["a", "b"] * 30_000, dtype="str")
    gc.collect()
    before = set(distinct._known)
    tell_apart([values])
    (told,) = set(distinct._known) - before
    del values
    gc.collect()
    assert told not in distinct._known


def test_rows_are_numbered_as_they_come_first() -> None:
    """By a table or by hashing, as the number of combinations that there could be decides."""
    few = pd.DataFrame({"A": ["a", "b"] * 50, "B": ["x", "y", "y", None] * 25}, dtype="str")
    few = pd.concat([few, few.iloc[::-1]], ignore_index=True).iloc[1:].reset_index(drop=True)
    many = few.assign(**{name: few["A"] + few["B"].fillna("") for name in "CDEFGH"})
    for frame in (few, many):
        numbers, firsts = number_rows([frame[name] for name in frame])
        expected = frame.drop_duplicates()
        assert firsts.tolist() == expected.index.tolist()
        pd.testing.assert_frame_equal(frame.iloc[firsts[numbers]].reset_index(drop=True), frame)
