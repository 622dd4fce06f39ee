"""What analysis datasets take over: variables of ADSL, records of SDTM."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from sdtmconv.iso8601 import bounds
from sdtmconv.validate.data import Data
from sdtmconv.validate.rule import Breach, rule
from sdtmconv.validate.rules.adsl import to_sas_days
from sdtmconv.validate.tables import Table, is_found
from sdtmconv.validate.values import differ

_IDENTIFIERS = ("STUDYID", "USUBJID", "DOMAIN")


def _list_sources(table: Table, data: Data) -> Iterator[tuple[Table, list[str]]]:
    """Pair an analysis dataset with those of SDTM whose records it has, and their key."""
    if table.name == "ADSL" and "DM" in data.tables:
        yield data.tables["DM"], ["USUBJID"]
    for name in map(str, table.frame):
        source = data.tables.get(name[:2]) if re.fullmatch(r"[A-Z][A-Z0-9]SEQ", name) else None
        if source is not None and source.has("USUBJID", name):
            yield source, ["USUBJID", name]


@rule(
    "source-value",
    title="A variable with the name of its source has the source's value",
    severity="error",
    source="ADaMIG 1.3 section 3.1.1",
    remedy="Carry the value over unchanged, or give the variable another name",
    applies="ADaM",
    needs=("USUBJID",),
)
def check_values(table: Table, data: Data) -> Iterator[Breach]:
    """Find variables of SDTM that have another value than in the record they come from."""
    for source, keys in _list_sources(table, data):
        known = source.frame.drop_duplicates(keys, keep=False).dropna(subset=keys)
        rows = pd.Series(known.index, index=pd.MultiIndex.from_frame(known[keys]))
        found = rows.reindex(pd.MultiIndex.from_frame(table.frame[keys])).to_numpy("float64")
        row = np.where(np.isnan(found), 0, found).astype("int64")
        for name in [n for n in map(str, table.frame) if source.has(n) and n not in _IDENTIFIERS]:
            if name not in keys and len(source):
                expected = source[name].iloc[row].set_axis(table.frame.index)
                doubted = source.unknown.get(name, np.zeros(len(source), dtype=bool))[row]
                differs = differ(table[name], expected).to_numpy()
                wrong = differs & ~np.isnan(found) & ~doubted
                reads = (f"ADSL.{name}",) if table.name != "ADSL" else ()
                yield Breach(f"is not {source.name}.{name}", wrong, name, reads)


@rule(
    "event-date",
    title="ASTDT and AENDT agree with the collected dates",
    severity="error",
    source="OCCDS 1.1 (ASTDT, AENDT)",
    remedy="Derive the date from --STDTC or --ENDTC; impute only what they leave open",
    applies="ADaM",
)
def check_collected(table: Table, data: Data) -> Iterator[Breach]:
    """Find dates outside of what the collected date allows."""
    for ending, date in (("STDTC", "ASTDT"), ("ENDTC", "AENDT")):
        names = [n for n in map(str, table.frame) if re.fullmatch(f"[A-Z]{{2}}{ending}", n)]
        if len(names) == 1 and table.has(date):
            first, last = (to_sas_days(limit) for limit in bounds(table[names[0]]))
            given = table[date]
            wrong = given.notna() & first.notna() & ((given < first) | (given > last))
            yield Breach(f"is not in {names[0]}", wrong.to_numpy(), date, reads=(names[0],))


@rule(
    "subject-variable",
    title="Variables of ADSL are carried on unchanged",
    severity="error",
    source="ADaMIG 1.3 section 3.2",
    remedy="Carry the variable over from ADSL, or give it another name",
    applies="ADaM",
    needs=("USUBJID",),
)
def check_subject_variables(table: Table, data: Data) -> Iterator[Breach]:
    """Find variables of ADSL that have another value than there."""
    adsl = data.tables.get("ADSL")
    if adsl is None or table.name == "ADSL" or not adsl.has("USUBJID"):
        return
    known = (table["USUBJID"].isin(adsl["USUBJID"])).to_numpy()
    for name in [n for n in map(str, table.frame) if adsl.has(n)]:
        if name not in ("STUDYID", "USUBJID"):
            reference = f"ADSL.{name}"
            wrong = differ(table[name], data.of_subject(table, reference)).to_numpy() & known
            yield Breach(f"is not the subject's {reference}", wrong, name, reads=(reference,))


@rule(
    "source-record",
    title="A sequence number leads to a record of its source",
    severity="error",
    source="ADaMIG 1.3 section 3.3.9",
    remedy="Take SRCSEQ or --SEQ from the record that gives the value",
    applies="ADaM",
    needs=("USUBJID",),
)
def check_sources(table: Table, data: Data) -> Iterator[Breach]:
    """Find sequence numbers that no record of the source has."""
    for name in map(str, table.frame):
        domain = re.fullmatch(r"([A-Z][A-Z0-9])SEQ", name)
        source = data.tables.get(domain[1]) if domain else None
        if source is not None and source.has("USUBJID", name):
            found = is_found(table, ["USUBJID", name], source, ["USUBJID", name])
            wrong = table[name].notna().to_numpy() & ~found
            yield Breach(f"no such record is in {source.name}", wrong, name)


@rule(
    "named-source",
    title="SRCSEQ leads to a record of the dataset in SRCDOM",
    severity="error",
    source="ADaMIG 1.3 section 3.3.9 (SRCDOM, SRCSEQ)",
    remedy="Take SRCSEQ from the record that gives the value",
    applies="BDS",
    needs=("USUBJID", "SRCDOM", "SRCSEQ"),
)
def check_named_sources(table: Table, data: Data) -> Iterator[Breach]:
    """Find SRCSEQ that no record of the dataset in SRCDOM has."""
    for name in table["SRCDOM"].dropna().unique():
        source = data.tables.get(name)
        numbers = (f"{name}SEQ", "ASEQ", f"{name[2:]}SEQ")
        number = next((n for n in numbers if source and source.has(n)), "")
        if source is not None and number:
            own = ((table["SRCDOM"] == name) & table["SRCSEQ"].notna()).to_numpy(dtype=bool)
            found = is_found(table, ["USUBJID", "SRCSEQ"], source, ["USUBJID", number])
            yield Breach(f"no such record is in {name}", own & ~found, "SRCSEQ", reads=("SRCDOM",))
