"""Progression-free survival, over ADTTE, ADRS and ADSL."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sdtmconv.distinct import Mask
from sdtmconv.validate.data import Data
from sdtmconv.validate.rule import Breach, rule
from sdtmconv.validate.tables import Table

_SOURCE = "ADaM BDS for Time-to-Event Analyses 1.0, section 3; RECIST 1.1, 4.7"
_NEEDS = ("USUBJID", "PARAMCD", "CNSR", "ADT")
_RESPONSES = ("USUBJID", "PARAMCD", "AVALC", "ADT")
_READS = tuple(f"ADRS.{name}" for name in _RESPONSES)
_PROGRESSED = ("PD", "IUPD", "ICPD")


def _is_event(table: Table) -> Mask:
    event: Mask = ((table["PARAMCD"] == "PFS") & (table["CNSR"] == 0)).to_numpy(dtype=bool)
    return event


def _find_responses(data: Data) -> Table | None:
    """Give ADRS, where it has what a response needs."""
    adrs = data.tables.get("ADRS")
    return adrs if adrs is not None and adrs.has(*_RESPONSES) else None


def _date_progressions(adrs: Table) -> pd.Series:
    """Give each subject's first overall PD that counts; missing where there may be none.

    Several parameters of overall response are of several evaluators, and PARAMCD does not say by
    which of them PFS goes: what is certain then is the PD that the last of them saw.
    """
    overall = adrs.frame[adrs["PARAMCD"].str.startswith("OVR")]
    progressed = overall["AVALC"] == "PD"
    if adrs.has("ANL01FL"):
        progressed &= overall["ANL01FL"] == "Y"
    dates = overall["ADT"].where(progressed)
    firsts = dates.groupby([overall["USUBJID"], overall["PARAMCD"]]).min()
    last: pd.Series = firsts.groupby(level="USUBJID").agg(lambda dates: dates.max(skipna=False))
    return last


@rule(
    "progression-free",
    title="Progression-free survival ends no later than the first progression or death",
    severity="error",
    source=_SOURCE,
    remedy="Take the earlier one of death and the first overall PD that counts (ANL01FL)",
    applies="BDS",
    needs=_NEEDS,
)
def check_end(table: Table, data: Data) -> Iterator[Breach]:
    """Find events of PFS after the subject's death, or after the first overall PD."""
    event = _is_event(table)
    if data.has("ADSL.DTHDT"):
        late = event & (table["ADT"] > data.of_subject(table, "ADSL.DTHDT")).to_numpy()
        yield Breach("is later than the subject's death", late, "ADT", ("CNSR", "ADSL.DTHDT"))
    adrs = _find_responses(data)
    if adrs is not None:
        progressed = table["USUBJID"].map(_date_progressions(adrs)).astype("float64")
        late = event & (table["ADT"] > progressed).to_numpy()
        message = "is later than the subject's first overall PD in ADRS"
        yield Breach(message, late, "ADT", (*_READS, "ADRS.ANL01FL"))


def _is_from_elsewhere(table: Table) -> Mask:
    """Tell which records name a source of events that is neither a response nor a death."""
    if not table.has("SRCDOM", "SRCVAR"):
        return np.zeros(len(table), dtype=bool)
    known = table["SRCDOM"].isin(["ADRS", "RS"]) | table["SRCVAR"].str.startswith("DTH")
    elsewhere: Mask = (table["SRCDOM"].notna() & ~known).to_numpy()
    return elsewhere


@rule(
    "progression-event",
    title="Progression-free survival is an event of those who progressed or died",
    severity="error",
    source=_SOURCE,
    remedy="Censor who neither progressed nor died, or look at the responses in ADRS",
    applies="BDS",
    needs=_NEEDS,
)
def check_event(table: Table, data: Data) -> Iterator[Breach]:
    """Find events of PFS of subjects without any progression in ADRS, before a death in ADSL."""
    adrs = _find_responses(data)
    if adrs is None or not data.has("ADSL.DTHFL") or not data.has("ADSL.DTHDT"):
        return
    told = adrs["AVALC"].str.upper()
    progressed = told.isin(_PROGRESSED) | (adrs["PARAMCD"].str.contains("PD") & (told == "Y"))
    later = data.of_subject(table, "ADSL.DTHDT") > table["ADT"]
    dead = (data.of_subject(table, "ADSL.DTHFL") == "Y") & ~later
    happened = table["USUBJID"].isin(adrs["USUBJID"][progressed]) | dead
    alone = _is_event(table) & ~happened.to_numpy() & ~_is_from_elsewhere(table)
    message = "is 0, and the subject neither progressed in ADRS nor had died by ADT"
    reads = (*_READS, "ADSL.DTHFL", "ADSL.DTHDT", "SRCDOM", "SRCVAR")
    yield Breach(message, alone, "CNSR", reads)
