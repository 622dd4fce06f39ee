"""Commands on a study: check, build, explain."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sdtmconv.cli.shared import (
    FAIL_ON,
    JSON,
    STUDY,
    exit_for,
    show_progress,
    split_names,
    warn_of_functions,
)

if TYPE_CHECKING:
    from sdtmconv.build import Build


def describe_unmapped(unmapped: Mapping[str, int]) -> str:
    """Say how many variables of which datasets are not mapped yet."""
    listed = ", ".join(f"{name} {number}" for name, number in unmapped.items() if number)
    return f"not mapped yet: {sum(unmapped.values())} variables ({listed})"


@click.command()
@STUDY
@JSON
def check(study: Path, as_json: bool) -> None:
    """Check a study's specs without reading any data.

    \b
    Example:
      sdtmconv check specs/biottt001
    """
    from sdtmconv.engine.plan import plan_steps
    from sdtmconv.review import load_reviewed_study

    spec, _ = load_reviewed_study(study)
    plan_steps(spec, list(spec.datasets))
    unmapped = {name: len(dataset.unmapped) for name, dataset in spec.datasets.items()}
    if as_json:
        facts = {"study": spec.name, "datasets": list(spec.datasets), "unmapped": unmapped}
        warnings = [vars(warning) for warning in spec.warnings]
        click.echo(json.dumps({**facts, "faults": [], "warnings": warnings}))
    else:
        warn_of_functions(study)
        click.echo(f"{study}: sound, {len(spec.datasets)} datasets: {', '.join(spec.datasets)}")
        if any(unmapped.values()):
            click.echo(describe_unmapped(unmapped))
        for warning in spec.warnings:
            click.echo(f"warning: {warning}")


@click.command()
@STUDY
@click.option("--raw", type=click.Path(path_type=Path), help="Folder of the raw files.")
@click.option("--sdtm", type=click.Path(path_type=Path), help="SDTM as XPT: build ADaM from it.")
@click.option("--out", type=click.Path(path_type=Path), help="Output folder [build/STUDY].")
@click.option("--only", default="", metavar="DM,AE", help="Build these datasets only.")
@click.option("--jobs", default=1, type=click.IntRange(1), help="Processes [1].")
@click.option("--scheduler", default="", metavar="ADDRESS", help="Dask scheduler to run on.")
@click.option("--chunk", default=0, type=click.IntRange(0), help="Subjects worked on at once.")
@FAIL_ON
@JSON
def build(
    study: Path,
    raw: Path | None,
    sdtm: Path | None,
    out: Path | None,
    only: str,
    jobs: int,
    scheduler: str,
    chunk: int,
    fail_on: str,
    as_json: bool,
) -> None:
    """Build a study's datasets, define.xml and validation report.

    \b
    Example:
      sdtmconv build specs/biottt001 --raw demo/raw --out demo/build
    """
    from sdtmconv.build import build as run

    if not as_json:
        warn_of_functions(study)
    with show_progress(quiet=as_json) as progress:
        result = run(
            study,
            raw=raw,
            sdtm=sdtm,
            out=out,
            only=split_names(only),
            jobs=jobs,
            scheduler=scheduler,
            chunk_size=chunk,
            fail_on=fail_on,
            progress=progress,
        )
    if as_json:
        click.echo(json.dumps(_describe_build(result)))
    else:
        _print_build(result)
    exit_for(result.review, fail_on)


@click.command()
@click.argument("path", type=click.Path(path_type=Path), metavar="BUILD|STUDY")
@click.argument("dataset")
@click.option("--where", default="", help="Condition on the records, as in specs.")
@click.option("--variables", default="", metavar="ADT,AVAL", help="Explain these variables only.")
@click.option("--raw", type=click.Path(path_type=Path), help="Folder of the raw files.")
@click.option("--sdtm", type=click.Path(path_type=Path), help="SDTM as XPT, in place of raw files.")
@click.option("--html", type=click.Path(path_type=Path), help="Write a page instead.")
@click.option("--most", default=10, type=click.IntRange(1), help="Records at most [10].")
def explain(
    path: Path,
    dataset: str,
    where: str,
    variables: str,
    raw: Path | None,
    sdtm: Path | None,
    html: Path | None,
    most: int,
) -> None:
    """Show the way of values back to the raw records, with the rule at each step.

    A build knows its specs, and finds its raw files in a folder beside it.

    \b
    Example:
      sdtmconv explain demo/build AE --variables AESTDTC --most 1
    """
    from sdtmconv.explain import explain as run
    from sdtmconv.explain.text import explanation_as_text

    names = split_names(variables)
    records = run(path, dataset.upper(), where, variables=names, raw=raw, sdtm=sdtm, most=most)
    if html is None:
        click.echo(explanation_as_text(records))
        return
    from sdtmconv.report.explanation_page import write_explanation

    write_explanation(html, f"{dataset.upper()} {where}".strip(), records)
    click.echo(html)


def _print_build(result: Build) -> None:
    from sdtmconv.report import review_as_text

    width = max(len(name) for name in result.records)
    for name, number in result.records.items():
        click.echo(f"{name:<{width}}  {number:>9,} records")
    click.echo(review_as_text(result.review))
    for path in _main_files(result.out):
        click.echo(path)


def _describe_build(result: Build) -> dict[str, object]:
    return {
        "out": str(result.out),
        "study": result.study.name,
        "records": dict(result.records),
        "sources": list(result.sources),
        "findings": {"errors": result.findings.errors, "total": len(result.findings)},
        "files": [str(path) for path in _main_files(result.out)],
    }


def _main_files(out: Path) -> Sequence[Path]:
    return [*sorted(out.rglob("define.xml"), reverse=True), out / "reports" / "validation.html"]
