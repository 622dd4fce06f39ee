"""Reader for the clinical data of ODM-XML 1.3 (all of 1.3, 1.3.1 and 1.3.2 share one namespace).

A table holds the records of one ItemGroup: the keys of every level above it, then its items by
their OIDs, each followed by <OID>.UNIT where records name a measurement unit (by its OID). Items
that the metadata declare are columns even where no record has them. Coded values stay as they
are collected; audit records, signatures and annotations are left aside.

Subjects are parsed one after the other and dropped, so that memory holds one subject's XML. The
file is parsed twice: only when all of it was seen is known which columns there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa
from lxml import etree

from sdtmconv.errors import DataError, suggest
from sdtmconv.raw.table import Content, RawSource

_NAMESPACE = "{http://www.cdisc.org/ns/odm/v1.3}"
_ODM = f"{_NAMESPACE}ODM"
_ITEM_GROUP_DEF = f"{_NAMESPACE}ItemGroupDef"
_FORM_DEF = f"{_NAMESPACE}FormDef"
_SUBJECT = f"{_NAMESPACE}SubjectData"
_ITEM = f"{_NAMESPACE}ItemData"
_UNIT_REF = f"{_NAMESPACE}MeasurementUnitRef"
_UNIT = ".UNIT"
_KEYS = (
    "STUDYOID",
    "SITEOID",
    "SUBJECTKEY",
    "STUDYEVENTOID",
    "STUDYEVENTREPEATKEY",
    "FORMOID",
    "FORMREPEATKEY",
    "ITEMGROUPREPEATKEY",
)
_FIND_REMOVED = etree.XPath("descendant-or-self::*[@TransactionType = 'Remove']")

Values = dict[str, str | None]
Keys = tuple[str | None, ...]


@dataclass
class _Survey:
    """What there is in the file, by the OID of the ItemGroup or the form."""

    items_of_group: dict[str, list[str]] = field(default_factory=dict)
    groups_of_form: dict[str, list[str]] = field(default_factory=dict)
    names_found: dict[str, dict[str, None]] = field(default_factory=dict)
    record_counts: dict[str, int] = field(default_factory=dict)


def _check_document(source: RawSource, root: Any) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        problem = "has a document type declaration, which ODM does not need"
        raise DataError(source.fault(problem, "remove it: entities are not resolved"))
    kind = root.get("FileType", "Snapshot")
    if kind != "Snapshot":
        problem = f"its FileType is {kind}: it holds changes, not the records as they stand"
        raise DataError(source.fault(problem, "export a snapshot"))


def _parse(source: RawSource) -> Iterator[Any]:
    """Give each ItemGroupDef, FormDef and SubjectData of the file when it is complete."""
    with source.path.open("rb") as file:
        events = etree.iterparse(
            file,
            events=("start", "end"),
            tag=(_ODM, _ITEM_GROUP_DEF, _FORM_DEF, _SUBJECT),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            for event, element in events:
                if element.tag == _ODM:
                    _check_document(source, element)
                elif event == "end":
                    yield element
        except etree.XMLSyntaxError as error:
            where = f"line {error.lineno}" if error.lineno else ""
            problem = f"is not well-formed XML ({error.msg})"
            raise DataError(source.fault(problem, "export it again", where)) from None
        if events.root is None or events.root.tag != _ODM:
            raise DataError(source.fault("is not ODM-XML 1.3", "export it as ODM-XML 1.3.2"))


def _note_children(
    children: dict[str, list[str]], element: Any, child: str, attribute: str
) -> None:
    """Add the OIDs of an element's children to those known under its own OID."""
    known = children.setdefault(element.get("OID", ""), [])
    oids = [ref.get(attribute, "") for ref in element.iterchildren(f"{_NAMESPACE}{child}")]
    known.extend(oid for oid in oids if oid not in known)


def _iterate_groups(subject: Any) -> Iterator[tuple[Any, Keys]]:
    """Give the ItemGroupData of a subject, each with the values of `_KEYS`."""
    study = subject.getparent().get("StudyOID")
    site = subject.find(f"{_NAMESPACE}SiteRef")
    location = None if site is None else site.get("LocationOID")
    subject_keys = (study, location, subject.get("SubjectKey"))
    for event in subject.iterchildren(f"{_NAMESPACE}StudyEventData"):
        event_keys = (event.get("StudyEventOID"), event.get("StudyEventRepeatKey"))
        for form in event.iterchildren(f"{_NAMESPACE}FormData"):
            form_keys = (form.get("FormOID"), form.get("FormRepeatKey"))
            for group in form.iterchildren(f"{_NAMESPACE}ItemGroupData"):
                repeat_key = group.get("ItemGroupRepeatKey")
                yield group, (*subject_keys, *event_keys, *form_keys, repeat_key)


def _read_value(item: Any) -> str | None:
    value: str | None = item.get("Value") if item.tag == _ITEM else item.text
    return None if item.get("IsNull") == "Yes" else value


def _read_unit(item: Any) -> str | None:
    """Read the unit's OID: an attribute of typed items, an element in the others."""
    holder = next(item.iterchildren(_UNIT_REF), item) if len(item) else item
    unit: str | None = holder.get("MeasurementUnitOID")
    return unit


