"""The truth that was played, for tests to compare with; no spec may read it.

Dates are ISO 8601. OS runs from the first dose to death, else it is censored at the last visit or
contact made; a vain contact is none. PFS and best responses follow the rules in `responses`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sdtmconv.simulate.course import NEVER, Course
from sdtmconv.simulate.dice import Bools, Ints
from sdtmconv.simulate.disposition import PARTS, compute_known_therapy
from sdtmconv.simulate.escalation import Cohort, compute_counts
from sdtmconv.simulate.events import Events
from sdtmconv.simulate.exposure import (
    HAI_VISITS,
    IV_VISITS,
    Exposure,
    Infusions,
    compute_amount,
    compute_last_dose,
)
from sdtmconv.simulate.imaging import NOT_EVALUABLE, STATES, TOO_SMALL, compute_state
from sdtmconv.simulate.kinetics import (
    IL12_POINTS,
    NAB_POINTS,
    PK_POINTS,
    SHED_POINTS,
    SPECIMENS,
    Kinetics,
    Point,
    Samples,
    compute_titre,
)
from sdtmconv.simulate.protocol import (
    ASSESSMENT_VISITS,
    COMBINATION,
    DATA_CUT,
    DOSE_LEVELS_VP,
    MONOTHERAPY,
    PHASES,
    TORIPALIMAB_MG,
)
from sdtmconv.simulate.responses import (
    BEST,
    PFS_REASONS,
    compute_best,
    compute_counting,
    compute_progression,
)
from sdtmconv.simulate.subjects import compute_ids
from sdtmconv.simulate.terms import EVENTS
from sdtmconv.simulate.tumours import RESPONSES, TARGETS, TOO_SMALL_MM
from sdtmconv.simulate.untidy import (
    Table,
    Text,
    choose,
    clock,
    constant,
    decimal,
    iso_date,
    join,
    number_lines,
    whole,
)
from sdtmconv.simulate.visits import Visits

N_Y = ("N", "Y")
STATUSES = ("SCREEN FAILURE", "NOT ASSIGNED", "NOT TREATED", "TREATED")


def _all(size: int) -> Bools:
    return np.ones(size, dtype=bool)


def compose_subjects(course: Course, visits: Visits, exposure: Exposure) -> Table:
    """Give one record per subject: assignment, DLT, exposure, survival, response."""
    subjects = course.subjects
    treated, first = subjects.treated, subjects.first_dose
    assigned = subjects.level > 0
    therapy = compute_known_therapy(course, visits)
    counts, _ = compute_counts(course)
    return {
        "SUBJID": compute_ids(subjects),
        "STATUS": choose(STATUSES, subjects.status),
        "PART": choose(PARTS, subjects.cohort == 0, assigned),
        "COHORT": whole(subjects.cohort, subjects.cohort > 0),
        "LEVEL": whole(subjects.level, assigned),
        "DOSEVP": choose([str(dose) for dose in DOSE_LEVELS_VP], subjects.level - 1),
        "CONSENT": iso_date(subjects.consent, _all(len(course))),
        "ENROLMENT": iso_date(subjects.enrolment, assigned),
        "FIRSTDOSE": join("T", iso_date(first, treated), clock(exposure.hai.start[:, 0])),
        "LASTDOSE": iso_date(first + compute_last_dose(exposure), treated),
        "COUNTS": choose(N_Y, counts, treated),
        **_phase(course, MONOTHERAPY, "MONO"),
        **_phase(course, COMBINATION, "COMB"),
        "NEWTHERAPY": iso_date(first + therapy, therapy < NEVER),
        **_survival(course, visits),
        **_response(course, therapy),
    }


def _phase(course: Course, phase: int, name: str) -> Table:
    treated, dlt = course.subjects.treated, course.dlt[:, phase]
    return {
        f"{name}ENTERED": choose(N_Y, course.entered[:, phase], treated),
        f"{name}EVAL": choose(N_Y, course.evaluable[:, phase], treated),
        f"{name}DLT": iso_date(course.subjects.first_dose + dlt, dlt < NEVER),
    }


def _survival(course: Course, visits: Visits) -> Table:
    treated, first = course.subjects.treated, course.subjects.first_dose
    died = treated & (course.death < NEVER)
    return {
        "DEATH": iso_date(first + course.death, died),
        "LASTALIVE": iso_date(visits.origin + visits.last_alive, treated & ~died),
        "OSDAYS": whole(visits.known_until + 1, treated),
        "OSEVENT": choose(N_Y, died, treated),
    }


def _response(course: Course, therapy: Ints) -> Table:
    treated = course.subjects.treated
    counting = compute_counting(course, therapy)
    best, confirmed = compute_best(course, counting)
    progression = compute_progression(course, counting, therapy)
    return {
        "PFSDAYS": whole(progression.offset + 1, treated),
        "PFSEVENT": choose(N_Y, progression.event, treated),
        "PFSREASON": choose(PFS_REASONS, progression.reason, treated),
        "BOR": choose(BEST, best, treated),
        "CBOR": choose(BEST, confirmed, treated),
    }


def compose_cohorts(cohorts: Sequence[Cohort]) -> Table:
    """Give one record per escalation cohort, with the decision taken after it."""

    def column(name: str) -> Text:
        return whole(np.array([getattr(cohort, name) for cohort in cohorts], dtype=np.int64))

    names = {
        "COHORT": "number",
        "LEVEL": "level",
        "COUNTED": "counted",
        "DLTS": "dlts",
        "LEVELCOUNTED": "level_counted",
        "LEVELDLTS": "level_dlts",
    }
    decisions = [cohort.decision for cohort in cohorts]
    table = {column_name: column(name) for column_name, name in names.items()}
    return table | {"DECISION": choose(decisions, np.arange(len(decisions)))}


def compose_study(mtd: int) -> Table:
    """Give the one record of the trial: the MTD's level, 0 where there is none, and the cut."""
    one = _all(1)
    return {
        "MTDLEVEL": whole(np.array([mtd])),
        "MTDVP": choose([str(dose) for dose in DOSE_LEVELS_VP], np.array([mtd - 1])),
        "DATACUT": iso_date(np.array([DATA_CUT]), one),
    }


