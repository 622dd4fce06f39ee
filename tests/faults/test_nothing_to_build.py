"""Nothing to build from is no fault: datasets without records are written, read and validated."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sdtmconv.build import build
from sdtmconv.transport import read_xpt
from sdtmconv.validate import validate_folder

WriteStudy = Callable[..., Path]
HEADERS = {
    "raw/dm.csv": "SUBJ,SEX\n",
    "raw/ae.csv": "SUBJ,TERM,SERIOUS,START\n",
    "raw/ex.csv": "SUBJ,DOSE,START\n",
}


@pytest.mark.parametrize("jobs", [1, 2])
def test_no_subjects(write_study: WriteStudy, tmp_path: Path, jobs: int) -> None:
    """Files with a header only give datasets with all variables and no record."""
    result = build(write_study(HEADERS), out=tmp_path / "out", jobs=jobs)
    assert result.records == {"DM": 0, "EX": 0, "AE": 0}
    dataset = read_xpt(tmp_path / "out" / "tabulations" / "sdtm" / "ae.xpt")
    assert len(dataset.frame) == 0
    assert [v.name for v in dataset.header.metadata.variables][:6] == [
        "STUDYID", "DOMAIN", "USUBJID", "AESEQ", "AETERM", "AELLT",
    ]  # fmt: skip
    assert validate_folder(tmp_path / "out")[1].errors == 0


def test_no_records_of_one_dataset(write_study: WriteStudy, tmp_path: Path) -> None:
    """Subjects without any event: AE is there, without records, and the others are whole."""
    folder = write_study({"raw/ae.csv": HEADERS["raw/ae.csv"]})
    result = build(folder, out=tmp_path / "out")
    assert result.records == {"DM": 2, "EX": 3, "AE": 0}
    assert result.findings.errors == 0
    assert validate_folder(tmp_path / "out")[1].errors == 0


def test_a_condition_that_no_record_meets(write_study: WriteStudy, tmp_path: Path) -> None:
    """What is chosen is nothing; the study day and the sequence of nothing are nothing."""
    folder = write_study()
    spec = folder / "sdtm" / "ae.yaml"
    chosen = 'sources: {own: {from: ae, where: TERM EQ "none of them"}}'
    spec.write_text(spec.read_text().replace("source: ae", chosen))
    assert build(folder, out=tmp_path / "out").records["AE"] == 0


def test_a_subject_without_records(write_study: WriteStudy, tmp_path: Path) -> None:
    """A subject of one file only has no values from the others."""
    folder = write_study({"raw/dm.csv": "SUBJ,SEX\n001,Female\n002,Male\n003,\n"})
    build(folder, out=tmp_path / "out", chunk_size=1)
    frame = read_xpt(tmp_path / "out" / "tabulations" / "sdtm" / "dm.xpt").frame
    assert frame["RFSTDTC"].fillna("").tolist() == ["2025-03-02", "2025-03-05", ""]
    assert frame["SEX"].fillna("").tolist() == ["F", "M", ""]


def test_no_supplemental_values(write_study: WriteStudy, tmp_path: Path) -> None:
    """A spec may name qualifiers that nobody has: SUPP-- is then there without records."""
    folder = write_study()
    spec = folder / "sdtm" / "ae.yaml"
    more = "supplemental:\n  AEXTRA: {assign: TERM, where: TERM is missing, label: Extra}\n"
    spec.write_text(spec.read_text() + more)
    assert build(folder, out=tmp_path / "out").records["SUPPAE"] == 0
    assert validate_folder(tmp_path / "out")[1].errors == 0
