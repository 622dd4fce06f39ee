"""What value a variable has: names, lists of rules, conditions, other records, codelists."""

from collections.abc import Callable

import pandas as pd
import pytest
from test_engine_records import VS, ae, rows

from sdtmconv.errors import SdtmconvError

Built = Callable[..., dict[str, pd.DataFrame]]


def test_a_name_means_the_datasets_variable_first(built: Built) -> None:
    """And then a column of the source; the variable's own name is the column."""
    changes = ae("source: ae", "  AETERM: {upcase: AETERM}\n  AELLT: {assign: AETERM}\n")
    changes["raw/ae.csv"] = "SUBJ,AETERM\n001,Rash\n"
    assert rows(built(changes)["AE"], "AETERM", "AELLT", "AEDECOD") == [("RASH", "RASH", "RASH")]


def test_a_name_with_its_table_is_certain(built: Built) -> None:
    """`ae.AELLT` is the source's column although the dataset has a variable of that name."""
    changes = ae("source: ae", "  AETERM: {assign: ae.AELLT}\n  AELLT: {constant: X}\n")
    changes["raw/ae.csv"] = "SUBJ,AELLT\n001,Rash\n"
    assert rows(built(changes)["AE"], "AETERM", "AELLT") == [("Rash", "X")]


def test_columns_with_dots_in_their_names(built: Built) -> None:
    """As EDC systems export them; no form or dataset is called IT."""
    changes = ae("source: ae", "  AETERM: {upcase: IT.TERM}\n")
    changes["raw/ae.csv"] = "SUBJ,IT.TERM\n001,Rash\n"
    assert rows(built(changes)["AE"], "AETERM") == [("RASH",)]


def test_the_first_rule_that_gives_a_value_decides(built: Built) -> None:
    """Record by record; conditions leave records to the next rule."""
    rules = """
  AETERM:
    - {upcase: CODED}
    - {constant: SERIOUS EVENT, where: SERIOUS EQ "Yes"}
    - {upcase: TERM}
"""
    changes = ae("source: ae", rules)
    changes["raw/ae.csv"] = (
        "SUBJ,TERM,CODED,SERIOUS\n001,a,X,Yes\n001,b,,Yes\n001,c,,No\n001,,,No\n"
    )
    assert rows(built(changes)["AE"], "AETERM") == [
        (None,), ("C",), ("SERIOUS EVENT",), ("X",),
    ]  # fmt: skip


def test_numbers_and_text_in_one_list_of_rules(built: Built) -> None:
    """A text after a number is a text; nothing is lost."""
    rules = "  AETERM:\n    - {number_part: TERM}\n    - {upcase: TERM}\n"
    changes = ae("source: ae", rules)
    changes["raw/ae.csv"] = "SUBJ,TERM\n001,007\n001,rash\n"
    assert rows(built(changes)["AE"], "AETERM") == [("7",), ("RASH",)]


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("earliest: EX.EXSTDTC", ["2025-03-02", "2025-03-05"]),
        ("latest: [EX.EXSTDTC, AE.AESTDTC]", ["2025-03-16", "2025-03-05"]),
        ("latest: EX.EXSTDTC, among: EXDOSE LT 80", [None, "2025-03-05"]),
        ("first: EX.EXSTDTC, order: EXSTDTC", ["2025-03-02", "2025-03-05"]),
        ("last: ex.START, order: [EX.EXSEQ]", r"EX.EXSEQ is no column of ex"),
        ("latest: [EX.EXSTDTC, ae.START]", r"ae.START: .* is not an ISO 8601 date \(ae.csv rec"),
        ("last: EX.EXSTDTC, order: [EXDOSE, EXSEQ]", ["2025-03-16", "2025-03-05"]),
        ('exists: AE.AETERM, then: "2025", among: AESER EQ "Y"', ["2025", None]),
    ],
)
def test_values_of_other_records(built: Built, rule: str, values: list[str | None] | str) -> None:
    """One per subject, of records of a dataset or of a form."""
    spec = f"""
        domain: DM
        source: dm
        keys: [STUDYID, USUBJID]
        variables:
          SUBJID:   {{assign: SUBJ}}
          RFSTDTC:  {{earliest: EX.EXSTDTC}}
          RFPENDTC: {{{rule}}}
          SITEID:   {{constant: "01"}}
          SEX:      {{assign: SEX}}
          ARMCD:    {{constant: A}}
          ARM:      {{constant: A}}
          COUNTRY:  {{constant: CHN}}
        """
    if isinstance(values, str):
        with pytest.raises(SdtmconvError, match=values):
            built({"sdtm/dm.yaml": spec})
        return
    assert [row[0] for row in rows(built({"sdtm/dm.yaml": spec})["DM"], "RFPENDTC")] == values


def test_a_value_of_the_subjects_only_record(built: Built) -> None:
    """Of a form or a dataset that has one record per subject."""
    frame = built(ae("source: ae", "  AETERM: {concat: [TERM, DM.SEX, dm.SEX], separator: /}\n"))
    assert [row[0] for row in rows(frame["AE"], "AETERM")] == [
        "Headache/F/Female", "Nausea/F/Female", "Fatigue/M/Male",
    ]  # fmt: skip


def test_collected_values_become_submission_values(built: Built) -> None:
    """As the study maps them; a submission value is itself, in whatever case."""
    frame = built({"raw/dm.csv": "SUBJ,SEX\n001,Female\n002,m\n003,F\n004,\n"})["DM"]
    assert [row[0] for row in rows(frame, "SEX")] == ["F", "M", "F", None]


