"""The 3+3 dose escalation, read off the subjects of a study.

A decision is about a cohort, and so about several subjects: it is no variable of a dataset, whose
records depend on one subject each, but a small table made from ADSL.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

COHORT_SIZE, MOST_PER_LEVEL, TOO_MANY_DLTS = 3, 6, 2

ESCALATE = "ESCALATE"
ENROL_THREE_MORE = "ENROL 3 MORE"
EXCEEDED = "MTD EXCEEDED"
DECLARE_MTD = "DECLARE MTD"
INCOMPLETE = "INCOMPLETE"


def count_cohorts(
    cohort: pd.Series, level: pd.Series, evaluable: pd.Series, dlt: pd.Series
) -> pd.DataFrame:
    """Count, for each cohort of the escalation, who counts and who had a DLT.

    Args:
        cohort: Number of each subject's cohort, in order of enrolment; NaN in the expansion.
        level: The cohort's dose level, 1 for the lowest dose.
        evaluable: 'Y' where the subject counts for the decision.
        dlt: 'Y' where one who counts had a dose-limiting toxicity.

    Returns:
        One record per cohort, in order: COHORT, LEVEL, EVALUABLE, DLTS.

    >>> subjects = pd.DataFrame({"COHORT": [1, 1, 2, None], "LEVEL": [1, 1, 2, 1]})
    >>> evaluable, dlt = (pd.Series(list(flags)) for flags in ("YNYY", "NNYN"))
    >>> count_cohorts(subjects.COHORT, subjects.LEVEL, evaluable, dlt).values.tolist()
    [[1, 1, 1, 0], [2, 2, 1, 1]]
    """
    counts = (evaluable == "Y").to_numpy()
    toxic = counts & (dlt == "Y").to_numpy()
    subjects = pd.DataFrame(
        {
            "COHORT": cohort.to_numpy(),
            "LEVEL": level.to_numpy(),
            "EVALUABLE": counts.astype("int64"),
            "DLTS": toxic.astype("int64"),
        }
    ).dropna(subset=["COHORT", "LEVEL"])
    whole = subjects.astype("int64")
    return whole.groupby(["COHORT", "LEVEL"], as_index=False).sum()


def decide_escalation(cohorts: pd.DataFrame, highest_level: int) -> pd.Series:
    """Decide after each cohort by the 3+3 rule, over all cohorts of its level so far.

    Args:
        cohorts: One record per cohort, in order, as `count_cohorts` gives it.
        highest_level: Highest dose level of the protocol.

    Returns:
        MTD EXCEEDED with 2 DLTs or more; else INCOMPLETE with neither 3 nor 6 who count. With 6,
        DECLARE MTD where no higher level may be tried, else ESCALATE. With 3, ENROL 3 MORE after a
        DLT or where no higher level may be tried, else ESCALATE.

    >>> counts = {"LEVEL": [1, 1, 2, 3, 2], "EVALUABLE": 3, "DLTS": [1, 0, 0, 2, 1]}
    >>> decide_escalation(pd.DataFrame(counts), 4).tolist()
    ['ENROL 3 MORE', 'ESCALATE', 'ESCALATE', 'MTD EXCEEDED', 'DECLARE MTD']
    """
    evaluable, dlts = _total_by_level(cohorts)
    ceiling = _find_ceiling(cohorts, highest_level)
    full = evaluable >= MOST_PER_LEVEL
    topmost = cohorts["LEVEL"] >= ceiling
    rules = {
        EXCEEDED: dlts >= TOO_MANY_DLTS,
        INCOMPLETE: (evaluable != COHORT_SIZE) & ~full,
        DECLARE_MTD: full & topmost,
        ENROL_THREE_MORE: ~full & ((dlts > 0) | topmost),
    }
    found = np.select([rule.to_numpy() for rule in rules.values()], [*rules], ESCALATE)
    return pd.Series(found, index=cohorts.index, dtype="str")


def find_mtd(cohorts: pd.DataFrame, highest_level: int) -> int | None:
    """Find the maximum tolerated dose: the highest level to be tried, with 1 DLT at most in 6.

    Args:
        cohorts: One record per cohort, in order, as `count_cohorts` gives it.
        highest_level: Highest dose level of the protocol.

    Returns:
        The dose level; None where the escalation has not found it, or no level is tolerated.

    >>> counts = {"LEVEL": [1, 2, 1], "EVALUABLE": 3, "DLTS": [0, 2, 1]}
    >>> find_mtd(pd.DataFrame(counts), 4)
    1
    >>> find_mtd(pd.DataFrame(counts).head(2), 4)
    """
    evaluable, dlts = _total_by_level(cohorts)
    ceiling = int(_find_ceiling(cohorts, highest_level).iloc[-1]) if len(cohorts) else highest_level
    tolerated = (evaluable >= MOST_PER_LEVEL) & (dlts < TOO_MANY_DLTS)
    return ceiling if (tolerated & (cohorts["LEVEL"] == ceiling)).any() else None


def _total_by_level(cohorts: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Give who counts and who had a DLT over all cohorts of the level so far."""
    totals = cohorts.groupby("LEVEL")[["EVALUABLE", "DLTS"]].cumsum()
    return totals["EVALUABLE"], totals["DLTS"]


def _find_ceiling(cohorts: pd.DataFrame, highest_level: int) -> pd.Series:
    """Give the highest level that, after each cohort, is not known to be too much."""
    _, dlts = _total_by_level(cohorts)
    below = (cohorts["LEVEL"] - 1).where(dlts >= TOO_MANY_DLTS, highest_level)
    ceiling: pd.Series = below.cummin()
    return ceiling
