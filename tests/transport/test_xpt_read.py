"""Reading transport files: both versions, several datasets, and files that are none."""

import gzip
import struct
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdtmconv.errors import TransportError
from sdtmconv.metadata import DatasetMetadata, VariableMetadata
from sdtmconv.transport import describe_xpt, read_xpt, read_xpt_header, write_xpt, xpt_read
from sdtmconv.transport.layout import pack_title

CREATED = datetime(2025, 3, 7, 8, 30, 15)
HEADER_BYTES = 8 * 80  # before the descriptions of the variables


def text(*values):
    return pd.Series(values, dtype="str")


FRAME = pd.DataFrame({"AETERM": text("RASH", None, "PAIN"), "AESTDY": [1.0, np.nan, -3.5]})
METADATA = DatasetMetadata(
    "AE",
    "Adverse Events",
    (
        VariableMetadata("AETERM", "Reported Term", "Char", 40, display_format="$20."),
        VariableMetadata("AESTDY", "Study Day", "Num", 8, "float", display_format="8.2"),
    ),
    keys=(),
    domain="AE",
    class_="",
    structure="",
)


@pytest.fixture(scope="module")
def valid(tmp_path_factory):
    """The bytes of a small, valid file."""
    path = tmp_path_factory.mktemp("xpt") / "ae.xpt"
    write_xpt(path, METADATA, [FRAME], created=CREATED, informats={"AETERM": "$20."})
    return path.read_bytes()


