"""The same study gives the same bytes, whoever builds it, where, and in how many pieces."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from broken_study import read_folder

from sdtmconv.build import build
from sdtmconv.simulate import simulate
from sdtmconv.transport import read_xpt

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data" / "pharmaverse" / "raw"

WriteStudy = Callable[..., Path]

# Subjects out of order, one that has no demographics, values that only some of them have.
STUDY = {
    "raw/dm.csv": "SUBJ,SEX\n010,Male\n002,Female\n001,Male\n100,Female\n",
    "raw/ae.csv": (
        "SUBJ,TERM,SERIOUS,START\n010,Rash,No,03-MAR-2025\n002,Fatigue,,UN-MAR-2025\n"
        "010,Nausea,Yes,\n200,Cough,No,01-MAR-2025\n002,Anaemia of chronic disease,No,2025\n"
        "010,Asthenia,No,01-MAR-2025\n"
    ),
    "raw/ex.csv": (
        "SUBJ,DOSE,START\n100,80,02-MAR-2025\n010,80.125,16-MAR-2025\n002,,05-MAR-2025\n"
        "010,1e3,02-MAR-2025\n"
    ),
    "sdtm/ae.yaml": """
        domain: AE
        source: ae
        keys: [STUDYID, USUBJID, AESEQ]
        variables:
          AESEQ:   {sequence_by: [AESTDTC, AETERM]}
          AETERM:  {upcase: TERM}
          AEDECOD: {upcase: TERM}
          AESER:   {assign: SERIOUS}
          AESTDTC: {iso_datetime: START, format: DD-MON-YYYY or YYYY}
          AESTDY:  {study_day: AESTDTC}
        supplemental:
          AEFIRST: {constant: "Y", where: AESEQ EQ 1, label: First Event}
        """,
}


def run(folder: Path, out: Path, *options: str, **environment: str) -> dict[str, bytes]:
    """Build in a process of its own."""
    command = [sys.executable, "-m", "sdtmconv", "build", str(folder), "--out", str(out), *options]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )
    assert done.returncode in (0, 1), done.stderr
    return read_folder(out)


def test_chunks_of_any_size(write_study: WriteStudy, tmp_path: Path) -> None:
    """One subject at a time, three, or all of them."""
    folder = write_study(STUDY)
    results = []
    for size in (1, 3, 1000):
        build(folder, out=tmp_path / "out", chunk_size=size)
        results.append(read_folder(tmp_path / "out"))
    assert results[0] == results[1] == results[2]
    assert "tabulations/sdtm/suppae.xpt" in results[0]


def test_any_number_of_processes(write_study: WriteStudy, tmp_path: Path) -> None:
    """In this process or in two others."""
    folder = write_study(STUDY)
    build(folder, out=tmp_path / "one")
    build(folder, out=tmp_path / "two", jobs=2, chunk_size=1)
    assert read_folder(tmp_path / "one") == read_folder(tmp_path / "two")


def test_another_day_and_place(write_study: WriteStudy, tmp_path: Path) -> None:
    """Whatever the hash seed, the time zone, the locale and the name of the output folder."""
    folder = write_study(STUDY)
    first = run(folder, tmp_path / "a", PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C")
    other = run(
        folder,
        tmp_path / "elsewhere" / "b",
        "--jobs",
        "2",
        "--chunk",
        "2",
        PYTHONHASHSEED="2",
        TZ="Asia/Shanghai",
        LC_ALL="tr_TR.UTF-8",
    )
    assert first == other


def test_source_date_epoch_is_the_time_stamp(
    write_study: WriteStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its time goes into the files, in UTC, in place of the data cut."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1750000000")
    build(write_study(), out=tmp_path / "out")
    files = read_folder(tmp_path / "out")
    assert b"15JUN25:15:06:40" in files["tabulations/sdtm/dm.xpt"]
    assert b"2025-06-15T15:06:40" in files["tabulations/sdtm/define.xml"]


@pytest.fixture(scope="module")
def pilot(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The pilot study, built in one piece."""
    out = tmp_path_factory.mktemp("pilot") / "out"
    build(ROOT / "specs" / "cdiscpilot01", out=out)
    return read_folder(out)


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.exists(), reason="the pilot's records are not at ../shared")
@pytest.mark.parametrize(("jobs", "size"), [(1, 37), (2, 100)])
def test_the_pilot_in_pieces(pilot: dict[str, bytes], tmp_path: Path, jobs: int, size: int) -> None:
    """306 subjects' real records, in chunks that do not divide them evenly."""
    build(ROOT / "specs" / "cdiscpilot01", out=tmp_path / "out", jobs=jobs, chunk_size=size)
    assert read_folder(tmp_path / "out") == pilot


@pytest.mark.slow
def test_the_reference_study_one_subject_at_a_time(tmp_path: Path) -> None:
    """Every domain and every rule meets chunks in which a dataset has no record, as ADRS here."""
    study = ROOT / "specs" / "biottt001"
    simulate(5, 79, tmp_path / "raw")
    pieces = {}
    for size in (1, 2, 1000):
        built = build(study, raw=tmp_path / "raw", out=tmp_path / "out", chunk_size=size)
        pieces[size] = read_folder(built.out)
    assert pieces[1] == pieces[2] == pieces[1000]
    assert len(set(read_xpt(built.out / "analysis/adam/datasets/adrs.xpt").frame["USUBJID"])) < 5
