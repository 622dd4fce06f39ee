"""A define.xml beside datasets: is it sound, and do the two say the same?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from sdtmconv.define_xml import DefineError, check_define, model_to_study, read_model
from sdtmconv.define_xml.model import ItemGroupDef
from sdtmconv.errors import Fault
from sdtmconv.metadata import DatasetMetadata, VariableMetadata
from sdtmconv.validate.define_values import DEFINE, Breaches, find_values
from sdtmconv.validate.findings import FindingGroup, select_records
from sdtmconv.validate.rule import Breach

__all__ = ["DEFINE", "check_defines"]


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
        *find_values(described.stated, described.found, frame, encoding),
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
    names = [v.name for v in described.stated.variables if v.name not in described.no_data]
    stated = list(dict.fromkeys(names))  # one that is described twice is told by check_define
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
