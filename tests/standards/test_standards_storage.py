"""Stored tables: written and read back, and files that are cut short or altered."""

import gzip

import pytest

from sdtmconv.errors import StandardsError
from sdtmconv.standards.storage import read_tables, write_tables

TABLES = [
    (("NY", "No Yes Response"), [["N", "No", ""], ["Y", "Yes", "affirmative"]]),
    (("SEX", "Sex"), [["F", "Female", ""]]),
]


def test_round_trip(tmp_path):
    """Tables are read back as written; white space in a cell becomes one blank."""
    path = tmp_path / "a.tsv.gz"
    write_tables(path, [*TABLES, (("X", "Odd\tone"), [["a\nb", " c ", ""]]), (("Y", "None"), [])])
    tables = read_tables(path, width=2)
    assert [table.heading for table in tables] == [
        ("NY", "No Yes Response"),
        ("SEX", "Sex"),
        ("X", "Odd one"),
        ("Y", "None"),
    ]
    assert [table.rows(width=3) for table in tables] == [
        [["N", "No", ""], ["Y", "Yes", "affirmative"]],
        [["F", "Female", ""]],
        [["a b", "c", ""]],
        [],
    ]


def test_the_file_is_plain_gzip(tmp_path):
    """Any gzip tool shows the headings and then the rows."""
    write_tables(tmp_path / "a.tsv.gz", TABLES[1:])
    text = gzip.decompress((tmp_path / "a.tsv.gz").read_bytes()).decode()
    heading, row, _ = text.split("\n")
    assert heading.startswith("SEX\tSex\t")
    assert row == "F\tFemale\t"


def test_every_cut_is_found(tmp_path):
    """A file cut at any byte, or with a byte more, is an error that names the file."""
    path = tmp_path / "a.tsv.gz"
    write_tables(path, TABLES)
    content = path.read_bytes()
    for altered in [*(content[:size] for size in range(len(content))), content + b"x"]:
        path.write_bytes(altered)
        with pytest.raises(StandardsError, match=r"a\.tsv\.gz: .*; write it again with"):
            read_tables(path, width=2)


def test_altered_bytes_are_found(tmp_path):
    """A file with a byte changed in its data is an error, at the latest when a table is read."""
    path = tmp_path / "a.tsv.gz"
    write_tables(path, TABLES)
    content = path.read_bytes()
    for place in range(10, len(content)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :])
        try:
            read = [table.rows(width=3) for table in read_tables(path, width=2)]
        except StandardsError:
            continue
        assert read == [rows for _, rows in TABLES]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (gzip.compress(b"NY\t0\n", mtime=0), "has headings of another form"),
        (gzip.compress(b"NY\tNo Yes Response\tmany\n", mtime=0), "has headings of another form"),
        (gzip.compress(b"\xff\xfe", mtime=0), "cannot be read"),
        (gzip.compress(b"", mtime=0), "is cut short or holds something else"),
    ],
)
def test_foreign_gzip_files(tmp_path, content, problem):
    """A gzip file of something else is an error that names the file."""
    (tmp_path / "a.tsv.gz").write_bytes(content)
    with pytest.raises(StandardsError, match=problem):
        read_tables(tmp_path / "a.tsv.gz", width=2)


def test_rows_of_another_form(tmp_path):
    """Rows that have not the cells asked for are an error that names the table."""
    write_tables(tmp_path / "a.tsv.gz", TABLES)
    with pytest.raises(StandardsError, match="NY has rows of another form"):
        read_tables(tmp_path / "a.tsv.gz", width=2)[0].rows(width=4)
