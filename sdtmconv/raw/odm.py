"""Reader for the clinical data of ODM-XML 1.3 (all of 1.3, 1.3.1 and 1.3.2 share one namespace).

A table holds the records of one ItemGroup: the keys of every level above it, then its items by
their OIDs, each followed by <OID>.UNIT where records name a measurement unit (by its OID). Items
that the metadata declare are columns even where no record has them. Coded values stay as they
are collected; audit records, signatures and annotations are left aside.

Subjects are parsed one after the other and dropped, so that memory holds one subject's XML. Only
when all of the file was seen is known which columns there are, so that blocks wait until then.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
from lxml import etree

from sdtmconv.errors import DataError, suggest
from sdtmconv.raw.backlog import Backlog
from sdtmconv.raw.table import Content, RawSource
from sdtmconv.safe_xml import SAFE

_URI = "http://www.cdisc.org/ns/odm/v1.3"
_NAMESPACE = f"{{{_URI}}}"
_ODM = f"{_NAMESPACE}ODM"
_ITEM_GROUP_DEF = f"{_NAMESPACE}ItemGroupDef"
_FORM_DEF = f"{_NAMESPACE}FormDef"
_SUBJECT = f"{_NAMESPACE}SubjectData"
_ITEM = f"{_NAMESPACE}ItemData"
_UNIT_REF = f"{_NAMESPACE}MeasurementUnitRef"
_UNIT = ".UNIT"
_SUBJECT_KEY = "SUBJECTKEY"
_KEYS = (
    "STUDYOID",
    "SITEOID",
    _SUBJECT_KEY,
    "STUDYEVENTOID",
    "STUDYEVENTREPEATKEY",
    "FORMOID",
    "FORMREPEATKEY",
    "ITEMGROUPREPEATKEY",
)
_NO_KEYS = (None,) * len(_KEYS)


def _compile_xpath(path: str) -> Callable[..., Any]:
    return etree.XPath(path, namespaces={"odm": _URI}, smart_strings=False)


# What libxml2 finds in a subject, without a Python object for each element. An empty $group means
# all of them.
_GROUPS = "odm:StudyEventData/odm:FormData/odm:ItemGroupData"
_GROUPS_READ = f"{_GROUPS}[$group = '' or @ItemGroupOID = $group]"
_has_removed = _compile_xpath("descendant-or-self::*/@TransactionType = 'Remove'")
_find_groups = _compile_xpath(f"{_GROUPS}/@ItemGroupOID")
_find_items = _compile_xpath(f"{_GROUPS_READ}/*/@ItemOID")
_count_records = _compile_xpath(f"count({_GROUPS_READ})")

Values = dict[str, str | None]
Keys = tuple[str | None, ...]
Record = tuple[Keys, Values]


@dataclass
class _Survey:
    """What there is in the file, as far as it was read.

    Args:
        items_of_group: Declared items by the OID of the ItemGroup.
        groups_of_form: Declared ItemGroups by the OID of the form.
        groups_found: ItemGroups that have records, in order.
        names_found: Items of the records that are read, and their units, in order.
        records: How many records there are, of all ItemGroups.
    """

    items_of_group: dict[str, list[str]] = field(default_factory=dict)
    groups_of_form: dict[str, list[str]] = field(default_factory=dict)
    groups_found: dict[str, None] = field(default_factory=dict)
    names_found: dict[str, None] = field(default_factory=dict)
    records: int = 0


def _check_document(source: RawSource, root: Any) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        problem = "has a document type declaration, which ODM does not need"
        raise DataError(source.fault(problem, "remove it: entities are not resolved"))
    kind = root.get("FileType", "Snapshot")
    if kind != "Snapshot":
        problem = f"its FileType is {kind}: it holds changes, not the records as they stand"
        raise DataError(source.fault(problem, "export a snapshot"))


def _parse(source: RawSource, file: BinaryIO) -> Iterator[Any]:
    """Give each ItemGroupDef, FormDef and SubjectData of the file when it is complete."""
    events = etree.iterparse(
        file,
        events=("start", "end"),
        tag=(_ODM, _ITEM_GROUP_DEF, _FORM_DEF, _SUBJECT),
        remove_comments=True,
        remove_pis=True,
        **SAFE,
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
    unit: str | None = item.get("MeasurementUnitOID")
    for child in item:
        if child.tag == _UNIT_REF:
            unit = child.get("MeasurementUnitOID")
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


def _refuse_removed(source: RawSource, subject: Any) -> None:
    if _has_removed(subject):
        problem = "TransactionType is Remove: a snapshot holds only what is there"
        where = f"subject {subject.get('SubjectKey', '')!r}"
        raise DataError(source.fault(problem, "export a snapshot without removed records", where))


def _is_passed_over(source: RawSource, subject: Any, survey: _Survey) -> bool:
    """Tell whether nobody wants a subject's records, and all their items are known already."""
    if source.subjects is None or source.subjects.column != _SUBJECT_KEY:
        return False
    if source.wants(subject.get("SubjectKey", "").strip()):
        return False
    known = {*survey.items_of_group.get(source.sheet, ()), *survey.names_found}
    return known.issuperset(_find_items(subject, group=source.sheet))


