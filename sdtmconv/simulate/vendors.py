"""The deliveries of the four laboratories, each in a style of its own."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sdtmconv.simulate.course import Course
from sdtmconv.simulate.dice import Bools, Dice
from sdtmconv.simulate.kinetics import (
    IL12_POINTS,
    NAB_POINTS,
    PK_POINTS,
    SHED_POINTS,
    SPECIMENS,
    TITRES,
    Kinetics,
    Point,
    Samples,
    format_hours,
)
from sdtmconv.simulate.protocol import STUDY
from sdtmconv.simulate.subjects import compute_ids
from sdtmconv.simulate.untidy import (
    Table,
    Text,
    american_date,
    choose,
    clock,
    constant,
    decimal,
    iso_date,
    join,
    sas_datetime,
    whole,
)

PLASMA_LLOQ = 50
IL12_LLOQ_TENTHS = 39
SHED_LLOQ = 100
NO_RESULT = ("Sample haemolysed, no result", "Insufficient volume")
# Which record of a block of subjects stands there twice.
DUPLICATE = 2


def _head(course: Course, samples: Samples, points: tuple[Point, ...], letters: str) -> Table:
    """Write what every delivery begins with; the sample number is unique within it."""
    row, point = samples.row, samples.point
    number = join("-", constant(letters, len(row)), compute_ids(course.subjects).take(row))
    return {
        "STUDY": constant(STUDY, len(row)),
        "SUBJECT": compute_ids(course.subjects).take(row),
        "VISIT": choose([planned.visit for planned in points], point),
        "SAMPID": join("-", number, whole(point + 1)),
    }


def _nominal(samples: Samples, points: tuple[Point, ...]) -> Table:
    point = samples.point
    return {
        "DOSENO": whole(np.array([planned.dose for planned in points])[point]),
        "TPT": choose([planned.label for planned in points], point),
        "NOMTIME": choose([format_hours(planned.minutes) for planned in points], point),
    }


def _lose(dice: Dice, size: int, per_mille: int) -> tuple[Bools, Text]:
    """Spoil some samples: say which, and the laboratory's comment."""
    lost = dice.chance(size, per_mille)
    return lost, choose(NO_RESULT, dice.below(size, len(NO_RESULT)), lost)


def _repeat_one(table: Table) -> Table:
    """Deliver one record twice."""
    size = len(table["STUDY"])
    if size <= DUPLICATE:
        return table
    rows = pa.array(np.insert(np.arange(size), DUPLICATE, DUPLICATE))
    return {name: text.take(rows) for name, text in table.items()}


def collect_pk_vendor(dice: Dice, course: Course, kinetics: Kinetics) -> Table:
    """Write the delivery of adenovirus copies in plasma; some of its records stand there twice."""
    samples = kinetics.plasma
    size = len(samples.row)
    lost, comment = _lose(dice, size, 15)
    low = samples.true < PLASMA_LLOQ
    # The laboratory changed its way of writing a low result in between.
    words = choose((f"<{PLASMA_LLOQ}", "<LLOQ"), samples.day % 2, low & (samples.true > 0) & ~lost)
    none = choose(("ND",), np.zeros(size, np.int64), (samples.true == 0) & ~lost)
    table = _head(course, samples, PK_POINTS, "PK") | _nominal(samples, PK_POINTS)
    return _repeat_one(
        table
        | {
            "COLDTM": sas_datetime(samples.day, samples.minute),
            "SPECIMEN": constant("Plasma", size),
            "TEST": constant("Adenovirus DNA", size),
            "RESULT": pc.coalesce(whole(samples.true, ~low & ~lost), words, none),
            "UNIT": constant("copies/mL", size),
            "LLOQ": constant(str(PLASMA_LLOQ), size),
            "COMMENT": comment,
        }
    )


