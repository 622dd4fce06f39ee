"""Compare two sets of datasets record by record, as PROC COMPARE does. What differs is data."""

from sdtmconv.compare.kinds import KINDS, Kind
from sdtmconv.compare.model import (
    AttributeDifference,
    Comparison,
    DatasetComparison,
    ValueDifferences,
)
from sdtmconv.compare.run import compare
from sdtmconv.compare.settings import Settings, parse_keys

__all__ = [
    "KINDS",
    "AttributeDifference",
    "Comparison",
    "DatasetComparison",
    "Kind",
    "Settings",
    "ValueDifferences",
    "compare",
    "parse_keys",
]
