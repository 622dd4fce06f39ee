"""Who is screened: site, demographics, and whether they get as far as the first dose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sdtmconv.simulate.dice import Bools, Dice, Ints
from sdtmconv.simulate.protocol import CRITERIA, STUDY
from sdtmconv.simulate.untidy import Table, Text, choose, constant

SITES = ("01", "02", "03", "04", "05", "06")
SITE_WEIGHTS = (6, 5, 5, 4, 3, 2)
# Its investigators write in Chinese.
CHINESE_SITE = 2

SCREEN_FAILURE, NOT_ASSIGNED, NOT_TREATED, TREATED = range(4)
STATUS_WEIGHTS = (10, 0, 6, 84)
# Years of those who fail the first criterion, which is age.
TOO_OLD = 78


@dataclass(frozen=True)
class Subjects:
    """One value per subject, in order of consent.

    Args:
        number: 1, 2, 3, ... in order of consent.
        site: Position in SITES.
        consent: Day of consent, counted from 1970-01-01.
        age: Years at consent.
        female: Sex.
        race: Position in the collected list of races.
        status: SCREEN_FAILURE, NOT_ASSIGNED, NOT_TREATED or TREATED.
        criterion: Position in CRITERIA of the failed criterion; -1 for those eligible.
        level: Dose level 1-4; 0 for those not assigned.
        cohort: Number of the escalation cohort; 0 in expansion and for those not assigned.
        replaces: Number of the subject replaced; 0 for none.
        enrolment: Day of enrolment; -1 for none.
        first_dose: Day of the first dose; -1 for the untreated.
    """

    number: Ints
    site: Ints
    consent: Ints
    age: Ints
    female: Bools
    race: Ints
    status: Ints
    criterion: Ints
    level: Ints
    cohort: Ints
    replaces: Ints
    enrolment: Ints
    first_dose: Ints

    @property
    def treated(self) -> Bools:
        """True for those who got a dose."""
        return np.asarray(self.status == TREATED)

    @property
    def birth_year(self) -> Ints:
        """Year of birth, taken as if every birthday were on 1 January."""
        years = self.consent.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64)
        return years + 1970 - self.age


def screen(dice: Dice, numbers: Ints, consent: Ints, level: int, cohort: int) -> Subjects:
    """Screen a group of subjects for one dose level.

    Args:
        dice: The group's own chance.
        numbers: Subject numbers.
        consent: Days of consent, counted from 1970-01-01.
        level: Dose level 1-4; 0 when the trial is closed, and then nobody is assigned.
        cohort: Number of the escalation cohort, 0 for expansion.

    Returns:
        The subjects; nobody replaces anybody yet.
    """
    n = len(numbers)
    status = dice.pick(n, STATUS_WEIGHTS)
    if level == 0:
        status = np.where(status == SCREEN_FAILURE, SCREEN_FAILURE, NOT_ASSIGNED)
    assigned = status >= NOT_TREATED
    criterion = np.where(status == SCREEN_FAILURE, dice.below(n, len(CRITERIA)), -1)
    enrolment = consent + dice.between(n, 6, 13)
    first_dose = enrolment + dice.between(n, 1, 3)
    return Subjects(
        number=numbers,
        site=dice.pick(n, SITE_WEIGHTS),
        consent=consent,
        age=np.where(criterion == 0, TOO_OLD, dice.quantiles(n, (29, 46, 54, 59, 64, 70, 76))),
        female=dice.chance(n, 400),
        race=dice.pick(n, (93, 2, 3, 2)),
        status=status,
        criterion=criterion,
        level=np.where(assigned, level, 0),
        cohort=np.where(assigned, cohort, 0),
        replaces=np.zeros(n, dtype=np.int64),
        enrolment=np.where(assigned, enrolment, -1),
        first_dose=np.where(status == TREATED, first_dose, -1),
    )


def compute_ids(subjects: Subjects) -> Text:
    """Write the subject identifiers, such as 03-00017: site and number."""
    texts = [
        f"{SITES[site]}-{number:05d}"
        for site, number in zip(subjects.site.tolist(), subjects.number.tolist(), strict=True)
    ]
    return choose(texts, np.arange(len(texts)))


def identify(subjects: Subjects, rows: Ints) -> Table:
    """Write the identifiers that every EDC form begins with, for records of the given subjects."""
    return {
        "STUDYID": constant(STUDY, len(rows)),
        "SITEID": choose(SITES, subjects.site[rows]),
        "SUBJID": compute_ids(subjects).take(rows),
    }
