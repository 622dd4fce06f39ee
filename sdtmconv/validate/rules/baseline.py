"""Baseline records, their values, and the change from them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sdtmconv.validate.data import Data
from sdtmconv.validate.rule import Breach, rule
from sdtmconv.validate.tables import Table
from sdtmconv.validate.values import differ

_GROUP = ("USUBJID", "PARAMCD", "BASETYPE")
_LESION = "LNKID"
_OBJECTS = (_LESION, "SPID", "SPEC", "LOC")


def _find_group(table: Table) -> list[str]:
    """Name what has a baseline of its own: each lesion, specimen or place that the keys name."""
    lesions = [name for name in map(str, table.frame) if name.endswith(_LESION)]
    objects = [key for key in table.metadata.keys if key.endswith(_OBJECTS)]
    return [n for n in dict.fromkeys((*_GROUP, *objects, *lesions)) if table.has(n)]


@rule(
    "baseline-record",
    title="A subject's parameter has one baseline record",
    severity="error",
    source="ADaMIG 1.3 section 3.3.4",
    remedy="Add to the order of the flag what tells the records apart, or use BASETYPE",
    applies="BDS",
    needs=("USUBJID", "PARAMCD", "ABLFL"),
)
def check_baseline_records(table: Table, data: Data) -> Iterator[Breach]:
    """Find several baseline records of one group."""
    group = _find_group(table)
    baseline = table.frame.loc[table["ABLFL"] == "Y", group]
    wrong = np.zeros(len(table), dtype=bool)
    wrong[baseline.index[baseline.duplicated(keep=False)]] = True
    message = f"another record of the same {', '.join(group)} is the baseline too"
    yield Breach(message, wrong, "ABLFL")


@rule(
    "baseline-value",
    title="BASE is the value of the baseline record",
    severity="error",
    source="ADaMIG 1.3 section 3.3.4",
    remedy="Derive BASE with `baseline`, by the same groups as the flag",
    applies="BDS",
    needs=("USUBJID", "PARAMCD", "ABLFL"),
)
def check_baseline_values(table: Table, data: Data) -> Iterator[Breach]:
    """Find BASE that differs from AVAL of the baseline record."""
    group = _find_group(table)
    baseline = table.frame[table["ABLFL"] == "Y"].drop_duplicates(group, keep=False)
    for value, base in (("AVAL", "BASE"), ("AVALC", "BASEC")):
        if table.has(value, base):
            known = baseline[[*group, value]]
            expected = table.frame[group].merge(known, on=group, how="left")[value]
            wrong = differ(table[base], expected) & expected.notna()
            others = wrong[table["ABLFL"] != "Y"].groupby([table[name] for name in group])
            wholly = others.all() & (others.size() > 1)
            usual = baseline.set_index(group).index.isin(wholly[wholly].index)
            mask = np.zeros(len(table), dtype=bool)
            mask[baseline.index[usual]] = True
            message = f"is not {base} of the other records"
            alike = table.frame.set_index(group).index.isin(baseline[usual].set_index(group).index)
            yield Breach(message, mask, value, reads=(base,), doubtful=alike)
            wrong_ones = wrong.to_numpy(dtype=bool) & ~alike
            yield Breach(f"is not {value} of the baseline record", wrong_ones, base)


@rule(
    "change",
    title="CHG and PCHG follow from AVAL and BASE",
    severity="error",
    source="ADaMIG 1.3 section 3.3.4",
    remedy="Calculate them: AVAL - BASE, and 100 * (AVAL - BASE) / abs(BASE)",
    applies="BDS",
    needs=("AVAL", "BASE"),
)
def check_changes(table: Table, data: Data) -> Iterator[Breach]:
    """Find changes that are not those from BASE to AVAL."""
    change = table["AVAL"] - table["BASE"]
    size = table["BASE"].abs()
    percent = (100 * change / size.mask(size == 0)).astype("float64")
    if table.has("CHG"):
        wrong = table["CHG"].notna() & differ(table["CHG"], change)
        yield Breach("is not AVAL - BASE", wrong.to_numpy(dtype=bool), "CHG")
    if table.has("PCHG"):
        wrong = table["PCHG"].notna() & differ(table["PCHG"], percent)
        # Where BASE is negative, both signs are in use.
        wrong &= differ(table["PCHG"], -percent) | (table["BASE"] > 0)
        yield Breach("is not 100 CHG/BASE", wrong.to_numpy(dtype=bool), "PCHG")
