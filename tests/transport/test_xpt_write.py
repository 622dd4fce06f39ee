"""Writing transport files: the bytes, the limits, and what is refused."""

from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdtmconv.errors import DataError, TransportError
from sdtmconv.metadata import DatasetMetadata, VariableMetadata
from sdtmconv.transport import (
    missing_codes,
    read_xpt,
    read_xpt_header,
    special_missing,
    write_xpt,
    xpt_write,
)

CREATED = datetime(2025, 3, 7, 8, 30, 15)


def char(name, length, label="", display_format=""):
    return VariableMetadata(name, label, "Char", length, display_format=display_format)


def num(name, label="", display_format="", length=8, data_type="float"):
    return VariableMetadata(
        name, label, "Num", length, data_type=data_type, display_format=display_format
    )


def dataset(*variables, name="AE", label="Adverse Events", keys=()):
    return DatasetMetadata(name, label, variables, keys, name, "EVENTS", "One record per event")


def text(*values):
    return pd.Series(values, dtype="str")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ae.xpt"


def write(path, metadata, *frames, **options):
    return write_xpt(path, metadata, frames, created=CREATED, **options)


def faults_of(path, metadata, *frames, **options):
    with pytest.raises(TransportError) as caught:
        write(path, metadata, *frames, **options)
    assert list(path.parent.iterdir()) == []
    return [str(fault) for fault in caught.value.faults]


def test_the_bytes_are_those_of_ts_140(path):
    """Every byte of a small file is where TS-140 wants it."""
    metadata = dataset(
        char("AETERM", 5, "Reported Term"), num("AESTDY", "Study Day", "8.2"), label="Events"
    )
    frame = pd.DataFrame({"AETERM": text("RASH", None), "AESTDY": [1.0, np.nan]})
    assert write(path, metadata, frame, informats={"AETERM": "$20."}) == 2
    title = b"HEADER RECORD*******%bHEADER RECORD!!!!!!!%b  "
    zeros = b"0" * 30
    stamp = b"07MAR25:08:30:15"
    made_by = b"9.4     " + b" " * 8 + b" " * 24
    namestrs = (
        b"\0\2\0\0\0\5\0\1AETERM  " + b"Reported Term".ljust(40) + b" " * 8
        + bytes(8) + b"$       \0\x14\0\0" + b"\0\0\0\0" + bytes(52)
        + b"\0\1\0\0\0\x08\0\2AESTDY  " + b"Study Day".ljust(40) + b" " * 8
        + b"\0\x08\0\2" + bytes(4) + b"        \0\0\0\0" + b"\0\0\0\5" + bytes(52)
    )  # fmt: skip
    assert path.read_bytes() == b"".join(
        (
            title % (b"LIBRARY ", zeros),
            b"SAS     SAS     SASLIB  " + made_by + stamp,
            stamp.ljust(80),
            title % (b"MEMBER  ", b"000000000000000001600000000140"),
            title % (b"DSCRPTR ", zeros),
            b"SAS     AE      SASDATA " + made_by + stamp,
            stamp + b" " * 16 + b"Events".ljust(40) + b" " * 8,
            title % (b"NAMESTR ", b"000000000200000000000000000000"),
            namestrs.ljust(320),
            title % (b"OBS     ", zeros),
            (b"RASH \x41\x10\0\0\0\0\0\0" + b"     \x2e\0\0\0\0\0\0\0").ljust(80),
        )
    )


def test_a_dataset_without_records_is_a_header(path):
    """No frames, and frames without rows, give a file with all variables and no record."""
    metadata = dataset(char("AETERM", 5), num("AESTDY"))
    assert write(path, metadata) == 0
    alone = path.read_bytes()
    empty = pd.DataFrame(columns=["AETERM", "AESTDY"])
    assert write(path, metadata, empty, empty) == 0
    assert path.read_bytes() == alone
    assert read_xpt(path).frame.dtypes.astype("str").to_dict() == {
        "AETERM": "str",
        "AESTDY": "float64",
    }


