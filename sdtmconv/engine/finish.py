"""From computed columns to finished datasets: order of records and variables, SUPP--."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sdtmconv.engine.tables import DatasetTable
from sdtmconv.mapping.text import LONGEST, split_text
from sdtmconv.mapping.values import map_unique, missing_text, rank, sort_order, to_text
from sdtmconv.metadata import DatasetMetadata
from sdtmconv.spec.model import DatasetSpec, Supplemental, VariableSpec


def finish_dataset(spec: DatasetSpec, table: DatasetTable) -> dict[str, pd.DataFrame]:
    """Give a dataset, and its supplemental qualifiers if it has any, sorted by their keys."""
    columns = {v.name: table.columns[v.name] for v in spec.metadata.variables}
    if not spec.supplemental:
        return {spec.name: sort_by_keys(pd.DataFrame(columns), spec.metadata)}
    qualifiers: list[pd.DataFrame] = []
    for name in spec.variable_names:
        values = to_text(table.columns[name])
        statement = spec.described(name)
        if statement.supplemental:
            pieces = _split_long(values) or [values]
        elif name in columns and (pieces := _split_long(values)):
            columns[name] = pieces[0]
        else:
            continue
        qualifiers += _qualifiers(spec, table, statement, pieces)
    frames = {spec.name: sort_by_keys(pd.DataFrame(columns), spec.metadata)}
    if qualifiers:
        stacked = pd.concat(qualifiers, ignore_index=True)
        frames[spec.supplemental.name] = sort_by_keys(stacked, spec.supplemental)
    return frames


def sort_by_keys(frame: pd.DataFrame, metadata: DatasetMetadata) -> pd.DataFrame:
    """Sort records by their keys, missing first; records that tie keep their order."""
    order = sort_order([rank(frame[key]) for key in metadata.keys])
    return frame.iloc[order].reset_index(drop=True)


def _split_long(values: pd.Series) -> list[pd.Series]:
    """Cut text over 200 bytes into columns of pieces; empty where no text is that long."""
    long = (values.str.len() > LONGEST // 4).to_numpy(dtype=bool, na_value=False)
    split = {text: split_text(text) for text in values[long].unique()}
    width = max(map(len, split.values()), default=1)
    if width == 1:
        return []
    return [_take_piece(values, split, number) for number in range(width)]


def _take_piece(values: pd.Series, split: dict[str, list[str]], number: int) -> pd.Series:
    def take(text: str) -> str | None:
        pieces = split.get(text, [text])
        return pieces[number] if number < len(pieces) else None

    return map_unique(values, take)


def _qualifiers(
    spec: DatasetSpec, table: DatasetTable, statement: VariableSpec, pieces: list[pd.Series]
) -> Iterator[pd.DataFrame]:
    """Make a variable's records in SUPP-- (SDTMIG 8.4); long text has a digit more (4.5.3)."""
    for number, values in enumerate(pieces):
        if number == 0 and not statement.supplemental:
            continue
        digits = str(number or "")
        name = statement.name[: 8 - len(digits)] + digits
        label = statement.metadata.label
        label = f"{label[: 39 - len(digits)]} {digits}" if digits else label
        rows = np.flatnonzero(values.notna().to_numpy())
        yield _qualifier(spec, table, statement, (name, label), values, rows)


def _qualifier(
    spec: DatasetSpec,
    table: DatasetTable,
    statement: VariableSpec,
    name: tuple[str, str],
    values: pd.Series,
    rows: np.ndarray,
) -> pd.DataFrame:
    assert spec.supplemental
    supplemental = statement.supplemental or Supplemental()
    sequence = f"{spec.metadata.domain}SEQ"
    numbered = sequence in table.columns
    columns = {
        "STUDYID": _select(table.columns["STUDYID"], rows),
        "RDOMAIN": _repeat(spec.metadata.domain, len(rows)),
        "USUBJID": _select(table.columns["USUBJID"], rows),
        "IDVAR": _repeat(sequence if numbered else "", len(rows)),
        "IDVARVAL": _select(to_text(table.columns[sequence]), rows)
        if numbered
        else missing_text(len(rows)),
        "QNAM": _repeat(name[0], len(rows)),
        "QLABEL": _repeat(name[1], len(rows)),
        "QVAL": _select(values, rows),
        "QORIG": _repeat(supplemental.origin, len(rows)),
        "QEVAL": _repeat(supplemental.evaluator, len(rows)),
    }
    return pd.DataFrame({v.name: columns[v.name] for v in spec.supplemental.variables})


def _select(values: pd.Series, rows: np.ndarray) -> pd.Series:
    return values.iloc[rows].reset_index(drop=True)


def _repeat(value: str, length: int) -> pd.Series:
    return pd.Series(value, index=range(length), dtype="str") if value else missing_text(length)
