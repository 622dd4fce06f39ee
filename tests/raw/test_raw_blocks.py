"""Reading a form in blocks: how it is cut. That blocks give what the whole gives, all tests of
this room check (`any_blocks.read_raw`).
"""

from __future__ import annotations

from pathlib import Path

import pytest
from any_blocks import read_raw

from sdtmconv.errors import DataError
from sdtmconv.raw import RawSource, iterate_raw


def csv_source(folder: Path, data: bytes, **settings: object) -> RawSource:
    path = folder / "ae.csv"
    path.write_bytes(data)
    return RawSource("ae", path, **settings)


def cut(source: RawSource, block_bytes: int) -> list[tuple[list[int], list[int]]]:
    """Give the records and lines of every block."""
    blocks = iterate_raw(source, block_bytes=block_bytes)
    return [(block.records.tolist(), block.lines.tolist()) for block in blocks]


def test_csv_is_cut_at_record_ends(tmp_path: Path) -> None:
    """Not at a line end within quotes; records and lines are numbered through."""
    source = csv_source(tmp_path, b'A,B\n1,"x\ny"\n\n2,"z ""\n"" z"\n3,\n')
    assert [block for block in cut(source, 1) if block[0]] == [([1], [2]), ([2], [5]), ([3], [7])]
    assert cut(source, 14) == [([1], [2]), ([2], [5]), ([3], [7])]
    assert cut(source, 1000) == [([1, 2, 3], [2, 5, 7])]


def test_a_form_without_records_is_one_empty_block(tmp_path: Path) -> None:
    """Its columns are known all the same."""
    (block,) = iterate_raw(csv_source(tmp_path, b"A,B\n"), block_bytes=1)
    assert list(block.frame) == ["A", "B"]
    assert len(block.frame) == 0


def test_a_block_of_missing_values_is_text(tmp_path: Path) -> None:
    """The type of a column does not depend on what a block holds."""
    blocks = list(iterate_raw(csv_source(tmp_path, b"A,B\n1,\n2,x\n"), block_bytes=1))
    assert [dict(block.frame.dtypes.astype(str)) for block in blocks] == [
        {"A": "str", "B": "str"},
        {"A": "str", "B": "str"},
    ]


def test_all_encodings_are_cut_between_characters(tmp_path: Path) -> None:
    """Also those of two and four bytes, with or without a byte order mark."""
    text = "A,B\r\n一,é\r\n𠀀,ü\r\n"
    for encoding in ("utf-8-sig", "utf-16", "utf-32"):
        table = read_raw(csv_source(tmp_path, text.encode(encoding)))
        assert table.frame["A"].tolist() == ["一", "𠀀"]
    for encoding in ("gb18030", "utf-16-le"):
        data = text.replace("é", "e").replace("ü", "u").encode(encoding)
        assert read_raw(csv_source(tmp_path, data, encoding=encoding)).frame["B"][1] == "u"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"A,B\n1,2\n3\n4,5\n6\n", ["line 3: 1 fields", "line 5: 1 fields"]),
        (b'A,B\n1,2\n3,"4\n', ["line 3: "]),
        (b"A,\n1,\n2,x\n", ["line 1: column 2 has values and no name"]),
        (b"A,B\n1,2\n3,\xe9\n", ["line 3: byte 0xE9"]),
        (b"A,A\n1,2\n3,\xe9\n", ["line 3: byte 0xE9"]),
    ],
)
def test_faults_of_a_later_block_are_those_of_the_file(
    tmp_path: Path, data: bytes, expected: list[str]
) -> None:
    """All of them, at their lines, and what is no text before what is wrong with text."""
    with pytest.raises(DataError) as caught:
        read_raw(csv_source(tmp_path, data, delimiter=","))
    told = [str(fault).removeprefix(f"{tmp_path}/ae.csv ") for fault in caught.value.faults]
    assert len(told) == len(expected)
    assert all(text.startswith(start) for text, start in zip(told, expected, strict=True))
