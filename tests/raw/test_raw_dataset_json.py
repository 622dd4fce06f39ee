"""Reading Dataset-JSON: texts, numbers, dates and times as text."""

from __future__ import annotations

from pathlib import Path

import pytest
from any_blocks import read_raw
from dataset_json_file import write

from sdtmconv.errors import DataError
from sdtmconv.raw import RawSource, read_columns


@pytest.mark.parametrize("form", ["json", "ndjson", "dsjc"])
def test_every_type_becomes_text(tmp_path: Path, form: str) -> None:
    """Numbers are shortest, dates and times ISO 8601, and missing values missing."""
    path = tmp_path / f"adlb.{form}"
    write(path, form)
    table = read_raw(RawSource("adlb", path))
    frame = table.frame.astype(object).where(table.frame.notna(), None)
    assert {name: values.tolist() for name, values in frame.items()} == {
        "USUBJID": ["01-001", 'a "b"\\', None],
        "LBDTC": ["2025-03-07", None, "2025-03"],
        "ADT": ["2025-03-07", None, "1959-12-31"],
        "ATM": ["08:30:00", None, "00:00:00.5"],
        "ADTM": ["2025-03-07T08:30:00.000", None, "1960-01-01T00:01:30.250"],
        "AVISITN": ["1", None, "-3"],
        "AVAL": ["0.1", None, "0.00000000000000000001"],
        "BASE": ["98.6", None, "0.0000001"],
    }
    assert table.place(1) == f"{path} record 2"
    assert read_columns(RawSource("adlb", path))[:2] == ["USUBJID", "LBDTC"]


@pytest.mark.parametrize("data", [b"", b"[1]", b"A,B\n1,2\n", b"{}", b'{"name": 1}'])
def test_what_is_no_dataset_json_is_a_fault(tmp_path: Path, data: bytes) -> None:
    """Empty, or of another kind."""
    path = tmp_path / "ae.json"
    path.write_bytes(data)
    for read in (read_raw, read_columns):
        with pytest.raises(DataError, match=r"ae\.json: (is|has)"):
            read(RawSource("ae", path))
