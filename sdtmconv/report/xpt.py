"""What `sdtmconv xpt show` prints of a transport file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pandas as pd

from sdtmconv.mapping.values import to_text
from sdtmconv.transport import XptSummary

WIDEST = 40


def summary_as_text(summary: XptSummary) -> str:
    """Write header, variables and first records in columns, each at most 40 characters wide."""
    header = summary.header
    metadata = header.metadata
    parts = [
        f"{metadata.name}  {metadata.label}",
        f"XPT version {header.version}, created {header.created}, "
        f"{header.record_count:,} records of {header.record_length} bytes",
    ]
    others = [name for name in summary.datasets if name != metadata.name]
    if others:
        parts.append(f"The file also holds {', '.join(others)}.")
    titles = ("variable", "type", "length", "format", "label")
    rows = [(v.name, v.type, str(v.length), v.display_format, v.label) for v in metadata.variables]
    parts.append(_align(titles, rows))
    if len(summary.head):
        head = _texts(summary.head)
        parts.append(_align(tuple(head.columns), list(head.itertuples(index=False, name=None))))
    return "\n\n".join(parts)


def summary_as_json(summary: XptSummary) -> str:
    """Write the same as one JSON object."""
    header = summary.header
    document: dict[str, Any] = {
        "name": header.metadata.name,
        "label": header.metadata.label,
        "version": header.version,
        "created": header.created.isoformat() if header.created else None,
        "records": header.record_count,
        "datasets": list(summary.datasets),
        "variables": [
            {
                "name": variable.name,
                "label": variable.label,
                "type": variable.type,
                "length": variable.length,
                "format": variable.display_format,
            }
            for variable in header.metadata.variables
        ],
        "head": _texts(summary.head).to_dict(orient="records"),
    }
    return json.dumps(document, ensure_ascii=False)


def _texts(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.apply(to_text).fillna("")


def _align(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    cut = [[_cut(cell) for cell in row] for row in (titles, *rows)]
    widths = [max(len(row[column]) for row in cut) for column in range(len(titles))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cut
    )
    return "\n".join(line.rstrip() for line in lines)


def _cut(cell: str) -> str:
    return cell if len(cell) <= WIDEST else cell[: WIDEST - 3] + "..."
