"""What analysis datasets take over: variables of ADSL, records of SDTM."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sdtmconv.validate.data import Data
from sdtmconv.validate.rule import Breach, rule
from sdtmconv.validate.tables import Table, is_found
from sdtmconv.validate.values import differ


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
    if table.has("SRCDOM", "SRCSEQ"):
        yield from _check_named_sources(table, data)


def _check_named_sources(table: Table, data: Data) -> Iterator[Breach]:
    """Find SRCSEQ that no record of the dataset in SRCDOM has."""
    for name in table["SRCDOM"].dropna().unique():
        source = data.tables.get(name)
        number = next((n for n in (f"{name}SEQ", "ASEQ") if source and source.has(n)), "")
        if source is not None and number:
            own = ((table["SRCDOM"] == name) & table["SRCSEQ"].notna()).to_numpy(dtype=bool)
            found = is_found(table, ["USUBJID", "SRCSEQ"], source, ["USUBJID", number])
            yield Breach(f"no such record is in {name}", own & ~found, "SRCSEQ", reads=("SRCDOM",))
