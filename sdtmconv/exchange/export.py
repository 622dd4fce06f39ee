"""The way back: what describes a study, as a define.xml or a specification in Excel."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sdtmconv.define_xml import write_model
from sdtmconv.errors import Fault, SpecError
from sdtmconv.exchange.p21_layout import Generation
from sdtmconv.exchange.p21_write import write_specification
from sdtmconv.exchange.references import drop_dangling
from sdtmconv.exchange.sources import Source, read_source, refuse_without_lengths
from sdtmconv.metadata import Standard

STANDARDS: dict[str, Standard] = {"sdtm": "SDTMIG", "adam": "ADAMIG"}


def export(source: Path, to: Path, standard: str = "", generation: Generation = "2.1") -> Source:
    """Write the define.xml or the specification of a study, a build, or of one another.

    Args:
        source: A study folder, a build folder, a define.xml or a specification.
        to: The file to write, .xml or .xlsx.
        standard: sdtm or adam, where the source describes both.
        generation: Of a specification: 2.1 for the newer form, 2.0 for the older.

    Returns:
        What was written, and the faults of the source.

    Raises:
        SdtmconvError: The source cannot be read or written in this form.
    """
    chosen = _choose(read_source(source), source, standard)
    if to.suffix.lower() == ".xlsx":
        notes: list[Fault] = []
        define = drop_dangling(chosen.define, notes)
        write_specification(to, define, generation)
        return replace(chosen, define=define, faults=(*chosen.faults, *notes))
    if to.suffix.lower() != ".xml":
        remedy = "name a file that ends with .xml or .xlsx"
        raise SpecError(Fault(f"--to {to}", "is neither a define.xml nor a workbook", remedy))
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
