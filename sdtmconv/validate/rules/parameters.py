"""Parameters, and other variables of analysis datasets that name the same thing."""

from __future__ import annotations

from collections.abc import Iterator

from sdtmconv.validate.data import Data
from sdtmconv.validate.pairs import find_rare
from sdtmconv.validate.rule import Breach, rule
from sdtmconv.validate.tables import Table

_PAIRS = (("PARAMCD", "PARAM"), ("PARAM", "PARAMCD"), ("PARAMCD", "PARAMN"), ("PARAMN", "PARAMCD"))


@rule(
    "parameter",
    title="PARAM, PARAMCD and PARAMN are one to one",
    severity="error",
    source="ADaMIG 1.3 section 3.3.4",
    remedy="State PARAM once per PARAMCD, in `parameters` or a codelist",
    applies="BDS",
    whole=("PARAMCD", "PARAM", "PARAMN"),
)
def check_parameters(table: Table, data: Data) -> Iterator[Breach]:
    """Find parameters that are named in several ways, over all subjects."""
    for one, other in _PAIRS:
        if table.has(one, other):
            rare = find_rare(table.frame, one, other)
            yield Breach(f"most records of this {one} have another {other}", rare, other, (one,))


@rule(
    "analysis-visit",
    title="AVISIT and AVISITN are one to one within a parameter",
    severity="error",
    source="ADaMIG 1.3 section 3.3.3",
    remedy="Number the visits by one codelist",
    applies="BDS",
    needs=("AVISIT", "AVISITN"),
    whole=("PARAMCD", "AVISIT", "AVISITN"),
)
def check_visits(table: Table, data: Data) -> Iterator[Breach]:
    """Find visits with several numbers, and numbers of several visits."""
    frame = table.frame.assign(NAME=table["PARAMCD"] + "\n" + table["AVISIT"])
    numbered = frame.assign(NUMBER=table["PARAMCD"] + "\n" + table["AVISITN"].astype("str"))
    for one, other, variable in (("NAME", "AVISITN", "AVISITN"), ("NUMBER", "AVISIT", "AVISIT")):
        own = numbered.assign(NUMBER=numbered["NUMBER"].where(table["AVISITN"].notna()))
        rare = find_rare(own, one, other)
        reads = ("AVISIT", "AVISITN")
        yield Breach("most records of this visit have another", rare, variable, reads)


@rule(
    "numbered-name",
    title="A variable and its numeric version are one to one",
    severity="error",
    source="ADaMIG 1.3 section 3.1.4",
    remedy="Derive both from one codelist or list of rules",
    applies="ADaM",
    whole=(
        *(
            "TRTP",
            "TRTPN",
            "TRTA",
            "TRTAN",
            "TRT01P",
            "TRT01PN",
            "TRT01A",
            "TRT01AN",
            "SEX",
            "SEXN",
        ),
        *("RACE", "RACEN", "AGEGR1", "AGEGR1N", "COHORT", "COHORTN", "ATPT", "ATPTN", "ASEV"),
        *("ASEVN", "ATOXGR", "ATOXGRN", "AREL", "ARELN"),
    ),
)
def check_numbered_names(table: Table, data: Data) -> Iterator[Breach]:
    """Find names with several numbers, and numbers with several names."""
    for name in [n for n in map(str, table.frame) if f"{n}N" in table.frame]:
        for one, other in ((name, f"{name}N"), (f"{name}N", name)):
            rare = find_rare(table.frame, one, other)
            yield Breach(f"most records of this {one} have another {other}", rare, other, (one,))
