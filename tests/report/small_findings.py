"""Findings for reports, with values that try to break a page."""

from collections.abc import Sequence

import pandas as pd

from sdtmconv.metadata import DatasetMetadata, StudyMetadata
from sdtmconv.review import Explanation, LastRun, Review, review_findings
from sdtmconv.validate import FindingGroup, Findings

HOSTILE = "</script><script>document.title = 'broken'</script><b>&amp;\u2028=1+1"


def describe(name: str, label: str) -> DatasetMetadata:
    return DatasetMetadata(name, label, (), ("STUDYID", "USUBJID"), name, "EVENTS", "One record")


STUDY = StudyMetadata(
    name="S1",
    description="A study of <brackets>",
    protocol="P-1",
    versions={"SDTMIG": "3.4", "SDTM CT": "2022-09-30"},
    data_cut="2025-06-30",
    datasets=(describe("DM", "Demographics"), describe("AE", "Adverse Events")),
)


def make_group(
    values: list[str], rule: str = "codelist", dataset: str = "AE", variable: str = "AESEV"
) -> FindingGroup:
    """Make a problem with one record per value, of subjects S1-0, S1-1, ..."""
    subjects = [f"S1-{number}" for number in range(len(values))]
    keys = pd.DataFrame({"STUDYID": ["S1"] * len(values), "USUBJID": subjects}, dtype="str")
    message = "is not a term of Severity (AESEV, C66769)"
    return FindingGroup(rule, dataset, variable, message, keys, pd.Series(values, dtype="str"))


def review_groups(
    *groups: FindingGroup,
    explanations: Sequence[Explanation] = (),
    last: LastRun | None = None,
    part: bool = False,
) -> Review:
    """Review problems in AE."""
    findings = Findings(groups, {"DM": 2, "AE": 1200})
    return review_findings(STUDY, findings, explanations, last, part=part)


GROUPS = (
    make_group(["TERRIBLE", HOSTILE, "TERRIBLE"]),
    make_group(["PILL"] * 7, rule="codelist-extension", variable="AEDOSU"),
    FindingGroup("variable-known", "XX", "XXYY", "is not described"),
)
REVIEW = review_groups(*GROUPS)
CLEAN = review_groups()
ACCEPTED = Explanation(
    rule="codelist-extension",
    explanation="Sites count pills; <no> term fits",
    owner="DM lead",
    decision="accept",
    dataset="AE",
    place="findings.yaml:3",
)
