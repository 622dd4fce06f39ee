"""The 3+3 dose escalation, and the expansion that follows it.

A subject counts for the decision when DLT-evaluable: with a DLT in either phase, or evaluable in
both phases without one. Who does not count is replaced. A level is tolerated with no DLT in 3 or
at most one in 6; the MTD is the highest tolerated level with 6 subjects that count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sdtmconv.simulate.course import NEVER, Course, concatenate, play
from sdtmconv.simulate.dice import Bools, Dice, Ints
from sdtmconv.simulate.protocol import (
    COHORT_SIZE,
    DLT_WINDOW_DAYS,
    DOSE_LEVELS_VP,
    FIRST_CONSENT,
    HAI_IN_CYCLE,
    LAST_CONSENT,
    MOST_PER_LEVEL,
)
from sdtmconv.simulate.subjects import screen

ESCALATE = "ESCALATE"
ENROL_THREE_MORE = "ENROL 3 MORE"
EXCEEDED = "MTD EXCEEDED"
DECLARE_MTD = "DECLARE MTD"
INCOMPLETE = "INCOMPLETE"

BLOCK = 1000
# Days before the last consent that the expansion keeps for itself, come what may.
SHORTEST_EXPANSION = 120


@dataclass(frozen=True)
class Cohort:
    """One cohort of three, and what was decided after it.

    Args:
        number: 1, 2, 3, ...
        level: Dose level 1-4.
        counted: Subjects of the cohort that count for the decision.
        dlts: Subjects of the cohort with a DLT.
        level_counted: The same over all cohorts of the level so far.
        level_dlts: The same over all cohorts of the level so far.
        decision: ESCALATE, ENROL_THREE_MORE, EXCEEDED, DECLARE_MTD or INCOMPLETE.
    """

    number: int
    level: int
    counted: int
    dlts: int
    level_counted: int
    level_dlts: int
    decision: str


def compute_counts(course: Course) -> tuple[Bools, Bools]:
    """Say who counts for the 3+3 decision, and who had a DLT.

    Args:
        course: The subjects.

    Returns:
        One truth value per subject: counts, had a DLT.
    """
    toxic = np.asarray(np.any(course.dlt < NEVER, axis=1))
    return toxic | np.all(course.evaluable, axis=1), toxic


def decide(level: int, counted: int, dlts: int, ceiling: int) -> str:
    """Decide by the 3+3 rule what follows at a dose level.

    Args:
        level: Dose level 1-4.
        counted: Subjects at the level that count: 3 or 6; fewer only when the trial ran out.
        dlts: How many of them had a DLT.
        ceiling: Highest level that is not known to be too much.

    Returns:
        The decision.

    >>> decide(1, 3, 0, 4), decide(1, 3, 1, 4), decide(1, 6, 1, 4), decide(1, 6, 2, 4)
    ('ESCALATE', 'ENROL 3 MORE', 'ESCALATE', 'MTD EXCEEDED')
    >>> decide(2, 3, 0, 2), decide(2, 6, 1, 2)
    ('ENROL 3 MORE', 'DECLARE MTD')
    """
    if dlts >= 2:
        return EXCEEDED
    if counted not in (COHORT_SIZE, MOST_PER_LEVEL):
        return INCOMPLETE
    if counted == MOST_PER_LEVEL:
        return DECLARE_MTD if level == ceiling else ESCALATE
    return ENROL_THREE_MORE if dlts or level == ceiling else ESCALATE


class Trial:
    """The trial as it goes: subjects enrol in order, and cohorts decide the next dose level.

    Args:
        subjects: How many are screened in all.
        seed: The user's seed.
    """

    def __init__(self, subjects: int, seed: int) -> None:
        self.cohorts: list[Cohort] = []
        self.mtd = 0
        self._subjects = subjects
        self._seed = seed
        self._screened = 0
        self._next_consent = FIRST_CONSENT
        self._courses: list[Course] = []

    def play(self) -> Iterator[Course]:
        """Lead all subjects through the trial.

        Yields:
            Groups of at most about a thousand subjects, in order of consent.
        """
        self._escalate()
        if self._courses:
            yield concatenate(self._courses)
        yield from self._expand()

    def _escalate(self) -> None:
        level, ceiling = 1, len(DOSE_LEVELS_VP)
        while level and self._screened < self._subjects:
            cohort = self._run_cohort(level, ceiling)
            self.cohorts.append(cohort)
            if cohort.decision == DECLARE_MTD:
                self.mtd = level
            if cohort.decision in (DECLARE_MTD, INCOMPLETE):
                return
            if cohort.decision == ESCALATE:
                level += 1
            elif cohort.decision == EXCEEDED:
                level -= 1
                ceiling = level
                if self._count(level)[0] == MOST_PER_LEVEL:
                    self.mtd = level
                    return

    def _count(self, level: int) -> tuple[int, int]:
        """Count, over the cohorts of a level, who counts and who had a DLT."""
        of_level = [cohort for cohort in self.cohorts if cohort.level == level]
        return sum(c.counted for c in of_level), sum(c.dlts for c in of_level)

    def _run_cohort(self, level: int, ceiling: int) -> Cohort:
        """Enrol until three count, replacing those who do not, and decide."""
        number = len(self.cohorts) + 1
        counted = dlts = 0
        leavers: list[int] = []
        while counted < COHORT_SIZE and self._screened < self._subjects:
            course = self._run_group(number, level, COHORT_SIZE - counted, leavers)
            counts, toxic = compute_counts(course)
            leavers += course.subjects.number[course.subjects.treated & ~counts].tolist()
            counted += int(counts.sum())
            dlts += int(toxic.sum())
        before_counted, before_dlts = self._count(level)
        totals = (before_counted + counted, before_dlts + dlts)
        return Cohort(number, level, counted, dlts, *totals, decide(level, *totals, ceiling))

    def _run_group(self, cohort: int, level: int, size: int, leavers: list[int]) -> Course:
        """Screen until `size` subjects are treated, then wait until it is known who counts."""
        courses: list[Course] = []
        treated = 0
        while treated < size and self._screened < self._subjects:
            course = self._screen_few(cohort, level, size - treated, leavers)
            treated += int(course.subjects.treated.sum())
            courses.append(course)
        self._courses += courses
        group = concatenate(courses)
        self._next_consent = int(_decision_day(group).max()) + 1
        return group

    def _screen_few(self, cohort: int, level: int, size: int, leavers: list[int]) -> Course:
        numbers = self._next_numbers(size)
        dice = Dice(self._seed, "escalation", int(numbers[0]))
        consent = self._next_consent + np.cumsum(dice.between(len(numbers), 1, 7))
        subjects = screen(dice, numbers, consent, level, cohort)
        for row in np.flatnonzero(subjects.treated)[: len(leavers)]:
            subjects.replaces[row] = leavers.pop(0)
        self._next_consent = int(consent[-1])
        return play(dice, subjects)

    def _next_numbers(self, size: int) -> Ints:
        last = min(self._screened + size, self._subjects)
        numbers = np.arange(self._screened + 1, last + 1)
        self._screened = last
        return numbers

    def _expand(self) -> Iterator[Course]:
        start = min(self._next_consent + 14, LAST_CONSENT - SHORTEST_EXPANSION)
        before = self._screened
        while self._screened < self._subjects:
            numbers = self._next_numbers(BLOCK)
            dice = Dice(self._seed, "expansion", int(numbers[0]))
            place = (numbers - before - 1) * (LAST_CONSENT - start)
            consent = start + place // max(self._subjects - before - 1, 1)
            yield play(dice, screen(dice, numbers, consent, self.mtd, 0))


def _decision_day(course: Course) -> Ints:
    """Find the day on which it is known whether a subject counts."""
    window = course.cycle[:, 0] + HAI_IN_CYCLE[0] + DLT_WINDOW_DAYS - 1
    known = course.subjects.first_dose + np.minimum(course.end, window)
    return np.where(course.subjects.treated, known, course.subjects.consent)
