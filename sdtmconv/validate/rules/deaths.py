"""Deaths, over DM, AE and DS."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sdtmconv.distinct import Mask
from sdtmconv.validate.condition_rule import condition_rule
from sdtmconv.validate.data import Data
from sdtmconv.validate.rule import Breach, rule
from sdtmconv.validate.rules.dates import is_earlier
from sdtmconv.validate.tables import Table

_FATAL = {"AEOUT": "FATAL", "AESDTH": "Y", "AETOXGR": "5"}


@rule(
    "fatal-event",
    title="An event is fatal by outcome, seriousness and grade, or by none of them",
    severity="error",
    source="SDTMIG 3.4 section 6.2.1",
    remedy="Query the event; map outcome, seriousness and grade from one collected value",
    applies="AE",
)
def check_fatal_events(table: Table, data: Data) -> Iterator[Breach]:
    """Find events of which one variable says that they were fatal, and another that not."""
    names = [name for name in _FATAL if table.has(name)]
    for name in names[1:]:
        first = table[names[0]]
        differs = (first == _FATAL[names[0]]) != (table[name] == _FATAL[name])
        differs &= first.notna() & table[name].notna()
        message = f"does not agree with {names[0]} on whether the event was fatal"
        yield Breach(message, differs.to_numpy(dtype=bool), name, reads=(names[0],))


condition_rule(
    "death-flag",
    title="A subject with a date of death is flagged as dead",
    severity="error",
    source="SDTMIG 3.4 section 5.2",
    remedy="Derive DTHFL from the same record as DTHDTC",
    applies="DM",
    breach='DTHDTC is not missing and DTHFL NE "Y"',
    variable="DTHFL",
    message="is not Y, and there is a date of death",
)
condition_rule(
    "event-death",
    title="A subject with a fatal event is dead in DM",
    severity="error",
    source="SDTMIG 3.4 sections 5.2 and 6.2.1",
    remedy="Query the death; map DM.DTHFL from all forms that tell of one",
    applies="AE",
    breach='AESDTH EQ "Y" and DM.DTHFL NE "Y"',
    variable="AESDTH",
    message="tells of a death that DM does not have",
)
condition_rule(
    "disposition-death",
    title="A subject whose disposition is death is dead in DM",
    severity="error",
    source="SDTMIG 3.4 section 5.2",
    remedy="Query the death; map DM.DTHFL from all forms that tell of one",
    applies="DS",
    breach='DSDECOD EQ "DEATH" and DM.DTHFL NE "Y"',
    variable="DSDECOD",
    message="tells of a death that DM does not have",
)
condition_rule(
    "death-date",
    title="A subject that is flagged as dead has a date of death",
    severity="warning",
    source="SDTMIG 3.4 section 5.2 (DM, DTHDTC and DTHFL)",
    remedy="Map DTHDTC, be it partial",
    applies="DM",
    breach='DTHFL EQ "Y" and DTHDTC is missing',
    variable="DTHDTC",
    message="is empty, and DTHFL is Y",
)
condition_rule(
    "survival-death",
    title="A subject whose survival status is dead is dead in DM",
    severity="error",
    source="SDTMIG 3.4 section 6.3.11, assumption 1 (CDISC conformance rule CG0067)",
    remedy="Query the death; map DM.DTHFL from all forms that tell of one",
    applies="SS",
    breach='SSTESTCD EQ "SURVSTAT" and SSSTRESC EQ "DEAD" and DM.DTHFL NE "Y"',
    variable="SSSTRESC",
    message="tells of a death that DM does not have",
)


def _differs(table: Table, date: str, data: Data) -> Mask:
    died = data.of_subject(table, "DM.DTHDTC")
    differs: Mask = is_earlier(table[date], died) | is_earlier(died, table[date])
    return differs


def _find_other_dates(table: Table, data: Data, sign: str, death: str, date: str) -> Breach:
    """Find the records that a sign tells of a death, on another date than DM has."""
    deaths = (table[sign] == death).to_numpy(dtype=bool, na_value=False)
    wrong = deaths & _differs(table, date, data)
    return Breach("is not DM.DTHDTC", wrong, date, ("DM.DTHDTC", "DM.DTHFL"))


@rule(
    "death-date-agrees",
    title="DTHDTC is the date of a death in DS",
    severity="error",
    source="SDTMIG 3.4 section 5.2 (CDISC conformance rule CG0069)",
    remedy="Map both from the same collected date",
    applies="DM",
    needs=("USUBJID", "DTHDTC"),
)
def check_death_date(table: Table, data: Data) -> Iterator[Breach]:
    """Find deaths in DM on another date than all of the subject's deaths in DS."""
    for ds in data.of_domain("DS"):
        if ds.has("USUBJID", "DSDECOD", "DSSTDTC"):
            deaths = (ds["DSDECOD"] == "DEATH").to_numpy(dtype=bool, na_value=False)
            other = _differs(ds, "DSSTDTC", data)
            told = set(ds["USUBJID"][deaths & other]) - set(ds["USUBJID"][deaths & ~other])
            wrong = table["USUBJID"].isin(told).to_numpy()
            reads = ("DTHFL", "DS.DSSTDTC", "DS.DSDECOD")
            yield Breach("is the date of no death in DS", wrong, "DTHDTC", reads)


@rule(
    "disposition-death-date",
    title="The death in DS has the date that DM has",
    severity="error",
    source="SDTMIG 3.4 section 5.2 (CDISC conformance rule CG0069)",
    remedy="Map both from the same collected date",
    applies="DS",
    needs=("DSDECOD", "DSSTDTC"),
)
def check_disposition_date(table: Table, data: Data) -> Iterator[Breach]:
    """Find deaths in DS on another date than in DM."""
    yield _find_other_dates(table, data, "DSDECOD", "DEATH", "DSSTDTC")


@rule(
    "event-death-date",
    title="A fatal event ends on the date of death",
    severity="warning",
    source="SDTMIG 3.4 section 6.2.1; FDA business rule FDAB006",
    remedy="Query the end of the event and the date of death",
    applies="AE",
    needs=("AEOUT", "AEENDTC"),
)
def check_event_date(table: Table, data: Data) -> Iterator[Breach]:
    """Find fatal events that end on another date than that of death in DM."""
    yield _find_other_dates(table, data, "AEOUT", "FATAL", "AEENDTC")


@rule(
    "death-told",
    title="A death in DM is told of in DS or AE",
    severity="error",
    source="SDTMIG 3.4 sections 5.2 and 6.2.1",
    remedy="Map the disposition event DEATH, or the fatal adverse event",
    applies="DM",
    needs=("USUBJID", "DTHFL"),
)
def check_told(table: Table, data: Data) -> Iterator[Breach]:
    """Find deaths in DM that neither DS nor AE know of, where both are there."""
    signs = {"DS.DSDECOD": "DEATH", "AE.AEOUT": "FATAL"}
    told = np.zeros(len(table), dtype=bool)
    for reference, value in signs.items():
        name, variable = reference.split(".")
        other = data.tables.get(name)
        if other is None or not other.has("USUBJID", variable):
            return
        told |= table["USUBJID"].isin(other["USUBJID"][other[variable] == value]).to_numpy()
    dead = (table["DTHFL"] == "Y").to_numpy(dtype=bool, na_value=False)
    reads = (*signs, "DS.USUBJID", "AE.USUBJID")
    yield Breach("is Y, and neither DS nor AE tells of the death", dead & ~told, "DTHFL", reads)
