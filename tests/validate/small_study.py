"""A small, clean study that a test can break."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from sdtmconv.metadata import Codelist, DatasetMetadata, StudyMetadata, Term, VariableMetadata

NY = Codelist("NY", "No Yes Response", (Term("N"), Term("Y")), code="C66742")
UNIT = Codelist("UNIT", "Unit", (Term("mg"), Term("TABLET", extended=True)), extensible=True)


def char(name: str, length: int = 20, **facts: object) -> VariableMetadata:
    return replace(VariableMetadata(name, name, "Char", length), **facts)


def num(name: str, **facts: object) -> VariableMetadata:
    return replace(VariableMetadata(name, name, "Num", 8, "float"), **facts)


def identifiers() -> tuple[VariableMetadata, ...]:
    return (
        char("STUDYID", core="Req"),
        char("DOMAIN", 2, core="Req"),
        char("USUBJID", core="Req"),
    )


DM = DatasetMetadata(
    name="DM",
    label="Demographics",
    variables=(*identifiers(), char("DTHFL", 1, codelist=NY, core="Exp")),
    keys=("STUDYID", "USUBJID"),
    domain="DM",
    class_="SPECIAL PURPOSE",
    structure="One record per subject",
    repeating=False,
)
AE = DatasetMetadata(
    name="AE",
    label="Adverse Events",
    variables=(
        *identifiers(),
        num("AESEQ", core="Req"),
        char("AESPID", 6),
        char("AETERM", 200, core="Req"),
        char("AESER", 3, codelist=NY),
        char("AEDOSU", 6, codelist=UNIT),
        char("AESTDTC", data_type="partialDatetime"),
        char("AEDUR", 40, data_type="durationDatetime"),
    ),
    keys=("STUDYID", "USUBJID", "AETERM", "AESTDTC"),
    domain="AE",
    class_="EVENTS",
    structure="One record per adverse event per subject",
)
SUPPAE = DatasetMetadata(
    name="SUPPAE",
    label="Supplemental Qualifiers for AE",
    variables=(
        char("STUDYID"),
        char("RDOMAIN", 2),
        char("USUBJID"),
        char("QNAM", 8),
        char("QVAL", 200),
    ),
    keys=("STUDYID", "RDOMAIN", "USUBJID", "QNAM"),
    domain="AE",
    class_="RELATIONSHIP",
    structure="One record per supplemental qualifier",
)

CLEAN = {
    "DM": {
        "STUDYID": ["S1", "S1"],
        "DOMAIN": ["DM", "DM"],
        "USUBJID": ["S1-1", "S1-2"],
        "DTHFL": [None, "Y"],
    },
    "AE": {
        "STUDYID": ["S1", "S1", "S1"],
        "DOMAIN": ["AE", "AE", "AE"],
        "USUBJID": ["S1-1", "S1-1", "S1-2"],
        "AESEQ": [1, 2, 1],
        "AESPID": ["1", "2", None],
        "AETERM": ["Nausea", "Headache", "Nausea"],
        "AESER": ["N", "Y", None],
        "AEDOSU": ["mg", "TABLET", None],
        "AESTDTC": ["2025-03-01T08:00", "2025-03", None],
        "AEDUR": ["P1D", "2025-03-01/2025-03-02", None],
    },
    "SUPPAE": {
        "STUDYID": ["S1"],
        "RDOMAIN": ["AE"],
        "USUBJID": ["S1-1"],
        "QNAM": ["AEDLT"],
        "QVAL": ["N"],
    },
}
STUDY = StudyMetadata(
    name="S1",
    description="A small study",
    protocol="P1",
    versions={"SDTMIG": "3.4"},
    data_cut="2025-06-30",
    datasets=(DM, AE, SUPPAE),
)

Columns = Mapping[str, list[object] | None]


def make_frame(columns: Columns) -> pd.DataFrame:
    """Make a frame as the tool holds data: text as str, numbers as float64."""
    return pd.DataFrame(
        {
            name: pd.Series(
                values,
                dtype="float64"
                if any(isinstance(value, int | float) for value in values)
                else "str",
            )
            for name, values in columns.items()
        }
    )


def make_frames(changes: Mapping[str, Columns | None] | None = None) -> dict[str, pd.DataFrame]:
    """Make the clean study's datasets, some columns changed; None leaves one out."""
    changes = changes or {}
    names = [name for name in CLEAN | changes if changes.get(name, {}) is not None]
    tables = {name: {**CLEAN.get(name, {}), **changes.get(name, {})} for name in names}
    return {
        name: make_frame({column: values for column, values in table.items() if values is not None})
        for name, table in tables.items()
    }
