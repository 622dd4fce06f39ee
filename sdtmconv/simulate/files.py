"""The raw files' writers: records come in blocks of subjects."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from sdtmconv.simulate.file_csv import CsvWriter
from sdtmconv.simulate.file_odm import OdmWriter
from sdtmconv.simulate.file_xlsx import XlsxWriter
from sdtmconv.simulate.file_xpt import XptWriter
from sdtmconv.simulate.forms import Form
from sdtmconv.simulate.untidy import Table

# Bytes of the text columns of the IL-12 delivery; its other columns are numbers.
IL12_LENGTHS = {
    "STUDY": 9,
    "SUBJECT": 8,
    "VISIT": 12,
    "SAMPID": 20,
    "TPT": 20,
    "COLDTC": 16,
    "SPECIMEN": 8,
    "TEST": 16,
    "RESULT": 8,
    "UNIT": 8,
    "COMMENT": 40,
}


class Writer(Protocol):
    """Something that takes a form's records, block by block."""

    def append(self, table: Table) -> None:
        """Write some subjects' records."""

    def close(self) -> None:
        """Complete the file."""


def open_form(folder: Path, form: Form) -> Writer:
    """Open the file of a form in its format."""
    path, columns = folder / form.file, tuple(form.columns)
    if form.format == "odm":
        return OdmWriter(path, form)
    if form.format == "xlsx":
        return XlsxWriter(path, columns, frozenset({"COLDATE"}))
    if form.format == "xpt":
        return XptWriter(path, form, IL12_LENGTHS)
    return CsvWriter(path, columns)
