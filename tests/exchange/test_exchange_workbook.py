"""A specification in Excel is read as what it says, and all that is wrong is told at once."""

import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from expanded import differences, expand
from small_specification import Change, Sheets, drop, put, rename, repeat, save
from test_exchange_define import NOT_HELD

from sdtmconv.define_xml import check_define, model, read_model
from sdtmconv.errors import DataError
from sdtmconv.exchange import begin_study, export
from sdtmconv.exchange.p21_layout import LAYOUTS, Generation, sheets_of
from sdtmconv.exchange.p21_read import read_specification
from sdtmconv.exchange.p21_values import join_values, split_values
from sdtmconv.metadata import Origin, Term
from sdtmconv.spec import load_study

# What a workbook of the newer generation has no place for.
NOT_IN_WORKBOOK = (
    "ItemRef.order_number",
    "CodeListItem.order_number",
    "EnumeratedItem.order_number",
    "EnumeratedItem.rank",
    "ItemDef.name",
    "ItemDef.sas_field_name",
    "CodeList.sas_format_name",
    "CodeListItem.aliases",
    "EnumeratedItem.aliases",
    "CodeList.aliases",
    "ExternalCodeList.href",
    "MethodDef.formal_expressions",
    "ItemGroupDef.is_non_standard",
    "ItemGroupDef.standard_oid",
    "TranslatedText.language",
    # of a dictionary
    "CodeList.standard_oid",
    "CodeList.comment_oid",
)
# And the older one none for either.
NOT_IN_OLDER = (
    *NOT_IN_WORKBOOK,
    "CodeList.is_non_standard",
    "ClassDef.sub_classes",
    "Origin.source",
    "WhereClauseDef.comment_oid",
    "ItemGroupDef.has_no_data",
    "ItemRef.has_no_data",
    "ItemGroupDef.leaf",
)


def test_a_specification_becomes_a_study(tmp_path: Path) -> None:
    """With conditions by their ID or as they are written, pages, methods and documents."""
    begun = begin_study(tmp_path / "study", [str(save(tmp_path / "spec.xlsx"))])
    assert begun.unmapped == {"DM": 3, "VS": 4}
    study = load_study(tmp_path / "study")
    assert (study.name, study.description, study.protocol) == ("TINY", "A tiny study", "TINY-1")
    assert [document.name for document in study.documents] == ["acrf", "sap"]
    dm, vs = (study.datasets[name].metadata for name in ("DM", "VS"))
    assert dm.variable("USUBJID").method == "=STUDYID-SUBJID"
    sex = dm.variable("SEX")
    assert sex.origin == Origin("Collected", "Investigator", "", (4, 7))
    assert sex.codelist
    assert sex.codelist.terms == (Term("F", "Female", "C16576"), Term("M", "Male", "C20197"))
    assert (vs.comment, vs.keys) == ("Sitting.", ("STUDYID", "USUBJID", "VSTESTCD"))
    assert [(v.where, v.variable.data_type) for v in vs.variable("VSORRES").values] == [
        ((("VSTESTCD", "EQ", ("TEMP",)),), "float"),
        ((("VSTESTCD", "EQ", ("PULSE",)),), "integer"),
    ]


def test_it_becomes_a_sound_define_xml(tmp_path: Path) -> None:
    """By CDISC's XSD and the checks beyond it; the terminology's version is all it does not say."""
    export(save(tmp_path / "spec.xlsx"), tmp_path / "define.xml")
    assert [fault.problem for fault in check_define(tmp_path / "define.xml")] == [
        "neither def:StandardOID nor def:IsNonStandard"
    ] * 2
    begin_study(tmp_path / "study", [str(tmp_path / "spec.xlsx")])
    export(tmp_path / "study", tmp_path / "define.xml")
    assert check_define(tmp_path / "define.xml") == []


def test_titles_of_other_templates_are_known(tmp_path: Path) -> None:
    """Sheet Define, column Description, whatever case; columns of no concern are passed over."""

    def older(sheets: Sheets) -> None:
        sheets["Define"] = sheets.pop("Study")
        sheets["Datasets"][0][1] = "Description"
        sheets["Variables"][0] = [str(title).upper() for title in sheets["Variables"][0]]
        for row in sheets["Variables"]:
            row.append("Developer Notes" if row[0] == "ORDER" else "note")

    study = read_specification(save(tmp_path / "spec.xlsx", older)).metadata
    assert [str(dataset.description) for dataset in study.item_groups] == [
        "Demographics",
        "Vital Signs",
    ]


