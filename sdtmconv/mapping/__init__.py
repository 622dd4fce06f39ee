"""Derivations: how a value is computed. Importing the package registers their keywords."""

from sdtmconv.mapping import (
    assignment,
    dates,
    flags,
    lookup,
    order,
    ranges,
    results,
    summary,
    text,
    units,
)

__all__ = [
    "assignment",
    "dates",
    "flags",
    "lookup",
    "order",
    "ranges",
    "results",
    "summary",
    "text",
    "units",
]
