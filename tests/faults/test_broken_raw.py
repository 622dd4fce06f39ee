"""Raw records that cannot be built from: every fault is told, and the previous result is whole."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from broken_study import Case, check_faults, parametrize, read_folder
from cases_raw import CASES

from sdtmconv.build import build
from sdtmconv.errors import DataError


@pytest.fixture(scope="module")
def previous(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Where the result of a sound study is kept, once it has been built."""
    return {"folder": tmp_path_factory.mktemp("previous") / "out"}


@parametrize(CASES)
def test_broken_raw(
    write_study: Callable[[], Path], previous: dict[str, Path], tmp_path: Path, broken: Case
) -> None:
    """What the table tells; no file of the previous result changes, and none lies beside it."""
    folder, out = write_study(), tmp_path / "out"
    if not previous["folder"].exists():
        build(folder, out=previous["folder"])
    shutil.copytree(previous["folder"], out)
    before = read_folder(out)
    for edit in broken.edits:
        edit(folder)
    with pytest.raises(DataError) as caught:
        build(folder, out=out)
    check_faults(broken, caught.value)
    assert read_folder(out) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "tiny"]
    assert not (folder / "__pycache__").exists()
