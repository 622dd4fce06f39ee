"""SAS formats and informats, such as DATE9., 8.2, E8601DT19.2 and $20.: text to parts and back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

# A format's name never ends in a digit, so a width can be told from it.
_NAME = r"\$?(?:[A-Z_](?:[A-Z0-9_]*[A-Z_])?)?"
_FORMAT = re.compile(rf"(?P<name>{_NAME})(?:(?P<width>[0-9]+)\.(?P<decimals>[0-9]*)|\.)")


MomentKind = Literal["date", "datetime", "time"]

# SAS's own formats for dates (also those that show only part of one), date-times and times.
_DATE = re.compile(
    r"DATE|DAY|DOWNAME|(DDMMYY|MMDDYY|YYMMDD)[BCDNPS]?|(MMYY|YYMM|YYQR?)[CDNPS]?|YYMON"
    r"|MON(YY|TH|NAME)|YEAR|QTRR?|WEEK(DAT[EX]|DAY|[UVW])|WORDDAT[EX]|JUL(IAN|DAY)"
    r"|(E8601|B8601|IS8601)DA|NLDATE\w*"
)
_DATETIME = re.compile(
    r"DATETIME|DATEAMPM|MDYAMPM|DT(DATE|MONYY|WKDATX|YEAR|YYQC)"
    r"|(E8601|B8601|IS8601)(D[TNXZ]|LX)|NLDATM\w*"
)
_TIME = re.compile(r"TIME|TIMEAMPM|TOD|HHMM|HOUR|MMSS|(E8601|B8601|IS8601)(T[MXZ]|LZ)|NLTIM\w*")


@dataclass(frozen=True)
class SasFormat:
    """A format in the three parts that a transport file stores.

    Args:
        name: Up to 8 bytes, beginning with $ for Char; empty for a plain number format such as 8.2.
        width: Characters in all; 0 for the format's own default.
        decimals: Digits after the decimal point.
    """

    name: str = ""
    width: int = 0
    decimals: int = 0

    def __str__(self) -> str:
        if self == SasFormat():
            return ""
        return f"{self.name}{self.width or ''}.{self.decimals or ''}"

    @property
    def is_char(self) -> bool:
        """True for a format of Char variables."""
        return self.name.startswith("$")


def parse_sas_format(text: str) -> SasFormat | None:
    """Take a format apart; None where it is none.

    Args:
        text: As SAS programs write it, with its point; empty for no format.

    >>> parse_sas_format("E8601DT19.2")
    SasFormat(name='E8601DT', width=19, decimals=2)
    >>> parse_sas_format("$20."), parse_sas_format("8.2")
    (SasFormat(name='$', width=20, decimals=0), SasFormat(name='', width=8, decimals=2))
    >>> parse_sas_format("DATE9") is None
    True
    """
    if not text:
        return SasFormat()
    match = _FORMAT.fullmatch(text.upper())
    if match is None or text == ".":
        return None
    return SasFormat(match["name"], int(match["width"] or 0), int(match["decimals"] or 0))


def find_moment_kind(text: str) -> MomentKind | None:
    """Tell which moment the numbers of a format are; None where they are none.

    >>> [find_moment_kind(text) for text in ("DATE9.", "E8601DT19.", "TIME5.", "8.2", "")]
    ['date', 'datetime', 'time', None, None]
    """
    parsed = parse_sas_format(text)
    name = parsed.name if parsed else ""
    if _DATE.fullmatch(name):
        return "date"
    if _DATETIME.fullmatch(name):
        return "datetime"
    return "time" if _TIME.fullmatch(name) else None
