"""The protocol's rules hold in what was played."""

import pandas as pd
import pytest

from sdtmconv.simulate.escalation import (
    DECLARE_MTD,
    ENROL_THREE_MORE,
    ESCALATE,
    EXCEEDED,
    INCOMPLETE,
    Trial,
    decide,
)

SEEDS = range(1, 41)


@pytest.mark.parametrize(
    ("level", "counted", "dlts", "ceiling", "decision"),
    [
        (1, 3, 0, 4, ESCALATE),
        (1, 3, 1, 4, ENROL_THREE_MORE),
        (1, 3, 2, 4, EXCEEDED),
        (1, 3, 3, 4, EXCEEDED),
        (1, 6, 1, 4, ESCALATE),
        (1, 6, 2, 4, EXCEEDED),
        (4, 3, 0, 4, ENROL_THREE_MORE),
        (4, 6, 0, 4, DECLARE_MTD),
        (4, 6, 1, 4, DECLARE_MTD),
        (2, 6, 1, 2, DECLARE_MTD),
        (2, 3, 0, 2, ENROL_THREE_MORE),
        (2, 2, 0, 4, INCOMPLETE),
        (2, 2, 2, 4, EXCEEDED),
    ],
)
def test_the_decision_follows_the_rule(level, counted, dlts, ceiling, decision) -> None:
    """0 of 3 escalates, 1 of 3 enrols three more, 2 stop; the highest level needs six."""
    assert decide(level, counted, dlts, ceiling) == decision


def replay(cohorts) -> int:
    """Find the MTD from the counts of the cohorts alone; 0 for none."""
    by_level: dict[int, tuple[int, int]] = {}
    for cohort in cohorts:
        counted, dlts = by_level.get(cohort.level, (0, 0))
        by_level[cohort.level] = (counted + cohort.counted, dlts + cohort.dlts)
    too_much = [level for level, (_, dlts) in by_level.items() if dlts >= 2]
    highest = min(too_much, default=5) - 1
    counted, dlts = by_level.get(highest, (0, 0))
    return highest if counted == 6 and dlts <= 1 else 0


@pytest.mark.parametrize("seed", SEEDS)
def test_escalation_is_three_plus_three(seed: int) -> None:
    """Cohorts of three, levels one step at a time, and the MTD of an independent replay."""
    trial = Trial(80, seed)
    list(trial.play())
    assert all(cohort.counted == 3 for cohort in trial.cohorts)
    assert trial.cohorts[0].level == 1
    for cohort, following in zip(trial.cohorts, trial.cohorts[1:], strict=False):
        step = {ESCALATE: 1, ENROL_THREE_MORE: 0, EXCEEDED: -1}[cohort.decision]
        assert following.level == cohort.level + step
        assert cohort.level_counted <= 6
    assert trial.mtd == replay(trial.cohorts)


def test_seeds_lead_to_different_mtds() -> None:
    """Among 40 trials the MTD is not always the same."""
    found = set()
    for seed in SEEDS:
        trial = Trial(80, seed)
        list(trial.play())
        found.add(trial.mtd)
    assert {2, 3, 4} <= found


def treated(study) -> pd.DataFrame:
    subjects = study.truth["subjects"]
    return subjects[subjects.STATUS == "TREATED"]


def test_cohorts_hold_their_subjects(study) -> None:
    """The subjects that count, and their DLTs, add up to each cohort's record."""
    escalated = treated(study).query("COHORT != ''")
    escalated = escalated.assign(toxic=(escalated.MONODLT != "") | (escalated.COMBDLT != ""))
    grouped = (
        escalated[escalated.COUNTS == "Y"]
        .groupby("COHORT")
        .agg(n=("SUBJID", "size"), dlts=("toxic", "sum"), level=("LEVEL", "first"))
    )
    cohorts = study.truth["cohorts"].set_index("COHORT").astype(int, errors="ignore")
    assert (grouped.n.astype(str) == cohorts.COUNTED.reindex(grouped.index).astype(str)).all()
    assert (grouped.dlts.astype(str) == cohorts.DLTS.reindex(grouped.index).astype(str)).all()
    assert (grouped.level == cohorts.LEVEL.reindex(grouped.index).astype(str)).all()


def test_only_the_mtd_is_expanded(study) -> None:
    """Subjects of the expansion get the MTD, or nothing."""
    mtd = study.truth["study"].MTDLEVEL[0]
    expanded = study.truth["subjects"].query("PART == 'Dose expansion'")
    assert set(expanded.LEVEL) <= {mtd}
    assert mtd != "0" or expanded.empty


