"""Dates, times and durations: reading collected text, and what ISO 8601 text says."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdtmconv.errors import SpecError
from sdtmconv.iso8601 import (
    bounds,
    format_duration,
    is_duration,
    is_iso8601,
    parse_collected,
    parse_duration_hours,
    parse_formats,
    to_date,
    to_datetime,
)

UNREADABLE = "(unreadable)"


def make_texts(*values: str | None) -> pd.Series[str]:
    """Make a Char column with an index of its own."""
    return pd.Series(values, dtype="str", index=range(7, 7 + len(values)))


def list_values(values: pd.Series) -> list[object]:
    """List a column's values with None for missing; date-times as text."""
    texts = values.astype("str") if values.dtype.kind == "M" else values
    return [None if pd.isna(value) else value for value in texts]


def read(values: list[str | None], *formats: str) -> list[object]:
    """Read collected dates, showing the unreadable ones."""
    text, unreadable = parse_collected(make_texts(*values), formats)
    assert text.index.equals(unreadable.index)
    assert not (text.notna() & unreadable).any()
    return list_values(text.mask(unreadable, UNREADABLE))


@pytest.mark.parametrize(
    ("form", "value", "expected"),
    [
        ("DD-MON-YYYY", "02-MAR-2025", "2025-03-02"),
        ("DD-MON-YYYY", " 2-mar-2025 ", "2025-03-02"),
        ("DD-MON-YYYY", "02-March-2025", "2025-03-02"),
        ("dd-mon-yyyy", "02-Mar-2025", "2025-03-02"),
        ("DDMONYYYY", "02MAR2025", "2025-03-02"),
        ("DDMONYYYY", "2MAR2025", "2025-03-02"),
        ("MM/DD/YYYY", "01/06/2014", "2014-01-06"),
        ("MM/DD/YYYY", "1/6/2014", "2014-01-06"),
        ("DD.MM.YYYY", "01.06.2014", "2014-06-01"),
        ("MM-DD-YYYY", "01-02-2014", "2014-01-02"),
        ("MON DD, YYYY", "Mar 2, 2025", "2025-03-02"),
        ("YYYYMMDD", "20250302", "2025-03-02"),
        ("DDMMYY(1930)", "020329", "2029-03-02"),
        ("DDMMYY(1930)", "020330", "1930-03-02"),
        ("YYYY-MM-DD", "2024-02-29", "2024-02-29"),
        ("YYYY-MM-DDTHH:MM", "2025-03-02T09:30", "2025-03-02T09:30"),
        ("YYYY-MM-DD HH:MM:SS", "2025-03-02  09:30:05.120", "2025-03-02T09:30:05.120"),
        ("DDMONYYYY:HH:MM:SS", "02MAR2025:09:30:05", "2025-03-02T09:30:05"),
        ("DD-MON-YYYY HH:MI AM", "02-MAR-2025 12:05 am", "2025-03-02T00:05"),
        ("DD-MON-YYYY HH:MI AM", "02-MAR-2025 1:05 p.m.", "2025-03-02T13:05"),
        ("HHMM DD/MM/YYYY", "0930 02/03/2025", "2025-03-02T09:30"),
    ],
)
def test_whole_dates(form: str, value: str, expected: str) -> None:
    """A value in the stated form becomes ISO 8601 text."""
    assert read([value], form) == [expected]


