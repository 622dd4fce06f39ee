"""Reading Parquet: each of its types as text."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from any_blocks import read_raw

from sdtmconv.errors import DataError
from sdtmconv.raw import RawSource, read_columns


def save(folder: Path, **columns: object) -> RawSource:
    path = folder / "ae.parquet"
    pq.write_table(pa.table(columns), path)
    return RawSource("ae", path)


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (pa.array(["001", " ", None]), ["001", None, None]),
        (pa.array(["a", "b", "a"]).dictionary_encode(), ["a", "b", "a"]),
        (pa.array([63.0, 98.6, None]), ["63", "98.6", None]),
        (pa.array([1.5, None, 98.6], pa.float32()), ["1.5", None, "98.6"]),
        (pa.array([1, None, 2**60]), ["1", None, "1152921504606846976"]),
        (pa.array([Decimal("1.50"), None, Decimal("2.00")]), ["1.50", None, "2.00"]),
        (pa.array([True, False, None]), ["true", "false", None]),
        (pa.array([date(2025, 3, 2), None, date(1960, 1, 1)]), ["2025-03-02", None, "1960-01-01"]),
        (
            pa.array([datetime(2025, 3, 2), None, datetime(2025, 3, 3)], pa.timestamp("ns")),
            ["2025-03-02", None, "2025-03-03"],
        ),
        (
            pa.array([datetime(2025, 3, 2), None, datetime(2025, 3, 3, 8, 5)], pa.timestamp("us")),
            ["2025-03-02T00:00", None, "2025-03-03T08:05"],
        ),
        (pa.array([time(8, 5), None, time(23, 0)]), ["08:05", None, "23:00"]),
        (
            pa.array([time(8, 5), None, time(23, 0, 9)], pa.time32("s")),
            ["08:05:00", None, "23:00:09"],
        ),
        (pa.nulls(3), [None, None, None]),
    ],
)
def test_every_type_becomes_text(tmp_path: Path, array: pa.Array, expected: list[object]) -> None:
    """Text stays, numbers are shortest, dates and times ISO 8601; null and blanks are missing."""
    source = save(tmp_path, ID=["1", "2", "3"], X=array)
    values = read_raw(source).frame["X"]
    assert str(values.dtype) == "str"
    assert values.astype(object).where(values.notna(), None).tolist() == expected


def test_places_are_records(tmp_path: Path) -> None:
    """A Parquet file has no lines."""
    source = save(tmp_path, A=["x", None, "y"])
    table = read_raw(source)
    assert table.place(1) == f"{source.path} record 3"
    assert read_columns(source) == ["A"]


@pytest.mark.parametrize(
    ("array", "remedy"),
    [
        (pa.array([[1]]), "column 'X' is of type list.*store text, numbers"),
        (pa.array([b"x"]), "column 'X' is of type binary; store text, numbers"),
        (pa.array([0], pa.timestamp("us", "UTC")), "timestamp.*without a time zone, or text"),
    ],
)
def test_a_type_that_is_no_value_is_a_fault(tmp_path: Path, array: pa.Array, remedy: str) -> None:
    """Lists and bytes have no text; a time zone must not be dropped silently."""
    with pytest.raises(DataError, match=remedy):
        read_raw(save(tmp_path, X=array))


@pytest.mark.parametrize("data", [b"", b"PAR1", b"A,B\n1,2\n"])
def test_what_is_no_parquet_is_a_fault(tmp_path: Path, data: bytes) -> None:
    """Empty, cut, or of another kind."""
    path = tmp_path / "ae.parquet"
    path.write_bytes(data)
    for read in (read_raw, read_columns):
        with pytest.raises(DataError, match=r"ae\.parquet: cannot be read as Parquet"):
            read(RawSource("ae", path))
