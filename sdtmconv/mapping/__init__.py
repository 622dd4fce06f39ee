"""Derivations: how a value is computed. Importing the package registers their keywords."""

from sdtmconv.mapping import (
    arithmetic,
    assignment,
    baseline,
    dates,
    durations,
    flags,
    imputation,
    lookup,
    order,
    ranges,
    results,
    summary,
    text,
    units,
)

__all__ = [
    "arithmetic",
    "assignment",
    "baseline",
    "dates",
    "durations",
    "flags",
    "imputation",
    "lookup",
    "order",
    "ranges",
    "results",
    "summary",
    "text",
    "units",
]
