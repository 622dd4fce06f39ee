"""Raw records that a vendor delivered twice."""

from collections.abc import Callable
from pathlib import Path

import pyreadstat
import pytest

from sdtmconv.build import build
from sdtmconv.errors import DataError

WriteStudy = Callable[..., Path]

STUDY = """
    study: TINY
    data_cut: 2025-06-30
    raw:
      subject: SUBJ
      forms:
        dm: dm.csv
        ae: {file: ae.csv, unique_by: [TERM, START]}
        ex: ex.csv
    """
HEADER = "SUBJ,TERM,SERIOUS,START,NOTE\n"
NAUSEA = "001,Nausea,No,03-MAR-2025,"


def write_events(write_study: WriteStudy, *lines: str) -> Path:
    records = HEADER + "".join(f"{line}\n" for line in lines)
    return write_study({"study.yaml": STUDY, "raw/ae.csv": records})


def test_an_equal_record_is_left_out_and_told(write_study: WriteStudy, tmp_path: Path) -> None:
    """The first stays; columns that no dataset uses do not make a difference."""
    study = write_events(
        write_study,
        NAUSEA + "sent in May",
        "001,Headache,No,03-MAR-2025,",
        "002,Nausea,No,03-MAR-2025,",
        NAUSEA + "sent in June",
    )
    built = build(study, out=tmp_path / "out")
    frame, _ = pyreadstat.read_xport(tmp_path / "out/tabulations/sdtm/ae.xpt")
    assert frame["AETERM"].tolist() == ["HEADACHE", "NAUSEA", "NAUSEA"]
    told = [finding for finding in built.findings if finding.rule == "raw-record-repeated"]
    assert [finding.key for finding in told] == [(("file", "ae.csv"), ("record", "4"))]
    assert told[0].severity == "note"
    assert told[0].message == "repeats a record with the same TERM, START, and is left out"


def test_a_record_with_the_same_keys_and_another_value_stops_the_build(
    write_study: WriteStudy, tmp_path: Path
) -> None:
    """Which of two versions counts is not for a program to guess."""
    study = write_events(write_study, NAUSEA, "001,Nausea,Yes,03-MAR-2025,")
    with pytest.raises(DataError, match=r"form ae: .*TERM, START of another record.*record 2"):
        build(study, out=tmp_path / "out")


def test_records_repeat_without_unique_by(write_study: WriteStudy, tmp_path: Path) -> None:
    """Nothing is left out that the study does not name: two equal events may be two events."""
    study = write_study(
        {
            "raw/ae.csv": HEADER + f"{NAUSEA}\n{NAUSEA}\n",
            "sdtm/ae.yaml": """
                domain: AE
                source: ae
                keys: [STUDYID, USUBJID, AESEQ]
                variables:
                  AESEQ:   {sequence_by: AETERM, ties: first}
                  AETERM:  {upcase: TERM}
                  AEDECOD: {upcase: TERM}
                  AESER:   {assign: SERIOUS}
                  AESTDTC: {iso_datetime: START, format: DD-MON-YYYY}
                """,
        }
    )
    assert build(study, out=tmp_path / "out").records["AE"] == 2
