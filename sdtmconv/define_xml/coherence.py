"""Where definitions contradict each other, which no single element shows and no XSD asks."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from sdtmconv.define_xml import names
from sdtmconv.define_xml.document import Document
from sdtmconv.errors import Fault, suggest

_NUMERIC = ("integer", "float")
_TERMS = tuple(map(names.element, ("CodeListItem", "EnumeratedItem")))


def _child_attribute(element: etree._Element, child: str, name: str) -> str:
    found = element.find(names.element(child))
    return "" if found is None else found.get(name, "")


def find_gaps_in_keys(document: Document) -> Iterator[Fault]:
    """List datasets whose keys are not numbered from 1 on."""
    for dataset in document.every("ItemGroupDef"):
        keys = sorted(
            key
            for reference in dataset.iterchildren(names.element("ItemRef"))
            if (key := reference.get("KeySequence", ""))
        )
        if keys and set(keys) != {str(number) for number in range(1, len(keys) + 1)}:
            problem = f"its keys are numbered {', '.join(keys)}"
            yield document.fault(dataset, problem, "number them 1, 2, 3 and so on")


def find_repeated_names(document: Document) -> Iterator[Fault]:
    """List datasets, and variables of one dataset, that have the name of another."""
    seen: set[str] = set()
    items = document.defined("ItemDef")
    for dataset in document.every("ItemGroupDef"):
        name = dataset.get("Name", "")
        if name in seen:
            yield document.fault(dataset, f"another dataset is {name} too", "correct the name")
        seen.add(name)
        variables: set[str] = set()
        for reference in dataset.iterchildren(names.element("ItemRef")):
            item = items.get(reference.get("ItemOID", ""))
            variable = "" if item is None else item.get("Name", "")
            if variable and variable in variables:
                problem = f"another variable of the dataset is {variable} too"
                yield document.fault(reference, problem, "correct the name")
            variables.add(variable)


def find_unfit_codelists(document: Document) -> Iterator[Fault]:
    """List items of text whose codelist is of numbers, and the reverse."""
    codelists = document.defined("CodeList")
    for item in document.every("ItemDef"):
        codelist = codelists.get(_child_attribute(item, "CodeListRef", "CodeListOID"))
        if codelist is None:
            continue
        kinds = [element.get("DataType", "") for element in (item, codelist)]
        if (kinds[0] in _NUMERIC) != (kinds[1] in _NUMERIC):
            problem = f"is of data type {kinds[0]}, and its codelist of {kinds[1]}"
            yield document.fault(item, problem, "give the codelist the item's data type")


def find_impossible_conditions(document: Document) -> Iterator[Fault]:
    """List comparisons with values that the codelist of the compared item does not have."""
    items, codelists = document.defined("ItemDef"), document.defined("CodeList")
    for check in document.every("RangeCheck"):
        item = items.get(check.get(names.attribute("def:ItemOID"), ""))
        oid = "" if item is None else _child_attribute(item, "CodeListRef", "CodeListOID")
        codelist = codelists.get(oid)
        if codelist is None or check.get("Comparator") not in ("EQ", "IN", "NE", "NOTIN"):
            continue
        terms = [str(term.get("CodedValue")) for term in codelist.iterchildren(*_TERMS)]
        for value in check.iterchildren(names.element("CheckValue")):
            text = value.text or ""
            if terms and text not in terms:
                problem = f"{text!r} is no term of codelist {oid}"
                yield document.fault(check, problem, suggest(text, terms, "correct the value"))


def find_foreign_variables(document: Document) -> Iterator[Fault]:
    """List analysed variables that are not of the dataset that was analysed."""
    datasets = document.defined("ItemGroupDef")
    for analysed in document.every("arm:AnalysisDataset"):
        dataset = datasets.get(analysed.get("ItemGroupOID", ""))
        if dataset is None:
            continue
        own = {r.get("ItemOID") for r in dataset.iterchildren(names.element("ItemRef"))}
        for variable in analysed.iterchildren(names.element("arm:AnalysisVariable")):
            if variable.get("ItemOID") not in own:
                problem = f"is not a variable of {dataset.get('Name')}"
                yield document.fault(variable, problem, "name a variable of the dataset")


CHECKS = (
    find_gaps_in_keys,
    find_repeated_names,
    find_unfit_codelists,
    find_impossible_conditions,
    find_foreign_variables,
)
