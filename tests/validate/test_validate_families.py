"""Rules that neither clean study can break: a few datasets, and the findings."""

from __future__ import annotations

import pytest
from small_study import Columns
from test_validate_relations import find_in

DM: Columns = {"USUBJID": ["1"], "RFSTDTC": ["2025-03-02"]}
ALIVE: Columns = {"USUBJID": ["1"], "DTHFL": [None], "DTHDTC": [None]}
DEAD: Columns = {"USUBJID": ["1"], "DTHFL": ["Y"], "DTHDTC": ["2025-06-01"]}
TA: Columns = {"ARMCD": ["A"], "TAETORD": [1], "ETCD": ["TRT"], "EPOCH": ["TREATMENT"]}
TE: Columns = {"ETCD": ["TRT"], "TEDUR": ["P1D"], "TEENRL": [None]}

FAULTS: dict[str, tuple[dict[str, Columns], tuple[str, str]]] = {
    "a text begins with a space": (
        {"DM": DM, "AE": {"USUBJID": ["1"], "AETERM": [" Rash"]}},
        ("leading-space", "AE.AETERM"),
    ),
    "a subject is not in ADSL": (
        {
            "DM": {"USUBJID": ["1", "2"]},
            "ADSL": {"USUBJID": ["1"]},
            "ADVS": {"USUBJID": ["2"], "PARAMCD": ["TEMP"]},
        },
        ("analysis-subject", "ADVS.USUBJID"),
    ),
    "a term has another code than in most records": (
        {
            "DM": DM,
            "AE": {
                "USUBJID": ["1", "1", "1"],
                "AEDECOD": ["Rash", "Rash", "Rash"],
                "AEPTCD": [1, 1, 2],
            },
        },
        ("dictionary-code", "AE.AEPTCD"),
    ),
    "a body system lacks the code that others have": (
        {
            "DM": DM,
            "AE": {"USUBJID": ["1", "1"], "AEBODSYS": ["A", "B"], "AEBDSYCD": [1, None]},
        },
        ("body-system-code", "AE.AEBDSYCD"),
    ),
    "a survival status tells of a death": (
        {
            "DM": ALIVE,
            "SS": {"USUBJID": ["1"], "SSTESTCD": ["SURVSTAT"], "SSSTRESC": ["DEAD"]},
        },
        ("survival-death", "SS.SSSTRESC"),
    ),
    "one of two deaths in DS has another date": (
        {
            "DM": DEAD,
            "DS": {
                "USUBJID": ["1", "1"],
                "DSDECOD": ["DEATH", "DEATH"],
                "DSSTDTC": ["2025-06-01", "2025-06-02"],
            },
        },
        ("disposition-death-date", "DS.DSSTDTC"),
    ),
    "a fatal event ends on another day than the subject": (
        {"DM": DEAD, "AE": {"USUBJID": ["1"], "AEOUT": ["FATAL"], "AEENDTC": ["2025-05-30"]}},
        ("event-death-date", "AE.AEENDTC"),
    ),
    "a death that neither DS nor AE tells of": (
        {
            "DM": DEAD,
            "AE": {"USUBJID": ["1"], "AEOUT": ["RECOVERED/RESOLVED"]},
            "DS": {"USUBJID": ["1"], "DSDECOD": ["COMPLETED"]},
        },
        ("death-told", "DM.DTHFL"),
    ),
    "an event that was not resolved has an end": (
        {
            "DM": DM,
            "AE": {
                "USUBJID": ["1"],
                "AEOUT": ["NOT RECOVERED/NOT RESOLVED"],
                "AEENDTC": ["2025-05-30"],
                "AEENDY": [90],
            },
        },
        ("unresolved-end", "AE.AEENDTC"),
    ),
    "a missed dose has an amount": (
        {
            "DM": DM,
            "EC": {"USUBJID": ["1"], "ECOCCUR": ["N"], "ECDOSE": [80], "ECDOSU": ["mg"]},
        },
        ("missed-dose", "EC.ECDOSE"),
    ),
    "a reason stands in place of an arm": (
        {
            "DM": {
                "USUBJID": ["1"],
                "ARMCD": ["Scrnfail"],
                "ARM": ["Screen Failure"],
                "ACTARMCD": ["Scrnfail"],
                "ARMNRS": ["SCREEN FAILURE"],
            }
        },
        ("arm-of-nobody", "DM.ARM"),
    ),
    "an arm that TA does not have": (
        {"DM": {"USUBJID": ["1"], "ARMCD": ["B"]}, "TA": TA},
        ("planned-arm", "DM.ARMCD"),
    ),
    "a population flag in SDTM": (
        {"DM": DM, "SUPPDM": {"USUBJID": ["1"], "RDOMAIN": ["DM"], "QNAM": ["ITT"]}},
        ("population-qualifier", "SUPPDM.QNAM"),
    ),
    "an element that TE does not have": (
        {"DM": DM, "TE": TE, "SE": {"USUBJID": ["1"], "ETCD": ["WASH"]}},
        ("planned-element", "SE.ETCD"),
    ),
    "an epoch that TA does not have": (
        {"DM": DM, "TA": TA, "AE": {"USUBJID": ["1"], "EPOCH": ["WASHOUT"]}},
        ("planned-epoch", "AE.EPOCH"),
    ),
    "a planned visit that TV does not have": (
        {
            "DM": DM,
            "TV": {"VISITNUM": [1], "VISIT": ["DAY 1"]},
            "SV": {"USUBJID": ["1"], "VISITNUM": [2], "VISIT": ["DAY 2"], "SVPRESP": ["Y"]},
        },
        ("planned-visit", "SV.VISITNUM"),
    ),
    "a visit of TV that is not called planned": (
        {
            "DM": DM,
            "TV": {"VISITNUM": [1], "VISIT": ["DAY 1"]},
            "SV": {"USUBJID": ["1"], "VISITNUM": [1], "VISIT": ["DAY 1"], "SVPRESP": [None]},
        },
        ("planned-visit", "SV.SVPRESP"),
    ),
    "an unplanned element has a name": (
        {"DM": DM, "SE": {"USUBJID": ["1"], "ETCD": ["UNPLAN"], "ELEMENT": ["Other"]}},
        ("unplanned-element", "SE.ELEMENT"),
    ),
    "a gap between elements": (
        {
            "DM": DM,
            "SE": {
                "USUBJID": ["1", "1"],
                "SESTDTC": ["2025-03-01", "2025-03-09"],
                "SEENDTC": ["2025-03-08", None],
                "SESTDY": [-1, 8],
                "SEENDY": [7, None],
            },
        },
        ("elements-in-turn", "SE.SEENDTC"),
    ),
    "an exclusion criterion that was not met": (
        {
            "DM": DM,
            "IE": {
                "USUBJID": ["1"],
                "IECAT": ["EXCLUSION"],
                "IEORRES": ["N"],
                "IESTRESC": ["N"],
            },
        },
        ("criterion-answer", "IE.IEORRES"),
    ),
    "another standard answer": (
        {
            "DM": DM,
            "IE": {
                "USUBJID": ["1"],
                "IECAT": ["EXCLUSION"],
                "IEORRES": ["Y"],
                "IESTRESC": ["N"],
            },
        },
        ("criterion-standard", "IE.IESTRESC"),
    ),
    "a negative diameter": (
        {"DM": DM, "TR": {"USUBJID": ["1"], "TRTESTCD": ["LDIAM"], "TRSTRESN": [-3]}},
        ("lesion-negative", "TR.TRSTRESN"),
    ),
    "a target response without a target lesion": (
        {
            "DM": DM,
            "TU": {"USUBJID": ["1"], "TUSTRESC": ["NON-TARGET"]},
            "RS": {"USUBJID": ["1"], "RSTESTCD": ["OVRLRESP"], "RSSTRESC": ["PR"]},
        },
        ("measurable-disease", "RS.RSSTRESC"),
    ),
    "an analysis date outside of the collected one": (
        {
            "DM": DM,
            "ADSL": {"USUBJID": ["1"]},
            "ADAE": {"USUBJID": ["1"], "AESTDTC": ["2025-03"], "ASTDT": [1]},
        },
        ("event-date", "ADAE.ASTDT"),
    ),
    "an event of nobody's treatment": (
        {
            "DM": DM,
            "ADSL": {"USUBJID": ["1"]},
            "ADAE": {"USUBJID": ["1", "1"], "TRTSDT": [None, 1], "TRTEMFL": ["Y", "Y"]},
        },
        ("untreated-emergent", "ADAE.TRTEMFL"),
    ),
    "a censoring on another date than its source": (
        {
            "DM": DM,
            "ADSL": {"USUBJID": ["1"], "EOSDT": [23900]},
            "ADTTE": {
                "USUBJID": ["1"],
                "PARAMCD": ["OS"],
                "CNSR": [1],
                "EVNTDESC": ["End of study"],
                "ADT": [23901],
                "SRCDOM": ["ADSL"],
                "SRCVAR": ["EOSDT"],
            },
        },
        ("source-date", "ADTTE.ADT"),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found_once(fault: str) -> None:
    """One wrong value is one problem, told by the rule that it breaks."""
    tables, expected = FAULTS[fault]
    assert find_in(tables) == [expected]