def compose_doses(course: Course, exposure: Exposure) -> list[Table]:
    """Give one record per infusion due and per interval of tablets, with the true dates."""
    return [
        _infusions(
            course, exposure.hai, "BIOTTT001", HAI_VISITS, compute_amount(course, exposure.hai)
        ),
        _infusions(
            course,
            exposure.iv,
            "TORIPALIMAB",
            IV_VISITS,
            TORIPALIMAB_MG * exposure.iv.percent // 100,
        ),
        _tablets(course, exposure),
    ]


def _infusions(
    course: Course, drug: Infusions, name: str, visit_names: tuple[str, ...], amount: Ints
) -> Table:
    row, slot = np.nonzero(drug.due)
    start = iso_date(course.subjects.first_dose[row] + drug.offset[row, slot], _all(len(row)))
    begin = drug.start[row, slot]
    return {
        "SUBJID": compute_ids(course.subjects).take(row),
        "TREATMENT": constant(name, len(row)),
        "VISIT": choose(visit_names, slot),
        "DOSE": whole(amount[row, slot]),
        "START": join("T", start, clock(begin)),
        "END": join("T", start, clock(begin + drug.duration[row, slot])),
    }


def _tablets(course: Course, exposure: Exposure) -> Table:
    tablets = exposure.tablets
    row, cycle, segment = np.nonzero(tablets.taken)
    first = course.subjects.first_dose[row]
    ended = ~tablets.ongoing[row, cycle, segment]
    return {
        "SUBJID": compute_ids(course.subjects).take(row),
        "TREATMENT": constant("REGORAFENIB", len(row)),
        "VISIT": join("", "Cycle ", whole(cycle + 1)),
        "DOSE": whole(tablets.dose[row, cycle, segment]),
        "START": iso_date(first + tablets.start[row, cycle, segment], _all(len(row))),
        "END": iso_date(first + tablets.end[row, cycle, segment], ended),
    }


