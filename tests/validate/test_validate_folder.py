"""Folders of transport files."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from small_study import make_frame
from tiny_study import SMALL_STUDY, WriteStudy

from sdtmconv.build import build
from sdtmconv.errors import DataError
from sdtmconv.metadata import DatasetMetadata, VariableMetadata
from sdtmconv.transport import write_xpt
from sdtmconv.validate import validate_folder

SHARED = Path(__file__).parents[3] / "shared"

DM = {
    "STUDYID": ["S1", "S1"],
    "DOMAIN": ["DM", "DM"],
    "USUBJID": ["S1-1", "S1-2"],
    "SUBJID": ["1", "2"],
    "RFSTDTC": ["2025-03-01", None],
    "RFENDTC": ["2025-04-01", None],
    "RFXSTDTC": ["2025-03-01", None],
    "RFXENDTC": ["2025-04-01", None],
    "RFICDTC": [None, None],
    "RFPENDTC": ["2025-04-01", None],
    "DTHDTC": [None, None],
    "DTHFL": [None, None],
    "SITEID": ["01", "01"],
    "AGE": [61, 58],
    "AGEU": ["YEARS", "YEARS"],
    "SEX": ["F", "M"],
    "RACE": ["ASIAN", "ASIAN"],
    "ARMCD": ["A", None],
    "ARM": ["Drug A", None],
    "ACTARMCD": ["A", None],
    "ACTARM": ["Drug A", None],
    "ARMNRS": [None, "SCREEN FAILURE"],
    "ACTARMUD": [None, None],
    "COUNTRY": ["CHN", "CHN"],
}

WriteDataset = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> WriteDataset:
    """Write a dataset as a transport file of a folder."""

    def write_dataset(name: str, columns: dict[str, list[object]], file: str = "") -> Path:
        frame = make_frame(columns)
        variables = tuple(
            VariableMetadata(column, column, "Num", 8)
            if dtype.kind == "f"
            else VariableMetadata(column, column, "Char", 40)
            for column, dtype in frame.dtypes.items()
        )
        metadata = DatasetMetadata(name, name, variables, (), name, "", "")
        path = tmp_path / (file or f"{name.lower()}.xpt")
        path.parent.mkdir(parents=True, exist_ok=True)
        write_xpt(path, metadata, [frame], created=datetime(2025, 6, 30))
        return path

    return write_dataset


def found_in(folder: Path) -> list[tuple[str, str, str, str]]:
    _, findings = validate_folder(folder)
    return [(f.rule, f.dataset, f.variable, f.value) for f in findings]


def test_folder_is_checked_against_the_standard(write: WriteDataset, tmp_path: Path) -> None:
    """Without any description, the standard says what to expect; clean data give no finding."""
    write("DM", DM)
    study, findings = validate_folder(tmp_path)
    assert list(findings) == []
    assert (study.name, findings.records) == ("S1", {"DM": 2})
    assert study.datasets[0].variable("SEX").codelist.name == "SEX"


def test_faults_are_found_by_the_standard(write: WriteDataset, tmp_path: Path) -> None:
    """Terms, dates, and variables that are Required, Expected or unknown to the standard."""
    changed = {**DM, "SEX": ["Q", "M"], "RFSTDTC": ["2025-99-01", None], "DMXX": ["a", "b"]}
    write("DM", {name: values for name, values in changed.items() if name not in ("AGEU", "ARM")})
    write("TS", {"STUDYID": ["S1"], "DOMAIN": ["TS"], "TSSEQ": [1], "TSPARMCD": ["ADDON"]})
    assert {f for f in found_in(tmp_path) if f[1] == "DM"} == {
        ("iso8601", "DM", "RFSTDTC", "2025-99-01"),
        ("codelist", "DM", "SEX", "Q"),
        ("variable-expected", "DM", "AGEU", ""),
        ("variable-expected", "DM", "ARM", ""),
        ("variable-known", "DM", "DMXX", ""),
    }
    assert ("variable-required", "TS", "TSPARM", "") in found_in(tmp_path)


def test_builds_and_flat_folders_are_read_alike(write: WriteDataset, tmp_path: Path) -> None:
    """Files may lie at any depth; ADaM is told by the dataset's name."""
    write("DM", DM, "tabulations/sdtm/dm.xpt")
    adtte = {
        "STUDYID": ["S1"],
        "USUBJID": ["S1-1"],
        "TRTP": ["Drug A"],
        "PARAM": ["Overall Survival"],
        "PARAMCD": ["OS"],
        "CNSR": [0],
        "EVNTDESC": ["Death"],
        "MINE": ["x"],
    }
    write("ADTTE", adtte, "analysis/adam/datasets/ADTTE.XPT")
    assert found_in(tmp_path) == [
        ("variable-required", "ADTTE", "AVAL", ""),
        ("subject-dataset", "ADSL", "", ""),
    ]


