"""Analysis datasets: what they carry over, which records they keep, and what others count."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sdtmconv.build import build
from sdtmconv.engine.needs import needed_columns
from sdtmconv.errors import SpecError
from sdtmconv.spec import load_study
from sdtmconv.transport import read_xpt

Frames = dict[str, pd.DataFrame]
Built = Callable[..., Frames]

ADSL = """
dataset: ADSL
source: DM
keys: [STUDYID, USUBJID]
carried:
  DM: [SUBJID, SITEID, RFSTDTC, AGE, AGEU, SEX, RACE, ARM]
variables:
  TRT01P: {assign: ARM}
  SAFFL:  {exists: EX.EXSTDTC, among: EXDOSE GT 0, otherwise: N}
"""


def bds(text: str) -> dict[str, str]:
    return {"adam/adsl.yaml": ADSL, "adam/adx.yaml": text}


def test_a_carried_variable_keeps_label_type_and_origin(
    write_study: Callable[..., Path],
) -> None:
    """A variable under its own name has the attributes of its predecessor (ADaMIG 3.1.1)."""
    study = load_study(write_study({"adam/adsl.yaml": ADSL}))
    rfstdtc = study.datasets["ADSL"].metadata.variable("RFSTDTC")
    assert rfstdtc.label == "Subject Reference Start Date/Time"
    assert rfstdtc.origin is not None
    assert rfstdtc.origin.type == "Predecessor"
    assert rfstdtc.origin.description == "DM.RFSTDTC"


def test_a_sponsors_variable_of_adsl_keeps_its_label_elsewhere(
    write_study: Callable[..., Path],
) -> None:
    """What ADSL defines is not said again where it is carried on."""
    adsl = ADSL + "  COHORT: {constant: ONE, label: Cohort}\n"
    adae = """
    dataset: ADEVT
    class: OCCDS
    source: AE
    keys: [STUDYID, USUBJID, AESEQ]
    carried: {ADSL: [COHORT], AE: [AESEQ, AETERM]}
    label: Events
    structure: One record per event
    """
    study = load_study(write_study({"adam/adsl.yaml": adsl, "adam/adae.yaml": adae}))
    assert study.datasets["ADEVT"].metadata.variable("COHORT").label == "Cohort"


def test_parameters_are_streams_of_their_source(built: Built) -> None:
    """Each parameter takes its records; source and parameter may both choose among them."""
    frames = built(
        bds("""
        dataset: ADX
        class: BDS
        label: Doses
        structure: One record per dose
        source: {from: EX, where: ADSL.SAFFL EQ "Y"}
        keys: [STUDYID, USUBJID, PARAMCD, EXSEQ]
        parameters:
          DOSE: {PARAM: Dose (mg), AVAL: {assign: EXDOSE}}
          LOW:  {PARAM: Low dose (mg), where: EXDOSE LT 50, AVAL: {assign: EXDOSE}, PARCAT1: LOW}
        carried: {EX: [EXSEQ]}
        """)
    )["ADX"]
    assert frames[["USUBJID", "PARAMCD", "AVAL"]].values.tolist() == [
        ["TINY-001", "DOSE", 80],
        ["TINY-001", "DOSE", 80],
        ["TINY-002", "DOSE", 40.5],
        ["TINY-002", "LOW", 40.5],
    ]
    assert frames["PARCAT1"].tolist() == pytest.approx([float("nan")] * 3 + ["LOW"], nan_ok=True)


def test_match_and_related_choose_the_records_that_count(built: Built) -> None:
    """Others count by equal values, by comparison with the record, or both; missing equals none."""
    frames = built(
        bds("""
        dataset: ADX
        class: OCCDS
        label: Events
        structure: One record per event
        source: AE
        keys: [STUDYID, USUBJID, AESEQ]
        carried: {AE: [AESEQ, AETERM, AESTDTC]}
        variables:
          LDOSE:  {last: EX.EXSTDTC, order: EXSTDTC, related: EX.EXSTDTC LE AESTDTC, label: Last}
          SAME:   {exists: AE.AETERM, match: AETERM, among: AESEQ EQ 1, label: Same}
          OTHER:  {exists: AE.AETERM, related: AE.AETERM NE AETERM, label: Other}
        """)
    )["ADX"]
    assert frames["AETERM"].tolist() == ["HEADACHE", "NAUSEA", "FATIGUE"]
    assert frames["LDOSE"].fillna("").tolist() == ["", "2025-03-02", ""]
    assert frames["SAME"].fillna("").tolist() == ["Y", "", "Y"]
    assert frames["OTHER"].fillna("").tolist() == ["Y", "Y", ""]


def test_a_rule_may_look_at_its_own_dataset(built: Built) -> None:
    """Another record of the same dataset counts like one of any other table."""
    frames = built(
        bds("""
        dataset: ADX
        class: OCCDS
        label: Events
        structure: One record per event
        source: AE
        keys: [STUDYID, USUBJID, AESEQ]
        carried: {AE: [AESEQ, AETERM]}
        variables:
          ANL01FL: {flag_last: USUBJID, order: AESEQ}
          LASTTERM: {first: ADX.AETERM, among: ANL01FL EQ "Y", order: AESEQ, label: Last term}
        """)
    )["ADX"]
    assert frames["LASTTERM"].tolist() == ["NAUSEA", "NAUSEA", "FATIGUE"]


KEPT = """
dataset: ADX
class: BDS
label: Doses
structure: One record per subject
keys: [STUDYID, USUBJID, PARAMCD]
source: EX
keep_first: {by: PARAMCD, order: [descending EXDOSE, EXSEQ]}
variables:
  PARAMCD: {constant: DOSE}
  PARAM:   {constant: Dose (mg)}
  AVAL:    {assign: EXDOSE}
  EXSEQ:   {assign: EXSEQ}
