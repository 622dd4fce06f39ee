"""Parquet for a team's own work: real dates, and what is known of each column beside it."""

from contextlib import suppress
from datetime import date, datetime, time

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from damaged_bytes import damage
from dataset_json_file import CREATED, FRAME, METADATA
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sdtmconv.errors import TransportError
from sdtmconv.transport import special_missing
from sdtmconv.transport.parquet import iterate_parquet, read_parquet_header, write_parquet


def write(path, *frames):
    frames = frames or (FRAME,)
    records = sum(map(len, frames))
    write_parquet(path, METADATA, frames, created=CREATED, records=records)
    return path


@pytest.fixture
def path(tmp_path):
    return write(tmp_path / "adlb.parquet")


def test_numbers_with_a_moments_format_are_moments(path):
    """To anyone who reads the file."""
    table = pq.read_table(path).to_pydict()
    assert table["ADT"] == [date(2025, 3, 7), None, date(1959, 12, 31)]
    assert table["ATM"] == [time(8, 30), None, time(0, 0, 0, 500_000)]
    assert table["ADTM"] == [
        datetime(2025, 3, 7, 8, 30),
        None,
        datetime(1960, 1, 1, 0, 1, 30, 250_000),
    ]
    assert table["AVAL"] == [0.1, None, 1e-20]
    assert table["USUBJID"] == ["01-001", 'a "b"\\', None]


def test_each_column_says_what_is_known_of_it(path):
    """Under the names that Dataset-JSON has for it."""
    assert pq.read_schema(path).field("ADT").metadata == {
        b"itemOID": b"IT.ADLB.ADT",
        b"name": b"ADT",
        b"label": b"Analysis Date",
        b"dataType": b"date",
        b"targetDataType": b"integer",
        b"length": b"8",
        b"displayFormat": b"DATE9.",
        b"keySequence": b"2",
    }


def test_what_is_written_is_read(path):
    """Values, and the description."""
    pd.testing.assert_frame_equal(pd.concat(iterate_parquet(path)), FRAME)
    header = read_parquet_header(path)
    assert (header.created, header.record_count) == (CREATED, 3)
    assert header.metadata.keys == ("USUBJID", "ADT")
    assert [v.label for v in header.metadata.variables] == [v.label for v in METADATA.variables]


def test_a_dataset_without_records(tmp_path):
    """Is read as one empty frame with all its columns."""
    path = write(tmp_path / "x.parquet", FRAME.iloc[:0])
    pd.testing.assert_frame_equal(pd.concat(iterate_parquet(path)), FRAME.iloc[:0])


def test_the_same_data_give_the_same_bytes(tmp_path):
    """Nothing of clock or machine is in the file."""
    first, second = write(tmp_path / "a.parquet"), write(tmp_path / "b.parquet")
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("AVAL", special_missing("A"), "special missing value .A"),
        ("AVAL", np.inf, "infinite"),
        ("ADT", 0.5, "0.5 is no date"),
    ],
)
def test_a_value_that_cannot_be_held_is_told(tmp_path, name, value, says):
    """And nothing is written."""
    path = tmp_path / "x.parquet"
    with pytest.raises(TransportError, match=rf"ADLB.{name} record 2 .*{says}"):
        write(path, FRAME.assign(**{name: [0.0, value, 0.0]}))
    assert not path.exists()


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (pa.table({"A": ["x"]}), "does not describe its variables; write it with"),
        (
            pa.table({"A": ["x"]}).replace_schema_metadata({"datasetJSON": "[]"}),
            "does not describe its variables",
        ),
        (
            pa.table({"A": ["x"]}).replace_schema_metadata({"datasetJSON": "{}"}),
            "has no attribute 'columns'; add it",
        ),
    ],
)
def test_a_file_of_another_program_is_told(tmp_path, table, says):
    """It does not say which of its columns is which variable."""
    pq.write_table(table, tmp_path / "x.parquet")
    with pytest.raises(TransportError, match=says):
        read_parquet_header(tmp_path / "x.parquet")


def test_other_columns_than_described_are_told(tmp_path, path):
    """As where a program left the description and changed the data."""
    table = pq.read_table(path)
    pq.write_table(table.drop_columns(["AVAL"]), tmp_path / "less.parquet")
    with pytest.raises(TransportError, match="describes other columns than it has"):
        read_parquet_header(tmp_path / "less.parquet")
    pq.write_table(table.slice(1), tmp_path / "fewer.parquet")
    with pytest.raises(TransportError, match="states 3 records, and holds 2"):
        read_parquet_header(tmp_path / "fewer.parquet")


@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(draw=st.data())
def test_a_changed_file_gives_records_or_faults(path, tmp_path, draw):
    """Never another error, wherever it is changed."""
    changed = tmp_path / "changed.parquet"
    changed.write_bytes(damage(path.read_bytes(), draw))
    with suppress(TransportError):
        list(iterate_parquet(changed))