def test_the_older_words_for_origins_are_known(tmp_path: Path) -> None:
    """CRF is collected by the investigator, eDT comes from a vendor."""
    changes = (
        put("Variables", 4, "Origin", "CRF"),
        put("Variables", 4, "Source", None),
        put("Variables", 7, "Origin", "eDT"),
        put("Variables", 7, "Source", None),
    )
    items = read_specification(save(tmp_path / "spec.xlsx", *changes)).metadata.items
    found = {
        item.oid: (item.origins[0].type, item.origins[0].source) for item in items if item.origins
    }
    assert found["IT.DM.SEX"] == ("Collected", "Investigator")
    assert found["IT.VS.VSTESTCD"] == ("Collected", "Vendor")


@pytest.mark.parametrize("generation", ["2.1", "2.0"])
def test_export_then_import_says_the_same(
    public: Path,
    tmp_path: Path,
    generation: Generation,
) -> None:
    """Of both public examples: apart from what the sheets have no column for."""
    export(public, tmp_path / "spec.xlsx", generation=generation)
    export(tmp_path / "spec.xlsx", tmp_path / "out.xml")
    without = NOT_IN_WORKBOOK if generation == "2.1" else NOT_IN_OLDER
    before, after = (expand(read_model(path), without) for path in (public, tmp_path / "out.xml"))
    if generation == "2.0":
        before["displays"] = after["displays"] = None
    assert differences(before, after) == []


def test_the_way_by_a_workbook_gives_the_same_specs(public: Path, tmp_path: Path) -> None:
    """File by file, save for where they were begun from and terms beyond the terminology."""
    export(public, tmp_path / "spec.xlsx")
    begin_study(tmp_path / "one", [str(public)])
    begin_study(tmp_path / "two", [str(tmp_path / "spec.xlsx")])
    one, two = (load_study(tmp_path / name) for name in ("one", "two"))
    assert (one.documents, one.displays) == (two.documents, two.displays)
    export(tmp_path / "one", tmp_path / "one.xml")
    export(tmp_path / "two", tmp_path / "two.xml")
    before, after = (
        expand(read_model(tmp_path / name), (*NOT_HELD, "MethodDef.*", "Origin.documents"))
        for name in ("one.xml", "two.xml")
    )
    assert differences(before, after) == []


@pytest.mark.parametrize("generation", ["2.1", "2.0"])
def test_a_workbook_has_the_sheets_and_columns_of_its_generation(
    tmp_path: Path, generation: Generation
) -> None:
    export(save(tmp_path / "spec.xlsx"), tmp_path / "out.xlsx", generation=generation)
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    layouts = sheets_of(generation)
    first = "Define" if generation == "2.0" else "Study"
    assert book.sheetnames == [first, *(layout.name for layout in layouts[1:])]
    for name, layout in zip(book.sheetnames, layouts, strict=True):
        header = [cell.value for cell in book[name][1]]
        assert header == list(layout.titles(generation).values())


