"""Which records a dataset has: stacked, chosen, joined, made of the columns of wide ones."""

from collections.abc import Callable

import pandas as pd

Built = Callable[..., dict[str, pd.DataFrame]]


def rows(frame: pd.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    """Give some columns record by record, None where missing."""
    values = frame[list(columns)].astype(object)
    return list(values.where(values.notna(), None).itertuples(index=False, name=None))


def ae(head: str, variables: str) -> dict[str, str]:
    return {
        "sdtm/ae.yaml": f"domain: AE\nkeys: [STUDYID, USUBJID, AESEQ]\n{head}\nvariables:\n"
        f"  AESEQ: {{sequence_by: [AETERM, AESTDTC], ties: first}}\n  AEDECOD: {{assign: AETERM}}\n"
        f"{variables}"
    }


TERMS = "  AETERM: {upcase: TERM}\n"


def test_records_are_sorted_by_their_keys(built: Built) -> None:
    """By subject first, missing values before others."""
    frame = built()["AE"]
    assert rows(frame, "USUBJID", "AESEQ", "AETERM", "AESTDTC") == [
        ("TINY-001", 1.0, "HEADACHE", "2025-03-01"),
        ("TINY-001", 2.0, "NAUSEA", "2025-03-03"),
        ("TINY-002", 1.0, "FATIGUE", "2025-03"),
    ]


def test_where_chooses_the_records(built: Built) -> None:
    """Of one source; a condition may use what belongs to the subject."""
    head = 'sources:\n  own: {from: ae, where: SERIOUS EQ "Yes" or dm.SEX EQ "Male"}'
    frame = built(ae(head, TERMS))["AE"]
    assert rows(frame, "USUBJID", "AETERM") == [("TINY-001", "HEADACHE"), ("TINY-002", "FATIGUE")]


def test_sources_are_stacked(built: Built) -> None:
    """Each with rules of its own; rules of the dataset see all records, numbers run through."""
    head = """
sources:
  events:
    from: ae
    variables:
      AETERM: {upcase: TERM}
  doses:
    from: ex
    where: DOSE GT 50
    variables:
      AETERM:  {constant: OVERDOSE}
      AESTDTC: {iso_datetime: START, format: DD-MON-YYYY}
"""
    frame = built(ae(head, ""))["AE"]
    assert rows(frame, "USUBJID", "AESEQ", "AETERM", "AESTDTC") == [
        ("TINY-001", 1.0, "HEADACHE", None),
        ("TINY-001", 2.0, "NAUSEA", None),
        ("TINY-001", 3.0, "OVERDOSE", "2025-03-02"),
        ("TINY-001", 4.0, "OVERDOSE", "2025-03-16"),
        ("TINY-002", 1.0, "FATIGUE", None),
    ]


def test_another_form_is_joined(built: Built) -> None:
    """On columns that have the same name, or other names, always within the subject."""
    head = "sources:\n  own: {from: ae, join: {ex: {START: BEGIN}}}"
    changes = ae(head, TERMS + "  AEACNOTH: {assign: ex.DOSE}\n")
    changes["raw/ex.csv"] = "SUBJ,DOSE,START,BEGIN\n001,7,02-MAR-2025,03-MAR-2025\n"
    frame = built(changes)["AE"]
    assert rows(frame, "AETERM", "AEACNOTH") == [
        ("HEADACHE", None),
        ("NAUSEA", "7"),
        ("FATIGUE", None),
    ]


def test_a_dataset_is_a_source(built: Built) -> None:
    """Its variables are the columns, and it may be joined to forms like any source."""
    frame = built(
        {
            "adam/adx.yaml": """
                dataset: ADX
                label: Analysis
                structure: One record per dose
                keys: [STUDYID, USUBJID, EXSTDTC]
                sources:
                  doses: {from: EX, where: EXDOSE GT 50, join: {ex: {EXDOSE: DOSE, EXSTDY: DAY}}}
                variables:
                  EXSTDTC: {assign: EXSTDTC, label: Start}
                  AVAL:    {assign: EXDOSE, label: Dose, type: Num}
                  NOTE:    {assign: ex.NOTE, label: Note}
                """,
            "raw/ex.csv": (
                "SUBJ,DOSE,START,DAY,NOTE\n001,80,02-MAR-2025,1,a\n001,80,16-MAR-2025,15,b\n"
                "002,40.5,05-MAR-2025,1,c\n"
            ),
        }
    )["ADX"]
    assert rows(frame, "USUBJID", "EXSTDTC", "AVAL", "NOTE") == [
        ("TINY-001", "2025-03-02", 80.0, "a"),
        ("TINY-001", "2025-03-16", 80.0, "b"),
    ]


def test_columns_of_two_sources_may_differ_in_type(built: Built) -> None:
    """A number of a dataset and a text of a form stand in one column, none of them lost."""
    head = "sources:\n  doses: {from: EX}\n  raw: {from: ex, where: START is missing}"
    changes = ae(head, "  AETERM: {concat: [EXDOSE]}\n")
    changes["raw/ex.csv"] = "SUBJ,DOSE,START,EXDOSE\n001,80.50,02-MAR-2025,\n002,,,<5\n"
    changes["sdtm/ex.yaml"] = """
        domain: EX
        source: ex
        keys: [STUDYID, USUBJID, EXSEQ]
        variables:
          EXSEQ:   {sequence_by: [EXSTDTC]}
          EXTRT:   {constant: DRUG A}
          EXDOSE:  {assign: DOSE}
          EXDOSU:  {constant: mg}
          EXSTDTC: {iso_datetime: START, format: DD-MON-YYYY}
          EXENDTC: {assign: EXSTDTC}
        """
    assert rows(built(changes)["AE"], "USUBJID", "AETERM") == [
        ("TINY-001", "80.5"),
        ("TINY-002", None),
        ("TINY-002", "<5"),
    ]


VS = {
    "study.yaml": """
        study: TINY
        data_cut: 2025-06-30
        raw:
          subject: SUBJ
          forms: {dm: dm.csv, ae: ae.csv, ex: ex.csv, vs: vs.csv}
        """,
    "sdtm/vs.yaml": """
        domain: VS
        source: vs
        keys: [STUDYID, USUBJID, VSTESTCD, VSDTC]
        tests:
          SYSBP: {VSORRES: {assign: SYS}, VSORRESU: {constant: mmHg}}
          TEMP:
            where: TEMP NE "ND"
            VSORRES:  {assign: TEMP}
            VSORRESU: {constant: C}
            VSLOC:    {upcase: SITE}
          PULSE:
            VSORRES: {assign: PULSE}
            VSSTAT:  {constant: NOT DONE, where: PULSE is missing and SYS is not missing}
        variables:
          VSSEQ:    {sequence_by: [VSTESTCD, VSDTC]}
          VSSTRESC: {assign: VSORRES}
          VSDTC:    {iso_datetime: DATE, format: YYYY-MM-DD}
        """,
    "raw/vs.csv": """
        SUBJ,DATE,SYS,TEMP,SITE,PULSE
        002,2025-03-01,120,36.5,axilla,
        001,2025-03-01,,ND,ear,60
        001,2025-03-08,130,37,ear,61
        """,
}


def test_wide_records_become_one_record_per_test(built: Built) -> None:
    """Where a result is there, or a reason why it was not; --TEST follows from --TESTCD."""
    frame = built(VS)["VS"]
    columns = ("USUBJID", "VSTESTCD", "VSTEST", "VSORRES", "VSSTAT", "VSLOC", "VSDTC")
    assert rows(frame, *columns) == [
        ("TINY-001", "PULSE", "Pulse Rate", "60", None, None, "2025-03-01"),
        ("TINY-001", "PULSE", "Pulse Rate", "61", None, None, "2025-03-08"),
        ("TINY-001", "SYSBP", "Systolic Blood Pressure", "130", None, None, "2025-03-08"),
        ("TINY-001", "TEMP", "Temperature", "37", None, "EAR", "2025-03-08"),
        ("TINY-002", "PULSE", "Pulse Rate", None, "NOT DONE", None, "2025-03-01"),
        ("TINY-002", "SYSBP", "Systolic Blood Pressure", "120", None, None, "2025-03-01"),
        ("TINY-002", "TEMP", "Temperature", "36.5", None, "AXILLA", "2025-03-01"),
    ]


def test_numbers_run_over_all_tests(built: Built) -> None:
    """A sequence is the dataset's, not a test's."""
    assert built(VS)["VS"]["VSSEQ"].tolist() == [1.0, 2.0, 3.0, 4.0, 1.0, 2.0, 3.0]


def test_records_without_a_reason_to_be_are_left_out(built: Built) -> None:
    """`kept_by` names the variables of which one must have a value."""
    changes = ae("source: ae\nkept_by: AESTDTC", TERMS)
    changes["sdtm/ae.yaml"] += "  AESTDTC: {iso_datetime: START, format: DD-MON-YYYY}\n"
    changes["raw/ae.csv"] = "SUBJ,TERM,START\n001,Nausea,\n001,Rash,01-MAR-2025\n"
    assert rows(built(changes)["AE"], "AETERM", "AESEQ") == [("RASH", 1.0)]


def test_records_that_stand_in_the_spec(built: Built) -> None:
    """Trial design belongs to no subject: it is there once, whatever subjects there are."""
    frame = built(
        {
            "sdtm/tv.yaml": """
                domain: TV
                keys: [STUDYID, VISITNUM]
                records:
                  - {VISITNUM: 2, VISIT: DAY 8, TVSTRL: A week later}
                  - {VISITNUM: 1, VISIT: DAY 1}
                """
        }
    )["TV"]
    assert rows(frame, "DOMAIN", "VISITNUM", "VISIT", "TVSTRL") == [
        ("TV", 1.0, "DAY 1", None),
        ("TV", 2.0, "DAY 8", "A week later"),
    ]
    assert "USUBJID" not in frame
