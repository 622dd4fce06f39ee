"""A small study, its build and its package, made once."""

import shutil
from pathlib import Path

import pytest
from submitted_study import SUBMITTED_STUDY, write_files

from sdtmconv.build import build
from sdtmconv.package import package


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small study, with trial summary and ADSL."""
    return write_files(tmp_path_factory.mktemp("study") / "tiny", SUBMITTED_STUDY)


@pytest.fixture(scope="session")
def built(study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its build."""
    return build(study, out=tmp_path_factory.mktemp("build") / "out").out


@pytest.fixture(scope="session")
def made(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its package for the FDA."""
    to = tmp_path_factory.mktemp("package") / "fda"
    return package(built, to).folder


@pytest.fixture
def broken(made: Path, tmp_path: Path) -> Path:
    """A copy of the package that a test may break."""
    return Path(shutil.copytree(made, tmp_path / "package"))