def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    """In the workbook and after it."""
    export(save(tmp_path / "spec.xlsx"), tmp_path / "out.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "out.xlsx")["Methods"]["D2"]
    assert (cell.value, cell.data_type) == ("=STUDYID-SUBJID", "s")
    methods = read_specification(tmp_path / "out.xlsx").metadata.methods
    assert str(methods[0].description) == "=STUDYID-SUBJID"


def test_the_same_specification_gives_the_same_bytes(tmp_path: Path) -> None:
    source = save(tmp_path / "spec.xlsx")
    for name in ("a.xlsx", "b.xlsx"):
        export(source, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


@pytest.mark.parametrize(
    "values", [("A",), ("A", "B, C"), ('say "x"', ""), (" a ", "b\nc"), ("1",)]
)
def test_lists_of_values_are_read_back(values: tuple[str, ...]) -> None:
    """Whatever the values hold."""
    assert split_values(join_values(values)) == values


def swap_header(sheets: Sheets) -> None:
    sheets["Variables"][0][1], sheets["Variables"][0][2] = None, None


def no_rows(sheets: Sheets) -> None:
    del sheets["Variables"][2:5]


V, D, C, L, W, M = (
    f"spec.xlsx sheet {sheet!r} row"
    for sheet in ("Variables", "Datasets", "Codelists", "ValueLevel", "WhereClauses", "Methods")
)
BROKEN: list[tuple[tuple[Change, ...], str]] = [
    ((drop("Datasets"),), "spec.xlsx: has no sheet 'Datasets'; "),
    ((drop("Variables"),), "spec.xlsx: has no sheet 'Variables'; "),
    (
        (lambda s: s.update(Variable=s.pop("Variables")),),
        "has no sheet 'Variables'; did you mean 'Variable'?",
    ),
    ((drop("Study"),), "spec.xlsx: names no study; add a sheet 'Study'"),
    ((lambda s: s.update(Define=s["Study"]),), "spec.xlsx: has sheets Study and Define"),
    ((put("Study", 2, "Value", None),), "spec.xlsx: names no study"),
    ((repeat("Study", 2),), "spec.xlsx sheet 'Study' row 7: StudyName is stated twice"),
    ((rename("Variables", "Variable", "Name"),), f"{V} 1: has no column 'Variable'; "),
    ((rename("Variables", "Data Type", "Type of Data"),), f"{V} 1: has no column 'Data Type'"),
    (
        (rename("Variables", "Codelist", "Code list"), rename("Variables", "Pages", "Codelist")),
        f"{V} 1: has the column Codelist twice",
    ),
    (
        (rename("Variables", "Significant Digits", "Significant Digit"),),
        f"{V} 1: has an unknown column 'Significant Digit'; did you mean",
    ),
    (
        (put("Variables", 4, "Codelist", "SEXX"),),
        f"{V} 4: Codelist 'SEXX' is not in sheet 'Codelists'; did you mean 'SEX'?",
    ),
    ((drop("Codelists"),), f"{V} 4: Codelist 'SEX' is not in sheet 'Codelists'; add it"),
    (
        (put("Variables", 3, "Method", "USUBJ"),),
        f"{V} 3: Method 'USUBJ' is not in sheet 'Methods'; did you mean 'USUBJID'?",
    ),
    ((put("Datasets", 3, "Comment", "X"),), f"{D} 3: Comment 'X' is not in sheet 'Comments'"),
    (
        (put("Methods", 2, "Document", "spa"),),
        f"{M} 2: Document 'spa' is not in sheet 'Documents'; did you mean 'sap'?",
    ),
    ((repeat("Variables", 4),), f"{V} 9: DM.SEX stands in row 4 as well; keep one of the two"),
    ((repeat("Datasets", 2),), f"{D} 4: Dataset 'DM' stands in row 2 as well"),
    ((repeat("Codelists", 2),), f"{C} 6: term 'F' of codelist 'SEX' is there already"),
    ((repeat("Methods", 2),), f"{M} 3: ID 'USUBJID' stands in row 2 as well"),
    (
        (put("Variables", 4, "Dataset", "DMM"),),
        f"{V} 4: Dataset 'DMM' is not in sheet 'Datasets'; did you mean 'DM'?",
    ),
    ((put("Variables", 4, "Variable", None),), f"{V} 4: Variable is empty"),
    (
        (put("Variables", 4, "Data Type", "string"),),
        f"{V} 4: Data Type is 'string'; write one of text",
    ),
    ((put("Variables", 4, "Length", "long"),), f"{V} 4: Length is 'long'; write a whole number"),
    ((put("Variables", 4, "Length", 1.5),), f"{V} 4: Length is '1.5'"),
    ((put("Variables", 4, "Length", -1),), f"{V} 4: Length is '-1'"),
    (
        (put("Variables", 4, "Mandatory", "perhaps"),),
        f"{V} 4: Mandatory is 'perhaps'; write one of Yes, No",
    ),
    (
        (put("Variables", 4, "Origin", "Colected"),),
        f"{V} 4: Origin is 'Colected'; did you mean 'Collected'?",
    ),
    (
        (put("Variables", 4, "Source", "Nurse"),),
        f"{V} 4: Source is 'Nurse'; write one of Investigator",
    ),
    ((put("Variables", 8, "Pages", 5),), f"{V} 8: Pages is given and Origin is not"),
    ((put("Variables", 4, "Order", "first"),), f"{V} 4: Order is 'first'"),
    (
        (put("Datasets", 3, "Key Variables", "STUDYID, VSTEST"),),
        f"{D} 3: key 'VSTEST' is no variable of VS; did you mean 'VSTESTCD'",
    ),
    ((no_rows,), f"{D} 2: key 'USUBJID' is no variable of DM"),
    (
        (put("ValueLevel", 2, "Variable", "VSORES"),),
        f"{L} 2: VS has no variable 'VSORES'; did you mean 'VSORRES'?",
    ),
    (
        (put("ValueLevel", 2, "Where Clause", "VS.TEMPP"),),
        f"{L} 2: Where Clause 'VS.TEMPP' is not in sheet 'WhereClauses'; did you",
    ),
    (
        (put("ValueLevel", 3, "Where Clause", 'VSTEST EQ "PULSE"'),),
        f"{L} 3: VS has no variable 'VSTEST'; did you mean 'VSTESTCD'",
    ),
    (
        (put("ValueLevel", 3, "Where Clause", "VS.TEMP"),),
        f"{L} 3: VS.VSORRES has these values twice",
    ),
    ((put("WhereClauses", 2, "Variable", "VSTEST"),), f"{W} 2: VS has no variable 'VSTEST'"),
    ((put("WhereClauses", 2, "Comparator", "EQUALS"),), f"{W} 2: Comparator is 'EQUALS'"),
    (
        (put("Codelists", 3, "Name", "Gender"),),
        f"{C} 3: Name of codelist 'SEX' is 'Gender'; write 'Sex'",
    ),
    ((put("Codelists", 2, "Term", None),), f"{C} 2: Term is empty"),
    (
        (put("Codelists", 2, "Term", "=1/0"),),
        "'Codelists' cell F2: a formula that was never calculated",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), BROKEN, ids=[fault[-60:] for _, fault in BROKEN])
def test_what_is_wrong_is_told_with_sheet_and_row(
    tmp_path: Path, changes: tuple[Change, ...], expected: str
) -> None:
    """Each fault says place, problem and remedy, and nothing is written."""
    path = save(tmp_path / "spec.xlsx", *changes)
    with pytest.raises(DataError) as caught:
        begin_study(tmp_path / "study", [str(path)])
    told = [str(fault) for fault in caught.value.faults]
    assert any(fault.startswith(expected) or expected in fault for fault in told), told
    assert all(fault.problem and fault.remedy for fault in caught.value.faults)
    assert not (tmp_path / "study").exists()


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    changes = (
        put("Variables", 4, "Codelist", "SEXX"),
        put("Variables", 4, "Length", "long"),
        put("Datasets", 3, "Comment", "X"),
        repeat("Codelists", 2),
    )
    with pytest.raises(DataError) as caught:
        read_specification(save(tmp_path / "spec.xlsx", *changes))
    assert len(caught.value.faults) == 4


def no_zip(path: Path) -> None:
    path.write_text("Dataset,Label\nDM,Demographics\n")


def other_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("a.txt", "no workbook")


def cut_short(path: Path) -> None:
    content = save(path).read_bytes()
    path.write_bytes(content[: len(content) // 2])


@pytest.mark.parametrize("make", [no_zip, other_zip, cut_short])
def test_a_file_of_another_kind_is_a_fault(tmp_path: Path, make: Any) -> None:
    make(tmp_path / "spec.xlsx")
    with pytest.raises(DataError, match=r"spec\.xlsx: (is no Excel workbook|cannot be read)"):
        read_specification(tmp_path / "spec.xlsx")


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is not there"):
        begin_study(tmp_path / "study", [str(tmp_path / "gone.xlsx")])


def test_every_sheet_has_its_columns_once() -> None:
    """The layout itself holds together."""
    for layout in LAYOUTS:
        assert set(layout.required) <= set(layout.columns)
        assert set(layout.newer) <= set(layout.columns)


def test_results_are_read_by_line(tmp_path: Path) -> None:
    """Each line of the selection names a dataset and its condition."""

    def add(sheets: Sheets) -> None:
        sheets["Analysis Displays"] = [["ID", "Title"], ["Table 1", "Vital signs"]]
        sheets["Analysis Results"] = [
            ["Display", "ID", "Description", "Reason", "Purpose", "Selection Criteria",
             "Variables"],
            ["Table 1", "mean", "Means", "Specified in SAP", "Primary Outcome Measure",
             'VS: VSTESTCD IN ("TEMP", "PULSE")\nDM', "VS.VSORRES, DM.SEX"],
        ]  # fmt: skip

    version = read_specification(save(tmp_path / "spec.xlsx", add)).metadata
    assert version.result_displays
    (result,) = version.result_displays.displays[0].results
    assert result.datasets
    assert [
        (each.item_group_oid, each.where_clause is None, [v.item_oid for v in each.variables])
        for each in result.datasets.datasets
    ] == [("IG.VS", False, ["IT.VS.VSORRES"]), ("IG.DM", True, ["IT.DM.SEX"])]
    assert isinstance(version.where_clauses[-1], model.WhereClauseDef)
