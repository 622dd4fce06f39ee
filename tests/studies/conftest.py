"""What tests of the reference study share: one build of 30 subjects."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pyreadstat
import pytest

from sdtmconv.build import build
from sdtmconv.simulate import simulate

STUDY = Path(__file__).parents[2] / "specs" / "biottt001"


class Built(NamedTuple):
    """A build of the reference study.

    Args:
        raw: Folder of the raw records; truth/ in it holds what was played.
        out: Folder of the build.
        frames: The datasets, read back by another reader.
    """

    raw: Path
    out: Path
    frames: dict[str, pd.DataFrame]

    def truth(self, name: str) -> pd.DataFrame:
        """Read a table of the truth as text."""
        return pd.read_csv(self.raw / "truth" / f"{name}.csv", dtype="str")


def build_reference(folder: Path, subjects: int, seed: int, only: tuple[str, ...] = ()) -> Built:
    """Simulate the study and build it."""
    simulate(subjects, seed, folder / "raw")
    build(STUDY, raw=folder / "raw", out=folder / "out", only=only)
    datasets = sorted((folder / "out").rglob("*.xpt"))
    frames = {path.stem.upper(): pyreadstat.read_xport(path)[0] for path in datasets}
    return Built(folder / "raw", folder / "out", frames)


@pytest.fixture(scope="session")
def biottt001(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build the reference study of 30 subjects once for all tests."""
    return build_reference(tmp_path_factory.mktemp("biottt001"), 30, 1)


BuildReference = Callable[[Path, int, int, tuple[str, ...]], Built]


@pytest.fixture(scope="session")
def build_biottt001() -> BuildReference:
    """Build the reference study of other subjects, or some of its datasets."""
    return build_reference
