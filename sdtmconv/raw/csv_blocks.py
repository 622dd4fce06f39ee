"""Where can CSV text be cut, and on which lines do its records begin?

A line end within quotes ends no record. Almost always every quote of a file opens or closes a
field, or is doubled within one; then a line end is within quotes if an odd number of quotes comes
before it. Where that is not so, as in `5" tube`, the fields that begin with a quote are looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sdtmconv.raw.table import Numbers

_QUOTE, _LF, _CR = b'"\n\r'

Bytes = npt.NDArray[np.uint8]


class QuotesError(Exception):
    """A quoted field is not closed, or goes on after its closing quote."""


@dataclass(frozen=True)
class CsvBlock:
    """Whole records of CSV text.

    Args:
        text: UTF-8.
        lines: The line of the block, from 0, on which each record begins.
        line_count: How many lines there are, blank ones and those within quotes included.
        longest: Octets of the longest record.
        quoted: Whether there are quotes.
    """

    text: memoryview
    lines: Numbers
    line_count: int
    longest: int
    quoted: bool


class Text:
    """UTF-8 text that is read as it is needed.

    Args:
        blocks: The text, of which the last ends with LF.
    """

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self.blocks = blocks
        self.ready = b""

    def fill(self, size: int) -> bool:
        """Have at least `size` octets ready, or else all that are left; tell which."""
        pieces, missing = [self.ready], size - len(self.ready)
        while missing > 0 and (block := next(self.blocks, None)) is not None:
            pieces.append(block)
            missing -= len(block)
        self.ready = b"".join(pieces)
        return missing <= 0

    def drop(self, size: int) -> None:
        """Have done with the first octets of what is ready."""
        self.ready = self.ready[size:]


def iterate_csv_blocks(text: Text, delimiter: str, block_bytes: int) -> Iterator[CsvBlock]:
    """Cut text where records end.

    Args:
        text: The text, from the beginning of a record on.
        delimiter: What stands between fields.
        block_bytes: The most octets of a block, unless a record is longer.

    Yields:
        Blocks, at least one; only an only one may be empty.

    Raises:
        QuotesError: Quotes do not pair.
    """
    size, is_last = block_bytes, False
    while not is_last:
        is_last = not text.fill(size + 1)
        block = _cut(memoryview(text.ready)[:size], delimiter, is_last)
        if block:
            yield block
            text.drop(len(block.text))
            size = block_bytes
        else:
            size *= 2


def _cut(window: memoryview, delimiter: str, is_last: bool) -> CsvBlock | None:
    """Make a block of the records that are whole; None where none is."""
    octets = np.frombuffer(window, dtype=np.uint8)
    ends = _find_line_ends(octets)
    quotes = np.flatnonzero(octets == _QUOTE)
    closing = _find_record_ends(ends, quotes)
    if len(quotes) and not _is_sound(octets, ends[closing], quotes, delimiter, is_last):
        quotes = _find_field_quotes(window, octets, delimiter)
        closing = _find_record_ends(ends, quotes)
    cut = _find_cut(ends[closing])
    if is_last and cut < len(window):
        raise QuotesError("unexpected end of data")
    return _make_block(window, ends, closing, len(quotes) > 0) if cut or is_last else None


def _find_line_ends(octets: Bytes) -> Numbers:
    """Find LF, CR LF, and CR alone unless it is the last octet, which LF may follow."""
    ends = np.flatnonzero(octets == _LF)
    returns = np.flatnonzero(octets[:-1] == _CR)
    if len(returns):
        ends = np.union1d(ends, returns[octets[returns + 1] != _LF])
    return ends


def _find_record_ends(ends: Numbers, quotes: Numbers) -> Numbers:
    """Find which line ends are not within quotes."""
    return np.flatnonzero(np.searchsorted(quotes, ends) % 2 == 0)


def _find_cut(record_ends: Numbers) -> int:
    return int(record_ends[-1]) + 1 if len(record_ends) else 0


def _is_sound(
    octets: Bytes, record_ends: Numbers, quotes: Numbers, delimiter: str, is_last: bool
) -> bool:
    """Check that every quote opens or closes a field, or is doubled, up to the last record's end.

    Of the quotes, counted from the beginning, an odd one opens and an even one closes. An opening
    quote stands at a field's start, a closing one at its end; a doubled one closes and opens again.
    """
    cut = _find_cut(record_ends)
    if not cut or (is_last and cut < len(octets)):
        return False
    octets, quotes = octets[:cut], quotes[: np.searchsorted(quotes, cut)]
    beside = _octets_beside_fields(delimiter) | (np.arange(256) == _QUOTE)
    # A quote that begins the text has the text's last octet, a line end, before it.
    return bool(beside[octets[quotes[0::2] - 1]].all() and beside[octets[quotes[1::2] + 1]].all())


def _octets_beside_fields(delimiter: str) -> npt.NDArray[np.bool_]:
    return np.isin(np.arange(256), [ord(delimiter), _LF, _CR])


def _find_field_quotes(window: memoryview, octets: Bytes, delimiter: str) -> Numbers:
    """Find the quotes that open and close fields; the last field may not be closed yet."""
    field = rb'(?<![^%b\r\n])"[^"]*+(?:""[^"]*+)*+("?)' % re.escape(delimiter.encode())
    fields = re.finditer(field, window)
    places = (place for match in fields for place in (match.start(), *match.span(1)))
    opening, closing, end = np.fromiter(places, dtype=np.int64).reshape(-1, 3).T
    after = octets[end[end < len(octets)]]
    if not _octets_beside_fields(delimiter)[after].all():
        raise QuotesError("text after a closing quote")
    # What is not closed has no closing quote: its place is the window's end.
    return np.column_stack([opening, closing]).ravel()


def _make_block(window: memoryview, ends: Numbers, closing: Numbers, quoted: bool) -> CsvBlock:
    octets = np.frombuffer(window, dtype=np.uint8)
    record_ends = ends[closing]
    starts, lines = np.append(0, record_ends + 1)[:-1], np.append(0, closing + 1)[:-1]
    is_two_octets = (octets[record_ends] == _LF) & (octets[record_ends - 1] == _CR)
    filled = np.flatnonzero(record_ends - is_two_octets > starts)
    lengths = record_ends + 1 - starts
    return CsvBlock(
        text=window[: _find_cut(record_ends)],
        lines=lines[filled],
        line_count=int(closing.max(initial=-1)) + 1,
        longest=int(lengths.max(initial=0)),
        quoted=quoted,
    )
