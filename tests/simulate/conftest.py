"""The simulated study, read back the way a user's study would be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from sdtmconv.raw import RawSource, read_raw
from sdtmconv.simulate import REFERENCE_SEED, simulate
from sdtmconv.simulate.forms import FORMS


@dataclass(frozen=True)
class Study:
    """A simulated study.

    Args:
        folder: Where it stands.
        raw: Form to its records, all text, missing values as "".
        truth: The same for the truth.
    """

    folder: Path
    raw: dict[str, pd.DataFrame]
    truth: dict[str, pd.DataFrame]


def _read(form: str, path: Path) -> pd.DataFrame:
    frame = read_raw(RawSource(form, path)).frame
    return frame.astype("str").fillna("").reset_index(drop=True)


def _simulate(folder: Path, subjects: int) -> Study:
    simulate(subjects, REFERENCE_SEED, folder)
    raw = {form.name: _read(form.name, folder / form.file) for form in FORMS}
    truth = {path.stem: _read(path.stem, path) for path in (folder / "truth").glob("*.csv")}
    return Study(folder, raw, truth)


@pytest.fixture(scope="session")
def study_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Study]:
    """Give the study with a number of subjects; each is simulated once."""
    studies: dict[int, Study] = {}

    def get(subjects: int) -> Study:
        if subjects not in studies:
            folder = tmp_path_factory.mktemp("simulated") / str(subjects)
            studies[subjects] = _simulate(folder, subjects)
        return studies[subjects]

    return get


@pytest.fixture(scope="session")
def study30(study_of: Callable[[int], Study]) -> Study:
    """The study in the size of the real one."""
    return study_of(30)


@pytest.fixture(scope="session", params=[30, 300])
def study(request: pytest.FixtureRequest, study_of: Callable[[int], Study]) -> Study:
    """The study in two sizes."""
    return study_of(request.param)
