"""Reading CSV: what becomes of good text, and which fault a broken file gives."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from pathlib import Path

import pytest
from any_blocks import read_raw
from hypothesis import given
from hypothesis import strategies as st

from sdtmconv.errors import DataError
from sdtmconv.raw import RawSource, RawTable, read_columns
from sdtmconv.raw.delimited import iterate_csv


def read_bytes(folder: Path, data: bytes, **settings: object) -> RawTable:
    path = folder / "ae.csv"
    path.write_bytes(data)
    return read_raw(RawSource("ae", path, **settings))


def rows(table: RawTable) -> list[list[str | None]]:
    return table.frame.astype(object).where(table.frame.notna(), None).to_numpy().tolist()


def faults(folder: Path, data: bytes, **settings: object) -> list[str]:
    with pytest.raises(DataError) as caught:
        read_bytes(folder, data, **settings)
    return [str(fault).replace(f"{folder}/", "") for fault in caught.value.faults]


def test_every_value_is_text(tmp_path: Path) -> None:
    """Leading zeros, NA and truth values stay what the file says; an empty value is missing."""
    table = read_bytes(tmp_path, b"ID,N,F,M\n001,1.50,true,NA\n002,,,NULL\n")
    assert rows(table) == [["001", "1.50", "true", "NA"], ["002", None, None, "NULL"]]
    assert {str(dtype) for dtype in table.frame.dtypes} == {"str"}


def test_white_space_around_values_and_names_is_dropped(tmp_path: Path) -> None:
    """Blanks at either end go, of any script; a value of blanks only is missing."""
    table = read_bytes(tmp_path, " A , B\n 1\t,\u3000中 文\u00a0\n2,  \n".encode())
    assert list(table.frame) == ["A", "B"]
    assert rows(table) == [["1", "中 文"], ["2", None]]


def test_rows_without_values_are_no_records(tmp_path: Path) -> None:
    """They are left out, but the records after them keep their numbers and lines."""
    table = read_bytes(tmp_path, b"A,B\n1,x\n,\n\n3,z\n")
    assert rows(table) == [["1", "x"], ["3", "z"]]
    assert table.records.tolist() == [1, 3]
    assert table.lines.tolist() == [2, 5]
    assert table.place(1) == f"{tmp_path}/ae.csv line 5"


def test_a_column_without_name_and_values_is_none(tmp_path: Path) -> None:
    """A delimiter at the end of every line makes no column."""
    assert list(read_bytes(tmp_path, b"A,B,\n1,2,\n").frame) == ["A", "B"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", ["", "end"])
def test_lines_are_counted_whatever_ends_them(tmp_path: Path, end: str, last: str) -> None:
    """Quoted line ends and blank lines count; the last line needs no end."""
    lines = ["A,B", '1,"x', "", 'y"', "", "2,z", '3,"""q"""']
    data = end.join(lines) + (end if last else "")
    table = read_bytes(tmp_path, data.encode())
    assert rows(table) == [["1", f"x{end}{end}y"], ["2", "z"], ["3", '"q"']]
    assert table.lines.tolist() == [2, 6, 7]


def test_a_quote_within_an_unquoted_field_is_text(tmp_path: Path) -> None:
    """An inch sign does no harm, and lines are still counted."""
    table = read_bytes(tmp_path, b'A,B\n1,5" tube\n2,"x\ny"\n3,z\n')
    assert rows(table) == [["1", '5" tube'], ["2", "x\ny"], ["3", "z"]]
    assert table.lines.tolist() == [2, 3, 5]


def test_a_header_alone_gives_columns_without_rows(tmp_path: Path) -> None:
    """A form of which no record was collected yet is no fault."""
    table = read_bytes(tmp_path, b"A,B")
    assert (list(table.frame), len(table.frame), table.lines.tolist()) == (["A", "B"], 0, [])


@pytest.mark.parametrize(
    ("data", "delimiter"),
    [
        (b"A,B\n1,2\n", ","),
        (b"A;B\n1,5;2,5\n", ";"),
        (b"A\tB\n1,5\t2\n", "\t"),
        (b"A|B\n1|2,3,4\n", "|"),
        (b'"A,x";B\n1;2\n', ";"),
        (b"Dose, mg;Unit;C\n1;mg;3\n", ";"),
        (b"A\n1\n", ","),
    ],
)
def test_the_delimiter_is_detected(tmp_path: Path, data: bytes, delimiter: str) -> None:
    """It is the one that divides header and records alike, and it is reported."""
    table = read_bytes(tmp_path, data)
    assert table.delimiter == delimiter
    assert len(table.frame) == 1


@pytest.mark.parametrize("stated", ["tab", r"\t", "\t"])
def test_a_tab_can_be_named(tmp_path: Path, stated: str) -> None:
    """YAML makes a bare tab hard to write."""
    table = read_bytes(tmp_path, b"A,x\tB\n1\t2\n", delimiter=stated)
    assert list(table.frame) == ["A,x", "B"]


def test_a_preamble_is_passed_over(tmp_path: Path) -> None:
    """`header_row` says where the names stand; lines are still those of the file."""
    table = read_bytes(tmp_path, b'Vendor "X, Inc\n\nA,B\n1,2\n', header_row=3)
    assert rows(table) == [["1", "2"]]
    assert table.place(0).endswith("ae.csv line 4")


def test_a_long_field_is_read_whole(tmp_path: Path) -> None:
    """Longer than what Python's csv module takes by default."""
    text = "x" * 300_000
    assert rows(read_bytes(tmp_path, f"A,B\n1,{text}\n".encode())) == [["1", text]]


