"""What ADSL says of subjects: populations, treatment, death."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from sdtmconv.iso8601 import bounds
from sdtmconv.validate.condition_rule import condition_rule
from sdtmconv.validate.data import Data
from sdtmconv.validate.rule import Breach, rule
from sdtmconv.validate.tables import Table

_POPULATIONS = ("ITTFL", "SAFFL", "FASFL", "PPROTFL", "COMPLFL", "RANDFL", "ENRLFL")
_EPOCH = pd.Timestamp("1960-01-01")


def to_sas_days(moments: pd.Series) -> pd.Series:
    """Count the days since 1960, as SAS does.

    >>> to_sas_days(pd.Series(pd.to_datetime(["1960-01-02T12:00", None]))).tolist()
    [1.0, nan]
    """
    days: pd.Series = (moments.dt.normalize() - _EPOCH) / pd.Timedelta(days=1)
    return days


condition_rule(
    "treatment-start",
    title="TRTSDT is there for those with exposure",
    severity="error",
    source="ADaMIG 1.3 section 3.2 (ADSL, TRTSDT)",
    remedy="Derive TRTSDT from the first dose in EX",
    applies="ADSL",
    breach="TRTSDT is missing and DM.RFXSTDTC is not missing",
    variable="TRTSDT",
    message="is empty, and DM.RFXSTDTC is not",
)


@rule(
    "treatment-date",
    title="TRTSDT is the date of the first exposure, DTHDT that of death",
    severity="error",
    source="ADaMIG 1.3 section 3.2 (ADSL, TRTSDT and DTHDT)",
    remedy="Derive them from EX and DM",
    applies="ADSL",
    needs=("USUBJID",),
)
def check_subject_dates(table: Table, data: Data) -> Iterator[Breach]:
    """Find dates of ADSL that are not those of DM."""
    for date, source in (("TRTSDT", "DM.RFXSTDTC"), ("DTHDT", "DM.DTHDTC")):
        if table.has(date) and data.has(source):
            first, last = (to_sas_days(limit) for limit in bounds(data.of_subject(table, source)))
            wrong = table[date].notna() & ((table[date] < first) | (table[date] > last))
            yield Breach(f"is not {source}", wrong.to_numpy(), date, reads=(source,))


@rule(
    "population-flag",
    title="Population flags of ADSL are Y or N for every subject",
    severity="error",
    source="ADaMIG 1.3 section 3.2 (ADSL, population indicators)",
    remedy="Derive the flag for all subjects, N included",
    applies="ADSL",
)
def check_populations(table: Table, data: Data) -> Iterator[Breach]:
    """Find population flags without Y or N."""
    for name in [flag for flag in _POPULATIONS if table.has(flag)]:
        yield Breach("is neither Y nor N", ~table[name].isin(["Y", "N"]).to_numpy(), name)


condition_rule(
    "safety-untreated",
    title="A subject of the safety population was treated",
    severity="error",
    source="ADaMIG 1.3 section 3.2 (ADSL, SAFFL and TRTSDT)",
    remedy="Derive SAFFL from exposure",
    applies="ADSL",
    breach='SAFFL EQ "Y" and TRTSDT is missing',
    variable="SAFFL",
    message="is Y, and TRTSDT is empty",
)
