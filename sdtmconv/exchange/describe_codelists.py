"""A study's codelists as codelists.yaml: by the terminology at hand, or value by value."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping

from sdtmconv.exchange.yaml_text import Content
from sdtmconv.metadata import Codelist, StudyMetadata, Term, VariableMetadata
from sdtmconv.spec.catalog import DICTIONARIES, Catalog


def iterate_described(study: StudyMetadata) -> Iterator[VariableMetadata]:
    """Walk over all that describes values: variables, each followed by its values."""
    for dataset in study.datasets:
        for variable in dataset.variables:
            yield variable
            for level in variable.values:
                yield level.variable


def name_codelists(study: StudyMetadata) -> dict[Codelist, str]:
    """Give each codelist a name of its own, its own name if no other has it already."""
    names: dict[Codelist, str] = {}
    for variable in iterate_described(study):
        codelist = variable.codelist
        if codelist and codelist not in names:
            taken = set(names.values())
            candidates = (codelist.name, *(f"{codelist.name}.{n}" for n in range(2, 9999)))
            names[codelist] = next(name for name in candidates if name not in taken)
    return names


def find_dictionaries(codelists: Iterable[Codelist]) -> dict[str, str]:
    """Name the dictionaries that study.yaml can name, with their versions."""
    return {c.dictionary: c.version for c in codelists if is_plain_dictionary(c)}


def is_plain_dictionary(codelist: Codelist) -> bool:
    """Tell whether a codelist is a dictionary under its own name, with a version."""
    name = codelist.dictionary
    return (
        name in DICTIONARIES and bool(codelist.version) and codelist.name == codelist.label == name
    )


def describe_codelists(
    names: Mapping[Codelist, str], dictionaries: Mapping[str, str], catalog: Catalog
) -> dict[str, Content]:
    """Write codelists.yaml.

    Args:
        names: The study's codelists and their names.
        dictionaries: What study.yaml says already.
        catalog: The terminology at hand.
    """
    return {
        name: _entry(codelist, name, catalog)
        for codelist, name in names.items()
        if not (is_plain_dictionary(codelist) and dictionaries[name] == codelist.version)
    }


def _entry(codelist: Codelist, name: str, catalog: Catalog) -> Content:
    standard = catalog.codelist(codelist.code) if codelist.code else None
    # Define-XML 2.0 and older workbooks do not say which terminology they follow.
    if standard and codelist.standard in ("", standard.standard):
        restricted = _by_standard(codelist, name, standard)
        if restricted:
            return restricted
    facts = {
        "label": codelist.label if codelist.label != name else "",
        "code": codelist.code,
        "terminology": codelist.standard,
        "dictionary": codelist.dictionary,
        "version": codelist.version,
    }
    entry: dict[str, Content] = {key: text for key, text in facts.items() if text}
    if codelist.terms:
        entry["values"] = _values(codelist.terms)
    return entry or {"label": name}


def _by_standard(codelist: Codelist, name: str, standard: Codelist) -> dict[str, Content] | None:
    """Say which terms of a standard codelist are meant; None where they are not all its terms."""
    known = {term.value: term for term in standard.terms}
    added = [term for term in codelist.terms if term.value not in known]
    taken = [term for term in codelist.terms if term.value in known]
    if any(term != known[term.value] for term in taken):
        return None
    if any(term.code or not term.extended or not term.decode for term in added):
        return None
    entry: dict[str, Content] = {} if name == standard.name else {"standard": standard.name}
    if codelist.label != standard.label:
        entry["label"] = codelist.label
    if added:
        entry["extend"] = {term.value: term.decode for term in added}
    return {**entry, "only": [term.value for term in codelist.terms]}


def _values(terms: Iterable[Term]) -> Content:
    terms = tuple(terms)
    if not any(term.decode or term.code or term.extended for term in terms):
        return [term.value for term in terms]
    return {term.value: _value(term) for term in terms}


def _value(term: Term) -> Content:
    facts = {
        "decode": term.decode,
        "code": term.code,
        "extended": "yes" if term.extended else "",
    }
    stated = {key: text for key, text in facts.items() if text}
    return term.decode if list(stated) == ["decode"] else stated


def same_codelist(one: Codelist | None, other: Codelist | None) -> bool:
    """Tell whether two codelists say the same; a define.xml does not tell what is extensible."""
    return _plain(one) == _plain(other)


def _plain(codelist: Codelist | None) -> Codelist | None:
    return codelist and dataclasses.replace(codelist, extensible=False)
