"""The imaging forms: target, non-target and new lesions, and the investigator's responses."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from sdtmconv.simulate.course import Course
from sdtmconv.simulate.dice import Bools, Dice, Ints
from sdtmconv.simulate.protocol import ASSESSMENT_VISITS
from sdtmconv.simulate.subjects import identify
from sdtmconv.simulate.tumours import (
    EQUIVOCAL,
    NEW_LESIONS,
    NODAL,
    NOT_SEEN_MM,
    TARGETS,
    TOO_SMALL_MM,
    UNEQUIVOCAL,
)
from sdtmconv.simulate.untidy import (
    YES_NO,
    Table,
    Text,
    choose,
    constant,
    decimal,
    edc_date,
)

ORGANS = ("Liver", "Liver", "Lung", "Lymph node", "Peritoneum")
PLACES = (
    ("Segment II", "Segment III", "Segment IV", "Segment V"),
    ("Segment VI", "Segment VII", "Segment VIII", "Caudate lobe"),
    ("Right upper lobe", "Right lower lobe", "Left upper lobe", "Left lower lobe"),
    ("Retroperitoneal", "Portacaval", "Mesenteric", "Hepatic hilum"),
    ("Omentum", "Pelvic peritoneum", "Right paracolic gutter", "Mesentery"),
)
OTHER_ORGANS = ("Liver", "Lung", "Bone")
OTHER_PLACES = ("Multiple small lesions, both lobes", "Multiple nodules < 10 mm", "Sacrum")
NEW_ORGANS = ("Liver", "Lung")
METHODS = ("CT scan with contrast", "MRI")
MISSED = "Assessment missed"
# This site measures in centimetres.
CENTIMETRE_SITE = 1

MEASURED, TOO_SMALL, ABSENT, NOT_EVALUABLE = range(4)
STATES = ("Measured", "Too small to measure", "Absent", "Not evaluable")
WHY_NOT_EVALUABLE = ("Motion artefact", "Lesion out of the scanned range")
OTHER_STATES = (
    "Absent",
    "",
    "",
    "Unequivocal progression",
    "Not evaluable",
    "Present",
)
RESPONSES = (
    "Complete Response (CR)",
    "Partial Response (PR)",
    "Stable Disease (SD)",
    "Progressive Disease (PD)",
    "Not Evaluable (NE)",
    "Non-CR/Non-PD",
    "Not applicable",
)
# A lesion is read a second time only where a few millimetres cannot make it vanish.
SMALLEST_READ_AGAIN_MM = 12


def compute_state(course: Course) -> Ints:
    """Say how each target lesion was found, (subject, lesion, assessment)."""
    tumours = course.tumours
    diameter = tumours.diameter
    found = [~tumours.readable, diameter == NOT_SEEN_MM, (diameter < TOO_SMALL_MM)]
    return np.select(found, [NOT_EVALUABLE, ABSENT, TOO_SMALL], MEASURED)


def _method(course: Course, row: Ints) -> Text:
    return choose(METHODS, course.subjects.number[row] % 6 == 0)


def _date(course: Course, row: Ints, visit: Ints, made: Bools) -> Text:
    return edc_date(course.subjects.first_dose[row] + course.assessment[row, visit], made)


def _place(course: Course, row: Ints, lesion: Ints) -> Table:
    places = [place for organ in PLACES for place in organ]
    site = course.tumours.site[row, lesion]
    return {
        "TLORG": choose(ORGANS, lesion),
        "TLLOC": choose(places, lesion * len(PLACES[0]) + site),
        "TLNODE": choose(YES_NO, NODAL[lesion]),
    }


def _diameter(course: Course, row: Ints, millimetres: Ints, known: Bools) -> Table:
    in_cm = course.subjects.site[row] == CENTIMETRE_SITE
    return {
        "TLDIAM": decimal(millimetres, in_cm.astype(np.int64), known),
        "TLUNIT": choose(("mm", "cm"), in_cm, known),
    }


def _why_unread(dice: Dice, state: Ints, made: Bools) -> Text:
    missed = choose((MISSED,), np.zeros(len(state), np.int64), ~made)
    unclear = made & (state == NOT_EVALUABLE)
    return pc.coalesce(missed, choose(WHY_NOT_EVALUABLE, dice.below(len(state), 2), unclear))


def _read_again(dice: Dice, diameter: Ints, large: Bools) -> tuple[Ints, Ints, Bools]:
    """Read some lesions twice, the wrong reading first: which, how large, and the second time."""
    again = large & dice.chance(len(diameter), 30)
    error = dice.between(len(diameter), 2, 5)
    copies = np.repeat(np.arange(len(diameter)), 1 + again)
    wrong = np.append(copies[:-1] == copies[1:], False)
    return (
        copies,
        np.where(wrong, (diameter - error)[copies], diameter[copies]),
        again[copies] & ~wrong,
    )


def collect_tl(dice: Dice, course: Course) -> Table:
    """Write the target lesion form."""
    tumours = course.tumours
    row, visit, lesion = np.nonzero(course.assessed[:, :, None] & tumours.present[:, None, :])
    diameter = tumours.diameter[row, lesion, visit]
    measured = compute_state(course)[row, lesion, visit] == MEASURED
    large = tumours.done[row, visit] & measured & (diameter >= SMALLEST_READ_AGAIN_MM)
    copies, size_read, second = _read_again(dice, diameter, large)
    row, visit, lesion = row[copies], visit[copies], lesion[copies]
    made, state = tumours.done[row, visit], compute_state(course)[row, lesion, visit]
    return (
        identify(course.subjects, row)
        | {
            "VISIT": choose(ASSESSMENT_VISITS, visit),
            "TLDAT": _date(course, row, visit, made),
            "TLNO": choose([f"T{k:02d}" for k in range(1, TARGETS + 1)], lesion),
            "TLMETH": _method(course, row),
            "TLDONE": choose(YES_NO, made),
            "TLSTATE": choose(STATES, state, made),
            "TLREAD": choose(("Initial", "Re-assessment"), second, made),
        }
        | _place(course, row, lesion)
        | _diameter(course, row, size_read, made & np.isin(state, (MEASURED, ABSENT)))
        | {"TLREAS": _why_unread(dice, state, made)}
    )


def collect_ntl(course: Course) -> Table:
    """Write the non-target lesion form."""
    tumours = course.tumours
    row, visit, lesion = np.nonzero(course.assessed[:, :, None] & tumours.others[:, None, :])
    made = tumours.done[row, visit]
    return identify(course.subjects, row) | {
        "VISIT": choose(ASSESSMENT_VISITS, visit),
        "NTLDAT": _date(course, row, visit, made),
        "NTLNO": choose([f"NT{k:02d}" for k in range(1, 4)], lesion),
        "NTLORG": choose(OTHER_ORGANS, lesion),
        "NTLLOC": choose(OTHER_PLACES, lesion),
        "NTLMETH": _method(course, row),
        "NTLDONE": choose(YES_NO, made),
        "NTLSTAT": choose(OTHER_STATES, tumours.other_state[row, lesion, visit], made),
        "NTLREAS": choose((MISSED,), np.zeros(len(row), np.int64), ~made),
    }


def collect_nl(course: Course) -> Table:
    """Write the new lesion form; only assessments with a new lesion have records."""
    tumours = course.tumours
    seen = course.assessed & tumours.done & (tumours.new_lesions > 0)
    exists = np.arange(NEW_LESIONS) < tumours.new_count[:, None]
    row, visit, lesion = np.nonzero(seen[:, :, None] & exists[:, None, :])
    return identify(course.subjects, row) | {
        "VISIT": choose(ASSESSMENT_VISITS, visit),
        "NLDAT": _date(course, row, visit, np.ones(len(row), dtype=bool)),
        "NLNO": choose([f"N{k:02d}" for k in range(1, NEW_LESIONS + 1)], lesion),
        "NLORG": choose(NEW_ORGANS, lesion),
        "NLMETH": _method(course, row),
        "NLSTAT": choose(("Equivocal", "Unequivocal"), tumours.new_lesions[row, visit] - EQUIVOCAL),
    }


def collect_rsp(course: Course) -> Table:
    """Write the form on the investigator's responses after baseline."""
    tumours = course.tumours
    row, visit = np.nonzero(course.assessed[:, 1:])
    visit = visit + 1
    made = tumours.done[row, visit]
    size = len(row)
    new = np.where(
        tumours.new_lesions[row, visit] == UNEQUIVOCAL, 2, tumours.new_lesions[row, visit]
    )
    return identify(course.subjects, row) | {
        "VISIT": choose(ASSESSMENT_VISITS, visit),
        "RSDONE": choose(YES_NO, made),
        "RSDAT": _date(course, row, visit, made),
        "RSCRIT": constant("RECIST 1.1", size),
        "RSTRG": choose(RESPONSES, tumours.target[row, visit], made),
        "RSNTRG": choose(RESPONSES, tumours.non_target[row, visit], made),
        "RSNEW": choose(("No", "Equivocal", "Yes"), new, made),
        "RSOVR": choose(RESPONSES, tumours.overall[row, visit], made),
        "RSREAS": choose((MISSED,), np.zeros(size, np.int64), ~made),
    }
