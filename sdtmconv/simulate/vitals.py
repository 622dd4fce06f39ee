"""Vital signs and ECG, by visit."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from sdtmconv.simulate.course import Course
from sdtmconv.simulate.dice import Bools, Dice, Ints
from sdtmconv.simulate.protocol import (
    ECG_VISITS,
    STUDY,
    VISIT_INDEX,
    VISITS,
    VITAL_VISITS,
    WEIGHT_VISITS,
)
from sdtmconv.simulate.subjects import SITES, compute_ids, identify
from sdtmconv.simulate.untidy import (
    Table,
    Text,
    choose,
    clock,
    constant,
    decimal,
    edc_date,
    whole,
)
from sdtmconv.simulate.visits import Log, Visits

# Site 05 measures temperature in Fahrenheit.
FAHRENHEIT_SITE = 4
POSITIONS = ("Sitting", "Supine", "Semi-recumbent")
# Systolic and diastolic pressure, pulse, respiration.
VITAL_QUANTILES = (
    (98, 116, 125, 134, 158),
    (58, 70, 77, 83, 96),
    (56, 68, 76, 84, 104),
    (12, 15, 17, 18, 22),
)
HIGH_PRESSURE = 150

ECG_TESTS = ("Heart rate", "PR interval", "QRS duration", "QT interval", "QTcF interval")
ECG_QUANTILES = (
    (52, 66, 74, 84, 108),
    (118, 145, 160, 174, 214),
    (74, 86, 94, 102, 124),
    (345, 372, 388, 404, 448),
    (378, 402, 416, 430, 468),
)
ECG_UNITS = ("beats/min", "msec", "msec", "msec", "msec")
ECG_READINGS = (
    "Normal",
    "Abnormal, not clinically significant",
    "Abnormal, clinically significant",
)


def collect_eg(dice: Dice, course: Course, visits: Visits) -> Table:
    """Write the ECG form: five measurements and a reading."""
    log = visits.attended(ECG_VISITS)
    levels = 1000 * dice.levels(len(course), ECG_QUANTILES)[log.row]
    values = levels * (960 + dice.below(levels.shape, 81)) // 1_000_000
    tests = len(ECG_TESTS) + 1
    visit, test = (x.reshape(-1) for x in np.indices((len(log.row), tests)))
    measured = test < len(ECG_TESTS)
    number = whole(values[visit, np.minimum(test, len(ECG_TESTS) - 1)], measured)
    reading = choose(ECG_READINGS, dice.pick(len(visit), (80, 17, 3)), ~measured)
    return identify(course.subjects, log.row[visit]) | {
        "VISIT": choose(VISITS, log.visit[visit]),
        "EGOCC": whole(log.occurrence[visit]),
        "EGDAT": edc_date(visits.days(log)[visit]),
        "EGTIM": clock(log.minute[visit] + 10),
        "EGTEST": choose((*ECG_TESTS, "Interpretation"), test),
        "EGORRES": pc.coalesce(number, reading),
        "EGORRESU": choose(ECG_UNITS, test, measured),
    }


def _repeated(log: Log, systolic: Ints) -> tuple[Ints, Ints]:
    """Take blood pressure twice where it is high: say which visit, and which time it is."""
    copies = np.repeat(np.arange(len(log.row)), 1 + (systolic >= HIGH_PRESSURE))
    return copies, np.append(0, copies[1:] == copies[:-1]).astype(np.int64)


def _items(name: str, values: Text, unit: str) -> Table:
    return {name: values, f"{name}.UNIT": pc.if_else(values.is_valid(), unit, None)}


def _count_visits(log: Log) -> Ints:
    """Number the visits of one name within a subject: 1, and 2 for repeated and later ones."""
    key = log.row * len(VISITS) + log.visit
    order = np.argsort(key, kind="stable")
    sorted_key = key[order]
    count = np.empty(len(key), dtype=np.int64)
    count[order] = np.arange(len(key)) - np.searchsorted(sorted_key, sorted_key) + 1
    return count


def _keys(course: Course, log: Log, copies: Ints, again: Ints) -> Table:
    """Write what ODM-XML says of each record above its items."""
    size, visit = len(copies), log.visit[copies]
    events = [f"SE.{name.replace(' ', '_').upper()}" for name in VISITS]
    return {
        "STUDYOID": constant(STUDY, size),
        "SITEOID": choose(SITES, course.subjects.site[log.row[copies]]),
        "SUBJECTKEY": compute_ids(course.subjects).take(log.row[copies]),
        "STUDYEVENTOID": choose(events, visit),
        "STUDYEVENTREPEATKEY": whole(_count_visits(log)[copies]),
        "FORMOID": constant("F.VS", size),
        "FORMREPEATKEY": constant("1", size),
        "ITEMGROUPREPEATKEY": whole(again + 1),
        "VISIT": choose(VISITS, visit),
    }


def _body(dice: Dice, course: Course, row: Ints, visit: Ints, first: Bools) -> Table:
    """Write temperature, weight and height; none of them is measured again."""
    n, size = len(course), len(row)
    fahrenheit = course.subjects.site[row] == FAHRENHEIT_SITE
    celsius = 364 + dice.below(size, 12) + 14 * dice.chance(size, 30)
    height = dice.quantiles(n, (148, 158, 164, 171, 188))[row]
    weight = dice.quantiles(n, (430, 540, 610, 700, 950))[row] - dice.below(size, 25)
    weighed = first & np.isin(visit, [VISIT_INDEX[name] for name in WEIGHT_VISITS])
    # The first record of a subject is that of the first screening visit.
    measured = np.append(True, row[1:] != row[:-1])
    return {
        "TEMP": decimal(np.where(fahrenheit, celsius * 9 // 5 + 320, celsius), 1, first),
        "TEMP.UNIT": choose(("C", "F"), fahrenheit, first),
        **_items("WEIGHT", decimal(weight, 1, weighed), "kg"),
        **_items("HEIGHT", whole(height, measured), "cm"),
    }


def collect_vs(dice: Dice, course: Course, visits: Visits) -> Table:
    """Write the vital signs form: one record per visit, and per repeated measurement."""
    log = visits.attended(VITAL_VISITS)
    levels = 1000 * dice.levels(len(course), VITAL_QUANTILES)[log.row]
    values = levels * (950 + dice.below(levels.shape, 101)) // 1_000_000
    copies, again = _repeated(log, values[:, 0])
    size, first = len(copies), again == 0
    values = values[copies] - 4 * again[:, None]
    known = ~dice.chance(values.shape, 8)
    known[:, 2:] &= first[:, None]
    timed, placed = ~dice.chance(size, 40), ~dice.chance(size, 60)
    return {
        **_keys(course, log, copies, again),
        "VSDAT": edc_date(visits.days(log)[copies]),
        "VSTIM": clock(log.minute[copies] + 5 + 10 * again, timed),
        "VSPOS": choose(POSITIONS, dice.pick(size, (70, 22, 8)), placed),
        **_items("SYSBP", whole(values[:, 0], known[:, 0]), "mmHg"),
        **_items("DIABP", whole(values[:, 1], known[:, 1]), "mmHg"),
        **_items("PULSE", whole(values[:, 2], known[:, 2]), "beats/min"),
        **_items("RESP", whole(values[:, 3], known[:, 3]), "breaths/min"),
        **_body(dice, course, log.row[copies], log.visit[copies], first),
    }
