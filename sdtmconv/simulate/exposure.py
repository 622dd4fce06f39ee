"""Doses: infusions into the hepatic artery and a vein, and tablets by intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sdtmconv.simulate.course import BY_CUT, NEVER, Course
from sdtmconv.simulate.dice import Bools, Dice, Ints
from sdtmconv.simulate.protocol import (
    DOSE_LEVELS_VP,
    DOSE_TEXTS,
    HAI_IN_CYCLE,
    IV_IN_CYCLE,
    IV_SLOTS,
    MAX_CYCLES,
    ORAL_DAYS,
    PHASES,
    REGORAFENIB_MG,
    REGORAFENIB_REDUCED_MG,
    TORIPALIMAB_MG,
)
from sdtmconv.simulate.subjects import identify
from sdtmconv.simulate.untidy import (
    FULL,
    NO_DAY,
    YES_NO,
    Table,
    choose,
    clock,
    constant,
    edc_date,
    number_lines,
    scientific,
    whole,
)
from sdtmconv.simulate.visits import Visits

MISSED_REASONS = (
    "Adverse event",
    "Infusion pump not available",
    "Subject's request",
    "Hepatic artery could not be catheterised",
)
INTERRUPTION_REASONS = ("Infusion related reaction", "Catheter displaced", "Pump alarm")
INFUSION_REACTION = 0
HAI_VISITS = (
    "Mono D1",
    "Mono D15",
    *(f"Comb C{cycle}D{day}" for cycle in range(1, MAX_CYCLES + 1) for day in (2, 16)),
)
IV_VISITS = tuple(f"Comb C{cycle}D{day}" for cycle in range(1, MAX_CYCLES + 1) for day in (1, 15))
FULL_VOLUME_ML = 20
SEGMENTS = 3
NO_CHANGE, INTERRUPTED, REDUCED = range(3)
ORAL_CHANGES = ("No change", "Interrupted", "Dose reduced")


@dataclass(frozen=True)
class Infusions:
    """Infusions of one drug; every array is (subject, slot).

    Args:
        offset: Planned and actual day.
        due: False where treatment had ended before.
        percent: Share of the planned dose that was given; 0 for a missed dose.
        start: Minutes after midnight.
        duration: Minutes.
        interruption: Position in INTERRUPTION_REASONS; -1 where not interrupted.
        missed_reason: Position in MISSED_REASONS.
        start_known: False where nobody wrote the start time down.
        end_known: False where nobody wrote the end time down.
    """

    offset: Ints
    due: Bools
    percent: Ints
    start: Ints
    duration: Ints
    interruption: Ints
    missed_reason: Ints
    start_known: Bools
    end_known: Bools

    @property
    def given(self) -> Bools:
        """True where at least a part of the dose was given."""
        return self.due & (self.percent > 0)


@dataclass(frozen=True)
class Tablets:
    """Regorafenib by intervals of constant dose; every array is (subject, cycle, segment).

    Args:
        start: First offset of the interval.
        end: Last offset of the interval.
        dose: Milligrams a day; 0 while interrupted.
        change: NO_CHANGE, INTERRUPTED or REDUCED at the start of the interval.
        taken: True where the interval exists.
        ongoing: True where it was not over at the data cut.
        start_known: FULL or NO_DAY.
    """

    start: Ints
    end: Ints
    dose: Ints
    change: Ints
    taken: Bools
    ongoing: Bools
    start_known: Ints


@dataclass(frozen=True)
class Exposure:
    """All that a group of subjects was given."""

    hai: Infusions
    iv: Infusions
    tablets: Tablets


def _infuse(
    dice: Dice, offset: Ints, due: Bools, missed: Bools, minutes: tuple[int, int]
) -> Infusions:
    shape = offset.shape
    interrupted = dice.chance(shape, 50)
    cut_short = interrupted & dice.chance(shape, 450)
    percent = np.where(cut_short, 5 * dice.between(shape, 8, 18), 100)
    start_known = ~dice.chance(shape, 25)
    # The first dose opens every study day: its time is never missing.
    start_known[:, 0] = True
    return Infusions(
        offset=offset,
        due=due,
        percent=np.where(missed, 0, percent),
        start=9 * 60 + 30 + dice.below(shape, 150),
        duration=dice.between(shape, *minutes) + 15 * interrupted,
        interruption=np.where(interrupted & ~missed, dice.pick(shape, (5, 3, 2)), -1),
        missed_reason=dice.pick(shape, (5, 2, 3, 1)),
        start_known=start_known,
        end_known=~dice.chance(shape, 25),
    )


def _hai(dice: Dice, course: Course) -> Infusions:
    in_cycles = (course.cycle[:, :, None] + np.array(HAI_IN_CYCLE)).reshape(len(course), -1)
    mono = np.stack([np.zeros(len(course), dtype=np.int64), course.second_dose], axis=1)
    offset = np.concatenate([mono, in_cycles], axis=1)
    not_missed = np.zeros((len(course), 1), dtype=bool)
    missed = np.concatenate(
        [not_missed, course.second_missed[:, None], course.injection_missed], axis=1
    )
    due = (offset < course.end[:, None]) & course.subjects.treated[:, None]
    return _infuse(dice, offset, due, missed, (20, 60))


def _iv(dice: Dice, course: Course) -> Infusions:
    offset = (course.cycle[:, :, None] + np.array(IV_IN_CYCLE)).reshape(len(course), -1)
    due = (offset < course.end[:, None]) & course.subjects.treated[:, None]
    return _infuse(dice, offset, due, dice.chance((len(course), IV_SLOTS), 25), (30, 60))


def _segments(first: Ints, last: Ints, change: Ints, turn: Ints, pause: Ints) -> tuple[Ints, Ints]:
    """Split each cycle's interval where the dose changes; an empty one ends before it starts."""
    never = last + 1
    second = np.where(change == NO_CHANGE, never, np.minimum(first + turn, never))
    third = np.where(change == INTERRUPTED, np.minimum(second + pause, never), never)
    starts = np.stack([first, second, third], axis=2)
    return starts, np.stack([second - 1, third - 1, last], axis=2)


