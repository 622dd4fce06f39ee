"""Records that lead to other records: SUPP--, CO, RELREC."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sdtmconv.distinct import Mask
from sdtmconv.mapping.values import to_text
from sdtmconv.validate.condition_rule import condition_rule
from sdtmconv.validate.data import Data
from sdtmconv.validate.rule import Breach, rule
from sdtmconv.validate.tables import Table, is_found

_POPULATION = r"(COMPLT|EFFICACY|FULLSET|ITT|PPROT|SAFETY)\d*"


def _lead_to(table: Table, rows: Mask, parent: Table) -> Mask:
    """Tell which of some records name a record of the parent by USUBJID, IDVAR and IDVARVAL."""
    found = np.zeros(len(table), dtype=bool)
    idvars = table["IDVAR"].fillna("")
    for idvar in idvars[rows].unique():
        own = np.flatnonzero(rows & (idvars == idvar).to_numpy())
        part = Table(table.metadata, table.frame.iloc[own])
        if not idvar:
            found[own] = is_found(part, ["USUBJID"], parent, ["USUBJID"])
        elif parent.has(idvar):
            named = parent.frame.assign(**{idvar: to_text(parent[idvar])})
            texts = Table(parent.metadata, named, parent.unknown)
            found[own] = is_found(part, ["USUBJID", "IDVARVAL"], texts, ["USUBJID", idvar])
    return found


condition_rule(
    "qualifier-record",
    title="A supplemental qualifier names its record by IDVAR, outside DM",
    severity="error",
    source="SDTMIG 3.4 section 8.4.1 (CDISC conformance rule CG0203)",
    remedy="Give IDVAR, such as --SEQ, and its value in IDVARVAL",
    applies="SUPP--",
    breach='RDOMAIN NE "DM" and IDVAR is missing and RDOMAIN is not missing',
    variable="IDVAR",
    message="is empty, and the parent is not DM",
)
condition_rule(
    "qualifier-value",
    title="IDVAR and IDVARVAL come together",
    severity="error",
    source="SDTMIG 3.4 section 8.4.1 (CDISC conformance rule CG0204)",
    remedy="Give both, or neither where a record of DM is meant",
    applies="SUPP--, CO",
    breach="(IDVAR is missing and IDVARVAL is not missing) or "
    "(IDVAR is not missing and IDVARVAL is missing)",
    variable="IDVARVAL",
    message="does not go with IDVAR",
)


@rule(
    "population-qualifier",
    title="SUPPDM holds no population flags",
    severity="error",
    source="CDISC conformance rule CG0528",
    remedy="Leave population flags to ADSL",
    applies="SUPPDM",
    needs=("QNAM",),
)
def check_populations(table: Table, data: Data) -> Iterator[Breach]:
    """Find qualifiers of DM that are population flags."""
    flags = table["QNAM"].str.fullmatch(_POPULATION, na=False).to_numpy(dtype=bool)
    yield Breach("is a population flag", flags, "QNAM")


condition_rule(
    "comment-domain",
    title="A comment on a record names its domain",
    severity="error",
    source="SDTMIG 3.4 section 5.1 (CDISC conformance rules CG0164 and CG0166)",
    remedy="Give RDOMAIN with IDVAR and IDVARVAL",
    applies="CO",
    breach="RDOMAIN is missing and (IDVAR is not missing or IDVARVAL is not missing)",
    variable="RDOMAIN",
    message="is empty, and IDVAR or IDVARVAL is not",
)


@rule(
    "parent-record",
    title="A supplemental qualifier belongs to a record of its parent",
    severity="error",
    source="SDTMIG 3.4 section 8.4",
    remedy="Make SUPP-- from the records that its parent keeps, after --SEQ was numbered",
    applies="SUPP--",
    needs=("USUBJID", "IDVAR", "IDVARVAL"),
)
def check_parent(table: Table, data: Data) -> Iterator[Breach]:
    """Find qualifiers of records that are not there."""
    parents = [part for part in data.of_domain(table.metadata.domain) if part.has("USUBJID")]
    if parents:
        every = np.ones(len(table), dtype=bool)
        found = np.any([_lead_to(table, every, parent) for parent in parents], axis=0)
        yield Breach("belongs to no record of its parent", ~found, "IDVARVAL", ("IDVAR", "USUBJID"))


@rule(
    "related-record",
    title="A comment or relationship leads to a record",
    severity="error",
    source="SDTMIG 3.4 sections 5.1 and 8.2",
    remedy="Take IDVARVAL from the record that is meant, after --SEQ was numbered",
    applies="CO, RELREC",
    needs=("USUBJID", "RDOMAIN", "IDVAR", "IDVARVAL"),
)
def check_related(table: Table, data: Data) -> Iterator[Breach]:
    """Find comments and relationships whose record is not there."""
    named = table.frame[["RDOMAIN", "USUBJID", "IDVARVAL"]].notna().all(axis=1).to_numpy()
    found = np.zeros(len(table), dtype=bool)
    for domain in table["RDOMAIN"].dropna().unique():
        rows = named & (table["RDOMAIN"] == domain).to_numpy(dtype=bool, na_value=False)
        parts = [part for part in data.of_domain(domain) if part.has("USUBJID")]
        for part in parts:
            found |= _lead_to(table, rows, part)
        found |= rows & (not parts)
    reads = ("RDOMAIN", "IDVAR", "USUBJID")
    yield Breach("leads to no record", named & ~found, "IDVARVAL", reads)


@rule(
    "related-dataset",
    title="A relationship of datasets names two that have the variable",
    severity="error",
    source="SDTMIG 3.4 section 8.3",
    remedy="Name the two datasets and the variable that joins them, with RELTYPE for both",
    applies="RELREC",
    needs=("RDOMAIN", "IDVAR", "RELID"),
)
def check_datasets(table: Table, data: Data) -> Iterator[Breach]:
    """Find relationships with a dataset or variable that is not there, or with one side only."""
    pairs = table.frame[["RDOMAIN", "IDVAR"]].fillna("")
    absent = [
        not any(part.has(idvar) for part in data.of_domain(domain))
        for domain, idvar in pairs.to_numpy().tolist()
    ]
    known = (table["RDOMAIN"].notna() & table["IDVAR"].notna()).to_numpy()
    yield Breach("is no variable of RDOMAIN", known & absent, "IDVAR", reads=("RDOMAIN",))
    single = ~table["RELID"].duplicated(keep=False) & table["RELID"].notna()
    yield Breach("relates one record to none", single.to_numpy(), "RELID")
    if table.has("RELTYPE", "USUBJID"):
        datasets = table["USUBJID"].isna() & table["RELTYPE"].isna()
        yield Breach("is empty, and datasets are related", datasets.to_numpy(), "RELTYPE")
