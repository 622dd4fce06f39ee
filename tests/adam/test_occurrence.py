"""Where events and assessments stand to treatment: emergent, during treatment, in a period."""

import pytest
from small_columns import listed, number, text

from sdtmconv.adam.occurrence import (
    compute_on_treatment,
    compute_period,
    compute_treatment_emergent,
)
from sdtmconv.mapping.registry import REGISTRY, RejectedValuesError

DAY = 86_400


@pytest.mark.parametrize(
    ("start", "end", "treated", "expected"),
    [
        (105, None, None, None),
        (None, None, None, None),
        (90, 99, 100, None),
        (None, 99, 100, None),
        (None, None, 100, "Y"),
        (None, 100, 100, "Y"),
        (100, None, 100, "Y"),
        (100, 99, 100, None),
        (99, 100, 100, None),
        (99, None, 100, None),
        (140, None, 100, "Y"),
        (141, None, 100, None),
    ],
)
def test_the_first_rule_that_holds_decides(
    start: float | None, end: float | None, treated: float | None, expected: str | None
) -> None:
    """Untreated, ended before, start missing, began on or after: treated from day 100 to 110."""
    dates = [number(value) for value in (start, end, treated, 110)]
    assert listed(compute_treatment_emergent(*dates, window=30)) == [expected]


def test_there_is_no_upper_limit_unless_one_is_known() -> None:
    """Neither where no end of treatment is named, nor for a subject who goes on."""
    start, end, first = number(999, 999), number(None, None), number(100, 100)
    assert listed(compute_treatment_emergent(start, end, first)) == ["Y", "Y"]
    last = number(110, None)
    assert listed(compute_treatment_emergent(start, end, first, last, 30)) == [None, "Y"]


@pytest.mark.parametrize(
    ("initial", "now", "expected"),
    [
        ("1", "3", "Y"),
        ("3", "3", None),
        ("3", "2", None),
        (None, "3", None),
        ("3", None, None),
        ("MILD", "MODERATE", "Y"),
        ("SEVERE", "MODERATE", None),
    ],
)
def test_an_event_from_before_counts_if_it_is_known_to_have_worsened(
    initial: str | None, now: str | None, expected: str | None
) -> None:
    """By grade or by AESEV's terms, where it had not ended before treatment."""
    dates = number(95), number(None), number(100)
    given = {"initial": text(initial), "intensity": text(now)}
    assert listed(compute_treatment_emergent(*dates, **given)) == [expected]
    ended = number(95), number(99), number(100)
    assert listed(compute_treatment_emergent(*ended, **given)) == [None]


def test_an_intensity_of_another_scale_is_refused() -> None:
    """Only grades and the terms of AESEV have an order that is known."""
    dates = number(95), number(None), number(100)
    with pytest.raises(RejectedValuesError, match="is not a number"):
        compute_treatment_emergent(*dates, initial=text("FAINT"), intensity=text("STRONG"))


def test_two_datetimes_compare_by_time_and_others_by_day() -> None:
    """An event of the first dose's morning is before a dose at noon, if both times are known."""
    dose = number(100.5 * DAY)
    morning, end = number(100.25 * DAY), number(None)
    timed = (morning.rename("ASTDTM"), end.rename("AENDTM"), dose.rename("ADSL.TRTSDTM"))
    assert listed(compute_treatment_emergent(*timed)) == [None]
    assert listed(compute_treatment_emergent(number(100), end, timed[2])) == ["Y"]
    by_day = (timed[0], end, number(100).rename("ADSL.TRTSDT"))
    assert listed(compute_treatment_emergent(*by_day)) == ["Y"]


def test_the_window_is_counted_by_day() -> None:
    """The time of the last dose does not cut the last day of the window."""
    start, end = number(110.9 * DAY).rename("ASTDTM"), number(None)
    first, last = (number(day * DAY) for day in (100, 100.1))
    named = first.rename("TRTSDTM"), last.rename("TRTEDTM")
    assert listed(compute_treatment_emergent(start, end, *named, window=10)) == ["Y"]
    assert listed(compute_treatment_emergent(start, end, *named, window=9)) == [None]


@pytest.mark.parametrize(
    ("start", "end", "expected", "spanning"),
    [
        (100, None, "Y", "Y"),
        (112, None, "Y", "Y"),
        (113, None, None, None),
        (99, None, None, "Y"),
        (99, 100, None, "Y"),
        (99, 99, None, None),
        (None, None, "Y", "Y"),
        (None, 99, None, None),
    ],
)
def test_on_treatment_is_from_the_first_dose_to_days_after_the_last(
    start: float | None, end: float | None, expected: str | None, spanning: str | None
) -> None:
    """Treated from day 100 to 110, two days more count; what spans the start only if said."""
    given = (number(start), number(end), number(100), number(110), 2)
    assert listed(compute_on_treatment(*given)) == [expected]
    assert listed(compute_on_treatment(*given, spanning="yes")) == [spanning]


def test_the_untreated_are_never_on_treatment_and_treatment_may_go_on() -> None:
    """No first dose: missing. No last dose: without limit."""
    dates, none = number(999, None, 999), number(None, None, None)
    first = number(None, None, 100)
    assert listed(compute_on_treatment(dates, None, first, none)) == [None, None, "Y"]
    spanning = compute_on_treatment(dates, none, first, none, spanning="yes")
    assert listed(spanning) == [None, None, "Y"]


def test_a_period_goes_from_its_start_to_the_next_ones() -> None:
    """A period that was not reached does not count; before the first there may be a name."""
    dates = number(99, 100, 127, 128, 200, None, 50)
    first, second = number(*[100] * 6, None), number(128, 128, 128, 128, None, 128, None)
    found = compute_period(dates, [first, second], ["1", "2"])
    assert listed(found) == [None, "1", "1", "2", "1", None, None]
    named = compute_period(dates, [first, second], ["1", "2"], before="0")
    assert listed(named) == ["0", "1", "1", "2", "1", None, "0"]


@pytest.mark.parametrize(
    ("keyword", "arguments", "problem"),
    [
        ("treatment_emergent", {"window": 30}, "window needs the end of treatment"),
        ("treatment_emergent", {"treatment_end": "TRTEDT", "window": -1}, "window is -1"),
        ("treatment_emergent", {"initial": "AEITOXGR"}, "initial and intensity go together"),
        ("on_treatment", {"start": "ADT", "spanning": "yes"}, "spanning needs the end"),
        ("on_treatment", {"start": "ADT", "window": -1}, "window is -1"),
        ("period", {"starts": ("A", "B"), "values": ["X"]}, "the number of starts is 2"),
    ],
)
def test_arguments_that_do_not_go_together_are_found_before_data_are_read(
    keyword: str, arguments: dict[str, object], problem: str
) -> None:
    """Each has a remedy; sound ones pass."""
    found = REGISTRY[keyword].check(**arguments)
    assert found
    assert found[0].startswith(problem)


def test_sound_arguments_pass() -> None:
    """A window with the end that it is counted from, an event with its end, a value per start."""
    emergent = {"treatment_end": "TRTEDT", "window": 30, "initial": "A", "intensity": "B"}
    assert REGISTRY["treatment_emergent"].check(**emergent) is None
    assert REGISTRY["on_treatment"].check(end="AENDT", spanning="yes") is None
    assert REGISTRY["period"].check(starts=("A", "B"), values=["X", "Y"]) is None
