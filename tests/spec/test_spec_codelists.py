"""The study's codelists, laid over the controlled terminology."""

from collections.abc import Callable
from pathlib import Path

from sdtmconv.metadata import Term
from sdtmconv.spec import load_study
from sdtmconv.spec.model import StudyCodelist

WriteStudy = Callable[..., Path]


def codelist_of(folder: Path, dataset: str, variable: str) -> StudyCodelist:
    found = load_study(folder).datasets[dataset].variables[variable].codelist
    assert found
    return found


def test_a_standard_codelist_applies_by_itself(write_study: WriteStudy) -> None:
    """With what the study adds to it: collected values, and terms where it is extensible."""
    folder = write_study(
        {"codelists.yaml": "UNIT:\n  terms: {mgs: mg}\n  extend: {VP: Particles}\n"}
    )
    found = codelist_of(folder, "EX", "EXDOSU")
    assert found.collected == {"mgs": "mg"}
    assert found.codelist
    assert found.codelist.terms[-1] == Term("VP", "Particles", extended=True)
    assert found.codelist.code == "C71620"


def test_a_study_without_codelists(write_study: WriteStudy) -> None:
    """Has the standard's."""
    found = codelist_of(write_study({"codelists.yaml": None}), "AE", "AESER")
    assert found.name == "NY"
    assert found.collected == {}


def test_none_switches_a_codelist_off(write_study: WriteStudy) -> None:
    """Where the data are what they are."""
    folder = write_study()
    spec = folder / "sdtm" / "ae.yaml"
    spec.write_text(spec.read_text().replace("assign: SERIOUS", "assign: SERIOUS, codelist: none"))
    assert load_study(folder).datasets["AE"].variables["AESER"].codelist is None


def test_a_codelist_of_the_study_s_own(write_study: WriteStudy) -> None:
    """Its values are those that collected values become, in their order."""
    folder = write_study()
    lists = (
        "MINE:\n  label: My List\n  terms: {b: BETA, a: ALPHA, bb: BETA}\n  decodes: {BETA: B.}\n"
    )
    with (folder / "codelists.yaml").open("a") as file:
        file.write(lists)
    spec = folder / "sdtm" / "ae.yaml"
    spec.write_text(spec.read_text().replace("{upcase: TERM}", "{upcase: TERM, codelist: MINE}"))
    found = codelist_of(folder, "AE", "AETERM").codelist
    assert found
    assert (found.label, found.terms) == ("My List", (Term("BETA", "B."), Term("ALPHA")))


def test_another_name_for_a_standard_codelist(write_study: WriteStudy) -> None:
    """`standard` says which; the study's own name is used in specs."""
    folder = write_study({"codelists.yaml": "YESNO:\n  standard: NY\n  terms: {Ja: Y, Nein: N}\n"})
    spec = folder / "sdtm" / "ae.yaml"
    spec.write_text(spec.read_text().replace("assign: SERIOUS", "assign: SERIOUS, codelist: YESNO"))
    found = codelist_of(folder, "AE", "AESER")
    assert found.collected == {"Ja": "Y", "Nein": "N"}
    assert found.codelist
    assert found.codelist.name == "NY"


def test_a_variable_that_draws_on_several_codelists(write_study: WriteStudy) -> None:
    """DSDECOD takes terms of completion and of milestones, and what the study maps to either."""
    folder = write_study(
        {
            "codelists.yaml": "NCOMPLT:\n  terms: {Done: COMPLETED}\n",
            "sdtm/ds.yaml": """
                domain: DS
                source: dm
                keys: [STUDYID, USUBJID, DSSEQ]
                variables:
                  DSSEQ:   {constant: "1"}
                  DSTERM:  {constant: Done}
                  DSDECOD: {constant: Done}
                  DSSTDTC: {assign: DM.RFSTDTC}
                """,
        }
    )
    found = codelist_of(folder, "DS", "DSDECOD")
    assert found.collected == {"Done": "COMPLETED"}
    assert found.codelist
    values = {term.value for term in found.codelist.terms}
    assert {"COMPLETED", "INFORMED CONSENT OBTAINED"} <= values