def test_frames_and_blocks_do_not_show_in_the_bytes(path, monkeypatch):
    """One frame, many frames, and blocks of any size give the same file."""
    metadata = dataset(char("AETERM", 5), num("AESTDY"))
    frame = pd.DataFrame(
        {"AETERM": text(*(str(number) for number in range(1000))), "AESTDY": np.arange(1000.0)}
    )
    write(path, metadata, frame)
    whole = path.read_bytes()
    monkeypatch.setattr(xpt_write, "_BLOCK_BYTES", 100)
    assert write(path, metadata, frame[:1], frame[1:1], frame[1:900], frame[900:]) == 1000
    assert path.read_bytes() == whole
    pd.testing.assert_frame_equal(read_xpt(path).frame, frame)


def test_columns_may_stand_in_any_order_and_be_of_near_types(path):
    """The metadata's order counts; integers, nullable numbers and object text are taken."""
    metadata = dataset(char("A", 3), num("B"), num("C"), char("D", 3), num("E"))
    frame = pd.DataFrame(
        {
            "E": pd.Series([1, None], dtype="Float64"),
            "D": pd.Series([None, None], dtype="object"),
            "C": pd.Series([1, None], dtype="Int64"),
            "B": np.array([7, -8], dtype="int32"),
            "A": pd.Series(["x", None], dtype="object"),
        }
    ).set_index(pd.Index([9, 9]))
    write(path, metadata, frame)
    expected = pd.DataFrame(
        {
            "A": text("x", None),
            "B": [7.0, -8.0],
            "C": [1.0, np.nan],
            "D": text(None, None),
            "E": [1.0, np.nan],
        }
    )
    pd.testing.assert_frame_equal(read_xpt(path).frame, expected)


def test_trailing_blanks_and_empty_text_are_read_as_the_format_has_them(path):
    """Trailing blanks do not count in a length and are not read back; leading blanks are kept."""
    frame = pd.DataFrame({"A": text("abc  ", "", "   ", " b", None, "abcd")})
    write(path, dataset(char("A", 4), char("B", 80)), frame.assign(B=text(*"uvwxyz")))
    assert read_xpt(path).frame["A"].fillna("-").tolist() == ["abc", "-", "-", " b", "-", "abcd"]


def test_special_missing_values_are_written(path):
    """.A to .Z and ._ are told from the ordinary missing value."""
    values = [special_missing("A"), 1.0, np.nan, special_missing("_"), special_missing("Z")]
    write(path, dataset(num("X")), pd.DataFrame({"X": values}))
    read = read_xpt(path).frame["X"].to_numpy()
    assert missing_codes(read).tolist() == ["A", "", ".", "_", "Z"]


@pytest.mark.parametrize(
    ("encoding", "cell"),
    [
        ("utf-8", b"caf\xc3\xa9 "),
        ("cp1252", b"caf\xe9  "),
        ("latin-1", b"caf\xe9  "),
        ("gb18030", b"caf\xa8\xa6 "),
    ],
)
def test_other_encodings_are_used_on_request(path, encoding, cell):
    """Text is written in the encoding asked for, its length counted in bytes."""
    frame = pd.DataFrame({"A": text("café", None, "plain")})
    write(path, dataset(char("A", 6, label="Café")), frame, encoding=encoding)
    assert path.read_bytes()[-80:].startswith(cell + b" " * 6 + b"plain ")
    back = read_xpt(path, encoding=encoding)
    pd.testing.assert_frame_equal(back.frame, frame)
    assert back.header.metadata.variables[0].label == "Café"


