"""Ways to break a package."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from sdtmconv.metadata import DatasetMetadata
from sdtmconv.transport import read_xpt, write_xpt

SDTM = "m5/datasets/tiny/tabulations/sdtm"
ADAM = "m5/datasets/tiny/analysis/adam/datasets"

Break = Callable[[Path], None]
Edit = Callable[[pd.DataFrame], pd.DataFrame]
Describe = Callable[[DatasetMetadata], DatasetMetadata]


def remove(name: str) -> Break:
    """Take a file or a folder away."""

    def act(folder: Path) -> None:
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    return act


def rename(name: str, other: str) -> Break:
    """Give a file another name, or another place."""

    def act(folder: Path) -> None:
        (folder / other).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).rename(folder / other)

    return act


def add(name: str, content: bytes = b"x") -> Break:
    """Put a file there, or change one."""

    def act(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)

    return act


def substitute(name: str, old: str, new: str) -> Break:
    """Change a text in a file."""

    def act(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")

    return act


def rewrite(
    name: str,
    edit: Edit = lambda frame: frame,
    describe: Describe = lambda metadata: metadata,
    encoding: str = "ascii",
) -> Break:
    """Write a transport file again with other records or another description."""

    def act(folder: Path) -> None:
        old = read_xpt(folder / name)
        metadata = describe(old.header.metadata)
        created = old.header.created
        assert created
        write_xpt(folder / name, metadata, [edit(old.frame)], created=created, encoding=encoding)

    return act


def change(variable: str, **facts: object) -> Describe:
    """Describe a variable otherwise."""

    def describe(metadata: DatasetMetadata) -> DatasetMetadata:
        variables = tuple(
            replace(v, **facts) if v.name == variable else v for v in metadata.variables
        )
        return replace(metadata, variables=variables)

    return describe


def drop(variable: str) -> Describe:
    """Leave a variable out."""

    def describe(metadata: DatasetMetadata) -> DatasetMetadata:
        kept = tuple(v for v in metadata.variables if v.name != variable)
        return replace(metadata, variables=kept)

    return describe
