"""A small study with one of everything that define.xml describes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sdtmconv.define_xml import write_define
from sdtmconv.metadata import (
    Codelist,
    DatasetMetadata,
    Origin,
    StudyMetadata,
    Term,
    ValueLevel,
    VariableMetadata,
)

CREATED = datetime(2025, 3, 1, 12)
SDTM_CT = "SDTM 2022-09-30"

NO_YES = Codelist(
    name="NY",
    label="No Yes Response",
    terms=(Term("N", "No", "C49487"), Term("Y", "Yes", "C49488")),
    code="C66742",
    standard=SDTM_CT,
)
YES_ONLY = Codelist(
    name="NY",
    label="No Yes Response",
    terms=(Term("Y", "Yes", "C49488"),),
    code="C66742",
    standard=SDTM_CT,
)
UNITS = Codelist(
    name="UNIT",
    label="Unit",
    terms=(Term("mg", code="C28253"), Term("viral particles", extended=True)),
    code="C71620",
    extensible=True,
    standard=SDTM_CT,
)
STAGES = Codelist(name="STAGE", label="Stage of the Study", terms=(Term("1", "First"),))
MEDDRA = Codelist(
    name="MEDDRA", label="Adverse Event Dictionary", dictionary="MedDRA", version="27.1"
)
PROTOCOL, ASSIGNED, DERIVED = Origin("Protocol"), Origin("Assigned"), Origin("Derived")
COLLECTED = Origin("Collected", "Investigator", pages=(7, 12))
STUDY_DAY = "Days from RFSTDTC, which is Day 1; there is no Day 0"


def char(name: str, label: str, origin: Origin, **more: Any) -> VariableMetadata:
    """Describe a text variable of 20 bytes."""
    return VariableMetadata(name, label, "Char", **{"length": 20, "origin": origin, **more})


def num(name: str, label: str, origin: Origin, data_type: str, **more: Any) -> VariableMetadata:
    """Describe a numeric variable."""
    return VariableMetadata(
        name, label, "Num", length=8, data_type=data_type, origin=origin, **more
    )


STUDYID = char("STUDYID", "Study Identifier", PROTOCOL, role="Identifier", core="Req")
USUBJID = char("USUBJID", "Unique Subject Identifier", ASSIGNED, role="Identifier", core="Req")

AE = DatasetMetadata(
    name="AE",
    label="Adverse Events",
    variables=(
        STUDYID,
        USUBJID,
        char("AETERM", "Reported Term", COLLECTED, role="Topic", core="Req", length=200),
        char("AEDECOD", "Dictionary-Derived Term", ASSIGNED, codelist=MEDDRA, comment="By a coder"),
        char("AESER", "Serious Event", COLLECTED, codelist=NO_YES, length=1),
        char("AESDTH", "Results in Death", COLLECTED, codelist=YES_ONLY, length=1),
        char("AEREL", "Causality", COLLECTED, codelist=NO_YES, length=1),
        char("AESTDTC", "Start", COLLECTED, data_type="partialDatetime", length=0),
        num("AESTDY", "Study Day of Start", DERIVED, "integer", method=STUDY_DAY),
        num("AEENDY", "Study Day of End", DERIVED, "integer", method=STUDY_DAY),
    ),
    keys=("STUDYID", "USUBJID", "AETERM", "AESTDTC"),
    domain="AE",
    class_="EVENTS",
    structure="One record per adverse event per subject",
    comment="By a coder",
)
QVALS = (
    ValueLevel(
        where=(("QNAM", "EQ", ("AEDLT",)),),
        variable=char("QVAL", "Dose Limiting Toxicity", COLLECTED, codelist=NO_YES, length=1),
    ),
)
SUPPAE = DatasetMetadata(
    name="SUPPAE",
    label="Supplemental Qualifiers for AE",
    variables=(
        USUBJID,
        char("QNAM", "Qualifier Variable Name", ASSIGNED, core="Req", length=8),
        VariableMetadata("QVAL", "Data Value", "Char", length=200, core="Req", values=QVALS),
    ),
    keys=("USUBJID", "QNAM"),
    domain="AE",
    class_="RELATIONSHIP",
    structure="One record per qualifier per record",
)
VSORRES = (
    ValueLevel(
        where=(("VSTESTCD", "EQ", ("TEMP",)),),
        variable=char(
            "VSORRES", "Temperature", COLLECTED, data_type="float", length=5, significant_digits=1
        ),
    ),
    ValueLevel(
        where=(("VSTESTCD", "IN", ("SYSBP", "DIABP")), ("VSPOS", "NE", ("LEFT SIDE",))),
        variable=char("VSORRES", "Blood Pressure", COLLECTED, data_type="integer", length=3),
    ),
)
VS = DatasetMetadata(
    name="VS",
    label="Vital Signs",
    variables=(
        USUBJID,
        char("VSTESTCD", "Vital Signs Test Short Name", ASSIGNED, length=8),
        char("VSPOS", "Position of Subject", COLLECTED),
        char("VSORRES", "Result in Original Units", COLLECTED, values=VSORRES),
        char("VSORRESU", "Original Units", COLLECTED, codelist=UNITS),
        num("VSSTRESN", "Result in Standard Units", DERIVED, "float", significant_digits=2,
            method="VSORRES in standard units", display_format="8.2"),
    ),
    keys=("USUBJID", "VSTESTCD"),
    domain="VS",
    class_="FINDINGS",
    structure="One record per measurement per subject",
)  # fmt: skip
TS = DatasetMetadata(
    name="TS",
    label="Trial Summary",
    variables=(STUDYID, char("TSPARMCD", "Parameter Short Name", PROTOCOL, length=8)),
    keys=("STUDYID", "TSPARMCD"),
    domain="TS",
    class_="TRIAL DESIGN",
    structure="One record per trial summary parameter value",
    subject_level=False,
)
ADSL = DatasetMetadata(
    name="ADSL",
    label="Subject-Level Analysis Dataset",
    variables=(
        char("USUBJID", "Unique Subject Identifier", Origin("Predecessor", "", "DM.USUBJID")),
        num("STAGEN", "Stage (N)", ASSIGNED, "integer", codelist=STAGES),
        char("STAGE", "Stage", ASSIGNED, codelist=STAGES),
        num("TRTSDT", "Date of First Exposure", DERIVED, "integer", display_format="DATE9.",
            method="First EX.EXSTDTC; a missing day is imputed as the first"),
    ),
    keys=("USUBJID",),
    domain="ADSL",
    class_="SUBJECT LEVEL ANALYSIS DATASET",
    structure="One record per subject",
    standard="ADAMIG",
    repeating=False,
)  # fmt: skip

STUDY = StudyMetadata(
    name="BIO-1",
    description="A study of one & another",
    protocol="Protocol BIO-1",
    versions={
        "SDTMIG": "3.4",
        "ADAMIG": "1.3",
        "SDTM CT": "2022-09-30",
        "ADAM CT": "2022-06-24",
    },
    data_cut="2025-03-01",
    datasets=(AE, SUPPAE, VS, TS, ADSL),
)


@pytest.fixture
def define_study() -> StudyMetadata:
    return STUDY


@pytest.fixture
def sdtm_define(tmp_path: Path) -> Path:
    path = tmp_path / "define.xml"
    write_define(path, STUDY, "SDTMIG", created=CREATED)
    return path


@pytest.fixture
def adam_define(tmp_path: Path) -> Path:
    path = tmp_path / "adam" / "define.xml"
    path.parent.mkdir()
    write_define(path, STUDY, "ADAMIG", created=CREATED)
    return path