def test_chinese_text_is_written_in_its_encoding(path):
    """Chinese text has two bytes a character in EUC-CN."""
    frame = pd.DataFrame({"A": text("皮疹", "头痛", "皮疹")})
    write(path, dataset(char("A", 4)), frame, encoding="euc-cn")
    assert path.read_bytes()[-80:].startswith("皮疹头痛皮疹".encode("gb2312"))
    pd.testing.assert_frame_equal(read_xpt(path, encoding="euc-cn").frame, frame)


def test_a_character_outside_ascii_is_named(path):
    """The message names dataset, variable, record, keys and character."""
    metadata = dataset(
        char("USUBJID", 6), num("AESEQ"), char("AETERM", 9), keys=("USUBJID", "AESEQ", "GONE")
    )
    frame = pd.DataFrame(
        {
            "USUBJID": text("01-001", "01-002"),
            "AESEQ": [1.0, 3.0],
            "AETERM": text("RASH", "NAUSÉE"),
        }
    )
    assert faults_of(path, metadata, frame) == [
        "AE.AETERM record 2 (USUBJID=01-002, AESEQ=3): character 'É' (U+00C9) cannot be written "
        "in ascii; replace it, or ask for an encoding that has it"
    ]


@pytest.mark.parametrize(
    ("variable", "value", "problem"),
    [
        (char("A", 3), "abcd", "the value takes 4 bytes in utf-8, of 3"),
        (char("A", 3), "éé", "the value takes 4 bytes in utf-8, of 3"),
        (char("A", 3), "a\0b", r"character '\x00' (U+0000) cannot be written in utf-8"),
        (num("A"), np.inf, "the value is infinite"),
        (num("A"), -np.inf, "the value is infinite"),
        (num("A"), 1e76, "1e+76 is beyond 7.237e+75, the largest number"),
        (num("A"), -1e-80, "-1e-80 is nearer to zero than 5.398e-79, the smallest number"),
        (num("A"), 2**53 + 1, "9007199254740993 is an integer beyond 2**53 and may be inexact"),
        (num("A"), -(2**53) - 1, "-9007199254740993 is an integer beyond 2**53"),
        (num("A", data_type="integer"), 2.0**54, "1.8014398509481984e+16 is an integer beyond"),
        (num("A", length=3), 0.1, "0.1 does not fit into 3 bytes exactly"),
    ],
)
def test_a_value_that_does_not_fit_is_named(path, variable, value, problem):
    """No value is cut, clamped or rounded: it is an error, and no file is left."""
    frame = pd.DataFrame({"A": [value]})
    (fault,) = faults_of(path, dataset(variable), frame, encoding="utf-8")
    assert fault.startswith(f"AE.A record 1: {problem}")


def test_large_numbers_that_are_no_integers_are_exact(path):
    """A double beyond 2**53 is held as it is where the variable is no integer."""
    values = [2.0**53 + 2, 1e75, -1e-78]
    write(path, dataset(num("A")), pd.DataFrame({"A": values}))
    assert read_xpt(path).frame["A"].tolist() == values


def test_faulty_values_of_all_frames_are_reported_at_once(path):
    """Each variable's first five misfits are worded, with their records; the rest are counted."""
    metadata = dataset(char("A", 2), num("B"))
    good = pd.DataFrame({"A": text("ok"), "B": [1.0]})
    bad = pd.DataFrame({"A": text(*["long"] * 4), "B": [np.inf] * 4})
    faults = faults_of(path, metadata, good, bad, good, bad)
    assert [fault.split(":")[0] for fault in faults] == [
        *(f"AE.A record {number}" for number in (2, 3, 4, 5, 7)),
        "AE.A",
        *(f"AE.B record {number}" for number in (2, 3, 4, 5, 7)),
        "AE.B",
    ]
    assert "3 more values do not fit" in faults[5]


