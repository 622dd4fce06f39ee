"""Deaths, over DM, AE and DS."""

from __future__ import annotations

from collections.abc import Iterator

from sdtmconv.validate.condition_rule import condition_rule
from sdtmconv.validate.data import Data
from sdtmconv.validate.rule import Breach, rule
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