"""


def test_the_first_record_of_a_group_is_kept(built: Built) -> None:
    """Of several records the first in a stated order is kept; an order may be descending."""
    frame = built(bds(KEPT))["ADX"]
    assert frame[["AVAL", "EXSEQ"]].values.tolist() == [[80, 1], [40.5, 1]]
    frame = built(bds(KEPT.replace("EXDOSE, EXSEQ", "EXDOSE, descending EXSEQ")))["ADX"]
    assert frame[["AVAL", "EXSEQ"]].values.tolist() == [[80, 2], [40.5, 1]]


def test_a_tie_that_decides_which_record_is_kept_stops_the_build(built: Built) -> None:
    """Which of two equal records counts is the spec's decision."""
    with pytest.raises(Exception, match="the first one is not certain"):
        built(bds(KEPT.replace("EXDOSE, EXSEQ", "EXDOSE")))
    tied = KEPT.replace("EXDOSE, EXSEQ]", "EXDOSE], ties: first")
    assert built(bds(tied))["ADX"]["EXSEQ"].tolist() == [1, 1]


@pytest.mark.parametrize(
    "records",
    [
        "source: EX\nkeep_first: {order: EX.EXENDTC}",
        "sources:\n  dose: {from: EX, keep_first: {order: EX.EXENDTC}}",
    ],
)
def test_what_only_a_selection_names_is_read(
    write_study: Callable[..., Path], records: str
) -> None:
    """A column that chooses among records, and gives no value, is needed of the source as well."""
    lines = KEPT.splitlines()
    source = lines.index("source: EX")
    text = "\n".join([*lines[:source], records, *lines[source + 2 :]])
    finished = load_study(write_study(bds(text)), Path("sdtm"))
    assert "EXENDTC" in needed_columns(finished, ["ADX"])["EX"]


def test_what_looks_at_all_records_cannot_decide_which_are_kept(
    write_study: Callable[..., Path],
) -> None:
    """A sequence number depends on the records that are kept, and so cannot choose them."""
    spec = KEPT.replace("descending EXDOSE, EXSEQ", "ASEQ") + "  ASEQ: {sequence_by: EXDOSE}\n"
    with pytest.raises(SpecError, match="decides which of them are kept"):
        load_study(write_study(bds(spec)))


