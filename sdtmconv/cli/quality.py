"""Commands for quality control: validate, rules."""

from __future__ import annotations

from pathlib import Path

import click

from sdtmconv.cli.shared import JSON, exit_for


@click.command()
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
    exit_for(findings)


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