@pytest.mark.parametrize(
    ("form", "value", "expected"),
    [
        ("DD-MON-YYYY", "UN-MAR-2025", "2025-03"),
        ("DD-MON-YYYY", "un-unk-2025", "2025"),
        ("DD-MON-YYYY", "UK-UNKNOWN-2025", "2025"),
        ("DD-MON-YYYY", "NK-MAR-2025", "2025-03"),
        ("DD-MON-YYYY", "XX-XXX-2025", "2025"),
        ("DD-MON-YYYY", "-----2025", "2025"),
        ("DD-MON-YYYY", "??-MAR-2025", "2025-03"),
        ("DD-MON-YYYY", "00-MAR-2025", "2025-03"),
        ("DD-MON-YYYY", "-MAR-2025", "2025-03"),
        ("DD-MON-YYYY", "MAR-2025", "2025-03"),
        ("DD-MON-YYYY", "2025", "2025"),
        ("DD-MON-YYYY", "02-UNK-2025", "2025---02"),
        ("DD-MON-YYYY", "02-MAR-UNKN", "--03-02"),
        ("DD-MON-YYYY", "UN-UNK-UNKN", None),
        ("DD-MON-YYYY", "UNK", None),
        ("DD-MON-YYYY", "", None),
        ("DD-MON-YYYY", None, None),
        ("DDMONYYYY", "UNMAR2025", "2025-03"),
        ("DDMONYYYY", "UNUNK2025", "2025"),
        ("DDMONYYYY", "MAR2025", "2025-03"),
        ("DDMMYYYY", "122025", "2025-12"),
        ("YYYYMMDD", "202503", "2025-03"),
        ("MM/DD/YYYY", "UN/UN/2014", "2014"),
        ("MM/DD/YYYY", "//2014", "2014"),
        ("MM/DD/YYYY", "03/2014", "2014-03"),
        ("YYYY-MM-DD", "2025---02", "2025---02"),
        ("YYYY-MM-DD", "2025-03", "2025-03"),
        ("YYYY-MM-DDTHH:MM:SS", "2025-03-02T09", "2025-03-02T09"),
        ("YYYY-MM-DDTHH:MM:SS", "2025-03-02TUN:30", "2025-03-02T-:30"),
        ("YYYY-MM-DDTHH:MM:SS", "2025-03-02T13:-:17", "2025-03-02T13:-:17"),
        ("YYYY-MM-DDTHH:MM:SS", "2025-03-02", "2025-03-02"),
        ("DD-MON-YYYY HH:MM AM", "02-MAR-2025 1 PM", "2025-03-02T13"),
        ("DD-MON-YYYY HH:MM AM", "02-MAR-2025", "2025-03-02"),
    ],
)
def test_partial_dates(form: str, value: str | None, expected: str | None) -> None:
    """What was not collected is left out or a hyphen; a value that says nothing is missing."""
    assert read([value], form) == [expected]


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("DD-MON-YYYY", "31-FEB-2025"),
        ("DD-MON-YYYY", "29-FEB-2025"),
        ("DD-MON-YYYY", "30-FEB-UNKN"),
        ("DD-MON-YYYY", "32-UNK-2025"),
        ("DD-MON-YYYY", "02-MRZ-2025"),
        ("DD-MON-YYYY", "02/MAR/2025"),
        ("DD-MON-YYYY", "02-MAR-25"),
        ("DD-MON-YYYY", "02-MAR-2025 09:30"),
        ("DD-MON-YYYY", "none"),
        ("MM/DD/YYYY", "13/01/2014"),
        ("DDMMYYYY", "2032025"),
        ("DDMONYYYY", "022025"),
        ("YYYY-MM-DDTHH:MM", "2025-03-02T24:00"),
        ("YYYY-MM-DDTHH:MM", "2025-03-02T09:3"),
        ("DD-MON-YYYY HH:MM AM", "02-MAR-2025 13:05 PM"),
        ("DD-MON-YYYY HH:MM AM", "02-MAR-2025 0:05 AM"),
        ("DD-MON-YYYY HH:MM AM", "02-MAR-2025 11:05"),
    ],
)
def test_unreadable_dates(form: str, value: str) -> None:
    """What the form or the calendar does not have is reported, never mended."""
    assert read(["02-MAR-2025", value, None], "DD-MON-YYYY", form)[1:] == [UNREADABLE, None]


def test_several_formats() -> None:
    """The first form that reads a value counts."""
    values = ["02-MAR-2025", "2025-03-04", "20250305", "05MAR2025", "2025"]
    expected = ["2025-03-02", "2025-03-04", "2025-03-05", UNREADABLE, "2025"]
    assert read(values, "DD-MON-YYYY", "YYYY-MM-DD", "YYYYMMDD") == expected