def test_a_dataset_may_be_there_for_others_only(built: Built) -> None:
    """A dataset that is not submitted is computed, used and not written."""
    inner = KEPT.replace("dataset: ADX", "dataset: WORK\nsubmitted: no")
    outer = ADSL + "  HIGHEST: {first: WORK.AVAL, order: EXSEQ, label: Highest dose, type: Num}\n"
    frames = built({"adam/adsl.yaml": outer, "adam/work.yaml": inner})
    assert "WORK" not in frames
    assert frames["ADSL"]["HIGHEST"].tolist() == [80, 40.5]


def test_analysis_datasets_come_from_finished_sdtm_as_well(
    write_study: Callable[..., Path], tmp_path: Path
) -> None:
    """From raw records or from SDTM as XPT, with qualifiers in SUPP--: the same analysis data."""
    changes = {
        "sdtm/ae.yaml": """
        domain: AE
        source: ae
        keys: [STUDYID, USUBJID, AESEQ]
        variables:
          AESEQ:   {sequence_by: [AESTDTC, AETERM]}
          AETERM:  {upcase: TERM}
          AEDECOD: {upcase: TERM}
          AESER:   {assign: SERIOUS}
          AESTDTC: {iso_datetime: START, format: DD-MON-YYYY}
        supplemental:
          AEDLT:   {assign: SERIOUS, codelist: NY, label: Dose Limiting Toxicity}
        """,
        **bds("""
        dataset: ADX
        class: OCCDS
        label: Events
        structure: One record per event
        source: AE
        keys: [STUDYID, USUBJID, AESEQ]
        carried: {AE: [AESEQ, AETERM]}
        variables:
          DLTFL: {assign: AEDLT, label: DLT Flag}
        """),
    }
    study = write_study(changes)
    build(study, out=tmp_path / "raw")
    build(study, sdtm=tmp_path / "raw/tabulations/sdtm", out=tmp_path / "sdtm")
    for name in ("adsl", "adx"):
        one, two = (
            tmp_path / way / f"analysis/adam/datasets/{name}.xpt" for way in ("raw", "sdtm")
        )
        assert one.read_bytes() == two.read_bytes()
    assert read_xpt(two).frame["DLTFL"].fillna("").tolist() == ["Y", "N", "N"]
    assert not (tmp_path / "sdtm/tabulations").exists()


SEVERAL = """
dataset: ADX
class: BDS
label: Doses and subjects
structure: One record per dose, and one per subject
keys: [STUDYID, USUBJID, PARAMCD, ADT]
sources:
  dose:
    from: EX
    parameters:
      DOSE: {PARAM: Dose (mg)}
    variables:
      AVAL: {assign: EXDOSE}
      ADT:  {date: EXSTDTC}
  subject:
    from: ADSL
    parameters:
      AGE: {PARAM: Age (Years)}
    variables:
      AVAL: {assign: AGE}
      ADT:  {assign: CUTDT}
variables:
  CUTDT: {assign: ADSL.CUTDT}
  PARAM: {}
  PARAMCD: {}
  ADT:  {}
  AVAL: {}
"""
WITH_CUT = ADSL + "  CUTDT: {date: RFSTDTC, label: Date of the First Dose}\n"


def test_an_empty_entry_gives_what_sources_state_its_place(built: Built) -> None:
    """Variables stand in the order of the spec, those of single sources too."""
    frame = built({"adam/adsl.yaml": WITH_CUT, "adam/adx.yaml": SEVERAL})["ADX"]
    assert [*frame] == ["STUDYID", "USUBJID", "CUTDT", "PARAM", "PARAMCD", "ADT", "AVAL"]


