"""A broken transport file is told, by `xpt show` as a fault and by `validate` as a finding."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from broken_study import check_form
from cases_xpt import CASES, Case
from click.testing import CliRunner
from damaged_bytes import damage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sdtmconv.cli import main
from sdtmconv.errors import DataError, SdtmconvError, TransportError
from sdtmconv.metadata import DatasetMetadata, VariableMetadata
from sdtmconv.transport import describe_xpt, read_xpt, write_xpt
from sdtmconv.validate import validate_folder

FRAME = pd.DataFrame({"TERM": pd.Series(["NAUSEA", "FATIGUE"], dtype="str"), "DOSE": [80.0, 40.5]})


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[int, bytes]:
    """A sound file of each version."""
    folder = tmp_path_factory.mktemp("sound")
    variables = (
        VariableMetadata("TERM", "Term", "Char", 8),
        VariableMetadata("DOSE", "Dose", "Num", 8),
    )
    metadata = DatasetMetadata("AE", "Adverse Events", variables, ("TERM",), "AE", "EVENTS", "")
    write_xpt(folder / "5.xpt", metadata, [FRAME], created=datetime(2025, 6, 30))
    pyreadstat.write_xport(FRAME, str(folder / "8.xpt"), table_name="AE", file_format_version=8)
    return {version: (folder / f"{version}.xpt").read_bytes() for version in (5, 8)}


@pytest.mark.parametrize("broken", CASES, ids=[case.what for case in CASES])
def test_broken_xpt(sound: dict[int, bytes], tmp_path: Path, broken: Case) -> None:
    """What the table tells, in Python and on the command line; and `validate` goes on with it."""
    path = tmp_path / "ae.xpt"
    path.write_bytes(broken.edit(sound[broken.version]))
    with pytest.raises(TransportError) as caught:
        describe_xpt(path)
    check_form(caught.value)
    fault = caught.value.faults[0]
    assert fault.place.endswith(broken.at)
    assert broken.says in fault.problem
    assert broken.remedy in fault.remedy
    shown = CliRunner().invoke(main, ["xpt", "show", str(path)])
    assert shown.exit_code == TransportError.exit_code
    assert fault.problem in shown.stderr
    assert fault.remedy in shown.stderr
    validated = CliRunner().invoke(main, ["validate", str(tmp_path)])
    assert validated.exit_code == 1
    assert fault.problem in validated.stdout


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nowhere.xpt", "cannot be read: No such file or directory"),
        (".", "cannot be read: Is a directory"),
    ],
)
def test_no_file(tmp_path: Path, name: str, says: str) -> None:
    """A path without a file is told as such."""
    with pytest.raises(TransportError, match=says):
        describe_xpt(tmp_path / name)


def test_folders_that_cannot_be_validated(sound: dict[int, bytes], tmp_path: Path) -> None:
    """No folder, no file in it, a dataset that two files hold."""
    with pytest.raises(DataError, match="is not a folder; name a folder with XPT files"):
        validate_folder(tmp_path / "nowhere")
    with pytest.raises(DataError, match="holds no XPT file; name a build's output"):
        validate_folder(tmp_path)
    for name in ("a.xpt", "b.xpt"):
        (tmp_path / name).write_bytes(sound[5])
    with pytest.raises(DataError, match=r"b.xpt: holds AE, which .*a.xpt holds as well; validate"):
        validate_folder(tmp_path)


@settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(draw=st.data())
def test_changed_xpt(sound: dict[int, bytes], tmp_path: Path, draw: st.DataObject) -> None:
    """Whatever is changed in a file, it gives records or faults, never another error."""
    data = sound[draw.draw(st.sampled_from([5, 8]))]
    path = tmp_path / "ae.xpt"
    path.write_bytes(damage(data, draw))
    for look in (describe_xpt, read_xpt, lambda path: validate_folder(path.parent)):
        try:
            look(path)
        except SdtmconvError as error:
            check_form(error)
