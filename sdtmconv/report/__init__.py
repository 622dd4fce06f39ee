"""Findings for people and machines: JSON, HTML and the terminal."""

from sdtmconv.report.document import review_as_json
from sdtmconv.report.files import REPORT, write_reports
from sdtmconv.report.html import review_as_html
from sdtmconv.report.memory import read_last_run
from sdtmconv.report.text import review_as_text, summarize

__all__ = [
    "REPORT",
    "read_last_run",
    "review_as_html",
    "review_as_json",
    "review_as_text",
    "summarize",
    "write_reports",
]
