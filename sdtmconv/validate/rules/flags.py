"""Flags of analysis datasets: their values, and how often they are set."""

from __future__ import annotations

from collections.abc import Iterator

from sdtmconv.validate.data import Data
from sdtmconv.validate.rule import Breach, rule
from sdtmconv.validate.tables import Table

_FIRST = {
    "AOCCFL": ("USUBJID",),
    "AOCCSFL": ("USUBJID", "AEBODSYS"),
    "AOCCPFL": ("USUBJID", "AEBODSYS", "AEDECOD"),
    "AOCCIFL": ("USUBJID",),
    "AOCCSIFL": ("USUBJID", "AEBODSYS"),
    "AOCCPIFL": ("USUBJID", "AEBODSYS", "AEDECOD"),
}


@rule(
    "occurrence-flag",
    title="A flag of first occurrence is set once",
    severity="error",
    source="OCCDS 1.1 (AOCCFL, AOCCSFL, AOCCPFL and their kind)",
    remedy="Add to the order of the flag what tells the records apart",
    applies="ADAE",
    needs=("USUBJID", "AEBODSYS", "AEDECOD"),
)
def check_occurrences(table: Table, data: Data) -> Iterator[Breach]:
    """Find flags that are set for several records of a group."""
    for flag, group in _FIRST.items():
        if table.has(flag):
            flagged = table.frame[table[flag] == "Y"]
            repeated = flagged.index[flagged.duplicated(list(group), keep=False)]
            mask = table.frame.index.isin(repeated)
            yield Breach(f"is set for several records of {', '.join(group)}", mask, flag, group)


@rule(
    "last-before-exposure",
    title="--LOBXFL flags a result before the first exposure",
    severity="error",
    source="SDTM 2.0, Findings (--LOBXFL); SDTMIG 3.4 section 4.5",
    remedy="Derive the flag with `last_before`, from DM.RFXSTDTC",
    applies="FINDINGS",
    needs=("USUBJID", "--LOBXFL", "--DTC"),
)
def check_last_before(table: Table, data: Data) -> Iterator[Breach]:
    """Find flagged results on a day after that of the first exposure."""
    flagged = (table["--LOBXFL"] == "Y").to_numpy(dtype=bool, na_value=False)
    exposed = data.of_subject(table, "DM.RFXSTDTC").str.slice(0, 10)
    late = (table["--DTC"].str.slice(0, 10) > exposed).to_numpy(dtype=bool, na_value=False)
    flag = table.variable("--LOBXFL")
    reads = (table.variable("--DTC"), "DM.RFXSTDTC")
    yield Breach("flags a result after the first exposure", flagged & late, flag, reads)
