"""A subject's way through the trial: phases, cycles, the end of treatment and of follow-up.

All times are offsets: days after the first dose, so that offset 0 is Day 1. NEVER stands for what
does not happen. The first of several competing ends is the one that happens.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from sdtmconv.simulate.dice import Bools, Dice, Ints
from sdtmconv.simulate.protocol import (
    ASSESSMENTS,
    CYCLE_DAYS,
    DATA_CUT,
    DLT_WINDOW_DAYS,
    HAI_IN_CYCLE,
    LAST_OFFSET,
    MAX_CYCLES,
    MONO_SECOND_DOSE,
)
from sdtmconv.simulate.subjects import Subjects
from sdtmconv.simulate.tumours import PD, Tumours, grow

NEVER = 1_000_000

# Why treatment ended, in the order that settles ties: the graver first.
(
    BY_DEATH,
    BY_WITHDRAWAL,
    BY_LOSS,
    BY_DLT,
    BY_TOXICITY,
    BY_PROGRESSION,
    BY_DECISION,
    BY_COMPLETION,
    BY_CUT,
) = range(9)

# Why participation ended.
DIED, WITHDREW, LOST, FINISHED, STILL_IN = range(5)

# Chance of a DLT in a thousand in each phase, by dose level 0-4.
DLT_MONO = np.array([0, 20, 30, 50, 110])
DLT_COMBINATION = np.array([0, 30, 40, 80, 170])

Record = TypeVar("Record")


@dataclass(frozen=True)
class Course:
    """The course of a group of subjects; one row per subject in every array.

    Values of those never treated mean nothing: look at `subjects.treated`.

    Args:
        subjects: Who they are.
        tumours: What imaging would show.
        second_dose: Planned offset of the second injection of monotherapy.
        second_missed: True where it was not given although the subject was still on treatment.
        cycle: (subject, 12) planned offset of day 1 of each combination cycle.
        injection_missed: (subject, 24) True where an injection of a cycle was not given.
        assessment: (subject, 16) offset of each imaging assessment.
        assessed: (subject, 16) True where the assessment belongs to the subject's time in the
            trial; `tumours.done` says whether it was missed.
        dlt: (subject, 2) offset of the DLT in monotherapy and in combination.
        evaluable: (subject, 2) DLT-evaluable in each phase.
        entered: (subject, 2) entered each phase.
        end: Offset of the end of treatment; doses come before it.
        end_reason: BY_DEATH, ...
        leave: Offset of the last day in the trial.
        leave_reason: DIED, ...
        death: Offset of the death that became known.
        new_therapy: Offset of a new anti-cancer therapy, known or not.
    """

    subjects: Subjects
    tumours: Tumours
    second_dose: Ints
    second_missed: Bools
    cycle: Ints
    injection_missed: Bools
    assessment: Ints
    assessed: Bools
    dlt: Ints
    evaluable: Bools
    entered: Bools
    end: Ints
    end_reason: Ints
    leave: Ints
    leave_reason: Ints
    death: Ints
    new_therapy: Ints

    def __len__(self) -> int:
        return len(self.end)

    @property
    def cut(self) -> Ints:
        """Offset of the data cut."""
        return DATA_CUT - self.subjects.first_dose


def concatenate(records: Sequence[Record]) -> Record:
    """Join groups of subjects, whatever arrays describe them."""
    parts = {}
    for item in dataclasses.fields(records[0]):  # type: ignore[arg-type]
        values = [getattr(record, item.name) for record in records]
        nested = dataclasses.is_dataclass(values[0])
        parts[item.name] = concatenate(values) if nested else np.concatenate(values)
    return type(records[0])(**parts)


@dataclass(frozen=True)
class _Plan:
    """What the protocol wants of each subject, were there nothing to stop it."""

    second_dose: Ints
    cycle: Ints
    assessment: Ints

    @property
    def injection(self) -> Ints:
        """Offset of the first injection of the combination, which opens its DLT window."""
        return np.asarray(self.cycle[:, 0] + HAI_IN_CYCLE[0])


@dataclass(frozen=True)
class _Ends:
    """When and why treatment, and participation, end."""

    end: Ints
    end_reason: Ints
    leave: Ints
    leave_reason: Ints
    death: Ints


def _cycles(dice: Dice, first: Ints) -> Ints:
    lengths = CYCLE_DAYS + 7 * dice.chance((len(first), MAX_CYCLES - 1), 130)
    return np.concatenate([first[:, None], first[:, None] + np.cumsum(lengths, axis=1)], axis=1)


def _assessments(dice: Dice, after_mono: Ints, first_cycle: Ints) -> Ints:
    n = len(after_mono)
    planned = [CYCLE_DAYS * k for k in range(1, 5)]
    planned += [planned[-1] + 2 * CYCLE_DAYS * k for k in range(1, ASSESSMENTS - 5)]
    late = dice.quantiles((n, len(planned)), (0, 0, 0, 0, 2, 5))
    later = first_cycle[:, None] + np.array(planned) + late
    baseline = -dice.between(n, 2, 6)
    return np.concatenate([baseline[:, None], after_mono[:, None], later], axis=1)


def _plan(dice: Dice, n: int) -> _Plan:
    second_dose = MONO_SECOND_DOSE + dice.quantiles(n, (0, 0, 0, 0, 0, 4))
    after_mono = DLT_WINDOW_DAYS - 1 + dice.between(n, 0, 2)
    cycle = _cycles(dice, after_mono + dice.between(n, 2, 4))
    return _Plan(second_dose, cycle, _assessments(dice, after_mono, cycle[:, 0]))


def _sometimes(dice: Dice, per_mille: int | Ints, when: Ints) -> Ints:
    return np.where(dice.chance(len(when), per_mille), when, NEVER)


def _dlt_days(dice: Dice, level: Ints, plan: _Plan) -> Ints:
    in_window = dice.between((2, len(level)), 1, DLT_WINDOW_DAYS - 1)
    mono = _sometimes(dice, DLT_MONO[level], in_window[0])
    combination = _sometimes(dice, DLT_COMBINATION[level], plan.injection + in_window[1])
    return np.stack([mono, combination], axis=1)


def _progression_stop(dice: Dice, tumours: Tumours, assessment: Ints) -> tuple[Ints, Ints]:
    """Find the stop for progression, and the last assessment that is still made."""
    n = len(assessment)
    seen = (tumours.overall == PD) & tumours.done
    first = np.where(seen.any(axis=1), seen.argmax(axis=1), ASSESSMENTS - 1)
    # Some are treated beyond progression, up to the next assessment.
    beyond = dice.chance(n, 150) & (first < ASSESSMENTS - 1) & (first > 1)
    last = first + beyond
    # After monotherapy the reading is awaited before the combination may start.
    wait = np.where(last == 1, 1, dice.between(n, 1, 4))
    stop = assessment[np.arange(n), last] + wait
    return np.where(seen.any(axis=1), stop, NEVER), last


def _ends(dice: Dice, subjects: Subjects, plan: _Plan, dlt: Ints, progression: Ints) -> _Ends:
    n = len(dlt)
    death = dice.quantiles(n, (12, 150, 230, 310, 400, 520, 680, 1500))
    withdrawal = _sometimes(dice, 70, dice.between(n, 4, 500))
    loss = _sometimes(dice, 80, dice.between(n, 60, 690))
    cut = np.where(subjects.treated, DATA_CUT - subjects.first_dose, 0)
    stops = {
        BY_DEATH: death,
        BY_WITHDRAWAL: withdrawal,
        BY_LOSS: loss,
        BY_DLT: dlt.min(axis=1),
        BY_TOXICITY: _sometimes(dice, 120, plan.cycle[:, 0] + dice.between(n, 32, 250)),
        BY_PROGRESSION: progression,
        BY_DECISION: _sometimes(dice, 60, dice.between(n, 20, 300)),
        BY_COMPLETION: plan.cycle[:, -1] + CYCLE_DAYS,
        BY_CUT: cut + 1,
    }
    end = np.stack([stops[reason] for reason in sorted(stops)], axis=1)
    leave = np.stack([death, withdrawal, loss, np.full(n, LAST_OFFSET), cut], axis=1)
    leave_reason = leave.argmin(axis=1)
    return _Ends(
        end=end.min(axis=1),
        end_reason=end.argmin(axis=1),
        leave=leave.min(axis=1),
        leave_reason=leave_reason,
        death=np.where(leave_reason == DIED, death, NEVER),
    )


def _evaluable(plan: _Plan, ends: _Ends, entered: Bools, toxic: Bools, both_given: Bools) -> Bools:
    """Find who had a DLT, or got both injections and stayed beyond the window, by phase."""
    opened = np.stack([np.zeros_like(plan.injection), plan.injection], axis=1)
    stayed = ends.end[:, None] > opened + DLT_WINDOW_DAYS - 1
    return np.asarray(entered & (toxic | (both_given & stayed)))


def play(dice: Dice, subjects: Subjects) -> Course:
    """Lead a group of subjects through the trial.

    Args:
        dice: The group's own chance.
        subjects: Those screened, with their dose level and first dose.

    Returns:
        Their course, up to the data cut.
    """
    n, treated = len(subjects.number), subjects.treated
    tumours = grow(dice, subjects.level)
    plan = _plan(dice, n)
    dlt = _dlt_days(dice, subjects.level, plan)
    progression, last_assessment = _progression_stop(dice, tumours, plan.assessment)
    ends = _ends(dice, subjects, plan, dlt, progression)
    stopped_alive = dice.chance(n, 450) & (ends.end_reason > BY_LOSS)
    new_therapy = np.where(stopped_alive, ends.end + dice.between(n, 20, 120), NEVER)
    second_missed = dice.chance(n, 30)
    injection_missed = dice.chance((n, 2 * MAX_CYCLES), 30)
    # The first injection of the combination opens its DLT window and is not left out.
    injection_missed[:, 0] = False

    entered = np.stack([treated, treated & (plan.cycle[:, 0] < ends.end)], axis=1)
    toxic = (dlt == ends.end[:, None]) & (ends.end_reason == BY_DLT)[:, None] & entered
    both_given = ~np.stack([second_missed, injection_missed[:, 1]], axis=1)
    last_day = np.minimum(np.minimum(ends.leave, ends.death - 1), new_therapy - 1)
    assessed = (plan.assessment <= last_day[:, None]) & treated[:, None]
    assessed &= np.arange(ASSESSMENTS) <= last_assessment[:, None]
    return Course(
        subjects=subjects,
        tumours=tumours,
        **vars(plan),
        **vars(ends),
        second_missed=second_missed,
        injection_missed=injection_missed,
        assessed=assessed,
        dlt=np.where(toxic, dlt, NEVER),
        evaluable=_evaluable(plan, ends, entered, toxic, both_given),
        entered=entered,
        new_therapy=new_therapy,
    )