def test_terms_that_differ_in_case_only_stay_apart(built: Built) -> None:
    """A collected value that two terms might be is taken only as it stands in one of them."""
    changes = {
        **VS,
        "codelists.yaml": (
            "MINE:\n  terms: {a: Ab, b: aB}\nSEX:\n  terms: {Female: F, Male: M}\n"
            'NY:\n  terms: {"Yes": Y, "No": N}\n'
        ),
        "raw/vs.csv": "SUBJ,DATE,SYS,TEMP,SITE,PULSE\n001,2025-03-01,1,aB,Ab,\n",
    }
    changes["sdtm/vs.yaml"] = changes["sdtm/vs.yaml"].replace(
        "VSLOC:    {upcase: SITE}", "VSLOC:    {assign: SITE, codelist: MINE}"
    )
    assert [row[0] for row in rows(built(changes)["VS"], "VSLOC")] == [None, None, "Ab"]


def test_supplemental_qualifiers(built: Built) -> None:
    """One record per value, tied to its parent by --SEQ (SDTMIG 8.4); of DM, by the subject."""
    changes = ae("source: ae", TERM_AND_SUPPLEMENTAL)
    frames = built(changes)
    columns = (
        "USUBJID",
        "RDOMAIN",
        "IDVAR",
        "IDVARVAL",
        "QNAM",
        "QLABEL",
        "QVAL",
        "QORIG",
        "QEVAL",
    )
    assert rows(frames["SUPPAE"], *columns) == [
        ("TINY-001", "AE", "AESEQ", "1", "AEFIRST", "First Event", "Y", "DERIVED", "SPONSOR"),
        ("TINY-001", "AE", "AESEQ", "1", "AESAME", "Same", "Headache", "CRF", None),
        ("TINY-001", "AE", "AESEQ", "2", "AESAME", "Same", "Nausea", "CRF", None),
        ("TINY-002", "AE", "AESEQ", "1", "AEFIRST", "First Event", "Y", "DERIVED", "SPONSOR"),
        ("TINY-002", "AE", "AESEQ", "1", "AESAME", "Same", "Fatigue", "CRF", None),
    ]
    assert "AEFIRST" not in frames["AE"]


TERM_AND_SUPPLEMENTAL = """  AETERM: {upcase: TERM}
supplemental:
  AEFIRST: {constant: "Y", where: AESEQ EQ 1, label: First Event, evaluator: SPONSOR}
  AESAME:  {assign: TERM, label: Same}
"""


def test_text_over_200_bytes_goes_on_in_supplemental_qualifiers(built: Built) -> None:
    """Cut between words (SDTMIG 4.5.3)."""
    term = "word " * 45
    changes = ae("source: ae", "  AETERM: {assign: TERM}\n")
    changes["raw/ae.csv"] = f"SUBJ,TERM\n001,{term}end\n"
    changes["sdtm/ae.yaml"] = changes["sdtm/ae.yaml"].replace(
        "AEDECOD: {assign: AETERM}", "AEDECOD: {constant: X}"
    )
    frames = built(changes)
    assert rows(frames["AE"], "AETERM") == [(("word " * 40).strip(),)]
    assert rows(frames["SUPPAE"], "QNAM", "QVAL") == [("AETERM1", "word " * 5 + "end")]


def test_names_of_long_text_stay_within_their_limits(built: Built) -> None:
    """QNAM has 8 characters at most and QLABEL 40, however many pieces there are."""
    supplemental = f"supplemental:\n  AELONGTX: {{assign: TERM, label: {'L' * 40}}}\n"
    changes = ae("source: ae", f"  AETERM: {{constant: X}}\n{supplemental}")
    changes["raw/ae.csv"] = f"SUBJ,TERM\n001,{'w' * 2300}\n"
    found = built(changes)["SUPPAE"]
    assert len(found) == 12
    assert {"AELONGTX", "AELONGT9", "AELONG11"} <= set(found["QNAM"])
    assert found["QLABEL"].str.len().tolist() == [40] * 12


def test_intermediate_values_are_used_and_not_kept(built: Built) -> None:
    """Neither in the dataset nor in SUPP--."""
    changes = ae("source: ae", "  AETERM: {concat: [PART, SERIOUS], separator: ' '}\n")
    changes["sdtm/ae.yaml"] += "intermediate:\n  PART: {upcase: TERM}\n"
    frames = built(changes)
    assert rows(frames["AE"], "AETERM")[0] == ("HEADACHE Yes",)
    assert "PART" not in frames["AE"]


def test_an_unscheduled_visit_has_a_number_in_between(built: Built) -> None:
    """TV numbers the planned ones (SDTMIG 5.3 SV)."""
    changes = {
        **VS,
        "raw/vs.csv": (
            "SUBJ,DATE,SYS,TEMP,SITE,PULSE\n001,2025-03-01,1,,D1,\n001,2025-03-03,1,,UNS,\n"
            "001,2025-03-08,1,,D8,\n"
        ),
        "sdtm/tv.yaml": (
            "domain: TV\nkeys: [STUDYID, VISITNUM]\nrecords:\n"
            "  - {VISITNUM: 1, VISIT: D1, TVSTRL: a}\n  - {VISITNUM: 2, VISIT: D8, TVSTRL: b}\n"
        ),
        "sdtm/sv.yaml": """
            domain: SV
            source: vs
            keys: [STUDYID, USUBJID, VISITNUM]
            variables:
              VISITNUM: {number_visits: SITE, date: SVSTDTC}
              VISIT:    {assign: SITE}
              SVSTDTC:  {iso_datetime: DATE, format: YYYY-MM-DD}
            """,
    }
    assert rows(built(changes)["SV"], "VISITNUM", "VISIT") == [
        (1.0, "D1"), (1.1, "UNS"), (2.0, "D8"),
    ]  # fmt: skip
