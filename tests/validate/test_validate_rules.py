"""Each rule: a table that breaks it, and the findings."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fault_table import read_faults
from small_study import AE, DM, STUDY, Columns, char, make_frame, make_frames, num
from test_validate_families import FAULTS as FAMILIES
from test_validate_relations import FAULTS as RELATIONS

from sdtmconv.metadata import StudyMetadata, Term
from sdtmconv.validate import OF_PACKAGES, RULES, validate_study

Expected = list[tuple[str, str, str, list[str]]]

FAULTS: dict[str, tuple[Mapping[str, Columns | None], Expected]] = {
    "a described dataset is not there": (
        {"SUPPAE": None},
        [("dataset-present", "SUPPAE", "", [""])],
    ),
    "a dataset is not described": (
        {"XX": {"STUDYID": ["S1"]}},
        [("dataset-known", "XX", "", [""])],
    ),
    "a described variable is not there": (
        {"AE": {"AESER": None}},
        [("variable-required", "AE", "AESER", [""])],
    ),
    "a variable of the key is not there, which is not called a duplicate": (
        {"AE": {"AETERM": None}},
        [("variable-required", "AE", "AETERM", [""])],
    ),
    "an Expected variable is not there": (
        {"DM": {"DTHFL": None}},
        [("variable-expected", "DM", "DTHFL", [""])],
    ),
    "a variable is not described": (
        {"AE": {"AEXX": ["a", "b", "c"]}},
        [("variable-known", "AE", "AEXX", [""])],
    ),
    "a number is held as text": (
        {"AE": {"AESEQ": ["1", "2", "1"]}},
        [("variable-type", "AE", "AESEQ", [""])],
    ),
    "a text is held as a number, and its values are not looked at": (
        {"AE": {"AESER": [1, 2, 3]}},
        [("variable-type", "AE", "AESER", [""])],
    ),
    "a text has more bytes, not characters, than its variable": (
        {"AE": {"AESPID": ["1", "ééé", "éééé"]}},
        [("length", "AE", "AESPID", ["éééé"])],
    ),
    "a long text that is no term either, which is one problem": (
        {"AE": {"AESER": ["N", "Y", "YééN"]}},
        [("codelist", "AE", "AESER", ["YééN"])],
    ),
    "a text has more than 200 bytes": (
        {"AE": {"AETERM": ["a" * 201, "b" * 200, "c"]}},
        [("length", "AE", "AETERM", ["a" * 201])],
    ),
    "a number is not finite": (
        {"AE": {"AESEQ": [np.inf, -np.inf, 1]}},
        [("finite", "AE", "AESEQ", ["inf", "-inf"])],
    ),
    "a Required value is missing": (
        {"AE": {"AETERM": [None, "Headache", "Nausea"]}},
        [("required-value", "AE", "AETERM", [""])],
    ),
    "a value is not in a codelist that cannot be extended": (
        {"AE": {"AESER": ["N", "Q", "y"]}},
        [("codelist", "AE", "AESER", ["Q", "y"])],
    ),
    "a value is not in an extensible codelist, nor declared": (
        {"AE": {"AEDOSU": ["mg", "TABLET", "PILL"]}},
        [("codelist-extension", "AE", "AEDOSU", ["PILL"])],
    ),
    "a date is not in ISO 8601, or not in the calendar": (
        {"AE": {"AESTDTC": ["2020-99-01", "01MAR2025", "2025-02-29"]}},
        [("iso8601", "AE", "AESTDTC", ["2020-99-01", "01MAR2025", "2025-02-29"])],
    ),
    "a duration is not in ISO 8601": (
        {"AE": {"AEDUR": ["1 day", "2025-03-01", "P1D"]}},
        [("iso8601", "AE", "AEDUR", ["1 day", "2025-03-01"])],
    ),
    "a record claims another domain": (
        {"AE": {"DOMAIN": ["AE", "CM", "AE"]}},
        [("domain", "AE", "DOMAIN", ["CM"])],
    ),
    "a supplemental record claims another domain": (
        {"SUPPAE": {"RDOMAIN": ["CM"]}},
        [("domain", "SUPPAE", "RDOMAIN", ["CM"])],
    ),
    "a record claims another study": (
        {"AE": {"STUDYID": ["S1", "S2", "S1"]}},
        [("studyid", "AE", "STUDYID", ["S2"])],
    ),
    "a subject is in DM twice, which is not a second problem of the key": (
        {"DM": {"USUBJID": ["S1-1", "S1-1"]}, "AE": {"USUBJID": ["S1-1"] * 3, "AESEQ": [1, 2, 3]}},
        [("one-record", "DM", "", ["", ""])],
    ),
    "a sequence number is used twice": (
        {"AE": {"AESEQ": [2, 2, 2]}},
        [("sequence", "AE", "AESEQ", ["2", "2"])],
    ),
    "the key does not tell records apart": (
        {"AE": {"AETERM": ["Rash"] * 3, "AESTDTC": [None, None, None]}},
        [("key", "AE", "", ["", ""])],
    ),
    "a subject is not in DM: one finding, whatever its number of records": (
        {"AE": {"USUBJID": ["S1-9", "S1-9", "S1-2"]}},
        [("subject", "AE", "USUBJID", ["S1-9"])],
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_fault_is_found_by_its_rule_alone(case: str) -> None:
    """A fault is found by the rule it breaks and by no other."""
    changes, expected = FAULTS[case]
    findings = validate_study(STUDY, make_frames(changes))
    found = [
        (group.rule, group.dataset, group.variable, [finding.value for finding in group])
        for group in findings.groups
    ]
    assert found == expected


def test_clean_study_gives_no_finding() -> None:
    """Clean datasets give no finding, and the counts of what was looked at."""
    findings = validate_study(STUDY, make_frames())
    assert (list(findings), findings.records) == ([], {"DM": 2, "AE": 3, "SUPPAE": 1})


def test_empty_datasets_give_no_finding() -> None:
    """Datasets without records are checked without a finding."""
    frames = {name: frame.iloc[:0] for name, frame in make_frames().items()}
    assert list(validate_study(STUDY, frames)) == []


def test_dm_is_missed_once() -> None:
    """Without DM, described or not, subjects cannot be checked: one finding says so."""
    partial = replace(STUDY, datasets=(AE,))
    (finding,) = validate_study(partial, {"AE": make_frames()["AE"]})
    assert (finding.rule, finding.dataset) == ("subject-dataset", "DM")
    (finding,) = validate_study(STUDY, make_frames({"DM": None}))
    assert (finding.rule, finding.dataset) == ("dataset-present", "DM")


def test_sequence_is_unique_over_the_parts_of_a_split_domain() -> None:
    """Parts of a split domain share one numbering (SDTMIG 4.1.7)."""
    keyed = replace(AE, keys=("STUDYID", "USUBJID", "AESEQ"))
    parts = [replace(keyed, name=name) for name in ("AE1", "AE2")]
    study = replace(STUDY, datasets=(DM, *parts))
    frames = make_frames({"SUPPAE": None})
    whole = frames.pop("AE")
    clean = {**frames, "AE1": whole.iloc[:1], "AE2": whole.iloc[1:]}
    assert list(validate_study(study, clean)) == []
    findings = validate_study(study, {**frames, "AE1": whole, "AE2": whole.iloc[1:2]})
    assert [(f.rule, f.dataset, f.key[2]) for f in findings] == [
        ("sequence", "AE1", ("AESEQ", "2")),
        ("sequence", "AE2", ("AESEQ", "2")),
    ]


ADSL = replace(
    DM,
    name="ADSL",
    variables=(DM.variables[0], DM.variables[2], num("AGE", core="Req")),
    domain="ADSL",
    standard="ADAMIG",
)


def test_adam_subjects_are_those_of_adsl_and_adsl_those_of_dm() -> None:
    """Analysis datasets take their subjects from ADSL, ADSL takes its own from DM.

    Where ADSL has a wrong subject, another that it lacks is no second problem.
    """
    adtte = replace(ADSL, name="ADTTE", domain="ADTTE", repeating=True, keys=())
    study = replace(STUDY, datasets=(DM, ADSL, adtte))
    subjects = {"STUDYID": ["S1", "S1"], "AGE": [40, 50]}
    for adsl, expected in (
        (["S1-1", "S1-2"], [("analysis-subject", "ADTTE", "S1-3")]),
        (["S1-1", "S1-3"], [("subject", "ADSL", "S1-3")]),
    ):
        frames = {
            "DM": make_frames()["DM"],
            "ADSL": make_frame({**subjects, "USUBJID": adsl}),
            "ADTTE": make_frame({**subjects, "USUBJID": ["S1-1", "S1-3"]}),
        }
        findings = validate_study(study, frames)
        assert [(f.rule, f.dataset, f.value) for f in findings] == expected


def test_required_adam_variable_may_lack_values() -> None:
    """In ADaM, Required is about the variable, not its values (ADaMIG 3.1)."""
    study = StudyMetadata("S1", "", "", datasets=(ADSL,))
    adsl = make_frame({"STUDYID": ["S1", "S1"], "USUBJID": ["S1-1", "S1-2"], "AGE": [40, np.nan]})
    assert list(validate_study(study, {"ADSL": adsl})) == []


def test_numeric_values_are_compared_with_terms_as_numbers() -> None:
    """A codelist of a Num variable holds the texts of numbers."""
    codelist = replace(AE.variable("AESER").codelist, terms=(Term("1"), Term("2.50")))
    visit = num("VISITNUM", codelist=codelist)
    study = replace(STUDY, datasets=(DM, replace(AE, variables=(*AE.variables, visit))))
    frames = make_frames({"AE": {"VISITNUM": [1, 2.5, 3]}, "SUPPAE": None})
    (finding,) = validate_study(study, frames)
    assert (finding.rule, finding.variable, finding.value) == ("codelist", "VISITNUM", "3")


def test_measured_results_are_no_terms() -> None:
    """A codelist of --STRESC is about coded results, not about numbers (TRSTRESC, RECIST)."""
    result = char("TRSTRESC", codelist=AE.variable("AESER").codelist)
    study = replace(STUDY, datasets=(DM, replace(AE, variables=(*AE.variables, result))))
    frames = make_frames({"AE": {"TRSTRESC": ["Y", "<5.0", "PRESENT"]}, "SUPPAE": None})
    assert [finding.value for finding in validate_study(study, frames)] == ["PRESENT"]


def test_lengths_are_counted_in_the_bytes_of_the_file() -> None:
    """A text may fit in one encoding and not in another."""
    frames = make_frames({"AE": {"AESPID": ["1", "2", "éééé"]}})
    rules = {
        encoding: [finding.rule for finding in validate_study(STUDY, frames, encoding=encoding)]
        for encoding in ("utf-8", "cp1252")
    }
    assert rules == {"utf-8": ["length"], "cp1252": []}


def test_every_rule_has_a_fault_in_these_tests() -> None:
    """No rule is without a test: those about files and absent datasets have tests of their own."""
    tested = {rule for _, expected in FAULTS.values() for rule, *_ in expected}
    tested |= {rule for *_, expected in RELATIONS.values() for rule, _ in expected}
    tested |= {rule for _, (rule, _) in FAMILIES.values()}
    tables = (
        Path(__file__).parent / f"faults_{name}.txt" for name in ("biottt001", "cdiscpilot01")
    )
    tested |= {fault.found[0] for table in tables for fault in read_faults(table)}
    elsewhere = {"file-readable", "subject-dataset", "raw-column-unused", "raw-record-repeated"}
    elsewhere |= {rule for rule in RULES if rule.startswith(("define-", "CORE-"))}
    assert RULES.keys() - tested == elsewhere | OF_PACKAGES.keys()
