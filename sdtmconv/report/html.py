"""The validation report as one HTML page that needs nothing but itself.

Problems and records are embedded as JSON, and the page's script shows as much of them as is looked
at. Without JavaScript there is a table of all problems.
"""

from __future__ import annotations

import json
from functools import partial

from jinja2.utils import htmlsafe_json_dumps

from sdtmconv import __version__
from sdtmconv.report.document import describe_overview
from sdtmconv.report.embedded import embed_problems
from sdtmconv.report.pages import load_template
from sdtmconv.report.text import describe_changes, describe_entry, summarize
from sdtmconv.review import STATES, Review
from sdtmconv.validate import SEVERITIES

_dump = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))


def review_as_html(review: Review) -> str:
    """Write a validation as an HTML page.

    Args:
        review: What was checked and found.

    Returns:
        The page. It opens filtered when its address ends in a filter, such as `#q=AESEV` or
        `#severity=error&dataset=AE`.
    """
    overview = describe_overview(review)
    embedded = embed_problems(review)
    embedded["rules"] = overview["rules"]
    embedded["explanations"] = overview["explanations"]
    embedded["states"] = STATES
    left = {
        severity: review.count(severity=severity) - review.count("explained", severity=severity)
        for severity in SEVERITIES
    }
    return load_template("validation.html").render(
        overview=overview,
        summary=summarize(review.findings),
        changes=describe_changes(review),
        severities=SEVERITIES,
        states=STATES,
        left=left,
        problems=review.problems,
        gone=review.gone,
        unmatched=[(entry, describe_entry(entry)) for entry in review.unmatched],
        embedded=htmlsafe_json_dumps(embedded, dumps=_dump),
        version=__version__,
    )
