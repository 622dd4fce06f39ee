"""Rules between values, records and datasets: a table that breaks each one, and the findings."""

from __future__ import annotations

import pytest
from small_study import Columns, char, make_frame, num

from sdtmconv.metadata import DatasetMetadata, StudyMetadata, VariableMetadata
from sdtmconv.validate import validate_study

CLEAN: dict[str, Columns] = {
    "DM": {
        "USUBJID": ["1", "2"],
        "RFSTDTC": ["2025-03-02", "2025-03-05"],
        "RFENDTC": ["2025-05-01", "2025-06-01"],
        "DTHDTC": [None, "2025-06-01"],
        "DTHFL": [None, "Y"],
    },
    "AE": {
        "USUBJID": ["1", "1", "2"],
        "AESEQ": [1, 2, 1],
        "AESTDTC": ["2025-03-02T08:00", "2025-03", "2025-05-30"],
        "AEENDTC": ["2025-03-02", "2025-03-01", "2025-06-01"],
        "AESTDY": [1, None, 87],
        "AEENDY": [1, -1, 89],
        "AEOUT": ["RECOVERED/RESOLVED", None, "FATAL"],
        "AESDTH": ["N", None, "Y"],
        "AETOXGR": ["1", "2", "5"],
    },
    "DS": {"USUBJID": ["2"], "DSSEQ": [1], "DSDECOD": ["DEATH"]},
    "SUPPAE": {
        "USUBJID": ["1", "2"],
        "IDVAR": ["AESEQ", None],
        "IDVARVAL": ["2", None],
        "QNAM": ["AEDLT", "AEDLT"],
    },
    "VS": {"USUBJID": ["1"], "VSSEQ": [1], "VSSTRESC": ["36.5"], "VSSTRESN": [36.5]},
    "ADSL": {"USUBJID": ["1", "2"], "TRTSDT": [23802, 23805], "SEX": ["F", "M"]},
    "ADVS": {
        "USUBJID": ["1", "1", "2"],
        "SEX": ["F", "F", "M"],
        "PARAMCD": ["TEMP", "TEMP", "PULSE"],
        "PARAM": ["Temperature (C)", "Temperature (C)", "Pulse"],
        "AVAL": [36.5, 37.5, 60],
        "ABLFL": ["Y", None, "Y"],
        "BASE": [36.5, 36.5, 60],
        "CHG": [None, 1.0, None],
        "PCHG": [None, 100 / 36.5, None],
        "VSSEQ": [1, None, None],
    },
    "ADTTE": {
        "USUBJID": ["1", "2"],
        "PARAMCD": ["OS", "OS"],
        "PARAM": ["Overall Survival", "Overall Survival"],
        "STARTDT": [23802, 23805],
        "ADT": [23900, 23893],
        "CNSR": [1, 0],
        "EVNTDESC": [None, "Death"],
        "CNSDTDSC": ["Last known alive", None],
        "SRCDOM": ["ADSL", "AE"],
        "SRCSEQ": [None, 1],
    },
}

CLASSES = {
    **dict.fromkeys(("VS", "IE", "TU", "TR", "RS", "SS"), "FINDINGS"),
    **dict.fromkeys(("AE", "DS"), "EVENTS"),
    **dict.fromkeys(("EC", "EX"), "INTERVENTIONS"),
}

