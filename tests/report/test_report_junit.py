"""The JUnit report, read by another reader."""

import dataclasses

import junitparser
import pytest
from small_findings import ACCEPTED, GROUPS, STUDY, make_group, review_groups

from sdtmconv.report.junit import review_as_junit
from sdtmconv.review import Review, review_findings
from sdtmconv.validate import RULES, Findings


def read(review: Review, fail_on: str = "error") -> junitparser.JUnitXml:
    return junitparser.JUnitXml.fromstring(review_as_junit(review, fail_on))


def outcomes(review: Review, fail_on: str = "error") -> dict[str, str]:
    """Give the outcome of each test of a problem."""
    return {
        case.name.partition(":")[0]: type(case.result[0]).__name__ if case.result else "passed"
        for suite in read(review, fail_on)
        for case in suite
        if ": is not " in case.name
    }


@pytest.mark.parametrize(
    ("fail_on", "sev", "unknown"),
    [("error", "Failure", "passed"), ("note", "Failure", "Failure"), ("never", "passed", "passed")],
)
def test_a_problem_fails_as_the_exit_code_does(fail_on: str, sev: str, unknown: str) -> None:
    """What is explained is skipped; what is not grave enough passes, with what was found."""
    review = review_groups(*GROUPS, explanations=[ACCEPTED])
    assert outcomes(review, fail_on) == {
        "AE.AESEV": sev,
        "AE.AEDOSU": "Skipped",
        "XX.XXYY": unknown,
    }
    assert read(review, fail_on).failures == [sev, unknown].count("Failure")


def test_every_rule_is_a_suite() -> None:
    """One that holds is a passed test, one that was not checked a skipped one."""
    review = review_findings(STUDY, Findings(), skipped={"study-day": "there is no DM"})
    suites = {suite.name: list(suite) for suite in read(review)}
    assert suites.keys() == RULES.keys()
    assert suites["iso8601"][0].is_passed
    assert suites["study-day"][0].result[0].message == "there is no DM"


def test_a_failure_says_what_to_do_and_where() -> None:
    """Rule, remedy, values and keys, cut to what a CI page shows."""
    group = make_group([f"V\x00{n}<" for n in range(30)])
    said = dataclasses.replace(ACCEPTED, rule="codelist", key=(("USUBJID", "S1-0"),))
    review = review_groups(group, explanations=[said])
    case = next(c for suite in read(review) for c in suite if c.name.startswith("AE.AESEV"))
    lines = case.result[0].text.splitlines()
    assert case.result[0].message == "error: 29 findings"
    assert lines[1] == f"What to do: {RULES['codelist'].remedy}"
    assert "STUDYID S1, USUBJID S1-1" in lines
    assert "STUDYID S1, USUBJID S1-0" not in lines
    assert lines[-1] == "and 9 more"
