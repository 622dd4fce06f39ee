"""The JSON report."""

import dataclasses
import json

from small_findings import ACCEPTED, CLEAN, GROUPS, HOSTILE, REVIEW, review_groups

from sdtmconv.report import review_as_json
from sdtmconv.validate import RULES


def test_document_holds_every_finding_with_its_key() -> None:
    """Machines get study, standards, counts, and every finding by problem and key."""
    document = json.loads(review_as_json(REVIEW))
    assert document["study"]["name"] == "S1"
    assert document["standards"] == {"SDTMIG": "3.4", "SDTM CT": "2022-09-30"}
    assert document["totals"] == {"error": 3, "warning": 8, "note": 0}
    assert document["problems"][0] == {
        "rule": "codelist",
        "severity": "error",
        "dataset": "AE",
        "variable": "AESEV",
        "message": "is not a term of Severity (AESEV, C66769)",
        "count": 3,
        "columns": ["STUDYID", "USUBJID", "value"],
        "records": [
            ["S1", "S1-0", "TERRIBLE"],
            ["S1", "S1-1", HOSTILE],
            ["S1", "S1-2", "TERRIBLE"],
        ],
        "ids": list(REVIEW.problems[0].ids),
        "states": ["open"] * 3,
        "explained_by": [-1] * 3,
    }
    assert document["problems"][-1]["records"] == []


def test_document_counts_by_dataset() -> None:
    """Each dataset has its records and findings; one without a description stands last."""
    datasets = json.loads(review_as_json(REVIEW))["datasets"]
    assert [(d["name"], d["label"], d["records"], d["error"], d["warning"]) for d in datasets] == [
        ("DM", "Demographics", 2, 0, 0),
        ("AE", "Adverse Events", 1200, 3, 7),
        ("XX", "", 0, 0, 1),
    ]


def test_document_lists_every_rule_with_its_count() -> None:
    """A reader of the report sees what was checked, found or not."""
    rules = json.loads(review_as_json(REVIEW))["rules"]
    assert rules.keys() == RULES.keys()
    assert {id_: rule["count"] for id_, rule in rules.items() if rule["count"]} == {
        "codelist": 3,
        "codelist-extension": 7,
        "variable-known": 1,
    }


def test_same_findings_give_the_same_text() -> None:
    """The report is reproducible, and its keys are sorted."""
    text = review_as_json(CLEAN)
    assert text == review_as_json(CLEAN)
    assert list(json.loads(text)) == sorted(json.loads(text))


def test_document_says_what_was_said() -> None:
    """Each finding leads to its entry of findings.yaml, and an entry about nothing is marked."""
    idle = dataclasses.replace(ACCEPTED, rule="iso8601", key=(("USUBJID", "S1-7"),))
    review = review_groups(*GROUPS, explanations=[idle, ACCEPTED])
    document = json.loads(review_as_json(review))
    explained = document["problems"][-1]
    assert (explained["variable"], explained["states"]) == ("AEDOSU", ["explained"] * 7)
    assert explained["explained_by"] == [1] * 7
    assert document["explanations"][1]["explanation"] == ACCEPTED.explanation
    assert [entry["matched"] for entry in document["explanations"]] == [False, True]
    assert document["explanations"][0]["key"] == {"USUBJID": "S1-7"}
    assert document["states"]["explained"] == {"error": 0, "warning": 7, "note": 0}
