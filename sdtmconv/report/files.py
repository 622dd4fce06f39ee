"""The report files of a validation."""

from __future__ import annotations

from pathlib import Path

from sdtmconv.errors import Fault, TransportError
from sdtmconv.metadata import StudyMetadata
from sdtmconv.report.document import findings_as_json
from sdtmconv.report.html import findings_as_html
from sdtmconv.transport import open_replacing
from sdtmconv.validate import Findings


def write_reports(folder: Path, study: StudyMetadata, findings: Findings) -> None:
    """Write validation.json and validation.html, each whole or not at all.

    Args:
        folder: Where to; made if need be.
        study: What was checked.
        findings: What was found.

    Raises:
        TransportError: A file cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = f"cannot be written: {error.strerror}"
        raise TransportError(Fault(str(folder), problem, "name another folder")) from error
    reports = {
        "validation.json": findings_as_json(study, findings) + "\n",
        "validation.html": findings_as_html(study, findings),
    }
    for name, text in reports.items():
        with open_replacing(folder / name) as file:
            file.write(text.encode())
