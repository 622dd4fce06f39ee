"""Which records are made: those for which a variable has a value."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from sdtmconv.build import build
from sdtmconv.errors import DataError, SpecError

WriteStudy = Callable[..., Path]

AE = """
    domain: AE
    source: ae
    kept_by: FIRST
    keys: [STUDYID, USUBJID, AESEQ]
    intermediate:
      FIRST: {flag_first: AETERM, order: AESTDTC}
    variables:
      AESEQ:   {sequence_by: AESTDTC}
      AETERM:  {upcase: TERM}
      AEDECOD: {upcase: TERM}
      AESER:   {assign: SERIOUS}
      AESTDTC: {iso_datetime: START, format: DD-MON-YYYY}
    """
EVENTS = """
    SUBJ,TERM,SERIOUS,START
    001,Nausea,No,03-MAR-2025
    001,NAUSEA,Yes,01-MAR-2025
    001,Headache,No,02-MAR-2025
    002,Nausea,No,04-MAR-2025
    """


def read_events(out: Path) -> pd.DataFrame:
    frame, _ = pyreadstat.read_xport(out / "tabulations/sdtm/ae.xpt")
    return frame


def test_a_record_is_kept_by_what_is_made_of_other_variables(
    write_study: WriteStudy, tmp_path: Path
) -> None:
    """They are computed on all records of the source first; the rest sees only what is kept."""
    study = write_study({"sdtm/ae.yaml": AE, "raw/ae.csv": EVENTS})
    build(study, out=tmp_path / "out")
    events = read_events(tmp_path / "out")
    assert events["AETERM"].tolist() == ["NAUSEA", "HEADACHE", "NAUSEA"]
    assert events["AESER"].tolist() == ["Y", "N", "N"]
    assert events["AESEQ"].tolist() == [1, 2, 1]


def test_records_are_kept_by_a_derived_variable_for_another_dataset(
    write_study: WriteStudy, tmp_path: Path
) -> None:
    """A dataset that is built only in part has the same records."""
    dm = "domain: DM\nsource: dm\nkeys: [STUDYID, USUBJID]\nvariables:\n"
    dm += "  SUBJID: {assign: SUBJ}\n  SITEID: {constant: '01'}\n  SEX: {assign: SEX}\n"
    dm += "  ARMCD: {constant: A}\n  ARM: {constant: A}\n  COUNTRY: {constant: CHN}\n"
    dm += "  RFSTDTC: {latest: AE.AESTDTC, among: AETERM EQ 'NAUSEA'}\n"
    study = write_study({"sdtm/ae.yaml": AE, "raw/ae.csv": EVENTS, "sdtm/dm.yaml": dm})
    build(study, out=tmp_path / "out", only=("DM",))
    frame, _ = pyreadstat.read_xport(tmp_path / "out/tabulations/sdtm/dm.xpt")
    assert frame["RFSTDTC"].tolist() == ["2025-03-01", "2025-03-04"]


def test_what_keeps_records_cannot_be_made_of_itself(write_study: WriteStudy) -> None:
    """A circle is found before any data is read, and shown."""
    circle = AE.replace("order: AESTDTC", "order: AESEQ")
    circle = circle.replace("sequence_by: AESTDTC", "sequence_by: FIRST")
    study = write_study({"sdtm/ae.yaml": circle})
    with pytest.raises(SpecError, match="in a circle: FIRST needs AESEQ needs FIRST"):
        build(study, out=study / "out")


def test_a_value_that_cannot_be_used_is_counted_once(
    write_study: WriteStudy, tmp_path: Path
) -> None:
    """It is met when records are chosen, and again when the variable is computed."""
    ae = AE.replace("order: AESTDTC", "order: AESER, ties: first")
    study = write_study({"sdtm/ae.yaml": ae, "raw/ae.csv": EVENTS.replace("Yes", "Maybe")})
    with pytest.raises(DataError) as refused:
        build(study, out=tmp_path / "out")
    (fault,) = refused.value.faults
    assert "'Maybe' (ae.csv record 2)" in fault.problem
