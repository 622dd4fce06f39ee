"""Findings for reports, with values that try to break a page."""

import pandas as pd

from sdtmconv.metadata import DatasetMetadata, StudyMetadata
from sdtmconv.validate import FindingGroup, Findings

HOSTILE = "</script><script>document.title = 'broken'</script><b>&amp;"


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


FINDINGS = Findings(
    [
        make_group(["TERRIBLE", HOSTILE, "TERRIBLE"]),
        make_group(["PILL"] * 7, rule="codelist-extension", variable="AEDOSU"),
        FindingGroup("variable-known", "XX", "XXYY", "is not described"),
    ],
    {"DM": 2, "AE": 1200},
)
CLEAN = Findings([], {"DM": 2, "AE": 1200})