def _changes(dice: Dice, shape: tuple[int, ...]) -> tuple[Ints, Ints]:
    """Throw what changes in each cycle, and give the dose at its segments."""
    change = dice.pick(shape, (84, 9, 7))
    reductions = np.cumsum(change == REDUCED, axis=1)
    # The dose is reduced once and stays so.
    change = np.where((change == REDUCED) & (reductions > 1), NO_CHANGE, change)
    level = np.where(reductions > (change == REDUCED), REGORAFENIB_REDUCED_MG, REGORAFENIB_MG)
    found = [change == INTERRUPTED, change == REDUCED]
    second = np.select(found, [0, REGORAFENIB_REDUCED_MG], level)
    return change, np.stack([level, second, level], axis=2)


def _tablets(dice: Dice, course: Course, visits: Visits) -> Tablets:
    shape = course.cycle.shape
    change, dose_at = _changes(dice, shape)
    stop = np.minimum(course.end - 1, visits.known_until)[:, None]
    planned_last = course.cycle + ORAL_DAYS - 1
    first, last = course.cycle, np.minimum(planned_last, stop)
    turn, pause = dice.between(shape, 5, 12), dice.between(shape, 2, 5)
    start, end = _segments(first, last, change, turn, pause)
    started = (first < course.end[:, None]) & course.subjects.treated[:, None] & (first <= stop)
    taken = started[:, :, None] & (start <= end)
    forgotten = dice.chance(shape, 40)[:, :, None] & (np.arange(SEGMENTS) == 0)
    change_at = np.zeros((*shape, SEGMENTS), dtype=np.int64)
    change_at[:, :, 1] = change
    cut_off = (course.end_reason == BY_CUT)[:, None] & (planned_last > course.cut[:, None])
    ongoing = taken & cut_off[:, :, None]
    # Only a cycle's last interval can go on.
    ongoing[:, :, 0] &= ~taken[:, :, 1:].any(axis=2)
    ongoing[:, :, 1] &= ~taken[:, :, 2]
    return Tablets(
        start=start,
        end=end,
        dose=dose_at,
        change=change_at,
        taken=taken,
        ongoing=ongoing,
        start_known=np.where(forgotten, NO_DAY, FULL),
    )


def dose(dice: Dice, course: Course, visits: Visits) -> Exposure:
    """Give a group of subjects their drugs.

    Args:
        dice: The group's own chance.
        course: Their course.
        visits: Their visits.

    Returns:
        All doses, the missed ones too.
    """
    return Exposure(_hai(dice, course), _iv(dice, course), _tablets(dice, course, visits))


