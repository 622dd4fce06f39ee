"""The simulation from end to end: play the trial, write the raw records and the truth."""

from __future__ import annotations

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
from sdtmconv.simulate.file_csv import CsvFolder
from sdtmconv.simulate.files import Writer, open_form
from sdtmconv.simulate.forms import FORMS

# Subject numbers have five digits.
MOST_SUBJECTS = 99_999


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
            _write(course, seed, raw, true)
        true.append("cohorts", truth.compose_cohorts(trial.cohorts))
        true.append("study", truth.compose_study(trial.mtd))
        for writer in raw.values():
            writer.close()
        true.close()


def _find_faults(subjects: int, seed: int) -> list[Fault]:
    faults = []
    if not 1 <= subjects <= MOST_SUBJECTS:
        problem = f"{subjects} subjects cannot be simulated"
        faults.append(Fault("--subjects", problem, f"give a number from 1 to {MOST_SUBJECTS}"))
    if seed < 0:
        faults.append(Fault("--seed", f"{seed} is negative", "give 0 or a positive number"))
    return faults


def _write(course: Course, seed: int, raw: dict[str, Writer], true: CsvFolder) -> None:
    """Write all records of some subjects; each topic has its own chance."""
    first = int(course.subjects.number[0])

    def dice(topic: str) -> Dice:
        return Dice(seed, topic, first)

    seen = visits.attend(dice("visits"), course)
    given = exposure.dose(dice("doses"), course, seen)
    sampled = kinetics.sample(dice("samples"), course, seen, given)
    befallen = events.befall(dice("events"), course, seen, given)
    tables = {
        "dm": disposition.collect_dm(course),
        "sv": visits.collect_sv(dice("sv"), course, seen),
        "ec_hai": exposure.collect_ec_hai(course, given),
        "ec_iv": exposure.collect_ec_iv(course, given),
        "ec_po": exposure.collect_ec_po(course, given),
        "ae": events.collect_ae(dice("ae"), course, befallen),
        "dlt": disposition.collect_dlt(course, seen),
        "ds": disposition.collect_ds(dice("ds"), course, seen),
        "fu": disposition.collect_fu(dice("fu"), course, seen),
        "dth": disposition.collect_dth(dice("dth"), course, befallen),
        "ie": history.collect_ie(course, seen),
        "mh": history.collect_mh(dice("mh"), course),
        "cm": history.collect_cm(dice("cm"), course, seen, befallen),
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
    for name, table in tables.items():
        raw[name].append(table)
    true.append("subjects", truth.compose_subjects(course, seen, given))
    for table in truth.compose_doses(course, given):
        true.append("doses", table)
    for table in truth.compose_samples(course, sampled):
        true.append("samples", table)
    true.append("events", truth.compose_events(course, befallen))
    true.append("lesions", truth.compose_lesions(course))
    true.append("responses", truth.compose_responses(course, seen))
