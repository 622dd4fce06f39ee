"""Best responses and progression-free survival by the rules that the study states.

An assessment counts when it was made, up to the first overall PD and before a new anti-cancer
therapy that became known.

- Best response (BOR): CR, else PR, else SD at 42 days or more after the first dose (a CR or PR
  cannot be left then), else PD, else NE where an assessment counts, else MISSING.
- Confirmed best response (CBOR): CR when a CR follows 28 days or more later with nothing but CR
  and at most one NE between; else PR when a CR or PR follows a PR 28 days or more later with
  nothing but CR, PR and at most one NE between; else as BOR, an unconfirmed CR or PR counting as
  SD. Missed assessments are not NE.
- PFS: an event on the date of the first overall PD, else of death, unless a new anti-cancer
  therapy became known that began before; then, and for those without an event, censored at the
  last assessment that counts and is not NE, or at Day 1 where there is none. Missed assessments
  before an event change nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sdtmconv.simulate.course import NEVER, Course
from sdtmconv.simulate.dice import Bools, Ints
from sdtmconv.simulate.protocol import ASSESSMENTS
from sdtmconv.simulate.tumours import CR, NE, PD, PR, SD

SHORTEST_STABLE = 42
CONFIRMING = 28
MISSING = 5
BEST = ("CR", "PR", "SD", "PD", "NE", "MISSING")

(PROGRESSED, DIED, NEW_THERAPY, NO_EVENT, NO_ASSESSMENT) = range(5)
PFS_REASONS = (
    "PROGRESSION",
    "DEATH",
    "NEW THERAPY",
    "NO EVENT",
    "NO EVALUABLE ASSESSMENT",
)


@dataclass(frozen=True)
class Progression:
    """Progression-free survival of treated subjects.

    Args:
        offset: Offset of the event or of the censoring.
        event: True for an event.
        reason: Position in PFS_REASONS.
    """

    offset: Ints
    event: Bools
    reason: Ints


def compute_counting(course: Course, known_therapy: Ints) -> Bools:
    """Find the assessments after baseline that count, (subject, assessment)."""
    made = course.assessed & course.tumours.done & (course.assessment < known_therapy[:, None])
    made[:, 0] = False
    worse = made & (course.tumours.overall == PD)
    already = np.cumsum(worse, axis=1) - worse > 0
    return np.asarray(made & ~already)


def _classify(response: Ints, late: Bools, counting: Bools, best: Ints) -> Ints:
    """Fill in SD, PD, NE and MISSING where `best` has found neither CR nor PR (it is -1)."""

    def has(found: Bools) -> Bools:
        return np.asarray(np.any(found & counting, axis=1))

    found = [
        best >= 0,
        has((response <= SD) & late),
        has(response == PD),
        counting.any(axis=1),
    ]
    return np.select(found, [best, SD, PD, NE], MISSING)


def compute_best(course: Course, counting: Bools) -> tuple[Ints, Ints]:
    """Compute best and confirmed best response, as positions in BEST."""
    response, late = course.tumours.overall, course.assessment >= SHORTEST_STABLE
    seen = [((response == kind) & counting).any(axis=1) for kind in (CR, PR)]
    sure = [_is_confirmed(course, counting, kind) for kind in (CR, PR)]
    best, confirmed = (np.select(found, [CR, PR], -1) for found in (seen, sure))
    return (
        _classify(response, late, counting, best),
        _classify(response, late, counting, confirmed),
    )


def _is_confirmed(course: Course, counting: Bools, kind: int) -> Bools:
    response = course.tumours.overall
    confirmed = np.zeros(len(course), dtype=bool)
    for first in range(1, ASSESSMENTS):
        intact = counting[:, first] & (response[:, first] == kind)
        doubts = np.zeros(len(course), dtype=np.int64)
        for second in range(first + 1, ASSESSMENTS):
            here = counting[:, second]
            as_good = here & (response[:, second] <= kind)
            waited = course.assessment[:, second] - course.assessment[:, first] >= CONFIRMING
            confirmed |= intact & as_good & waited
            doubts += here & (response[:, second] == NE)
            intact &= ~here | as_good | ((response[:, second] == NE) & (doubts <= 1))
    return confirmed


def compute_progression(course: Course, counting: Bools, known_therapy: Ints) -> Progression:
    """Compute progression-free survival; what it says of the untreated means nothing."""
    response = course.tumours.overall
    worse = np.where(counting & (response == PD), course.assessment, NEVER).min(axis=1)
    evaluable = np.where(counting & (response != NE), course.assessment, -1).max(axis=1)
    found = [worse < NEVER, known_therapy < NEVER, course.death < NEVER, evaluable < 0]
    reason = np.select(found, [PROGRESSED, NEW_THERAPY, DIED, NO_ASSESSMENT], NO_EVENT)
    event = reason <= DIED
    at_event = np.minimum(worse, course.death)
    return Progression(np.where(event, at_event, np.maximum(evaluable, 0)), event, reason)
