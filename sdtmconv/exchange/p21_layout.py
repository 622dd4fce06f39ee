"""The sheets of Pinnacle 21's Excel specifications, in both generations, and their columns.

The older one describes a define.xml 2.0, the newer one 2.1. Titles are read in whatever case, and
under the other names that templates give them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Generation = Literal["2.0", "2.1"]

STUDY = "Study"
DISPLAYS = "Analysis Displays"
RESULTS = "Analysis Results"
# Other names of sheets and columns.
SHEET_NAMES = {
    STUDY: ("Define", "Study Metadata"),
    "ValueLevel": ("Value Level",),
    "WhereClauses": ("Where Clauses",),
}
TITLES = {
    "Label": ("Description",),
    "Dictionary": ("External Dictionary",),
    "Expression Context": ("Expression",),
    "Expression Code": ("Code",),
}
ATTRIBUTES = (
    "StudyName",
    "StudyDescription",
    "ProtocolName",
    "StandardName",
    "StandardVersion",
    "Language",
    "CreationDateTime",
)


@dataclass(frozen=True)
class SheetLayout:
    """A sheet.

    Args:
        name: Its name in the newer generation.
        columns: Titles in the newer generation, each with its width.
        required: Columns that every row must fill.
        newer: Columns that the older generation has not.
        older_titles: What the older generation calls a column.
    """

    name: str
    columns: dict[str, int]
    required: tuple[str, ...]
    newer: tuple[str, ...] = ()
    older_titles: tuple[tuple[str, str], ...] = ()

    def titles(self, generation: Generation) -> dict[str, str]:
        """Give the columns of a generation: own title to the title there."""
        renamed = dict(self.older_titles) if generation == "2.0" else {}
        left_out = self.newer if generation == "2.0" else ()
        return {title: renamed.get(title, title) for title in self.columns if title not in left_out}


_DESCRIBED = {
    "Label": 40,
    "Data Type": 16,
    "Length": 8,
    "Significant Digits": 10,
    "Format": 12,
    "Mandatory": 10,
    "Codelist": 20,
    "Origin": 14,
    "Source": 14,
    "Pages": 10,
    "Method": 20,
    "Predecessor": 20,
}
LAYOUTS = (
    SheetLayout(STUDY, {"Attribute": 24, "Value": 80}, ("Attribute",)),
    SheetLayout(
        "Standards",
        {
            "ID": 24,
            "Name": 16,
            "Type": 8,
            "Publishing Set": 14,
            "Version": 14,
            "Status": 12,
            "Comment": 20,
        },
        ("ID", "Name", "Type", "Version"),
    ),
    SheetLayout(
        "Datasets",
        {
            "Dataset": 10,
            "Label": 40,
            "Class": 26,
            "SubClass": 18,
            "Structure": 40,
            "Purpose": 12,
            "Key Variables": 50,
            "Standard": 20,
            "Has No Data": 10,
            "Repeating": 10,
            "Reference Data": 10,
            "Comment": 20,
        },
        ("Dataset",),
        newer=("SubClass", "Standard", "Has No Data"),
        older_titles=(("Label", "Description"),),
    ),
    SheetLayout(
        "Variables",
        {"Order": 7, "Dataset": 10, "Variable": 12, **_DESCRIBED, "Role": 20, "Has No Data": 10}
        | {"Comment": 20},
        ("Dataset", "Variable", "Data Type"),
        newer=("Source", "Has No Data"),
    ),
    SheetLayout(
        "ValueLevel",
        {"Order": 7, "Dataset": 10, "Variable": 12, "Where Clause": 30, **_DESCRIBED}
        | {"Role": 20, "Comment": 20},
        ("Dataset", "Variable", "Where Clause", "Data Type"),
        newer=("Source",),
        older_titles=(("Label", "Description"),),
    ),
    SheetLayout(
        "WhereClauses",
        {"ID": 30, "Dataset": 10, "Variable": 12, "Comparator": 11, "Value": 40, "Comment": 20},
        ("ID", "Dataset", "Variable", "Comparator"),
        newer=("Comment",),
    ),
    SheetLayout(
        "Codelists",
        {
            "ID": 20,
            "Name": 40,
            "NCI Codelist Code": 12,
            "Data Type": 10,
            "Terminology": 24,
            "Comment": 20,
            "Order": 7,
            "Term": 30,
            "NCI Term Code": 12,
            "Decoded Value": 40,
            "Extended": 10,
        },
        ("ID", "Name", "Data Type", "Term"),
        newer=("Terminology", "Comment", "Extended"),
    ),
    SheetLayout(
        "Dictionaries",
        {"ID": 20, "Name": 30, "Data Type": 10, "Dictionary": 20, "Version": 12},
        ("ID", "Name", "Dictionary"),
    ),
    SheetLayout(
        "Methods",
        {
            "ID": 24,
            "Name": 40,
            "Type": 14,
            "Description": 80,
            "Expression Context": 20,
            "Expression Code": 40,
            "Document": 16,
            "Pages": 10,
        },
        ("ID", "Type", "Description"),
    ),
    SheetLayout(
        "Comments",
        {"ID": 24, "Description": 80, "Document": 16, "Pages": 10},
        ("ID",),
    ),
    SheetLayout("Documents", {"ID": 16, "Title": 40, "Href": 40}, ("ID", "Href")),
    SheetLayout(DISPLAYS, {"ID": 24, "Title": 60, "Document": 16, "Pages": 10}, ("ID", "Title")),
    SheetLayout(
        RESULTS,
        {
            "Display": 24,
            "ID": 20,
            "Description": 40,
            "Variables": 30,
            "Reason": 24,
            "Purpose": 24,
            "Selection Criteria": 50,
            "Join Comment": 20,
            "Documentation": 60,
            "Documentation Refs": 16,
            "Programming Context": 16,
            "Programming Code": 60,
            "Programming Document": 16,
        },
        ("Display", "ID", "Description", "Reason", "Purpose", "Selection Criteria"),
    ),
)
BY_NAME = {layout.name: layout for layout in LAYOUTS}
ONLY_NEWER = ("Standards", DISPLAYS, RESULTS)
NEEDED = ("Datasets", "Variables")
# What the templates have and define.xml has not.
PASSED_OVER = ("Assigned Value", "Common", "Developer Notes", "Core", "Description")


def sheets_of(generation: Generation) -> list[SheetLayout]:
    """Give the sheets of a generation, in order."""
    return [each for each in LAYOUTS if generation == "2.1" or each.name not in ONLY_NEWER]


def sheet_name(layout: SheetLayout, generation: Generation) -> str:
    """Name a sheet as a generation does."""
    return "Define" if layout.name == STUDY and generation == "2.0" else layout.name
