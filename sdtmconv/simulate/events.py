"""Adverse events: those that follow treatment, and those that end it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sdtmconv.simulate.course import (
    BY_TOXICITY,
    NEVER,
    Course,
)
from sdtmconv.simulate.dice import Bools, Dice, Ints
from sdtmconv.simulate.exposure import (
    INFUSION_REACTION,
    INTERRUPTED,
    Exposure,
)
from sdtmconv.simulate.protocol import PHASES, SAFETY_FOLLOW_UP_DAYS
from sdtmconv.simulate.subjects import CHINESE_SITE, identify
from sdtmconv.simulate.terms import (
    CLASS_CODES,
    DOSE_LIMITING,
    EVENTS,
    FATAL,
    LIMITING,
    REACTION,
    REGORAFENIB,
)
from sdtmconv.simulate.untidy import (
    FULL,
    UNKNOWN,
    YES_NO,
    Table,
    choose,
    clock,
    edc_date,
    forget,
    number_lines,
)
from sdtmconv.simulate.visits import Visits

# What an event is to the course of the subject.
(ORDINARY, LIMITING_DOSE, STOPPING, KILLING, PAUSING_TABLETS, REDUCING_TABLETS, ON_INFUSION) = (
    range(7)
)

GRADES = ("Grade 1", "Grade 2", "Grade 3", "Grade 4", "Grade 5")
FATAL_GRADE = 5
RELATIONS = (
    "Not related",
    "Unlikely related",
    "Possibly related",
    "Probably related",
    "Definitely related",
)
POSSIBLE, DEFINITE = 2, 4
(UNCHANGED, ACT_REDUCED, ACT_INTERRUPTED, WITHDRAWN, ACT_NOT_APPLICABLE) = range(5)
ACTIONS = (
    "Dose not changed",
    "Dose reduced",
    "Drug interrupted",
    "Drug withdrawn",
    "Not applicable",
)
(RECOVERED, SEQUELAE, RECOVERING, NOT_RECOVERED, DEAD, OUTCOME_UNKNOWN) = range(6)
OUTCOMES = (
    "Recovered/resolved",
    "Recovered with sequelae",
    "Recovering",
    "Not recovered",
    "Fatal",
    "Unknown",
)

COMMENTS = (
    "Resolved after symptomatic treatment with paracetamol 500 mg.",
    "Laboratory test repeated on the next day; see unscheduled visit.",
)
CHINESE_COMMENTS = ("对症治疗后好转。", "次日复查，见计划外访视。")
NARRATIVES = (
    "The event was first reported by the subject by telephone two days after the infusion; the "
    "subject was advised to measure body temperature every four hours, to drink enough and to come "
    "to the outpatient clinic on the next morning, where laboratory tests and a chest X-ray were "
    "done without any finding that explained the event. No further measures were taken.",
    "受试者于输注后第二天电话报告该事件，研究者建议每四小时测量体温并多饮水，次日到门诊复查血常规、肝功能及胸部X线检查，"
    "均未见可解释该事件的异常，未采取进一步措施，继续观察，该事件自行缓解。",
)


@dataclass(frozen=True)
class Events:
    """Adverse events, by subject and start; one value per event.

    Args:
        row: The subject's position in the group.
        kind: Position in EVENTS.
        role: ORDINARY, LIMITING_DOSE, ...
        grade: CTCAE grade 1-5.
        start: Offset of the first day.
        minute: Minutes after midnight at which it began; -1 where nobody asked.
        end: Offset of the last day; NEVER while it goes on.
        phase: Phase of the DLT; -1 for other events.
    """

    row: Ints
    kind: Ints
    role: Ints
    grade: Ints
    start: Ints
    minute: Ints
    end: Ints
    phase: Ints


def _grades(dice: Dice, kind: Ints) -> Ints:
    edges = np.cumsum(np.array([event.grades for event in EVENTS]), axis=1)
    return np.asarray(1 + (dice.below(kind.shape, 100)[..., None] >= edges[kind]).sum(axis=-1))


def _durations(dice: Dice, kind: Ints) -> Ints:
    """Throw a duration in days: one of the kind's quantiles, and a little more."""
    longest = max(len(event.days) for event in EVENTS)
    days = np.array(
        [event.days + event.days[-1:] * (longest - len(event.days)) for event in EVENTS]
    )
    chosen = days[kind, dice.below(kind.shape, longest)]
    return chosen + dice.below(kind.shape, 1 + chosen // 3)


def _slots(course: Course) -> tuple[Ints, Ints]:
    """List the moments after which events come, and what they come with (0, 1, 2)."""
    n = len(course)
    # Events count from enrolment on, which is a day or more before the first dose.
    before = np.full((n, 1), -1)
    mono = np.stack([np.zeros(n, np.int64)] * 3 + [course.second_dose] * 2, axis=1)
    cycles = np.repeat(course.cycle, 3, axis=1)
    moments = np.concatenate([before, mono, cycles], axis=1)
    weights = np.repeat([0, 1, 2], [1, mono.shape[1], cycles.shape[1]])
    return moments, np.broadcast_to(weights, moments.shape)


def _ordinary(dice: Dice, course: Course) -> list[Ints]:
    moment, stage = _slots(course)
    shape = moment.shape
    happens = dice.chance(shape, np.array([150, 480, 330])[stage])
    kinds = [
        dice.pick(shape, [event.screening for event in EVENTS]),
        dice.pick(shape, [event.mono for event in EVENTS]),
        dice.pick(shape, [event.combination for event in EVENTS]),
    ]
    kind = np.select([stage == 0, stage == 1], kinds[:2], kinds[2])
    delay = np.where(stage == 0, 0, dice.quantiles(shape, (0, 0, 1, 3, 8, 27)))
    happens &= (moment < course.end[:, None]) & course.subjects.treated[:, None]
    row, slot = np.nonzero(happens)
    role, phase = np.full(len(row), ORDINARY), np.full(len(row), -1)
    return [row, kind[row, slot], role, (moment + delay)[row, slot], phase]


def _special(
    dice: Dice,
    row: Ints,
    kinds: Sequence[int],
    role: Ints | int,
    start: Ints,
    phase: Ints | int = -1,
) -> list[Ints]:
    """List events with a role: subject, one of the kinds, role, start and phase."""
    kind = np.asarray(kinds)[dice.below(len(row), len(kinds))]
    same = np.zeros_like(row)
    return [row, kind, same + role, start, same + phase]


def _of_exposure(dice: Dice, exposure: Exposure) -> list[list[Ints]]:
    hai, tablets = exposure.hai, exposure.tablets
    row, slot = np.nonzero(hai.given & (hai.interruption == INFUSION_REACTION))
    reactions = _special(dice, row, (REACTION,), ON_INFUSION, hai.offset[row, slot])
    row, cycle, segment = np.nonzero(tablets.taken & (tablets.change > 0))
    change = tablets.change[row, cycle, segment]
    role = np.where(change == INTERRUPTED, PAUSING_TABLETS, REDUCING_TABLETS)
    start = tablets.start[row, cycle, segment]
    return [reactions, _special(dice, row, REGORAFENIB, role, start)]


def _fatal(dice: Dice, course: Course) -> tuple[Ints, Ints]:
    """Choose the deaths that an adverse event caused, and the day on which it began."""
    near = (course.death <= course.end + SAFETY_FOLLOW_UP_DAYS) & (course.death < NEVER)
    near &= course.subjects.treated & dice.chance(len(course), 600)
    row = np.flatnonzero(near)
    return row, np.maximum(course.death[row] - dice.between(len(row), 1, 9), 0)


def _of_course(dice: Dice, course: Course) -> list[list[Ints]]:
    """List the events that ended treatment or life."""
    limited, phase = np.nonzero(course.dlt < NEVER)
    stopped = np.flatnonzero(course.subjects.treated & (course.end_reason == BY_TOXICITY))
    killed, killing_start = _fatal(dice, course)
    day_of_dlt = course.dlt[limited, phase]
    return [
        _special(dice, limited, DOSE_LIMITING, LIMITING_DOSE, day_of_dlt, phase),
        _special(dice, stopped, LIMITING, STOPPING, course.end[stopped]),
        _special(dice, killed, FATAL, KILLING, killing_start),
    ]


def _is_repeated(row: Ints, start: Ints, kind: Ints, role: Ints) -> Bools:
    """Find ordinary events that another of the same kind and day makes superfluous."""
    order = np.lexsort((-role, kind, start, row))
    columns = np.stack([row, start, kind])[:, order]
    repeated = np.zeros(len(row), dtype=bool)
    repeated[order[1:]] = (columns[:, 1:] == columns[:, :-1]).all(axis=0)
    return np.asarray(repeated & (role == ORDINARY))


def _grades_of_roles(dice: Dice, kind: Ints, role: Ints) -> Ints:
    size = len(kind)
    limiting = 3 + dice.chance(size, 200)
    mild = dice.between(size, 1, 2)
    found = [role == LIMITING_DOSE, role == STOPPING, role == KILLING, role == ON_INFUSION]
    changing = (role == PAUSING_TABLETS) | (role == REDUCING_TABLETS)
    three, fatal = np.full(size, 3), np.full(size, FATAL_GRADE)
    values = [limiting, three, fatal, mild, mild + 1]
    return np.select([*found, changing], values, _grades(dice, kind))


def _minutes(dice: Dice, exposure: Exposure, row: Ints, role: Ints, start: Ints) -> Ints:
    """Give the times of day: known for reactions to an infusion, seldom for other events."""
    hai = exposure.hai
    infusing = (hai.offset[row] == start[:, None]) & hai.given[row]
    during = hai.start[row, infusing.argmax(axis=1)] + 10
    later = 13 * 60 + dice.below(len(row), 10 * 60)
    asked = dice.chance(len(row), 150)
    return np.where(role == ON_INFUSION, during, np.where(asked, later, -1))


def _terms(dice: Dice, course: Course, events: Events) -> Table:
    ways = 3
    texts = [text for event in EVENTS for text in event.verbatim]
    texts += [event.chinese for event in EVENTS]
    chinese = course.subjects.site[events.row] == CHINESE_SITE
    own = events.kind * ways + dice.below(len(events.kind), ways)
    return {
        "AETERM": choose(texts, np.where(chinese, len(EVENTS) * ways + events.kind, own)),
        "AELLT": choose([event.preferred for event in EVENTS], events.kind),
        "AEPT": choose([event.preferred for event in EVENTS], events.kind),
        "AESOC": choose([event.organ_class for event in EVENTS], events.kind),
        "AESOCCD": choose([CLASS_CODES[event.organ_class] for event in EVENTS], events.kind),
    }


def _free_texts(dice: Dice, course: Course, row: Ints) -> Table:
    """Write a short comment on a few events, and the story of fewer."""
    code = dice.below(len(row), len(COMMENTS) + 1)
    told = dice.chance(len(row), 80)
    chinese = course.subjects.site[row] == CHINESE_SITE
    comment = code + len(COMMENTS) * chinese
    in_short = code < len(COMMENTS)
    return {
        "AECOM": choose(COMMENTS + CHINESE_COMMENTS, comment, told & in_short),
        "AENARR": choose(NARRATIVES, chinese, told & ~in_short),
    }


def _seriousness(dice: Dice, events: Events) -> Table:
    size = len(events.row)
    killing = events.role == KILLING
    severe = events.grade == 3
    met = {
        "AESDTH": killing,
        "AESLIFE": (events.grade == 4) & dice.chance(size, 700),
        "AESHOSP": (severe & dice.chance(size, 350)) | (killing & dice.chance(size, 800)),
        "AESDISAB": severe & dice.chance(size, 20),
        "AESCONG": np.zeros(size, dtype=bool),
        "AESMIE": events.role == LIMITING_DOSE,
    }
    serious = np.any(list(met.values()), axis=0)
    asked = {name: choose(YES_NO, values, serious) for name, values in met.items()}
    return {"AESER": choose(YES_NO, serious)} | asked


def _judgements(dice: Dice, course: Course, events: Events) -> Table:
    """Write relation to, and action taken with, each of the three drugs (V, T, R)."""
    row, role, size = events.row, events.role, len(events.row)
    combined = course.entered[row, 1] & (events.start >= course.cycle[row, 0])
    caused = {
        "V": np.isin(role, (LIMITING_DOSE, ON_INFUSION)),
        "T": np.zeros(size, dtype=bool),
        "R": np.isin(role, (PAUSING_TABLETS, REDUCING_TABLETS)),
    }
    acted = {
        "V": np.where(role == ON_INFUSION, ACT_INTERRUPTED, UNCHANGED),
        "T": np.full(size, UNCHANGED),
        "R": np.select(
            [role == PAUSING_TABLETS, role == REDUCING_TABLETS],
            [ACT_INTERRUPTED, ACT_REDUCED],
            UNCHANGED,
        ),
    }
    stopped = np.isin(role, (LIMITING_DOSE, STOPPING))
    treated_then = (events.start >= 0) & (events.start <= course.end[row]) & (role != KILLING)
    assessed = ~dice.chance(size, 15)
    table = {}
    for drug in "VTR":
        exposed = combined | (drug == "V")
        relation = np.where(events.start < 0, 0, dice.pick(size, (30, 20, 28, 15, 7)))
        relation = np.where(caused[drug], dice.between(size, POSSIBLE, DEFINITE), relation)
        action = np.where(stopped, WITHDRAWN, acted[drug])
        action = np.where(exposed & treated_then, action, ACT_NOT_APPLICABLE)
        table[f"AEREL{drug}"] = choose(RELATIONS, relation, exposed & assessed)
        table[f"AEACN{drug}"] = choose(ACTIONS, action)
    return table


def _outcomes(dice: Dice, events: Events) -> Ints:
    size = len(events.row)
    over = np.where(dice.chance(size, 30), SEQUELAE, RECOVERED)
    lasting = np.array([NOT_RECOVERED, RECOVERING, OUTCOME_UNKNOWN])[dice.pick(size, (6, 3, 1))]
    outcome = np.where(events.end == NEVER, lasting, over)
    return np.where(events.role == KILLING, DEAD, outcome)


def befall(dice: Dice, course: Course, visits: Visits, exposure: Exposure) -> Events:
    """Let adverse events befall a group of subjects.

    Args:
        dice: The group's own chance.
        course: Their course.
        visits: Their visits.
        exposure: Their doses.

    Returns:
        The events, sorted by subject and start.
    """
    parts = [
        _ordinary(dice, course),
        *_of_exposure(dice, exposure),
        *_of_course(dice, course),
    ]
    columns = np.stack([np.concatenate(column) for column in zip(*parts, strict=True)])
    row, kind, role, start, _ = columns
    last = np.minimum(visits.known_until, course.end + SAFETY_FOLLOW_UP_DAYS)[row]
    kept = (start <= last) & ~_is_repeated(row, start, kind, role)
    order = np.lexsort((role, kind, start, row))
    row, kind, role, start, phase = columns[:, order[kept[order]]]
    grade = _grades_of_roles(dice, kind, role)
    end = start + _durations(dice, kind)
    end = np.where(end > visits.known_until[row], NEVER, end)
    return Events(
        row=row,
        kind=kind,
        role=role,
        grade=grade,
        start=start,
        minute=_minutes(dice, exposure, row, role, start),
        end=np.where(role == KILLING, course.death[row], end),
        phase=phase,
    )


def collect_ae(dice: Dice, course: Course, events: Events) -> Table:
    """Write the adverse event form."""
    row, size = events.row, len(events.row)
    first_dose = course.subjects.first_dose[row]
    dated = forget(dice, size, no_day=50, no_month=20, unknown=15)
    # The day of a DLT and of a fatal event is always asked for again.
    start_known = np.where(np.isin(events.role, (LIMITING_DOSE, KILLING)), FULL, dated)
    ongoing = events.end == NEVER
    # Of an event that is over, the form takes no less than the year.
    end_known = np.where(events.role == KILLING, FULL, forget(dice, size, no_day=40, no_month=30))
    return (
        identify(course.subjects, row)
        | {"AELINE": number_lines(row)}
        | _terms(dice, course, events)
        | {
            "AESTDAT": edc_date(first_dose + events.start, start_known),
            "AESTTIM": clock(events.minute, (events.minute >= 0) & (start_known == FULL)),
            "AEPRIOR": choose(YES_NO, events.start < 0),
            "AEENDAT": edc_date(first_dose + events.end, np.where(ongoing, UNKNOWN, end_known)),
            "AEONGO": choose(YES_NO, ongoing),
            "AETOXGR": choose(GRADES, events.grade - 1),
        }
        | _seriousness(dice, events)
        | _judgements(dice, course, events)
        | {
            "AEDLT": choose(YES_NO, events.role == LIMITING_DOSE),
            "AEDLTPH": choose(PHASES, events.phase),
            "AEOUT": choose(OUTCOMES, _outcomes(dice, events)),
            "AECONTRT": choose(YES_NO, dice.chance(size, 200 * events.grade)),
        }
        | _free_texts(dice, course, row)
    )
