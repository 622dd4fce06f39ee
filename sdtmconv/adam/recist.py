"""Derivations of what one tumour assessment shows, by RECIST 1.1."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sdtmconv.adam.response import CR, NE, NON_CR_NON_PD, PD, PR, SD, refuse_unknown
from sdtmconv.mapping.registry import Column, Mask, derivation
from sdtmconv.mapping.values import to_number

# Exact where sums of a few diameters, each with a decimal or two, are not.
DECIMALS = 6
NOT_APPLICABLE = "NOT APPLICABLE"


@derivation(
    "recist_target_response",
    method="By RECIST 1.1, 4.3.1: CR if {complete} and {vanished}; else PD if {diameters} is 20 % "
    "and 5 mm or more above {nadir}; else NE unless {complete} and {diameters}, {baseline} and "
    "{nadir} are known; else PR if {diameters} is 30 % or more below {baseline}; else SD.",
)
def compute_target_response(
    diameters: Column, baseline: Column, nadir: Column, complete: Mask, vanished: Mask
) -> pd.Series:
    """Judge the target lesions by the sum of their diameters in mm (RECIST 1.1, 4.3.1).

    `nadir` is the smallest complete sum before, the baseline's included. `complete` says that every
    target lesion was measured, `vanished` that every one is gone or, for a node, below 10 mm: that
    is CR whatever the sum. A sum that is not `complete` is enough for PD, since the lesions that
    lack could only add to it, and for nothing else (4.4.2): it is NE, as is one without a baseline
    or nadir to compare it with, and no sum at all.

    >>> sums, all_read = pd.Series([70.0, 84.0, 84.0, None]), np.array([True, True, False, False])
    >>> base, low, none = pd.Series([100.0] * 4), pd.Series([70.0] * 4), np.zeros(4, dtype=bool)
    >>> compute_target_response(sums, base, low, all_read, none).tolist()
    ['PR', 'PD', 'PD', 'NE']
    """
    now, before, lowest = map(to_number, (diameters, baseline, nadir))
    growth = (now - lowest).round(DECIMALS)
    worse = ((5 * now - 6 * lowest).round(DECIMALS) >= 0) & (growth >= 5)
    smaller = (10 * now - 7 * before).round(DECIMALS) <= 0
    unknown = ~complete | now.isna() | before.isna() | lowest.isna()
    found = np.select([complete & vanished, worse, unknown, smaller], [CR, PD, NE, PR], SD)
    return pd.Series(found, dtype="str")


@derivation(
    "recist_overall_response",
    method="By RECIST 1.1, tables 1 and 2, from {target}, {non_target} and new lesions, which "
    "there are if {new_lesion}.",
)
def compute_overall_response(target: Column, non_target: Column, new_lesion: Mask) -> pd.Series:
    """Combine target, non-target and new lesions to one response (RECIST 1.1, tables 1 and 2).

    NOT APPLICABLE says that there were no such lesions at baseline. A response that is missing is
    taken as NE; where both are missing, only a new lesion makes a response, PD.

    >>> target = pd.Series(["CR", "CR", "NOT APPLICABLE", "SD", None], dtype="str")
    >>> other = pd.Series(["CR", "NE", "NON-CR/NON-PD", "PD", "CR"], dtype="str")
    >>> compute_overall_response(target, other, np.zeros(5, dtype=bool)).tolist()
    ['CR', 'PR', 'NON-CR/NON-PD', 'PD', 'NE']
    """
    refuse_unknown(target, (CR, PR, SD, PD, NE, NOT_APPLICABLE))
    refuse_unknown(non_target, (CR, NON_CR_NON_PD, PD, NE, NOT_APPLICABLE))
    worse = new_lesion | (target == PD) | (non_target == PD)
    unclear = (target == CR) & ~non_target.isin([CR, NOT_APPLICABLE])
    overall = target.mask(target == NOT_APPLICABLE, non_target).mask(unclear, PR).fillna(NE)
    nothing = (overall == NOT_APPLICABLE) | (target.isna() & non_target.isna())
    return overall.mask(nothing).mask(worse, PD)
