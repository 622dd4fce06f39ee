"""Events and censorings of time-to-event datasets."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sdtmconv.validate.condition_rule import condition_rule
from sdtmconv.validate.data import Data
from sdtmconv.validate.rule import Breach, rule
from sdtmconv.validate.tables import Table


@rule(
    "censoring",
    title="Events and censorings are described",
    severity="error",
    source="ADaM BDS for Time-to-Event Analyses 1.0, section 3",
    remedy="Give each event and censoring a `description`",
    applies="BDS",
    needs=("CNSR",),
)
def check_descriptions(table: Table, data: Data) -> Iterator[Breach]:
    """Find events without EVNTDESC, and censorings without any description."""
    nothing = pd.Series(np.nan, index=table.frame.index, dtype="str")
    event = table.frame.get("EVNTDESC", nothing)
    censoring = table.frame.get("CNSDTDSC", nothing).fillna(event)
    described = event.where(~(table["CNSR"] > 0), censoring)
    wrong = (described.isna() & table["CNSR"].notna()).to_numpy()
    yield Breach("the event or censoring has no description", wrong, "CNSR")


@rule(
    "time-from-start",
    title="No event or censoring lies before its start",
    severity="error",
    source="ADaM BDS for Time-to-Event Analyses 1.0, section 3",
    remedy="Look at the dates of both; STARTDT is the origin of the time that AVAL counts",
    applies="BDS",
    needs=("CNSR", "ADT", "STARTDT"),
)
def check_start(table: Table, data: Data) -> Iterator[Breach]:
    """Find dates before STARTDT."""
    yield Breach("lies before STARTDT", (table["ADT"] < table["STARTDT"]).to_numpy(), "ADT")


@rule(
    "time-to-event",
    title="AVAL counts from STARTDT to ADT, both included",
    severity="error",
    source="ADaM BDS for Time-to-Event Analyses 1.0, section 3",
    remedy="Derive AVAL from STARTDT and ADT in the unit that PARAM names",
    applies="BDS",
    needs=("CNSR", "ADT", "STARTDT", "AVAL", "PARAM"),
)
def check_time(table: Table, data: Data) -> Iterator[Breach]:
    """Find times in days that are not those between the dates."""
    in_days = table["PARAM"].str.contains("days", case=False, na=False).to_numpy(dtype=bool)
    expected = table["ADT"] - table["STARTDT"] + 1
    wrong = (table["AVAL"].notna() & expected.notna() & (table["AVAL"] != expected)).to_numpy()
    yield Breach("is not the days from STARTDT to ADT", wrong & in_days, "AVAL")


@rule(
    "censoring-value",
    title="CNSR is 0 for an event, and a whole number above for a censoring",
    severity="error",
    source="ADaM BDS for Time-to-Event Analyses 1.0, section 3 (CNSR)",
    remedy="Number the censorings from 1",
    applies="BDS",
    needs=("CNSR",),
)
def check_values(table: Table, data: Data) -> Iterator[Breach]:
    """Find CNSR that is missing, negative or no whole number."""
    value = table["CNSR"]
    yield Breach("is no whole number from 0", ((value < 0) | (value % 1 != 0)).to_numpy(), "CNSR")


condition_rule(
    "event-censored",
    title="An event is not described as a censoring",
    severity="error",
    source="ADaM BDS for Time-to-Event Analyses 1.0, section 3 (EVNTDESC, CNSDTDSC)",
    remedy="Fill CNSDTDSC for censorings only",
    applies="BDS",
    breach="CNSR EQ 0 and CNSDTDSC is not missing",
    variable="CNSDTDSC",
    message="describes a censoring, and CNSR is 0",
)


@rule(
    "source-date",
    title="The date of an event or censoring is that of its source",
    severity="error",
    source="ADaMIG 1.3 section 3.3.9 (SRCDOM, SRCVAR, SRCSEQ)",
    remedy="Take ADT from the record and variable that SRCDOM, SRCSEQ and SRCVAR name",
    applies="BDS",
    needs=("USUBJID", "CNSR", "ADT", "SRCDOM", "SRCVAR"),
)
def check_source_dates(table: Table, data: Data) -> Iterator[Breach]:
    """Find dates that are not in the variable of ADSL that they name."""
    for name in table["SRCVAR"][table["SRCDOM"] == "ADSL"].dropna().unique():
        reference = f"ADSL.{name}"
        if data.has(reference) and name.endswith("DT"):
            own = ((table["SRCDOM"] == "ADSL") & (table["SRCVAR"] == name)).to_numpy(bool)
            expected = data.of_subject(table, reference)
            known = (table["ADT"].notna() & expected.notna()).to_numpy()
            wrong = own & known & (table["ADT"] != expected).to_numpy(dtype=bool)
            yield Breach(f"is not {reference}", wrong, "ADT", reads=("SRCVAR", reference))


@rule(
    "source-variable",
    title="SRCDOM and SRCVAR name a variable",
    severity="error",
    source="ADaMIG 1.3 section 3.3.9 (SRCDOM, SRCVAR)",
    remedy="Name the dataset and the variable that the value comes from",
    applies="BDS",
    needs=("SRCDOM", "SRCVAR"),
)
def check_source_variables(table: Table, data: Data) -> Iterator[Breach]:
    """Find sources that are not there."""
    for name in table["SRCDOM"].dropna().unique():
        own = (table["SRCDOM"] == name).to_numpy(dtype=bool, na_value=False)
        if name not in data.tables:
            yield Breach("is no dataset of the study", own, "SRCDOM")
        else:
            named = table["SRCVAR"].notna().to_numpy()
            known = table["SRCVAR"].isin(list(data.tables[name].frame)).to_numpy()
            yield Breach("is no variable of SRCDOM", own & named & ~known, "SRCVAR", ("SRCDOM",))
