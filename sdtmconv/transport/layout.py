"""How a transport file is laid out: the records before the data, packed and unpacked.

SAS's TS-140 describes version 5, "Record Layout of a SAS Version 8 or 9 Data Set in SAS Transport
Format" describes version 8. A file is a sequence of records of 80 bytes; integers are big-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from typing import Final, NamedTuple

from sdtmconv.metadata import DatasetMetadata, VariableMetadata, VariableType
from sdtmconv.transport.sas_formats import SasFormat, parse_sas_format

RECORD: Final = 80
TITLE: Final = 48
NAMESTR: Final = 140

TYPE_CODES: Final[Mapping[VariableType, int]] = {"Num": 1, "Char": 2}

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_FIRST_YEAR = 1960  # of the hundred years that a two-digit year may mean
_SAS_VERSION = b"9.4"
_NAMESTR_FIELDS = struct.Struct(">4h8s40s8s3h2s8s2hl52s")


class Namestr(NamedTuple):
    """The 140 bytes that describe a variable; the names are TS-140's.

    `nfj` is the format's justification; `nhfun` and `nfill` are not used; `rest` is empty in
    version 5 and begins with the long name in version 8.
    """

    ntype: int
    nhfun: int
    nlng: int
    nvar0: int
    nname: bytes
    nlabel: bytes
    nform: bytes
    nfl: int
    nfd: int
    nfj: int
    nfill: bytes
    niform: bytes
    nifl: int
    nifd: int
    npos: int
    rest: bytes


def unpack_namestr(packed: bytes) -> Namestr:
    """Take the description of a variable apart."""
    return Namestr._make(_NAMESTR_FIELDS.unpack(packed))


def _pack_namestrs(
    variables: Sequence[VariableMetadata], informats: Mapping[str, str], encoding: str
) -> bytes:
    offsets = accumulate((variable.length for variable in variables), initial=0)
    return b"".join(
        _pack_namestr(number, offset, variable, informats.get(variable.name, ""), encoding)
        for number, (variable, offset) in enumerate(zip(variables, offsets, strict=False), start=1)
    )


def _pack_namestr(
    number: int, offset: int, variable: VariableMetadata, informat_text: str, encoding: str
) -> bytes:
    display_format = parse_sas_format(variable.display_format) or SasFormat()
    informat = parse_sas_format(informat_text) or SasFormat()
    return _NAMESTR_FIELDS.pack(
        *Namestr(
            ntype=TYPE_CODES[variable.type],
            nhfun=0,
            nlng=variable.length,
            nvar0=number,
            nname=_fill(variable.name, 8),
            nlabel=_fill(variable.label, 40, encoding),
            nform=_fill(display_format.name, 8),
            nfl=display_format.width,
            nfd=display_format.decimals,
            nfj=0,
            nfill=b"",
            niform=_fill(informat.name, 8),
            nifl=informat.width,
            nifd=informat.decimals,
            npos=offset,
            rest=b"",
        )
    )


def _fill(text: str, width: int, encoding: str = "ascii") -> bytes:
    return text.encode(encoding).ljust(width)


def pack_stamp(moment: datetime) -> bytes:
    """Write a time as ddMMMyy:hh:mm:ss.

    >>> pack_stamp(datetime(2025, 3, 7, 8, 30))
    b'07MAR25:08:30:00'
    """
    month = _MONTHS[moment.month - 1]
    return f"{moment:%d}{month}{moment.year % 100:02d}:{moment:%H:%M:%S}".encode("ascii")


def unpack_stamp(stamp: bytes) -> datetime | None:
    """Read a time written as ddMMMyy:hh:mm:ss, of 1960 to 2059; None where it is not one.

    >>> unpack_stamp(b"07MAR25:08:30:00")
    datetime.datetime(2025, 3, 7, 8, 30)
    """
    try:
        text = stamp.decode("ascii").upper()
        day, month, year = int(text[:2]), _MONTHS.index(text[2:5]) + 1, int(text[5:7])
        hour, minute, second = (int(part) for part in text[8:16].split(":"))
        full_year = _FIRST_YEAR + (year - _FIRST_YEAR) % 100
        return datetime(full_year, month, day, hour, minute, second)
    except ValueError:
        return None


def pack_title(name: str, numbers: str = "0" * 30) -> bytes:
    """Make the record that begins a section of the file, such as OBS.

    >>> pack_title("OBS")[:51]
    b'HEADER RECORD*******OBS     HEADER RECORD!!!!!!!000'
    """
    return f"HEADER RECORD*******{name:<8}HEADER RECORD!!!!!!!{numbers}".ljust(RECORD).encode()


def pad(data: bytes) -> bytes:
    """Fill the last record up with blanks."""
    return data + b" " * (-len(data) % RECORD)


def pack_header(
    metadata: DatasetMetadata, informats: Mapping[str, str], created: datetime, encoding: str
) -> bytes:
    """Make all the records before the data of a version 5 file with one dataset.

    Args:
        metadata: The dataset, within the format's limits.
        informats: Variable to informat.
        created: The time stamp, in both of its places.
        encoding: Of the labels.
    """
    stamp = pack_stamp(created)
    made_by = _SAS_VERSION.ljust(8) + b" " * 8  # the operating system is left blank
    name, label = _fill(metadata.name, 8), _fill(metadata.label, 40, encoding)
    records = (
        pack_title("LIBRARY"),
        b"SAS     SAS     SASLIB  " + made_by + b" " * 24 + stamp,
        stamp,
        pack_title("MEMBER", f"{160:020d}{NAMESTR:010d}"),
        pack_title("DSCRPTR"),
        b"SAS     " + name + b"SASDATA " + made_by + b" " * 24 + stamp,
        stamp + b" " * 16 + label,
        pack_title("NAMESTR", f"{len(metadata.variables):010d}{0:020d}"),
        _pack_namestrs(metadata.variables, informats, encoding),
        pack_title("OBS"),
    )
    return b"".join(pad(record) for record in records)
