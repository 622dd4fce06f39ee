"""Read a raw form whole and in blocks of several sizes: nothing may depend on where they end."""

from __future__ import annotations

from collections.abc import Callable, Collection

from pandas.testing import assert_frame_equal

from sdtmconv import raw
from sdtmconv.errors import DataError
from sdtmconv.raw import RawSource, RawTable
from sdtmconv.raw.table import join_tables

BLOCK_BYTES = (1, 7, 60)
# A file larger than this is read in a few blocks only.
MOST_BLOCKS = 60


def read_raw(source: RawSource, columns: Collection[str] = ()) -> RawTable:
    """Do as the room's own function does, and check that blocks give the same."""
    whole = attempt(lambda: raw.read_raw(source, columns))
    least = source.path.stat().st_size // MOST_BLOCKS if source.path.is_file() else 0
    for size in BLOCK_BYTES:
        blocks = attempt(lambda size=size: read_blocks(source, columns, max(size, least)))
        assert_same(whole, blocks)
    if isinstance(whole, DataError):
        raise whole
    return whole


def read_blocks(source: RawSource, columns: Collection[str], block_bytes: int) -> RawTable:
    """Read a form in blocks, see that they fit each other, and join them."""
    blocks = list(raw.iterate_raw(source, columns, block_bytes=block_bytes))
    assert len({tuple(block.frame) for block in blocks}) == 1
    assert {str(dtype) for block in blocks for dtype in block.frame.dtypes} <= {"str"}
    return join_tables(blocks)


def attempt(read: Callable[[], RawTable]) -> RawTable | DataError:
    """Give what was read, or what is wrong with it."""
    try:
        return read()
    except DataError as error:
        return error


def assert_same(whole: RawTable | DataError, blocks: RawTable | DataError) -> None:
    """Compare all there is of two tables, or the faults of two errors."""
    if isinstance(whole, DataError) or isinstance(blocks, DataError):
        assert str(blocks) == str(whole)
        return
    assert_frame_equal(blocks.frame, whole.frame)
    assert blocks.records.tolist() == whole.records.tolist()
    assert blocks.lines.tolist() == whole.lines.tolist()
    said = ("name", "path", "unit", "encoding", "delimiter")
    assert [getattr(blocks, name) for name in said] == [getattr(whole, name) for name in said]