def _pass_over(source: RawSource, subject: Any, survey: _Survey) -> list[Record]:
    """Give records without keys and items: they only count."""
    groups = _find_groups(subject)
    survey.groups_found.update(dict.fromkeys(groups))
    survey.records += len(groups)
    return [(_NO_KEYS, {})] * int(_count_records(subject, group=source.sheet))


def _read_subject(source: RawSource, subject: Any, survey: _Survey) -> list[Record]:
    records = []
    for group, keys in _iterate_groups(subject):
        oid = group.get("ItemGroupOID", "")
        survey.groups_found[oid] = None
        survey.records += 1
        if source.sheet in ("", oid):
            values = _read_items(source, group, subject.get("SubjectKey", ""))
            survey.names_found.update(dict.fromkeys(values))
            records.append((keys, values))
    return records


def _drop(subject: Any) -> None:
    """Free the memory of a subject and of what stands before it."""
    subject.clear()
    while subject.getprevious() is not None:
        del subject.getparent()[0]


def _iterate_subjects(source: RawSource, file: BinaryIO, survey: _Survey) -> Iterator[list[Record]]:
    """Give each subject's records, and note in the survey what else there is."""
    for element in _parse(source, file):
        if element.tag == _ITEM_GROUP_DEF:
            _note_children(survey.items_of_group, element, "ItemRef", "ItemOID")
        elif element.tag == _FORM_DEF:
            _note_children(survey.groups_of_form, element, "ItemGroupRef", "ItemGroupOID")
        else:
            _refuse_removed(source, element)
            read = _pass_over if _is_passed_over(source, element, survey) else _read_subject
            yield read(source, element, survey)
            _drop(element)


def _make_batch(records: list[Record], names: Collection[str]) -> Any:
    keys = [[keys[position] for keys, _ in records] for position in range(len(_KEYS))]
    values = [[values.get(name) for _, values in records] for name in names]
    columns = [pa.array(column, type=pa.large_string()) for column in (*keys, *values)]
    return pa.RecordBatch.from_arrays(columns, names=[*_KEYS, *names])


def _iterate_batches(source: RawSource, block_bytes: int, survey: _Survey) -> Iterator[Any]:
    """Give the records of whole subjects, each block with the columns known by then.

    A block is full when its records, at the average size of all read so far, are so many bytes.
    """
    block: list[Record] = []
    with source.path.open("rb") as file:
        for records in _iterate_subjects(source, file, survey):
            block += records
            if block and len(block) * file.tell() >= block_bytes * survey.records:
                yield _make_batch(block, survey.names_found)
                block = []
    yield _make_batch(block, survey.names_found)


def _choose_group(source: RawSource, survey: _Survey) -> str:
    groups = list(dict.fromkeys([*survey.groups_found, *survey.items_of_group]))
    if source.sheet and source.sheet in groups:
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


def _order_items(source: RawSource, survey: _Survey, group: str) -> list[str]:
    """Put items in the order of the metadata, then of their first record, each before its unit.

    Any item may have a unit where subjects were passed over: nobody looked for it.
    """
    names = [*survey.items_of_group.get(group, ()), *survey.names_found]
    if source.subjects:
        names += [f"{name}{_UNIT}" for name in names if not name.endswith(_UNIT)]
    rank = {name: i for i, name in enumerate(dict.fromkeys(names))}
    return sorted(rank, key=lambda name: rank.get(name.removesuffix(_UNIT), rank[name]))


def _make_content(batch: Any, group: str, items: list[str], start: int) -> Content:
    keys, values = batch.columns[: len(_KEYS)], batch.columns[len(_KEYS) :]
    found = dict(zip(batch.schema.names[len(_KEYS) :], values, strict=True))
    missing = pa.nulls(batch.num_rows, pa.large_string())
    return Content(
        names=[*_KEYS, *items],
        columns=[*keys, *(found.get(name, missing) for name in items)],
        lines=np.arange(start, start + batch.num_rows),
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
    survey = _Survey()
    with Backlog(block_bytes) as backlog:
        for batch in _iterate_batches(source, block_bytes, survey):
            backlog.add(batch)
        group = _choose_group(source, survey)
        items = _order_items(source, survey, group)
        start = 1
        for batch in backlog.take_all():
            yield _make_content(batch, group, items, start)
            start += batch.num_rows


def read_odm_names(source: RawSource) -> list[str]:
    """Read the names of the columns of an ItemGroup; the whole file has to be parsed for them."""
    survey = _Survey()
    with source.path.open("rb") as file:
        deque(_iterate_subjects(source, file, survey), maxlen=0)
    return [*_KEYS, *_order_items(source, survey, _choose_group(source, survey))]