def test_time_in_its_own_column() -> None:
    """A time is added as far as it is known, to a partial or missing date as SDTMIG has it."""
    dates = make_texts("02-MAR-2025", "02-MAR-2025", "02-MAR-2025", "MAR-2025", None, None)
    times = make_texts("9:30", "UN:30", None, "09:30", "07:15", "UN:UN")
    text, unreadable = parse_collected(dates, ["DD-MON-YYYY"], times, ["HH:MM"])
    assert list_values(text) == [
        "2025-03-02T09:30", "2025-03-02T-:30", "2025-03-02", "2025-03--T09:30", "-----T07:15", None,
    ]  # fmt: skip
    assert not unreadable.any()
    assert list_values(is_iso8601(text)) == [True] * 5 + [False]


def test_unreadable_time_or_date() -> None:
    """A record is unreadable if its date or its time is."""
    dates = make_texts("02-MAR-2025", "31-FEB-2025", None)
    times = make_texts("25:00", "09:30", "noon")
    text, unreadable = parse_collected(dates, ["DD-MON-YYYY"], times, ["HH:MM"])
    assert list_values(text) == [None] * 3
    assert unreadable.all()


def test_no_records() -> None:
    """Columns without records give columns without records."""
    none = make_texts()
    assert parse_collected(none, ["DD-MON-YYYY"], none, ["HH:MM"]).text.tolist() == []
    assert is_iso8601(none).tolist() == []
    assert [side.tolist() for side in bounds(none)] == [[], []]
    assert parse_duration_hours(none).tolist() == []


@pytest.mark.parametrize(
    ("forms", "problem"),
    [
        (["DD-MMM-YYYY"], "format 'DD-MMM-YYYY': 'M' is no part of a date or time"),
        (["D/M/YYYY"], "format 'D/M/YYYY': 'D' is no part of a date or time"),
        (["DD/MM/YY"], "format 'DD/MM/YY': 'Y' is no part of a date or time"),
        (["DD-MON"], "format 'DD-MON': it has the month without the year"),
        (["DD-YYYY"], "format 'DD-YYYY': it has the day without the month"),
        (["MON-MM-YYYY"], "format 'MON-MM-YYYY': it has the month twice"),
        (["SS"], "format 'SS': it has the second without the minute"),
        ([" "], "format ' ': it is empty"),
        (
            ["MM/DD/YYYY", "DD/MM/YYYY"],
            "formats 'MM/DD/YYYY' and 'DD/MM/YYYY' read the same text as different dates",
        ),
    ],
)
def test_faulty_formats(forms: list[str], problem: str) -> None:
    """A form that cannot be read, or a choice that would be a guess, is a fault of the spec."""
    with pytest.raises(SpecError) as caught:
        parse_formats(forms, "ae.yaml:7")
    (fault,) = caught.value.faults
    assert (fault.place, fault.problem) == ("ae.yaml:7", problem)


def test_all_faulty_formats_are_reported_at_once() -> None:
    """One error carries the faults of all forms."""
    with pytest.raises(SpecError) as caught:
        parse_formats(["DD/MM/YY", "YYYY-MM-DD", "FOO"], "ae.yaml:7")
    assert len(caught.value.faults) == 2


def test_parts_of_a_format() -> None:
    """A form says what it reads; MM is the minute after HH and the month elsewhere."""
    date, time = parse_formats(["MM/DD/YYYY", "HH:MM AM"], "ae.yaml:7")
    assert date.parts == ("month", "day", "year")
    assert time.parts == ("hour", "minute", "half")


