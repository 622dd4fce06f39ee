"""Derivations: how a value is computed. Importing the package registers their keywords."""

from sdtmconv.mapping import (
    arithmetic,
    assignment,
    baseline,
    date_texts,
    dates,
    durations,
    flags,
    imputation,
    listing,
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
    "date_texts",
    "dates",
    "durations",
    "flags",
    "imputation",
    "listing",
    "lookup",
    "order",
    "ranges",
    "results",
    "summary",
    "text",
    "units",
]
