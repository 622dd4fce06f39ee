"""Commands for what is handed in: package, verify."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sdtmconv.cli.shared import FAIL_ON, JSON, exit_for, warn_of_functions

if TYPE_CHECKING:
    from sdtmconv.review import Review


@click.command()
@click.argument("build", type=click.Path(path_type=Path), metavar="BUILD")
@click.option("--to", required=True, type=click.Path(path_type=Path), help="The package's folder.")
@click.option("--agency", default="fda", metavar="ID", help="fda, nmpa or pmda [fda].")
@click.option("--documents", type=click.Path(path_type=Path), help="Folder of finished documents.")
@click.option("--allow-findings", is_flag=True, help="Package a build with unexplained errors.")
@JSON
def package(
    build: Path,
    to: Path,
    agency: str,
    documents: Path | None,
    allow_findings: bool,
    as_json: bool,
) -> None:
    """Make a submission package of a build: m5/datasets, with a manifest of every file.

    \b
    Example:
      sdtmconv package build/biottt001 --to package --agency nmpa
    """
    from sdtmconv.package import package as run
    from sdtmconv.report import review_as_text

    done = run(build, to, agency=agency, documents=documents, allow_findings=allow_findings)
    if as_json:
        facts = {"package": str(to), "study": done.study, "agency": done.agency.id}
        findings = _count(done.review)
        click.echo(json.dumps({**facts, "findings": findings, "files": list(done.files)}))
    else:
        click.echo(f"{to}: {len(done.files)} files of {done.study} for {done.agency.name}")
        click.echo(review_as_text(done.review))


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--rebuild", type=click.Path(path_type=Path), metavar="STUDY", help="Build it again.")
@click.option("--raw", type=click.Path(path_type=Path), help="Folder of the raw files, for that.")
@click.option("--jobs", default=1, type=click.IntRange(1), help="Processes, for that [1].")
@FAIL_ON
@JSON
def verify(
    folder: Path, rebuild: Path | None, raw: Path | None, jobs: int, fail_on: str, as_json: bool
) -> None:
    """Check that a package is complete, unchanged, and such as its agency takes.

    \b
    Example:
      sdtmconv verify package --rebuild specs/biottt001 --raw demo/raw
    """
    from sdtmconv.package import verify as run
    from sdtmconv.report import review_as_text

    if rebuild and not as_json:
        warn_of_functions(rebuild)
    found = run(folder, study=rebuild, raw=raw, jobs=jobs)
    if as_json:
        facts = {"study": found.study, "agency": found.agency, "files": found.files}
        findings = _count(found.review)
        extra = {"manifest": found.digest, "rebuilt": found.rebuilt, "findings": findings}
        click.echo(json.dumps({**facts, **extra}))
    else:
        again = ", and the same bytes when built again" if found.rebuilt else ""
        click.echo(f"{folder}: {found.files} files as the manifest says{again}")
        click.echo(f"manifest.json {found.digest}")
        click.echo(review_as_text(found.review))
    exit_for(found.review, fail_on)


def _count(review: Review) -> dict[str, int]:
    return {"errors": review.findings.errors, "total": len(review.findings)}
