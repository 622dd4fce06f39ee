"""Reader for CSV: text whose fields stand between delimiters, quoted where they need it.

Arrow does the reading, fast and in one pass, but it joins whatever follows a quote that is never
closed, drops a quote that stands inside a quoted field, and cannot say on which line a record is
short. So the quotes are checked before it reads (on whole arrays), and a file with something
wrong, or with quotes in unquoted fields, is walked record by record with Python's csv module.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as arrow_csv

from sdtmconv.errors import DataError, Fault, raise_faults
from sdtmconv.raw.encoding import line_number, to_utf8
from sdtmconv.raw.table import Content, Numbers, RawSource, first_faults

_HEAD_BYTES = 1 << 20
_SAMPLE_RECORDS = 20
_DELIMITERS = (",", ";", "\t", "|")
_QUOTE, _LF, _CR = b'"\n\r'
_LINE_END = re.compile(rb"\r\n|\n|\r")

Bytes = npt.NDArray[np.uint8]


def _header_offset(text: bytes, header_row: int) -> int:
    ends = [match.end() for match in islice(_LINE_END.finditer(text), header_row - 1)]
    return [0, *ends][-1] if len(ends) == header_row - 1 else len(text)


def _read_body(source: RawSource, data: bytes, complete: bool = True) -> tuple[bytes, str]:
    """Return the file as UTF-8, from the header on and with a line end at its end."""
    text, encoding = to_utf8(source, data, complete)
    if b"\0" in text:
        where = f"line {line_number(text[: text.index(0)].decode())}"
        remedy = "state `encoding: utf-16-le` if it is UTF-16, or export it again as CSV"
        raise DataError(source.fault("a NUL character, which text does not hold", remedy, where))
    body = text[_header_offset(text, source.header_row) :]
    if not body[:_HEAD_BYTES].strip():
        if not text.strip():
            raise DataError(source.fault("the file is empty", "export it again"))
        problem = f"there is no header on line {source.header_row}"
        remedy = "state in `header_row` the line on which the columns' names stand"
        raise DataError(source.fault(problem, remedy))
    return (body if body.endswith(b"\n") else body + b"\n"), encoding


def _stated_delimiter(source: RawSource) -> str:
    delimiter = "\t" if source.delimiter.lower() in ("tab", r"\t") else source.delimiter
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n\0':
        problem = f"{source.delimiter!r} cannot be a delimiter"
        raise DataError(source.setting_fault(problem, "use one ASCII character, or tab"))
    return delimiter


def _head(body: bytes) -> io.StringIO:
    return io.StringIO(body[:_HEAD_BYTES].decode("utf-8", errors="ignore"), newline="")


def _sample_field_counts(body: bytes, delimiter: str) -> list[int]:
    """Count the fields of the first records; none where they cannot be told apart."""
    reader = csv.reader(_head(body), delimiter=delimiter)
    try:
        counts = [len(fields) for fields in islice(filter(None, reader), _SAMPLE_RECORDS)]
    except csv.Error:
        return []
    is_cut = len(body) > _HEAD_BYTES and len(counts) < _SAMPLE_RECORDS
    return counts[:-1] if is_cut and len(counts) > 1 else counts


def _find_delimiter(source: RawSource, body: bytes) -> str:
    if source.delimiter:
        return _stated_delimiter(source)
    counts = {delimiter: _sample_field_counts(body, delimiter) for delimiter in _DELIMITERS}
    splitting = [
        delimiter for delimiter in _DELIMITERS if max(counts[delimiter][:1], default=0) > 1
    ]
    consistent = [delimiter for delimiter in splitting if len(set(counts[delimiter])) == 1]
    for candidates in (splitting, consistent):
        if len(candidates) == 1:
            return candidates[0]
    if not splitting:
        return _DELIMITERS[0]
    problem = f"the delimiter may be any of {' '.join(map(repr, splitting))}"
    raise DataError(source.fault(problem, "state it, as `delimiter: ';'`"))


def _quote_fault(source: RawSource, line: int, error: csv.Error) -> Fault:
    return source.fault(
        f"the quotes of the record that begins here do not pair ({error})",
        'close every quoted field, and write a quote inside one twice, as in "5"" tube"',
        f"line {line}",
    )


def _read_header(source: RawSource, body: bytes, delimiter: str) -> list[str]:
    try:
        return next(filter(None, csv.reader(_head(body), delimiter=delimiter, strict=True)), [])
    except csv.Error as error:
        raise DataError(_quote_fault(source, source.header_row, error)) from None


def _are_quotes_paired(octets: Bytes, quotes: Numbers, delimiter: str) -> bool:
    """Check that every quote opens or closes a field, or is doubled within a quoted field.

    Counted from the file's start, an odd quote opens and an even one closes. An opening quote
    stands at a field's start, a closing one at its end; a doubled quote closes and opens again.
    """
    if len(quotes) % 2:
        return False
    beside = np.zeros(256, dtype=bool)
    beside[[ord(delimiter), _LF, _CR, _QUOTE]] = True
    # A quote that begins the text has the text's last octet, a line end, before it.
    return bool(beside[octets[quotes[0::2] - 1]].all() and beside[octets[quotes[1::2] + 1]].all())


def _find_records(octets: Bytes, quotes: Numbers) -> Numbers:
    """Find the lines, from 0, on which records begin: not blank, not within quotes."""
    ends = np.flatnonzero(octets == _LF)
    returns = np.flatnonzero(octets == _CR)
    if len(returns):
        ends = np.union1d(ends, returns[octets[returns + 1] != _LF])
    starts = np.append(0, ends[:-1] + 1)
    is_two_octets = (octets[ends] == _LF) & (octets[ends - 1] == _CR)
    is_blank = ends - is_two_octets <= starts
    is_quoted = np.searchsorted(quotes, starts) % 2 == 1
    return np.flatnonzero(~is_blank & ~is_quoted)


def _count_faults(
    source: RawSource, lines: Sequence[int], counts: Sequence[int], delimiter: str
) -> list[Fault]:
    remedy = (
        f"complete the record, or put quotes round a field that holds {delimiter!r} or a line end"
    )
    return first_faults(
        source,
        [i for i, count in enumerate(counts) if count != counts[0]],
        lambda i: source.fault(
            f"{counts[i]} fields where the header has {counts[0]}",
            remedy,
            f"line {source.header_row + lines[i]}",
        ),
    )


def _walk_records(source: RawSource, body: bytes, delimiter: str) -> Numbers:
    """Find the lines, from 0, on which records begin, and raise the faults of the records.

    A loop over records, because only one after the other tells what a stray quote does; the
    files that need it are rare.
    """
    reader = csv.reader(
        io.StringIO(body.decode("utf-8"), newline=""), delimiter=delimiter, strict=True
    )
    lines: list[int] = []
    counts: list[int] = []
    line = 0
    try:
        for fields in reader:
            if fields:
                lines.append(line)
                counts.append(len(fields))
            line = reader.line_num
    except csv.Error as error:
        raise DataError(_quote_fault(source, source.header_row + line, error)) from None
    raise_faults(DataError, _count_faults(source, lines, counts, delimiter))
    return np.array(lines, dtype=np.int64)


def _parse(source: RawSource, body: bytes, delimiter: str, width: int, quoted: bool) -> list[Any]:
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(body),
            read_options=arrow_csv.ReadOptions(autogenerate_column_names=True),
            parse_options=arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=quoted),
            convert_options=arrow_csv.ConvertOptions(
                column_types={f"f{i}": pa.large_string() for i in range(width)},
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid as error:
        _walk_records(source, body, delimiter)
        problem = f"cannot be read as CSV ({error})"
        raise DataError(source.fault(problem, "export it again")) from None
    columns: list[Any] = table.slice(1).columns
    return columns


def read_csv(source: RawSource) -> Content:
    """Read a CSV file.

    Args:
        source: The form; `encoding`, `delimiter` and `header_row` are followed when stated.

    Returns:
        Its columns, and the line on which each record begins.

    Raises:
        DataError: The encoding or the delimiter is wrong or cannot be told, the file is empty,
            quotes do not pair, or a record has too many or too few fields.
    """
    body, encoding = _read_body(source, source.path.read_bytes())
    delimiter = _find_delimiter(source, body)
    names = _read_header(source, body, delimiter)
    octets = np.frombuffer(body, dtype=np.uint8)
    quotes = np.flatnonzero(octets == _QUOTE)
    if _are_quotes_paired(octets, quotes, delimiter):
        lines = _find_records(octets, quotes)
    else:
        lines = _walk_records(source, body, delimiter)
    columns = _parse(source, body, delimiter, len(names), quoted=len(quotes) > 0)
    lines += source.header_row
    return Content(
        names=names,
        columns=columns,
        lines=lines[1:],
        unit="line",
        header=f"line {lines[0]}",
        encoding=encoding,
        delimiter=delimiter,
    )


def read_csv_names(source: RawSource) -> list[str]:
    """Read the names of a CSV file's columns, from the head of the file only."""
    with source.path.open("rb") as file:
        data = file.read(_HEAD_BYTES)
    body, _ = _read_body(source, data, complete=len(data) < _HEAD_BYTES)
    return _read_header(source, body, _find_delimiter(source, body))
