"""Analysis dates and datetimes: imputation with limits and flags, durations, study days."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_columns import listed, number, text

from sdtmconv.mapping.dates import compute_study_day
from sdtmconv.mapping.durations import compute_age, compute_duration, compute_shifted
from sdtmconv.mapping.imputation import (
    compute_date,
    compute_date_imputed,
    compute_date_part,
    compute_datetime,
    compute_time_imputed,
    compute_time_part,
)
from sdtmconv.mapping.registry import REGISTRY
from sdtmconv.sas_dates import from_sas_date, from_sas_datetime, to_sas_date, to_sas_datetime

PHARMAVERSE = Path(__file__).parents[2] / ".." / "shared" / "data" / "pharmaverse" / "adam"


def days(name: str, *dates: str | None) -> pd.Series:
    """Make an analysis date."""
    return to_sas_date(pd.Series(pd.to_datetime(list(dates)))).rename(name)


def seconds(name: str, *moments: str | None) -> pd.Series:
    """Make an analysis datetime."""
    return to_sas_datetime(pd.Series(pd.to_datetime(list(moments)))).rename(name)


def dates_of(values: pd.Series) -> list[object]:
    return listed(from_sas_date(values).dt.strftime("%Y-%m-%d"))


def moments_of(values: pd.Series) -> list[object]:
    return listed(from_sas_datetime(values).dt.strftime("%Y-%m-%dT%H:%M:%S"))


COLLECTED = text("2014-01-05", "2014-01-05T10:30", "2016-02", "2016", "2014", None)


@pytest.mark.parametrize(
    ("impute", "level", "expected"),
    [
        ("no", "D", (None, None, None)),
        ("first", "D", ("2016-02-01", None, None)),
        ("last", "D", ("2016-02-29", None, None)),
        ("middle", "D", ("2016-02-15", None, None)),
        ("first", "M", ("2016-02-01", "2016-01-01", "2014-01-01")),
        ("last", "M", ("2016-02-29", "2016-12-31", "2014-12-31")),
        ("middle", "M", ("2016-02-15", "2016-06-30", "2014-06-30")),
    ],
)
def test_unknown_parts_become_what_the_rule_says(
    impute: str, level: str, expected: tuple[str | None, ...]
) -> None:
    """Up to the level; a complete date is as collected, a missing one stays missing."""
    found = compute_date(COLLECTED, impute, level)
    assert dates_of(found) == ["2014-01-05", "2014-01-05", *expected, None]


@pytest.mark.parametrize("value", ["2014---05", "2014---05T10:30", "2014"])
def test_parts_behind_an_unknown_one_do_not_count(value: str) -> None:
    """A day without its month says nothing about the date; it is flagged as imputed, too."""
    found = compute_datetime(text(value), "first", "M")
    assert moments_of(found) == ["2014-01-01T00:00:00"]
    assert listed(compute_date_imputed(text(value), found)) == ["M"]
    assert listed(compute_time_imputed(text(value), found)) == ["H"]


def test_what_is_no_date_stays_missing() -> None:
    """A date the calendar lacks, an interval, a time alone, a duration."""
    odd = text("2014-02-30", "2014-01-05/2014-02", "-----T07:15", "P1D", "unknown", "")
    assert dates_of(compute_date(odd, "first", "M")) == [None] * 6


def test_imputed_dates_keep_within_limits() -> None:
    """As far as the collected text allows it; a complete date is never changed."""
    collected = text("2014-01", "2014-01", "2014-01", "2014-01-05", "2014-01")
    treated = days("TRTSDT", "2014-01-20", "2013-12-20", "2014-02-01", "2014-01-20", None)
    found = compute_date(collected, "first", "M", [treated])
    assert dates_of(found) == ["2014-01-20", "2014-01-01", "2014-01-01", "2014-01-05", "2014-01-01"]
    ended = days("EOSDT", "2014-01-20", "2013-12-20", "2014-02-01", "2014-01-02", None)
    found = compute_date(collected, "last", "M", (), [ended])
    assert dates_of(found) == ["2014-01-20", "2014-01-31", "2014-01-31", "2014-01-05", "2014-01-31"]


def test_of_several_limits_the_narrowest_that_applies_counts() -> None:
    """The latest of those before, the earliest of those after, in any order."""
    starts = [days("TRTSDT", "2014-01-20"), days("RFICDT", "2014-01-10"), days("X", "2014-02-01")]
    ends = [days("DTHDT", "2014-01-25"), days("EOSDT", "2014-01-22"), days("X", "2013-01-01")]
    for order in (1, -1):
        first = compute_date(text("2014-01"), "first", "D", starts[::order])
        last = compute_date(text("2014-01"), "last", "D", (), ends[::order])
        assert dates_of(first) + dates_of(last) == ["2014-01-20", "2014-01-22"]


@pytest.mark.parametrize(
    "limit",
    [seconds("TRTSDTM", "2014-01-20T08:00"), text("2014-01-20"), text("2014-01-20T08:00")],
)
def test_limits_may_be_datetimes_or_text(limit: pd.Series) -> None:
    """Of dates, their time parts do not count."""
    for impute, before, after in (("first", [limit], []), ("last", [], [limit])):
        found = compute_date(text("2014-01"), impute, "D", before, after)
        assert dates_of(found) == ["2014-01-20"]


def test_a_partial_limit_limits_nothing() -> None:
    """It is not known which day it is."""
    assert dates_of(compute_date(text("2014"), "first", "M", [text("2014-03")])) == ["2014-01-01"]


def test_a_date_missing_altogether_comes_from_a_limit() -> None:
    """At level Y; where the limit is missing too, the date stays missing."""
    nothing = text(None, None)
    limits = days("TRTSDT", "2014-01-20", None), days("RFICDT", "2014-01-10", None)
    assert dates_of(compute_date(nothing, "first", "Y", limits)) == ["2014-01-20", None]
    assert dates_of(compute_date(nothing, "middle", "Y", limits)) == ["2014-01-20", None]
    assert dates_of(compute_date(nothing, "last", "Y", (), limits)) == ["2014-01-10", None]
    assert dates_of(compute_date(nothing, "first", "M", limits)) == [None, None]
    start = compute_datetime(nothing, "first", "Y", "first", [limits[0]])
    end = compute_datetime(nothing, "last", "Y", "last", (), [limits[0]])
    assert moments_of(start) == ["2014-01-20T00:00:00", None]
    assert moments_of(end) == ["2014-01-20T23:59:59", None]


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("no", (None, None, "10:30:00", "10:30:15", None)),
        ("first", ("00:00:00", "10:00:00", "10:30:00", "10:30:15", "00:00:00")),
        ("last", ("23:59:59", "10:59:59", "10:30:59", "10:30:15", "23:59:59")),
    ],
)
def test_unknown_parts_of_the_time(time: str, expected: tuple[str | None, ...]) -> None:
    """Midnight, or the last second that the known parts allow; nothing without hour and minute."""
    collected = text(*(f"2014-01-01{t}" for t in ("", "T10", "T10:30", "T10:30:15.5")), "2014-01")
    found = compute_datetime(collected, "first", "D", time)
    assert moments_of(found) == [t and f"2014-01-01T{t}" for t in expected]


def test_limits_of_datetimes_have_times() -> None:
    """An event on the day of the dose, its time unknown, did not begin before the dose."""
    collected = text("2014-01-20", "2014-01", "2014-01-20T07", "2014-01-20T08:15")
    dose = seconds("ADSL.TRTSDTM", *["2014-01-20T08:30"] * 4)
    found = compute_datetime(collected, "first", "D", "first", [dose])
    assert moments_of(found) == [
        "2014-01-20T08:30:00",
        "2014-01-20T08:30:00",
        "2014-01-20T07:00:00",
        "2014-01-20T08:15:00",
    ]
    found = compute_datetime(collected, "last", "D", "last", (), [dose])
    assert moments_of(found)[:2] == ["2014-01-20T08:30:00"] * 2


def test_a_date_as_limit_of_a_datetime_is_the_whole_day() -> None:
    """From its first second on, or up to its last one."""
    limit = days("TRTSDT", "2014-01-20")
    start = compute_datetime(text("2014-01"), "first", "D", "last", [limit])
    assert moments_of(start) == ["2014-01-20T00:00:00"]
    for after in (limit, text("2014-01-20")):
        end = compute_datetime(text("2014-01"), "last", "D", "last", (), [after])
        assert moments_of(end) == ["2014-01-20T23:59:59"]


def test_analysis_dates_are_carried() -> None:
    """A datetime gives its date; a date gives a datetime whose time is imputed and flagged."""
    moment, date = seconds("ADTM", "2014-01-05T10:30", None), days("ADT", "2014-01-05", None)
    assert dates_of(compute_date(moment)) == ["2014-01-05", None]
    assert listed(compute_date(date)) == listed(date)
    assert listed(compute_datetime(moment)) == listed(moment)
    assert moments_of(compute_datetime(date, time="last")) == ["2014-01-05T23:59:59", None]
    assert listed(compute_datetime(date, time="no")) == [None, None]
    assert listed(compute_date_imputed(moment, date)) == [None, None]
    assert listed(compute_time_imputed(date, moment)) == ["H", None]
    assert listed(compute_time_imputed(moment, moment)) == [None, None]


def test_flags_name_the_highest_part_imputed() -> None:
    """None where nothing was imputed or there is no date; seconds only where asked for."""
    collected = text("2014-01-05T10:30:15", "2014-01-05T10:30", "2014-01-05T10", "2014-01-05")
    partial = text("2014-01", "2014", None, "2014")
    known, some = number(1, 1, 1, 1), number(1, 1, 1, None)
    assert listed(compute_date_imputed(collected, known)) == [None] * 4
    assert listed(compute_date_imputed(partial, some)) == ["D", "M", "Y", None]
    assert listed(compute_time_imputed(collected, known)) == [None, None, "M", "H"]
    assert listed(compute_time_imputed(collected, known, "flag")) == [None, "S", "M", "H"]
    assert listed(compute_time_imputed(partial, some)) == ["H", "H", "H", None]


def test_parts_of_a_datetime() -> None:
    """Before 1960 as well; what has no time of day has no time part."""
    moments = seconds("ADTM", "2014-01-05T10:30", "1959-12-31T23:00", None)
    assert dates_of(compute_date_part(moments)) == ["2014-01-05", "1959-12-31", None]
    assert listed(compute_time_part(moments)) == [37800, 82800, None]
    assert listed(compute_time_part(text("2014-01-05T10:30", "2014-01-05"))) == [37800, None]
    assert listed(compute_time_part(days("ADT", "2014-01-05"))) == [None]


def test_study_day_of_text_dates_and_datetimes() -> None:
    """They count alike, on either side; there is no day 0."""
    iso = ("2025-03-02", "2025-03-01", "2025-03-03", None)
    given = text(*iso), days("ASTDT", *iso), seconds("ASTDTM", *iso)
    references = (
        text(*["2025-03-02T08:00"] * 4),
        days("ADSL.TRTSDT", *["2025-03-02"] * 4),
        seconds("ADSL.TRTSDTM", *["2025-03-02T08:00"] * 4),
    )
    for dates in given:
        for reference in references:
            assert listed(compute_study_day(dates, reference)) == [1, -1, 2, None]
    assert listed(compute_study_day(text("2025-03", "2025"), references[0][:2])) == [None, None]


@pytest.mark.parametrize(
    ("unit", "inclusive", "expected"),
    [
        ("days", "no", (1461, 0, -2)),
        ("days", "yes", (1462, 1, -2)),
        ("weeks", "no", (1461 / 7, 0, -2 / 7)),
        ("months", "no", (48, 0, -2 / 30.4375)),
        ("years", "no", (4, 0, -2 / 365.25)),
        ("hours", "no", (35076.5, 2, -48)),
        ("minutes", "no", (2104590, 120, -2880)),
        ("seconds", "no", (126275400, 7200, -172800)),
    ],
)
def test_durations(unit: str, inclusive: str, expected: tuple[float, ...]) -> None:
    """Days by date alone, hours by time; missing where a side is; text counts like numbers."""
    starts = ("2010-01-01T10:00", "2014-01-01T21:00", "2014-01-03T08:00", None)
    ends = ("2014-01-01T22:30", "2014-01-01T23:00", "2014-01-01T08:00", "2014-01-01T08:00")
    start, end = seconds("ASTDTM", *starts), seconds("AENDTM", *ends)
    assert listed(compute_duration([start, end], unit, inclusive)) == [*expected, None]
    assert listed(compute_duration([text(*starts), end], unit, inclusive)) == [*expected, None]


def test_hours_need_times_of_day() -> None:
    """A date alone is not midnight."""
    start, end = text("2014-01-01", "2014-01-01T10"), text(*["2014-01-02T08:00"] * 2)
    assert listed(compute_duration([start, end], "hours")) == [None, None]
    assert listed(compute_duration([start, end])) == [1, 1]
    assert listed(compute_duration([days("ADT", "2014-01-01"), end[:1]], "hours")) == [None]


def test_dates_are_moved() -> None:
    """By days or hours, forwards or back."""
    assert dates_of(compute_shifted(days("TRTEDT", "2014-02-20", None), 30)) == ["2014-03-22", None]
    moment = seconds("ADTM", "2014-01-01T10:00", None)
    assert moments_of(compute_shifted(moment, -1, -0.5)) == ["2013-12-31T09:30:00", None]
    assert dates_of(compute_shifted(text("2014-01-01T10:00"), 1)) == ["2014-01-02"]


def test_age_rises_on_the_birthday() -> None:
    """Born on 29 February, on 1 March of a common year."""
    birth = text("2000-02-29", "2000-02-29", "2000-02-29", "1950-12-31", None, "1950")
    at = days("RFICDT", "2001-02-28", "2001-03-01", "2004-02-29", "1950-12-31", *["2014-01-01"] * 2)
    assert listed(compute_age(birth, at)) == [0, 1, 4, 0, None, None]


@pytest.mark.parametrize(
    ("keyword", "arguments", "problem"),
    [
        ("date", {"level": "M"}, "level is M, and nothing is imputed"),
        ("datetime", {"level": "M", "impute": "no"}, "level is M, and nothing is imputed"),
        ("date", {"not_after": ("EOSDT",)}, "not_after limit what is imputed, and nothing is"),
        ("date", {"impute": "first", "level": "Y", "not_after": ("X",)}, "not_before"),
        ("datetime", {"impute": "last", "level": "Y", "not_before": ("X",)}, "not_after"),
        ("duration", {"moments": ("ADT",)}, "the number of columns is 1"),
        ("duration", {"moments": ("ADT", "BDTM"), "unit": "hours"}, "ADT without a time of day"),
        (
            "duration",
            {"moments": ("ADTM", "BDTM"), "unit": "hours", "inclusive": "yes"},
            "inclusive counts days",
        ),
        ("shift_date", {"value": "TRTEDT"}, "it moves by nothing"),
        ("shift_date", {"value": "TRTEDT", "hours": 12}, "TRTEDT has no time of day"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused(
    keyword: str, arguments: dict[str, object], problem: str
) -> None:
    """Before any data is read."""
    found = REGISTRY[keyword].check(**{"value": "AESTDTC"} | arguments)
    assert found
    assert problem in found[0]


@pytest.mark.parametrize(
    ("keyword", "arguments"),
    [
        ("date", {}),
        ("date", {"impute": "first", "level": "Y", "not_before": ("TRTSDT",)}),
        ("datetime", {"not_before": ("TRTSDTM",)}),
        ("duration", {"moments": ("ADT", "BDTM"), "inclusive": "yes"}),
        ("duration", {"moments": ("ADTM", "AESTDTC"), "unit": "hours"}),
        ("shift_date", {"value": "TRTEDTM", "hours": -12}),
    ],
)
def test_sound_rules_pass(keyword: str, arguments: dict[str, object]) -> None:
    """A datetime has limits of its time even where no date is imputed."""
    assert REGISTRY[keyword].check(**{"value": "AESTDTC"} | arguments) is None


YEARS = dt.datetime(1950, 1, 1), dt.datetime(2049, 12, 31, 23, 59, 59)
MOMENTS = st.datetimes(*YEARS).map(lambda moment: moment.replace(microsecond=0))
PRECISIONS = ["%Y", "%Y-%m", "%Y-%m-%d", "%Y-%m-%dT%H", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


@settings(max_examples=60, deadline=None)
@given(
    MOMENTS,
    MOMENTS,
    st.sampled_from(PRECISIONS),
    st.sampled_from(["first", "last", "middle"]),
    st.sampled_from(["first", "last"]),
)
def test_imputation_never_contradicts_what_was_collected(
    moment: dt.datetime, limit: dt.datetime, precision: str, impute: str, time: str
) -> None:
    """Written as precisely as it was collected, the result is the collected text."""
    collected = text(moment.strftime(precision))
    limits = [seconds("TRTSDTM", limit.isoformat())]
    for before, after in ((limits, []), ([], limits), ([], [])):
        found = compute_datetime(collected, impute, "M", time, before, after)
        assert listed(from_sas_datetime(found).dt.strftime(precision)) == listed(collected)
        date = compute_date(collected, impute, "M", before, after)
        assert listed(from_sas_date(date).dt.strftime(precision[:8])) == [
            moment.strftime(precision[:8])
        ]


@settings(max_examples=40, deadline=None)
@given(st.lists(MOMENTS, min_size=2, max_size=20))
def test_study_days_are_never_zero_and_keep_order(moments: list[dt.datetime]) -> None:
    """They count calendar days, and lie in the order of their dates."""
    ordered = sorted(moments)
    dates = seconds("ADTM", *(moment.isoformat() for moment in ordered))
    elapsed = [(moment.date() - ordered[0].date()).days for moment in ordered]
    first, last = (pd.Series([v] * len(dates), name="TRTSDTM") for v in dates.iloc[[0, -1]])
    assert listed(compute_study_day(dates, first)) == [day + 1 for day in elapsed]
    back = compute_study_day(dates, last)
    assert (back != 0).all()
    assert back.is_monotonic_increasing


@pytest.mark.skipif(not PHARMAVERSE.exists(), reason="needs the published ADaM in ../shared")
def test_dates_equal_the_published_adae() -> None:
    """Start, end, flags, days and duration of every event of the CDISC pilot."""
    pyreadstat = pytest.importorskip("pyreadstat")
    path = PHARMAVERSE / "adae.xpt"
    ae, _ = pyreadstat.read_xport(str(path), disable_datetime_conversion=True)
    start_text, end_text = (
        ae[name].replace("", None).astype("str") for name in ("AESTDTC", "AEENDTC")
    )
    start = compute_datetime(start_text, "first", "M", "first", [ae["TRTSDTM"]]).rename("ASTDTM")
    limits = [ae["DTHDT"], ae["EOSDT"]]
    end = compute_datetime(end_text, "last", "M", "last", (), limits).rename("AENDTM")
    found = {
        "ASTDTM": start,
        "ASTDT": compute_date_part(start),
        "ASTDTF": compute_date_imputed(start_text, start),
        "ASTTMF": compute_time_imputed(start_text, start),
        "ASTDY": compute_study_day(start, ae["TRTSDT"]),
        "AENDTM": end,
        "AENTMF": compute_time_imputed(end_text, end),
        "AENDY": compute_study_day(end, ae["TRTSDTM"]),
        "ADURN": compute_duration([start, end], inclusive="yes"),
    }
    published = {name: listed(ae[name].replace("", None)) for name in found}
    assert {name: listed(values) for name, values in found.items()} == published
