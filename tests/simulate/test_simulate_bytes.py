"""The files: their bytes, their columns, and what goes wrong."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyreadstat
import pytest

from sdtmconv.errors import DataError
from sdtmconv.simulate import simulate
from sdtmconv.simulate.forms import FORMS

# What this seed gives on every machine; it changes only together with the simulation itself.
BYTES_OF_FIVE_SUBJECTS = "3bc4eb7bc7ec6464371cd6361ee3f90c1b8e52decf23e917fe4e0226b71eaa1e"


def digest(folder: Path, endings: tuple[str, ...] = (".csv", ".xml", ".xlsx", ".xpt")) -> str:
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in endings:
            total.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return total.hexdigest()


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    """Two runs with the same seed and number of subjects leave the same bytes."""
    simulate(30, 7, tmp_path / "one")
    simulate(30, 7, tmp_path / "two")
    assert digest(tmp_path / "one") == digest(tmp_path / "two")


def test_bytes_do_not_depend_on_the_machine(tmp_path: Path) -> None:
    """The bytes are those that were written when this test was (XPT has tests of its own)."""
    simulate(5, 1, tmp_path / "five")
    assert digest(tmp_path / "five", (".csv", ".xml", ".xlsx")) == BYTES_OF_FIVE_SUBJECTS


def test_another_seed_is_another_study(tmp_path: Path) -> None:
    """Every raw file with records differs between two seeds."""
    for seed in (1, 2):
        simulate(30, seed, tmp_path / str(seed))
    same = [
        form.name
        for form in FORMS
        if (tmp_path / "1" / form.file).read_bytes() == (tmp_path / "2" / form.file).read_bytes()
    ]
    assert same == []


def test_a_second_simulation_replaces_the_first(tmp_path: Path) -> None:
    """A folder that holds a simulation takes a new one, whole."""
    simulate(5, 1, tmp_path / "out")
    simulate(3, 1, tmp_path / "out")
    assert len((tmp_path / "out" / "dm.csv").read_text(encoding="utf-8").splitlines()) == 4


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_the_table_of_forms_lists_the_columns_of_every_file(form, study30) -> None:
    """Each file has exactly the columns, in the order, that the table of forms gives."""
    assert list(study30.raw[form.name].columns) == list(form.columns)
    assert len(study30.raw[form.name]) > 0


def test_the_table_of_forms_lists_every_file(study30) -> None:
    """There is no raw file without an entry in the table."""
    files = {path.name for path in study30.folder.iterdir() if path.is_file()}
    assert files == {form.file for form in FORMS} | {"build.json"}


def test_text_files_are_utf8_with_unix_line_ends(study30) -> None:
    """CSV and XML files are UTF-8 without carriage returns."""
    for path in study30.folder.rglob("*"):
        if path.suffix in (".csv", ".xml"):
            assert b"\r" not in path.read_bytes()
            path.read_text(encoding="utf-8")


def test_other_readers_agree_on_the_workbook_and_the_transport_file(study30) -> None:
    """Openpyxl reads the same workbook, with real dates, and pyreadstat the same XPT file."""
    sheet = openpyxl.load_workbook(study30.folder / "nab_vendor.xlsx").active
    column = [cell.value for cell in sheet["E"]]
    assert [str(value.date()) for value in column[1:]] == list(study30.raw["nab_vendor"].COLDATE)
    frame, _ = pyreadstat.read_xport(study30.folder / "il12_vendor.xpt")
    assert list(frame.RESULT) == list(study30.raw["il12_vendor"].RESULT)
    assert set(frame.LLOQ) == {3.9}


@pytest.mark.parametrize(("subjects", "seed"), [(0, 1), (-3, 1), (100_000, 1), (5, -1)])
def test_impossible_numbers_are_refused(subjects: int, seed: int, tmp_path: Path) -> None:
    """A number out of range is a fault with a remedy, and nothing is written."""
    with pytest.raises(DataError, match="give"):
        simulate(subjects, seed, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("subjects", [1, 2, 4])
def test_a_trial_may_be_tiny(subjects: int, tmp_path: Path) -> None:
    """Even a trial that runs out of subjects at once leaves all files."""
    simulate(subjects, 1, tmp_path / "out")
    assert all((tmp_path / "out" / form.file).is_file() for form in FORMS)


def test_blocks_of_subjects_are_joined(study_of: Callable) -> None:
    """A study of several blocks has every subject once, in order, in every file."""
    dm = study_of(1300).raw["dm"]
    numbers = [int(subject[3:]) for subject in dm.SUBJID]
    assert numbers == list(range(1, 1301))
