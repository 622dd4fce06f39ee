"""Datasets go from one format to another, one or a whole folder of them."""

import json
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from small_columns import number, text

from sdtmconv.cli import main
from sdtmconv.convert import FORMATS, convert
from sdtmconv.define_xml import write_define
from sdtmconv.errors import DataError, TransportError
from sdtmconv.metadata import DatasetMetadata, Origin, StudyMetadata, VariableMetadata
from sdtmconv.transport import special_missing, write_xpt

CREATED = datetime(2025, 6, 30)
COLLECTED = Origin("Collected", "Investigator")
METADATA = DatasetMetadata(
    "VS",
    "Vital Signs",
    (
        VariableMetadata("USUBJID", "Unique Subject Identifier", "Char", 6, origin=COLLECTED),
        VariableMetadata("VSSEQ", "Sequence Number", "Num", 8, "integer", origin=COLLECTED),
        VariableMetadata("VSDTC", "Date/Time", "Char", 10, "date", origin=COLLECTED),
    ),
    ("USUBJID", "VSSEQ"),
    "VS",
    "FINDINGS",
    "One record per test",
)
FRAME = pd.DataFrame(
    {
        "USUBJID": text("01-001", "01-002"),
        "VSSEQ": number(1, None),
        "VSDTC": text("2025-03-07", None),
    }
)


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A folder as a build leaves it, in small."""
    folder = tmp_path / "build"
    for place in ("sdtm", "more"):
        (folder / place).mkdir(parents=True)
        write_xpt(folder / place / "vs.xpt", METADATA, [FRAME], created=CREATED)
    study = StudyMetadata("S", "A study", "S", {"SDTMIG": "3.4", "SDTM CT": "2022-09-30"})
    described = StudyMetadata(**(vars(study) | {"datasets": (METADATA,)}))
    write_define(folder / "sdtm" / "define.xml", described, "SDTMIG", created=CREATED)
    (folder / "build.json").write_text('{"study": "S"}')
    return folder


@pytest.mark.parametrize("to", FORMATS)
def test_a_folder_keeps_its_order(build, tmp_path, to):
    """Every dataset is converted, in its subfolder; what is no dataset is left."""
    out = tmp_path / "out"
    assert convert(build, to=to, out=out) == {f"more/vs.{to}": 2, f"sdtm/vs.{to}": 2}
    found = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    assert found == {f"more/vs.{to}", f"sdtm/vs.{to}", "build.json"}


@pytest.mark.parametrize("to", FORMATS)
def test_a_transport_file_comes_back_byte_by_byte(build, tmp_path, to):
    """Whatever it was in between."""
    convert(build, to=to, out=tmp_path / "between")
    convert(tmp_path / "between", to="xpt", out=tmp_path / "back")
    for place in ("sdtm", "more"):
        again = tmp_path / "back" / place / "vs.xpt"
        assert again.read_bytes() == (build / place / "vs.xpt").read_bytes()


def test_keys_and_data_types_come_from_the_define_beside_it(build, tmp_path):
    """A transport file has no place for them."""
    out = tmp_path / "out"
    convert(build, to="json", out=out)
    plain, described = (
        json.loads((out / place / "vs.json").read_bytes()) for place in ("more", "sdtm")
    )
    assert described["studyOID"].endswith("S")
    assert described["metaDataVersionOID"].startswith("MDV.S")
    assert "studyOID" not in plain
    types = [column["dataType"] for column in plain["columns"]]
    assert types == ["string", "double", "string"]
    types = [column["dataType"] for column in described["columns"]]
    assert types == ["string", "integer", "date"]
    keys = [column.get("keySequence") for column in described["columns"]]
    assert keys == [1, 2, None]


def test_on_the_command_line(build, tmp_path):
    """It names what it wrote."""
    out = tmp_path / "out"
    arguments = ["convert", str(build / "sdtm" / "vs.xpt"), "--to", "dsjc", "--out", str(out)]
    done = CliRunner().invoke(main, arguments)
    assert (done.exit_code, done.stdout) == (0, f"{out / 'vs.dsjc'}: 2 records\n")


def test_all_faults_of_all_files_are_told_and_nothing_is_written(build, tmp_path):
    """And an earlier result stays."""
    out = tmp_path / "out"
    convert(build, to="ndjson", out=out)
    before = (out / "more" / "vs.ndjson").read_bytes()
    for place in ("sdtm", "more"):
        frame = FRAME.assign(VSSEQ=[special_missing("A"), 1.0])
        write_xpt(build / place / "vs.xpt", METADATA, [frame], created=CREATED)
    with pytest.raises(TransportError) as caught:
        convert(build, to="ndjson", out=out)
    assert len({str(fault) for fault in caught.value.faults}) >= 1
    assert "special missing value .A" in str(caught.value)
    assert (out / "more" / "vs.ndjson").read_bytes() == before


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nowhere", "is neither a file nor a folder; name a file"),
        ("empty", "holds no dataset; name a folder with files that end in .xpt"),
        ("twice", "b.xpt: would become b.json, as b.parquet would; convert them one by one"),
    ],
)
def test_nothing_to_convert(tmp_path, name, says):
    """A path without datasets is told as such."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "twice").mkdir()
    for ending in ("xpt", "parquet"):
        (tmp_path / "twice" / f"b.{ending}").touch()
    with pytest.raises(DataError, match=says):
        convert(tmp_path / name, to="json", out=tmp_path / "out")


def test_a_file_of_another_ending(tmp_path):
    """Its format cannot be told."""
    (tmp_path / "dm.csv").touch()
    with pytest.raises(TransportError, match=r"its ending; name a file that ends in .xpt, .json"):
        convert(tmp_path / "dm.csv", to="json", out=tmp_path / "out")
