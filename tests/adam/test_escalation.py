"""The 3+3 decisions, read off subjects, are those that were taken."""

from pathlib import Path

import pandas as pd
import pytest

from sdtmconv.adam.escalation import count_cohorts, decide_escalation, find_mtd
from sdtmconv.simulate import simulate
from sdtmconv.simulate.protocol import DOSE_LEVELS_VP

HIGHEST = len(DOSE_LEVELS_VP)


def escalate(*cohorts: tuple[int, int, int]) -> pd.DataFrame:
    """Write cohorts down as (level, evaluable, DLTs)."""
    columns = ["LEVEL", "EVALUABLE", "DLTS"]
    return pd.DataFrame(list(cohorts), columns=columns, dtype="int64")


@pytest.mark.parametrize(
    ("cohorts", "decision", "mtd"),
    [
        ([(1, 3, 0)], "ESCALATE", None),
        ([(1, 3, 1)], "ENROL 3 MORE", None),
        ([(1, 3, 2)], "MTD EXCEEDED", None),
        ([(1, 2, 2)], "MTD EXCEEDED", None),
        ([(1, 2, 0)], "INCOMPLETE", None),
        ([(1, 3, 1), (1, 3, 0)], "ESCALATE", None),
        ([(1, 3, 1), (1, 3, 1)], "MTD EXCEEDED", None),
        ([(1, 3, 1), (1, 2, 0)], "INCOMPLETE", None),
        ([(1, 3, 0), (2, 3, 2)], "MTD EXCEEDED", None),
        ([(1, 3, 0), (2, 3, 2), (1, 3, 1)], "DECLARE MTD", 1),
        ([(1, 3, 0), (2, 3, 2), (1, 3, 2)], "MTD EXCEEDED", None),
        ([(1, 3, 1), (1, 3, 0), (2, 3, 3)], "MTD EXCEEDED", 1),
        ([(3, 3, 0), (4, 3, 0)], "ENROL 3 MORE", None),
        ([(3, 3, 0), (4, 3, 0), (4, 3, 1)], "DECLARE MTD", 4),
    ],
)
def test_three_and_three_decide(
    cohorts: list[tuple[int, int, int]], decision: str, mtd: int | None
) -> None:
    """The counts of a level add up; the highest dose, and one below too much, need six."""
    table = escalate(*cohorts)
    assert decide_escalation(table, HIGHEST).iloc[-1] == decision
    assert find_mtd(table, HIGHEST) == mtd


def test_no_cohort_has_no_decision() -> None:
    """The trial has not begun."""
    assert decide_escalation(escalate(), HIGHEST).empty
    assert find_mtd(escalate(), HIGHEST) is None


def test_only_who_counts_is_counted() -> None:
    """Who is replaced, and who belongs to the expansion, decides nothing."""
    cohort, level = pd.Series([1, 1, 2, None]), pd.Series([1, 1, 2, 2])
    evaluable = pd.Series(["Y", "N", "Y", "Y"], dtype="str")
    dlt = pd.Series(["N", "Y", "Y", "Y"], dtype="str")
    assert count_cohorts(cohort, level, evaluable, dlt).to_dict("list") == {
        "COHORT": [1, 2],
        "LEVEL": [1, 2],
        "EVALUABLE": [1, 1],
        "DLTS": [0, 1],
    }


@pytest.mark.parametrize("seed", [79, 1, 7])
def test_the_simulated_trial_is_decided_alike(seed: int, tmp_path: Path) -> None:
    """Cohorts, decisions and MTD follow from the subjects alone."""
    simulate(30, seed, tmp_path)
    subjects, true, study = (
        pd.read_csv(tmp_path / "truth" / f"{name}.csv") for name in ("subjects", "cohorts", "study")
    )
    toxic = subjects.MONODLT.notna() | subjects.COMBDLT.notna()
    dlt = toxic.map({True: "Y", False: "N"})
    cohorts = count_cohorts(subjects.COHORT, subjects.LEVEL, subjects.COUNTS, dlt)
    counted = true[["COHORT", "LEVEL", "COUNTED", "DLTS"]]
    assert cohorts.values.tolist() == counted.values.tolist()
    assert decide_escalation(cohorts, HIGHEST).tolist() == true.DECISION.tolist()
    assert find_mtd(cohorts, HIGHEST) == study.MTDLEVEL.item()
