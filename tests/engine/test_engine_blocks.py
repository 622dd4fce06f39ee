"""Forms that are read in several blocks give the build that they give when read whole."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from sdtmconv.build import build
from sdtmconv.engine import forms
from sdtmconv.errors import DataError
from sdtmconv.raw import iterate_raw

WriteStudy = Callable[..., Path]

# Subjects out of order and far apart, a repeat in another block, a column that no dataset uses.
STUDY = {
    "study.yaml": """
        study: TINY
        data_cut: 2025-06-30
        raw:
          subject: SUBJ
          forms:
            dm: dm.csv
            ae: {file: ae.csv, unique_by: [TERM, START]}
            ex: ex.csv
        """,
    "raw/dm.csv": "SUBJ,SEX\n010,Male\n002,Female\n001,Male\n",
    "raw/ae.csv": (
        "SUBJ,TERM,SERIOUS,START,NOTE\n010,Rash,No,03-MAR-2025,\n002,Fatigue,,UN-MAR-2025,a\n"
        '001,"Cough,\ndry",No,01-MAR-2025,\n010,Rash,No,03-MAR-2025,\n002,Pain,No,,b\n'
    ),
    "raw/ex.csv": "SUBJ,DOSE,START\n010,80,02-MAR-2025\n002,,05-MAR-2025\n",
}


def read_files(folder: Path) -> dict[Path, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder): path.read_bytes() for path in files}


@pytest.fixture(params=[1, 30, 64_000])
def block_bytes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Have forms read in blocks of some size."""
    monkeypatch.setattr(forms, "iterate_raw", partial(iterate_raw, block_bytes=request.param))
    return int(request.param)


def test_the_bytes_do_not_depend_on_blocks(
    write_study: WriteStudy, tmp_path: Path, block_bytes: int
) -> None:
    """Nor do the records counted, the repeats and the unused columns reported."""
    folder = write_study(STUDY)
    in_blocks = build(folder, out=tmp_path / "blocks", chunk_size=2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forms, "iterate_raw", iterate_raw)
        whole = build(folder, out=tmp_path / "whole")
    assert read_files(tmp_path / "blocks") == read_files(tmp_path / "whole")
    assert in_blocks.sources == whole.sources
    assert "5 records" in in_blocks.sources[1]
    rules = {group.rule for group in in_blocks.findings.groups}
    assert {"raw-record-repeated", "raw-column-unused"} <= rules


def test_records_without_subject_are_one_fault(write_study: WriteStudy, block_bytes: int) -> None:
    """At the first of them, with the number of the others."""
    folder = write_study({"raw/ex.csv": "SUBJ,DOSE,START\n001,1,\n,2,\n002,3,\n,4,\n,5,\n"})
    with pytest.raises(DataError) as caught:
        build(folder)
    (fault,) = caught.value.faults
    assert fault.place.endswith("ex.csv line 3")
    assert fault.problem == "the record has no subject in SUBJ, nor have 2 others"


def test_a_file_that_ends_badly_gives_its_own_fault_only(
    write_study: WriteStudy, block_bytes: int
) -> None:
    """What is wrong with records before it may come from the same damage."""
    folder = write_study({"raw/ex.csv": "SUBJ,DOSE,START\n,1,\n002,3\n"})
    with pytest.raises(DataError) as caught:
        build(folder)
    assert [fault.place.rpartition("/")[2] for fault in caught.value.faults] == ["ex.csv line 3"]
