"""The command line: parse, call, print, exit code. Rooms are imported when a command needs them.

Exit codes: 0 done; 1 done, and validation found errors; 2 wrong usage or unsound specs;
3 raw records, files or standards that cannot be worked with.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sdtmconv import __version__
from sdtmconv.errors import SdtmconvError

if TYPE_CHECKING:
    from sdtmconv.build import Build
    from sdtmconv.validate import Findings

EXIT_FINDINGS = 1

STUDY = click.argument("study", type=click.Path(path_type=Path), metavar="STUDY")
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object for machines.")


class Commands(click.Group):
    """Commands whose faults are printed, all of them, and set the exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        as_json = "--json" in ctx.args
        try:
            return super().invoke(ctx)
        except SdtmconvError as error:
            if as_json:
                click.echo(json.dumps({"faults": [vars(fault) for fault in error.faults]}))
            else:
                _print_faults(error)
            ctx.exit(error.exit_code)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sdtmconv")
def main() -> None:
    """Turn raw trial records into SDTM and ADaM, as XPT files with define.xml, validated.

    \b
    Example:
      sdtmconv build specs/biottt001

    \b
    Exit codes:
      0  done
      1  done, and validation found errors
      2  wrong usage, or specs that are not sound
      3  raw records or files that cannot be worked with
    """


@main.command()
@STUDY
@JSON
def check(study: Path, as_json: bool) -> None:
    """Check a study's specs without reading any data.

    \b
    Example:
      sdtmconv check specs/biottt001
    """
    from sdtmconv.engine.plan import plan_steps
    from sdtmconv.spec import load_study

    spec = load_study(study)
    plan_steps(spec, list(spec.datasets))
    if as_json:
        click.echo(json.dumps({"study": spec.name, "datasets": list(spec.datasets), "faults": []}))
    else:
        _warn_of_functions(study)
        click.echo(f"{study}: sound, {len(spec.datasets)} datasets: {', '.join(spec.datasets)}")


@main.command()
@STUDY
@click.option("--raw", type=click.Path(path_type=Path), help="Folder of the raw files.")
@click.option("--sdtm", type=click.Path(path_type=Path), help="SDTM as XPT: build ADaM from it.")
@click.option("--out", type=click.Path(path_type=Path), help="Output folder [build/STUDY].")
@click.option("--only", default="", metavar="DM,AE", help="Build these datasets only.")
@click.option("--jobs", default=1, type=click.IntRange(1), help="Processes [1].")
@click.option("--scheduler", default="", metavar="ADDRESS", help="Dask scheduler to run on.")
@click.option("--chunk", default=0, type=click.IntRange(0), help="Subjects worked on at once.")
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
    as_json: bool,
) -> None:
    """Build a study's datasets, define.xml and validation report.

    \b
    Example:
      sdtmconv build specs/biottt001 --raw demo/raw --out demo/build
    """
    from sdtmconv.build import build as run

    names = [name.strip().upper() for name in only.split(",") if name.strip()]
    if not as_json:
        _warn_of_functions(study)
    with _progress(quiet=as_json) as progress:
        result = run(
            study,
            raw=raw,
            sdtm=sdtm,
            out=out,
            only=names,
            jobs=jobs,
            scheduler=scheduler,
            chunk_size=chunk,
            progress=progress,
        )
    if as_json:
        click.echo(json.dumps(_describe_build(result)))
    else:
        _print_build(result)
    _exit_for(result.findings)


