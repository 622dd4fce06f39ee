"""What came before: eligibility failures, cancer and medical history, other treatment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sdtmconv.simulate.course import NEVER, Course
from sdtmconv.simulate.dice import Dice, Ints
from sdtmconv.simulate.events import Events
from sdtmconv.simulate.protocol import CRITERIA
from sdtmconv.simulate.subjects import CHINESE_SITE, SCREEN_FAILURE, identify
from sdtmconv.simulate.terms import POSITION
from sdtmconv.simulate.untidy import (
    UNKNOWN,
    YES_NO,
    Table,
    Text,
    choose,
    edc_date,
    forget,
    number_lines,
    whole,
)
from sdtmconv.simulate.visits import Visits

MH_CATEGORIES = ("Cancer history", "Medical history")


@dataclass(frozen=True)
class Condition:
    """A condition of the past: how it is written, in Chinese too, and how it is coded.

    Args:
        term: As investigators write it.
        chinese: As the Chinese-writing site writes it.
        preferred: MedDRA preferred term.
        organ_class: MedDRA system organ class.
    """

    term: str
    chinese: str
    preferred: str
    organ_class: str


_NEOPLASMS = "Neoplasms benign, malignant and unspecified (incl cysts and polyps)"
_SURGERY = "Surgical and medical procedures"
CANCERS = (
    Condition("Adenocarcinoma of the colon", "结肠腺癌", "Colon cancer", _NEOPLASMS),
    Condition("Rectal adenocarcinoma", "直肠腺癌", "Rectal cancer", _NEOPLASMS),
    Condition("Liver metastases", "肝转移", "Metastases to liver", _NEOPLASMS),
    Condition("Primary tumor resection", "原发肿瘤切除术", "Colectomy", _SURGERY),
)
COLON, RECTUM, METASTASES, RESECTION = range(4)
CONDITIONS = (
    Condition("High blood pressure", "高血压", "Hypertension", "Vascular disorders"),
    Condition(
        "Type 2 diabetes",
        "2型糖尿病",
        "Type 2 diabetes mellitus",
        "Metabolism and nutrition disorders",
    ),
    Condition(
        "Peripheral neuropathy due to oxaliplatin",
        "奥沙利铂所致周围神经病变",
        "Peripheral sensory neuropathy",
        "Nervous system disorders",
    ),
    Condition("Appendicectomy", "阑尾切除术", "Appendicectomy", _SURGERY),
    Condition(
        "hyperlipidaemia", "高脂血症", "Hyperlipidaemia", "Metabolism and nutrition disorders"
    ),
    Condition("Chronic gastritis", "慢性胃炎", "Chronic gastritis", "Gastrointestinal disorders"),
)
# Which conditions are over and done with.
PAST = np.array([False, False, False, True, False, False])
FIRST_EXCLUSION = [category for _, category, _ in CRITERIA].index("Exclusion")

CM_CATEGORIES = ("Prior anti-cancer therapy", "Concomitant medication")


@dataclass(frozen=True)
class Medication:
    """A treatment: how it is written and coded, and how it is given.

    Args:
        term: As investigators write it.
        decode: WHODrug-like standard name.
        indication: Why it is given.
        dose: As written.
        unit: Unit of the dose.
        frequency: As written.
        route: As written.
    """

    term: str
    decode: str
    indication: str
    dose: str
    unit: str
    frequency: str
    route: str


LINES = (
    Medication(
        "FOLFOX + bevacizumab",
        "FLUOROURACIL;FOLINIC ACID;OXALIPLATIN;BEVACIZUMAB",
        "Colorectal cancer",
        "",
        "",
        "Every 2 weeks",
        "Intravenous",
    ),
    Medication(
        "FOLFIRI + cetuximab",
        "FLUOROURACIL;FOLINIC ACID;IRINOTECAN;CETUXIMAB",
        "Colorectal cancer",
        "",
        "",
        "Every 2 weeks",
        "Intravenous",
    ),
    Medication(
        "XELOX",
        "CAPECITABINE;OXALIPLATIN",
        "Colorectal cancer",
        "",
        "",
        "Every 3 weeks",
        "Intravenous and oral",
    ),
)
MEDICATIONS = (
    Medication(
        "Amlodipine 5mg", "AMLODIPINE", "High blood pressure", "5", "mg", "Once daily", "Oral"
    ),
    Medication(
        "metformin", "METFORMIN", "Type 2 diabetes", "0.5", "g", "Three times daily", "Oral"
    ),
    Medication("Omeprazole", "OMEPRAZOLE", "Prophylaxis", "20", "mg", "Once daily", "Oral"),
    Medication("Paracetamol", "PARACETAMOL", "Fever", "500", "mg", "As needed", "Oral"),
)
OMEPRAZOLE, PARACETAMOL = 2, 3
PYREXIA = POSITION["Pyrexia"]
LINE_DAYS = 150


def collect_ie(course: Course, visits: Visits) -> Table:
    """Write the form on criteria not met; only screen failures have records."""
    row = np.flatnonzero(course.subjects.status == SCREEN_FAILURE)
    criterion = course.subjects.criterion[row]
    identifiers, categories, texts = zip(*CRITERIA, strict=True)
    return identify(course.subjects, row) | {
        "IENO": choose(identifiers, criterion),
        "IECAT": choose(categories, criterion),
        "IETEXT": choose(texts, criterion),
        "IEMET": choose(("No", "Yes"), criterion >= FIRST_EXCLUSION),
        "IEDAT": edc_date((visits.origin + visits.last_alive)[row]),
    }


def _years_before(dice: Dice, course: Course, days: tuple[int, ...]) -> Ints:
    return course.subjects.consent - dice.quantiles(len(course), days)


def _cancer_history(dice: Dice, course: Course) -> list[Ints]:
    """List primary tumour, metastases and resection: subject, kind, condition, start, end."""
    n = len(course)
    diagnosis = _years_before(dice, course, (500, 800, 1100, 1500, 2600))
    spread = diagnosis + dice.below(n, 300)
    resected = np.flatnonzero(dice.chance(n, 700))
    rows = [np.arange(n), np.arange(n), resected]
    site = np.where(dice.chance(n, 650), COLON, RECTUM)
    kinds = [site, np.full(n, METASTASES), np.full(len(resected), RESECTION)]
    operation = (diagnosis + 30)[resected]
    starts = [diagnosis, spread, operation]
    ends = [np.full(n, NEVER), np.full(n, NEVER), operation]
    return [np.concatenate(parts) for parts in (rows, kinds, starts, ends)]


def _medical_history(dice: Dice, course: Course) -> list[Ints]:
    n = len(course)
    has = dice.chance((n, len(CONDITIONS)), 220)
    row, kind = np.nonzero(has)
    start = course.subjects.consent[row] - dice.quantiles(len(row), (300, 900, 2000, 4500, 9000))
    end = np.where(PAST[kind], start + dice.between(len(row), 3, 20), NEVER)
    return [row, kind + len(CANCERS), start, end]


def collect_mh(dice: Dice, course: Course) -> Table:
    """Write the form on cancer and medical history."""
    parts = [_cancer_history(dice, course), _medical_history(dice, course)]
    columns = np.stack([np.concatenate(part) for part in zip(*parts, strict=True)])
    row, kind, start, end = columns[:, np.lexsort((columns[1], columns[0]))]
    conditions = CANCERS + CONDITIONS
    written = [c.term for c in conditions] + [c.chinese for c in conditions]
    chinese = course.subjects.site[row] == CHINESE_SITE
    over = end < NEVER
    size = len(row)
    return identify(course.subjects, row) | {
        "MHLINE": number_lines(row),
        "MHCAT": choose(MH_CATEGORIES, kind >= len(CANCERS)),
        "MHTERM": choose(written, kind + len(conditions) * chinese),
        "MHPT": choose([c.preferred for c in conditions], kind),
        "MHSOC": choose([c.organ_class for c in conditions], kind),
        "MHSTDAT": edc_date(start, forget(dice, size, 300, 250, 60)),
        "MHENDAT": edc_date(end, np.where(over, forget(dice, size, 200, 200), UNKNOWN)),
        "MHONGO": choose(YES_NO, ~over),
    }


def _prior_lines(dice: Dice, course: Course) -> list[Ints]:
    """List two or three lines of treatment: subject, medication, start, end, no adverse event."""
    n = len(course)
    lines = 2 + dice.chance(n, 350)
    row, line = np.nonzero(np.arange(len(LINES)) < lines[:, None])
    last_end = course.subjects.consent[row] - dice.between(n, 25, 70)[row]
    end = last_end - (lines[row] - 1 - line) * (LINE_DAYS + 30)
    return [row, line, end - LINE_DAYS, end, np.full(len(row), -1)]


def _long_term(dice: Dice, course: Course, visits: Visits) -> list[Ints]:
    """List what is taken for long: two drugs from before the trial, one as a prophylaxis."""
    n = len(course)
    has = dice.chance((n, OMEPRAZOLE + 1), np.array([200, 150, 350]))
    has[:, OMEPRAZOLE] &= course.subjects.treated
    row, kind = np.nonzero(has)
    before = course.subjects.consent[row] - dice.quantiles(len(row), (60, 400, 1200, 3000))
    with_treatment = kind == OMEPRAZOLE
    start = np.where(with_treatment, course.subjects.first_dose[row], before)
    over = with_treatment & (course.end < visits.known_until)[row] & dice.chance(len(row), 600)
    end = np.where(over, (course.subjects.first_dose + course.end)[row], NEVER)
    return [row, kind + len(LINES), start, end, np.full(len(row), -1)]


def _for_fever(course: Course, events: Events) -> list[Ints]:
    """List what is given for fever, with the line of the adverse event."""
    fever = events.kind == PYREXIA
    line = np.arange(len(events.row)) - np.searchsorted(events.row, events.row) + 1
    row, first_dose = events.row[fever], course.subjects.first_dose[events.row[fever]]
    end = np.where(events.end[fever] < NEVER, first_dose + events.end[fever], NEVER)
    return [
        row,
        np.full(len(row), PARACETAMOL + len(LINES)),
        first_dose + events.start[fever],
        end,
        line[fever],
    ]


def collect_cm(dice: Dice, course: Course, visits: Visits, events: Events) -> Table:
    """Write the form on prior and concomitant treatment."""
    parts = [
        _prior_lines(dice, course),
        _long_term(dice, course, visits),
        _for_fever(course, events),
    ]
    columns = np.stack([np.concatenate(part) for part in zip(*parts, strict=True)])
    row, kind, start, end, event = columns[:, np.lexsort((columns[1], columns[2], columns[0]))]
    drugs = LINES + MEDICATIONS
    over = end < NEVER
    size = len(row)
    return identify(course.subjects, row) | {
        "CMLINE": number_lines(row),
        "CMCAT": choose(CM_CATEGORIES, kind >= len(LINES)),
        "CMTRT": choose([drug.term for drug in drugs], kind),
        "CMDECOD": choose([drug.decode for drug in drugs], kind),
        "CMINDC": choose([drug.indication for drug in drugs], kind),
        "CMDOSE": _given([drug.dose for drug in drugs], kind),
        "CMDOSU": _given([drug.unit for drug in drugs], kind),
        "CMFREQ": choose([drug.frequency for drug in drugs], kind),
        "CMROUTE": choose([drug.route for drug in drugs], kind),
        "CMSTDAT": edc_date(start, forget(dice, size, 120, 100, 40)),
        "CMPRIOR": choose(YES_NO, start < course.subjects.consent[row]),
        "CMENDAT": edc_date(end, np.where(over, forget(dice, size, 100, 20), UNKNOWN)),
        "CMONGO": choose(YES_NO, ~over),
        "CMAELINE": whole(event, event > 0),
    }


def _given(texts: list[str], kind: Ints) -> Text:
    """Write what was collected; an empty text leaves the field empty."""
    return choose(texts, kind, np.array([text != "" for text in texts])[kind])
