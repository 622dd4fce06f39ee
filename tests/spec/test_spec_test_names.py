"""--TEST follows from --TESTCD by itself."""

from collections.abc import Callable
from pathlib import Path

import pyreadstat
import pytest

from sdtmconv.build import build
from sdtmconv.errors import SpecError

WriteStudy = Callable[..., Path]

STUDY = """
    study: TINY
    data_cut: 2025-06-30
    raw:
      subject: SUBJ
      forms: {dm: dm.csv, ex: ex.csv, lb: lb.csv}
    """
RESULTS = """
    SUBJ,TEST,RESULT
    001,Haemoglobin,140
    001,K,4.1
    """


def spec_of(domain: str, *rules: str) -> str:
    lines = [
        f"domain: {domain}",
        "source: lb",
        f"keys: [STUDYID, USUBJID, {domain}TESTCD]",
        "variables:",
        f"  {domain}SEQ: {{sequence_by: {domain}TESTCD}}",
        f"  {domain}ORRES: {{assign: RESULT}}",
        *(f"  {rule}" for rule in rules),
    ]
    return "\n".join(lines)


def write_tests(write_study: WriteStudy, domain: str, codelists: str, *rules: str) -> Path:
    return write_study(
        {
            "study.yaml": STUDY,
            "codelists.yaml": f"SEX:\n  terms: {{Female: F, Male: M}}\n{codelists}",
            "raw/lb.csv": RESULTS,
            "raw/ae.csv": None,
            "sdtm/ae.yaml": None,
            f"sdtm/{domain.lower()}.yaml": spec_of(domain, *rules),
        }
    )


def test_a_test_has_the_name_that_the_terminology_pairs_with_its_code(
    write_study: WriteStudy, tmp_path: Path
) -> None:
    """LBTESTCD and LBTEST are one to one without a second table."""
    codelists = "LBTESTCD:\n  terms: {Haemoglobin: HGB}\n"
    study = write_tests(write_study, "LB", codelists, "LBTESTCD: {assign: TEST}")
    build(study, out=tmp_path / "out")
    frame, _ = pyreadstat.read_xport(tmp_path / "out/tabulations/sdtm/lb.xpt")
    assert frame[["LBTESTCD", "LBTEST"]].to_numpy().tolist() == [
        ["HGB", "Hemoglobin"],
        ["K", "Potassium"],
    ]


def test_the_studys_own_codes_have_its_decodes(write_study: WriteStudy, tmp_path: Path) -> None:
    """Where CDISC has no codelist, as for PCTESTCD, codelists.yaml names the tests."""
    codelists = """
PCCODE:
  terms: {Haemoglobin: HB, K: K}
  decodes: {HB: Blood pigment, K: Potassium ion}
"""
    rule = "PCTESTCD: {assign: TEST, codelist: PCCODE}"
    build(write_tests(write_study, "PC", codelists, rule), out=tmp_path / "out")
    frame, _ = pyreadstat.read_xport(tmp_path / "out/tabulations/sdtm/pc.xpt")
    assert frame["PCTEST"].tolist() == ["Blood pigment", "Potassium ion"]


def test_a_name_that_the_spec_states_stays(write_study: WriteStudy, tmp_path: Path) -> None:
    """Nothing is added where both are said."""
    rules = ("PCTESTCD: {constant: X}", "PCTEST: {constant: Thing}")
    study = write_tests(write_study, "PC", "", *rules, "PCSPID: {assign: TEST}")
    study.joinpath("raw/lb.csv").write_text("SUBJ,TEST,RESULT\n001,a,1\n", encoding="utf-8")
    build(study, out=tmp_path / "out")
    frame, _ = pyreadstat.read_xport(tmp_path / "out/tabulations/sdtm/pc.xpt")
    assert frame["PCTEST"].tolist() == ["Thing"]


def test_a_code_without_a_name_is_told(write_study: WriteStudy) -> None:
    """A study's own code needs a decode."""
    codelists = "\nPCCODE:\n  terms: {Haemoglobin: HB, K: K}\n"
    study = write_tests(write_study, "PC", codelists, "PCTESTCD: {assign: TEST, codelist: PCCODE}")
    with pytest.raises(SpecError, match=r"pc.yaml:7: test HB has no name; .*`decodes`"):
        build(study)


def test_a_code_without_any_codelist_needs_a_stated_name(write_study: WriteStudy) -> None:
    """There is nothing to take the name from."""
    study = write_tests(write_study, "PC", "", "PCTESTCD: {assign: TEST}")
    with pytest.raises(SpecError, match="PC has no PCTEST, which the standard requires"):
        build(study)