def collect_shed_vendor(dice: Dice, course: Course, kinetics: Kinetics) -> Table:
    """Write the delivery of adenovirus shed by site, subject by subject."""
    parts = [
        pa.table(_shed(dice, course, samples, specimen))
        for specimen, samples in enumerate(kinetics.shedding)
    ]
    delivery = pa.concat_tables(parts)
    rows = np.concatenate([samples.row for samples in kinetics.shedding])
    ordered = delivery.take(np.argsort(rows, kind="stable")).combine_chunks()
    return {name: ordered[name].combine_chunks() for name in ordered.column_names}


def _shed(dice: Dice, course: Course, samples: Samples, specimen: int) -> Table:
    size = len(samples.row)
    lost, comment = _lose(dice, size, 15)
    found = samples.true > 0
    low = samples.true < SHED_LLOQ
    words = choose(("ND", f"<{SHED_LLOQ}"), found, low & ~lost)
    every = np.ones(size, dtype=bool)
    name = SPECIMENS[specimen]
    return _head(course, samples, SHED_POINTS, f"SH{specimen + 1}") | {
        "SPECIMEN": constant(name, size),
        "COLDATE": american_date(samples.day, every),
        "COLTIME": clock(samples.minute, ~dice.chance(size, 30)),
        "TEST": constant("Adenovirus DNA", size),
        "DETECTED": choose(("Negative", "Positive"), found, ~lost),
        "RESULT": pc.coalesce(whole(samples.true, ~low & ~lost), words),
        "UNIT": constant("copies/mL" if name == "Urine" else "copies/swab", size),
        "LLOQ": constant(str(SHED_LLOQ), size),
        "COMMENT": comment,
    }


def collect_il12_vendor(dice: Dice, course: Course, kinetics: Kinetics) -> Table:
    """Write the delivery of IL-12 in serum."""
    samples = kinetics.il12
    size = len(samples.row)
    lost, comment = _lose(dice, size, 15)
    low = samples.true < IL12_LLOQ_TENTHS
    words = choose(("<LLOQ",), np.zeros(size, np.int64), low & ~lost)
    date = iso_date(samples.day, np.ones(size, dtype=bool))
    return _head(course, samples, IL12_POINTS, "IL") | {
        **_nominal(samples, IL12_POINTS),
        "COLDTC": join("T", date, clock(samples.minute)),
        "SPECIMEN": constant("Serum", size),
        "TEST": constant("Interleukin 12", size),
        "RESULT": pc.coalesce(decimal(samples.true, 1, ~low & ~lost), words),
        "UNIT": constant("pg/mL", size),
        "LLOQ": constant("3.9", size),
        "COMMENT": comment,
    }


def collect_nab_vendor(course: Course, kinetics: Kinetics) -> Table:
    """Write the delivery of neutralising antibody: a screening result and a titre per sample."""
    samples = kinetics.antibody
    top = len(TITRES) - 1
    labels = (f"<1:{TITRES[0]}", *(f"1:{titre}" for titre in TITRES), f">1:{TITRES[-1]}")
    titre = choose(labels, np.minimum(samples.true, top + 1) + 1)
    screen = choose(("Negative", "Positive"), samples.true >= 0)
    # Each sample has two records, one after the other.
    two = np.repeat(np.arange(len(samples.row)), 2)
    tier = np.arange(len(two)) % 2
    every = np.ones(len(two), dtype=bool)
    head = _head(course, samples, NAB_POINTS, "NA")
    return {name: text.take(two) for name, text in head.items()} | {
        "COLDATE": whole(samples.day[two]),
        "COLTIME": clock(samples.minute[two]),
        "SPECIMEN": constant("Serum", len(two)),
        "TEST": constant("Neutralizing antibody, adenovirus type 5", len(two)),
        "TIER": choose(("Screening", "Titer"), tier),
        "RESULT": pc.if_else(tier == 0, screen.take(two), titre.take(two)),
        "LLOQ": choose((f"1:{TITRES[0]}",), np.zeros(len(two), np.int64), every & (tier == 1)),
    }
