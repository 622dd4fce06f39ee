"""One value of a subject's several records; numbers and flags among them."""

import numpy as np
import pytest
from small_columns import listed, number, records, text

from sdtmconv.domains.visits import compute_visit_numbers
from sdtmconv.mapping.flags import compute_last_before
from sdtmconv.mapping.order import compute_sequence
from sdtmconv.mapping.registry import RejectedValuesError
from sdtmconv.mapping.summary import (
    compute_earliest,
    compute_exists,
    compute_first,
    compute_last,
    compute_latest,
)


def test_earliest_and_latest_over_several_tables() -> None:
    """A subject without any value has none."""
    doses = records(text("2025-03-02", "2025-03-16", None), [0, 0, 1], subjects=3)
    events = records(text("2025-03-01", "2025-04"), [0, 2], subjects=3)
    assert listed(compute_earliest([*doses, *events])) == ["2025-03-01", None, "2025-04"]
    assert listed(compute_latest([*doses, *events])) == ["2025-03-16", None, "2025-04"]


def test_a_partial_date_stands_before_the_dates_within_it() -> None:
    """As far as both are known, dates compare."""
    dates = records(text("2014-01-02", "2014-01", "2014-01-02T11:45"), [0, 0, 0])
    assert listed(compute_earliest(dates)) == ["2014-01"]
    assert listed(compute_latest(dates)) == ["2014-01-02T11:45"]


def test_numbers_compare_by_size() -> None:
    """9 is less than 10."""
    assert listed(compute_earliest(records(number(10, 9, None), [0, 0, 0]))) == [9.0]


def test_text_that_is_no_date_is_refused() -> None:
    """By its letters APR would stand before MAR, and 10 before 9."""
    collected = records(text("2025-03-02", "01-APR-2025"), [0, 0])
    with pytest.raises(RejectedValuesError, match="is not an ISO 8601 date") as raised:
        compute_latest([*records(text("2025"), [0]), *collected])
    assert (raised.value.of, raised.value.rows.tolist()) == (1, [1])


def test_nothing_has_no_earliest() -> None:
    """No records at all, of one subject or of none."""
    assert listed(compute_earliest(records(text(), [], subjects=1))) == [None]
    assert listed(compute_earliest(records(text(), [], subjects=0))) == []


def test_first_and_last_by_several_keys() -> None:
    """The value of the record at the end of the order, even where it is missing."""
    days, seq = text("1", "1", "2", "1"), number(2, 1, 3, 1)
    reasons = records(text("b", "a", None, "c"), [0, 0, 0, 1], days, seq)
    assert listed(compute_first(reasons, ["DAY", "SEQ"])) == ["a", "c"]
    assert listed(compute_last(reasons, ["DAY", "SEQ"])) == [None, "c"]


def test_a_tie_that_decides_is_refused() -> None:
    """A tie elsewhere in the order is none of our business."""
    reasons = records(text("a", "b", "c"), [0, 0, 0], text("1", "1", "2"))
    assert listed(compute_last(reasons, ["DAY"])) == ["c"]
    with pytest.raises(RejectedValuesError, match="tie on DAY, so that the first one") as caught:
        compute_first(reasons, ["DAY"])
    assert caught.value.rows.tolist() == [0, 1]


def test_a_tie_that_the_spec_settles() -> None:
    """`ties: first` takes the record that stands first in the file."""
    reasons = records(text("a", "b", "c"), [0, 0, 0], text("1", "1", "2"))
    assert listed(compute_first(reasons, ["DAY"], "first")) == ["a"]


def test_exists_flags_subjects_with_a_value() -> None:
    """`otherwise` is for those without; left out, they have none."""
    dates = records(text("2025", None), [0, 1], subjects=3)
    assert listed(compute_exists(dates)) == ["Y", None, None]
    assert listed(compute_exists(dates, "Y", "N")) == ["Y", "N", "N"]