@main.command()
@STUDY
@click.argument("dataset")
@click.option("--where", default="", help="Condition on the records, as in specs.")
@click.option("--variables", default="", metavar="ADT,AVAL", help="Explain these variables only.")
@click.option("--raw", type=click.Path(path_type=Path), help="Folder of the raw files.")
@click.option("--sdtm", type=click.Path(path_type=Path), help="SDTM as XPT, in place of raw files.")
@click.option("--html", type=click.Path(path_type=Path), help="Write a page instead.")
@click.option("--most", default=10, type=click.IntRange(1), help="Records at most [10].")
def explain(
    study: Path,
    dataset: str,
    where: str,
    variables: str,
    raw: Path | None,
    sdtm: Path | None,
    html: Path | None,
    most: int,
) -> None:
    """Show the way of values back to the raw records, with the rule at each step.

    \b
    Example:
      sdtmconv explain specs/biottt001 AE --raw demo/raw --variables AESTDTC --most 1
    """
    from sdtmconv.explain import explain as run
    from sdtmconv.report.explanation import explanation_as_text, write_explanation

    names = [name.strip().upper() for name in variables.split(",") if name.strip()]
    records = run(study, dataset.upper(), where, variables=names, raw=raw, sdtm=sdtm, most=most)
    if html is None:
        click.echo(explanation_as_text(records))
    else:
        write_explanation(html, f"{dataset.upper()} {where}".strip(), records)
        click.echo(html)


@main.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
def rules(ids: tuple[str, ...]) -> None:
    """List the validation rules, or tell of some why they hold and what to do.

    \b
    Example:
      sdtmconv rules study-day
    """
    from sdtmconv.report.catalogue import rules_as_text

    click.echo(rules_as_text(ids))


@main.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--encoding", default="ascii", help="Encoding of the files, as cp1252 [ascii].")
@JSON
def validate(path: Path, encoding: str, as_json: bool) -> None:
    """Validate a build, or any folder of XPT files.

    \b
    Example:
      sdtmconv validate build/biottt001
    """
    from sdtmconv.report import findings_as_json, findings_as_text
    from sdtmconv.validate import validate_folder

    study, findings = validate_folder(path, encoding=encoding)
    if as_json:
        click.echo(findings_as_json(study, findings))
    else:
        click.echo(findings_as_text(findings))
    _exit_for(findings)


@main.command()
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


@main.group()
def xpt() -> None:
    """Look into transport files."""


@xpt.command("show")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--records", default=5, type=click.IntRange(0), help="Records shown [5].")
@click.option("--encoding", default="ascii", help="Encoding of the file, as cp1252 [ascii].")
@JSON
def xpt_show(file: Path, records: int, encoding: str, as_json: bool) -> None:
    """Show a transport file's dataset, variables and first records.

    \b
    Example:
      sdtmconv xpt show build/biottt001/tabulations/sdtm/dm.xpt
    """
    from sdtmconv.report.xpt import summary_as_json, summary_as_text
    from sdtmconv.transport import describe_xpt

    summary = describe_xpt(file, encoding=encoding, records=records)
    click.echo(summary_as_json(summary) if as_json else summary_as_text(summary))


@main.group()
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


def _print_faults(error: SdtmconvError) -> None:
    for fault in error.faults:
        click.echo(f"{click.style(fault.place, bold=True)}: {fault.problem}", err=True)
        click.echo(f"    {click.style('->', fg='cyan')} {fault.remedy}", err=True)
    number = len(error.faults)
    click.secho(f"{number} fault{'s' if number > 1 else ''}; nothing was written.", err=True)


def _warn_of_functions(study: Path) -> None:
    functions = study / "derivations.py"
    if functions.is_file():
        click.echo(f"{functions}: running the study's own code", err=True)


def _print_build(result: Build) -> None:
    from sdtmconv.report import findings_as_text

    width = max(len(name) for name in result.records)
    for name, number in result.records.items():
        click.echo(f"{name:<{width}}  {number:>9,} records")
    click.echo(findings_as_text(result.findings))
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


def _exit_for(findings: Findings) -> None:
    if findings.errors:
        click.get_current_context().exit(EXIT_FINDINGS)


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    if quiet or not sys.stderr.isatty():
        yield lambda step, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:.0f}%"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, Any] = {}

        def advance(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=total)
            bars.update(tasks[step], completed=done, total=total)

        yield advance


if __name__ == "__main__":
    main()
