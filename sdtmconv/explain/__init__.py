"""Explain values: the way of a record back to raw files, by building its subject once more."""

from sdtmconv.explain.run import explain

__all__ = ["explain"]
