"""The simulation from end to end: play the trial, write the raw records and the truth."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sdtmconv.errors import DataError, Fault, raise_faults
from sdtmconv.folders import replace_folder
from sdtmconv.simulate import (
    disposition,
    events,
    exposure,
    history,
    imaging,
    kinetics,
    labs,
    truth,
    vendors,
    visits,
    vitals,
)
from sdtmconv.simulate.course import Course
from sdtmconv.simulate.dice import Dice
from sdtmconv.simulate.escalation import Trial
from sdtmconv.simulate.events import Events
from sdtmconv.simulate.exposure import Exposure
from sdtmconv.simulate.file_csv import CsvFolder
from sdtmconv.simulate.files import open_form
from sdtmconv.simulate.forms import FORMS
from sdtmconv.simulate.kinetics import Kinetics
from sdtmconv.simulate.untidy import Table
from sdtmconv.simulate.visits import Visits

# With this seed, 30 subjects reach all dose levels and show every kind of untidiness.
REFERENCE_SEED = 79

# Subject numbers have five digits.
MOST_SUBJECTS = 99_999


@dataclass(frozen=True)
class Played:
    """All that happened to a group of subjects."""

    course: Course
    visits: Visits
    exposure: Exposure
    kinetics: Kinetics
    events: Events


def _play(seed: int, course: Course) -> Played:
    """Play what follows from the subjects' course; each topic has its own chance."""
    first = int(course.subjects.number[0])
    seen = visits.attend(Dice(seed, "visits", first), course)
    given = exposure.dose(Dice(seed, "doses", first), course, seen)
    sampled = kinetics.sample(Dice(seed, "samples", first), course, seen, given)
    befallen = events.befall(Dice(seed, "events", first), course, seen, given)
    return Played(course, seen, given, sampled, befallen)


def _collect(seed: int, played: Played) -> dict[str, Table]:
    """Write the raw records: form to table."""
    course, seen, sampled = played.course, played.visits, played.kinetics
    first = int(course.subjects.number[0])

    def dice(form: str) -> Dice:
        return Dice(seed, form, first)

    return {
        "dm": disposition.collect_dm(course),
        "sv": visits.collect_sv(dice("sv"), course, seen),
        "ec_hai": exposure.collect_ec_hai(course, played.exposure),
        "ec_iv": exposure.collect_ec_iv(course, played.exposure),
        "ec_po": exposure.collect_ec_po(course, played.exposure),
        "ae": events.collect_ae(dice("ae"), course, played.events),
        "dlt": disposition.collect_dlt(course, seen),
        "ds": disposition.collect_ds(dice("ds"), course, seen),
        "fu": disposition.collect_fu(dice("fu"), course, seen),
        "dth": disposition.collect_dth(dice("dth"), course, played.events),
        "ie": history.collect_ie(course, seen),
        "mh": history.collect_mh(dice("mh"), course),
        "cm": history.collect_cm(dice("cm"), course, seen, played.events),
        "vs": vitals.collect_vs(dice("vs"), course, seen),
        "lb": labs.collect_lb(dice("lb"), course, seen),
        "eg": vitals.collect_eg(dice("eg"), course, seen),
        "tl": imaging.collect_tl(dice("tl"), course),
        "ntl": imaging.collect_ntl(course),
        "nl": imaging.collect_nl(course),
        "rsp": imaging.collect_rsp(course),
        "pk_vendor": vendors.collect_pk_vendor(dice("pk"), course, sampled),
        "shed_vendor": vendors.collect_shed_vendor(dice("shed"), course, sampled),
        "il12_vendor": vendors.collect_il12_vendor(dice("il12"), course, sampled),
        "nab_vendor": vendors.collect_nab_vendor(course, sampled),
    }


def _compose(played: Played) -> list[tuple[str, Table]]:
    """Write the truth: name of the file and table; a file may have several."""
    course, seen = played.course, played.visits
    doses = truth.compose_doses(course, played.exposure)
    samples = truth.compose_samples(course, played.kinetics)
    return [
        ("subjects", truth.compose_subjects(course, seen, played.exposure)),
        *(("doses", table) for table in doses),
        ("events", truth.compose_events(course, played.events)),
        ("lesions", truth.compose_lesions(course)),
        ("responses", truth.compose_responses(course, seen)),
        *(("samples", table) for table in samples),
    ]


def _find_faults(subjects: int, seed: int) -> list[Fault]:
    faults = []
    if not 1 <= subjects <= MOST_SUBJECTS:
        problem = f"{subjects} subjects cannot be simulated"
        faults.append(Fault("--subjects", problem, f"give a number from 1 to {MOST_SUBJECTS}"))
    if seed < 0:
        faults.append(Fault("--seed", f"{seed} is negative", "give 0 or a positive number"))
    return faults


def simulate(subjects: int, seed: int, out: Path) -> None:
    """Write the raw records of the reference study, and the truth that was played.

    Args:
        subjects: How many subjects give consent; screen failures are among them.
        seed: Same seed and subjects, same bytes, on any machine; 0 or more.
        out: The folder; raw files stand in it, the truth in its folder `truth`.

    Raises:
        DataError: The numbers are out of range, or the folder cannot be written.
    """
    raise_faults(DataError, _find_faults(subjects, seed))
    trial = Trial(subjects, seed)
    with replace_folder(out, {"simulated_subjects": subjects, "seed": seed}) as folder:
        (folder / "truth").mkdir()
        raw = {form.name: open_form(folder, form) for form in FORMS}
        true = CsvFolder(folder / "truth")
        for course in trial.play():
            played = _play(seed, course)
            for form, table in _collect(seed, played).items():
                raw[form].append(table)
            for name, table in _compose(played):
                true.append(name, table)
        true.append("cohorts", truth.compose_cohorts(trial.cohorts))
        true.append("study", truth.compose_study(trial.mtd))
        for writer in raw.values():
            writer.close()
        true.close()
