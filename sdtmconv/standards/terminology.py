"""Controlled terminology: the codelists of one CDISC package, such as SDTM CT 2022-09-30.

The packaged ones stand beside this module. Those that `sdtmconv ct import` wrote stand in a folder
of the study, which is searched first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from sdtmconv.errors import Fault, StandardsError, suggest
from sdtmconv.metadata import Codelist, Term
from sdtmconv.standards.storage import PACKAGED, SUFFIX, Table, read_tables, write_tables
from sdtmconv.standards.variables import unknown

PACKAGES = ("SDTM", "ADaM", "DEFINE-XML", "CDASH", "SEND", "PROTOCOL")

_WORD = re.compile("[A-Za-z]{4}")


class Entry(NamedTuple):
    """A term of a codelist, as CDISC publishes it.

    Args:
        code: NCI code.
        value: Submission value.
        preferred_term: NCI's name for the concept.
        synonyms: CDISC's synonyms.
    """

    code: str
    value: str
    preferred_term: str
    synonyms: tuple[str, ...]


class PublishedCodelist(NamedTuple):
    """A codelist, as CDISC publishes it.

    Args:
        code: NCI code.
        name: CDISC submission value (NY).
        label: Name for a reader (No Yes Response).
        extensible: True where sponsors may add terms.
        entries: Its terms, in the published order.
    """

    code: str
    name: str
    label: str
    extensible: bool
    entries: tuple[Entry, ...]


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()


def _pack_entry(entry: Entry) -> tuple[str, ...]:
    return entry.code, entry.value, entry.preferred_term, ";".join(entry.synonyms)


def _decode_abbreviations(terms: Sequence[Sequence[str]]) -> dict[str, str]:
    """Decode the values of a codelist by preferred term, if half of them or more are no words."""
    abbreviations = sum(_WORD.search(value) is None for _, value, _, _ in terms)
    if 2 * abbreviations < len(terms):
        return {}
    return {
        value: preferred_term
        for _, value, preferred_term, _ in terms
        if _fold(preferred_term) != _fold(value)
    }


def _index_meanings(
    terms: Sequence[Sequence[str]], names: dict[str, str]
) -> dict[str, tuple[str, ...]]:
    index: dict[str, dict[str, None]] = {}
    for _, value, preferred_term, synonyms in terms:
        for text in (value, names.get(value, ""), preferred_term, *synonyms.split(";")):
            index.setdefault(_fold(text), {})[value] = None
    index.pop("", None)
    return {text: tuple(values) for text, values in index.items()}


class Terminology:
    """The codelists of one package, found by their submission value or their NCI code.

    Args:
        package: SDTM, ADaM, DEFINE-XML, ...
        version: Date of the release.
        path: The file that holds it.

    Raises:
        StandardsError: The file cannot be read, or is cut short or altered.
    """

    def __init__(self, package: str, version: str, path: Path):
        self.package = package
        self.version = version
        self._tables: dict[str, Table] = {}
        self._codes: dict[str, str] = {}
        self._codes_by_label: dict[str, str] = {}
        self._terms: dict[str, list[list[str]]] = {}
        self._codelists: dict[str, Codelist] = {}
        self._meanings: dict[str, dict[str, tuple[str, ...]]] = {}
        for table in read_tables(path, width=4):
            code, name, label, _ = table.heading
            self._tables[code] = table
            self._codes[name] = code
            self._codes_by_label[label] = code

    def __str__(self) -> str:
        return f"{self.package} {self.version}"

    def __iter__(self) -> Iterator[str]:
        return iter(self._codes)

    def __len__(self) -> int:
        return len(self._codes)

    def __contains__(self, name: object) -> bool:
        return name in self._codes or name in self._tables

    def _code(self, name: str) -> str:
        if name in self._tables:
            return name
        if name not in self._codes:
            raise unknown(f"{self.package} CT {self.version}", "codelist", name, self)
        return self._codes[name]

    def _read(self, code: str) -> list[list[str]]:
        if code not in self._terms:
            self._terms[code] = self._tables[code].rows(width=4)
        return self._terms[code]

    def paired_names(self, name: str) -> dict[str, str]:
        """Give the name of each test or parameter code (LBTESTCD to LBTEST), paired by NCI code.

        Returns:
            Submission value of the code to that of the name; empty where `name` is not a codelist
            of codes.

        Raises:
            StandardsError: The package has no such codelist.
        """
        code = self._code(name)
        stem = self._tables[code].heading[2].removesuffix(" Code")
        partner = self._codes_by_label.get(f"{stem} Name") or self._codes_by_label.get(stem)
        if partner is None or partner == code:
            return {}
        names = {term_code: value for term_code, value, _, _ in self._read(partner)}
        return {
            v: names[term_code] for term_code, v, _, _ in self._read(code) if term_code in names
        }

    def codelist(self, name: str) -> Codelist:
        """Find a codelist by its submission value (NY) or its NCI code (C66742).

        Where the values are codes, each term is decoded: a test code by the name of its test,
        any other by NCI's preferred term.

        Raises:
            StandardsError: The package has no such codelist.
        """
        code = self._code(name)
        if code not in self._codelists:
            _, short_name, label, extensible = self._tables[code].heading
            decodes = self.paired_names(code) or _decode_abbreviations(self._read(code))
            self._codelists[code] = Codelist(
                short_name,
                label,
                tuple(Term(v, decodes.get(v, ""), term) for term, v, _, _ in self._read(code)),
                code,
                extensible == "Yes",
                str(self),
            )
        return self._codelists[code]

    def candidates(self, name: str, text: str) -> tuple[str, ...]:
        """Find the submission values that a collected text may stand for, ignoring case.

        Args:
            name: Submission value or NCI code of the codelist.
            text: As collected: `female`, `Yes`, `Systolic Blood Pressure`.

        Returns:
            The values that equal the text, or have it as test name, preferred term or synonym; in
            the codelist's order.

        Raises:
            StandardsError: The package has no such codelist.
        """
        code = self._code(name)
        if code not in self._meanings:
            self._meanings[code] = _index_meanings(self._read(code), self.paired_names(code))
        return self._meanings[code].get(_fold(text), ())


def canonical_package(package: str) -> str:
    """Write a package's name as CDISC does; an unknown one stays as it is."""
    return next((name for name in PACKAGES if name.lower() == package.lower()), package)


