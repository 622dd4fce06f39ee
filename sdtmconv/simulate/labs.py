"""The local laboratory, by visit and test, in the units of each site."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from sdtmconv.simulate.course import Course
from sdtmconv.simulate.dice import Bools, Dice, Ints
from sdtmconv.simulate.lab_tests import TESTS
from sdtmconv.simulate.protocol import LAB_VISITS, VISITS
from sdtmconv.simulate.subjects import identify
from sdtmconv.simulate.untidy import (
    YES_NO,
    Table,
    Text,
    choose,
    clock,
    decimal,
    edc_date,
    whole,
)
from sdtmconv.simulate.visits import Log, Visits

CEA = len(TESTS) - 1
CEA_LLOQ = 5

NOT_DONE = ("Sample haemolysed", "Sample lost", "Not ordered")
# The laboratories of sites 02, 04 and 06 report in conventional units.
CONVENTIONAL = 2


def _results(dice: Dice, course: Course, log: Log) -> Ints:
    """Give the results in steps of the SI unit, (visit, test)."""
    levels = 1000 * dice.levels(len(course), [test.quantiles for test in TESTS])[log.row]
    treated = (log.offset > 0) & course.subjects.treated[log.row]
    change = np.where(treated[:, None], np.array([test.change for test in TESTS]), 1000)
    spread = np.where(change == 1000, 30, 120)
    noise = 1000 - spread + dice.below(levels.shape, 2 * spread + 1)
    return np.asarray(levels * change // 1000 * noise // 1000 // 1000)


def _in_units(values: Ints, test: Ints, conventional: Bools) -> tuple[Ints, Ints]:
    """Turn steps of the SI unit into steps of the site's unit; give its decimal places, too."""
    times, by = np.array([test.ratio for test in TESTS])[test].T
    si_places, conventional_places = np.array(
        [(test.places, test.conventional_places) for test in TESTS]
    )[test].T
    converted = np.where(conventional, values * times // by, values)
    return converted, np.where(conventional, conventional_places, si_places)


def collect_lb(dice: Dice, course: Course, visits: Visits) -> Table:
    """Write the local laboratory's form, in the units of each site's laboratory."""
    log = visits.attended(LAB_VISITS)
    results = _results(dice, course, log)
    visit, test = (x.reshape(-1) for x in np.indices(results.shape))
    size = len(visit)
    row, value = log.row[visit], results[visit, test]
    conventional = course.subjects.site[row] % CONVENTIONAL == 1
    female = course.subjects.female[row]
    done = ~dice.chance(size, 10)
    low = done & (test == CEA) & (value < CEA_LLOQ)

    def in_units(steps: Ints, known: Bools) -> Text:
        return decimal(*_in_units(steps, test, conventional), known)

    limits = np.array([[test.low, test.high] for test in TESTS])[test, :, (~female).astype(int)]
    timed = ~dice.chance(len(log.row), 40)
    minute = log.minute + 15
    return identify(course.subjects, row) | {
        "VISIT": choose(VISITS, log.visit[visit]),
        "LBOCC": whole(log.occurrence[visit]),
        "LBDAT": edc_date(visits.days(log)[visit]),
        "LBTIM": clock(minute[visit], timed[visit]),
        "LBCAT": choose([test.category for test in TESTS], test),
        "LBTEST": choose([name for test in TESTS for name in test.names], 2 * test + conventional),
        "LBDONE": choose(YES_NO, done),
        "LBREAS": choose(NOT_DONE, dice.below(size, len(NOT_DONE)), ~done),
        "LBORRES": pc.coalesce(
            in_units(value, done & ~low), choose(("<0.5",), np.zeros(size, np.int64), low)
        ),
        "LBORRESU": choose(
            [unit for test in TESTS for unit in test.units], 2 * test + conventional, done
        ),
        "LBORNRLO": in_units(limits[:, 0], limits[:, 0] >= 0),
        "LBORNRHI": in_units(limits[:, 1], limits[:, 1] >= 0),
    }
