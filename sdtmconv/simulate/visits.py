"""When a subject was seen: scheduled, repeated and unscheduled visits, and survival contacts.

Every date that a form holds lies on or before the last of these, so that the last day on which a
subject is known to be alive is the date of the last visit or contact made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from sdtmconv.simulate.course import (
    BY_CUT,
    BY_DEATH,
    BY_LOSS,
    BY_WITHDRAWAL,
    DIED,
    LOST,
    NEVER,
    Course,
)
from sdtmconv.simulate.dice import Bools, Dice, Ints
from sdtmconv.simulate.protocol import (
    ASSESSMENT_VISITS,
    CYCLE_DAYS_VISITED,
    CYCLE_VISITS,
    LAST_OFFSET,
    MONO_VISITS,
    SAFETY_FOLLOW_UP_DAYS,
    SURVIVAL_CONTACT_DAYS,
    SURVIVAL_CONTACTS,
    SURVIVAL_VISITS,
    UNSCHEDULED,
    VISIT_INDEX,
    VISITS,
)
from sdtmconv.simulate.subjects import identify
from sdtmconv.simulate.untidy import (
    YES_NO,
    Table,
    choose,
    edc_date,
    whole,
)

SCREENING = VISIT_INDEX["Screening"]
MONO = slice(VISIT_INDEX[MONO_VISITS[0]], VISIT_INDEX[MONO_VISITS[-1]] + 1)
CYCLES = slice(VISIT_INDEX[CYCLE_VISITS[0]], VISIT_INDEX[CYCLE_VISITS[-1]] + 1)
ASSESSED = slice(VISIT_INDEX[ASSESSMENT_VISITS[1]], VISIT_INDEX[ASSESSMENT_VISITS[-1]] + 1)
END_OF_TREATMENT = VISIT_INDEX["End of Treatment"]
SAFETY = VISIT_INDEX["Safety FU"]
SURVIVAL = slice(VISIT_INDEX[SURVIVAL_VISITS[0]], VISIT_INDEX[SURVIVAL_VISITS[-1]] + 1)
EXTRA = VISIT_INDEX[UNSCHEDULED]
MONO_D4, MONO_D22 = (VISIT_INDEX[f"Mono D{day}"] for day in (4, 22))


NOT_MADE_REASONS = ("Subject unavailable", "Site closed for public holiday", "Subject too ill")
EXTRA_REASONS = ("Adverse event", "Repeat of abnormal laboratory result", "Subject's request")
REPEATED_REASON = "Repeat of screening laboratory tests"
# Shortest time in days between the last two survival contacts.
SHORTEST_GAP = 30


@dataclass(frozen=True)
class Log:
    """Visits as a list, by subject and date.

    Args:
        row: The subject's position in the group.
        visit: Position in protocol.VISITS.
        offset: Days after the first dose (after consent for the untreated).
        occurrence: 1, or 2 for a repeated visit.
        minute: Minutes after midnight at which it began.
        made: False where the subject did not come.
    """

    row: Ints
    visit: Ints
    offset: Ints
    occurrence: Ints
    minute: Ints
    made: Bools

    def select(self, mask: Bools) -> Log:
        """Keep some of the visits."""
        return Log(**{name: values[mask] for name, values in vars(self).items()})


@dataclass(frozen=True)
class Visits:
    """When each subject was seen.

    Args:
        origin: Day of offset 0, counted from 1970-01-01.
        offset: (subject, visit) offset of scheduled visits; NEVER where not due.
        made: (subject, visit) True where it was due and made.
        log: All of them, the repeated and unscheduled ones too.
        unreached: Offset of the vain contact by which a subject counts as lost; NEVER for none.
        last_alive: Offset at which the subject was last known to be alive.
        known_until: The same, or the death: nothing in the records is later.
    """

    origin: Ints
    offset: Ints
    made: Bools
    log: Log
    unreached: Ints
    last_alive: Ints
    known_until: Ints

    def attended(self, names: Sequence[str]) -> Log:
        """List the visits of the given names that were made."""
        wanted = np.array([VISIT_INDEX[name] for name in names])
        return self.log.select(self.log.made & np.isin(self.log.visit, wanted))

    def days(self, log: Log) -> Ints:
        """Give the days of visits, counted from 1970-01-01."""
        return np.asarray(self.origin[log.row] + log.offset)


def _mono(dice: Dice, course: Course) -> Ints:
    n = len(course)
    fixed = np.tile(np.array([0, 1, 3, 7, 14, 15, 21, 27]), (n, 1))
    fixed[:, 3] += dice.below(n, 2)
    fixed[:, 4:7] = course.second_dose[:, None] + np.array([0, 1, 7])
    return fixed


def _cycles(course: Course) -> Ints:
    days = np.array(CYCLE_DAYS_VISITED) - 1
    return np.reshape(course.cycle[:, :, None] + days, (len(course), -1))


def _survival(dice: Dice, course: Course) -> Ints:
    planned = course.end[:, None] + SURVIVAL_CONTACT_DAYS * np.arange(1, SURVIVAL_CONTACTS + 1)
    planned = planned + dice.between(planned.shape, 0, 5)
    before = np.concatenate([np.zeros((len(course), 1), np.int64), planned[:, :-1]], axis=1)
    contact = np.minimum(planned, LAST_OFFSET)
    return np.where(before <= LAST_OFFSET - SHORTEST_GAP, contact, NEVER)


def _schedule(dice: Dice, course: Course, origin: Ints) -> Ints:
    n = len(course)
    offset = np.full((n, len(VISITS) - 1), NEVER)
    end, leave = course.end[:, None], course.leave[:, None]
    alive = np.minimum(leave, course.death[:, None] - 1)
    offset[:, MONO] = _mono(dice, course)
    offset[:, CYCLES] = _cycles(course)
    for part in (MONO, CYCLES):
        offset[:, part][offset[:, part] >= end] = NEVER
    offset[:, ASSESSED] = np.where(course.assessed, course.assessment, NEVER)[:, 1:]

    stopped = ~np.isin(course.end_reason, (BY_DEATH, BY_LOSS, BY_CUT))
    last_visit = np.minimum(course.end + dice.between(n, 0, 3), course.leave)
    offset[:, END_OF_TREATMENT] = np.where(stopped, last_visit, NEVER)
    followed = stopped & (course.end_reason != BY_WITHDRAWAL)
    safety = course.end + SAFETY_FOLLOW_UP_DAYS + dice.between(n, 0, 3)
    offset[:, SAFETY] = np.where(followed, safety, NEVER)
    offset[:, SURVIVAL] = np.where(followed[:, None], _survival(dice, course), NEVER)
    offset[offset > alive] = NEVER
    offset[~course.subjects.treated] = NEVER
    offset[:, SCREENING] = course.subjects.consent - origin + dice.between(n, 0, 2)
    return offset


def _extras(dice: Dice, course: Course, offset: Ints) -> Ints:
    n = len(course)
    wanted = dice.chance((n, 2), np.array([200, 80])) & course.subjects.treated[:, None]
    lasting = np.minimum(course.end, course.cut + 1)
    extra = 2 + dice.below((n, 2), np.maximum(lasting - 2, 1)[:, None])
    wanted &= extra < lasting[:, None]
    # A day has one visit only.
    wanted &= ~(extra[:, :, None] == offset[:, None, :]).any(axis=2)
    wanted[:, 1] &= extra[:, 0] != extra[:, 1]
    return np.where(wanted, extra, NEVER)


def _log(dice: Dice, offset: Ints, made: Bools, again: Ints, extra: Ints) -> Log:
    n, visits = offset.shape
    offsets = np.concatenate([offset, again[:, None], extra], axis=1)
    row, slot = np.nonzero(offsets < NEVER)
    visit = np.array([*range(visits), SCREENING, EXTRA, EXTRA])[slot]
    when = offsets[row, slot]
    order = np.lexsort((slot, when, row))
    attended = np.concatenate([made, np.ones((n, 3), dtype=bool)], axis=1)[row, slot]
    return Log(
        row=row[order],
        visit=visit[order],
        offset=when[order],
        occurrence=np.where(slot == visits, 2, 1)[order],
        minute=7 * 60 + 30 + dice.below(len(row), 100),
        made=attended[order],
    )


def attend(dice: Dice, course: Course) -> Visits:
    """Let a group of subjects come to their visits.

    Args:
        dice: The group's own chance.
        course: Their course.

    Returns:
        Their visits.
    """
    n = len(course)
    subjects = course.subjects
    origin = np.where(subjects.treated, subjects.first_dose, subjects.consent)
    offset = _schedule(dice, course, origin)
    made = offset < NEVER
    made[:, ASSESSED] &= course.tumours.done[:, 1:]
    for visit in (MONO_D4, MONO_D22):
        made[:, visit] &= ~dice.chance(n, 50)
    repeated = dice.chance(n, 120) & subjects.treated
    again = np.where(repeated, offset[:, SCREENING] + dice.between(n, 2, 3), NEVER)
    extra = _extras(dice, course, offset)
    log = _log(dice, offset, made, again, extra)
    last = np.zeros(n, dtype=np.int64)
    np.maximum.at(last, log.row[log.made], log.offset[log.made])
    lost = subjects.treated & (course.leave_reason == LOST)
    unreached = np.minimum(course.leave + dice.between(n, 5, 40), course.cut)
    died = subjects.treated & (course.leave_reason == DIED)
    return Visits(
        origin=origin,
        offset=offset,
        made=made,
        log=log,
        unreached=np.where(lost, unreached, NEVER),
        last_alive=last,
        known_until=np.where(died, course.death, last),
    )


def collect_sv(dice: Dice, course: Course, visits: Visits) -> Table:
    """Write the visit form."""
    log = visits.log
    size = len(log.row)
    extra, repeated = log.visit == EXTRA, log.occurrence == 2
    not_made = choose(NOT_MADE_REASONS, dice.below(size, len(NOT_MADE_REASONS)), ~log.made)
    why_extra = choose(EXTRA_REASONS, dice.below(size, len(EXTRA_REASONS)), extra)
    why_again = choose((REPEATED_REASON,), np.zeros(size, np.int64), repeated)
    on_phone = (log.visit >= SURVIVAL.start) & (log.visit < SURVIVAL.stop)
    return {
        **identify(course.subjects, log.row),
        "VISIT": choose(VISITS, log.visit),
        "VISOCC": whole(log.occurrence),
        "VISYN": choose(YES_NO, log.made),
        "VISDAT": edc_date(visits.days(log), log.made),
        "VISMODE": choose(("On site", "Telephone"), on_phone, log.made),
        "VISREAS": pc.coalesce(not_made, why_extra, why_again),
    }
