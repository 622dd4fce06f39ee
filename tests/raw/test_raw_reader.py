"""What all formats have in common: finding the file, its format, its settings and its columns."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from any_blocks import read_raw

from sdtmconv.errors import DataError
from sdtmconv.raw import RawSource, read_columns

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "pharmaverse" / "raw"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ae_raw.csv").write_text("STUDY,AETERM,AESER\nS,Nausea,N\n", encoding="utf-8")
    (tmp_path / "notes.doc").write_text("x", encoding="utf-8")
    return tmp_path


def fault(folder: Path, name: str, columns: list[str] | None = None, **settings: object) -> str:
    source = RawSource("ae", folder / name, place="study.yaml:9", **settings)
    with pytest.raises(DataError) as caught:
        read_raw(source, columns or [])
    return str(caught.value).replace(f"{folder}/", "").replace(str(folder), "raw")


def test_all_columns_are_read_and_reported(folder: Path) -> None:
    """Those not asked for as well; the result travels between processes."""
    table = read_raw(RawSource("ae", folder / "ae_raw.csv"), ["AETERM"])
    assert list(table.frame) == ["STUDY", "AETERM", "AESER"]
    assert (table.name, table.path) == ("ae", str(folder / "ae_raw.csv"))
    assert (table.encoding, table.delimiter) == ("utf-8", ",")
    assert pickle.loads(pickle.dumps(table)).place(0) == table.place(0)  # noqa: S301


def test_all_missing_columns_are_told_at_once(folder: Path) -> None:
    """Each with the nearest names, or all there are."""
    assert fault(folder, "ae_raw.csv", ["AETRM", "STUDY", "aeser", "QQ", "QQ"]).split("\n") == [
        "ae_raw.csv line 1: no column 'AETRM'; did you mean 'AETERM'?",
        "ae_raw.csv line 1: no column 'aeser'; did you mean 'AESER'?",
        "ae_raw.csv line 1: no column 'QQ'; it has STUDY, AETERM, AESER",
    ]


@pytest.mark.parametrize(
    ("name", "settings", "expected"),
    [
        ("ae_row.csv", {}, "ae_row.csv: no such file; did you mean 'ae_raw.csv'?"),
        (
            "qq.xpt",
            {},
            "qq.xpt: no such file; check the name, and that the file is in 'raw'",
        ),
        (
            "sub/ae.csv",
            {},
            "sub/ae.csv: no such file: there is no folder 'sub'; check the path, or give the "
            "folder with --raw",
        ),
        (
            "notes.doc",
            {},
            "study.yaml:9: 'notes.doc' does not tell its format by its ending; state `format`: "
            "one of csv, sas7bdat, xpt, excel, parquet, dataset_json, odm",
        ),
        (
            "ae_raw.csv",
            {"format": "exel"},
            "study.yaml:9: unknown format 'exel'; did you mean 'excel'?",
        ),
        (
            "ae_raw.csv",
            {"format": "parquet", "encoding": "cp1252", "header_row": 2},
            "study.yaml:9: `encoding` does not apply to parquet; leave it out\n"
            "study.yaml:9: `header_row` does not apply to parquet; leave it out",
        ),
    ],
)
def test_a_file_that_cannot_be_found_or_told(
    folder: Path, name: str, settings: dict[str, object], expected: str
) -> None:
    """A file's faults name the file, a setting's the spec."""
    assert fault(folder, name, **settings) == expected


def test_a_folder_is_no_file(folder: Path) -> None:
    """Also where its name ends like one."""
    (folder / "lb.csv").mkdir()
    assert fault(folder, "lb.csv") == "lb.csv: is not a file; name the file itself"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser may read all")
def test_a_file_that_may_not_be_read_is_a_fault(folder: Path) -> None:
    """The operating system's words, and a remedy."""
    (folder / "ae_raw.csv").chmod(0)
    assert "cannot be read (Permission denied); check the file" in fault(folder, "ae_raw.csv")


def test_a_stated_format_goes_before_the_ending(folder: Path) -> None:
    """Vendors name files as they please."""
    (folder / "lab.doc").write_text("A;B\n1;2\n", encoding="utf-8")
    source = RawSource("lb", folder / "lab.doc", format="csv")
    assert read_columns(source) == ["A", "B"]
    assert len(read_raw(source).frame) == 1


def test_libraries_of_rare_formats_wait_for_a_form(folder: Path) -> None:
    """To import them takes longer than to read a small file."""
    code = (
        "import sys; from pathlib import Path; from sdtmconv.raw import RawSource, read_raw; "
        "read_raw(RawSource('ae', Path('ae_raw.csv'))); "
        "print(*sorted({'pyarrow.parquet', 'pyreadstat'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.skipif(not SHARED.exists(), reason="../shared is not beside the project")
@pytest.mark.parametrize(
    ("name", "records", "columns"),
    [("dm", 306, 13), ("ae", 1191, 32), ("ds", 850, 13), ("ec", 591, 14), ("vs", 12978, 15)],
)
def test_the_pilot_s_raw_records_are_read(name: str, records: int, columns: int) -> None:
    """All of them, with nothing stated."""
    source = RawSource(name, SHARED / f"{name}_raw.csv")
    table = read_raw(source)
    assert table.frame.shape == (records, columns)
    assert table.lines.tolist() == list(range(2, records + 2))
    assert read_columns(source) == list(table.frame)