VALID = [
    "2003", "2003-12", "2003-12-15", "2003-12-15T13", "2003-12-15T13:14", "2003-12-15T13:14:17",
    "2003-12-15T13:14:17.123", "2003-12-15T-:15", "2003-12-15T13:-:17", "2003-12-15T-:-:17",
    "2003---15", "--12-15", "----15", "--12", "-----T07:15", "2003-12--T07:15", "2024-02-29",
    "--02-29", "2003---31", "2003-12-15T13:14Z", "2003-12-15T13:14:17+08:00", "2003-12-15T13-05:30",
    "2003-12-15T10:00/2003-12-15T10:30", "2003-01/2003-06", "2003-12-15/P10D", "PT3H/2003-12-15",
]  # fmt: skip
INVALID = [
    "", "T", "-", "--", "2003-", "2003--", "2003-12-", "2003-12--", "2003-1", "2003-13", "2003-00",
    "2003-12-32", "2003-02-29", "2003-04-31", "--02-30", "2003---32", "2003-12-15T", "2003-12T10",
    "2003-12-15T24", "2003-12-15T13:60", "2003-12-15T13:14:60", "2003-12-15T13:14:", "2003-12-15T-",
    "2003-12-15T13:14:17.", "2003-12-15T--:15", "2003-12-15T13:14:-", "2003-12-15T13:14+8:00",
    "2003-12-15T13:14+24:00", "2003-12-15Z", "2003-12-15 13:14", "2003-12-15t13:14", "20031215",
    "15DEC2003", "2003-12-15T13:14:17,5", "2003/", "/2003", "2003/2004/2005", "PT3H/P1D", "P1D",
    "2003-12-15\n", " 2003", "２００３",
]  # fmt: skip


def test_iso8601_of_sdtm() -> None:
    """The date-times and intervals of SDTMIG 4.4 are valid, and nothing else."""
    texts = make_texts(*VALID, *INVALID, None)
    accepted = texts[is_iso8601(texts)].tolist()
    assert accepted == VALID


def test_durations() -> None:
    """Weeks stand alone, only the last part has a fraction, a sign may stand in front."""
    valid = ["P2Y", "P10W", "P3M14D", "P6M17DT3H", "PT42M18S", "PT0.5H", "P5DT12.25H", "P4.5W",
             "-PT15M", "+P1D", "PT0S"]  # fmt: skip
    invalid = ["P", "PT", "P1DT", "1D", "P1H", "PT1D", "P1W2D", "P1.5DT2H", "PT.5H", "P-1D", "p1d"]
    texts = make_texts(*valid, *invalid, None)
    assert texts[is_duration(texts)].tolist() == valid


def test_dates_and_times_of_iso_texts() -> None:
    """A date needs its day; unknown parts of a time are zero; a zone is not applied."""
    iso = make_texts(
        "2025-03-02", "2025-03-02T12:30:15.9+08:00", "2025-03-02T-:30", "2025-03",
        "2025-03--T07:15", "2025-02-29", "2025-03-02/2025-03-03", None,
    )  # fmt: skip
    assert to_date(iso).dtype == "datetime64[s]"
    assert list_values(to_date(iso)) == ["2025-03-02"] * 3 + [None] * 5
    moments = ["2025-03-02 00:00:00", "2025-03-02 12:30:15", "2025-03-02 00:30:00"]
    assert list_values(to_datetime(iso)) == moments + [None] * 5


@pytest.mark.parametrize(
    ("iso", "first", "last"),
    [
        ("2025", "2025-01-01 00:00:00", "2025-12-31 23:59:59"),
        ("2024-02", "2024-02-01 00:00:00", "2024-02-29 23:59:59"),
        ("2025---31", "2025-01-31 00:00:00", "2025-12-31 23:59:59"),
        ("2025-03-02", "2025-03-02 00:00:00", "2025-03-02 23:59:59"),
        ("2025-03-02T12", "2025-03-02 12:00:00", "2025-03-02 12:59:59"),
        ("2025-03-02T-:30", "2025-03-02 00:30:00", "2025-03-02 23:30:59"),
        ("2025-03-02T12:30:15", "2025-03-02 12:30:15", "2025-03-02 12:30:15"),
        ("2025-03/2025-06", "2025-03-01 00:00:00", "2025-06-30 23:59:59"),
        ("2025-03-02/P10D", "2025-03-02 00:00:00", None),
        ("--12-15", None, None),
        ("2025-02-30", None, None),
    ],
)
def test_bounds(iso: str, first: str | None, last: str | None) -> None:
    """A partial date-time spans from its first to its last possible second."""
    earliest, latest = bounds(pd.Series([iso, "2025-01-01T10:00:00"], dtype="str"))
    assert (list_values(earliest)[0], list_values(latest)[0]) == (first, last)


