"""Compare two files or folders, dataset by dataset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sdtmconv.compare.dataset import compare_dataset
from sdtmconv.compare.model import AttributeDifference, Comparison, DatasetComparison
from sdtmconv.compare.settings import Settings
from sdtmconv.compare.sides import Held, Side, find_side
from sdtmconv.errors import DataError, Fault, SdtmconvError, raise_faults, suggest


def compare(a: Path, b: Path, settings: Settings | None = None) -> Comparison:
    """Compare two transport files, or the datasets of two folders with such files.

    Args:
        a: A file or folder.
        b: The other one. Two files with one dataset each are compared whatever their names are;
            of a folder beside a file, only what the file holds is compared.
        settings: What is compared, and how.

    Raises:
        DataError: There is no such file or folder, a dataset is there twice, the sides have no
            dataset in common, or a key is not in both datasets.
        TransportError: A file cannot be read.
    """
    settings = settings or Settings()
    sides = _find_sides(a, b, settings.encoding)
    names = _choose_names(*sides, settings)
    compared = [_compare_dataset(*pair, settings) for pair in _pair_datasets(*sides, names)]
    notes = tuple(note for side in sides for note in side.notes)
    return Comparison(sides[0].label, sides[1].label, tuple(compared), notes)


def _find_sides(a: Path, b: Path, encoding: str) -> tuple[Side, Side]:
    sides: list[Side] = []
    faults: list[Fault] = []
    for path in (a, b):
        try:
            sides.append(find_side(path, encoding))
        except SdtmconvError as error:
            faults += error.faults
    raise_faults(DataError, faults)
    return sides[0], sides[1]


def _choose_names(a: Side, b: Side, settings: Settings) -> list[str]:
    known = sorted({*a.datasets, *b.datasets})
    otherwise = f"name some of {', '.join(known)}"
    asked = {**dict.fromkeys(settings.only, "--only"), **dict.fromkeys(settings.keys, "--keys")}
    faults = [
        Fault(f"{option} {name}", "is on neither side", suggest(name, known, otherwise))
        for name, option in asked.items()
        if name and name not in known
    ]
    raise_faults(DataError, faults)
    for one, other in ((a, b), (b, a)):
        if one.is_file and not other.is_file:
            known = [name for name in known if name in one.datasets]
    return [name for name in known if not settings.only or name in settings.only]


def _pair_datasets(
    a: Side, b: Side, names: Sequence[str]
) -> Iterator[tuple[str, Held | None, Held | None]]:
    if a.is_file and b.is_file and len(a.datasets) == len(b.datasets) == 1:
        (one,), (other,) = a.datasets.values(), b.datasets.values()
        yield one.name, one, other
        return
    for name in names:
        yield name, a.datasets.get(name), b.datasets.get(name)


def _compare_dataset(
    name: str, a: Held | None, b: Held | None, settings: Settings
) -> DatasetComparison:
    if a is None or b is None:
        counts = [held.records if held else 0 for held in (a, b)]
        described = [f"{held.metadata.label or name}" if held else "" for held in (a, b)]
        only = AttributeDifference("", "dataset", *described)
        return DatasetComparison(name, (), "", (counts[0], counts[1]), 0, (only,))
    return compare_dataset(a, b, settings)
