"""What commands share: arguments, faults as text, progress, exit codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sdtmconv.errors import SdtmconvError

if TYPE_CHECKING:
    from sdtmconv.review import Review

EXIT_FINDINGS = 1

STUDY = click.argument("study", type=click.Path(path_type=Path), metavar="STUDY")
FAIL_ON = click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "note", "never"]),
    default="error",
    help="Exit with 1 where findings of this severity or a graver one are not explained [error].",
)
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


def _print_faults(error: SdtmconvError) -> None:
    for fault in error.faults:
        click.echo(f"{click.style(fault.place, bold=True)}: {fault.problem}", err=True)
        click.echo(f"    {click.style('->', fg='cyan')} {fault.remedy}", err=True)
    number = len(error.faults)
    click.secho(f"{number} fault{'s' if number > 1 else ''}; nothing was written.", err=True)


def split_names(names: str) -> list[str]:
    """Read names that an option gives with commas between them."""
    return [name.strip().upper() for name in names.split(",") if name.strip()]


def warn_of_functions(study: Path) -> None:
    """Say that a study brings code of its own, which runs when it is loaded."""
    functions = study / "derivations.py"
    if functions.is_file():
        click.echo(f"{functions}: running the study's own code", err=True)


def exit_for(review: Review, fail_on: str) -> None:
    """Exit with 1 where a finding that nobody has explained is grave enough."""
    if review.fails(fail_on):
        click.get_current_context().exit(EXIT_FINDINGS)


@contextmanager
def show_progress(quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Show bars on a terminal; nothing elsewhere."""
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
