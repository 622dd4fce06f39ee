"""Events and censorings of time-to-event datasets."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

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