def compute_amount(course: Course, hai: Infusions) -> Ints:
    """Compute the viral particles given at each injection, (subject, slot)."""
    level = np.maximum(course.subjects.level, 1) - 1
    return np.asarray(np.array(DOSE_LEVELS_VP)[level][:, None] // 100 * hai.percent)


def compute_last_dose(exposure: Exposure) -> Ints:
    """Find the offset of the last recorded dose; -NEVER for the untreated.

    An interval of tablets still going on at the data cut has no end date: its start counts.
    """
    tablets = exposure.tablets
    until = np.where(tablets.ongoing, tablets.start, tablets.end)
    until = np.where(tablets.taken & (tablets.dose > 0), until, -NEVER)
    infused = [np.where(drug.given, drug.offset, -NEVER) for drug in (exposure.hai, exposure.iv)]
    n = len(until)
    return np.asarray(np.concatenate([until.reshape(n, -1), *infused], axis=1).max(axis=1))


def _collect_infusions(
    course: Course, infusions: Infusions, prefix: str, visit_names: tuple[str, ...]
) -> tuple[Table, Ints, Ints]:
    row, slot = np.nonzero(infusions.due)
    given = infusions.given[row, slot]
    day = course.subjects.first_dose[row] + infusions.offset[row, slot]
    start = infusions.start[row, slot]
    interrupted = infusions.interruption[row, slot]
    missed_reason = choose(MISSED_REASONS, infusions.missed_reason[row, slot], ~given)
    times = {
        "YN": choose(YES_NO, given),
        "REAS": missed_reason,
        "STDAT": edc_date(day, given),
        "STTIM": clock(start, given & infusions.start_known[row, slot]),
        "ENDAT": edc_date(day, given),
        "ENTIM": clock(
            start + infusions.duration[row, slot], given & infusions.end_known[row, slot]
        ),
        "INT": choose(YES_NO, interrupted >= 0, given),
        "INTRE": choose(INTERRUPTION_REASONS, interrupted),
    }
    table = identify(course.subjects, row) | {"VISIT": choose(visit_names, slot)}
    return table | {prefix + name: text for name, text in times.items()}, row, slot


def collect_ec_hai(course: Course, exposure: Exposure) -> Table:
    """Write the form on BioTTT001 infusions."""
    hai = exposure.hai
    table, row, slot = _collect_infusions(course, hai, "HAI", HAI_VISITS)
    given = hai.given[row, slot]
    percent = hai.percent[row, slot]
    return table | {
        "PHASE": choose(PHASES, slot >= 2),
        "HAITRT": constant("BioTTT001", len(row)),
        "HAIPDOSE": choose(DOSE_TEXTS, course.subjects.level[row] - 1),
        "HAIADOSE": scientific(compute_amount(course, hai)[row, slot], given),
        "HAIUNIT": constant("VP", len(row)),
        "HAIVOL": whole(FULL_VOLUME_ML * percent // 100, given),
        "HAIADJ": choose(YES_NO, percent < 100, given),
    }


def collect_ec_iv(course: Course, exposure: Exposure) -> Table:
    """Write the form on toripalimab infusions."""
    iv = exposure.iv
    table, row, slot = _collect_infusions(course, iv, "IV", IV_VISITS)
    size = len(row)
    amount = TORIPALIMAB_MG * iv.percent[row, slot] // 100
    return table | {
        "IVTRT": constant("Toripalimab", size),
        "IVPDOSE": constant(str(TORIPALIMAB_MG), size),
        "IVADOSE": whole(amount, iv.given[row, slot]),
        "IVUNIT": constant("mg", size),
    }


def collect_ec_po(course: Course, exposure: Exposure) -> Table:
    """Write the form on regorafenib intervals."""
    tablets = exposure.tablets
    row, cycle, segment = np.nonzero(tablets.taken)
    size = len(row)
    first_dose = course.subjects.first_dose[row]
    ongoing = tablets.ongoing[row, cycle, segment]
    change = tablets.change[row, cycle, segment]
    amount = tablets.dose[row, cycle, segment]
    # The last dose must be told from the records: the start of what still goes on is known.
    known = np.where(ongoing, FULL, tablets.start_known[row, cycle, segment])
    return identify(course.subjects, row) | {
        "POLINE": number_lines(row),
        "CYCLE": whole(cycle + 1),
        "POTRT": constant("Regorafenib", size),
        "POPDOSE": constant(str(REGORAFENIB_MG), size),
        "POADOSE": whole(amount),
        "POUNIT": constant("mg", size),
        "POFREQ": constant("Once daily", size),
        "POSTDAT": edc_date(first_dose + tablets.start[row, cycle, segment], known),
        "POENDAT": edc_date(first_dose + tablets.end[row, cycle, segment], ~ongoing),
        "POONGO": choose(YES_NO, ongoing),
        "POCHG": choose(ORAL_CHANGES, change),
        "POREAS": choose(("Adverse event",), np.zeros(size, dtype=np.int64), change > 0),
    }
