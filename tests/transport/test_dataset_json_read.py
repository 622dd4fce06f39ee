"""What is written is read back, whatever its form; and what is broken is told."""

import gzip
import json
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

import pandas as pd
import pytest
from damaged_bytes import damage
from dataset_json_file import CREATED, FRAME, METADATA, as_object, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_columns import number, text

from sdtmconv.errors import SdtmconvError, TransportError
from sdtmconv.metadata import DatasetMetadata, VariableMetadata
from sdtmconv.transport.dataset_json import iterate_dataset_json, read_dataset_json

FORMS = ["json", "ndjson", "dsjc"]


@pytest.mark.parametrize("form", FORMS)
def test_what_is_written_is_read(tmp_path, form):
    """Values, labels, lengths, formats, keys and the time stamp."""
    write(tmp_path / "file", form)
    read = read_dataset_json(tmp_path / "file")
    pd.testing.assert_frame_equal(read.frame, FRAME)
    header = read.header
    assert (header.created, header.record_count) == (CREATED, 3)
    assert (header.metadata.name, header.metadata.label) == ("ADLB", "Laboratory Analysis")
    assert header.metadata.keys == ("USUBJID", "ADT")
    data_types = dict(zip(("ADT", "ATM", "ADTM"), ("date", "time", "datetime"), strict=True))
    assert header.metadata.variables == tuple(
        replace(v, data_type=data_types.get(v.name, v.data_type), significant_digits=None)
        for v in METADATA.variables
    )


@pytest.mark.parametrize("form", FORMS)
def test_a_dataset_without_records(tmp_path, form):
    """Is read as one empty frame with all its columns."""
    write(tmp_path / "file", form, [FRAME.iloc[:0]])
    pd.testing.assert_frame_equal(read_dataset_json(tmp_path / "file").frame, FRAME.iloc[:0])


@pytest.mark.parametrize("form", FORMS)
def test_a_long_file_is_read_in_blocks(tmp_path, form):
    """Blocks end where records end, wherever the brackets and quotes stand."""
    values = [f'{i} ]"[,\\' * (i % 9) + "x" for i in range(60_000)]
    metadata = DatasetMetadata("X", "", (VariableMetadata("A", "", "Char", 99),), (), "X", "", "")
    frame = pd.DataFrame({"A": text(*values)})
    write(tmp_path / "file", form, [frame], metadata)
    blocks = list(iterate_dataset_json(tmp_path / "file"))
    assert len(blocks) > 1
    assert pd.concat(blocks)["A"].tolist() == values


def _rewrite(edit: Callable[[dict], object], **layout) -> Callable[[dict], bytes]:
    def make(sound: dict) -> bytes:
        return json.dumps(edit(sound) or sound, **layout).encode()

    return make


def _columns_last(sound: dict) -> dict:
    return {"rows": sound.pop("rows"), **sound}


def _ndjson(sound: dict) -> bytes:
    rows = sound.pop("rows")
    return "\r\n".join(map(json.dumps, [sound, *rows])).encode()


def _without_rows(sound: dict) -> None:
    sound.update(records=0)
    del sound["rows"]