def test_who_counts_is_evaluable_in_both_phases_or_had_a_dlt(study) -> None:
    """The rule for the decision follows from the records of each phase."""
    people = treated(study)
    toxic = (people.MONODLT != "") | (people.COMBDLT != "")
    both = (people.MONOEVAL == "Y") & (people.COMBEVAL == "Y")
    assert ((people.COUNTS == "Y") == (toxic | both)).all()


def test_no_combination_after_a_dlt_in_monotherapy(study) -> None:
    """Who has a DLT in monotherapy does not go on."""
    people = treated(study)
    assert (people[people.MONODLT != ""].COMBENTERED == "N").all()


def test_a_dlt_lies_within_28_days_of_the_first_injection_of_its_phase(study) -> None:
    """The window runs from the phase's first injection, that day counted."""
    given = study.truth["doses"].query("TREATMENT == 'BIOTTT001' and DOSE != '0'")
    starts = given.assign(day=pd.to_datetime(given.START).dt.normalize())
    for name, first_visits in (("MONO", "Mono D1"), ("COMB", "Comb C1D2")):
        people = treated(study).query(f"{name}DLT != ''")
        opened = starts[first_visits == starts.VISIT].set_index("SUBJID").day
        days = (pd.to_datetime(people.set_index("SUBJID")[f"{name}DLT"]) - opened).dropna().dt.days
        assert len(days) == len(people)
        assert days.between(0, 27).all()


def test_doses_lie_on_their_days(study) -> None:
    """D15 is at most 4 days late; in a cycle HAI is on D2 and D16, toripalimab on D1 and D15."""
    doses = study.truth["doses"]
    infused = doses[doses.TREATMENT != "REGORAFENIB"]
    days = pd.to_datetime(infused.START).dt.normalize()
    by_visit = infused.assign(day=days).set_index(["SUBJID", "VISIT"]).day.unstack("VISIT")
    wait = (by_visit["Mono D15"] - by_visit["Mono D1"]).dropna().dt.days
    assert wait.between(14, 18).all()
    for cycle in (1, 2, 5):
        first = by_visit[f"Comb C{cycle}D1"]
        for day in (2, 15, 16):
            later = (by_visit[f"Comb C{cycle}D{day}"] - first).dropna().dt.days
            assert (later == day - 1).all()


def test_amounts_are_those_of_the_protocol(study) -> None:
    """Nobody gets more than the dose level, 80 mg of toripalimab or 80 mg of regorafenib."""
    doses = study.truth["doses"].merge(study.truth["subjects"][["SUBJID", "DOSEVP"]])
    amount = doses.DOSE.astype(float)
    virus = doses.TREATMENT == "BIOTTT001"
    assert (amount[virus] <= doses.DOSEVP[virus].astype(float)).all()
    assert (amount[doses.TREATMENT == "TORIPALIMAB"] <= 80).all()
    assert set(amount[doses.TREATMENT == "REGORAFENIB"]) <= {0, 40, 80}


def test_tablets_are_taken_on_days_1_to_21_of_a_cycle(study) -> None:
    """Intervals lie within the first 21 days, follow each other, and cover no day twice."""
    doses = study.truth["doses"].query("TREATMENT == 'REGORAFENIB'").copy()
    doses["first"], doses["last"] = pd.to_datetime(doses.START), pd.to_datetime(doses.END)
    for _, cycle in doses.groupby(["SUBJID", "VISIT"]):
        assert (cycle["last"].dropna() - cycle["first"].iloc[0]).dt.days.le(20).all()
        gaps = cycle["first"].iloc[1:].to_numpy() - cycle["last"].iloc[:-1].to_numpy()
        assert (gaps == pd.Timedelta(days=1)).all()


def test_only_who_does_not_count_is_replaced(study) -> None:
    """Only treated subjects that do not count are replaced, each once, at the same level."""
    people = study.truth["subjects"].set_index("SUBJID")
    replacing = study.raw["dm"].query("REPLSUBJ != ''")
    replaced = people.loc[replacing.REPLSUBJ]
    assert (replaced.COUNTS == "N").all()
    assert replaced.index.is_unique
    assert list(replaced.LEVEL) == list(people.loc[replacing.SUBJID].LEVEL)
