"""Findings for people and machines: JSON, HTML and the terminal."""

from sdtmconv.report.document import findings_as_json
from sdtmconv.report.files import write_reports
from sdtmconv.report.html import findings_as_html
from sdtmconv.report.text import findings_as_text, summarize

__all__ = [
    "findings_as_html",
    "findings_as_json",
    "findings_as_text",
    "summarize",
    "write_reports",
]
