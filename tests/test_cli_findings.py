"""Findings at the command line: exit codes, reports, explanations, comparison."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tiny_study import SMALL_STUDY, WriteStudy

from sdtmconv.cli import main

# An end date before its start is an error, a column that nobody uses a warning.
WRONG = {
    "study.yaml": SMALL_STUDY["study.yaml"].replace(
        "raw:", "dictionaries: {MedDRA: 27.0}\n        raw:"
    ),
    "raw/ae.csv": "SUBJ,TERM,SERIOUS,START,END,PAGE\n001,Rash,No,03-MAR-2025,01-MAR-2025,7\n",
    "sdtm/ae.yaml": SMALL_STUDY["sdtm/ae.yaml"].replace(
        "AESTDY:", "AEENDTC: {iso_datetime: END, format: DD-MON-YYYY}\n          AESTDY:"
    ),
}
ACCEPT = """\
- rule: dates-in-order
  key: {USUBJID: TINY-001}
  explanation: The site confirmed both dates.
  owner: QC
  decision: accept
"""


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.mark.parametrize(
    ("fail_on", "explained", "code"),
    [
        ("error", False, 1),
        ("error", True, 0),
        ("warning", True, 1),
        ("never", False, 0),
    ],
)
def test_exit_code_is_about_what_nobody_has_explained(
    write_study: WriteStudy, tmp_path: Path, fail_on: str, explained: bool, code: int
) -> None:
    """`--fail-on` says from which severity on."""
    folder = write_study(WRONG | ({"findings.yaml": ACCEPT} if explained else {}))
    result = run("build", folder, "--out", tmp_path / "out", "--fail-on", fail_on)
    assert result.exit_code == code, result.output
    junit = (tmp_path / "out/reports/validation.junit.xml").read_text(encoding="utf-8")
    assert ("<failure" in junit) == (code == 1)


def test_a_build_is_validated_with_its_explanations(
    write_study: WriteStudy, tmp_path: Path
) -> None:
    """Those that it was built with, or those of a study that is named."""
    folder, out = write_study(WRONG | {"findings.yaml": ACCEPT}), tmp_path / "out"
    run("build", folder, "--out", out)
    assert run("validate", out).exit_code == 0
    (folder / "findings.yaml").write_text("- rule: none\n", encoding="utf-8")
    result = run("validate", out, "--study", folder)
    assert (result.exit_code, "no rule 'none'" in result.output) == (2, True)
    (folder / "findings.yaml").unlink()
    assert run("validate", out, "--study", folder).exit_code == 1


def test_reports_are_compared_with_those_before(write_study: WriteStudy, tmp_path: Path) -> None:
    """With those in the folder they are written to, or with one that is named."""
    folder, out, qc = write_study(WRONG), tmp_path / "out", tmp_path / "qc"
    run("build", folder, "--out", out)
    assert "Since" not in run("validate", out, "--reports", qc).output
    (folder / "raw/ae.csv").write_text(
        "SUBJ,TERM,SERIOUS,START,END,PAGE\n002,Rash,No,03-MAR-2025,01-MAR-2025,7\n"
    )
    run("build", folder, "--out", out)
    first = json.loads((qc / "validation.json").read_text(encoding="utf-8"))
    assert first["described_by"] == ["tabulations/sdtm/define.xml"]
    changed = "Since the last change: 1 new, 1 gone."
    assert changed in run("validate", out, "--since", qc / "validation.json").output
    assert changed in run("validate", out, "--reports", qc).output


def test_a_report_to_compare_with_that_is_none(write_study: WriteStudy, tmp_path: Path) -> None:
    """It is a fault with a remedy."""
    folder, out = write_study(), tmp_path / "out"
    run("build", folder, "--out", out)
    result = run("validate", out, "--since", out / "build.json")
    assert result.exit_code == 3
    assert "is no JSON report of this release" in result.output
