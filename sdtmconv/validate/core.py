"""CDISC CORE beside our own rules: run the user's installation, and take in its report.

CORE is not part of this package. A command line says how to run it, with the names in braces
filled in: {data}, {report}, {cache}, {version} (3-4), {ct} (sdtmct-2022-09-30), {encoding}. A path
without them is taken for CDISC's own program.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sdtmconv.errors import DataError, Fault
from sdtmconv.validate.findings import FindingGroup, Findings
from sdtmconv.validate.rule import RULES, Rule

OFFICIAL = "{core} validate -s sdtmig -v {version} -d {data} -o {report} -of JSON --cache {cache}"
REMEDY = "see `sdtmconv validate --help`, or leave out --core"

SAME = {
    "CORE-000022": "serious-event",
    "CORE-000024": "body-system-code",
    "CORE-000115": "arm-of-nobody",
    "CORE-000121": "arm-of-nobody",
    "CORE-000191": "arm-of-nobody",
    "CORE-000200": "result-missing",
    "CORE-000211": "population-qualifier",
    "CORE-000294": "summary-format",
    "CORE-000321": "study-day-missing",
    "CORE-000328": "study-day-missing",
    "CORE-000334": "variable-expected",
    "CORE-000510": "dataset-known",
    "CORE-000539": "dataset-known",
    "CORE-000552": "study-day",
    "CORE-000657": "unresolved-end",
    "CORE-000732": "result-number",
    "CORE-000741": "summary-complete",
    "CORE-000776": "study-day-missing",
    "CORE-000778": "dataset-known",
    "CORE-000793": "study-day-missing",
    "CORE-000841": "event-death-date",
    "CORE-000852": "variable-order",
    "CORE-000867": "leading-space",
    "CORE-001082": "variable-type",
}
"""CORE's rules that say the same as one of ours."""


def run_core(command: str, data: Path, *, cache: str, version: str, ct: str, encoding: str) -> Any:
    """Run CORE over a folder of transport files, and read its report.

    Args:
        command: How to run it, as this module's docstring says.
        data: Folder with the SDTM files.
        cache: Its folder of rules, standards and terminology.
        version: SDTMIG version, 3.4.
        ct: Version of the SDTM terminology, 2022-09-30.
        encoding: Of the files.

    Returns:
        The report as JSON.

    Raises:
        DataError: CORE cannot be run, or wrote no report.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        words = {
            "data": str(data),
            "report": str(report if "{report}" in command else report.with_suffix("")),
            "cache": cache,
            "version": version.replace(".", "-"),
            "ct": f"sdtmct-{ct}",
            "encoding": encoding,
            "core": command,
        }
        template = shlex.split(command if "{data}" in command else OFFICIAL)
        arguments = [_fill(word, words) for word in template]
        try:
            done = subprocess.run(arguments, capture_output=True, text=True, check=False)
        except OSError as error:
            problem = f"cannot be run ({error.strerror})"
            raise DataError(Fault(f"--core {command}", problem, REMEDY)) from None
        if not report.is_file():
            told = (done.stderr or done.stdout).strip().splitlines()
            problem = f"wrote no report: {told[-1] if told else f'exit code {done.returncode}'}"
            raise DataError(Fault(f"--core {command}", problem, REMEDY))
        return json.loads(report.read_text(encoding="utf-8"))


def find_sdtm(path: Path) -> Path:
    """Find the folder with the SDTM files of a build, or take the folder itself."""
    files = sorted(file for file in path.rglob("*") if file.name.lower() == "dm.xpt")
    return files[0].parent if files else path


def _fill(word: str, words: Mapping[str, str]) -> str:
    for name, value in words.items():
        word = word.replace("{" + name + "}", value)
    return word


def read_core_report(report: Any) -> list[FindingGroup]:
    """Make findings of a report of CORE; its rules become known to the registry.

    Args:
        report: The JSON of CDISC's program, with Issue_Details, or a list of `issues` per rule and
            dataset with their `errors`.

    Returns:
        One group per rule, dataset and message.
    """
    collected: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    for rule, dataset, message, record in _list_issues(report):
        RULES.setdefault(rule, _describe(rule, message))
        collected.setdefault((rule, dataset, message), []).append(record)
    return [
        FindingGroup(rule, dataset, "", message, *_make_columns(records))
        for (rule, dataset, message), records in collected.items()
    ]


def add_core(
    findings: Findings,
    path: Path,
    versions: Mapping[str, str],
    *,
    command: str,
    cache: str,
    encoding: str,
) -> Findings:
    """Run CORE over a build or a folder, and add what it finds to our own findings.

    Args:
        findings: Ours.
        path: The build or folder.
        versions: Standard to version: SDTMIG and SDTM CT.
        command: How to run CORE, as this module's docstring says.
        cache: Its folder of rules, standards and terminology.
        encoding: Of the files.

    Returns:
        The findings of both.
    """
    version, ct = versions["SDTMIG"], versions["SDTM CT"]
    folder = find_sdtm(path)
    report = run_core(command, folder, cache=cache, version=version, ct=ct, encoding=encoding)
    return merge_core(findings, read_core_report(report))


def merge_core(findings: Findings, groups: Iterable[FindingGroup]) -> Findings:
    """Add what CORE found, but for what our own rules say of the same dataset."""
    said = {(group.rule, group.dataset) for group in findings.groups}
    new = [group for group in groups if (SAME.get(group.rule, ""), group.dataset) not in said]
    return Findings([*findings.groups, *new], findings.records)


def _describe(rule: str, message: str) -> Rule:
    return Rule(
        id=rule,
        title=message,
        severity="warning",
        source=f"CDISC CORE, rule {rule}",
        remedy="Look the rule up in CDISC CORE's catalogue; mend the data, or explain",
        applies="SDTM",
    )


def _list_issues(report: Any) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    """Give rule, dataset, message and record of each issue, whatever wrote the report."""
    for issue in report.get("Issue_Details", ()):
        values = dict(zip(issue.get("variables", ()), issue.get("values", ()), strict=False))
        place = issue["core_id"], _name(issue.get("dataset")), str(issue.get("message"))
        yield *place, _make_record(issue.get("USUBJID"), issue.get("SEQ"), values)
    for issue in report.get("issues", ()):
        place = issue["rule"], _name(issue.get("dataset")), str(issue.get("message"))
        for error in issue.get("errors") or [{}]:
            values = error.get("value") or {}
            yield *place, _make_record(error.get("USUBJID"), error.get("SEQ"), values)


def _name(dataset: Any) -> str:
    return str(dataset or "").upper().removesuffix(".XPT")


def _make_record(subject: Any, number: Any, values: Mapping[str, Any]) -> dict[str, str]:
    if not subject and not number:
        return {}
    value = ", ".join(f"{name} {text}" for name, text in values.items() if text not in ("", None))
    return {"USUBJID": str(subject or ""), "SEQ": str(number or ""), "value": value}


def _make_columns(records: Iterable[dict[str, str]]) -> tuple[pd.DataFrame, pd.Series]:
    """Make keys and values of the records that are named; others mean the dataset as a whole."""
    named = pd.DataFrame(
        [r for r in records if r], columns=["USUBJID", "SEQ", "value"], dtype="str"
    )
    return named[["USUBJID", "SEQ"]] if len(named) else pd.DataFrame(), named["value"]