LAYOUTS = {
    "indented": _rewrite(lambda sound: None, indent=2),
    "on one line": _rewrite(lambda sound: None),
    "rows first": _rewrite(_columns_last),
    "rows first, indented": _rewrite(_columns_last, indent=1),
    "with a byte order mark": lambda sound: b"\xef\xbb\xbf" + _ndjson(sound),
    "NDJSON of Windows, without a last line end": _ndjson,
    "JSON in gzip": lambda sound: gzip.compress(json.dumps(sound).encode()),
    "NDJSON in gzip": lambda sound: gzip.compress(_ndjson(sound)),
    "gzip in two members": lambda sound: b"".join(
        gzip.compress(part + b"\n") for part in _ndjson(sound).split(b"\n")
    ),
    "JSON in zlib, uncompressed": lambda sound: zlib.compress(json.dumps(sound).encode(), 0),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_other_layouts_are_read(tmp_path, layout):
    """JSON leaves order and white space open, and compressed files are met in both ways."""
    path = tmp_path / "adlb.dsjc"
    path.write_bytes(LAYOUTS[layout](as_object(tmp_path)))
    pd.testing.assert_frame_equal(read_dataset_json(path).frame, FRAME)


def test_a_file_may_have_no_rows(tmp_path):
    """Then it only describes a dataset."""
    path = tmp_path / "adlb.json"
    path.write_bytes(_rewrite(_without_rows)(as_object(tmp_path)))
    assert len(read_dataset_json(path).frame) == 0


def test_empty_text_is_missing_and_a_length_not_stated_is_that_of_the_data(tmp_path):
    """As in a transport file, which cannot tell them apart."""
    path = tmp_path / "x.ndjson"
    columns = [
        {"itemOID": "IT.X.A", "name": "A", "label": "", "dataType": "string"},
        {"itemOID": "IT.X.B", "name": "B", "label": "", "dataType": "float"},
    ]
    sound = as_object(tmp_path) | {"columns": columns, "rows": [["", 1], ["试验", None]]}
    path.write_bytes(_ndjson(sound | {"records": 2}))
    read = read_dataset_json(path)
    pd.testing.assert_frame_equal(
        read.frame, pd.DataFrame({"A": text(None, "试验"), "B": number(1, None)})
    )
    assert [variable.length for variable in read.header.metadata.variables] == [6, 8]


@dataclass(frozen=True)
class Case:
    """One way in which a file is broken: how, and pieces of what must be said."""

    what: str
    edit: Callable[[dict], bytes]
    says: str
    remedy: str
    at: str = "adlb.json"


def change(**attributes) -> Callable[[dict], bytes]:
    return _rewrite(lambda sound: attributes | sound | attributes)


def drop(name: str) -> Callable[[dict], bytes]:
    return _rewrite(lambda sound: {key: sound[key] for key in sound if key != name})


def column(number: int, **attributes) -> Callable[[dict], bytes]:
    return _rewrite(lambda sound: sound["columns"][number].update(attributes))


def value(record: int, number: int, new: object) -> Callable[[dict], bytes]:
    def edit(sound: dict) -> None:
        sound["rows"][record][number] = new

    return _rewrite(edit)


def bytes_of(edit: Callable[[bytes], bytes], pack=lambda content: content):
    return lambda sound: edit(pack(json.dumps(sound).encode()))


AGAIN = "fetch or write the file again"
MEND = "correct the file, or write it again"
CASES = [
    Case("empty", lambda _: b"", "is empty", AGAIN),
    Case("a CSV file", lambda _: b"A,B\n1,2\n", "'A,B\\n1,2\\n' stands where { should be", AGAIN),
    Case("only a brace", lambda _: b"{", "is no sound JSON", AGAIN),
    Case("an array", lambda _: b"[]", "'[]' stands where { should be", AGAIN),
    Case("an empty object", lambda _: b"{}", "has no attribute 'datasetJSONVersion'", "add it"),
    Case("no name", drop("name"), "has no attribute 'name'", "it is required"),
    Case("no columns", drop("columns"), "has no attribute 'columns'", "add it"),
    Case("an attribute too many", change(Name="X"), "'Name', which is unknown", "'name'?"),
    Case("one behind the rows", _rewrite(lambda s: s | {"Name": 1}), "'Name', which", "'name'?"),
    Case("a record count of text", change(records="3"), "'records' is '3'", "a whole number"),
    Case("a truth value as a count", change(records=True), "is True", "give a whole number"),
    Case("a negative count", change(records=-1), "states -1 records", "how many rows"),
    Case("another count", change(records=4), "states 4 records, and holds 3", AGAIN),
    Case("version 1.0", change(datasetJSONVersion="1.0.0"), "version '1.0.0'", "to version 1.1"),
    Case("no time", change(datasetJSONCreationDateTime="2025"), "'2025', no date", "write it as"),
    Case("no later time", change(dbLastModifiedDateTime="x"), "'x', no date", "write it as"),
    Case("a system unknown", change(sourceSystem={"name": "x"}), "'version'", "add it", "System"),
    Case(
        "a system's age", change(sourceSystem={"age": 1}), "'age', which", "did you mean", "System"
    ),
    Case("no column", change(columns=[]), "has no columns", "describe at least one"),
    Case("columns of text", change(columns=["A"]), "'A', not an object", "describe", "column 1"),
    Case("columns as an object", change(columns={}), "is {}, not an array", "give an array"),
    Case("a column's name twice", column(1, name="USUBJID"), "as another one has", "rename", "2"),
    Case("an empty name", column(0, name=""), "has an empty name", "name it", "column 1"),
    Case("a type unknown", column(0, dataType="text"), "dataType 'text'", "did you mean", "1"),
    Case("a boolean", column(0, dataType="boolean"), "dataType boolean", "send Y and N", "1"),
    Case("a target too many", column(0, targetDataType="integer"), "'integer'", "goes with", "1"),
    Case("a format of another", column(2, displayFormat="TIME5."), "TIME5.", "same", "column 3"),
    Case("a length of 0", column(0, length=0), "'length' is 0", "count from 1", "column 1"),
    Case("a length of text", column(0, length="6"), "'6', not a whole", "give a whole", "1"),
    Case("a number for text", value(0, 0, 1), "1 is no text", "put it in quotes", "record 1"),
    Case("a truth value", value(1, 6, True), "True is no number", "JSON number", "record 2"),
    Case("text for a number", value(1, 6, "1"), "'1' is no number", "JSON number", "record 2"),
    Case("a huge number", value(1, 6, 10**30), "1000000000000000000000000000000 is", "JSON", "2"),
    Case("half an integer", value(2, 5, 1.5), "1.5 is no whole number", "decimals", "record 3"),
    Case("a decimal as a number", value(0, 7, 1.5), "1.5 is no text of a number", '"98.6"', "1"),
    Case("a decimal with a comma", value(0, 7, "1,5"), "'1,5' is no text", '"98.6"', "record 1"),
    Case("a SAS date", value(0, 2, 19725), "19725 is no text of a date", "2025-03-07", "1"),
    Case("a partial date", value(0, 2, "2025-03"), "'2025-03' is no text of a date", "null", "1"),
    Case("the 30th of February", value(0, 2, "2025-02-30"), "is no text of a date", "null", "1"),
    Case("a time zone", value(0, 4, "2025-03-07T08:30:00Z"), "without a zone", "null", "1"),
    Case("half a character", value(0, 0, "\ud800"), "'\\ud800' is no text", "quotes", "record 1"),
    Case("a value too few", change(rows=[["x"]]), "record 1 is no array of 8 values", MEND),
    Case("rows as objects", change(rows=[{}]), "stands where ] should be", AGAIN),
    Case("a row of a row", change(rows=[[["x"]]]), "has an array within a record", "as a text"),
    Case("rows of text", change(rows="x"), "stands where [ should be", AGAIN),
    Case("NaN", value(0, 6, float("nan")), "record 1 is no sound JSON: NaN is no JSON", MEND),
    Case("cut off", bytes_of(lambda content: content[:-9]), "cut off within a record", AGAIN),
    Case("no end", bytes_of(lambda content: content[:-2]), "it ends where ] should be", AGAIN),
    Case("no last brace", bytes_of(lambda content: content[:-1]), "ends where } should", AGAIN),
    Case("more behind it", bytes_of(lambda content: content + b"[]"), "goes on with", MEND),
    Case("in UTF-16", lambda _: "{}".encode("utf-16"), "is no sound JSON", AGAIN),
    Case(
        "in cp1252",
        bytes_of(lambda content: content.replace(b"01-001", b"\xe9")),
        "is not in UTF-8 behind record 0",
        "write it in UTF-8",
    ),
    Case(
        "a label in cp1252",
        bytes_of(lambda content: content.replace(b"Baseline", b"\xe9")),
        "is not in UTF-8",
        "write it in UTF-8",
    ),
    Case(
        "zlib cut off",
        bytes_of(lambda content: content[:-9], zlib.compress),
        "is cut off: its compressed text has no end",
        AGAIN,
    ),
    Case(
        "gzip damaged",
        bytes_of(lambda content: content[:60] + b"\xff" * 9 + content[69:], gzip.compress),
        "cannot be unpacked",
        AGAIN,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case.what for case in CASES])
def test_a_broken_file_is_told(tmp_path, case):
    """Place, problem and remedy."""
    path = tmp_path / "adlb.json"
    path.write_bytes(case.edit(as_object(tmp_path)))
    with pytest.raises(TransportError) as caught:
        read_dataset_json(path)
    said = [f for f in caught.value.faults if case.says in f.problem and case.remedy in f.remedy]
    assert len(said) == 1, caught.value.faults
    assert said[0].place.endswith(case.at)


@pytest.mark.parametrize("name", ["nowhere.json", "."])
def test_no_file(tmp_path, name):
    """A path without a file is told as such."""
    with pytest.raises(TransportError, match=r"cannot be read: .*; check that it is there"):
        read_dataset_json(tmp_path / name)


def test_small_compressed_text_does_not_fill_the_memory(tmp_path):
    """A file that unpacks to far more than it is, without an end of a record, is refused."""
    path = tmp_path / "x.dsjc"
    path.write_bytes(zlib.compress(b'{"name":"' + b" " * 200_000_000))
    with pytest.raises(TransportError, match="a value or a record of more than 16,000,000 bytes"):
        read_dataset_json(path)


@settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(draw=st.data())
def test_a_changed_file_gives_records_or_faults(tmp_path, draw):
    """Never another error, wherever and in whichever form it is changed."""
    form = draw.draw(st.sampled_from(FORMS))
    content = write(tmp_path / "sound", form)
    path = tmp_path / "changed"
    path.write_bytes(damage(content, draw, longest=40))
    with suppress(SdtmconvError):
        read_dataset_json(path)


_TEXTS = st.text(st.characters(codec="utf-8"), max_size=9).map(lambda t: t or None)
_NUMBERS = st.floats(allow_nan=False, allow_infinity=False).map(lambda x: x + 0.0) | st.none()


@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(_TEXTS, _NUMBERS), max_size=9), st.sampled_from(FORMS))
def test_any_text_and_number_come_back(tmp_path, records, form):
    """To the last digit and character."""
    variables = VariableMetadata("A", "", "Char", 36), VariableMetadata("N", "", "Num", 8, "float")
    metadata = DatasetMetadata("X", "", variables, (), "X", "", "")
    frame = pd.DataFrame(
        {"A": text(*(a for a, _ in records)), "N": number(*(n for _, n in records))}
    )
    write(tmp_path / "x", form, [frame], metadata)
    pd.testing.assert_frame_equal(read_dataset_json(tmp_path / "x").frame, frame, check_exact=True)
