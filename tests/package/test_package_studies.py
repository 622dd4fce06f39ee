"""Both studies' packages, read by other programs than ours."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest
from browser import needs_browser, open_browser
from docx import Document

from sdtmconv.build import build
from sdtmconv.define_xml import check_define, read_define
from sdtmconv.package import package, verify
from sdtmconv.simulate import simulate

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data" / "pharmaverse"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with raw records, build and both packages of the reference study."""
    folder = tmp_path_factory.mktemp("reference")
    simulate(8, 5, folder / "raw")
    build(ROOT / "specs" / "biottt001", raw=folder / "raw", out=folder / "build")
    for agency in ("fda", "nmpa"):
        package(folder / "build", folder / agency, agency=agency)
    return folder


@pytest.fixture(scope="module")
def pilot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the build and the package of the pilot study, whose findings are explained."""
    if not SHARED.exists():
        pytest.skip("the pilot's records are not at ../shared")
    folder = tmp_path_factory.mktemp("pilot")
    build(ROOT / "specs" / "cdiscpilot01", out=folder / "build")
    package(folder / "build", folder / "fda")
    return folder


def read(path: Path, encoding: str) -> tuple[pd.DataFrame, Any]:
    return pyreadstat.read_xport(path, encoding=encoding)


@cache
def read_labels(define: Path) -> dict[str, tuple[str, list[str]]]:
    """Read the labels of each dataset and its variables."""
    datasets = read_define(define).datasets
    return {d.name: (d.label, [variable.label for variable in d.variables]) for d in datasets}


def compare_datasets(folder: Path, agency: str, encoding: str) -> int:
    """Compare a package's datasets with the build's, as another reader reads both; count them."""
    packaged = sorted((folder / agency).rglob("*.xpt"))
    for path in packaged:
        (origin,) = (folder / "build").rglob(path.name)
        frame, meta = read(path, encoding)
        expected, built = read(origin, "ascii")
        pd.testing.assert_frame_equal(frame, expected)
        assert meta.table_name == built.table_name
        assert meta.column_names == built.column_names
        assert meta.variable_storage_width == built.variable_storage_width
        assert meta.original_variable_types == built.original_variable_types
        assert meta.readstat_variable_types == built.readstat_variable_types
        labels = read_labels(path.with_name("define.xml"))
        assert (meta.file_label, meta.column_labels) == labels[meta.table_name]
    return len(packaged)


@pytest.mark.parametrize(("agency", "encoding"), [("fda", "ascii"), ("nmpa", "utf-8")])
def test_every_dataset_of_the_reference_study(reference: Path, agency: str, encoding: str) -> None:
    """Names, lengths, formats and values are the build's; labels are those of define.xml."""
    assert compare_datasets(reference, agency, encoding) == 46


def test_every_dataset_of_the_pilot(pilot: Path) -> None:
    """Names, labels, lengths, formats and values are the build's."""
    assert compare_datasets(pilot, "fda", "ascii") == 10


def test_defines_are_sound(reference: Path, pilot: Path) -> None:
    """Valid against the XSD, and nothing of our own checks is found, in either language."""
    defines = [p for folder in (reference, pilot) for p in sorted(folder.rglob("define*.xml"))]
    assert len(defines) >= 2 * 2 + 2 + 2 * 2 + 2 + 2
    assert [fault for path in defines for fault in check_define(path)] == []


def test_nobody_turns_the_reference_study_away(reference: Path) -> None:
    """The pre-check finds nothing in either package."""
    for agency in ("fda", "nmpa"):
        found = verify(reference / agency)
        assert [group.message for group in found.review.findings.groups] == []


@pytest.mark.browser
@needs_browser
def test_every_link_of_the_pages_of_define_xml_leads_somewhere(
    reference: Path, pilot: Path
) -> None:
    """Datasets, codelists, methods and value levels, of both studies, in English and in Chinese."""
    pages = sorted(path for folder in (reference, pilot) for path in folder.rglob("define*.html"))
    languages = set()
    with open_browser() as browser:
        for path in pages:
            browser.open(path)
            seen, broken = browser.follow_links()
            assert (seen > 50, broken) == (True, []), path
            languages.add(browser.run("document.documentElement.lang"))
    assert languages == {"en", "zh"}


def test_nobody_turns_the_pilot_away(pilot: Path) -> None:
    """Its trial summary comes from the public protocol."""
    assert [group.rule for group in verify(pilot / "fda").review.findings.groups] == []


def test_the_package_of_the_reference_study_speaks_chinese(reference: Path) -> None:
    """Labels in UTF-8, a define.xml and guides in Chinese, and the English ones beside them."""
    folder = reference / "nmpa/m5/datasets/biottt001/tabulations/sdtm"
    _, meta = read(folder / "ae.xpt", "utf-8")
    assert meta.file_label == "不良事件"
    assert meta.column_names_to_labels["USUBJID"] == "受试者唯一标识"
    assert all(len(label.encode()) <= 40 for label in meta.column_labels)
    assert read_define(folder / "define.xml").datasets[0].label == "试验组别"
    assert read_define(folder / "define-en.xml").datasets[0].label == "Trial Arms"
    chinese, english = (Document(folder / name) for name in ("csdrg.docx", "csdrg-en.docx"))
    assert chinese.paragraphs[0].text == "临床研究数据审阅说明: BIOTTT001"
    assert english.paragraphs[0].text == "Clinical Study Data Reviewer's Guide: BIOTTT001"
    cells = [cell.text for table in chinese.tables for cell in table.columns[1].cells]
    assert "不良事件" in cells
    manifest = json.loads((reference / "nmpa/manifest.json").read_text(encoding="utf-8"))
    assert (manifest["agency"], manifest["encoding"]) == ("nmpa", "utf-8")


def test_the_chinese_package_is_built_again(reference: Path) -> None:
    """The same specs and raw files give the same bytes."""
    study = ROOT / "specs" / "biottt001"
    assert verify(reference / "nmpa", study=study, raw=reference / "raw").rebuilt
