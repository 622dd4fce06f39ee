"""The validation report as one HTML page that needs nothing but itself.

The page is complete without JavaScript but for the records beyond the first of each problem. With
it, every record can be paged and filtered; they are embedded as JSON.
"""

from __future__ import annotations

from typing import Any

from sdtmconv import __version__
from sdtmconv.report.document import describe_overview, list_records
from sdtmconv.report.pages import ROWS, limit_records, load_template
from sdtmconv.report.text import summarize
from sdtmconv.report.values import count_values
from sdtmconv.review import Review
from sdtmconv.validate import SEVERITIES, FindingGroup

_MOST_VALUES = 6
_CONSTANT = ("STUDYID",)


def _describe_problem(group: FindingGroup) -> dict[str, Any]:
    columns, records = list_records(group, without=_CONSTANT, most=ROWS)
    frequent = count_values(group, _MOST_VALUES)
    return {
        "place": group.place,
        "dataset": group.dataset,
        "rule": group.details,
        "message": group.message,
        "count": len(group),
        "frequent": frequent,
        "others": group.values[group.values != ""].nunique() - len(frequent),
        "columns": columns,
        "records": records,
    }


def review_as_html(review: Review) -> str:
    """Write a validation as an HTML page.

    Args:
        review: What was checked and found.

    Returns:
        The page. It opens filtered when its address ends in a filter, such as `#q=AESEV` or
        `#severity=error&dataset=AE`.
    """
    groups = [problem.group for problem in review.problems]
    limit = limit_records([len(group) for group in groups])
    embedded = [
        {"count": len(group), "records": list_records(group, without=_CONSTANT, most=limit)[1]}
        for group in groups
    ]
    return load_template("validation.html").render(
        overview=describe_overview(review),
        summary=summarize(review.findings),
        severities=SEVERITIES,
        problems=[_describe_problem(group) for group in groups],
        embedded=embedded,
        rows=ROWS,
        limit=limit,
        version=__version__,
    )
