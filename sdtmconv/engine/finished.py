"""Read SDTM datasets that were built elsewhere, for analysis datasets to be made from."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd

from sdtmconv.errors import DataError, Fault, raise_faults, suggest
from sdtmconv.mapping.values import missing_text, to_text
from sdtmconv.raw import RawTable
from sdtmconv.spec.model import FormSpec
from sdtmconv.transport import read_xpt


def read_finished(form: FormSpec, path: Path, required: Collection[str]) -> RawTable:
    """Read an SDTM dataset; a column that it lacks is looked for in SUPP-- beside it.

    Args:
        form: The dataset's description.
        path: The file; SUPP-- lies in the same folder.
        required: Columns that must be there.

    Returns:
        Its records, Char as `str` and Num as float64.

    Raises:
        TransportError: A file cannot be read.
        DataError: A column is in neither file, or a qualifier cannot be placed.
    """
    encoding = form.encoding or "ascii"
    frame = read_xpt(path, encoding=encoding).frame
    missing = [name for name in required if name not in frame]
    qualifiers = path.with_name(f"supp{path.name.lower()}")
    if missing and qualifiers.is_file():
        supplemental = read_xpt(qualifiers, encoding=encoding).frame
        for name in missing:
            chosen = supplemental[supplemental["QNAM"] == name]
            if len(chosen):
                frame[name] = _place_qualifier(frame, chosen, qualifiers)
    absent = [name for name in missing if name not in frame]
    raise_faults(DataError, [_absent(path, name, frame) for name in absent])
    numbers = np.arange(1, len(frame) + 1)
    return RawTable(form.name, str(path), frame, numbers, numbers, encoding=encoding)


def _place_qualifier(frame: pd.DataFrame, qualifier: pd.DataFrame, path: Path) -> pd.Series:
    """Give each record the value of a qualifier (SDTMIG 8.4: by IDVAR, or by subject)."""
    values = missing_text(len(frame))
    for variable, part in qualifier.groupby(qualifier["IDVAR"].fillna("")):
        named = str(variable)
        if named and named not in frame:
            problem = f"has the IDVAR {named}, which is no variable of its parent"
            raise DataError(Fault(str(path), problem, "correct the file"))
        own = pd.DataFrame({"USUBJID": frame["USUBJID"]})
        other = part[["USUBJID", "QVAL"]]
        if named:
            own["key"] = to_text(frame[named])
            other = other.assign(key=part["IDVARVAL"])
        keys = list(own)
        if other.duplicated(keys).any():
            problem = f"gives a record two values of {part['QNAM'].iloc[0]}"
            raise DataError(Fault(str(path), problem, "correct the file"))
        found = own.merge(other, on=keys, how="left")["QVAL"]
        values = values.fillna(found)
    return values


def _absent(path: Path, name: str, frame: pd.DataFrame) -> Fault:
    known = [str(column) for column in frame]
    remedy = suggest(name, known, f"it has {', '.join(known[:12])}, and none in SUPP--")
    return Fault(str(path), f"has no variable {name!r}", remedy)
