"""Which files of a study folder say what the study is; its raw records are not among them."""

from __future__ import annotations

from pathlib import Path

PATTERNS = (
    *("*.y*ml", "*.py", "*.md", "sdtm/*.y*ml", "adam/*.y*ml", "languages/*.y*ml"),
    "terminology/*",
)


def list_spec_files(folder: Path) -> dict[str, Path]:
    """Find a study's specs, its functions, notes, translations and imported terminology.

    Args:
        folder: The study folder.

    Returns:
        Path below the folder, with slashes, to path; sorted.
    """
    found = {path for pattern in PATTERNS for path in folder.glob(pattern) if path.is_file()}
    named = {path.relative_to(folder).as_posix(): path for path in found}
    return {name: named[name] for name in sorted(named) if not named[name].name.startswith(".")}
