"""Dataset-JSON 1.1 as CDISC specifies it, from the metadata that all outputs share."""

import json
import zlib

import numpy as np
import pandas as pd
import pytest
from dataset_json_file import CREATED, FRAME, METADATA, ROWS, as_object, write
from small_columns import text

from sdtmconv.errors import TransportError
from sdtmconv.metadata import DatasetMetadata, VariableMetadata
from sdtmconv.transport import special_missing
from sdtmconv.transport.dataset_json import DefineLink, write_dataset_json


def test_the_attributes_are_the_specifications_in_its_order(tmp_path):
    """Nothing is there that CDISC's schema does not know."""
    path = tmp_path / "adlb.json"
    define = DefineLink("STDY.X", "MDV.X", "define.xml")
    write_dataset_json(
        path, METADATA, [FRAME], created=CREATED, records=3, form="json", define=define
    )
    found = json.loads(path.read_bytes())
    assert list(found) == [
        "datasetJSONCreationDateTime", "datasetJSONVersion", "sourceSystem", "studyOID",
        "metaDataVersionOID", "metaDataRef", "itemGroupOID", "records", "name", "label", "columns",
        "rows",
    ]  # fmt: skip
    assert found["datasetJSONCreationDateTime"] == "2025-03-07T08:30:00"
    assert found["datasetJSONVersion"] == "1.1.0"
    assert list(found["sourceSystem"]) == ["name", "version"]
    assert (found["itemGroupOID"], found["records"], found["name"]) == ("IG.ADLB", 3, "ADLB")
    assert found["rows"] == ROWS


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("USUBJID", {"dataType": "string", "length": 6, "keySequence": 1}),
        ("LBDTC", {"dataType": "date", "length": 10}),
        (
            "ADT",
            {
                "dataType": "date",
                "targetDataType": "integer",
                "length": 8,
                "displayFormat": "DATE9.",
                "keySequence": 2,
            },
        ),
        ("AVISITN", {"dataType": "integer", "length": 8}),
        ("AVAL", {"dataType": "double", "length": 8, "displayFormat": "8.2"}),
        ("BASE", {"dataType": "decimal", "targetDataType": "decimal", "length": 8}),
    ],
)
def test_a_column_has_its_types_length_format_and_key(tmp_path, name, expected):
    """Dates that are numbers say that they become integers again, and decimals are text."""
    columns = {column["name"]: column for column in as_object(tmp_path)["columns"]}
    label = METADATA.variable(name).label
    assert columns[name] == {"itemOID": f"IT.ADLB.{name}", "name": name, "label": label, **expected}


def test_ndjson_has_the_same_content_line_by_line(tmp_path):
    """First the attributes, then each row."""
    first, *lines = write(tmp_path / "adlb.ndjson", "ndjson").decode().splitlines()
    whole = as_object(tmp_path)
    assert [json.loads(line) for line in lines] == whole.pop("rows")
    assert json.loads(first) == whole


def test_compressed_is_ndjson_in_a_zlib_stream(tmp_path):
    """Without any other header, as the specification says."""
    packed = write(tmp_path / "adlb.dsjc", "dsjc")
    assert zlib.decompress(packed) == write(tmp_path / "adlb.ndjson", "ndjson")


@pytest.mark.parametrize("form", ["json", "ndjson", "dsjc"])
def test_the_bytes_do_not_depend_on_the_frames(tmp_path, form):
    """Records may come in one frame or in several."""
    parts = [FRAME.iloc[:1], FRAME.iloc[1:1], FRAME.iloc[1:]]
    assert write(tmp_path / "a", form, parts) == write(tmp_path / "b", form)


def test_text_is_escaped_as_json_wants_it(tmp_path):
    """Whatever a text holds, JSON gives it back; what is not ASCII stays readable."""
    values = ['"', "\\", "\n\t\0", "试验", "😀", "null", "1", " "]
    metadata = DatasetMetadata(
        "X", "标签", (VariableMetadata("A", "", "Char", 9),), (), "X", "", ""
    )
    content = write(tmp_path / "x.json", "json", [pd.DataFrame({"A": text(*values)})], metadata)
    assert [value for (value,) in json.loads(content)["rows"]] == values
    assert "试验".encode() in content
    assert "标签".encode() in content


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("AVAL", special_missing("A"), "the value is the special missing value .A"),
        ("AVAL", np.inf, "the value is infinite; give a number"),
        ("AVISITN", 1.5, "1.5 is no integer, as its data type says; round it"),
        ("AVISITN", 2.0**60, "is an integer beyond 2**53"),
        ("ADT", 0.5, "0.5 is no date, as its format DATE9. says; correct the value, or drop"),
        ("ADT", 1e9, "1000000000 is no date"),
        ("ATM", 86400.0, "86400 is no time"),
        ("ATM", -1.0, "-1 is no time"),
        ("ADTM", 1e-7, "1e-07 is no datetime"),
        ("ADT", special_missing("Z"), "special missing value .Z"),
    ],
)
def test_a_value_that_json_cannot_hold_is_told(tmp_path, name, value, says):
    """The message names dataset, variable, record and keys, and nothing is written."""
    path = tmp_path / "adlb.json"
    frame = FRAME.assign(**{name: [0.0, value, 0.0]})
    with pytest.raises(TransportError) as caught:
        write(path, "json", [frame])
    (fault,) = caught.value.faults
    assert fault.place.startswith(f"ADLB.{name} record 2 (USUBJID=")
    assert says in str(fault)
    assert not path.exists()


def test_a_wrong_number_of_records_is_told(tmp_path):
    """The file states the number before the records, so it has to be known."""
    with pytest.raises(TransportError, match="ADLB: has 3 records, and 4 were announced"):
        write_dataset_json(
            tmp_path / "x", METADATA, [FRAME], created=CREATED, records=4, form="ndjson"
        )


def test_a_column_of_another_type_is_told(tmp_path):
    """As for a transport file."""
    with pytest.raises(TransportError, match=r"ADLB.AVAL: is Num, and its column is str"):
        write(tmp_path / "x", "json", [FRAME.assign(AVAL=text("1", "2", "3"))])
