"""Commands for quality control: validate, rules, compare."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sdtmconv.cli.shared import EXIT_FINDINGS, FAIL_ON, JSON, exit_for, split_names
from sdtmconv.errors import DataError, Fault

if TYPE_CHECKING:
    from sdtmconv.review import LastRun


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--study", type=click.Path(path_type=Path), help="Study with a findings.yaml.")
@click.option("--reports", type=click.Path(path_type=Path), help="Folder to write reports to.")
@click.option("--since", type=click.Path(path_type=Path), help="A validation.json to compare with.")
@click.option("--encoding", default="ascii", help="Encoding of the files, as cp1252 [ascii].")
@click.option("--core", envvar="SDTMCONV_CORE", help="Your CDISC CORE: its path, or a command.")
@click.option("--core-cache", envvar="SDTMCONV_CORE_CACHE", default="", help="CORE's cache folder.")
@FAIL_ON
@JSON
def validate(
    path: Path,
    study: Path | None,
    reports: Path | None,
    since: Path | None,
    encoding: str,
    core: str | None,
    core_cache: str,
    fail_on: str,
    as_json: bool,
) -> None:
    """Validate a build, or any folder of XPT files.

    --core adds what CDISC CORE finds in the SDTM files. It names your installation's program, or
    the whole command, in which {data}, {report}, {cache}, {version}, {ct} and {encoding} are
    filled in. SDTMCONV_CORE and SDTMCONV_CORE_CACHE in the environment do the same.

    \b
    Example:
      sdtmconv validate build/biottt001 --study specs/biottt001 --reports qc
    """
    from sdtmconv.folders import SPECS
    from sdtmconv.report import review_as_json, review_as_text, write_reports
    from sdtmconv.review import read_explanations, review_findings
    from sdtmconv.validate import WITHOUT_RAW, add_core, explain_skipped, validate_folder

    last = _find_last_run(since, reports)
    explanations = read_explanations(study or path / SPECS)
    metadata, findings = validate_folder(path, encoding=encoding)
    if core:
        findings = add_core(
            findings, path, metadata.versions, command=core, cache=core_cache, encoding=encoding
        )
    skipped = explain_skipped(metadata, WITHOUT_RAW)
    defines = [file.relative_to(path).as_posix() for file in sorted(path.rglob("define.xml"))]
    review = review_findings(
        metadata, findings, explanations, last, skipped=skipped, described_by=defines
    )
    if reports:
        write_reports(reports, review, fail_on)
    click.echo(review_as_json(review) if as_json else review_as_text(review))
    if reports and not as_json:
        click.echo(reports / "validation.html")
    exit_for(review, fail_on)


def _find_last_run(since: Path | None, reports: Path | None) -> LastRun | None:
    """Read the run to compare with: the one named, or else that whose reports are written over."""
    from sdtmconv.report import REPORT, read_last_run

    if since is None:
        return read_last_run(reports / REPORT) if reports else None
    last = read_last_run(since)
    if last is None:
        remedy = "name the validation.json of a run"
        raise DataError(Fault(str(since), "is no JSON report of this release", remedy))
    return last


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
def rules(ids: tuple[str, ...]) -> None:
    """List the validation rules, or tell of some why they hold and what to do.

    \b
    Example:
      sdtmconv rules study-day
    """
    from sdtmconv.report.catalogue import rules_as_text

    click.echo(rules_as_text(ids))


@click.command()
@click.argument("a", type=click.Path(path_type=Path), metavar="A")
@click.argument("b", type=click.Path(path_type=Path), metavar="B")
@click.option("--keys", multiple=True, metavar="AE=USUBJID,AESEQ", help="Pair records by these.")
@click.option("--absolute", default=0.0, help="Difference of numbers that is tolerated [0].")
@click.option("--relative", default=0.0, help="The same, as a part of the larger number [0].")
@click.option("--ignore", default="", metavar="label,length", help="Attributes that may differ.")
@click.option("--without", default="", metavar="AESEQ", help="Leave these variables out.")
@click.option("--only", default="", metavar="DM,AE", help="Compare these datasets only.")
@click.option("--encoding", default="ascii", help="Encoding of the files, as cp1252 [ascii].")
@click.option("--html", type=click.Path(path_type=Path), help="Write a page as well.")
@click.option("--excel", type=click.Path(path_type=Path), help="Write a workbook as well.")
@JSON
def compare(
    a: Path,
    b: Path,
    keys: tuple[str, ...],
    absolute: float,
    relative: float,
    ignore: str,
    without: str,
    only: str,
    encoding: str,
    html: Path | None,
    excel: Path | None,
    as_json: bool,
) -> None:
    """Compare two datasets, or two folders of them: records by key, attributes and values.

    They may be in XPT, Dataset-JSON or Parquet.

    The exit code is 0 where they are equal, and 1 where they differ.

    \b
    Example:
      sdtmconv compare demo/build demo/again --html differences.html
    """
    from sdtmconv.compare import Settings, parse_keys
    from sdtmconv.compare import compare as run
    from sdtmconv.report.comparison_document import comparison_as_json
    from sdtmconv.report.comparison_page import write_comparison_page
    from sdtmconv.report.comparison_text import comparison_as_text
    from sdtmconv.report.comparison_workbook import write_comparison_workbook

    settings = Settings(
        keys=parse_keys(keys),
        absolute=absolute,
        relative=relative,
        ignore=tuple(name.lower() for name in split_names(ignore)),
        without=tuple(split_names(without)),
        only=tuple(split_names(only)),
        encoding=encoding,
    )
    comparison = run(a, b, settings)
    if html:
        write_comparison_page(html, comparison)
    if excel:
        write_comparison_workbook(excel, comparison)
    write = comparison_as_json if as_json else comparison_as_text
    click.echo(write(comparison))
    if not comparison.equal:
        click.get_current_context().exit(EXIT_FINDINGS)