def test_a_subject_table_means_the_same_for_all_sources(built: Built) -> None:
    """ADSL.CUTDT is the subject's, for records of ADSL and for those of EX."""
    frame = built({"adam/adsl.yaml": WITH_CUT, "adam/adx.yaml": SEVERAL})["ADX"]
    assert set(frame["PARAMCD"]) == {"AGE", "DOSE"}
    assert frame["CUTDT"].notna().all()


def test_a_name_that_other_sources_state_is_the_sources_own_here(built: Built) -> None:
    """ADX.AGE has no value for doses, so that the name leads to the column of their source."""
    text = SEVERAL.replace(
        "DOSE: {PARAM: Dose (mg)}", "DOSE: {PARAM: Dose (mg), where: EXSEQ EQ 1}"
    )
    text = text.replace("AGE: {PARAM: Age (Years)}", "AGE: {PARAM: Age (Years), EXSEQ: 7}")
    text = text.replace("AVAL: {assign: EXDOSE}", "AVAL: {calculate: EXSEQ + 0}")
    text = text.replace("  PARAM: {}\n", "  PARAM: {}\n  EXSEQ: {label: Number, type: Num}\n")
    frame = built({"adam/adsl.yaml": WITH_CUT, "adam/adx.yaml": text})["ADX"]
    assert frame.loc[frame["PARAMCD"] == "DOSE", "AVAL"].tolist() == [1, 1]


def test_a_comma_in_braces_is_explained(write_study: Callable[..., Path]) -> None:
    """YAML ends a text there, and takes what follows for a key."""
    text = SEVERAL.replace("AVAL: {assign: AGE}", "AVAL: {assign: AGE, where: AGE IN (1, 2)}")
    with pytest.raises(SpecError, match="in braces a comma ends a text"):
        load_study(write_study({"adam/adsl.yaml": WITH_CUT, "adam/adx.yaml": text}))


def test_a_rule_that_gives_numbers_makes_a_number(write_study: Callable[..., Path]) -> None:
    """And so does one that carries such a variable over; what is stated counts before it."""
    adsl = (
        ADSL
        + """  DOSES: {count: EX.EXDOSE, label: Doses}
  AGAIN: {assign: DOSES, label: Doses Again}
  TEXT:  {assign: DOSES, label: Doses as Text, type: Char}
  NAMED: {assign: ARM, label: Name}
"""
    )
    metadata = load_study(write_study({"adam/adsl.yaml": adsl})).datasets["ADSL"].metadata
    kinds = {name: metadata.variable(name).type for name in ("DOSES", "AGAIN", "TEXT", "NAMED")}
    assert kinds == {"DOSES": "Num", "AGAIN": "Num", "TEXT": "Char", "NAMED": "Char"}


def test_a_sponsors_date_keeps_its_label_elsewhere(write_study: Callable[..., Path]) -> None:
    """The standard says that *DT is a date, and ADSL what date it is."""
    study = load_study(write_study({"adam/adsl.yaml": WITH_CUT, "adam/adx.yaml": SEVERAL}))
    assert study.datasets["ADX"].metadata.variable("CUTDT").label == "Date of the First Dose"


def test_parameters_are_the_codelist_of_their_code(write_study: Callable[..., Path]) -> None:
    """PARAMCD has the parameters that the spec states, each decoded by its PARAM."""
    study = load_study(
        write_study(
            bds("""
            dataset: ADX
            class: BDS
            label: Doses
            structure: One record per dose
            source: EX
            keys: [STUDYID, USUBJID, PARAMCD, EXSEQ]
            parameters:
              DOSE: {PARAM: Dose (mg), AVAL: {assign: EXDOSE}}
              LOW:  {PARAM: Low dose (mg), where: EXDOSE LT 50, AVAL: {assign: EXDOSE}}
            carried: {EX: [EXSEQ]}
            """)
        )
    )
    codelist = study.datasets["ADX"].metadata.variable("PARAMCD").codelist
    assert codelist is not None
    assert [(t.value, t.decode) for t in codelist.terms] == [
        ("DOSE", "Dose (mg)"),
        ("LOW", "Low dose (mg)"),
    ]
