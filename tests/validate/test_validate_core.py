"""CDISC CORE beside our own rules."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from sdtmconv.cli import main
from sdtmconv.errors import DataError
from sdtmconv.validate import (
    RULES,
    FindingGroup,
    Findings,
    merge_core,
    read_core_report,
    validate_folder,
)
from sdtmconv.validate.core import SAME, run_core

SHARED = Path(__file__).parents[3] / "shared"
PILOT = SHARED / "data/pharmaverse/sdtm"
CORE = os.environ.get("SDTMCONV_CORE_PYTHON", "")

needs_pilot = pytest.mark.skipif(
    not PILOT.is_dir(), reason="the published SDTM is not at ../shared"
)

REASONS = {
    "CORE-000024": "no record has a code: the pilot's MedDRA codes were not published",
    "CORE-000542": "the texts are the numbers to 15 digits; we compare up to rounding",
    "CORE-000655": "an actual arm other than the planned one is what ACTARMCD is for (SDTMIG 5.2)",
    "CORE-000656": "as CORE-000655",
    "CORE-000699": "no finding: CORE says that it could not group by ISSCAT and ISMETHOD",
    "CORE-000701": "EPOCH is permissible in SDTMIG 3.4, and without SE nothing tells it",
    "CORE-000720": "participation-end finds the same records, and names DM.RFPENDTC",
    "CORE-000767": "no finding: the pilot has no FA, to whose FAOBJ the rule compares",
}

OFFICIAL = {
    "Conformance_Details": {"CORE_Engine_Version": "0.17.1"},
    "Issue_Details": [
        {
            "core_id": "CORE-000022",
            "message": "AESER is N",
            "dataset": "ae.xpt",
            "USUBJID": "1",
            "SEQ": 2,
            "variables": ["AESER", "AEHOSP"],
            "values": ["N", "Y"],
        },
        {
            "core_id": "CORE-000999",
            "message": "Something is missing",
            "dataset": "DM",
            "USUBJID": "",
            "SEQ": "",
            "variables": ["ARM"],
            "values": ["Not in dataset"],
        },
    ],
}
BY_RULE = {
    "issues": [
        {
            "rule": "CORE-000022",
            "dataset": "AE",
            "message": "AESER is N",
            "errors": [{"value": {"AESER": "N", "AEHOSP": "Y"}, "USUBJID": "1", "SEQ": 2}],
        },
        {
            "rule": "CORE-000999",
            "dataset": "DM",
            "message": "Something is missing",
            "errors": [{"value": {"ARM": "Not in dataset"}}],
        },
    ]
}


@pytest.fixture(autouse=True)
def forget_rules_of_core() -> Iterator[None]:
    """Take CORE's rules out of the registry again, which belongs to all tests."""
    yield
    for rule in [rule for rule in RULES if rule.startswith("CORE-")]:
        del RULES[rule]


def read_kinds() -> list[tuple[str, str]]:
    """Read what CORE found in the pilot, recorded by the command in the file: rule and dataset."""
    lines = (Path(__file__).parent / "core_pilot.txt").read_text(encoding="utf-8").splitlines()
    kinds = [line.split() for line in lines if not line.startswith("#")]
    return [(rule, place.split(":")[0]) for rule, *places in kinds for place in places]


@pytest.mark.parametrize("report", [OFFICIAL, BY_RULE], ids=["CDISC's program", "by rule"])
def test_a_report_becomes_findings(report: dict[str, object]) -> None:
    """Records are named by subject and sequence number; a dataset as a whole by none."""
    findings = Findings(read_core_report(report))
    assert [(f.rule, f.severity, f.dataset, f.key, f.value) for f in findings] == [
        ("CORE-000022", "warning", "AE", (("USUBJID", "1"), ("SEQ", "2")), "AESER N, AEHOSP Y"),
        ("CORE-000999", "warning", "DM", (), ""),
    ]
    assert findings.groups[0].details.source == "CDISC CORE, rule CORE-000022"


def test_what_both_find_is_told_once() -> None:
    """A finding of CORE that one of our rules has found in the same dataset is left out."""
    keys = pd.DataFrame({"USUBJID": ["1"]}, dtype="str")
    value = pd.Series(["N"], dtype="str")
    own = Findings([FindingGroup("serious-event", "AE", "AESER", "", keys, value)], {"AE": 1})
    merged = merge_core(own, read_core_report(OFFICIAL))
    assert [group.rule for group in merged.groups] == ["serious-event", "CORE-000999"]
    assert merged.records == {"AE": 1}


def test_the_command_line_runs_a_core(tmp_path: Path) -> None:
    """The command is run with its names filled in, and its report is merged."""
    (tmp_path / "core.py").write_text(
        "import json, pathlib, sys\n"
        f"pathlib.Path(sys.argv[2]).write_text({json.dumps(json.dumps(OFFICIAL))})\n"
        "print(sys.argv)\n"
    )
    command = f"{sys.executable} {tmp_path / 'core.py'} {{data}} {{report}} {{cache}} {{version}}"
    report = run_core(
        command, tmp_path, cache="CACHE", version="3.4", ct="2022-09-30", encoding="ascii"
    )
    assert report == OFFICIAL


def test_a_core_that_does_not_run_is_a_fault(tmp_path: Path) -> None:
    """A program that is not there, or that writes no report, is named with a remedy."""
    facts = {"cache": "", "version": "3.4", "ct": "2022-09-30", "encoding": "ascii"}
    with pytest.raises(DataError, match="cannot be run"):
        run_core(str(tmp_path / "nothing"), tmp_path, **facts)
    failing = shlex.join([sys.executable, "-c", "raise SystemExit('no such {data}')"])
    with pytest.raises(DataError, match="wrote no report: no such"):
        run_core(failing, tmp_path, **facts)


@needs_pilot
def test_every_kind_of_finding_of_core_is_found_or_explained() -> None:
    """On the published pilot SDTM: what CORE finds, we find in the same dataset, or say why not."""
    _, findings = validate_folder(PILOT, encoding="cp1252")
    found = {(group.rule, group.dataset) for group in findings.groups}
    missed = {
        (rule, dataset)
        for rule, dataset in read_kinds()
        if (SAME.get(rule), dataset) not in found and rule not in REASONS
    }
    assert missed == set()
    assert not REASONS.keys() & SAME.keys() - {"CORE-000024"}


@needs_pilot
@pytest.mark.slow
@pytest.mark.skipif(not CORE, reason="SDTMCONV_CORE_PYTHON names no Python with CDISC CORE")
def test_a_real_core_is_run_and_merged(tmp_path: Path) -> None:
    """With a real installation, its findings stand beside ours."""
    for name in ("dm", "ae"):
        (tmp_path / f"{name}.xpt").write_bytes((PILOT / f"{name}.xpt").read_bytes())
    command = (
        f"{CORE} {SHARED / 'tools/core_check.py'} --jobs 1 --data {{data}} --out {{report}} "
        "--version {version} --ct {ct} --cache {cache} --encoding {encoding}"
    )
    arguments = ["validate", str(tmp_path), "--encoding", "cp1252", "--json", "--core", command]
    cache = ["--core-cache", str(SHARED / "tools/core-cache")]
    result = CliRunner().invoke(main, [*arguments, *cache])
    problems = json.loads(result.output)["problems"]
    rules = {problem["rule"] for problem in problems}
    assert {"serious-event", "CORE-000655"} <= rules
    assert "CORE-000022" not in rules
