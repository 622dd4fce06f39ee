"""The sheets of a specification as rows of text that know their place, with what is wrong there."""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from sdtmconv.errors import DataError, Fault, raise_faults, suggest
from sdtmconv.exchange.p21_layout import (
    LAYOUTS,
    NEEDED,
    PASSED_OVER,
    SHEET_NAMES,
    TITLES,
    SheetLayout,
)
from sdtmconv.raw.excel import iterate_excel
from sdtmconv.raw.table import RawSource

_MOST_DIGITS = 9
# Columns whose blanks mean something.
CODE = ("Programming Code", "Expression Code")


@dataclass(frozen=True)
class Row:
    """One row of a sheet.

    Args:
        place: File, sheet and row.
        cells: Text by the column's title; an empty cell is not there.
        faults: Takes what is wrong.
    """

    place: str
    cells: Mapping[str, str]
    faults: list[Fault]

    def __getitem__(self, title: str) -> str:
        """Give a cell's text; empty where there is none."""
        return self.cells.get(title, "")

    def report(self, problem: str, remedy: str) -> None:
        """Note a fault of this row."""
        self.faults.append(Fault(self.place, problem, remedy))

    def number(self, title: str) -> int | None:
        """Give a whole number; None where there is none."""
        text = self[title]
        if text.isdecimal() and len(text) <= _MOST_DIGITS:
            return int(text)
        if text:
            self.report(f"{title} is {text!r}", "write a whole number")
        return None

    def choice(self, title: str, choices: Collection[str], default: str = "") -> str:
        """Give a text that is one of several, in whatever case it is written."""
        text = self[title]
        for choice in choices:
            if text.casefold() == choice.casefold():
                return choice
        if text:
            listed = f"write one of {', '.join(choices)}"
            self.report(f"{title} is {text!r}", suggest(text, choices, listed))
        return default

    def refer(self, title: str, known: Collection[str], sheet: str) -> str:
        """Give an ID that another sheet defines; empty where there is none."""
        return self.check_id(title, self[title], known, sheet)

    def check_id(self, title: str, text: str, known: Collection[str], sheet: str) -> str:
        if not text or text in known:
            return text
        remedy = suggest(text, known, f"add it to sheet {sheet!r}, or leave it out")
        self.report(f"{title} {text!r} is not in sheet {sheet!r}", remedy)
        return ""


def read_sheets(path: Path, faults: list[Fault]) -> dict[str, list[Row]]:
    """Read all sheets of a specification.

    Args:
        path: The workbook.
        faults: Takes what is wrong with sheets, columns and cells.

    Returns:
        Rows by the name of the sheet in the newer generation; none where there is no such sheet.

    Raises:
        DataError: The file is no workbook, or has not the sheets of a specification.
    """
    names = _sheet_names(path)
    found: dict[str, list[Row]] = {}
    for layout in LAYOUTS:
        wanted = {_plain(name) for name in (layout.name, *SHEET_NAMES.get(layout.name, ()))}
        actual = [name for name in names if _plain(name) in wanted]
        if len(actual) > 1:
            remedy = "keep one of them"
            faults.append(Fault(path.name, f"has sheets {' and '.join(actual)}", remedy))
        found[layout.name] = list(_read_sheet(path, actual[0], layout, faults)) if actual else []
    return found


def _sheet_names(path: Path) -> list[str]:
    remedy = "give an Excel workbook (.xlsx) with the sheets of a Pinnacle 21 specification"
    if not path.is_file():
        raise DataError(Fault(str(path), "is not there", "check the path"))
    if not zipfile.is_zipfile(path) and path.suffix.lower() != ".xls":
        raise DataError(Fault(str(path), "is no Excel workbook", remedy))
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            names = list(workbook.sheet_names)
    except CalamineError as error:
        raise DataError(Fault(str(path), f"cannot be read ({error})", remedy)) from None
    missing = [name for name in NEEDED if _plain(name) not in map(_plain, names)]
    raise_faults(
        DataError,
        [
            Fault(
                path.name,
                f"has no sheet {name!r}",
                suggest(name, names, f"add it; the sheets are {', '.join(names)}"),
            )
            for name in missing
        ],
    )
    return names


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()


def _read_sheet(path: Path, name: str, layout: SheetLayout, faults: list[Fault]) -> Iterator[Row]:
    source = RawSource(name, path, sheet=name)
    try:
        (content,) = iterate_excel(source, 0)
    except DataError as error:
        faults += [
            Fault(fault.place.replace(str(path), path.name), fault.problem, fault.remedy)
            for fault in error.faults
            if "is empty" not in fault.problem
        ]
        return
    place = f"{path.name} sheet {name!r}"
    columns = _find_columns(content.names, layout, place, faults)
    texts = {title: content.columns[number].to_pylist() for title, number in columns.items()}
    for number, line in enumerate(content.lines):
        cells = {
            title: text if title in CODE and text.strip() else text.strip()
            for title, column in texts.items()
            for text in (column[number] or "",)
        }
        filled = {title: text for title, text in cells.items() if text}
        if filled:
            row = Row(f"{place} row {line}", filled, faults)
            for title in layout.required:
                if title in columns and title not in filled:
                    row.report(f"{title} is empty", "fill it in, or delete the row")
            yield row


def _find_columns(
    names: Sequence[str], layout: SheetLayout, place: str, faults: list[Fault]
) -> dict[str, int]:
    plain = [_plain(name) for name in names]
    found: dict[str, int] = {}
    for title in layout.columns:
        own = [number for number, name in enumerate(plain) if name == _plain(title)]
        others = [
            number
            for number, name in enumerate(plain)
            if name in map(_plain, TITLES.get(title, ())) and title not in layout.required
        ]
        at = own or others
        if len(at) > 1:
            remedy = "keep one of them"
            faults.append(Fault(f"{place} row 1", f"has the column {title} twice", remedy))
        if at:
            found[title] = at[0]
        elif title in layout.required:
            remedy = suggest(title, [n for n in names if n], "add it")
            faults.append(Fault(f"{place} row 1", f"has no column {title!r}", remedy))
    known = {*found.values()}
    for number, name in enumerate(names):
        if name and number not in known and _plain(name) not in map(_plain, PASSED_OVER):
            near = suggest(name, layout.columns, "take it out, or leave it: it is not read")
            if near.startswith("did you mean") and near.split("'")[1] not in found:
                faults.append(Fault(f"{place} row 1", f"has an unknown column {name!r}", near))
    return found
