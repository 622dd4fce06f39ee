"""What people have said of findings, and what has changed since the last run."""

from sdtmconv.review.explanations import (
    Explanation,
    load_reviewed_study,
    read_explanations,
)
from sdtmconv.review.last_run import Gone, LastRun
from sdtmconv.review.review import Problem, Review, review_findings
from sdtmconv.review.states import STATES, State

__all__ = [
    "STATES",
    "Explanation",
    "Gone",
    "LastRun",
    "Problem",
    "Review",
    "State",
    "load_reviewed_study",
    "read_explanations",
    "review_findings",
]
