"""Commands for what a study is made from: simulate, ct."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option("--subjects", default=30, type=click.IntRange(1), help="Number of subjects [30].")
@click.option("--seed", default=79, type=click.IntRange(0), help="Same seed, same bytes [79].")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Output folder.")
def simulate(subjects: int, seed: int, out: Path) -> None:
    """Write raw records of the reference study, BioTTT001, that nobody's privacy depends on.

    \b
    Example:
      sdtmconv simulate --subjects 30 --seed 79 --out demo/raw
    """
    from sdtmconv.simulate import simulate as run

    run(subjects, seed, out)
    click.echo(f"{out}: raw records of {subjects} subjects")


@click.group()
def ct() -> None:
    """Manage controlled terminology."""


@ct.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", required=True, type=click.Path(path_type=Path), help="A study's folder.")
@click.option("--package", default="", help="SDTM, ADaM, ...; told from the file when left out.")
@click.option("--version", default="", help="2024-03-29; told from the file when left out.")
def ct_import(file: Path, to: Path, package: str, version: str) -> None:
    """Import a CDISC terminology release: NCI EVS text, Excel or ODM-XML, CDISC Library JSON.

    \b
    Example:
      sdtmconv ct import "SDTM Terminology.txt" --to specs/biottt001
    """
    from sdtmconv.standards.ct_import import import_terminology

    terminology = import_terminology(file, to / "terminology", package=package, version=version)
    click.echo(f"{to / 'terminology'}: {terminology}, {len(terminology)} codelists")