def test_all_limits_are_checked_at_once(path):
    """Every name, label, length and format that breaks a limit is reported in one go."""
    metadata = dataset(
        char("AETERMLONG", 200),
        char("aeterm", 201),
        char("1A", 0, "x" * 41),
        num("B", "Größe", length=1),
        num("C", display_format="$20."),
        char("D", 5, display_format="DATE9."),
        num("E", display_format="DATE9"),
        num("F", display_format="ABCDEFGHI8."),
        num("F"),
        name="AE-1",
        label="y" * 41,
    )
    faults = faults_of(path, metadata, informats={"E": "8.", "D": "8.", "Z": "8."})
    assert [fault.split(";")[0] for fault in faults] == [
        "AE-1: 'AE-1' is not a dataset name",
        f"AE-1: label '{'y' * 41}' is 41 bytes long",
        "AE-1.F: stands twice in the dataset",
        "AE-1.AETERMLONG: 'AETERMLONG' is not a variable name",
        "AE-1.aeterm: 'aeterm' is not a variable name",
        "AE-1.aeterm: a Char variable cannot have the length 201",
        "AE-1.1A: '1A' is not a variable name",
        f"AE-1.1A: label '{'x' * 41}' is 41 bytes long",
        "AE-1.1A: a Char variable cannot have the length 0",
        "AE-1.B: label 'Größe': character 'ö' (U+00F6) cannot be written in ascii",
        "AE-1.B: a Num variable cannot have the length 1",
        "AE-1.C: format $20. does not suit a Num variable",
        "AE-1.D: format DATE9. does not suit a Char variable",
        "AE-1.E: 'DATE9' is not a SAS format",
        "AE-1.F: format ABCDEFGHI8. is longer than the file can hold",
        "AE-1.D: informat 8. does not suit a Char variable",
        "AE-1.Z: informat 8. is for a variable that is not there",
    ]


@pytest.mark.parametrize("encoding", ["utf-16", "klingon", "utf-7", "hex", "undefined", ""])
def test_encodings_without_ascii_are_refused(path, encoding):
    """The headers are ASCII, so the encoding must have ASCII in it."""
    (fault,) = faults_of(path, dataset(char("A", 1)), encoding=encoding)
    assert f"{encoding!r} is not an encoding that a transport file can have" in fault


def test_a_dataset_needs_variables(path):
    """A file without variables could not be read."""
    assert "has 0 variables" in faults_of(path, dataset())[0]


def test_columns_that_are_not_the_variables_are_refused(path):
    """A missing, unknown, doubled or mistyped column is named."""
    metadata = dataset(char("AETERM", 5), num("STUDYDAY"), char("DOMAIN", 1))
    names = ["AETERMS", "STUDYDAY", "DOMAIN", "DOMAIN"]
    frame = pd.DataFrame([["x", 1.0, "Y", "N"]], columns=names)
    assert faults_of(path, metadata, frame) == [
        "AE.AETERMS: is a column but no variable; did you mean 'AETERM'?",
        "AE.AETERM: has no column in the data; did you mean 'AETERMS'?",
        "AE.DOMAIN: has 2 columns in the data; drop all but one",
    ]


@pytest.mark.parametrize(
    ("variable", "series"),
    [
        (char("A", 5), pd.Series([1.0])),
        (char("A", 5), pd.Series(["x", 1], dtype="object")),
        (char("A", 5), pd.Series([b"x"], dtype="object")),
        (char("A", 5), pd.Series(["\ud800"], dtype="object")),
        (char("A", 5), pd.Series([True])),
        (num("A"), pd.Series(["1"], dtype="str")),
        (num("A"), pd.Series(pd.to_datetime(["2025-01-01"]))),
        (num("A"), pd.Series([True])),
    ],
)
def test_columns_of_another_type_are_refused(path, variable, series):
    """Text is not made of numbers, nor numbers of text or dates."""
    (fault,) = faults_of(path, dataset(variable), pd.DataFrame({"A": series}))
    assert fault.startswith(f"AE.A: is {variable.type}, and its column is {series.dtype}")


