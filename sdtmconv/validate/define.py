"""A define.xml beside datasets: is it sound, and do the two say the same?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from sdtmconv.conditions import parse_condition
from sdtmconv.define_xml import DefineError, check_define, model_to_study, read_model
from sdtmconv.define_xml.model import ItemGroupDef
from sdtmconv.errors import Fault
from sdtmconv.metadata import DatasetMetadata, ValueLevel, VariableMetadata
from sdtmconv.validate.findings import FindingGroup, select_records
from sdtmconv.validate.rule import Breach
from sdtmconv.validate.schema import check_columns

DEFINE = "define.xml"
_INTEGER, _FLOAT = r" *-?\d+ *", r" *-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)? *"
_OF_VALUES = {
    "codelist": "define-term",
    "codelist-extension": "define-term",
    "iso8601": "define-value",
    "length": "define-value",
    "required-value": "define-mandatory",
}
Breaches = Iterator[tuple[str, Breach]]


@dataclass(frozen=True, eq=False)
class Described:
    """A dataset, as its file has it and as define.xml describes it."""

    found: DatasetMetadata
    frame: pd.DataFrame
    stated: DatasetMetadata
    no_data: frozenset[str]


def check_defines(
    folder: Path,
    files: Sequence[tuple[Path, DatasetMetadata, pd.DataFrame]],
    known: Sequence[FindingGroup],
    encoding: str,
) -> list[FindingGroup]:
    """Check every define.xml in a folder, and compare it with the datasets that lie beside it.

    Args:
        folder: Where to look, subfolders included.
        files: The transport files that were read: path, what each says of itself, its records.
        known: What was found already; a value that was is not told a second time.
        encoding: Of the files.

    Returns:
        The findings. A define.xml that is invalid, or refers to what it does not define, is not
        compared with the data.
    """
    groups: list[FindingGroup] = []
    for path in sorted(folder.rglob(DEFINE)):
        groups += [_to_finding(fault, path, folder) for fault in check_define(path)]
        beside = {p.resolve(): (found, frame) for p, found, frame in files if _is_near(p, path)}
        groups += _compare(path, beside, known, encoding)
    return groups


def _is_near(file: Path, define: Path) -> bool:
    return define.parent in file.parents


def _to_finding(fault: Fault, path: Path, folder: Path) -> FindingGroup:
    """Make a finding of a fault, known by its element and not by its line."""
    where, _, element = fault.place.removeprefix(str(path)).lstrip(":").partition(" ")
    line = f", line {where}" if where else ""
    message = f"{path.relative_to(folder)}{line}: {fault.problem}; {fault.remedy}"
    return FindingGroup("define-sound", "", element or DEFINE, message)


def _compare(
    path: Path,
    beside: Mapping[Path, tuple[DatasetMetadata, pd.DataFrame]],
    known: Sequence[FindingGroup],
    encoding: str,
) -> Iterator[FindingGroup]:
    try:
        define = read_model(path)
        study = model_to_study(define)
    except (DefineError, KeyError):  # told by check_define: a reference that dangles
        return
    seen = set()
    for group, stated in zip(define.metadata.item_groups, study.datasets, strict=True):
        href = group.leaf.href if group.leaf else ""
        file = (path.parent / href).resolve()
        if file in beside:
            seen.add(file)
            found, frame = beside[file]
            described = Described(found, frame, stated, _without_data(group, stated))
            yield from _compare_dataset(described, known, encoding)
        elif group.has_no_data != "Yes":
            message = f"{href or 'its file'} is not there"
            yield FindingGroup("define-dataset", group.name, "", message)
    for file, (found, _) in beside.items():
        if file not in seen:
            message = f"is not described in {path.name}"
            yield FindingGroup("define-dataset", found.name, "", message)


def _without_data(group: ItemGroupDef, stated: DatasetMetadata) -> frozenset[str]:
    """Name the variables of which define.xml says that the file does not have them."""
    ordered = sorted(group.item_refs, key=lambda reference: reference.order_number or 0)
    pairs = zip(ordered, stated.variables, strict=True)
    return frozenset(v.name for reference, v in pairs if reference.has_no_data == "Yes")


def _compare_dataset(
    described: Described, known: Sequence[FindingGroup], encoding: str
) -> Iterator[FindingGroup]:
    frame = described.frame.reset_index(drop=True)
    breaches = [
        *_find_variables(described),
        *_find_attributes(described),
        *_find_keys(described),
        *_find_values(described, frame, encoding),
    ]
    dataset = replace(described.stated, name=described.found.name)
    for rule, breach in breaches:
        if breach.mask is None:
            yield FindingGroup(rule, dataset.name, breach.variable, breach.message)
            continue
        mask = breach.mask & ~_is_known(frame, dataset.name, breach.variable, known)
        yield from select_records(rule, dataset, frame, mask, breach.message, breach.variable)


def _is_known(
    frame: pd.DataFrame, dataset: str, variable: str, known: Sequence[FindingGroup]
) -> np.ndarray:
    """Tell which values of a variable are findings of another rule already."""
    values = [g.values for g in known if (g.dataset, g.variable) == (dataset, variable)]
    if not values or variable not in frame:
        return np.zeros(len(frame), dtype=bool)
    texts = frame[variable].astype("str").fillna("").str.removesuffix(".0")
    return np.asarray(texts.isin(pd.concat(values)), dtype=bool)


def _find_variables(described: Described) -> Breaches:
    in_file = [variable.name for variable in described.found.variables]
    stated = [v.name for v in described.stated.variables if v.name not in described.no_data]
    for name in in_file:
        if name not in stated:
            yield "define-variable", Breach(f"is not described in {DEFINE}", variable=name)
    for name in stated:
        if name not in in_file:
            message = f"is described in {DEFINE} and not there"
            yield "define-variable", Breach(message, variable=name)
    both = [name for name in stated if name in in_file]
    ordered = [name for name in in_file if name in both]
    if both != ordered:
        first = next(a for a, b in zip(both, ordered, strict=True) if a != b)
        yield "define-order", Breach("stands elsewhere in the file", variable=first)


def _find_attributes(described: Described) -> Breaches:
    stated = {variable.name: variable for variable in described.stated.variables}
    if described.found.label != described.stated.label:
        message = f"has the label {described.found.label!r}, in {DEFINE} {described.stated.label!r}"
        yield "define-label", Breach(message)
    for found in described.found.variables:
        if found.name in stated:
            yield from _compare_variable(found, stated[found.name])


def _compare_variable(found: VariableMetadata, stated: VariableMetadata) -> Breaches:
    name = found.name
    if found.label != stated.label:
        message = f"has the label {found.label!r}, in {DEFINE} {stated.label!r}"
        yield "define-label", Breach(message, variable=name)
    if found.type == "Num" and stated.type == "Char":
        message = f"is Num, and its DataType {stated.data_type} is of text"
        yield "define-type", Breach(message, variable=name)
        return
    if found.type == "Char" and stated.data_type == "text" and found.length != stated.length:
        message = f"has the length {found.length}, in {DEFINE} {stated.length}"
        yield "define-length", Breach(message, variable=name)
    formats = [v.display_format.upper().removesuffix(".") for v in (found, stated)]
    if found.type == "Num" and formats[0] != formats[1]:
        message = f"has the format {formats[0] or 'of no name'}, in {DEFINE} {formats[1] or 'none'}"
        yield "define-format", Breach(message, variable=name)


def _find_keys(described: Described) -> Breaches:
    keys = [key for key in described.stated.keys if key in described.frame]
    if keys and len(keys) == len(described.stated.keys):
        repeated = described.frame.duplicated(keys, keep=False).to_numpy()
        if repeated.any():
            yield "define-keys", Breach(f"shares its keys {', '.join(keys)} with another", repeated)


def _find_values(described: Described, frame: pd.DataFrame, encoding: str) -> Breaches:
    types = {variable.name: variable.type for variable in described.found.variables}
    for variable in described.stated.variables:
        if variable.name not in frame or (types[variable.name], variable.type) == ("Num", "Char"):
            continue
        stated = replace(variable, type=types[variable.name])
        levels = [(level, _select(level, frame)) for level in variable.values]
        yield from _find_values_of(stated, described, frame, None, encoding)
        for level, mask in levels:
            if mask is not None and mask.any():
                inner = replace(level.variable, type=types[variable.name])
                yield from _find_values_of(inner, described, frame, mask, encoding)


def _find_values_of(
    variable: VariableMetadata,
    described: Described,
    frame: pd.DataFrame,
    mask: np.ndarray | None,
    encoding: str,
) -> Breaches:
    """Find values that are not as a variable, or a value level of it, is described."""
    rows = np.arange(len(frame)) if mask is None else np.flatnonzero(mask)
    length = variable.length or max(v.length for v in described.found.variables)
    codelist = variable.codelist and replace(variable.codelist, extensible=False)
    metadata = replace(
        described.stated,
        standard="SDTMIG",  # whose Required is about values, as Mandatory is
        variables=(replace(variable, length=length, codelist=codelist, values=()),),
    )
    part = frame[[variable.name]].iloc[rows].reset_index(drop=True)
    breaches = [*check_columns(metadata, part, encoding), *_find_numbers(variable, part)]
    for rule, breach in breaches:
        if breach.mask is not None and rule in (*_OF_VALUES, "define-value"):
            whole = np.zeros(len(frame), dtype=bool)
            whole[rows[breach.mask]] = True
            message = f"{breach.message.removesuffix(' and has no value')}, as {DEFINE} has it"
            if rule == "required-value":
                message = f"is mandatory in {DEFINE} and has no value"
            yield _OF_VALUES.get(rule, rule), replace(breach, mask=whole, message=message)


def _find_numbers(variable: VariableMetadata, part: pd.DataFrame) -> Breaches:
    """Find values that are no integers or floats, and floats with more digits than stated."""
    values, kind = part[variable.name], variable.data_type
    if kind not in ("integer", "float"):
        return
    if variable.type == "Char":
        pattern = _INTEGER if kind == "integer" else _FLOAT
        wrong = values.notna() & ~values.str.fullmatch(pattern, na=True)
        numbers = pd.to_numeric(values.where(~wrong), errors="coerce")
    else:
        numbers = values
        wrong = pd.Series(kind == "integer", index=values.index) & (numbers % 1).gt(0)
    if wrong.any():
        message = f"is not of data type {kind}"
        yield "define-value", Breach(message, wrong.to_numpy(dtype=bool), variable.name)
    digits = variable.significant_digits
    if kind == "float" and digits is not None:
        long = numbers.notna() & ~np.isclose(numbers, numbers.round(digits), rtol=1e-12, atol=1e-12)
        if long.any():
            message = f"has more than {digits} digits after the point"
            yield "define-value", Breach(message, long.to_numpy(dtype=bool), variable.name)


def _select(level: ValueLevel, frame: pd.DataFrame) -> np.ndarray | None:
    """Tell for which records a value level is; None where it asks for another dataset."""
    if any(name not in frame for name, _, _ in level.where):
        return None
    numeric = {str(name) for name in frame.select_dtypes("number")}
    comparisons = []
    for name, comparator, values in level.where:
        quoted = [v if name in numeric else '"' + v.replace('"', '""') + '"' for v in values]
        listed = f"({', '.join(quoted)})" if comparator in ("IN", "NOTIN") else quoted[0]
        comparisons.append(f"`{name}` {comparator} {listed}")
    condition = parse_condition(" and ".join(comparisons), DEFINE)
    return condition.mask(frame, frame.index).to_numpy(dtype=bool)
