"""Events of progression-free survival: which are wrong for certain, and which may be right."""

from __future__ import annotations

import pytest
from small_study import Columns
from test_validate_relations import find_in

DM: Columns = {"USUBJID": ["1", "2"], "RFENDTC": [None, None]}


def make_adsl(flag: str | None, day: int | None) -> Columns:
    """Make ADSL of one subject, and of another who died later."""
    return {"USUBJID": ["1", "2"], "DTHFL": [flag, "Y"], "DTHDT": [day, 24000]}


EVENT: Columns = {
    "USUBJID": ["1"],
    "PARAMCD": ["PFS"],
    "CNSR": [0],
    "EVNTDESC": ["Progression or death"],
    "ADT": [23880],
}
LATE = [("progression-free", "ADTTE.ADT")]
NOTHING = [("progression-event", "ADTTE.CNSR")]


def respond(*responses: tuple[str, int, str], **more: list[object]) -> Columns:
    """Make ADRS of parameter, day and result."""
    parameters, days, results = map(list, zip(*responses, strict=True))
    subjects = ["1"] * len(responses)
    return {"USUBJID": subjects, "PARAMCD": parameters, "ADT": days, "AVALC": results, **more}


STABLE = respond(("OVR", 23860, "NON-CR/NON-PD"))

CASES: dict[str, tuple[dict[str, Columns], list[tuple[str, str]]]] = {
    "on the first overall PD": ({"ADRS": respond(("OVR", 23880, "PD"), ("OVR", 23890, "PD"))}, []),
    "after the first overall PD": (
        {"ADRS": respond(("OVR", 23870, "PD"), ("OVR", 23880, "PD"))},
        LATE,
    ),
    "after a PD that does not count": (
        {"ADRS": respond(("OVR", 23870, "PD"), ("OVR", 23880, "PD"), ANL01FL=[None, "Y"])},
        [],
    ),
    "after a PD of target lesions": (
        {"ADRS": respond(("TRGRESP", 23870, "PD"), ("OVR", 23880, "PD"))},
        [],
    ),
    "after the PD of one evaluator of two": (
        {"ADRS": respond(("OVRI", 23870, "PD"), ("OVRC", 23875, "SD"), ("OVRC", 23880, "PD"))},
        [],
    ),
    "after the PD that one evaluator of two never saw": (
        {
            "ADSL": make_adsl("Y", 23880),
            "ADRS": respond(("OVRI", 23870, "PD"), ("OVRC", 23875, "SD")),
        },
        [],
    ),
    "after the PD of both evaluators": (
        {"ADRS": respond(("OVRI", 23870, "PD"), ("OVRC", 23875, "PD"))},
        LATE,
    ),
    "on the day of death": ({"ADSL": make_adsl("Y", 23880), "ADRS": STABLE}, []),
    "after death": ({"ADSL": make_adsl("Y", 23879), "ADRS": STABLE}, LATE),
    "after death, without ADRS": ({"ADSL": make_adsl("Y", 23879)}, LATE),
    "without progression and death": ({"ADRS": STABLE}, NOTHING),
    "before a death, without progression": (
        {"ADSL": make_adsl("Y", 23881), "ADRS": STABLE},
        NOTHING,
    ),
    "with a death on an unknown day": ({"ADSL": make_adsl("Y", None), "ADRS": STABLE}, []),
    "with a progression by other criteria": ({"ADRS": respond(("IOVR", 23880, "iUPD"))}, []),
    "with a progression that a parameter tells of": ({"ADRS": respond(("CLINPD", 23880, "Y"))}, []),
    "with a progression of another source": (
        {"ADRS": STABLE, "ADTTE": {**EVENT, "SRCDOM": ["DM"], "SRCVAR": ["RFENDTC"]}},
        [],
    ),
    "with a death as source that nobody died": (
        {"ADRS": STABLE, "ADTTE": {**EVENT, "SRCDOM": ["ADSL"], "SRCVAR": ["DTHDT"]}},
        NOTHING,
    ),
    "that is none but a censoring": (
        {"ADRS": respond(("OVR", 23870, "PD")), "ADTTE": {**EVENT, "CNSR": [1]}},
        [],
    ),
    "that is one of another parameter": (
        {"ADRS": respond(("OVR", 23870, "PD")), "ADTTE": {**EVENT, "PARAMCD": ["OS"]}},
        [],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_an_event_is_found_where_it_is_wrong_for_certain(case: str) -> None:
    """An event of PFS later than progression or death is wrong, and one without either."""
    tables, expected = CASES[case]
    assert find_in({"DM": DM, "ADSL": make_adsl(None, None), "ADTTE": EVENT, **tables}) == expected
