"""What agencies ask of a package: data in agencies.yaml, read here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from sdtmconv.errors import Fault, SpecError, suggest


@dataclass(frozen=True)
class Agency:
    """What an agency asks for.

    Args:
        id: As `--agency` names it.
        name: For a reader.
        sources: The texts that it publishes.
        encoding: Of the transport files.
        languages: Of labels, define.xml and guides; the labels have the first.
        split_bytes: A larger transport file is split.
        program_suffix: How the names of specs and programs end.
        checks: Ids of the rules that the pre-check asks.
    """

    id: str
    name: str
    sources: tuple[str, ...]
    encoding: str
    languages: tuple[str, ...]
    split_bytes: int
    program_suffix: str
    checks: tuple[str, ...]

    @property
    def language(self) -> str:
        """The language of the labels, and of the file called define.xml."""
        return self.languages[0]

    def name_file(self, stem: str, suffix: str, language: str) -> str:
        """Name a file that there is in each language.

        >>> choose_agency("nmpa").name_file("define", ".xml", "en")
        'define-en.xml'
        """
        return f"{stem}{'' if language == self.language else f'-{language}'}{suffix}"


@lru_cache(maxsize=1)
def load_agencies() -> dict[str, Agency]:
    """Read the profiles of all agencies, by id.

    >>> list(load_agencies())
    ['fda', 'nmpa', 'pmda']
    """
    text = files("sdtmconv.package").joinpath("agencies.yaml").read_text(encoding="utf-8")
    return {id_: _read_profile(id_, profile) for id_, profile in yaml.safe_load(text).items()}


def _read_profile(id_: str, profile: dict[str, Any]) -> Agency:
    facts = {key: _flatten(v) if isinstance(v, list) else v for key, v in profile.items()}
    return Agency(id=id_, **facts)  # type: ignore[arg-type]


def _flatten(entries: list[Any]) -> tuple[str, ...]:
    """Put lists that profiles share, as YAML's anchors do it, on one level."""
    return tuple(e for entry in entries for e in (entry if isinstance(entry, list) else [entry]))


def choose_agency(id_: str) -> Agency:
    """Find an agency's profile.

    Raises:
        SpecError: There is none.
    """
    agencies = load_agencies()
    if id_ not in agencies:
        remedy = suggest(id_, agencies, f"name one of {', '.join(agencies)}")
        raise SpecError(Fault(f"--agency {id_}", "there is no such agency", remedy))
    return agencies[id_]
