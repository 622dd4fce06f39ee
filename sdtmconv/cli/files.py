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
    """Look into transport files, split them and put them together."""


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


@xpt.command("split")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", required=True, type=click.Path(path_type=Path), help="Folder for the parts.")
@click.option(
    "--limit", default=5_000_000_000, type=click.IntRange(1), help="Bytes of a part [5 GB]."
)
@click.option("--encoding", default="ascii", help="Encoding of the file, as cp1252 [ascii].")
def xpt_split(file: Path, to: Path, limit: int, encoding: str) -> None:
    """Split a transport file over a limit into parts (lb1.xpt, lb2.xpt), between subjects.

    \b
    Example:
      sdtmconv xpt split build/biottt001/tabulations/sdtm/lb.xpt --to split
    """
    from sdtmconv.transport.split import split_xpt

    to.mkdir(parents=True, exist_ok=True)
    parts = split_xpt(file, to, limit=limit, encoding=encoding)
    click.echo(
        "\n".join(map(str, parts)) if parts else f"{file}: within {limit:,} bytes, not split"
    )


@xpt.command("join")
@click.argument("parts", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--to", required=True, type=click.Path(path_type=Path), help="The file to write.")
@click.option("--encoding", default="ascii", help="Encoding of the files, as cp1252 [ascii].")
def xpt_join(parts: tuple[Path, ...], to: Path, encoding: str) -> None:
    """Put a transport file together again from its parts.

    \b
    Example:
      sdtmconv xpt join split/lb1.xpt split/lb2.xpt --to lb.xpt
    """
    from sdtmconv.transport.split import join_xpt

    click.echo(f"{to}: {join_xpt(parts, to, encoding=encoding)} records")