def test_names_are_read_from_the_head_alone(tmp_path: Path) -> None:
    """Whatever follows the first megabyte, which may end within a character, is not looked at."""
    path = tmp_path / "ae.csv"
    path.write_bytes(b" A ,B,\nx" + "1,é\n".encode() * 300_000 + b"\xff\0")
    assert read_columns(RawSource("ae", path)) == ["A", "B"]


BROKEN = {
    "empty": (b"", {}, "ae.csv: the file is empty; export it again"),
    "blank": (b" \r\n\n", {}, "ae.csv: the file is empty; export it again"),
    "short record": (
        b"A,B\n1,2\n3\n",
        {},
        "ae.csv line 3: 1 fields where the header has 2; complete the record, or put quotes round "
        "a field that holds ',' or a line end",
    ),
    "long record after a quoted line end": (
        b'A,B\n"1\n1",2\n3,4,5\n',
        {},
        "ae.csv line 4: 3 fields where the header has 2; complete the record, or put quotes round "
        "a field that holds ',' or a line end",
    ),
    "quote never closed": (
        b'A,B\n1,2\n2,"x\n3,y\n',
        {},
        "ae.csv line 3: the quotes of the record that begins here do not pair (unexpected end of "
        'data); close every quoted field, and write a quote inside one twice, as in "5"" tube"',
    ),
    "quote inside a quoted field": (
        b'A,B\n1,"5" tube"\n',
        {},
        "ae.csv line 2: the quotes of the record that begins here do not pair (',' expected after "
        '\'"\'); close every quoted field, and write a quote inside one twice, as in "5"" tube"',
    ),
    "quote in the header": (
        b'A,"B\n1,2\n',
        {},
        "ae.csv line 1: the quotes of the record that begins here do not pair (unexpected end of "
        'data); close every quoted field, and write a quote inside one twice, as in "5"" tube"',
    ),
    "NUL": (
        b"A,B\n1,2\n3,\x004\n",
        {},
        "ae.csv line 3: a NUL character, which text does not hold; state `encoding: utf-16-le` if "
        "it is UTF-16, or export it again as CSV",
    ),
    "two delimiters": (
        b"A,B;C\n1,2;3\n",
        {},
        "ae.csv: the delimiter may be any of ',' ';'; state it, as `delimiter: ';'`",
    ),
    "delimiter of two characters": (
        b"A,B\n",
        {"delimiter": "||", "place": "study.yaml:7"},
        "study.yaml:7: '||' cannot be a delimiter; use one ASCII character, or tab",
    ),
    "name twice": (
        b"A,B, A\n1,2,3\n",
        {},
        "ae.csv line 1: columns 1 and 3 are both 'A'; rename or delete one of them",
    ),
    "values without a name": (
        b"\nA,,B\n1,2,3\n",
        {},
        "ae.csv line 2: column 2 has values and no name; name it in the header, or delete it",
    ),
    "no names": (
        b",\n,\n",
        {},
        "ae.csv line 1: no column has a name; see that `header_row` is right",
    ),
    "header beyond the end": (
        b"A,B\n1,2\n",
        {"header_row": 9},
        "ae.csv: there is no header on line 9; state in `header_row` the line on which the "
        "columns' names stand",
    ),
    "header row of zero": (
        b"A,B\n1,2\n",
        {"header_row": 0, "place": "study.yaml:7"},
        "study.yaml:7: `header_row` is 0; count lines and rows from 1",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_names_line_problem_and_remedy(tmp_path: Path, case: str) -> None:
    """Every fault says where it is and what to do."""
    data, settings, expected = BROKEN[case]
    assert faults(tmp_path, data, **settings) == [expected]


def test_many_ragged_records_are_told_in_few_faults(tmp_path: Path) -> None:
    """The first ten, and how many more there are."""
    found = faults(tmp_path, b"A,B\n1,2\n" + b"1,2,3\n" * 30, delimiter=",")
    assert len(found) == 11
    assert found[-1].startswith("ae.csv: 20 more faults like these; complete the record")


FIELDS = st.text(alphabet='ab", \n\ré', max_size=5)
BLOCK_BYTES = st.sampled_from((1, 3, 8, 1000))
FOLDER = pytest.TempPathFactory


def check_against_python(folder: Path, text: str, delimiter: str, block_bytes: int) -> None:
    path = folder / "ae.csv"
    path.write_bytes(text.encode())
    blocks = list(iterate_csv(RawSource("ae", path, delimiter=delimiter), block_bytes))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    starts, records = [1], []
    for record in reader:
        starts.append(1 + reader.line_num)
        records.append(record)
    expected = [(line, record) for line, record in zip(starts, records, strict=False) if record]
    found = []
    for block in blocks:
        rows = zip(*(column.to_pylist() for column in block.columns), strict=True)
        found += zip(block.lines.tolist(), map(list, rows), strict=True)
        assert list(block.names) == expected[0][1]
    assert found == expected[1:]


@given(
    st.lists(st.lists(FIELDS, min_size=3, max_size=3), max_size=6),
    st.sampled_from(",;|"),
    BLOCK_BYTES,
)
def test_what_a_csv_writer_writes_is_read_back(
    tmp_path_factory: FOLDER, records: list[list[str]], delimiter: str, block_bytes: int
) -> None:
    """Values and lines agree with Python's own reader, whatever is quoted, wherever cut."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([["A", "B", "C"], *records])
    folder = tmp_path_factory.mktemp("csv")
    check_against_python(folder, text.getvalue(), delimiter, block_bytes)


@given(st.text(alphabet='aa"",,\n\n\r ', min_size=1, max_size=20), BLOCK_BYTES)
def test_any_text_is_refused_or_read_as_python_reads_it(
    tmp_path_factory: FOLDER, text: str, block_bytes: int
) -> None:
    """Also with quotes where none should be."""
    with suppress(DataError):
        check_against_python(tmp_path_factory.mktemp("csv"), text, ",", block_bytes)
