"""What DM says of subjects: arms, ages, reference periods against exposure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sdtmconv.validate.condition_rule import condition_rule
from sdtmconv.validate.data import Data
from sdtmconv.validate.rule import Breach, rule
from sdtmconv.validate.rules.dates import is_earlier
from sdtmconv.validate.tables import Table

condition_rule(
    "arm-of-nobody",
    title="ARM and ACTARM name planned arms",
    severity="error",
    source="SDTMIG 3.4 section 5.2 (CDISC conformance rule CG0570)",
    remedy="Leave ARM, ARMCD, ACTARM and ACTARMCD empty, and say in ARMNRS why",
    applies="DM",
    breach='ARM IN ("Screen Failure", "Not Assigned", "Unplanned Treatment", "Not Treated", '
    '"SCREEN FAILURE", "NOT ASSIGNED", "UNPLANNED TREATMENT", "NOT TREATED")',
    variable="ARM",
    message="is no arm but a reason why there is none",
    doubts=("ARMCD", "ACTARM", "ACTARMCD", "ARMNRS", "RFENDTC"),
)
condition_rule(
    "arm-reason",
    title="ARMNRS says why a subject has no arm",
    severity="warning",
    source="SDTMIG 3.4 section 5.2 (DM, ARMNRS)",
    remedy="Map ARMNRS from the form that says why the subject was not assigned or treated",
    applies="DM",
    breach="(ARMCD is missing or ACTARMCD is missing) and ARMNRS is missing and "
    "(ARMCD is not missing or ACTARMCD is not missing)",
    variable="ARMNRS",
    message="is empty, and the subject has one of its arms only",
)
condition_rule(
    "arm-no-reason",
    title="ARMNRS is empty where a subject has its arms",
    severity="error",
    source="SDTMIG 3.4 section 5.2 (CDISC conformance rule CG0520)",
    remedy="Leave ARMNRS empty for subjects that were assigned and treated",
    applies="DM",
    breach="ARMCD is not missing and ACTARMCD is not missing and ARMNRS is not missing",
    variable="ARMNRS",
    message="gives a reason for no arm, and ARMCD and ACTARMCD are there",
)
condition_rule(
    "age-unit",
    title="AGE has a unit",
    severity="error",
    source="SDTMIG 3.4 section 5.2 (DM, AGEU)",
    remedy="Assign AGEU, such as YEARS",
    applies="DM",
    breach="AGE is not missing and AGEU is missing",
    variable="AGEU",
    message="is empty, and there is an AGE",
)
condition_rule(
    "age-range",
    title="AGE is no negative number",
    severity="error",
    source="SDTMIG 3.4 section 5.2 (DM, AGE)",
    remedy="Look at the dates that AGE counts from",
    applies="DM, ADSL",
    breach="AGE LT 0",
    variable="AGE",
    message="is negative",
)
condition_rule(
    "reference-end",
    title="A treated subject has an end of its reference period",
    severity="warning",
    source="SDTMIG 3.4 section 5.2 (CDISC conformance rule CG0529)",
    remedy="Derive RFENDTC, for example from the last exposure or contact",
    applies="DM",
    breach="RFXENDTC is not missing and RFENDTC is missing",
    variable="RFENDTC",
    message="is empty, and RFXENDTC is there",
)


def _differs(table: Table, variable: str, data: Data, earliest: bool) -> np.ndarray:
    """Tell whose first or last exposure in EX is another than DM says, as far as known."""
    end = "EXSTDTC" if earliest else "EXENDTC"
    ex = data.tables["EX"]
    by_subject = ex[end].groupby(ex["USUBJID"])
    known = by_subject.min() if earliest else by_subject.max()
    known = known[by_subject.count() == by_subject.size()]
    expected = known.reindex(table["USUBJID"]).set_axis(table.frame.index).astype("str")
    differs: np.ndarray = is_earlier(table[variable], expected) | is_earlier(
        expected, table[variable]
    )
    return differs


@rule(
    "exposure-period",
    title="RFXSTDTC and RFXENDTC are the first and the last exposure in EX",
    severity="error",
    source="SDTMIG 3.4 section 5.2 (DM, RFXSTDTC and RFXENDTC)",
    remedy="Derive them from EX.EXSTDTC and EX.EXENDTC",
    applies="DM",
    needs=("USUBJID", "RFXSTDTC", "RFXENDTC"),
)
def check_exposure(table: Table, data: Data) -> Iterator[Breach]:
    """Find first and last exposures that EX does not have."""
    if "EX" not in data.tables or not data.tables["EX"].has("USUBJID", "EXSTDTC", "EXENDTC"):
        return
    for variable, end in (("RFXSTDTC", "EXSTDTC"), ("RFXENDTC", "EXENDTC")):
        wrong = _differs(table, variable, data, earliest=end == "EXSTDTC")
        known = ~data.is_unknown(table, ["EX.EXSTDTC", "EX.EXENDTC", "EX.USUBJID"])
        yield Breach(f"is not the subject's in EX.{end}", wrong & known, variable)


@rule(
    "exposure-subject",
    title="A subject with exposure has RFXSTDTC",
    severity="error",
    source="SDTMIG 3.4 section 5.2 (DM, RFXSTDTC)",
    remedy="Derive RFXSTDTC from EX.EXSTDTC",
    applies="DM",
    needs=("USUBJID", "RFXSTDTC"),
)
def check_exposed(table: Table, data: Data) -> Iterator[Breach]:
    """Find subjects with exposure in EX whose first exposure DM does not have."""
    for ex in data.of_domain("EX"):
        if ex.has("USUBJID", "EXSTDTC"):
            exposed = table["USUBJID"].isin(ex["USUBJID"][ex["EXSTDTC"].notna()])
            wrong = (exposed & table["RFXSTDTC"].isna()).to_numpy(dtype=bool)
            yield Breach("is empty, and EX has an exposure", wrong, "RFXSTDTC", ("EX.USUBJID",))


@rule(
    "consent",
    title="RFICDTC is the date of the informed consent in DS",
    severity="error",
    source="SDTMIG 3.4 section 5.2 (CDISC conformance rule CG0143)",
    remedy="Map both from the same collected date",
    applies="DM",
    needs=("USUBJID", "RFICDTC"),
)
def check_consent(table: Table, data: Data) -> Iterator[Breach]:
    """Find dates of consent that are not the earliest one in DS."""
    ds = data.tables.get("DS")
    if ds is None or not ds.has("USUBJID", "DSDECOD", "DSSTDTC"):
        return
    consents = ds.frame[ds["DSDECOD"] == "INFORMED CONSENT OBTAINED"]
    first = consents.groupby("USUBJID")["DSSTDTC"].min()
    expected = first.reindex(table["USUBJID"]).set_axis(table.frame.index).astype("str")
    given = table["RFICDTC"]
    wrong = is_earlier(given, expected) | is_earlier(expected, given)
    yield Breach("is not the earliest consent in DS", wrong, "RFICDTC", reads=("DS.DSSTDTC",))