def test_durations_in_hours() -> None:
    """Hours are written to the second and read again; years and months have no fixed length."""
    hours = pd.Series([1.5, -0.25, 336, 0, 1 / 3600, -1e-9, None])
    texts = ["PT1H30M", "-PT15M", "PT336H", "PT0H", "PT1S", "PT0H", None]
    assert list_values(format_duration(hours)) == texts
    iso = make_texts("P1DT12H", "-P2W", "PT0.5H", "P1M", "P1Y", "P1DT", None)
    assert list_values(parse_duration_hours(iso)) == [36, -336, 0.5, None, None, None, None]


FORMATS = {
    "DD-MON-YYYY": "%d-%b-%Y",
    "MON DD, YYYY": "%B %d, %Y",
    "DDMONYYYY": "%d%b%Y",
    "MM/DD/YYYY": "%m/%d/%Y",
    "DD.MM.YYYY": "%d.%m.%Y",
    "YYYYMMDD": "%Y%m%d",
    "DDMMYY(1950)": "%d%m%y",
    "YYYY-MM-DDTHH:MM": "%Y-%m-%dT%H:%M",
    "DDMONYYYY:HH:MM:SS": "%d%b%Y:%H:%M:%S",
    "DD/MM/YYYY HH:MI AM": "%d/%m/%Y %I:%M %p",
    "YYYYMMDDHHMMSS": "%Y%m%d%H%M%S",
}
MOMENTS = st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(2049, 12, 31, 23, 59, 59))


@settings(max_examples=40, deadline=None)
@given(st.lists(MOMENTS, min_size=1, max_size=20), st.sampled_from(list(FORMATS)))
def test_every_moment_in_every_format(moments: list[dt.datetime], form: str) -> None:
    """Any date-time written in any form reads as its ISO text, as precise as the form."""
    precision = "%Y-%m-%d" + "T%H:%M" * ("HH" in form) + ":%S" * ("SS" in form)
    collected = [moment.strftime(FORMATS[form]) for moment in moments]
    assert read([*collected], form) == [moment.strftime(precision) for moment in moments]


@settings(max_examples=40, deadline=None)
@given(st.lists(MOMENTS, min_size=1, max_size=20), st.sampled_from([4, 7, 10, 13, 16, 19]))
def test_bounds_hold_the_moment(moments: list[dt.datetime], length: int) -> None:
    """The bounds of a date-time cut off anywhere hold it, and sort as the texts do."""
    texts = make_texts(*[moment.strftime("%Y-%m-%dT%H:%M:%S")[:length] for moment in moments])
    earliest, latest = bounds(texts)
    exact = pd.Series(moments, index=texts.index).dt.floor("s")
    assert is_iso8601(texts).all()
    assert ((earliest <= exact) & (exact <= latest)).all()
    assert texts[earliest.sort_values(kind="stable").index].is_monotonic_increasing


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.text("0123459-:T/PZ.+ ANUMRK?Xé\n", max_size=20) | st.text(max_size=8), max_size=8),
    st.sampled_from([*FORMATS]),
)
def test_any_text_is_read_or_unreadable(values: list[str], form: str) -> None:
    """No text ends in an error, and whatever is read is valid ISO 8601."""
    text, unreadable = parse_collected(make_texts(*values), [form])
    assert is_iso8601(text[text.notna()]).all()
    assert not unreadable[text.notna()].any()
    iso = make_texts(*values)
    known = to_date(iso).notna()
    assert is_iso8601(iso)[known].all()
    assert not (is_iso8601(iso) & is_duration(iso)).any()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-(10**6), 10**6), min_size=1))
def test_durations_come_back(seconds: list[int]) -> None:
    """Any whole number of seconds is written as a valid duration of the same length."""
    hours = pd.Series([second / 3600 for second in seconds])
    texts = format_duration(hours)
    assert is_duration(texts).all()
    assert (parse_duration_hours(texts) - hours).abs().max() < 1e-9
