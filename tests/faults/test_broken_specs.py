"""A broken spec is told as place, problem and remedy, all faults at once, before data is read."""

from collections.abc import Callable
from pathlib import Path

import pytest
from broken_study import Case, check_faults, parametrize
from cases_specs import CASES

from sdtmconv.engine.plan import plan_steps
from sdtmconv.errors import SpecError
from sdtmconv.spec import load_study


def check_study(folder: Path) -> None:
    study = load_study(folder)
    plan_steps(study, list(study.datasets))


@parametrize(CASES)
def test_broken_specs(write_study: Callable[[], Path], broken: Case) -> None:
    """What the table tells, and nothing that merely follows from it."""
    folder = write_study()
    for edit in broken.edits:
        edit(folder)
    with pytest.raises(SpecError) as caught:
        check_study(folder)
    check_faults(broken, caught.value)
