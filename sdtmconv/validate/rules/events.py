"""What adverse events say of themselves."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sdtmconv.validate.condition_rule import condition_rule
from sdtmconv.validate.data import Data
from sdtmconv.validate.rule import Breach, rule
from sdtmconv.validate.tables import Table

_CRITERIA = (
    *("AESCAN", "AESCONG", "AESDISAB", "AESDTH", "AESHOSP", "AESLIFE", "AESOD", "AESMIE"),
    "AESINTV",
)


@rule(
    "serious-event",
    title="An event that meets a criterion of seriousness is serious",
    severity="error",
    source="SDTMIG 3.4 section 6.2.1, assumption 6a (CDISC conformance rule CG0041)",
    remedy="Query AESER against the criteria",
    applies="AE",
    needs=("AESER",),
)
def check_seriousness(table: Table, data: Data) -> Iterator[Breach]:
    """Find events that meet a criterion and are not serious."""
    names = tuple(name for name in _CRITERIA if table.has(name))
    meets = np.zeros(len(table), dtype=bool)
    for name in names:
        meets |= (table[name] == "Y").to_numpy(dtype=bool, na_value=False)
    wrong = meets & (table["AESER"] != "Y").to_numpy(dtype=bool, na_value=True)
    yield Breach("is not Y, and a criterion of seriousness is", wrong, "AESER", names)


@rule(
    "serious-criterion",
    title="A serious event meets a criterion of seriousness",
    severity="warning",
    source="SDTMIG 3.4 section 6.2.1, assumption 6",
    remedy="Query which criterion the event met",
    applies="AE",
    needs=("AESER", "AESDTH", "AESHOSP", "AESLIFE", "AESDISAB", "AESCONG"),
)
def check_criteria(table: Table, data: Data) -> Iterator[Breach]:
    """Find serious events without a criterion, where the usual ones were collected."""
    names = tuple(name for name in _CRITERIA if table.has(name))
    meets = np.zeros(len(table), dtype=bool)
    for name in names:
        meets |= (table[name] == "Y").to_numpy(dtype=bool, na_value=False)
    serious = (table["AESER"] == "Y").to_numpy(dtype=bool, na_value=False)
    yield Breach("is Y, and no criterion of seriousness is", serious & ~meets, "AESER", names)


condition_rule(
    "unresolved-end",
    title="An event that was not resolved has no end",
    severity="warning",
    source="SDTMIG 3.4 section 6.2.1; FDA business rule FDAB034",
    remedy="Query outcome and end date",
    applies="AE",
    breach='AEOUT EQ "NOT RECOVERED/NOT RESOLVED" and AEENDTC is not missing',
    variable="AEENDTC",
    message="is there, and the outcome is NOT RECOVERED/NOT RESOLVED",
)
condition_rule(
    "ongoing-end",
    title="What is ongoing has no end",
    severity="error",
    source="SDTMIG 3.4 section 4.4.7",
    remedy="Query the end date; map --ENRTPT from what was collected",
    applies="EVENTS, INTERVENTIONS",
    breach='--ENRTPT EQ "ONGOING" and --ENDTC is not missing',
    variable="--ENDTC",
    message="is there, and --ENRTPT says ONGOING",
)
condition_rule(
    "relative-end",
    title="--ENRTPT and --ENTPT come together",
    severity="error",
    source="SDTMIG 3.4 section 4.4.7",
    remedy="Say in --ENTPT which time point --ENRTPT is about",
    applies="EVENTS, INTERVENTIONS",
    breach="--ENRTPT is not missing and --ENTPT is missing",
    variable="--ENTPT",
    message="is empty, and --ENRTPT refers to it",
)
condition_rule(
    "dose-unit",
    title="A dose has a unit",
    severity="error",
    source="SDTMIG 3.4 section 6.1.3.1 (EX, EXDOSU)",
    remedy="Map --DOSU with --DOSE",
    applies="INTERVENTIONS",
    breach="--DOSE is not missing and --DOSU is missing",
    variable="--DOSU",
    message="is empty, and there is a --DOSE",
)
condition_rule(
    "dose-negative",
    title="A dose is no negative number",
    severity="error",
    source="SDTMIG 3.4 section 6.1.3.1 (EX, EXDOSE)",
    remedy="Query the dose",
    applies="INTERVENTIONS",
    breach="--DOSE LT 0",
    variable="--DOSE",
    message="is negative",
)
condition_rule(
    "placebo-dose",
    title="Placebo has a dose of 0",
    severity="error",
    source="SDTMIG 3.4 section 6.1.3.1, assumption 2b (CDISC conformance rule CG0102)",
    remedy="Map EXDOSE to 0 where EXTRT is PLACEBO",
    applies="EX",
    breach='EXTRT EQ "PLACEBO" and EXDOSE NE 0',
    variable="EXDOSE",
    message="is not 0, and EXTRT is PLACEBO",
)
condition_rule(
    "missed-dose",
    title="What did not occur has no dose",
    severity="error",
    source="SDTMIG 3.4 section 6.1.3.2 (EC, ECOCCUR)",
    remedy="Leave ECDOSE empty where ECOCCUR is N",
    applies="EC",
    breach='ECOCCUR EQ "N" and ECDOSE GT 0',
    variable="ECDOSE",
    message="is above 0, and ECOCCUR is N",
)
