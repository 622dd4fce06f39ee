"""Values carried over, in another form at most."""

import numpy as np
import pytest
from small_columns import listed, number, text

from sdtmconv.mapping.assignment import (
    assign,
    assign_constant,
    compute_concat,
    compute_part,
    compute_upcase,
)
from sdtmconv.mapping.dates import compute_iso_datetime, compute_study_day
from sdtmconv.mapping.registry import REGISTRY, RejectedValuesError
from sdtmconv.mapping.results import compute_highest_ranked, compute_number_part


def test_assign_changes_nothing() -> None:
    """Text and numbers, missing ones too."""
    assert listed(assign(text("001", None))) == ["001", None]
    assert listed(assign(number(1.5, None))) == [1.5, None]


def test_constant_is_the_same_for_all() -> None:
    """For no records as well."""
    assert listed(assign_constant("mmHg", np.array([0, 0, 1]))) == ["mmHg"] * 3
    assert listed(assign_constant("mmHg", np.array([], dtype=int))) == []


def test_upcase_writes_capitals() -> None:
    """Of numbers it gives their text."""
    assert listed(compute_upcase(text("straße", None))) == ["STRASSE", None]
    assert listed(compute_upcase(number(1.0))) == ["1"]


def test_concat_leaves_missing_parts_out() -> None:
    """The separator stands between values only."""
    joined = compute_concat([text("a", None, None, "d"), number(1, 2, None, None)], "-")
    assert listed(joined) == ["a-1", "2", None, "d"]


def test_concat_puts_something_around_what_is_joined() -> None:
    """A unit in parentheses, and nothing where there is none."""
    assert listed(compute_concat([text("g/L", None)], prefix="(", suffix=")")) == ["(g/L)", None]


def test_part_takes_one_of_several() -> None:
    """Missing where there are fewer, or nothing in it."""
    values = text("701-1015", "701", "701-", None)
    assert listed(compute_part(values, "-", 1)) == ["701", "701", "701", None]
    assert listed(compute_part(values, "-", 2)) == ["1015", None, None, None]


def test_part_counts_from_one() -> None:
    """What a spec may not ask for is known before data is read."""
    check = REGISTRY["part"].check
    assert check
    assert check(separator="-", number=1) is None
    assert check(separator="-", number=0) == ("number is 0", "count the parts from 1")


def test_dates_keep_their_precision() -> None:
    """Unknown parts are left out; a time without its date is refused."""
    dates, times = text("02-MAR-2025", "UN-MAR-2025", None), text("08:30", None, None)
    assert listed(compute_iso_datetime([dates, times], ["DD-MON-YYYY", "HH:MM"])) == [
        "2025-03-02T08:30",
        "2025-03",
        None,
    ]


def test_dates_may_come_in_several_forms() -> None:
    """A or B: the first that fits."""
    dates = text("02-MAR-2025", "2025-03-04")
    assert listed(compute_iso_datetime([dates], ["DD-MON-YYYY or YYYY-MM-DD"])) == [
        "2025-03-02",
        "2025-03-04",
    ]


def test_dates_that_do_not_fit_are_refused() -> None:
    """With their rows and values."""
    with pytest.raises(RejectedValuesError, match="does not fit the format DD-MON-YYYY") as caught:
        compute_iso_datetime([text("02-MAR-2025", "2025-03-04", "30-FEB-2025")], ["DD-MON-YYYY"])
    assert caught.value.rows.tolist() == [1, 2]
    assert listed(caught.value.values) == ["2025-03-04", "30-FEB-2025"]


def test_study_days_have_no_day_0() -> None:
    """The reference date is Day 1, the day before is Day -1 (SDTMIG 4.4.4)."""
    dates = text("2025-03-02T08:00", "2025-03-01", "2025-03", None, "2025-03-03")
    reference = text(*["2025-03-02T23:59"] * 4, None)
    assert listed(compute_study_day(dates, reference)) == [1.0, -1.0, None, None, None]


def test_study_days_of_analysis_dates_are_those_of_their_text() -> None:
    """Numbers are dates of analysis datasets; either side may be one."""
    days = number(23802.0, None)
    assert listed(compute_study_day(days, text("2025-03-02", "2025-03-02"))) == [1.0, None]
    assert listed(compute_study_day(text("2025-03-01", "2025"), days.ffill())) == [-1.0, None]


def test_number_part_leaves_out_what_is_no_number() -> None:
    """Results beyond a limit have a character result only (SDTMIG 4.5.1)."""
    assert listed(compute_number_part(text("40", "<50", None, "ND", "1e3"))) == [
        40.0, None, None, None, 1000.0,
    ]  # fmt: skip


def test_highest_ranked_takes_the_first_of_a_ranking() -> None:
    """Over columns, record by record."""
    drugs = [text("No", "No", None, None), text("Yes", None, "No", None)]
    assert listed(compute_highest_ranked(drugs, ["Yes", "No"])) == ["Yes", "No", "No", None]


def test_values_beyond_the_ranking_are_refused() -> None:
    """Rather than passed over."""
    with pytest.raises(RejectedValuesError, match="not in the ranking") as caught:
        compute_highest_ranked([text("No", "Perhaps")], ["Yes", "No"])
    assert caught.value.rows.tolist() == [1]
