"""The way back: what describes a study, as a define.xml."""

from __future__ import annotations

from pathlib import Path

from sdtmconv.define_xml import write_model
from sdtmconv.errors import Fault, SpecError
from sdtmconv.exchange.sources import Source, read_source, refuse_without_lengths
from sdtmconv.metadata import Standard

STANDARDS: dict[str, Standard] = {"sdtm": "SDTMIG", "adam": "ADAMIG"}


def export(source: Path, to: Path, standard: str = "") -> Source:
    """Write the define.xml of a study, a build or another define.xml.

    Args:
        source: A study folder, a build folder or a define.xml.
        to: The file to write, .xml.
        standard: sdtm or adam, where the source describes both.

    Returns:
        What was written, and the faults of the source.

    Raises:
        SdtmconvError: The source cannot be read or written in this form.
    """
    chosen = _choose(read_source(source), source, standard)
    if to.suffix.lower() != ".xml":
        raise SpecError(Fault(f"--to {to}", "is no define.xml", "name a file that ends with .xml"))
    refuse_without_lengths(chosen, str(source))
    write_model(to, chosen.define)
    return chosen


def _choose(found: list[Source], source: Path, standard: str) -> Source:
    wanted = [each for each in found if standard in ("", _name(each.standard))]
    if len(wanted) == 1:
        return wanted[0]
    described = " and ".join(_name(each.standard) for each in found) or "no dataset"
    remedy = "add `--standard sdtm` or `--standard adam`"
    raise SpecError(Fault(str(source), f"describes {described}", remedy))


def _name(standard: Standard) -> str:
    return next(name for name, one in STANDARDS.items() if one == standard)
