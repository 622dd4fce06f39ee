"""What the four laboratories measure within 28 days of the first dose.

Adenovirus copies in plasma and shed by site, IL-12 in serum, and neutralising antibody against
adenovirus. Concentrations are whole numbers made by whole-number arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sdtmconv.simulate.course import Course
from sdtmconv.simulate.dice import Dice, Ints
from sdtmconv.simulate.exposure import Exposure
from sdtmconv.simulate.protocol import VISIT_INDEX
from sdtmconv.simulate.visits import Visits

PRE_DOSE = 0


@dataclass(frozen=True)
class Point:
    """A planned sample.

    Args:
        visit: Visit at which it is taken.
        dose: Injection to which its nominal time refers, 1 or 2.
        minutes: Nominal time after that injection; PRE_DOSE for before it.
        share: Concentration in millionths of the peak after that injection, alone.
    """

    visit: str
    dose: int
    minutes: int
    share: int

    @property
    def label(self) -> str:
        """The nominal time as the laboratory prints it."""
        if self.minutes == PRE_DOSE:
            return "Pre-dose"
        return f"{format_hours(self.minutes)} h post-dose"


def format_hours(minutes: int) -> str:
    """Write a whole number of half hours: 0.5, 2."""
    return f"{minutes // 60}.5" if minutes % 60 else str(minutes // 60)


PK_POINTS = (
    Point("Mono D1", 1, PRE_DOSE, 0),
    Point("Mono D1", 1, 30, 1_000_000),
    Point("Mono D1", 1, 120, 420_000),
    Point("Mono D1", 1, 360, 130_000),
    Point("Mono D2", 1, 24 * 60, 40_000),
    Point("Mono D4", 1, 72 * 60, 70_000),
    Point("Mono D8", 1, 168 * 60, 4_000),
    # Taken 14 days after the first dose: it serves both.
    Point("Mono D15", 2, PRE_DOSE, 300),
    Point("Mono D15", 2, 30, 700_000),
    Point("Mono D15", 2, 120, 250_000),
    Point("Mono D15", 2, 360, 70_000),
    Point("Mono D16", 2, 24 * 60, 15_000),
    Point("Mono D22", 2, 168 * 60, 900),
    Point("Mono D28", 2, 312 * 60, 40),
)
IL12_POINTS = (
    Point("Mono D1", 1, PRE_DOSE, 0),
    Point("Mono D1", 1, 360, 250_000),
    Point("Mono D2", 1, 24 * 60, 1_000_000),
    Point("Mono D4", 1, 72 * 60, 600_000),
    Point("Mono D8", 1, 168 * 60, 120_000),
    Point("Mono D15", 2, PRE_DOSE, 10_000),
    Point("Mono D16", 2, 24 * 60, 500_000),
    Point("Mono D22", 2, 168 * 60, 60_000),
    Point("Mono D28", 2, 312 * 60, 5_000),
)
SHED_POINTS = (
    Point("Mono D1", 1, PRE_DOSE, 0),
    Point("Mono D2", 1, 24 * 60, 1_000_000),
    Point("Mono D4", 1, 72 * 60, 500_000),
    Point("Mono D8", 1, 168 * 60, 80_000),
    Point("Mono D15", 2, PRE_DOSE, 5_000),
    Point("Mono D22", 2, 168 * 60, 60_000),
    Point("Mono D28", 2, 312 * 60, 5_000),
)
NAB_POINTS = (
    Point("Mono D1", 1, PRE_DOSE, 0),
    Point("Mono D8", 1, 168 * 60, 1),
    Point("Mono D15", 2, PRE_DOSE, 2),
    Point("Mono D28", 2, 312 * 60, 4),
)

# Peak by dose level 0-4: copies/mL of plasma, and tenths of pg/mL of IL-12.
PLASMA_PEAK = np.array([0, 8_000, 80_000, 700_000, 1_500_000])
IL12_PEAK = np.array([0, 150, 400, 1_500, 3_000])

SPECIMENS = ("Injection site swab", "Rectal swab", "Throat swab", "Urine")
# Peak by specimen, at dose level 4.
SHED_PEAK = np.array([20_000, 900, 4_000, 1_500])
# A lower dose sheds less: parts of a thousand by dose level 0-4.
SHED_SHARE = np.array([0, 60, 200, 700, 1000])

TITRES = (10, 40, 160, 640, 2_560, 10_240)
# Steps of the ladder by which the titre has risen at D8, D15 and D28: quantiles.
RISES = ((0, 0, 0, 0, 0), (0, 0, 1, 1, 3), (0, 1, 2, 3, 5), (0, 2, 3, 4, 6))


@dataclass(frozen=True)
class Samples:
    """Samples taken; one value per sample.

    Args:
        row: The subject's position in the group.
        point: Position in the list of planned samples.
        day: Day of collection, counted from 1970-01-01.
        minute: Minutes after midnight.
        true: True concentration; what the laboratory would find with no limit.
    """

    row: Ints
    point: Ints
    day: Ints
    minute: Ints
    true: Ints


@dataclass(frozen=True)
class Kinetics:
    """All samples of a group of subjects; titres are positions in TITRES, -1 below the first."""

    plasma: Samples
    il12: Samples
    shedding: tuple[Samples, ...]
    antibody: Samples


def round_to_three_digits(values: Ints) -> Ints:
    """Round whole numbers to three significant digits, half up.

    >>> round_to_three_digits(np.array([7, 999, 12_345, 99_950])).tolist()
    [7, 999, 12300, 100000]
    """
    rounded = values
    for unit in (10**power for power in range(1, 15)):
        whole_units = (values + unit // 2) // unit * unit
        rounded = np.where(values >= 100 * unit, whole_units, rounded)
    return rounded


def _take(
    dice: Dice, course: Course, visits: Visits, exposure: Exposure, points: tuple[Point, ...]
) -> tuple[Ints, Ints, Ints, Ints]:
    """Take the samples that could be taken: subject, point, day and minute of each."""
    visit = np.array([VISIT_INDEX[point.visit] for point in points])
    after_second = np.array([point.dose == 2 and point.minutes > PRE_DOSE for point in points])
    second = exposure.hai.given[:, 1]
    possible = visits.made[:, visit] & (second[:, None] | ~after_second)
    row, point = np.nonzero(possible)
    dose = np.array([point.dose for point in points])[point] - 1
    nominal = np.array([point.minutes for point in points])[point]
    delay = dice.between(len(row), -3, 8)
    before = -dice.between(len(row), 10, 40)
    # On later days the visit gives the day, and the hour is about that of the injection.
    of_day = nominal % (24 * 60)
    minute = exposure.hai.start[row, dose] + np.where(nominal == PRE_DOSE, before, of_day + delay)
    return row, point, visits.origin[row] + visits.offset[row, visit[point]], minute


def _concentrations(
    dice: Dice, course: Course, points: tuple[Point, ...], row: Ints, point: Ints, peak: Ints
) -> Ints:
    """Multiply the peak by the subject's own factor, the point's share and a sample's own error."""
    own = dice.quantiles(len(course), (250, 600, 850, 1100, 1700, 4000))[row]
    error = dice.between(len(row), 800, 1250)
    share = np.array([point.share for point in points])[point]
    return np.asarray(peak * own // 1000 * share // 1_000_000 * error // 1000)


def sample(dice: Dice, course: Course, visits: Visits, exposure: Exposure) -> Kinetics:
    """Take and measure all samples of a group of subjects.

    Args:
        dice: The group's own chance.
        course: Their course.
        visits: Their visits.
        exposure: Their doses.

    Returns:
        The samples, with what is truly in them.
    """
    level = course.subjects.level

    def take(points: tuple[Point, ...], peak: Ints) -> Samples:
        row, point, day, minute = _take(dice, course, visits, exposure, points)
        true = _concentrations(dice, course, points, row, point, peak[row])
        return Samples(row, point, day, minute, round_to_three_digits(true))

    plasma = take(PK_POINTS, PLASMA_PEAK[level])
    rise = take(IL12_POINTS, IL12_PEAK[level])
    ground = dice.quantiles(len(course), (5, 15, 25, 40, 80))[rise.row]
    shedding = tuple(
        take(SHED_POINTS, peak * SHED_SHARE[level] // 1000) for peak in SHED_PEAK.tolist()
    )
    return Kinetics(
        plasma=plasma,
        il12=Samples(rise.row, rise.point, rise.day, rise.minute, rise.true + ground),
        shedding=shedding,
        antibody=_antibody(dice, course, visits, exposure),
    )


def _antibody(dice: Dice, course: Course, visits: Visits, exposure: Exposure) -> Samples:
    row, point, day, minute = _take(dice, course, visits, exposure, NAB_POINTS)
    n = len(course)
    before = dice.pick(n, (45, 25, 18, 9, 3)) - 1
    rises = np.stack([dice.quantiles(n, steps) for steps in RISES], axis=1)
    # A titre does not fall within these weeks.
    step = np.maximum.accumulate(before[:, None] + rises, axis=1)[row, point]
    return Samples(row, point, day, minute, step)


def compute_titre(step: Ints) -> Ints:
    """Turn a step of the ladder, 0 or more, into its titre: 10, 40, 160, ..."""
    return 10 * 4 ** np.maximum(step, 0)
