"""Whatever a file holds, a reader gives records or faults, never another error."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from any_blocks import read_raw
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sas7bdat_file import write_sas7bdat

from sdtmconv.errors import DataError
from sdtmconv.metadata import DatasetMetadata, VariableMetadata
from sdtmconv.raw import RawSource, read_columns
from sdtmconv.transport import write_xpt

ENCODINGS = ("", "utf-8", "cp1252", "gb18030", "utf-16", "utf-7", "shift_jis", "unicode_escape")
ENDINGS = ("csv", "sas7bdat", "xpt", "xlsx", "xls", "xlsb", "ods", "parquet", "json", "xml")
CSV = 'A,B\n1,"x ""y"" é\nz"\n4,5\r\n'.encode()
ODM = (
    b'<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3"><ClinicalData StudyOID="S"><SubjectData '
    b'SubjectKey="1"><StudyEventData StudyEventOID="E"><FormData FormOID="F"><ItemGroupData '
    b'ItemGroupOID="G"><ItemData ItemOID="I" Value="1"/></ItemGroupData></FormData>'
    b"</StudyEventData></SubjectData></ClinicalData></ODM>"
)


def check(path: Path, data: bytes, **said: object) -> None:
    path.write_bytes(data)
    source = RawSource("ae", path, **said)
    for read in (lambda: read_raw(source, ["A"]), lambda: read_columns(source)):
        with suppress(DataError):
            read()


def fuzz(examples: int) -> Callable[..., object]:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


@st.composite
def changed(draw: st.DrawFn, data: bytes) -> bytes:
    """Replace a few stretches of good data by others."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 12)))
        data = data[:start] + draw(st.binary(max_size=8)) + data[end:]
    return data


@fuzz(200)
@given(data=st.binary(max_size=200), ending=st.sampled_from(ENDINGS))
def test_random_bytes(tmp_path: Path, data: bytes, ending: str) -> None:
    """Under any ending."""
    check(tmp_path / f"ae.{ending}", data)


@fuzz(200)
@given(
    data=st.one_of(changed(CSV), st.text('A,;"\n\r\té', max_size=40).map(str.encode)),
    encoding=st.sampled_from(ENCODINGS),
    delimiter=st.sampled_from(("", ",", "tab", "é", '"')),
    header_row=st.integers(-1, 4),
)
def test_changed_csv(
    tmp_path: Path, data: bytes, encoding: str, delimiter: str, header_row: int
) -> None:
    """Under any settings."""
    said = {"encoding": encoding, "delimiter": delimiter, "header_row": header_row}
    check(tmp_path / "ae.csv", data, **said)


def good_xpt() -> bytes:
    variables = (
        VariableMetadata("A", "Text", "Char", length=3),
        VariableMetadata("D", "Date", "Num", length=8, display_format="DATE9."),
    )
    dataset = DatasetMetadata("AE", "Events", variables, ("A",), "AE", "EVENTS", "One per event")
    frame = pd.DataFrame({"A": pd.Series(["x", None], dtype="str"), "D": [23802.0, None]})
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ae.xpt"
        write_xpt(path, dataset, [frame], created=datetime(2025, 3, 2))
        return path.read_bytes()


@cache
def good_files() -> dict[str, bytes]:
    workbook = openpyxl.Workbook()
    for row in (["A", "B"], ["x", 1], [datetime(2025, 3, 2), "=1+1"]):
        workbook.active.append(row)
    sheet = io.BytesIO()
    workbook.save(sheet)
    parquet = io.BytesIO()
    columns = {"A": ["x", None], "B": [1.5, 2.0], "C": [datetime(2025, 3, 2), None]}
    pq.write_table(pa.table(columns), parquet)
    files = {"xml": ODM, "xlsx": sheet.getvalue(), "parquet": parquet.getvalue()}
    return files | {"xpt": good_xpt()}


@pytest.mark.parametrize("ending", ["xml", "parquet", "xlsx", "xpt"])
@fuzz(100)
@given(draw=st.data())
def test_changed_files(tmp_path: Path, ending: str, draw: st.DataObject) -> None:
    """Damaged anywhere."""
    check(tmp_path / f"ae.{ending}", draw.draw(changed(good_files()[ending])))


@fuzz(100)
@given(draw=st.data())
def test_changed_parts_of_a_workbook(tmp_path: Path, draw: st.DataObject) -> None:
    """Damaged inside the ZIP, where a checksum does not tell."""
    with zipfile.ZipFile(io.BytesIO(good_files()["xlsx"])) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    name = draw.draw(st.sampled_from(sorted(parts)))
    parts[name] = draw.draw(changed(parts[name]))
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as package:
        for part, content in parts.items():
            package.writestr(part, content)
    check(tmp_path / "ae.xlsx", data.getvalue())


@fuzz(100)
@given(draw=st.data())
def test_changed_sas7bdat(tmp_path: Path, draw: st.DataObject) -> None:
    """Damaged in its header and its page."""
    columns = {"A": ("$8", ["a", "b"]), "D": ("DATE9", [1.0, None]), "T": ("TIME8", [2.0, 3.0])}
    data = write_sas7bdat(tmp_path / "good.sas7bdat", columns).read_bytes()
    start = draw.draw(st.sampled_from([0, 1024, len(data) - 1200]))
    end = min(len(data), start + 1200)
    data = data[:start] + draw.draw(changed(data[start:end])) + data[end:]
    check(tmp_path / "ae.sas7bdat", data)
