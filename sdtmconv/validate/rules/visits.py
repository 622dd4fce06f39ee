"""Subjects' visits and elements, and the records that name them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sdtmconv.iso8601 import bounds
from sdtmconv.validate.data import Data
from sdtmconv.validate.rule import Breach, rule
from sdtmconv.validate.rules.dates import is_earlier
from sdtmconv.validate.tables import Table, is_found


@rule(
    "visit-known",
    title="A visit in a record is one that the subject had",
    severity="error",
    source="SDTMIG 3.4 sections 4.4.5 and 5.5",
    remedy="Number visits alike everywhere, and describe unscheduled ones in SV too",
    applies="FINDINGS, EVENTS, INTERVENTIONS",
    needs=("USUBJID", "VISITNUM"),
)
def check_visits(table: Table, data: Data) -> Iterator[Breach]:
    """Find visits that SV does not have for the subject."""
    sv = data.tables.get("SV")
    if sv is not None and sv.has("USUBJID", "VISITNUM"):
        keys = ["USUBJID", "VISITNUM"]
        unknown = table["VISITNUM"].notna().to_numpy() & ~is_found(table, keys, sv, keys)
        yield Breach("is no visit of the subject in SV", unknown, "VISITNUM")


@rule(
    "elements-in-turn",
    title="A subject's elements follow each other without a gap",
    severity="error",
    source="SDTMIG 3.4 section 5.3",
    remedy="Let each element end when the next one starts",
    applies="SE",
    needs=("USUBJID", "SESTDTC", "SEENDTC"),
)
def check_turn(table: Table, data: Data) -> Iterator[Breach]:
    """Find elements that do not start when the one before ended."""
    columns = ["USUBJID", "SESTDTC", "SEENDTC"]
    ordered = table.frame[columns].sort_values(["USUBJID", "SESTDTC"], kind="stable")
    following = ordered.groupby("USUBJID")["SESTDTC"].shift(-1).reindex(table.frame.index)
    end = table["SEENDTC"]
    wrong = is_earlier(end, following) | is_earlier(following, end)
    wrong &= table["SESTDTC"].notna().to_numpy()
    unknown = data.is_unknown(table, ["SE.SESTDTC", "SE.SEENDTC"])
    yield Breach("is not when the next element starts", wrong & ~unknown, "SEENDTC", ("SESTDTC",))


@rule(
    "epoch",
    title="EPOCH is that of the element in which the record lies",
    severity="error",
    source="SDTMIG 3.4 section 4.4.12",
    remedy="Derive EPOCH with `epoch`, from the start in events and interventions",
    applies="FINDINGS, EVENTS, INTERVENTIONS",
    needs=("USUBJID", "EPOCH"),
)
def check_epoch(table: Table, data: Data) -> Iterator[Breach]:
    """Find epochs of another element than the one around the date; its first and last day pass."""
    se = data.tables.get("SE")
    date = "--DTC" if table.metadata.class_ == "FINDINGS" else "--STDTC"
    if se is None or not se.has("USUBJID", "EPOCH", "SESTDTC", "SEENDTC") or not table.has(date):
        return
    first, last = bounds(table[date])
    record = pd.DataFrame({"USUBJID": table["USUBJID"], "GIVEN": table["EPOCH"]})
    record = record.assign(first=first, last=last, row=np.arange(len(table)))
    elements = se.frame[["USUBJID", "EPOCH"]].assign(
        start=bounds(se["SESTDTC"])[1].dt.normalize(), end=bounds(se["SEENDTC"])[0].dt.normalize()
    )
    met = record.dropna(subset=["GIVEN", "first"]).merge(elements, on="USUBJID")
    day = pd.Timedelta(days=1)
    inside = (met["first"] >= met["start"] + day) & (met["last"] < met["end"])
    wrong = np.zeros(len(table), dtype=bool)
    wrong[met.loc[inside & (met["GIVEN"] != met["EPOCH"]), "row"]] = True
    reads = (table.variable(date), "SE.SESTDTC", "SE.SEENDTC", "SE.EPOCH")
    yield Breach("is not the epoch of the subject's element", wrong, "EPOCH", reads)