def test_dataset_under_another_name_is_read_as_the_domain_it_claims(
    write: WriteDataset, tmp_path: Path
) -> None:
    """A file such as rsrecist.xpt is named as unknown, and checked as the domain of its records."""
    write("DM", DM)
    write("DMEXTRA", {**DM, "SEX": ["Q", "M"]})
    assert found_in(tmp_path) == [
        ("codelist", "DMEXTRA", "SEX", "Q"),
        ("dataset-known", "DMEXTRA", "", ""),
    ]


def test_unreadable_file_is_a_finding(write: WriteDataset, tmp_path: Path) -> None:
    """Damaged files are reported beside the findings of the others."""
    write("DM", DM)
    (tmp_path / "ae.xpt").write_bytes(b"no transport file")
    (tmp_path / "cm.xpt").write_bytes(write("CM", DM).read_bytes()[:1000])
    assert [f[:3] for f in found_in(tmp_path)] == [
        ("file-readable", "AE", ""),
        ("file-readable", "CM", ""),
    ]


def test_dataset_in_two_files_is_refused(write: WriteDataset, tmp_path: Path) -> None:
    """Two files with one dataset cannot be one study."""
    write("DM", DM, "a/dm.xpt")
    write("DM", DM, "b/dm.xpt")
    with pytest.raises(DataError, match=r"b/dm.xpt: holds DM, which .*a/dm.xpt holds as well"):
        validate_folder(tmp_path)


def test_folder_without_files_is_refused(tmp_path: Path) -> None:
    """A wrong path is said, not reported as a clean study."""
    with pytest.raises(DataError, match="holds no XPT file"):
        validate_folder(tmp_path)
    with pytest.raises(DataError, match="is not a folder"):
        validate_folder(tmp_path / "nowhere")


@pytest.mark.skipif(not SHARED.is_dir(), reason="the published pilot data are not at ../shared")
def test_published_pilot_has_known_findings_only() -> None:
    """The public pilot SDTM breaks a few rules, which its publisher knows."""
    study, findings = validate_folder(SHARED / "data/pharmaverse/sdtm", encoding="cp1252")
    assert study.name == "CDISCPILOT01"
    assert findings.records["AE"] == 1191
    errors = {g.rule: g.place for g in findings.groups if g.details.severity == "error"}
    assert errors == {
        "arm-of-nobody": "DM.ARM",
        "population-qualifier": "SUPPDM.QNAM",
        "result-missing": "IS_ADA.ISORRES",
        "result-number": "PC.PCSTRESN",
        "serious-event": "AE.AESER",
        "study-day": "AE.AESTDY",
        "summary-complete": "TS.TSPARMCD",
        "summary-format": "TS.TSVAL",
        "variable-type": "IS_ADA.ISLLOQ",
        "visit-name": "SV.VISIT",
    }


def test_terms_that_define_adds_are_declared(write_study: WriteStudy, tmp_path: Path) -> None:
    """A build that declares its own terms is as clean when its files are validated."""
    specs = {
        "codelists.yaml": """
            SEX:
              terms: {Female: F, Male: M}
            NY:
              terms: {"Yes": Y, "No": N}
            UNIT:
              extend: {vials: vials}
            """,
        "sdtm/ex.yaml": SMALL_STUDY["sdtm/ex.yaml"].replace("constant: mg", "constant: vials"),
    }
    out = tmp_path / "out"
    found = build(write_study(specs), out=out).findings
    assert "codelist-extension" not in {group.rule for group in found.groups}
    assert find_terms(out) == []
    (out / "tabulations/sdtm/define.xml").unlink()
    assert find_terms(out) == ["vials"]


def find_terms(folder: Path) -> list[str]:
    """Give the values that are reported as no terms."""
    _, findings = validate_folder(folder)
    return sorted({f.value for f in findings if f.rule == "codelist-extension"})
