"""The specs as programs of a package: text files with names that agencies take."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from sdtmconv.errors import DataError, Fault, raise_faults
from sdtmconv.package.agencies import Agency
from sdtmconv.package.layout import name_folder

NOT_PROGRAMS = ("findings.yaml", "notes.md")
NO_PROGRAM_FOLDERS = ("languages/", "terminology/")


def name_programs(specs: Iterable[str], agency: Agency) -> dict[str, str]:
    """Name the program that holds each spec; notes, translations and terminology are none.

    Args:
        specs: Paths below the study's folder.
        agency: Whose suffix the names have.

    Raises:
        DataError: Two specs would have the same name.

    >>> from sdtmconv.package.agencies import choose_agency
    >>> name_programs(["notes.md", "sdtm/ae.yaml", "derivations.py"], choose_agency("fda"))
    {'sdtm/ae.yaml': 'sdtm-ae.txt', 'derivations.py': 'derivations.txt'}
    """
    wanted = [n for n in specs if n not in NOT_PROGRAMS and not n.startswith(NO_PROGRAM_FOLDERS)]
    names = {n: name_folder(n.rpartition(".")[0]) + agency.program_suffix for n in wanted}
    raise_faults(
        DataError,
        [
            Fault(name, f"would be the program {program}, as another spec", "rename one of them")
            for name, program in names.items()
            if list(names.values()).count(program) > 1
        ],
    )
    return names


def write_programs(specs: Path, names: Iterable[str], target: Path, agency: Agency) -> None:
    """Copy specs to the programs folder of a package."""
    target.mkdir(parents=True, exist_ok=True)
    for name, program in name_programs(names, agency).items():
        (target / PurePosixPath(program)).write_bytes((specs / name).read_bytes())
