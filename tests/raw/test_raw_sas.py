"""Reading SAS7BDAT and transport files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from any_blocks import read_raw
from sas7bdat_file import write_sas7bdat

from sdtmconv.errors import DataError
from sdtmconv.metadata import DatasetMetadata, VariableMetadata
from sdtmconv.raw import RawSource, RawTable, read_columns
from sdtmconv.transport import special_missing, write_xpt

DAY, NEXT_DAY = 23802.0, 23803.0
SECONDS_A_DAY = 86400.0


def read_column(folder: Path, format_name: str, values: list[object]) -> list[object]:
    ids = [str(i) for i in range(len(values))]
    path = write_sas7bdat(folder / "ae.sas7bdat", {"ID": ("", ids), "X": (format_name, values)})
    column = read_raw(RawSource("ae", path)).frame["X"]
    return column.astype(object).where(column.notna(), None).tolist()


@pytest.mark.parametrize(
    ("format_name", "values", "expected"),
    [
        ("$CHAR8", ["001", "  b", ""], ["001", "b", None]),
        ("BEST12", [63.0, 98.6, None], ["63", "98.6", None]),
        ("", [23802.0], ["23802"]),
        ("DATE9", [DAY, None, 0.0], ["2025-03-02", None, "1960-01-01"]),
        ("YYMMDDN8", [DAY + 0.75], ["2025-03-02"]),
        ("E8601DA10", [DAY], ["2025-03-02"]),
        ("MONYY7", [DAY], ["2025-03-02"]),
        ("DATETIME22.3", [DAY * SECONDS_A_DAY, None], ["2025-03-02", None]),
        (
            "DATETIME20",
            [DAY * SECONDS_A_DAY, NEXT_DAY * SECONDS_A_DAY + 30300],
            ["2025-03-02T00:00", "2025-03-03T08:25"],
        ),
        ("E8601DT19", [DAY * SECONDS_A_DAY + 0.5], ["2025-03-02T00:00:00.500"]),
        ("TIME5", [30300.0, None, 131400.0], ["08:25", None, "36:30"]),
        ("TOD8", [30301.0, 0.0], ["08:25:01", "00:00:00"]),
        ("DATEX9", [DAY], ["23802"]),
    ],
)
def test_a_format_says_what_a_number_is(
    tmp_path: Path, format_name: str, values: list[object], expected: list[object]
) -> None:
    """Dates, date-times and times by SAS's own formats; all others are numbers."""
    assert read_column(tmp_path, format_name, values) == expected


def test_a_number_that_is_no_date_is_a_fault(tmp_path: Path) -> None:
    """Seconds under a date format, for one."""
    with pytest.raises(DataError) as caught:
        read_column(tmp_path, "DATE9", [DAY, DAY * SECONDS_A_DAY])
    assert str(caught.value) == (
        f"{tmp_path}/ae.sas7bdat X record 2: 2056492800 lies outside SAS's years 1582 to 19900, "
        "as 1 of 2 values do; check whether these are days, or seconds, from 1960-01-01"
    )


def read_site(folder: Path, value: bytes, **settings: object) -> RawTable:
    path = write_sas7bdat(folder / "dm.sas7bdat", {"SITE": ("", [b"x", value])})
    return read_raw(RawSource("dm", path, **settings))


def test_the_encoding_is_the_file_s_own_or_the_stated_one(tmp_path: Path) -> None:
    """And is reported."""
    table = read_site(tmp_path, "上海".encode())
    assert (table.frame["SITE"].tolist(), table.encoding) == (["x", "上海"], "UTF-8")
    table = read_site(tmp_path, "上海".encode("gb18030"), encoding="gb18030")
    assert table.frame["SITE"].tolist() == ["x", "上海"]
    assert table.place(1) == f"{tmp_path}/dm.sas7bdat record 2"
    assert read_columns(RawSource("dm", tmp_path / "dm.sas7bdat")) == ["SITE"]


