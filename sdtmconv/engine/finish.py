"""From computed columns to finished datasets: order of records and variables, SUPP--."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sdtmconv.engine.tables import DatasetTable
from sdtmconv.mapping.values import missing_text, rank, sort_order, to_text
from sdtmconv.metadata import DatasetMetadata
from sdtmconv.spec.model import DatasetSpec, VariableSpec


def finish_dataset(spec: DatasetSpec, table: DatasetTable) -> dict[str, pd.DataFrame]:
    """Give a dataset, and its supplemental qualifiers if it has any, sorted by their keys."""
    columns = {v.name: table.columns[v.name] for v in spec.metadata.variables}
    frames = {spec.name: sort_by_keys(pd.DataFrame(columns), spec.metadata)}
    if spec.supplemental:
        supplemental = _stack_supplemental(spec, table)
        frames[spec.supplemental.name] = sort_by_keys(supplemental, spec.supplemental)
    return frames


def sort_by_keys(frame: pd.DataFrame, metadata: DatasetMetadata) -> pd.DataFrame:
    """Sort records by their keys, missing first; records that tie keep their order."""
    order = sort_order([rank(frame[key]) for key in metadata.keys])
    return frame.iloc[order].reset_index(drop=True)


def _stack_supplemental(spec: DatasetSpec, table: DatasetTable) -> pd.DataFrame:
    pieces = list(_supplemental_records(spec, table))
    if pieces:
        return pd.concat(pieces, ignore_index=True)
    assert spec.supplemental
    return pd.DataFrame({v.name: missing_text(0) for v in spec.supplemental.variables})


def _supplemental_records(spec: DatasetSpec, table: DatasetTable) -> Iterator[pd.DataFrame]:
    """Make one record per value of each supplemental qualifier (SDTMIG 8.4)."""
    assert spec.supplemental
    sequence = f"{spec.metadata.domain}SEQ"
    for name in spec.variable_names:
        statement = spec.described(name)
        if statement.supplemental is None:
            continue
        values = to_text(table.columns[name])
        rows = np.flatnonzero(values.notna().to_numpy())
        if len(rows):
            yield _qualifier(spec, table, statement, values, rows, sequence)


def _qualifier(
    spec: DatasetSpec,
    table: DatasetTable,
    statement: VariableSpec,
    values: pd.Series,
    rows: np.ndarray,
    sequence: str,
) -> pd.DataFrame:
    assert spec.supplemental
    assert statement.supplemental
    numbered = sequence in table.columns
    columns = {
        "STUDYID": _select(table.columns["STUDYID"], rows),
        "RDOMAIN": _repeat(spec.metadata.domain, len(rows)),
        "USUBJID": _select(table.columns["USUBJID"], rows),
        "IDVAR": _repeat(sequence if numbered else "", len(rows)),
        "IDVARVAL": _select(to_text(table.columns[sequence]), rows)
        if numbered
        else missing_text(len(rows)),
        "QNAM": _repeat(statement.name, len(rows)),
        "QLABEL": _repeat(statement.metadata.label, len(rows)),
        "QVAL": _select(values, rows),
        "QORIG": _repeat(statement.supplemental.origin, len(rows)),
        "QEVAL": _repeat(statement.supplemental.evaluator, len(rows)),
    }
    return pd.DataFrame({v.name: columns[v.name] for v in spec.supplemental.variables})


def _select(values: pd.Series, rows: np.ndarray) -> pd.Series:
    return values.iloc[rows].reset_index(drop=True)


def _repeat(value: str, length: int) -> pd.Series:
    return pd.Series(value, index=range(length), dtype="str") if value else missing_text(length)
