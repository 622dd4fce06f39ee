"""Parameters of analysis datasets."""

from __future__ import annotations

from collections.abc import Iterator

from sdtmconv.validate.data import Data
from sdtmconv.validate.rule import Breach, rule
from sdtmconv.validate.tables import Table

_PAIRS = (("PARAMCD", "PARAM"), ("PARAM", "PARAMCD"), ("PARAMCD", "PARAMN"))


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
            pairs = table.frame[[one, other]].drop_duplicates().dropna()
            several = pairs.loc[pairs[one].duplicated(keep=False), one]
            wrong = table[one].isin(several).to_numpy()
            yield Breach(f"several {other} belong to one {one}", wrong, other, reads=(one,))
