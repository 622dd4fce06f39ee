"""A validation as JUnit XML, which shows it among the tests of a CI system.

Each rule is a suite, and each of its problems a test: failed where a finding is grave enough and
nobody has explained it, skipped where all of it is explained. A rule that holds is one passed test,
one that was not checked a skipped one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from sdtmconv.report.text import pluralize
from sdtmconv.report.values import count_values
from sdtmconv.review import Problem, Review
from sdtmconv.validate import RULES, Rule

MOST_KEYS = 20
# Characters that XML 1.0 cannot hold.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def review_as_junit(review: Review, fail_on: str = "error") -> bytes:
    """Write a validation as JUnit XML.

    Args:
        review: What was checked and found.
        fail_on: The severity from which an unexplained finding fails; "never" for none.

    Returns:
        The document, in UTF-8.
    """
    root = etree.Element("testsuites", name=_clean(f"{review.study.name} validation"))
    for rule in RULES.values():
        suite = etree.SubElement(root, "testsuite", name=rule.id)
        for case in _list_cases(review, rule, fail_on):
            suite.append(case)
        _count(suite)
    _count(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _list_cases(review: Review, rule: Rule, fail_on: str) -> Iterator[etree._Element]:
    problems = [problem for problem in review.problems if problem.group.rule == rule.id]
    for problem in problems:
        name = f"{problem.group.place}: {problem.group.message}"
        yield _describe_problem(_make_case(rule, name), review, problem, fail_on)
    if not problems:
        case = _make_case(rule, rule.title)
        if rule.id in review.skipped:
            etree.SubElement(case, "skipped", message=review.skipped[rule.id])
        yield case


def _make_case(rule: Rule, name: str) -> etree._Element:
    return etree.Element("testcase", classname=rule.id, name=_clean(name), time="0")


def _describe_problem(
    case: etree._Element, review: Review, problem: Problem, fail_on: str
) -> etree._Element:
    if not problem.unexplained:
        numbers = dict.fromkeys(problem.explained_by.tolist())
        said = "; ".join(review.explanations[number].explanation for number in numbers)
        etree.SubElement(case, "skipped", message=_clean(said))
    elif problem.is_as_grave_as(fail_on):
        severity = problem.group.details.severity
        message = f"{severity}: {pluralize(problem.unexplained, 'finding')}"
        failure = etree.SubElement(case, "failure", type=severity, message=message)
        failure.text = _clean("\n".join(_describe_findings(problem)))
    else:
        note = etree.SubElement(case, "system-out")
        note.text = _clean("\n".join(_describe_findings(problem)))
    return case


def _describe_findings(problem: Problem) -> Iterator[str]:
    group = problem.group
    yield f"{group.details.title} ({group.details.source})"
    yield f"What to do: {group.details.remedy}"
    values = count_values(group)[:MOST_KEYS]
    if values:
        yield "Values: " + ", ".join(f"{value!r} x {count}" for value, count in values)
    left = [at for at, state in enumerate(problem.states.tolist()) if state != "explained"]
    for at in left[:MOST_KEYS] if len(group.values) else ():
        key = group.keys.iloc[at]
        yield ", ".join(f"{name} {value}" for name, value in key.items() if value)
    if len(left) > MOST_KEYS:
        yield f"and {len(left) - MOST_KEYS:,} more"


def _count(element: etree._Element) -> None:
    for attribute, tag in (("tests", "testcase"), ("failures", "failure"), ("skipped", "skipped")):
        element.set(attribute, str(sum(1 for _ in element.iter(tag))))
    element.set("errors", "0")
    element.set("time", "0")


def _clean(text: str) -> str:
    return _NOT_XML.sub("?", text)