def save(tmp_path, content, name="ae.xpt"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


def fault_of(path, **options):
    with pytest.raises(TransportError) as caught:
        read_xpt(path, **options)
    (fault,) = caught.value.faults
    return f"{fault.problem}; {fault.remedy}"


def test_the_header_is_what_was_written(tmp_path, valid):
    """Names, labels, lengths, formats, informats and time stamps come back."""
    header = read_xpt_header(save(tmp_path, valid))
    assert header.metadata == METADATA
    assert header.informats == {"AETERM": "$20."}
    assert (header.created, header.modified) == (CREATED, CREATED)
    assert (header.version, header.record_length, header.record_count) == (5, 48, 3)


def test_what_was_read_can_be_written_again(tmp_path, valid):
    """Reading and writing gives the same bytes."""
    read = read_xpt(save(tmp_path, valid))
    again, header = tmp_path / "again.xpt", read.header
    write_xpt(again, header.metadata, [read.frame], created=CREATED, informats=header.informats)
    assert again.read_bytes() == valid


def test_blocks_do_not_show_in_the_frame(tmp_path, valid, monkeypatch):
    """A file read in small blocks gives the same frame, without gaps in its index."""
    monkeypatch.setattr(xpt_read, "_BLOCK_BYTES", 1)
    pd.testing.assert_frame_equal(read_xpt(save(tmp_path, valid)).frame, FRAME)


def test_a_summary_has_the_first_records(tmp_path, valid):
    """A look at a file reads no more records than asked for."""
    summary = describe_xpt(save(tmp_path, valid), records=2)
    assert summary.datasets == ("AE",)
    assert summary.header.record_count == 3
    pd.testing.assert_frame_equal(summary.head, FRAME[:2])
    assert len(describe_xpt(save(tmp_path, valid)).head) == 3


def test_a_dataset_is_picked_by_its_name(tmp_path, valid):
    """A file with two datasets is read one dataset at a time."""
    second = valid[240:].replace(b"SAS     AE ", b"SAS     CM ").replace(b"PAIN", b"COLD")
    path = save(tmp_path, valid + second)
    assert describe_xpt(path).datasets == ("AE", "CM")
    assert read_xpt(path, dataset="CM").frame["AETERM"].tolist()[2] == "COLD"
    pd.testing.assert_frame_equal(read_xpt(path, dataset="AE").frame, FRAME)
    assert fault_of(path) == "holds 2 datasets: AE, CM; name one of them"
    assert fault_of(path, dataset="DM") == "does not hold DM; name one of AE, CM"


def test_a_file_of_another_encoding_is_told(tmp_path, valid):
    """Bytes that are not ASCII are named with their variable and record, and can be read."""
    path = save(tmp_path, valid.replace(b"PAIN", b"P\xc4N "))
    with pytest.raises(TransportError) as caught:
        read_xpt(path)
    assert str(caught.value) == (
        r"AE.AETERM record 3: b'P\xc4N' is not text in ascii; "
        "ask for the file's own encoding, such as cp1252"
    )
    assert read_xpt(path, encoding="cp1252").frame["AETERM"][2] == "PÄN"


def test_the_first_fault_of_each_variable_is_told(tmp_path, monkeypatch):
    """Of many values in another encoding, the first of each variable is named."""
    names = ("A", "B")
    variables = tuple(VariableMetadata(name, "", "Char", 40) for name in names)
    metadata = DatasetMetadata("X", "", variables, (), "X", "", "")
    frame = pd.DataFrame({"A": text("a", "b", "ä", "ö", "ü"), "B": text("ä", "b", "c", "d", "ö")})
    path = tmp_path / "x.xpt"
    write_xpt(path, metadata, [frame], created=CREATED, encoding="utf-8")
    monkeypatch.setattr(xpt_read, "_BLOCK_BYTES", 1)
    with pytest.raises(TransportError) as caught:
        read_xpt(path)
    assert [fault.place for fault in caught.value.faults] == ["X.A record 3", "X.B record 1"]


def test_a_label_of_another_encoding_is_told(tmp_path, valid):
    """So are bytes in a label."""
    path = save(tmp_path, valid.replace(b"Reported Term", b"Gemeldet \x96 x "))
    assert fault_of(path).startswith(r"b'Gemeldet \x96 x' in its description is not text in ascii")
    label = read_xpt(path, encoding="cp1252").header.metadata.variables[0].label
    assert label == "Gemeldet – x"


def test_short_numbers_are_read(tmp_path):
    """Numbers of 2 to 8 bytes have the values that their bytes give."""
    variables = tuple(
        VariableMetadata(f"N{length}", "", "Num", length, "float") for length in range(2, 9)
    )
    metadata = DatasetMetadata("LB", "", variables, (), "LB", "", "")
    frame = pd.DataFrame({variable.name: [2.5, np.nan, -16.0] for variable in variables})
    path = tmp_path / "lb.xpt"
    write_xpt(path, metadata, [frame], created=CREATED)
    read = read_xpt(path)
    pd.testing.assert_frame_equal(read.frame, frame)
    assert read.header.record_length == sum(range(2, 9))


@pytest.mark.parametrize(
    ("stamp", "moment"),
    [
        (b"01JAN60:00:00:00", datetime(1960, 1, 1)),
        (b"31DEC59:23:59:59", datetime(2059, 12, 31, 23, 59, 59)),
        (b" " * 16, None),
        (b"32JAN25:00:00:00", None),
        (b"01XXX25:00:00:00", None),
    ],
)
def test_time_stamps_mean_1960_to_2059(tmp_path, valid, stamp, moment):
    """A two-digit year is one from 1960 on; a stamp that is no time is no error."""
    path = save(tmp_path, valid.replace(b"07MAR25:08:30:15", stamp))
    assert read_xpt_header(path).created == moment


# Version 8


def test_version_8_of_another_writer_is_read(tmp_path):
    """ReadStat's version 8 (long names and labels, no record count) is read."""
    path = tmp_path / "ae.xpt"
    frame = pd.DataFrame({"A_RATHER_LONG_NAME": ["x", "", "z"], "N": [1.5, None, -2.0]})
    labels = ["A label that is far longer than the forty bytes of version 5", "short"]
    pyreadstat.write_xport(
        frame, str(path), table_name="ae", file_label="Events", column_labels=labels
    )
    read = read_xpt(path)
    assert read.header.version == 8
    assert read.header.metadata.label == "Events"
    assert [variable.label for variable in read.header.metadata.variables] == labels
    expected = pd.DataFrame({"A_RATHER_LONG_NAME": text("x", None, "z"), "N": [1.5, np.nan, -2.0]})
    pd.testing.assert_frame_equal(read.frame, expected)


def version_8(labels=b"", label_title=b"", count=b"              3", rows=3):
    """Make a file as SAS's %loc2xpt macro lays it out, with one Char variable of 4 bytes."""
    stamp = b"07MAR25:08:30:15"
    namestr = struct.pack(
        ">4h8s40s8s3h2s8s2hl32s20s",
        2, 0, 4, 1, b"LONG_VAR", b"Short label".ljust(40), b" " * 8, 0, 0, 0, b"", b" " * 8,
        0, 0, 0, b"LONG_VARIABLE_NAME".ljust(32), b"",
    )  # fmt: skip
    sections = (
        pack_title("LIBV8"),
        b"SAS     SAS     SASLIB  9.4     X64_10PR" + b" " * 24 + stamp,
        stamp,
        pack_title("MEMBV8", "000000000000000001600000000140"),
        pack_title("DSCPTV8"),
        b"SAS     " + b"LONG_DATASET_NAME".ljust(32) + b"SASDATA 9.4     X64_10PR" + stamp,
        stamp + b" " * 16 + b"Dataset label",
        pack_title("NAMSTV8", "000000000100000000000000000000"),
        namestr,
        label_title.ljust(80) if label_title else b"",
        labels,
        b"HEADER RECORD*******OBSV8   HEADER RECORD!!!!!!!" + count,
        b"".join(b"%-4d" % number for number in range(rows - 1)) + b"    ",
    )
    return b"".join(section.ljust(-(-len(section) // 80) * 80) for section in sections)


def test_the_record_count_of_version_8_is_believed(tmp_path):
    """SAS states the number of records, so a blank one at the end is kept."""
    read = read_xpt(save(tmp_path, version_8()))
    assert read.header.metadata.name == "LONG_DATASET_NAME"
    assert read.header.metadata.label == "Dataset label"
    pd.testing.assert_frame_equal(
        read.frame, pd.DataFrame({"LONG_VARIABLE_NAME": text("0", "1", None)})
    )


def test_a_wrong_record_count_is_told(tmp_path):
    """A file that holds fewer records than it states is cut off."""
    path = save(tmp_path, version_8(count=b"             99"))
    assert fault_of(path).startswith("is damaged: it states 99 records, and holds 20")


def test_long_labels_of_version_8_are_read(tmp_path):
    """Labels over 40 bytes stand in a section of their own."""
    name, label = b"LONG_VARIABLE_NAME", b"L" * 256
    entry = struct.pack(">3H", 1, len(name), len(label)) + name + label
    title = b"HEADER RECORD*******LABELV8 HEADER RECORD!!!!!!!1"
    header = read_xpt_header(save(tmp_path, version_8(entry, title)))
    assert header.metadata.variables[0].label == "L" * 256


def test_long_formats_of_version_8_are_read(tmp_path):
    """So do formats and informats with names over 8 bytes."""
    texts = (b"LONG_VARIABLE_NAME", b"A label", b"$LONGFORMATNAME12.", b"$LONGINFORMAT.")
    entry = struct.pack(">5H", 1, *map(len, texts)) + b"".join(texts)
    title = b"HEADER RECORD*******LABELV9 HEADER RECORD!!!!!!!1"
    header = read_xpt_header(save(tmp_path, version_8(entry, title)))
    (variable,) = header.metadata.variables
    assert (variable.label, variable.display_format) == ("A label", "$LONGFORMATNAME12.")
    assert header.informats == {"LONG_VARIABLE_NAME": "$LONGINFORMAT."}


def test_a_long_label_for_no_variable_is_told(tmp_path):
    """A section of labels must fit the variables."""
    entry = struct.pack(">3H", 1, 1, 1) + b"XY"
    title = b"HEADER RECORD*******LABELV8 HEADER RECORD!!!!!!!1"
    path = save(tmp_path, version_8(entry, title))
    assert fault_of(path).startswith("is damaged: it has a label for 'X', which is not a variable")


# Files that are none, or damaged


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b"STUDYID,DOMAIN\n", "is not a SAS transport file (XPT version 5 or 8)"),
        (b"**COMPRESSED** **COMPRESSED** ", "is a CPORT file, not a SAS transport file"),
        (b"LIB CONTROL X5.03", "is a CPORT file, not a SAS transport file"),
        (
            bytes(12) + bytes.fromhex("c2ea8160b31411cfbd92080009c7318c181f1011"),
            "is a SAS7BDAT file, not a SAS transport file",
        ),
        (gzip.compress(b"x", mtime=0), "is a gzip file, not a SAS transport file"),
        (b"PK\x03\x04", "is a ZIP or an Excel file, not a SAS transport file"),
        (b'{"datasetJSONVersion": "1.1.0"}', "is a JSON file, not a SAS transport file"),
        (b"<?xml version='1.0'?>", "is an XML file, not a SAS transport file"),
        (b"PAR1", "is a Parquet file, not a SAS transport file"),
    ],
)
def test_other_files_are_told_by_what_they_are(tmp_path, content, problem):
    """A file given by mistake is named for what it is."""
    assert fault_of(save(tmp_path, content)).startswith(problem)


def test_a_missing_file_is_told(tmp_path):
    """A path with nothing there, or a folder, is an error in the usual form."""
    assert fault_of(tmp_path / "gone.xpt").startswith("cannot be read: No such file or directory")
    assert fault_of(tmp_path).startswith("cannot be read: Is a directory")


def test_an_encoding_without_ascii_is_refused(tmp_path, valid):
    """The headers are ASCII, so the encoding must have ASCII in it."""
    problem = fault_of(save(tmp_path, valid), encoding="utf-16")
    assert problem.startswith("cannot be read as 'utf-16'")


def test_line_ends_are_told(tmp_path, valid):
    """A file that was transferred as text has line ends between its records."""
    lines = b"\r\n".join(valid[start : start + 80] for start in range(0, len(valid), 80))
    assert fault_of(save(tmp_path, lines)).startswith("has line ends in it")


def test_a_file_cut_anywhere_is_told(tmp_path, valid):
    """Cut between two records of 80 bytes too, unless the rest looks like a whole file."""
    for size in range(1, len(valid)):
        whole = size == len(valid) - 80 or size == HEADER_BYTES + 280 + 40 + 80
        if not whole:
            assert fault_of(save(tmp_path, valid[:size]))


@pytest.mark.parametrize(
    ("offset", "new", "problem"),
    [
        (314, b"9", "its variables are not described in 140 bytes each"),
        (HEADER_BYTES - 26, b"x", "should be a number"),
        (HEADER_BYTES - 24, b"9", "of type 8224, neither Num nor Char"),
        (HEADER_BYTES - 23, b"0", "it has no variables"),
        (HEADER_BYTES, b"\0\3", "variable 'AETERM' is of type 3, neither Num nor Char"),
        (HEADER_BYTES + 4, b"\0\0", "AETERM has a length of 0 bytes"),
        (HEADER_BYTES + 4, b"\xff\xff", "AETERM has a length of -1 bytes"),
        (HEADER_BYTES + 144, b"\0\x09", "AESTDY has a length of 9 bytes"),
        (HEADER_BYTES + 4, b"\0\x29", "AESTDY is said to lie at byte 40, not 41"),
        (HEADER_BYTES + 148, b"AETERM  ", "two variables have the name 'AETERM'"),
        (HEADER_BYTES + 340, b"OBX", "OBS should begin at byte 960"),
    ],
)
def test_damage_to_the_header_is_told(tmp_path, valid, offset, new, problem):
    """A header that contradicts itself is refused with the place."""
    damaged = valid[:offset] + new + valid[offset + len(new) :]
    assert problem in fault_of(save(tmp_path, damaged))


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_damaged_files_never_give_another_error(tmp_path_factory, valid, data):
    """Whatever bytes are changed or cut off: a dataset, or a fault in the usual form."""
    content = bytearray(data.draw(st.sampled_from([valid, version_8()])))
    flips = st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255))
    for position, byte in data.draw(st.lists(flips, max_size=8)):
        content[position] = byte
    size = data.draw(st.sampled_from([len(content), len(content), None]))
    size = data.draw(st.integers(0, len(content))) if size is None else size
    path: Path = save(tmp_path_factory.getbasetemp(), bytes(content[:size]), "damaged.xpt")
    for encoding in ("ascii", "utf-8", "cp1252"):
        with suppress(TransportError):
            read = read_xpt(path, encoding=encoding)
            assert len(read.frame) == read.header.record_count
