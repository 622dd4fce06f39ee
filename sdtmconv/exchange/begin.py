"""Begin a study: a folder of specs from a define.xml, a specification in Excel, or nothing."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sdtmconv.errors import Fault, SdtmconvError, SpecError
from sdtmconv.exchange.blank import blank_files
from sdtmconv.exchange.sources import read_source
from sdtmconv.exchange.study_folder import choose_versions, write_study
from sdtmconv.exchange.take_define import join_studies, take_define
from sdtmconv.spec import load_study

BLANK = "blank"


@dataclass(frozen=True)
class Begun:
    """A study that was begun.

    Args:
        folder: Its folder.
        mapped, unmapped: Number of variables by dataset.
        notes: Faults in the source, and what could not be taken over as it stands.
    """

    folder: Path
    mapped: dict[str, int]
    unmapped: dict[str, int]
    notes: tuple[Fault, ...]


def begin_study(folder: Path, sources: Sequence[str] = (BLANK,)) -> Begun:
    """Write the folder of a new study.

    Args:
        folder: The study folder, which must not hold anything yet.
        sources: Files that describe it, such as the define.xml of SDTM and that of ADaM; or blank.

    Raises:
        SpecError: Something is there already, or the sources do not go together.
        SdtmconvError: A source cannot be read; all of its faults.
    """
    _refuse_existing(folder)
    notes: list[Fault] = []
    with _new_folder(folder) as fresh:
        if list(sources) == [BLANK]:
            _write_blank(fresh, _study_name(folder))
        else:
            notes += _write_described(fresh, sources)
        study, faults = _load(fresh, folder)
    notes += faults
    return Begun(folder, *study, tuple(notes))


def _load(fresh: Path, folder: Path) -> tuple[tuple[dict[str, int], dict[str, int]], list[Fault]]:
    """Check what was written; what an odd source leads to is told, and the folder stays."""
    try:
        datasets = load_study(fresh).datasets
    except SdtmconvError as error:
        moved = [
            Fault(fault.place.replace(str(fresh), str(folder)), fault.problem, fault.remedy)
            for fault in error.faults
        ]
        return ({}, {}), moved
    unmapped = {name: len(spec.unmapped) for name, spec in datasets.items()}
    total = {name: len(spec.variable_names) for name, spec in datasets.items()}
    return ({name: total[name] - unmapped[name] for name in total}, unmapped), []


def _write_described(fresh: Path, sources: Sequence[str]) -> Iterator[Fault]:
    read = [source for name in sources for source in read_source(Path(name))]
    taken = join_studies([take_define(source.define) for source in read])
    notes = [note for source in read for note in source.faults]
    versions = choose_versions(taken.study.versions, taken.study.name)
    origin = " and ".join(Path(name).name for name in sources)
    left_out = write_study(fresh, taken.study, versions, origin)
    yield from (*notes, *taken.notes, *versions.notes, *left_out)


def _write_blank(fresh: Path, name: str) -> None:
    for file, text in blank_files(name).items():
        path = fresh / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def _study_name(folder: Path) -> str:
    """Make a STUDYID of a folder's name."""
    return re.sub(r"[^A-Z0-9-]+", "-", folder.resolve().name.upper()).strip("-") or "STUDY"


def _refuse_existing(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        return
    if folder.exists() or folder.is_symlink():
        what = "is a study already" if (folder / "study.yaml").exists() else "is there already"
        raise SpecError(Fault(str(folder), what, "name a folder that does not exist yet"))


@contextmanager
def _new_folder(folder: Path) -> Iterator[Path]:
    """Give a folder beside the wanted one, which takes its place when all is written."""
    real = folder.resolve()
    fresh = real.with_name(f".{real.name}.new")
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        yield fresh
        if real.is_dir():
            real.rmdir()
        os.replace(fresh, real)
    except OSError as error:
        problem = f"cannot be written ({error.strerror or error})"
        raise SpecError(
            Fault(str(folder), problem, "check the rights and the free space")
        ) from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
