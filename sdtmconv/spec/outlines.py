"""What other datasets need to know of a dataset before its rules are compiled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sdtmconv.errors import suggest
from sdtmconv.metadata import Standard
from sdtmconv.spec.catalog import Catalog
from sdtmconv.spec.rules import Table
from sdtmconv.spec.tables import TIME_TO_EVENT, expand_tables
from sdtmconv.spec.yaml_nodes import Node, Reader

FIELDS = (
    "domain",
    "dataset",
    "label",
    "structure",
    "comment",
    "keys",
    "source",
    "sources",
    "records",
    "kept_by",
    "keep_first",
    "keep_last",
    "tests",
    "carried",
    "variables",
    "intermediate",
    "supplemental",
)
UNMAPPED = "unmapped"
OF_UNMAPPED_DATASET = ("class", "subclass", "part_of", "reference_data", "repeating", "roles")
MAPPING = ("source", "sources", "records", "carried", "intermediate", "supplemental")
OF_ANALYSIS = (
    "class",
    "submitted",
    "parameters",
    *TIME_TO_EVENT,
)
SUBJECT_KEYS = ("STUDYID", "USUBJID")
AUTOMATIC = ("STUDYID", "DOMAIN", "USUBJID")
NAME = re.compile("[A-Z][A-Z0-9]{0,7}")
NAME_REMEDY = "write up to 8 capital letters and digits, beginning with a letter"


@dataclass(frozen=True)
class Outline:
    """What other datasets need to know of a dataset before its rules are compiled."""

    name: str
    domain: str
    standard: Standard
    node: Node
    fields: Mapping[str, Node]
    keys: tuple[str, ...]
    variables: frozenset[str]

    @property
    def submitted(self) -> bool:
        """False for a dataset that is there for others to be made from."""
        return Reader([]).flag(self.fields.get("submitted"), "submitted", default=True)

    @property
    def unmapped(self) -> bool:
        """True for a dataset that is described, and that no record is made for yet."""
        return is_unmapped_dataset(self.fields)

    @property
    def by_subject(self) -> bool:
        """False for a dataset whose records stand in the spec itself, such as trial design."""
        return "USUBJID" in self.variables if self.unmapped else "records" not in self.fields

    @property
    def table(self) -> Table:
        one = self.by_subject and set(self.keys) <= set(SUBJECT_KEYS)
        return Table(self.variables, one_per_subject=one, by_subject=self.by_subject)


def read_outline(
    node: Node, standard: Standard, catalog: Catalog, reader: Reader
) -> Outline | None:
    """Read a dataset's name, keys and variable names."""
    key = "domain" if standard == "SDTMIG" else "dataset"
    known = (*FIELDS, *OF_ANALYSIS, *OF_UNMAPPED_DATASET)
    fields: Mapping[str, Node] = reader.fields(node, "a dataset's spec", known)
    if standard == "ADAMIG":
        fields = expand_tables(fields, reader)
    if key not in fields:
        reader.report(node.place, f"the spec names no {key}", f"begin with `{key}: ...`")
        return None
    name = reader.text(fields[key], key)
    if not NAME.fullmatch(name):
        reader.report(fields[key].place, f"{key} {name!r} is no dataset name", NAME_REMEDY)
        return None
    if is_unmapped_dataset(fields):
        return _outline_unmapped(name, standard, node, fields, catalog)
    for field in OF_UNMAPPED_DATASET:
        if field in fields and field != "class":
            remedy = "leave it out: once a dataset is mapped, it follows from keys and records"
            reader.report(fields[field].place, f"{field} is for unmapped datasets", remedy)
    if standard == "SDTMIG" and not _is_domain(name, fields, catalog, reader):
        return None
    keys = reader.texts(fields.get("keys"), "keys")
    first_keys = SUBJECT_KEYS if "records" not in fields else SUBJECT_KEYS[:1]
    if "keys" not in fields:
        reader.report(
            node.place,
            f"{name} has no keys",
            "add `keys: [STUDYID, USUBJID, ...]` that identify a record",
        )
    elif keys and keys[: len(first_keys)] != first_keys:
        reader.report(
            fields["keys"].place,
            f"the keys of {name} do not begin with {', '.join(first_keys)}",
            "put these first: datasets are built and sorted by subject",
        )
    variables = set(_variable_names(fields, reader)) | set(catalog.expected(standard, name))
    variables |= set(first_keys)
    if catalog.variable(standard, name, "DOMAIN"):
        variables.add("DOMAIN")
    domain = _domain_of(name, standard, catalog)
    if _has_tests(fields, reader) or f"{domain}TESTCD" in variables:
        variables |= {f"{domain}TESTCD", f"{domain}TEST"}
    return Outline(name, domain, standard, node, fields, keys or first_keys, frozenset(variables))