def test_a_blank_last_record_is_refused_where_it_would_be_lost(path):
    """With records under 80 bytes, a blank one at the end looks like padding."""
    frame = pd.DataFrame({"A": text("x", None, None)})
    (fault,) = faults_of(path, dataset(char("A", 79)), frame)
    assert fault.startswith("AE record 3: is blank, and a record of under 80 bytes is lost")


@pytest.mark.parametrize("length", [1, 2, 39, 40, 41, 79, 80, 81, 160, 200])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 79, 80, 81])
def test_records_are_counted_whatever_the_padding(path, length, count):
    """Blank records are kept anywhere but at the end, and there too from 80 bytes on."""
    end = "x" if length < 80 else None
    values = text(*[None] * (count - 1), end) if count else text()
    write(path, dataset(char("A", length)), pd.DataFrame({"A": values}))
    assert path.stat().st_size % 80 == 0
    assert read_xpt_header(path).record_count == count
    pd.testing.assert_series_equal(read_xpt(path).frame["A"], values, check_names=False)


def test_a_failure_leaves_the_previous_file_whole(path):
    """A failed write, for whatever reason, changes nothing in the folder."""
    metadata = dataset(char("A", 3))
    write(path, metadata, pd.DataFrame({"A": text("old")}))
    before = path.read_bytes()

    def failing():
        yield pd.DataFrame({"A": text("new")})
        raise DataError

    with pytest.raises(DataError):
        write_xpt(path, metadata, failing(), created=CREATED)
    with pytest.raises(TransportError):
        write(path, metadata, pd.DataFrame({"A": text("too long")}))
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_named(tmp_path):
    """A path that cannot be written to is an error in the usual form."""
    path = tmp_path / "gone" / "ae.xpt"
    with pytest.raises(TransportError, match=r"ae\.xpt: cannot be written: No such file"):
        write(path, dataset(char("A", 1)))


def test_a_folder_in_the_files_place_is_named(tmp_path):
    """A folder is not replaced by a file."""
    path = tmp_path / "ae.xpt"
    path.mkdir()
    with pytest.raises(TransportError, match=r"ae\.xpt: cannot be written"):
        write(path, dataset(char("A", 1)))
    assert list(tmp_path.iterdir()) == [path]


def test_text_hidden_under_missing_values_is_not_written(path):
    """Arrow may keep bytes under a missing value; they are not data."""
    import pyarrow as pa

    buffers = pa.array(["abc", "def"], pa.large_string()).buffers()
    masked = pa.Array.from_buffers(pa.large_string(), 2, [pa.py_buffer(b"\2"), *buffers[1:]])
    frame = pd.DataFrame({"A": pd.Series(masked, dtype="str")})
    write(path, dataset(char("A", 3)), frame)
    assert path.read_bytes()[-80:] == b"   def".ljust(80)


VALUES = st.text(st.characters(min_codepoint=1, max_codepoint=0x2FFF), max_size=12)
NUMBERS = st.one_of(st.none(), st.floats(allow_nan=False, width=32).filter(lambda x: abs(x) < 1e38))


@settings(max_examples=50, deadline=None)
@given(records=st.lists(st.tuples(VALUES, NUMBERS), max_size=20), width=st.integers(36, 200))
def test_whatever_is_written_is_read_back(tmp_path_factory, records, width):
    """Any text and number comes back as it was, but for trailing blanks."""
    path = tmp_path_factory.mktemp("xpt") / "ae.xpt"
    frame = pd.DataFrame(
        {
            "A": text(*(value for value, _ in records)),
            "B": pd.Series([number for _, number in records], dtype="float64"),
        }
    )
    write(path, dataset(char("A", width), num("B")), frame, encoding="utf-8")
    expected = frame.assign(A=frame["A"].str.rstrip(" ").replace("", None).astype("str"))
    pd.testing.assert_frame_equal(read_xpt(path, encoding="utf-8").frame, expected)
