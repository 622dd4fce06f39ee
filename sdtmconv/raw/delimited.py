"""Reader for CSV: text whose fields stand between delimiters, quoted where they need it.

Arrow does the reading, fast and in one pass over each block, but it joins whatever follows a quote
that is never closed, drops a quote that stands inside a quoted field, and cannot say on which line
a record is short. So the quotes are checked where blocks are cut, and a file with something wrong
is walked from its beginning, record by record, with Python's csv module.
"""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, NoReturn

import pyarrow as pa
import pyarrow.csv as arrow_csv

from sdtmconv.errors import DataError, Fault, raise_faults
from sdtmconv.raw.csv_blocks import CsvBlock, QuotesError, Text, iterate_csv_blocks
from sdtmconv.raw.encoding import count_line, find_encoding, iterate_utf8
from sdtmconv.raw.table import Content, RawSource, first_faults

_HEAD_BYTES = 1 << 20
_SAMPLE_RECORDS = 20
_DELIMITERS = (",", ";", "\t", "|")
_LINE_END = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True)
class _Header:
    """The names, and between which lines, from 0 at the beginning of the body, they stand."""

    names: list[str]
    start: int
    end: int


@contextmanager
def _wrong_bytes_first(blocks: Iterable[bytes]) -> Iterator[None]:
    """Let a byte that is not text, further on, go before what is wrong with the text so far."""
    try:
        yield
    except DataError:
        deque(blocks, maxlen=0)
        raise


def _nul_line(source: RawSource) -> int:
    texts = (block.decode() for block in iterate_utf8(source, _HEAD_BYTES))
    return count_line(_until_nul(texts))


