"""Records that lead to other records: SUPP--."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sdtmconv.mapping.values import to_text
from sdtmconv.validate.data import Data
from sdtmconv.validate.rule import Breach, Mask, rule
from sdtmconv.validate.tables import Table, is_found


def _has_parent(table: Table, parent: Table) -> Mask:
    """Tell which qualifiers have a record of the parent."""
    found = np.zeros(len(table), dtype=bool)
    idvars = table["IDVAR"].fillna("")
    for idvar in idvars.unique():
        rows = np.flatnonzero(idvars == idvar)
        own = Table(table.metadata, table.frame.iloc[rows])
        if not idvar:
            found[rows] = is_found(own, ["USUBJID"], parent, ["USUBJID"])
        elif parent.has(idvar):
            named = parent.frame.assign(**{idvar: to_text(parent[idvar])})
            texts = Table(parent.metadata, named, parent.unknown)
            found[rows] = is_found(own, ["USUBJID", "IDVARVAL"], texts, ["USUBJID", idvar])
    return found


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
        found = np.any([_has_parent(table, parent) for parent in parents], axis=0)
        yield Breach("belongs to no record of its parent", ~found, "IDVARVAL")
