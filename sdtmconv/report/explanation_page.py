"""An explanation as a page whose steps open and close."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sdtmconv.engine.steps import Explanation
from sdtmconv.report.pages import load_template
from sdtmconv.transport import open_replacing


def write_explanation(path: Path, title: str, records: Sequence[Explanation]) -> None:
    """Write a page that needs nothing but itself.

    Raises:
        TransportError: The file cannot be written.
    """
    page = load_template("explanation.html").render(title_of_page=title, records=records)
    with open_replacing(path) as file:
        file.write(page.encode())
