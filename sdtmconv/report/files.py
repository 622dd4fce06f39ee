"""The report files of a validation."""

from __future__ import annotations

from pathlib import Path

from sdtmconv.errors import Fault, TransportError
from sdtmconv.report.document import review_as_json
from sdtmconv.report.html import review_as_html
from sdtmconv.report.junit import review_as_junit
from sdtmconv.report.review_workbook import write_review_workbook
from sdtmconv.review import Review
from sdtmconv.transport import open_replacing

REPORT = "validation.json"
"""The report that a later run reads."""


def write_reports(folder: Path, review: Review, fail_on: str = "error") -> None:
    """Write validation.html, .xlsx, .json and validation.junit.xml, each whole or not at all.

    Args:
        folder: Where to; made if need be.
        review: What was checked and found.
        fail_on: The severity from which an unexplained finding fails in JUnit's report.

    Raises:
        TransportError: A file cannot be written.
        DataError: The workbook cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = f"cannot be written: {error.strerror}"
        raise TransportError(Fault(str(folder), problem, "name another folder")) from error
    reports = {
        "validation.html": review_as_html(review).encode(),
        "validation.junit.xml": review_as_junit(review, fail_on),
        REPORT: f"{review_as_json(review)}\n".encode(),
    }
    write_review_workbook(folder / "validation.xlsx", review)
    for name, content in reports.items():
        with open_replacing(folder / name) as file:
            file.write(content)
