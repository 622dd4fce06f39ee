"""Commands that begin a study and give it to others: init, export."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sdtmconv.cli.shared import JSON, STUDY
from sdtmconv.cli.study import describe_unmapped

if TYPE_CHECKING:
    from sdtmconv.errors import Fault
    from sdtmconv.exchange.p21_layout import Generation


@click.command()
@STUDY
@click.option(
    "--from",
    "sources",
    multiple=True,
    default=("blank",),
    metavar="SOURCE",
    help="define.xml, specification in Excel, or blank [blank]; may be given for SDTM and ADaM.",
)
@JSON
def init(study: Path, sources: tuple[str, ...], as_json: bool) -> None:
    """Begin a study: write the folder of its specs.

    \b
    Example:
      sdtmconv init specs/mystudy --from define.xml
    """
    from sdtmconv.exchange import begin_study

    begun = begin_study(study, sources)
    if as_json:
        notes = [vars(note) for note in begun.notes]
        click.echo(json.dumps({"study": str(study), "unmapped": begun.unmapped, "notes": notes}))
        return
    _print_notes(begun.notes)
    click.echo(f"{study}: begun with {len(begun.unmapped)} datasets")
    if any(begun.unmapped.values()):
        click.echo(describe_unmapped(begun.unmapped))


@click.command()
@click.argument("source", type=click.Path(path_type=Path), metavar="SOURCE")
@click.option(
    "--to", required=True, type=click.Path(path_type=Path), help="The file to write, .xlsx or .xml."
)
@click.option(
    "--standard", type=click.Choice(["sdtm", "adam"]), default=None, help="Where there are both."
)
@click.option(
    "--generation",
    type=click.Choice(["2.1", "2.0"]),
    default="2.1",
    help="Form of the Excel file: newer or older [2.1].",
)
@JSON
def export(
    source: Path, to: Path, standard: str | None, generation: Generation, as_json: bool
) -> None:
    """Write what a study, a build, a define.xml or an Excel specification describes as another.

    \b
    Example:
      sdtmconv export demo/build --standard sdtm --to spec.xlsx
    """
    from sdtmconv.exchange import export as run

    written = run(source, to, standard or "", generation)
    if as_json:
        notes = [vars(note) for note in written.faults]
        click.echo(json.dumps({"to": str(to), "notes": notes}))
        return
    _print_notes(written.faults)
    click.echo(f"{to}: {len(written.define.metadata.item_groups)} datasets")


def _print_notes(notes: Sequence[Fault]) -> None:
    for note in notes:
        click.echo(f"{click.style(note.place, bold=True)}: {note.problem}", err=True)
        click.echo(f"    {click.style('->', fg='cyan')} {note.remedy}", err=True)