FAULTS: dict[str, tuple[str, Columns, list[tuple[str, str]]]] = {
    "an event ends before it starts": (
        "AE",
        {"AEENDTC": ["2025-03-01", "2025-03-01", "2025-06-01"]},
        [("dates-in-order", "AE.AEENDTC")],
    ),
    "treatment ends before it starts": (
        "DM",
        {"RFENDTC": ["2025-03-01", "2025-06-01"]},
        [("dates-in-order", "DM.RFENDTC")],
    ),
    "a study day counts from 0": (
        "AE",
        {"AESTDY": [0, None, 86]},
        [("study-day", "AE.AESTDY")],
    ),
    "a result differs from its number": (
        "VS",
        {"VSSTRESN": [36.6]},
        [("result", "VS.VSSTRESN")],
    ),
    "a qualifier of no record": (
        "SUPPAE",
        {"IDVARVAL": ["3", None]},
        [("parent-record", "SUPPAE.IDVARVAL")],
    ),
    "a qualifier by a variable that is not there": (
        "SUPPAE",
        {"IDVAR": ["AESPID", None]},
        [("parent-record", "SUPPAE.IDVARVAL")],
    ),
    "a date of death without a flag": (
        "DM",
        {"DTHDTC": ["2025-06-01", "2025-06-01"]},
        [("death-flag", "DM.DTHFL")],
    ),
    "a death that DM does not know": (
        "DS",
        {"USUBJID": ["1"]},
        [("disposition-death", "DS.DSDECOD")],
    ),
    "a fatal event of a subject who lives in DM": (
        "AE",
        {"AEOUT": ["FATAL", None, "FATAL"], "AESDTH": ["Y", None, "Y"], "AETOXGR": ["5", "2", "5"]},
        [("event-death", "AE.AESDTH")],
    ),
    "a fatal outcome that is not serious": (
        "AE",
        {"AESDTH": ["N", None, "N"]},
        [("fatal-event", "AE.AESDTH")],
    ),
    "grade 5 of an event that was survived": (
        "AE",
        {"AETOXGR": ["5", "2", "5"]},
        [("fatal-event", "AE.AETOXGR")],
    ),
    "two names of one parameter": (
        "ADVS",
        {"PARAM": ["Temperature (C)", "Temperature", "Pulse"]},
        [("parameter", "ADVS.PARAM")],
    ),
    "one name of two parameters": (
        "ADVS",
        {"PARAM": ["Pulse", "Pulse", "Pulse"]},
        [("parameter", "ADVS.PARAMCD")],
    ),
    "two baseline records": (
        "ADVS",
        {"ABLFL": ["Y", "Y", "Y"], "CHG": [None] * 3, "PCHG": [None] * 3},
        [("baseline-record", "ADVS.ABLFL")],
    ),
    "another baseline value": (
        "ADVS",
        {"BASE": [36.5, 36.4, 60], "CHG": [None, 1.1, None], "PCHG": [None] * 3},
        [("baseline-value", "ADVS.BASE")],
    ),
    "a wrong change": ("ADVS", {"CHG": [None, 1.1, None]}, [("change", "ADVS.CHG")]),
    "a wrong change in per cent": ("ADVS", {"PCHG": [None, 3, None]}, [("change", "ADVS.PCHG")]),
    "a subject's variable changed on the way": (
        "ADVS",
        {"SEX": ["F", "M", "M"]},
        [("subject-variable", "ADVS.SEX")],
    ),
    "a source record that is not there": (
        "ADVS",
        {"VSSEQ": [1, 7, None]},
        [("source-record", "ADVS.VSSEQ")],
    ),
    "an event's source record that is not there": (
        "ADTTE",
        {"SRCSEQ": [None, 9]},
        [("named-source", "ADTTE.SRCSEQ")],
    ),
    "a censoring without a description": (
        "ADTTE",
        {"CNSDTDSC": [None, None]},
        [("censoring", "ADTTE.CNSR")],
    ),
    "an event before the start": (
        "ADTTE",
        {"ADT": [23900, 23801]},
        [("time-from-start", "ADTTE.ADT")],
    ),
}


def describe(name: str, columns: Columns) -> DatasetMetadata:
    variables: list[VariableMetadata] = [
        num(column) if any(isinstance(v, int | float) for v in values or ()) else char(column, 40)
        for column, values in columns.items()
    ]
    analysis = name.startswith("AD")
    return DatasetMetadata(
        name=name,
        label=name,
        variables=tuple(variables),
        keys=(),
        domain=name.removeprefix("SUPP"),
        class_=CLASSES.get(name, ""),
        structure="",
        standard="ADAMIG" if analysis else "SDTMIG",
    )


def find(changes: dict[str, Columns]) -> list[tuple[str, str]]:
    return find_in({name: {**columns, **changes.get(name, {})} for name, columns in CLEAN.items()})


def find_in(tables: dict[str, Columns]) -> list[tuple[str, str]]:
    """Check datasets that are described by clean ones of the same columns, or by themselves."""
    known = CLEAN if tables.keys() == CLEAN.keys() else tables
    datasets = tuple(describe(name, columns) for name, columns in known.items())
    study = StudyMetadata(name="S1", description="", protocol="", datasets=datasets)
    frames = {}
    for dataset in datasets:
        frame = make_frame(tables[dataset.name])
        for variable in dataset.variables:
            kind = "float64" if variable.type == "Num" else "str"
            frame[variable.name] = frame[variable.name].astype(kind)
        frames[dataset.name] = frame
    findings = validate_study(study, frames)
    return [(group.rule, f"{group.dataset}.{group.variable}") for group in findings.groups]


def test_consistent_data_have_no_findings() -> None:
    """What agrees is not found, partial dates and missing values included."""
    assert find({}) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found_once(fault: str) -> None:
    """One wrong value is one problem, told by the rule that it breaks."""
    dataset, change, expected = FAULTS[fault]
    assert find({dataset: change}) == expected
