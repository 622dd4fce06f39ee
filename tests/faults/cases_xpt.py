"""Broken transport files, and what must be said of each.

They are made from one of version 5 that holds two variables and two records:
TERM (Char, 8 bytes) and DOSE (Num, 8 bytes).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

RECORD = 80
MEMBER, DESCRIPTOR, NAME, LABEL, NAMESTR, VARIABLES = (n * RECORD for n in (3, 4, 5, 6, 7, 8))
TERM, DOSE = VARIABLES, VARIABLES + 140
OBSERVATIONS = VARIABLES + 4 * RECORD
DATA = OBSERVATIONS + RECORD

AGAIN = "fetch or export the file again, in binary mode"


@dataclass(frozen=True)
class Case:
    """One way in which a transport file is broken.

    Args:
        what: Name of the case.
        edit: Sound file to broken file.
        says: A piece of the problem.
        remedy: A piece of the remedy.
        at: How the place ends, where it is not the file.
        version: Of the sound file.
    """

    what: str
    edit: Callable[[bytes], bytes]
    says: str
    remedy: str = AGAIN
    at: str = "ae.xpt"
    version: int = 5


def replace(start: int, new: bytes) -> Callable[[bytes], bytes]:
    return lambda data: data[:start] + new + data[start + len(new) :]


def cut(length: int) -> Callable[[bytes], bytes]:
    return lambda data: data[:length]


def become(content: bytes) -> Callable[[bytes], bytes]:
    return lambda data: content


def swap(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def edit(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new, 1)

    return edit


def short(number: int) -> bytes:
    return number.to_bytes(2, "big", signed=True)


def _zip() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as package:
        package.writestr("ae.xpt", "x")
    return data.getvalue()


OTHER_FILES = [
    Case("an empty file", become(b""), "is empty"),
    Case("one byte", become(b"H"), "is not a SAS transport file", "give the path of an XPT file"),
    Case(
        "a CSV file",
        become(b"A,B\n1,2\n"),
        "is not a SAS transport file",
        "give the path of an XPT",
    ),
    Case("a CPORT file", become(b"**COMPRESSED** " * 9), "is a CPORT file", "XPORT engine"),
    Case("a CPORT library", become(b"LIB CONTROL X" * 9), "is a CPORT file", "XPORT engine"),
    Case(
        "a SAS dataset",
        become(bytes(12) + b"\xc2\xea\x81\x60" + bytes(999)),
        "is a SAS7BDAT file",
        "read it as SAS7BDAT",
    ),
    Case("a ZIP file", become(_zip()), "is a ZIP or an Excel file", "unpack it"),
    Case("a gzip file", become(b"\x1f\x8b\x08" + bytes(99)), "is a gzip file", "unpack it"),
    Case("a Parquet file", become(b"PAR1" + bytes(99)), "is a Parquet file", "read it as Parquet"),
    Case("an XML file", become(b'<?xml version="1.0"?><ODM/>'), "is an XML file", "read it as ODM"),
    Case("a JSON file", become(b'{"a": 1}'), "is a JSON file", "read it as Dataset-JSON"),
]

CUT_OFF = [
    Case("cut after the first record", cut(RECORD), "holds no dataset"),
    Case("cut within a record", lambda data: data[:-7], "are not a multiple of 80"),
    Case("cut before the dataset", cut(MEMBER), "holds no dataset"),
    Case("cut after the dataset's title", cut(DESCRIPTOR), "it ends before the values begin"),
    Case("cut before the dataset's name", cut(NAME), "it ends before the values begin"),
    Case("cut before the variables", cut(NAMESTR), "it ends before the values begin"),
    Case("cut among the variables", cut(VARIABLES + RECORD), "it ends before the values begin"),
    Case("cut before the values' title", cut(OBSERVATIONS), "it ends before the values begin"),
    Case(
        "transferred as text",
        lambda data: b"\r\n".join(data[n : n + 80] for n in range(0, len(data), 80)),
        "has line ends in it: it was transferred as text",
    ),
    Case(
        "a record's end is lost",
        swap(b"HEADER RECORD*******OBS ", b"HEADER RECORD*******XXX "),
        "OBS should begin at byte",
    ),
]

DAMAGED = [
    Case("no member", replace(MEMBER, b"X"), "holds no dataset"),
    Case(
        "variables described at other length",
        replace(MEMBER + 74, b"0136"),
        "its variables are not described in 140 bytes each",
    ),
    Case(
        "a length of descriptions that is no number",
        replace(MEMBER + 74, b"14OO"),
        "'14OO' before byte 320 should be a number",
    ),
    Case("no descriptor", replace(DESCRIPTOR + 20, b"X"), "DSCRPTR should begin at byte 320"),
    Case("no list of variables", replace(NAMESTR + 20, b"X"), "NAMESTR should begin at byte 560"),
    Case(
        "a number of variables that is none",
        replace(NAMESTR + 48, b"00000000AB"),
        "should be a number",
    ),
    Case("no variables", replace(NAMESTR + 48, b"0000000000"), "it has no variables"),
    Case(
        "too few variables",
        replace(NAMESTR + 48, b"0000000001"),
        "OBS should begin at byte",
    ),
    Case(
        "too many variables",
        replace(NAMESTR + 48, b"0000000099"),
        "is of type",
    ),
    Case("an unknown type", replace(TERM, short(3)), "is of type 3, neither Num nor Char"),
    Case("a text of no length", replace(TERM + 4, short(0)), "TERM has a length of 0 bytes"),
    Case("a negative length", replace(TERM + 4, short(-8)), "TERM has a length of -8 bytes"),
    Case("a number of nine bytes", replace(DOSE + 4, short(9)), "DOSE has a length of 9 bytes"),
    Case("a number of one byte", replace(DOSE + 4, short(1)), "DOSE has a length of 1 bytes"),
    Case(
        "a variable at another place",
        replace(DOSE + 84, (999).to_bytes(4, "big")),
        "DOSE is said to lie at byte 999, not 8",
    ),
    Case(
        "two variables of one name",
        replace(DOSE + 8, b"TERM"),
        "two variables have the name 'TERM'",
    ),
    Case("a variable without a name", replace(DOSE + 8, b" " * 8), "variable '' is of type 1"),
    Case(
        "a name beyond ASCII",
        replace(DOSE + 8, b"D\xd6SE"),
        "is not text in ascii",
        "ask for the file's own encoding",
    ),
    Case(
        "a label beyond ASCII",
        replace(DOSE + 16, b"D\xf6sis"),
        "is not text in ascii",
        "ask for the file's own encoding",
    ),
    Case(
        "a dataset's label beyond ASCII",
        replace(LABEL + 32, b"\xc4rger"),
        "is not text in ascii",
        "ask for the file's own encoding",
    ),
    Case(
        "a value beyond ASCII",
        replace(DATA, b"\xdcbel"),
        "is not text in ascii",
        "ask for the file's own encoding",
        at="AE.TERM record 1",
    ),
]

VERSION_8 = [
    Case(
        "more records than there are",
        lambda data: _state_records(data, b"000000000000099"),
        "it states 99 records, and holds",
        version=8,
    ),
    Case(
        "a number of records that is none",
        lambda data: _state_records(data, b"0000000000000XX"),
        "should be a number",
        version=8,
    ),
    Case("cut off, version 8", lambda data: data[: 9 * RECORD], "it ends before", version=8),
    Case(
        "no list of variables, version 8",
        swap(b"NAMSTV8 ", b"NAMSTV9 "),
        "NAMSTV8 should begin at byte",
        version=8,
    ),
]


def _state_records(data: bytes, number: bytes) -> bytes:
    start = data.index(b"OBSV8   ") + 28
    return data[:start] + number + data[start + len(number) :]


CASES = [*OTHER_FILES, *CUT_OFF, *DAMAGED, *VERSION_8]
