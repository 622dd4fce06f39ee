"""Simulate the raw records of the reference study, BioTTT001."""

from sdtmconv.simulate.study import simulate

__all__ = ["simulate"]
