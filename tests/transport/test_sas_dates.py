"""SAS dates, datetimes and times."""

import numpy as np
import pandas as pd
import pytest

from sdtmconv.errors import TransportError
from sdtmconv.transport import (
    from_sas_date,
    from_sas_datetime,
    from_sas_time,
    to_sas_date,
    to_sas_datetime,
    to_sas_time,
)
from sdtmconv.transport.ibm import special_missing

MOMENTS = pd.Series(
    pd.to_datetime(
        ["1582-01-01", "1959-12-31T23:59:59", "1960-01-01", None, "2025-03-07T08:30:00.25"],
        format="ISO8601",
    )
)


def test_a_date_is_days_from_1960():
    """A SAS date is a whole number of days; the time of day is not part of it."""
    assert to_sas_date(MOMENTS).tolist()[:3] == [-138061.0, -1.0, 0.0]
    assert np.isnan(to_sas_date(MOMENTS)[3])
    assert to_sas_date(MOMENTS)[4] == 23807.0


def test_a_datetime_is_seconds_from_1960():
    """A SAS datetime is seconds, with their fraction."""
    seconds = to_sas_datetime(MOMENTS)
    assert seconds[1] == -1.0
    assert seconds[4] == 23807 * 86400 + 8.5 * 3600 + 0.25
    pd.testing.assert_series_equal(from_sas_datetime(seconds), MOMENTS.astype("datetime64[us]"))


def test_dates_come_back():
    """The way there and back gives the day."""
    expected = MOMENTS.dt.normalize().astype("datetime64[us]")
    pd.testing.assert_series_equal(from_sas_date(to_sas_date(MOMENTS)), expected)


def test_times_come_back():
    """A SAS time is seconds from midnight."""
    times = pd.Series(pd.to_timedelta(["00:00:00", None, "23:59:59.5"])).astype("timedelta64[us]")
    assert to_sas_time(times).tolist()[::2] == [0.0, 86399.5]
    pd.testing.assert_series_equal(from_sas_time(to_sas_time(times)), times)


def test_special_missing_values_are_no_dates():
    """A special missing value is NaT."""
    assert from_sas_date(pd.Series([special_missing("A")])).isna().all()


@pytest.mark.parametrize("days", [-138062.0, 6552816.0, 1e300, np.inf, -np.inf])
def test_dates_that_sas_has_not_are_refused(days):
    """A number outside the years 1582 to 19900 is named with its record."""
    with pytest.raises(TransportError, match=r"ADT record 2: .* outside SAS's years"):
        from_sas_date(pd.Series([0.0, days], index=[5, 5], name="ADT"))