def is_unmapped(node: Node) -> bool:
    """Tell whether an entry of `variables` describes a variable that is not mapped yet."""
    return isinstance(node.content, dict) and UNMAPPED in node.content


def is_unmapped_dataset(fields: Mapping[str, Node]) -> bool:
    """Tell whether a dataset holds nothing but unmapped variables, and names no source."""
    variables = Reader([]).mapping(fields.get("variables"), "variables").values()
    return (
        bool(variables)
        and all(map(is_unmapped, variables))
        and not any(key in fields for key in MAPPING)
    )


def _outline_unmapped(
    name: str, standard: Standard, node: Node, fields: Mapping[str, Node], catalog: Catalog
) -> Outline:
    quiet = Reader([])
    keys = quiet.texts(fields.get("keys"), "keys")
    variables = frozenset(quiet.mapping(fields.get("variables"), "variables"))
    domain = _domain_of(name, standard, catalog)
    return Outline(name, domain, standard, node, fields, keys, variables)


def _domain_of(name: str, standard: Standard, catalog: Catalog) -> str:
    known = catalog.dataset(standard, name) if standard == "SDTMIG" else None
    return known.domain if known else name


def _is_domain(name: str, fields: Mapping[str, Node], catalog: Catalog, reader: Reader) -> bool:
    """Tell whether the standard has a dataset; report what is wrong with it."""
    for key in OF_ANALYSIS:
        if key in fields:
            remedy = "leave it out: a domain has its own" if key == "class" else "leave it out"
            reader.report(fields[key].place, f"{key} is for analysis datasets", remedy)
    place = fields["domain"].place
    if name.startswith("SUPP"):
        remedy = f"write `supplemental:` in the spec of {name.removeprefix('SUPP')}"
        reader.report(place, f"{name} is made from its domain", remedy)
        return False
    if catalog.dataset("SDTMIG", name) is None:
        known = catalog.dataset_names("SDTMIG")
        remedy = suggest(name, known, f"name one of {', '.join(known)}")
        reader.report(place, f"{catalog.title('SDTMIG')} has no domain {name!r}", remedy)
        return False
    return True


def _variable_names(fields: Mapping[str, Node], reader: Reader) -> Iterator[str]:
    quiet = Reader([])
    for names in quiet.mapping(fields.get("carried"), "carried").values():
        yield from quiet.texts(names, "carried")
    yield from quiet.mapping(fields.get("variables"), "variables")
    yield from quiet.mapping(fields.get("supplemental"), "supplemental")
    yield from quiet.mapping(fields.get("intermediate"), "intermediate")
    yield from literal_columns(fields.get("records"), quiet)
    for entry in quiet.mapping(fields.get("tests"), "tests").values():
        yield from (key for key in quiet.mapping(entry, "test") if key != "where")
    for source in quiet.mapping(fields.get("sources"), "sources").values():
        inner = quiet.mapping(source, "source")
        yield from quiet.mapping(inner.get("variables"), "variables")
        for entry in quiet.mapping(inner.get("tests"), "tests").values():
            yield from (key for key in quiet.mapping(entry, "test") if key != "where")


def literal_columns(node: Node | None, reader: Reader) -> dict[str, None]:
    """Name the columns of records that stand in the spec."""
    records = node.content if node and isinstance(node.content, tuple) else ()
    return dict.fromkeys(key for record in records for key in reader.mapping(record, "a record"))


def _has_tests(fields: Mapping[str, Node], reader: Reader) -> bool:
    quiet = Reader([])
    sources = quiet.mapping(fields.get("sources"), "sources").values()
    return "tests" in fields or any("tests" in quiet.mapping(s, "source") for s in sources)
