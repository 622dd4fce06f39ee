"""Lesions that grow, shrink, vanish or appear, and their RECIST 1.1 responses.

Arrays are (subject, assessment) or (subject, lesion, assessment); assessment 0 is the baseline.
Sizes are whole micrometres and change by whole thousandths, so that they are exact everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sdtmconv.simulate.dice import Bools, Dice, Ints
from sdtmconv.simulate.protocol import ASSESSMENT_SPANS, ASSESSMENTS

TARGETS, NON_TARGETS, NEW_LESIONS = 5, 3, 2
# Lesions 1 and 2 lie in the liver, 3 in the lung, 4 is a lymph node, 5 lies in the peritoneum.
NODAL = np.array([False, False, False, True, False])

CR, PR, SD, PD, NE, NON_CR_NON_PD, NOT_APPLICABLE = range(7)
RESPONSES = ("CR", "PR", "SD", "PD", "NE", "NON-CR/NON-PD", "NOT APPLICABLE")

NONE_NEW, EQUIVOCAL, UNEQUIVOCAL = range(3)

NOT_SEEN_MM = 0
TOO_SMALL_MM = 5
NODE_NORMAL_MM = 10

# The courses that the columns and rows below stand for: progressive, stable, responding, vanishing.
# Cumulative chance in a thousand of the courses, by dose level 0-4.
COURSE_EDGES = np.array(
    [[350, 800, 970], [350, 800, 970], [310, 720, 950], [270, 640, 930], [260, 620, 920]]
)
# Size after 4 weeks in thousandths, until the nadir and after it: (low, high) by course.
SHRINKING = np.array([[1060, 1240], [940, 1010], [760, 900], [420, 640]])
REGROWING = np.array([[1060, 1240], [1040, 1160], [1030, 1130], [1000, 1040]])
NADIR_SPANS = np.array([[0, 1], [2, 7], [3, 10], [8, 25]])
LARGEST_UM = 200_000
NEVER = 99


@dataclass(frozen=True)
class Tumours:
    """What imaging would show at every planned assessment, were the subject still in the trial.

    Args:
        present: (subject, 5) target lesions that exist.
        site: (subject, 5) choice among the places of the lesion's organ.
        diameter: (subject, 5, 16) true diameter in mm (short axis for nodes).
        readable: (subject, 5, 16) False where the lesion could not be evaluated.
        others: (subject, 3) non-target lesions that exist.
        other_state: (subject, 3, 16) CR absent, NON_CR_NON_PD present, PD or NE.
        new_lesions: (subject, 16) NONE_NEW, EQUIVOCAL or UNEQUIVOCAL.
        new_count: (subject,) how many new lesions appear together.
        done: (subject, 16) False where the assessment was missed.
        total: (subject, 16) sum of diameters in mm; -1 where it cannot be had.
        computed: (subject, 16) target response by RECIST 1.1.
        target: (subject, 16) target response as the investigator gave it.
        non_target: (subject, 16) non-target response.
        overall: (subject, 16) overall response as the investigator gave it.
    """

    present: Bools
    site: Ints
    diameter: Ints
    readable: Bools
    others: Bools
    other_state: Ints
    new_lesions: Ints
    new_count: Ints
    done: Bools
    total: Ints
    computed: Ints
    target: Ints
    non_target: Ints
    overall: Ints


def _within(dice: Dice, edges: Ints) -> Ints:
    """Throw one number per row of (low, high) edges."""
    return edges[..., 0] + dice.below(edges.shape[:-1], edges[..., 1] - edges[..., 0] + 1)


def _diameters(dice: Dice, course: Ints) -> Ints:
    n = len(course)
    shrink = _within(dice, SHRINKING[course])[:, None] + dice.between((n, TARGETS), -25, 25)
    regrow = _within(dice, REGROWING[course])[:, None] + dice.between((n, TARGETS), -25, 25)
    nadir = _within(dice, NADIR_SPANS[course])[:, None]
    size = 1000 * dice.quantiles((n, TARGETS), (12, 17, 23, 31, 45, 90))
    node_size = 1000 * dice.quantiles((n, TARGETS), (16, 18, 21, 26, 36))
    size = np.where(NODAL, node_size, size)
    sizes = [size]
    for span in range(1, ASSESSMENT_SPANS[-1] + 1):
        grown = size * np.where(span <= nadir, shrink, regrow) // 1000
        # A node that is no longer enlarged stays a node.
        size = np.clip(grown, np.where(NODAL, 5000, 0), LARGEST_UM)
        size = np.where((size < 2600) & ~NODAL, 0, size)
        sizes.append(size)
    at_assessments = np.stack([sizes[span] for span in ASSESSMENT_SPANS], axis=2)
    reading_error = dice.between((n, TARGETS, ASSESSMENTS), -700, 700)
    seen = (at_assessments + reading_error + 500) // 1000
    return np.where(at_assessments == 0, NOT_SEEN_MM, seen)


def _other_states(dice: Dice, course: Ints) -> Ints:
    n = len(course)
    visit = np.arange(ASSESSMENTS)
    absent_from = np.where(
        dice.chance(n, np.array([0, 20, 450, 900])[course]), dice.between(n, 2, 5), NEVER
    )
    worse_from = np.where(
        dice.chance(n, np.array([200, 80, 50, 10])[course]), dice.between(n, 1, 10), NEVER
    )
    state = np.full((n, NON_TARGETS, ASSESSMENTS), NON_CR_NON_PD)
    state[(visit >= absent_from[:, None])[:, None, :].repeat(NON_TARGETS, axis=1)] = CR
    state[:, 0, :][visit >= worse_from[:, None]] = PD
    state[..., 1:][dice.chance((n, NON_TARGETS, ASSESSMENTS - 1), 12)] = NE
    return state


def _new_lesions(dice: Dice, course: Ints) -> Ints:
    n = len(course)
    appears = dice.chance(n, np.array([400, 250, 200, 120])[course])
    first = np.where(appears, dice.quantiles(n, (1, 2, 4, 7, 13)), NEVER)[:, None]
    sure_from = first + dice.chance(n, 350)[:, None]
    visit = np.arange(ASSESSMENTS)
    return np.where(visit >= sure_from, UNEQUIVOCAL, np.where(visit >= first, EQUIVOCAL, NONE_NEW))


def _lowest_before(total: Ints) -> Ints:
    """Take the lowest sum so far, the baseline included, before each assessment."""
    known = np.where(total < 0, np.iinfo(np.int64).max, total)
    running = np.minimum.accumulate(known, axis=1)
    return np.concatenate([running[:, :1], running[:, :-1]], axis=1)


def _target_response(diameter: Ints, present: Bools, total: Ints) -> Ints:
    nadir = _lowest_before(total)
    normal = np.where(NODAL[:, None], diameter < NODE_NORMAL_MM, diameter == NOT_SEEN_MM)
    complete = (normal | ~present[:, :, None]).all(axis=1)
    worse = (5 * total >= 6 * nadir) & (total - nadir >= 5)
    partial = 10 * total <= 7 * total[:, :1]
    return np.select([total < 0, complete, worse, partial], [NE, CR, PD, PR], SD)


def _non_target_response(state: Ints, others: Bools) -> Ints:
    def shown(kind: int) -> Bools:
        return np.asarray(np.any((state == kind) & others[:, :, None], axis=1))

    found = [shown(PD), shown(NE), shown(NON_CR_NON_PD), shown(CR)]
    return np.select(found, [PD, NE, NON_CR_NON_PD, CR], NOT_APPLICABLE)


def compute_overall(target: Ints, non_target: Ints, new_lesions: Ints) -> Ints:
    """Combine target, non-target and new-lesion findings (RECIST 1.1, table 1).

    Args:
        target: CR, PR, SD, PD or NE.
        non_target: CR, NON_CR_NON_PD, PD, NE, or NOT_APPLICABLE where there was none.
        new_lesions: UNEQUIVOCAL makes a progression; EQUIVOCAL does not.

    Returns:
        The overall response.

    >>> compute_overall(np.array([CR, CR]), np.array([CR, NE]), np.array([0, 0])).tolist()
    [0, 1]
    """
    worse = (target == PD) | (non_target == PD) | (new_lesions == UNEQUIVOCAL)
    clear = (non_target == CR) | (non_target == NOT_APPLICABLE)
    return np.select([worse, (target == CR) & ~clear], [PD, PR], target)


def grow(dice: Dice, level: Ints) -> Tumours:
    """Let the tumours of a group of subjects take their course.

    Args:
        dice: The group's own chance.
        level: Dose level 0-4 of each subject.

    Returns:
        What each planned assessment would show.
    """
    n = len(level)
    course = (dice.below(n, 1000)[:, None] >= COURSE_EDGES[level]).sum(axis=1)
    present = np.arange(TARGETS) < dice.quantiles(n, (1, 2, 3, 4, 6))[:, None]
    others = np.arange(NON_TARGETS) < dice.below(n, NON_TARGETS + 1)[:, None]
    diameter = np.where(present[:, :, None], _diameters(dice, course), 0)
    readable = ~dice.chance((n, TARGETS, ASSESSMENTS), 8)
    readable[..., 0] = True
    done = ~dice.chance((n, ASSESSMENTS), 50)
    done[:, 0] = True
    state = _other_states(dice, course)
    new = _new_lesions(dice, course)

    small = (diameter > 0) & (diameter < TOO_SMALL_MM)
    total = np.where(small, TOO_SMALL_MM, diameter).sum(axis=1)
    unread = (~readable & present[:, :, None]).any(axis=1)
    total = np.where(unread | ~done, -1, total)
    computed = _target_response(diameter, present, total)
    # Now and then an investigator sees a partial response one step lower.
    slip = (computed == PR) & dice.chance((n, ASSESSMENTS), 40)
    target = np.where(slip, SD, computed)
    non_target = _non_target_response(state, others)
    return Tumours(
        present=present,
        site=dice.below((n, TARGETS), 4),
        diameter=diameter,
        readable=readable,
        others=others,
        other_state=state,
        new_lesions=new,
        new_count=dice.between(n, 1, NEW_LESIONS),
        done=done,
        total=total,
        computed=computed,
        target=target,
        non_target=non_target,
        overall=compute_overall(target, non_target, new),
    )