def test_text_that_is_not_in_the_file_s_encoding_is_a_fault(tmp_path: Path) -> None:
    """The remedy is to state it."""
    with pytest.raises(DataError, match=r"cannot be read as SAS7BDAT .*state its `encoding`"):
        read_site(tmp_path, "上海".encode("gb18030"))


@pytest.mark.parametrize("data", [b"", b"A,B\n1,2\n", b"\0" * 5000])
def test_what_is_no_sas7bdat_is_a_fault(tmp_path: Path, data: bytes) -> None:
    """Empty, text, or of another kind."""
    path = tmp_path / "ae.sas7bdat"
    path.write_bytes(data)
    with pytest.raises(DataError, match=r"ae\.sas7bdat: cannot be read as SAS7BDAT"):
        read_raw(RawSource("ae", path))


def test_two_columns_of_one_name_are_a_fault(tmp_path: Path) -> None:
    """SAS writes none, so the file is damaged; a name of our making would hide it."""
    path = write_sas7bdat(tmp_path / "ae.sas7bdat", {"AA": ("", ["a"]), "AB": ("", ["b"])})
    path.write_bytes(path.read_bytes().replace(b"AB", b"AA"))
    with pytest.raises(DataError, match=r"'AA' is duplicated"):
        read_raw(RawSource("ae", path))


@pytest.mark.parametrize("kept", [300, 1100, 30_000])
def test_a_cut_file_is_a_fault(tmp_path: Path, kept: int) -> None:
    """In its header, and in its pages."""
    path = write_sas7bdat(tmp_path / "ae.sas7bdat", {"X": ("", ["a"] * 9)})
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(DataError, match=r"ae\.sas7bdat: cannot be read as SAS7BDAT"):
        read_raw(RawSource("ae", path))


LAB = DatasetMetadata(
    name="LAB",
    label="Laboratory",
    variables=(
        VariableMetadata("SITE", "Site", "Char", length=9),
        VariableMetadata("RESULT", "Result", "Num", length=8),
        VariableMetadata("DRAWN", "Drawn", "Num", length=8, display_format="DATETIME20."),
    ),
    keys=("SITE",),
    domain="LAB",
    class_="",
    structure="",
)


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    frame = pd.DataFrame(
        {
            "SITE": pd.Series(["01", "café", None], dtype="str"),
            "RESULT": [98.6, special_missing("A"), 63.0],
            "DRAWN": [DAY * SECONDS_A_DAY + 30300, None, NEXT_DAY * SECONDS_A_DAY],
        }
    )
    path = tmp_path / "lab.xpt"
    write_xpt(path, LAB, [frame], created=datetime(2025, 3, 2), encoding="cp1252")
    return path


def test_a_transport_file_is_read(lab: Path) -> None:
    """In the stated encoding; special missing values are missing."""
    source = RawSource("lb", lab, encoding="cp1252", sheet="LAB")
    table = read_raw(source)
    assert table.frame.fillna("-").to_numpy().tolist() == [
        ["01", "98.6", "2025-03-02T08:25"],
        ["café", "-", "-"],
        ["-", "63", "2025-03-03T00:00"],
    ]
    assert table.place(2) == f"{lab} record 3"
    assert table.encoding == "cp1252"
    assert read_columns(source) == ["SITE", "RESULT", "DRAWN"]


def test_faults_of_a_transport_file_are_those_of_data(lab: Path) -> None:
    """They name the file: text beyond ASCII without a stated encoding, another dataset's name."""
    with pytest.raises(DataError, match=r"SITE record 2.*is not text in ascii") as caught:
        read_raw(RawSource("lb", lab))
    assert caught.value.faults[0].place.startswith(str(lab))
    for read in (read_raw, read_columns):
        with pytest.raises(DataError, match=r"lab\.xpt: does not hold AE; name one of LAB"):
            read(RawSource("lb", lab, sheet="AE"))
