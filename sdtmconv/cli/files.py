"""Commands for files of datasets: convert, xpt."""

from __future__ import annotations

from pathlib import Path

import click

from sdtmconv.cli.shared import JSON


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--to",
    required=True,
    type=click.Choice(["xpt", "json", "ndjson", "dsjc", "parquet"]),
    help="The format; json, ndjson and dsjc are Dataset-JSON 1.1.",
)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Output folder.")
@click.option("--encoding", default="ascii", help="Encoding of XPT files, as utf-8 [ascii].")
def convert(path: Path, to: str, out: Path, encoding: str) -> None:
    """Convert a dataset, or all of a folder, between XPT, Dataset-JSON and Parquet.

    \b
    Example:
      sdtmconv convert build/biottt001/tabulations/sdtm --to ndjson --out exchange
    """
    from sdtmconv.convert import convert as run

    for name, records in run(path, to=to, out=out, encoding=encoding).items():
        click.echo(f"{out / name}: {records} records")


@click.group()
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