def compose_events(course: Course, events: Events) -> Table:
    """Give one record per adverse event, with its true dates."""
    row = events.row
    first = course.subjects.first_dose[row]
    return {
        "SUBJID": compute_ids(course.subjects).take(row),
        "AELINE": number_lines(row),
        "AEPT": choose([event.preferred for event in EVENTS], events.kind),
        "GRADE": whole(events.grade),
        "START": iso_date(first + events.start, _all(len(row))),
        "END": iso_date(first + events.end, events.end < NEVER),
        "DLTPHASE": choose(PHASES, events.phase),
    }


def compose_lesions(course: Course) -> Table:
    """Give one record per target lesion and assessment made: its diameter in mm, and in the sum."""
    tumours = course.tumours
    made = course.assessed & tumours.done
    row, visit, lesion = np.nonzero(made[:, :, None] & tumours.present[:, None, :])
    state = compute_state(course)[row, lesion, visit]
    diameter = tumours.diameter[row, lesion, visit]
    return {
        "SUBJID": compute_ids(course.subjects).take(row),
        "VISIT": choose(ASSESSMENT_VISITS, visit),
        "LESION": choose([f"T{k:02d}" for k in range(1, TARGETS + 1)], lesion),
        "STATE": choose(STATES, state),
        "DIAMETER": whole(diameter, state != NOT_EVALUABLE),
        "SUMMED": whole(
            np.where(state == TOO_SMALL, TOO_SMALL_MM, diameter), state != NOT_EVALUABLE
        ),
    }


def compose_responses(course: Course, visits: Visits) -> Table:
    """Give one record per assessment made: its sum and responses, and whether it counts."""
    tumours = course.tumours
    row, visit = np.nonzero(course.assessed & tumours.done)
    total = tumours.total[row, visit]
    counting = compute_counting(course, compute_known_therapy(course, visits))
    later = visit > 0
    return {
        "SUBJID": compute_ids(course.subjects).take(row),
        "VISIT": choose(ASSESSMENT_VISITS, visit),
        "DATE": iso_date(visits.origin[row] + course.assessment[row, visit], _all(len(row))),
        "SUM": whole(total, total >= 0),
        "COMPUTED": choose(RESPONSES, tumours.computed[row, visit], later),
        "TARGET": choose(RESPONSES, tumours.target[row, visit], later),
        "NONTARGET": choose(RESPONSES, tumours.non_target[row, visit], later),
        "OVERALL": choose(RESPONSES, tumours.overall[row, visit], later),
        "COUNTS": choose(N_Y, counting[row, visit]),
    }


def compose_samples(course: Course, kinetics: Kinetics) -> list[Table]:
    """Give one record per sample: what is truly in it, in the unit of its delivery."""
    shed = [
        (f"SHED {name.upper()}", samples, SHED_POINTS)
        for name, samples in zip(SPECIMENS, kinetics.shedding, strict=True)
    ]
    amounts = [("PLASMA ADV", kinetics.plasma, PK_POINTS), *shed]
    tables = [_samples(course, *part, whole(part[1].true)) for part in amounts]
    il12, antibody = kinetics.il12, kinetics.antibody
    titre = whole(compute_titre(antibody.true), antibody.true >= 0)
    return [
        *tables,
        _samples(course, "IL-12", il12, IL12_POINTS, decimal(il12.true, 1)),
        _samples(course, "ANTIBODY TITRE", antibody, NAB_POINTS, titre),
    ]


def _samples(
    course: Course, what: str, samples: Samples, points: tuple[Point, ...], value: Text
) -> Table:
    size = len(samples.row)
    date = iso_date(samples.day, _all(size))
    return {
        "SUBJID": compute_ids(course.subjects).take(samples.row),
        "WHAT": constant(what, size),
        "VISIT": choose([point.visit for point in points], samples.point),
        "TPT": choose([point.label for point in points], samples.point),
        "COLLECTED": join("T", date, clock(samples.minute)),
        "TRUE": value,
    }
