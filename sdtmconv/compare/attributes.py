"""Which attributes of a dataset and its variables differ?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from sdtmconv.compare.model import AttributeDifference
from sdtmconv.compare.settings import Settings
from sdtmconv.compare.sides import Held
from sdtmconv.metadata import VariableMetadata


def compare_attributes(a: Held, b: Held, settings: Settings) -> tuple[AttributeDifference, ...]:
    """Compare what two files say of a dataset and its variables."""
    found = [*_of_dataset(a, b), *_of_variables(a, b, settings.without)]
    return tuple(one for one in found if one.attribute not in settings.ignore)


def find_common(a: Held, b: Held, settings: Settings) -> list[str]:
    """Name the variables of both datasets that are compared, in the order of A."""
    in_b = {variable.name for variable in b.metadata.variables}
    names = [variable.name for variable in a.metadata.variables]
    return [name for name in names if name in in_b and name not in settings.without]


def _of_dataset(a: Held, b: Held) -> Iterator[AttributeDifference]:
    one, other = a.metadata, b.metadata
    if one.name != other.name:
        yield AttributeDifference("", "name", one.name, other.name)
    if one.label != other.label:
        yield AttributeDifference("", "label", one.label, other.label)


def _of_variables(a: Held, b: Held, without: Sequence[str]) -> Iterator[AttributeDifference]:
    in_a = {v.name: v for v in a.metadata.variables if v.name not in without}
    in_b = {v.name: v for v in b.metadata.variables if v.name not in without}
    for name, variable in in_a.items():
        if name in in_b:
            yield from _of_variable(variable, in_b[name])
            informats = [held.informats.get(name, "") for held in (a, b)]
            if informats[0] != informats[1]:
                yield AttributeDifference(name, "informat", *informats)
        else:
            yield AttributeDifference(name, "variable", _describe(variable), "")
    for name, variable in in_b.items():
        if name not in in_a:
            yield AttributeDifference(name, "variable", "", _describe(variable))
    common_a = [name for name in in_a if name in in_b]
    common_b = [name for name in in_b if name in in_a]
    yield from _of_order(common_a, common_b)


def _of_variable(a: VariableMetadata, b: VariableMetadata) -> Iterator[AttributeDifference]:
    if a.type != b.type:  # then their lengths count different things
        yield AttributeDifference(a.name, "type", a.type, b.type)
    elif a.length != b.length:
        yield AttributeDifference(a.name, "length", str(a.length), str(b.length))
    if a.label != b.label:
        yield AttributeDifference(a.name, "label", a.label, b.label)
    if a.display_format != b.display_format:
        yield AttributeDifference(a.name, "format", a.display_format, b.display_format)


def _of_order(a: Sequence[str], b: Sequence[str]) -> Iterator[AttributeDifference]:
    """Name the fewest variables that were moved, with their neighbours."""
    if a == b:
        return
    blocks = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    kept = {name for block in blocks for name in a[block.a : block.a + block.size]}
    for name in a:
        if name not in kept:
            yield AttributeDifference(name, "order", _after(a, name), _after(b, name))


def _after(names: Sequence[str], name: str) -> str:
    position = names.index(name)
    return f"after {names[position - 1]}" if position else "first"


def _describe(variable: VariableMetadata) -> str:
    return f"{variable.type} {variable.length}, {variable.label}"