def _read_items(source: RawSource, group: Any, subject: str) -> Values:
    """Read a record's items: ItemData with a Value, or typed ones (ItemDataDate) with text."""
    values: Values = {}
    for item in group:
        if not item.tag.startswith(_ITEM):
            continue
        oid = item.get("ItemOID", "")
        if oid in values:
            problem = f"item {oid!r} stands twice in one record"
            where = f"subject {subject!r} ItemGroup {group.get('ItemGroupOID')!r}"
            raise DataError(source.fault(problem, "remove one of them", where))
        values[oid] = _read_value(item)
        unit = _read_unit(item)
        if unit:
            values[f"{oid}{_UNIT}"] = unit
    return values


def _survey_subject(source: RawSource, subject: Any, survey: _Survey) -> None:
    subject_key = subject.get("SubjectKey", "")
    if _FIND_REMOVED(subject):
        problem = "TransactionType is Remove: a snapshot holds only what is there"
        where = f"subject {subject_key!r}"
        raise DataError(source.fault(problem, "export a snapshot without removed records", where))
    for group, _ in _iterate_groups(subject):
        oid = group.get("ItemGroupOID", "")
        if source.wants(subject_key) or oid not in survey.items_of_group:
            survey.names_found.setdefault(oid, {}).update(
                dict.fromkeys(_read_items(source, group, subject_key))
            )
        survey.record_counts[oid] = survey.record_counts.get(oid, 0) + 1


def _drop(subject: Any) -> None:
    """Free the memory of a subject and of what stands before it."""
    subject.clear()
    while subject.getprevious() is not None:
        del subject.getparent()[0]


def _survey(source: RawSource) -> _Survey:
    survey = _Survey()
    for element in _parse(source):
        if element.tag == _ITEM_GROUP_DEF:
            _note_children(survey.items_of_group, element, "ItemRef", "ItemOID")
        elif element.tag == _FORM_DEF:
            _note_children(survey.groups_of_form, element, "ItemGroupRef", "ItemGroupOID")
        else:
            _survey_subject(source, element, survey)
            _drop(element)
    return survey


def _choose_group(source: RawSource, survey: _Survey) -> str:
    groups = list(dict.fromkeys([*survey.names_found, *survey.items_of_group]))
    if source.sheet in groups:
        return source.sheet
    if not source.sheet and len(groups) == 1:
        return groups[0]
    listed = f"state one as `sheet`; its ItemGroups are {', '.join(map(repr, groups))}"
    if not source.sheet:
        raise DataError(source.fault(f"{len(groups)} ItemGroups to choose from", listed))
    of_form = " or ".join(map(repr, survey.groups_of_form.get(source.sheet, ())))
    remedy = f"form {source.sheet!r} has {of_form}" if of_form else ""
    problem = f"no ItemGroup {source.sheet!r}"
    raise DataError(source.fault(problem, remedy or suggest(source.sheet, groups, listed)))


def _order_items(survey: _Survey, group: str) -> list[str]:
    """Put items in the order of the metadata, then of their first record, each before its unit."""
    declared, found = survey.items_of_group.get(group, ()), survey.names_found.get(group, ())
    rank = {name: i for i, name in enumerate(dict.fromkeys([*declared, *found]))}
    return sorted(rank, key=lambda name: rank.get(name.removesuffix(_UNIT), rank[name]))


def _iterate_records(source: RawSource, group: str) -> Iterator[tuple[Keys, Values]]:
    subjects = (element for element in _parse(source) if element.tag == _SUBJECT)
    for subject in subjects:
        key = subject.get("SubjectKey", "")
        wanted = source.wants(key)
        for element, keys in _iterate_groups(subject):
            if element.get("ItemGroupOID", "") == group:
                yield keys, _read_items(source, element, key) if wanted else {}
        _drop(subject)


def _make_content(
    group: str, items: list[str], records: list[tuple[Keys, Values]], start: int
) -> Content:
    keys = [[keys[position] for keys, _ in records] for position in range(len(_KEYS))]
    values = [[values.get(name) for _, values in records] for name in items]
    return Content(
        names=[*_KEYS, *items],
        columns=[pa.array(column, type=pa.large_string()) for column in (*keys, *values)],
        lines=np.arange(start + 1, start + len(records) + 1),
        unit=f"{group} record",
    )


def iterate_odm(source: RawSource, block_bytes: int) -> Iterator[Content]:
    """Read the records of one ItemGroup.

    Args:
        source: The form; `sheet` is the ItemGroup's OID, needed where the file has several.
        block_bytes: Size of a block, about, reckoned as XML.

    Yields:
        Blocks of its columns; records are counted among those of the ItemGroup, since libxml2
        knows no lines beyond 65535.

    Raises:
        DataError: The file is no ODM 1.3 snapshot, is not well-formed or has a DTD, or the
            ItemGroup is unknown.
    """
    survey = _survey(source)
    group = _choose_group(source, survey)
    items = _order_items(survey, group)
    if source.subjects:  # whether the others' values have units was not looked at
        names = [item for item in items if not item.endswith(_UNIT)]
        items = [name for item in names for name in (item, f"{item}{_UNIT}")]
    count, count_of_all = survey.record_counts.get(group, 0), sum(survey.record_counts.values())
    size = max(1, block_bytes * count_of_all // source.path.stat().st_size)
    records = _iterate_records(source, group)
    for start in range(0, max(1, count), size):
        yield _make_content(group, items, list(islice(records, size)), start)


def read_odm_names(source: RawSource) -> list[str]:
    """Read the names of the columns of an ItemGroup; the whole file has to be parsed for them."""
    survey = _survey(source)
    return [*_KEYS, *_order_items(survey, _choose_group(source, survey))]
