"""Dictionaries that coded variables come from, and that nobody has stated the version of."""

from __future__ import annotations

from sdtmconv.metadata import StudyMetadata, find_unversioned
from sdtmconv.validate.findings import FindingGroup


def find_dictionaries(study: StudyMetadata) -> list[FindingGroup]:
    """Find dictionaries without a version; each is one thing to state, whatever it codes."""
    return [
        FindingGroup("define-dictionary", "", codelist.dictionary, _message(names))
        for codelist, names in find_unversioned(study.datasets).items()
    ]


def _message(names: tuple[str, ...]) -> str:
    return f"codes {', '.join(names)}, and has no version in define.xml"