def terminology_path(folder: Path, package: str, version: str) -> Path:
    """Name the file of a release.

    >>> terminology_path(Path("terminology"), "DEFINE-XML", "2026-03-27").name
    'define-xml-ct-2026-03-27.tsv.gz'
    """
    return folder / f"{package.lower()}-ct-{version}{SUFFIX}"


@cache
def _load_packaged(package: str, version: str) -> Terminology:
    return Terminology(package, version, terminology_path(PACKAGED, package, version))


def _unknown_release(package: str, version: str, folders: Iterable[Path]) -> StandardsError:
    files = (path for folder in folders for path in sorted(folder.glob(f"*-ct-*{SUFFIX}")))
    releases = [path.name.removesuffix(SUFFIX).rpartition("-ct-") for path in files]
    known = [f"{canonical_package(name)} {date}" for name, _, date in releases]
    near = [release for release in known if release.startswith(f"{package} ")] or known
    hint = suggest(f"{package} {version}", near, f"use one of {', '.join(known)}")
    remedy = f"import it with `sdtmconv ct import FILE`, or {hint}"
    place = f"controlled terminology {package} {version}"
    return StandardsError(Fault(place, "neither packaged nor imported", remedy))


def load_terminology(package: str, version: str, folders: Sequence[Path] = ()) -> Terminology:
    """Load a release of controlled terminology, from a folder of imported ones or as packaged.

    Args:
        package: SDTM, ADaM, DEFINE-XML, ... in any case.
        version: Date of the release, such as 2022-09-30.
        folders: Where to look first, in this order.

    Raises:
        StandardsError: There is no such release, or its file is unusable.
    """
    package = canonical_package(package)
    for folder in folders:
        path = terminology_path(folder, package, version)
        if path.is_file():
            return Terminology(package, version, path)
    if terminology_path(PACKAGED, package, version).is_file():
        return _load_packaged(package, version)
    raise _unknown_release(package, version, (*folders, PACKAGED))


def write_terminology(
    folder: Path, package: str, version: str, codelists: Iterable[PublishedCodelist]
) -> Terminology:
    """Write a release of controlled terminology where `load_terminology` finds it.

    Raises:
        StandardsError: The file cannot be written.
    """
    path = terminology_path(folder, package, version)
    tables = (
        ((c.code, c.name, c.label, "Yes" if c.extensible else "No"), map(_pack_entry, c.entries))
        for c in codelists
    )
    write_tables(path, tables)
    return Terminology(canonical_package(package), version, path)
