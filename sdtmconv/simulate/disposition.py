"""Who they are and what became of them: demography, milestones, DLT, survival, death."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sdtmconv.simulate.course import (
    BY_COMPLETION,
    BY_CUT,
    BY_PROGRESSION,
    FINISHED,
    NEVER,
    STILL_IN,
    Course,
)
from sdtmconv.simulate.dice import Dice, Ints
from sdtmconv.simulate.events import KILLING, Events
from sdtmconv.simulate.protocol import (
    COMBINATION,
    DLT_WINDOW_DAYS,
    DOSE_TEXTS,
    HAI_IN_CYCLE,
    MONOTHERAPY,
    PHASES,
    VISITS,
)
from sdtmconv.simulate.subjects import (
    CHINESE_SITE,
    NOT_TREATED,
    SCREEN_FAILURE,
    compute_ids,
    identify,
)
from sdtmconv.simulate.terms import EVENTS
from sdtmconv.simulate.untidy import (
    YES_NO,
    Table,
    choose,
    constant,
    edc_date,
    join,
    number_lines,
    whole,
)
from sdtmconv.simulate.visits import SAFETY, SURVIVAL, Visits

RACES = ("Asian", "White", "Black", "Not reported")
# The two answers of FDA's guidance; whoever says nothing of race says nothing of this.
ETHNICITIES = ("Not Hispanic or Latino", "Hispanic or Latino")
LEVELS = tuple(f"Dose level {k}: {text} VP" for k, text in enumerate(DOSE_TEXTS, 1))
PARTS = ("Dose escalation", "Dose expansion")

REASONS = (
    "Death",
    "Withdrawal of consent",
    "Lost to follow-up",
    "Dose-limiting toxicity",
    "Adverse event",
    "Disease progression",
    "Physician's decision",
    "Screen failure",
    "Enrolment closed",
    "Withdrew before the first dose",
)
# The first ones stand in the order of the reasons why treatment ended.
FAILED_SCREENING, ENROLMENT_CLOSED, WITHDREW_EARLY = 7, 8, 9
SPECIFICATIONS = ("Clinical deterioration", "Radiological progression of liver lesions")
CHINESE_SPECIFICATIONS = ("临床状况恶化", "肝脏病灶影像学进展")
(CONSENTED, SCREENED, ENROLLED, PHASE_ENDED, SAFETY_ENDED, STUDY_ENDED) = range(6)
DS_EVENTS = (
    "Informed consent obtained",
    "Screening ended",
    "Enrolled",
    "Treatment phase ended",
    "Safety follow-up ended",
    "Study ended",
)
CAUSES = ("Disease progression", "Adverse event", "Other")
NOT_EVALUABLE_REASONS = (
    "Second BioTTT001 infusion of the phase not given",
    "BioTTT001 not given in this phase",
    "Left treatment before the end of the DLT window",
    "DLT window not over at data cut",
)
ALIVE, DECEASED, NOT_REACHED = range(3)
SURVIVAL_STATES = ("Alive", "Dead", "Unknown")
NEW_THERAPIES = ("Fruquintinib", "TAS-102 + bevacizumab", "Best supportive care + FOLFIRI")


def collect_dm(course: Course) -> Table:
    """Write the demography and enrolment form."""
    subjects = course.subjects
    rows = np.arange(len(course))
    assigned = subjects.level > 0
    return identify(subjects, rows) | {
        "COUNTRY": constant("China", len(rows)),
        "RFICDAT": edc_date(subjects.consent),
        "BRTHYR": whole(subjects.birth_year),
        "AGE": whole(subjects.age),
        "SEX": choose(("Male", "Female"), subjects.female),
        "RACE": choose(RACES, subjects.race),
        "ETHNIC": choose(ETHNICITIES, np.where(subjects.race == 3, -1, 0)),
        "ENRLYN": choose(YES_NO, assigned),
        "ENRLDAT": edc_date(subjects.enrolment, assigned),
        "STPART": choose(PARTS, subjects.cohort == 0, assigned),
        "COHORT": join("", "Cohort ", whole(subjects.cohort, subjects.cohort > 0)),
        "DOSELVL": choose(LEVELS, subjects.level - 1),
        "REPLSUBJ": compute_ids(subjects).take(
            pa.array(subjects.replaces - subjects.number[0], mask=subjects.replaces == 0)
        ),
    }


def _milestones(
    rows: Ints, event: int, reason: Ints | int, day: Ints, phase: int = -1
) -> list[Ints]:
    """List milestones: subject, event, phase, reason (-1 for completed) and day."""
    fill = np.zeros(len(rows), dtype=np.int64)
    return [rows, fill + event, fill + phase, fill + reason, day]


def _before_treatment(course: Course, visits: Visits) -> list[list[Ints]]:
    subjects = course.subjects
    everybody = np.arange(len(course))
    assigned = np.flatnonzero(subjects.level > 0)
    unassigned = np.flatnonzero(subjects.level == 0)
    failed = subjects.status[unassigned] == SCREEN_FAILURE
    why = np.where(failed, FAILED_SCREENING, ENROLMENT_CLOSED)
    screened = (visits.origin + visits.last_alive)[unassigned]
    untreated = np.flatnonzero(subjects.status == NOT_TREATED)
    enrolment = subjects.enrolment
    return [
        _milestones(everybody, CONSENTED, -1, subjects.consent),
        _milestones(unassigned, SCREENED, why, screened),
        _milestones(assigned, SCREENED, -1, enrolment[assigned]),
        _milestones(assigned, ENROLLED, -1, enrolment[assigned]),
        _milestones(untreated, STUDY_ENDED, WITHDREW_EARLY, enrolment[untreated] + 1),
    ]


def _of_treatment(course: Course, visits: Visits) -> list[list[Ints]]:
    origin = course.subjects.first_dose
    until = origin + np.minimum(course.end, visits.known_until)
    in_mono, in_combination = course.entered.T
    ended = course.end_reason != BY_CUT
    passed = np.flatnonzero(in_combination)
    left = np.flatnonzero(in_mono & ~in_combination & ended)
    over = np.flatnonzero(in_combination & ended)
    why = np.where(course.end_reason == BY_COMPLETION, -1, course.end_reason)
    after_mono = origin + course.assessment[:, 1]
    safe = np.flatnonzero(visits.made[:, SAFETY])
    out = np.flatnonzero(course.subjects.treated & (course.leave_reason != STILL_IN))
    left_study = np.where(course.leave_reason == FINISHED, -1, course.leave_reason)
    gone = (origin + visits.known_until)[out]
    return [
        _milestones(passed, PHASE_ENDED, -1, after_mono[passed], MONOTHERAPY),
        _milestones(left, PHASE_ENDED, why[left], until[left], MONOTHERAPY),
        _milestones(over, PHASE_ENDED, why[over], until[over], COMBINATION),
        _milestones(safe, SAFETY_ENDED, -1, (origin + visits.offset[:, SAFETY])[safe]),
        _milestones(out, STUDY_ENDED, left_study[out], gone),
    ]


def collect_ds(dice: Dice, course: Course, visits: Visits) -> Table:
    """Write the form on milestones and disposition."""
    parts = _before_treatment(course, visits) + _of_treatment(course, visits)
    columns = np.concatenate([np.stack(part) for part in parts], axis=1)
    row, event, phase, reason, day = columns[:, np.lexsort((columns[1], columns[4], columns[0]))]
    chinese = course.subjects.site[row] == CHINESE_SITE
    detail = dice.below(len(row), len(SPECIFICATIONS)) + len(SPECIFICATIONS) * chinese
    detailed = (reason == BY_PROGRESSION) & dice.chance(len(row), 400)
    ending = ~np.isin(event, (CONSENTED, ENROLLED))
    return identify(course.subjects, row) | {
        "DSLINE": number_lines(row),
        "DSEVENT": choose(DS_EVENTS, event),
        "DSPHASE": choose(PHASES, phase),
        "DSYN": choose(YES_NO, reason < 0, ending),
        "DSREAS": choose(REASONS, reason),
        "DSSPEC": choose(SPECIFICATIONS + CHINESE_SPECIFICATIONS, detail, detailed),
        "DSDAT": edc_date(day),
    }


def _why_not_evaluable(course: Course) -> Ints:
    """Give the reason, (subject, phase), for subjects that are not DLT-evaluable."""
    injection = course.cycle[:, 0] + HAI_IN_CYCLE[0]
    window = np.stack([np.full(len(course), 0), injection], axis=1) + DLT_WINDOW_DAYS - 1
    left = course.end[:, None] <= window
    no_injection = np.stack([np.zeros(len(course), bool), injection >= course.end], axis=1)
    cut = (course.end_reason == BY_CUT)[:, None]
    return np.select([no_injection & ~cut, left & cut, left], [1, 3, 2], 0)


def collect_dlt(course: Course, visits: Visits) -> Table:
    """Write the form on dose-limiting toxicity, for each phase that was entered."""
    row, phase = np.nonzero(course.entered)
    evaluable = course.evaluable[row, phase]
    injection = np.where(phase == COMBINATION, course.cycle[row, 0] + HAI_IN_CYCLE[0], 0)
    assessed = np.minimum(injection + DLT_WINDOW_DAYS, visits.known_until[row])
    why_not = choose(NOT_EVALUABLE_REASONS, _why_not_evaluable(course)[row, phase], ~evaluable)
    return identify(course.subjects, row) | {
        "DLTPH": choose(PHASES, phase),
        "DLTEVAL": choose(YES_NO, evaluable),
        "DLTNEREA": why_not,
        "DLTYN": choose(YES_NO, course.dlt[row, phase] < NEVER, evaluable),
        "DLTDAT": edc_date(course.subjects.first_dose[row] + assessed),
    }


def compute_known_therapy(course: Course, visits: Visits) -> Ints:
    """Find the offset of a new anti-cancer therapy that a survival contact told of; else NEVER."""
    contacts = np.where(visits.made, visits.offset, -NEVER)[:, SURVIVAL]
    told = course.subjects.treated & (contacts.max(axis=1) >= course.new_therapy)
    return np.where(told, course.new_therapy, NEVER)


def collect_fu(dice: Dice, course: Course, visits: Visits) -> Table:
    """Write the form on survival contacts, and on new anti-cancer therapy."""
    row, contact = np.nonzero(visits.made[:, SURVIVAL])
    dead = np.flatnonzero(course.subjects.treated & (course.death < NEVER))
    lost = np.flatnonzero(visits.unreached < NEVER)
    heard = np.minimum(course.death + dice.between(len(course), 1, 20), course.cut)
    parts = [
        np.stack([row, visits.offset[:, SURVIVAL][row, contact], row * 0, contact]),
        np.stack([dead, heard[dead], dead * 0 + DECEASED, dead * 0 - 1]),
        np.stack([lost, visits.unreached[lost], lost * 0 + NOT_REACHED, lost * 0 - 1]),
    ]
    columns = np.concatenate(parts, axis=1)
    row, offset, state, contact = columns[:, np.lexsort((columns[1], columns[0]))]
    therapy = compute_known_therapy(course, visits)[row]
    alive = state == ALIVE
    told = alive & (offset >= therapy)
    names = dice.below(len(course), len(NEW_THERAPIES))[row]
    first_dose = course.subjects.first_dose[row]
    return identify(course.subjects, row) | {
        "VISIT": choose(VISITS[SURVIVAL], contact),
        "FUDAT": edc_date(first_dose + offset),
        "FUSTAT": choose(SURVIVAL_STATES, state),
        "FUMODE": choose(("Telephone", "Medical record"), state == DECEASED),
        "FUNEWTX": choose(YES_NO, told, alive),
        "FUTXNAME": choose(NEW_THERAPIES, names, told),
        "FUTXDAT": edc_date(first_dose + therapy, told),
    }


def collect_dth(dice: Dice, course: Course, events: Events) -> Table:
    """Write the death form."""
    row = np.flatnonzero(course.subjects.treated & (course.death < NEVER))
    killing = events.role == KILLING
    killer = np.full(len(course), -1)
    killer[events.row[killing]] = events.kind[killing]
    other = np.where(dice.chance(len(row), 80), 2, 0)
    cause = np.where(killer[row] >= 0, 1, other)
    return identify(course.subjects, row) | {
        "DTHDAT": edc_date(course.subjects.first_dose[row] + course.death[row]),
        "DTHCAUS": choose(CAUSES, cause),
        "DTHTERM": choose([event.preferred for event in EVENTS], killer[row]),
    }
