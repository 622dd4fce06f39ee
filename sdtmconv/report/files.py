"""The report files of a validation."""

from __future__ import annotations

from pathlib import Path

from sdtmconv.errors import Fault, TransportError
from sdtmconv.report.document import review_as_json
from sdtmconv.report.html import review_as_html
from sdtmconv.review import Review
from sdtmconv.transport import open_replacing

REPORT = "validation.json"
"""The report that a later run reads."""


def write_reports(folder: Path, review: Review) -> None:
    """Write validation.json and validation.html, each whole or not at all.

    Args:
        folder: Where to; made if need be.
        review: What was checked and found.

    Raises:
        TransportError: A file cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = f"cannot be written: {error.strerror}"
        raise TransportError(Fault(str(folder), problem, "name another folder")) from error
    reports = {
        REPORT: review_as_json(review) + "\n",
        "validation.html": review_as_html(review),
    }
    for name, text in reports.items():
        with open_replacing(folder / name) as file:
            file.write(text.encode())
