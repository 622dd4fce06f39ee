"""What is packaged of a language: its texts by the English ones, and how it words a method.

The tables are ours: CDISC publishes English only.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from sdtmconv.errors import Fault, StandardsError, suggest

LANGUAGES = ("zh",)
_FOLDER = Path(__file__).parent / "data"
_COMPARATORS = {
    "EQ": "is",
    "NE": "is not",
    "LT": "is less than",
    "LE": "is at most",
    "GT": "is greater than",
    "GE": "is at least",
    "IN": "is one of",
    "NOTIN": "is none of",
    "CONTAINS": "contains",
    "STARTS": "starts with",
}


@dataclass(frozen=True)
class Wording:
    """How a language words the way in which values are derived; as it stands, English.

    Args:
        methods: Keyword to the sentence of its derivation; where it has none, the registry's.
        comparators: Words of conditions: comparators, `and`, `or`, `not`.
        otherwise: Goes between a variable's rules.
        among_same: Follows a sentence about records that have {variables} in common.
        among: Follows a sentence about records for which {condition} holds.
        where: Follows a sentence that holds where {condition} does.
        stop: Ends a sentence.
    """

    methods: Mapping[str, str] = field(default_factory=dict)
    comparators: Mapping[str, str] = field(default_factory=lambda: _COMPARATORS)
    otherwise: str = " Otherwise: "
    among_same: str = ", among records with the same {variables}"
    among: str = ", among records where {condition}"
    where: str = ", where {condition}"
    stop: str = "."


ENGLISH = Wording()


def _read(name: str) -> dict[str, str]:
    with open(_FOLDER / name, encoding="utf-8", newline="") as file:
        return {row[0]: row[1] for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}


def _refuse_unknown(language: str) -> None:
    if language not in LANGUAGES:
        remedy = suggest(language, LANGUAGES, f"name one of {', '.join(LANGUAGES)}")
        raise StandardsError(Fault(f"language {language!r}", "is not known", remedy))


@cache
def load_texts(language: str) -> Mapping[str, str]:
    """Load the packaged texts: English to the language.

    Raises:
        StandardsError: Nothing is packaged for the language.

    >>> load_texts("zh")["Adverse Events"]
    '不良事件'
    """
    _refuse_unknown(language)
    tables = (_read(f"{language}-{name}.tsv") for name in ("page", "terms", "labels"))
    return {english: text for table in tables for english, text in table.items()}


@cache
def load_wording(language: str) -> Wording:
    """Load how a language words methods.

    Raises:
        StandardsError: Nothing is packaged for the language.
    """
    _refuse_unknown(language)
    methods, words = _read(f"{language}-methods.tsv"), _read(f"{language}-words.tsv")
    return Wording(
        methods=methods,
        comparators=words,
        otherwise=words["otherwise"],
        among_same=words["among same"],
        among=words["among"],
        where=words["where"],
        stop=words["stop"],
    )


def say(english: str, language: str) -> str:
    """Give a packaged text in a language; the English one where there is none.

    >>> say("Vital Signs", "zh"), say("Vital Signs", "en")
    ('生命体征', 'Vital Signs')
    """
    return load_texts(language).get(english, english) if language in LANGUAGES else english