def _until_nul(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        before, nul, _ = text.partition("\0")
        yield before
        if nul:
            return


def _iterate_text(source: RawSource, block_bytes: int) -> Iterator[bytes]:
    """Give the file as UTF-8, with a line end at its end."""
    blocks = iterate_utf8(source, block_bytes)
    last = b""
    for block in blocks:
        if b"\0" in block:
            with _wrong_bytes_first(blocks):
                remedy = "state `encoding: utf-16-le` if it is UTF-16, or export it again as CSV"
                problem = "a NUL character, which text does not hold"
                raise DataError(source.fault(problem, remedy, f"line {_nul_line(source)}"))
        last = block[-1:] or last
        yield block
    if last != b"\n":
        yield b"\n"


def _skip_lines(text: bytes, count: int) -> int:
    """Find where the text after some lines begins; its end where there are not so many."""
    ends = [match.end() for match in islice(_LINE_END.finditer(text), count)]
    return [0, *ends][-1] if len(ends) == count else len(text)


def _skip_preamble(source: RawSource, text: Text) -> None:
    """Drop what stands before the header, and have more than the head of the body ready."""
    preamble = 0
    while text.fill(len(text.ready) + _HEAD_BYTES + 1):
        preamble = _skip_lines(text.ready, source.header_row - 1)
        if len(text.ready) - preamble > _HEAD_BYTES:
            break
    preamble = _skip_lines(text.ready, source.header_row - 1)
    if not text.ready[preamble : preamble + _HEAD_BYTES].strip():
        if not any(block.strip() for block in chain([text.ready], text.blocks)):
            raise DataError(source.fault("the file is empty", "export it again"))
        problem = f"there is no header on line {source.header_row}"
        remedy = "state in `header_row` the line on which the columns' names stand"
        raise DataError(source.fault(problem, remedy))
    text.drop(preamble)


def _stated_delimiter(source: RawSource) -> str:
    delimiter = "\t" if source.delimiter.lower() in ("tab", r"\t") else source.delimiter
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n\0':
        problem = f"{source.delimiter!r} cannot be a delimiter"
        raise DataError(source.setting_fault(problem, "use one ASCII character, or tab"))
    return delimiter


def _head(body: bytes) -> io.TextIOWrapper:
    head = io.BytesIO(body[:_HEAD_BYTES])
    return io.TextIOWrapper(head, encoding="utf-8", errors="ignore", newline="")


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


def _read_header(source: RawSource, body: bytes, delimiter: str) -> _Header:
    reader = csv.reader(_head(body), delimiter=delimiter, strict=True)
    names: list[str] = []
    start = 0
    try:
        while not names:
            start, names = reader.line_num, next(reader)
    except csv.Error as error:
        raise DataError(_quote_fault(source, source.header_row, error)) from None
    return _Header(names, start, reader.line_num)


def _read_head(source: RawSource, text: Text) -> tuple[str, _Header]:
    """Find the delimiter and the header, and drop all that stands before the first record."""
    with _wrong_bytes_first(text.blocks):
        _skip_preamble(source, text)
        delimiter = _find_delimiter(source, text.ready)
        header = _read_header(source, text.ready, delimiter)
    text.drop(_skip_lines(text.ready, header.end))
    return delimiter, header


def _iterate_lines(blocks: Iterable[bytes]) -> Iterator[str]:
    rest = b""
    for block in blocks:
        # The last line may be cut, or end in a CR whose LF is yet to come.
        *lines, rest = (rest + block).splitlines(keepends=True) or [b""]
        yield from (line.decode("utf-8") for line in lines)
    yield rest.decode("utf-8")


def _iterate_ragged(
    source: RawSource, lines: Iterator[str], delimiter: str
) -> Iterator[tuple[int, int, int]]:
    """Give the line of each ragged record, its number of fields and that of the header.

    A loop over records, because only one after the other tells what a stray quote does; it is
    for files with something wrong.
    """
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line, width = source.header_row, 0
    try:
        for fields in reader:
            width = width or len(fields)
            if fields and len(fields) != width:
                yield line, len(fields), width
            line = source.header_row + reader.line_num
    except csv.Error as error:
        raise DataError(_quote_fault(source, line, error)) from None


def _raise_record_faults(source: RawSource, delimiter: str, reason: Exception) -> NoReturn:
    """Raise the faults of all records of the file."""
    remedy = (
        f"complete the record, or put quotes round a field that holds {delimiter!r} or a line end"
    )

    def make_fault(ragged: tuple[int, int, int]) -> Fault:
        line, count, width = ragged
        problem = f"{count} fields where the header has {width}"
        return source.fault(problem, remedy, f"line {line}")

    blocks = _iterate_text(source, _HEAD_BYTES)
    with _wrong_bytes_first(blocks):
        lines = islice(_iterate_lines(blocks), source.header_row - 1, None)
        ragged = _iterate_ragged(source, lines, delimiter)
        raise_faults(DataError, first_faults(source, ragged, make_fault))
    problem = f"cannot be read as CSV ({reason})"
    raise DataError(source.fault(problem, "export it again"))


def _parse(block: CsvBlock, delimiter: str, width: int) -> list[Any]:
    if not len(block.lines):
        return [pa.array([], pa.large_string())] * width
    table = arrow_csv.read_csv(
        pa.BufferReader(block.text),
        read_options=arrow_csv.ReadOptions(
            autogenerate_column_names=True,
            # Arrow takes no record that is longer than this.
            block_size=max(_HEAD_BYTES, block.longest),
        ),
        parse_options=arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=block.quoted),
        convert_options=arrow_csv.ConvertOptions(
            column_types={f"f{i}": pa.large_string() for i in range(width)},
            strings_can_be_null=False,
        ),
    )
    if table.num_columns != width:
        raise pa.ArrowInvalid(f"{table.num_columns} columns")
    columns: list[Any] = table.columns
    return columns


def iterate_csv(source: RawSource, block_bytes: int) -> Iterator[Content]:
    """Read a CSV file.

    Args:
        source: The form; `encoding`, `delimiter` and `header_row` are followed when stated.
        block_bytes: Size of a block, as UTF-8; a record longer than that is read whole.

    Yields:
        Blocks of its columns, and the line on which each record begins.

    Raises:
        DataError: The encoding or the delimiter is wrong or cannot be told, the file is empty,
            quotes do not pair, or a record has too many or too few fields.
    """
    text = Text(_iterate_text(source, block_bytes))
    delimiter, header = _read_head(source, text)
    encoding, _ = find_encoding(source)
    line = source.header_row + header.end
    try:
        for block in iterate_csv_blocks(text, delimiter, block_bytes):
            yield Content(
                names=header.names,
                columns=_parse(block, delimiter, len(header.names)),
                lines=line + block.lines,
                unit="line",
                header=f"line {source.header_row + header.start}",
                encoding=encoding,
                delimiter=delimiter,
            )
            line += block.line_count
    except (QuotesError, pa.ArrowInvalid) as error:
        _raise_record_faults(source, delimiter, error)


def read_csv_names(source: RawSource) -> list[str]:
    """Read the names of a CSV file's columns, from the head of the file only."""
    text = Text(_iterate_text(source, _HEAD_BYTES >> 4))
    _skip_preamble(source, text)
    return _read_header(source, text.ready, _find_delimiter(source, text.ready)).names
