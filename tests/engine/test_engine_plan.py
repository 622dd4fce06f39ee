"""The order of a build: what is needed stands before what needs it, and nothing else is planned."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sdtmconv.engine.plan import RECORDS, plan_steps
from sdtmconv.errors import SpecError
from sdtmconv.spec import load_study

WriteStudy = Callable[..., Path]


def test_datasets_may_need_each_other_both_ways(write_study: WriteStudy) -> None:
    """DM.RFSTDTC needs EX.EXSTDTC, EX.EXSTDY needs DM.RFSTDTC."""
    steps = plan_steps(load_study(write_study()), ["DM", "EX", "AE"])
    order = [("EX", "EXSTDTC"), ("DM", "RFSTDTC"), ("EX", "EXSTDY")]
    assert [step for step in steps if step in order] == order
    assert all(steps.index((dataset, RECORDS)) < steps.index((dataset, v)) for dataset, v in order)


def test_only_what_is_needed_is_planned(write_study: WriteStudy) -> None:
    """AE alone needs the reference date, and of EX the dates that it is made of."""
    steps = set(plan_steps(load_study(write_study()), ["AE"]))
    others = {(dataset, variable) for dataset, variable in steps if dataset != "AE"}
    assert others == {("DM", RECORDS), ("DM", "RFSTDTC"), ("EX", RECORDS), ("EX", "EXSTDTC")}


def test_the_plan_is_the_same_every_time(write_study: WriteStudy) -> None:
    """Whatever order the datasets are named in."""
    study = load_study(write_study())
    assert plan_steps(study, ["DM", "EX", "AE"]) == plan_steps(study, ["AE", "DM", "EX"])


def test_a_circle_is_shown(write_study: WriteStudy) -> None:
    """With every value on the way around."""
    folder = write_study()
    for name, old, new in (
        ("dm", "RFXSTDTC: {earliest: EX.EXSTDTC}", "RFXSTDTC: {earliest: EX.EXSTDY}"),
        ("ex", "study_day: EXSTDTC", "study_day: EXSTDTC, reference: DM.RFXSTDTC"),
    ):
        path = folder / "sdtm" / f"{name}.yaml"
        path.write_text(path.read_text().replace(old, new))
    study = load_study(folder)
    with pytest.raises(SpecError, match=r"DM.RFXSTDTC needs EX.EXSTDY needs DM.RFXSTDTC"):
        plan_steps(study, list(study.datasets))
    assert plan_steps(study, ["AE"])
