"""The command line: parse, call, print, exit code. Rooms are imported when a command needs them.

Exit codes: 0 done; 1 done, and validation found errors that nobody has explained, or what was
compared differs; 2 wrong usage or unsound specs; 3 raw records, files or standards that cannot be
worked with.
"""

from __future__ import annotations

import click

from sdtmconv import __version__
from sdtmconv.cli import exchange, files, inputs, quality, study, submission
from sdtmconv.cli.shared import Commands


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
      1  done, and validation found errors that nobody has explained,
         or what was compared differs
      2  wrong usage, or specs that are not sound
      3  raw records or files that cannot be worked with
    """


for command in (
    exchange.init,
    study.check,
    study.build,
    study.explain,
    quality.validate,
    quality.rules,
    quality.compare,
    inputs.simulate,
    inputs.ct,
    files.convert,
    submission.package,
    submission.verify,
    files.xpt,
    exchange.export,
):
    main.add_command(command)

__all__ = ["main"]
