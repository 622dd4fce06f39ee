"""Dates, times and durations: collected text to ISO 8601, and ISO 8601 text to what it says.

SDTMIG 4.4.2 keeps the precision of what was collected: parts unknown at the end are left out
(`2025-03`), parts unknown in between are one hyphen (`2025---02`, `2025-03-02T-:30`). Nothing is
imputed here.

ISO texts of one column sort as text: a value stands before the more precise ones that begin like
it, so `2025-03` < `2025-03-01` < `2025-03-01T08:00`.

Work is done once per distinct text of a column, then handed to its rows. A time zone is checked
but never applied: dates and clock times are those of the place where they were collected.
"""

from sdtmconv.iso8601.collected import Collected, parse_collected
from sdtmconv.iso8601.durations import format_duration, is_duration, parse_duration_hours
from sdtmconv.iso8601.formats import CollectedFormat, parse_formats
from sdtmconv.iso8601.moments import bounds, is_iso8601, to_date, to_datetime

__all__ = [
    "Collected",
    "CollectedFormat",
    "bounds",
    "format_duration",
    "is_duration",
    "is_iso8601",
    "parse_collected",
    "parse_duration_hours",
    "parse_formats",
    "to_date",
    "to_datetime",
]