def test_sequences_count_within_subjects() -> None:
    """Missing keys come first; the order of the rows does not matter."""
    keys = [text("2025-02", None, "2025-01", "x"), text("a", "b", "c", "d")]
    subject = np.array([1, 1, 1, 0])
    assert listed(compute_sequence(keys, subject, np.arange(4))) == [3.0, 1.0, 2.0, 1.0]


def test_sequences_that_tie_are_refused_or_settled() -> None:
    """`ties: first` keeps the order of the raw file."""
    keys, subject = [text("a", "a", "a").rename("AETERM")], np.array([0, 0, 1])
    with pytest.raises(RejectedValuesError, match="tie on AETERM") as caught:
        compute_sequence(keys, subject, np.arange(3))
    assert caught.value.rows.tolist() == [0, 1]
    assert listed(compute_sequence(keys, subject, np.arange(3), ties="first")) == [1.0, 2.0, 1.0]


def test_a_sequence_of_nothing() -> None:
    """No records, no numbers."""
    none = np.array([], dtype=int)
    assert listed(compute_sequence([text()], none, none)) == []


def test_ten_unscheduled_visits_in_a_row_are_refused() -> None:
    """The tenth would have the number of the next planned visit."""
    plan = [records(values, [0, 0])[0] for values in (text("D1", "D8"), number(1, 2))]

    def number_visits(unscheduled: int) -> list[object]:
        names = text("D1", *["U"] * unscheduled, "D8")
        rows = len(names)
        dates = text(*[f"2025-01-{day:02d}" for day in range(1, rows + 1)])
        subject = np.zeros(rows, dtype=int)
        found = compute_visit_numbers(names, dates, subject, np.arange(rows), plan[:1], plan[1:])
        return listed(found)

    assert number_visits(9) == [1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2.0]
    with pytest.raises(RejectedValuesError, match="the tenth unscheduled visit") as caught:
        number_visits(11)
    assert caught.value.rows.tolist() == [10, 11]


def last_before(dates: list[str | None], ties: str = "error", dose: str = "2025-03-02") -> object:
    rows = len(dates)
    result, test = text(*["1"] * rows), text(*["PULSE"] * rows)
    subject, order = np.zeros(rows, dtype=int), np.arange(rows)
    reference = text(*[dose] * rows)
    return listed(
        compute_last_before(text(*dates), result, [test], subject, order, reference, ties)
    )


@pytest.mark.parametrize(
    ("dates", "dose", "flags"),
    [
        (["2025-03-01", "2025-03-03"], "2025-03-02", ["Y", None]),
        (["2025-03-01", "2025-03-02"], "2025-03-02T08:00", [None, "Y"]),
        (["2025-03-01", "2025-03-02T09:00"], "2025-03-02T08:00", ["Y", None]),
        (["2025-03-02T07:00", "2025-03-02T07:30"], "2025-03-02T08:00", [None, "Y"]),
        ([None, "2025-03"], "2025-03-02", [None, None]),
        (["2025-03-03"], "2025-03-02", [None]),
    ],
)
def test_the_last_observation_before_exposure(
    dates: list[str | None], dose: str, flags: list[str | None]
) -> None:
    """On the day of the first dose, the times decide where both are known (SDTMIG 4.5.9)."""
    assert last_before(dates, dose=dose) == flags


def test_baselines_that_tie_are_refused_or_settled() -> None:
    """`ties` says which of them it is."""
    with pytest.raises(RejectedValuesError, match="another record has the same date"):
        last_before(["2025-03-01", "2025-03-01"])
    assert last_before(["2025-03-01", "2025-03-01"], "last") == [None, "Y"]
    assert last_before(["2025-03-01", "2025-03-01"], "first") == ["Y", None]


def test_a_subject_without_exposure_has_no_baseline() -> None:
    """Nothing is before what never was."""
    flags = compute_last_before(
        text("2025-03-01"), text("1"), [text("PULSE")], np.array([0]), np.array([0]), text(None)
    )
    assert listed(flags) == [None]
