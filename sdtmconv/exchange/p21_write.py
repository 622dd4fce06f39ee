"""A define.xml's model as a Pinnacle 21 specification in Excel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from sdtmconv.conditions import write_range_checks
from sdtmconv.define_xml import model
from sdtmconv.exchange.p21_layout import (
    DISPLAYS,
    RESULTS,
    STUDY,
    Generation,
    sheet_name,
    sheets_of,
)
from sdtmconv.exchange.p21_values import join_values, shorten, write_pages
from sdtmconv.workbook import Cell, Column, Sheet, write_workbook

Row = dict[str, Cell]
# Define-XML 2.0 has one word for 2.1's type and source of an origin.
OLDER_ORIGINS = {
    ("Collected", "Investigator"): "CRF",
    ("Collected", ""): "CRF",
    ("Collected", "Vendor"): "eDT",
    ("Collected", "Subject"): "eDT",
    ("Collected", "Sponsor"): "eDT",
}


def write_specification(path: Path, define: model.Define, generation: Generation = "2.1") -> None:
    """Write a specification.

    Args:
        path: The file, .xlsx.
        define: What to describe.
        generation: 2.1 for the newer form, 2.0 for the older.

    Raises:
        DataError: A text is longer than Excel's cells hold, or the file cannot be written.
    """
    rows = _Rows(define, generation).all()
    sheets = []
    for layout in sheets_of(generation):
        titles = layout.titles(generation)
        columns = [Column(shown, layout.columns[title]) for title, shown in titles.items()]
        cells = [[row.get(title) or None for title in titles] for row in rows[layout.name]]
        sheets.append(Sheet(sheet_name(layout, generation), columns, cells))
    write_workbook(path, sheets)


class _Rows:
    def __init__(self, define: model.Define, generation: Generation) -> None:
        self._define, self._generation = define, generation
        self._version = define.metadata
        self._items = {item.oid: item for item in self._version.items}
        self._values = {each.oid: each for each in self._version.value_lists}
        self._clauses = {each.oid: each for each in self._version.where_clauses}
        self._names = {each.oid: each.name for each in self._version.item_groups}
        self._users: dict[str, list[str]] = {}
        for dataset in self._version.item_groups:
            for reference in dataset.item_refs:
                self._users.setdefault(reference.item_oid, []).append(dataset.name)

    def all(self) -> dict[str, list[Row]]:
        """Give the rows of every sheet."""
        version = self._version
        return {
            STUDY: list(self._study()),
            "Standards": [_standard(each) for each in self._standards()],
            "Datasets": [self._dataset(each) for each in version.item_groups],
            "Variables": list(self._variables()),
            "ValueLevel": list(self._value_levels()),
            "WhereClauses": list(self._where_clauses()),
            "Codelists": [row for each in version.code_lists for row in _terms(each)],
            "Dictionaries": [
                _dictionary(each, each.external_code_list)
                for each in version.code_lists
                if each.external_code_list
            ],
            "Methods": [_method(each) for each in version.methods],
            "Comments": [
                {
                    "ID": shorten(each.oid),
                    "Description": str(each.description or ""),
                    **_documents(each.documents),
                }
                for each in version.comments
            ],
            "Documents": [
                {"ID": shorten(leaf.id), "Title": leaf.title, "Href": leaf.href}
                for leaf in version.leaves
            ],
            DISPLAYS: [self._display(each) for each in self._displays()],
            RESULTS: [
                self._result(display, result)
                for display in self._displays()
                for result in display.results
            ],
        }

    def _standards(self) -> tuple[model.Standard, ...]:
        return self._version.standards.standards if self._version.standards else ()

    def _displays(self) -> tuple[model.ResultDisplay, ...]:
        return self._version.result_displays.displays if self._version.result_displays else ()

    def _study(self) -> Iterator[Row]:
        names = self._define.study.global_variables or model.GlobalVariables()
        guides = [s for s in self._standards() if s.type == "IG"]
        texts = (d.description for d in self._version.item_groups if d.description)
        languages = [t.language for text in texts for t in text.translations]
        facts = {
            "StudyName": names.study_name,
            "StudyDescription": names.study_description,
            "ProtocolName": names.protocol_name,
            "StandardName": guides[0].name if guides else "",
            "StandardVersion": guides[0].version if guides else "",
            "Language": next(iter(languages), "") or "en",
            "CreationDateTime": self._define.creation_date_time,
        }
        for attribute, value in facts.items():
            yield {"Attribute": attribute, "Value": value}

    def _dataset(self, dataset: model.ItemGroupDef) -> Row:
        keyed = [r for r in dataset.item_refs if r.key_sequence is not None]
        keys = sorted(keyed, key=lambda reference: reference.key_sequence or 0)
        class_ = dataset.class_ or model.ClassDef()
        return {
            "Dataset": dataset.name,
            "Label": str(dataset.description or ""),
            "Class": class_.name,
            "SubClass": ", ".join(each.name for each in class_.sub_classes),
            "Structure": dataset.structure,
            "Purpose": dataset.purpose,
            "Key Variables": ", ".join(self._items[r.item_oid].name for r in keys),
            "Standard": shorten(dataset.standard_oid),
            "Has No Data": dataset.has_no_data,
            "Repeating": dataset.repeating,
            "Reference Data": dataset.is_reference_data,
            "Comment": shorten(dataset.comment_oid),
        }

    def _variables(self) -> Iterator[Row]:
        for dataset in self._version.item_groups:
            for number, reference in enumerate(_in_order(dataset.item_refs), start=1):
                item = self._items[reference.item_oid]
                yield {
                    "Order": number,
                    "Dataset": dataset.name,
                    "Variable": item.name,
                    "Has No Data": reference.has_no_data,
                    "Role": reference.role,
                    **self._described(reference, item),
                }

    def _value_levels(self) -> Iterator[Row]:
        for dataset in self._version.item_groups:
            for reference in _in_order(dataset.item_refs):
                item = self._items[reference.item_oid]
                oid = item.value_list_ref.value_list_oid if item.value_list_ref else ""
                values = self._values.get(oid, model.ValueListDef())
                for number, value in enumerate(_in_order(values.item_refs), start=1):
                    for clause in value.where_clauses:
                        yield {
                            "Order": number,
                            "Dataset": dataset.name,
                            "Variable": item.name,
                            "Where Clause": shorten(clause.where_clause_oid),
                            "Role": value.role,
                            **self._described(value, self._items[value.item_oid]),
                        }

    def _described(self, reference: model.ItemRef, item: model.ItemDef) -> Row:
        origin = item.origins[0] if item.origins else model.Origin()
        kind, source = origin.type, origin.source
        if self._generation == "2.0":
            kind = OLDER_ORIGINS.get((kind, source), kind)
        return {
            "Label": str(item.description or ""),
            "Data Type": item.data_type,
            "Length": item.length,
            "Significant Digits": _zero_as_text(item.significant_digits),
            "Format": item.display_format,
            "Mandatory": reference.mandatory,
            "Codelist": shorten(item.code_list_ref.code_list_oid if item.code_list_ref else ""),
            "Origin": kind,
            "Source": source,
            "Pages": write_pages(origin.documents),
            "Method": shorten(reference.method_oid),
            "Predecessor": str(origin.description or ""),
            "Comment": shorten(item.comment_oid),
        }

    def _where_clauses(self) -> Iterator[Row]:
        holders = self._holders()
        for clause in self._version.where_clauses:
            holder = holders.get(clause.oid, "")
            for check in clause.range_checks:
                users = self._users.get(check.item_oid, [holder])
                yield {
                    "ID": shorten(clause.oid),
                    "Dataset": holder if holder in users else users[0],
                    "Variable": self._items[check.item_oid].name,
                    "Comparator": check.comparator or "EQ",
                    "Value": join_values(check.check_values),
                    "Comment": shorten(clause.comment_oid),
                }

    def _holders(self) -> dict[str, str]:
        """Tell whose values or records each condition is about."""
        holders: dict[str, str] = {}
        for row in self._value_levels():
            holders.setdefault(f"WC.{row['Where Clause']}", str(row["Dataset"]))
        return {
            oid: holders.get(f"WC.{shorten(oid)}", "")
            for oid in (clause.oid for clause in self._version.where_clauses)
        }

    def _display(self, display: model.ResultDisplay) -> Row:
        title = str(display.description or "")
        return {"ID": display.name, "Title": title, **_documents(display.documents)}

    def _result(self, display: model.ResultDisplay, result: model.AnalysisResult) -> Row:
        datasets = result.datasets or model.AnalysisDatasets()
        documentation = result.documentation or model.Documentation()
        code = result.programming_code or model.ProgrammingCode()
        variables = [
            f"{self._names[each.item_group_oid]}.{self._items[variable.item_oid].name}"
            for each in datasets.datasets
            for variable in each.variables
        ]
        return {
            "Display": display.name,
            "ID": result.oid.rpartition(".")[2],
            "Description": str(result.description or ""),
            "Variables": ", ".join(variables),
            "Reason": result.reason,
            "Purpose": result.purpose,
            "Selection Criteria": "\n".join(map(self._criterion, datasets.datasets)),
            "Join Comment": shorten(datasets.comment_oid),
            "Documentation": str(documentation.description or ""),
            "Documentation Refs": _listed(documentation.documents),
            "Programming Context": code.context,
            "Programming Code": code.code,
            "Programming Document": _listed(code.documents),
        }

    def _criterion(self, analysed: model.AnalysisDataset) -> str:
        """Write which records of a dataset were analysed: `ADAE: SAFFL EQ "Y"`."""
        name = self._names[analysed.item_group_oid]
        clause = analysed.where_clause
        if clause is None:
            return name
        checks = [
            (self._items[check.item_oid].name, check.comparator or "EQ", check.check_values)
            for check in self._clauses[clause.where_clause_oid].range_checks
        ]
        return f"{name}: {write_range_checks(checks)}"


def _in_order(references: Iterable[model.ItemRef]) -> list[model.ItemRef]:
    return sorted(references, key=lambda reference: reference.order_number or 0)


def _zero_as_text(number: int | None) -> Cell:
    return "0" if number == 0 else number


def _standard(standard: model.Standard) -> Row:
    return {
        "ID": shorten(standard.oid),
        "Name": standard.name,
        "Type": standard.type,
        "Publishing Set": standard.publishing_set,
        "Version": standard.version,
        "Status": standard.status,
        "Comment": shorten(standard.comment_oid),
    }


def _terms(codelist: model.CodeList) -> Iterator[Row]:
    for number, term in enumerate(codelist.items, start=1):
        decode = str(term.decode or "") if isinstance(term, model.CodeListItem) else ""
        yield {
            "ID": shorten(codelist.oid),
            "Name": codelist.name,
            "NCI Codelist Code": _nci_code(codelist.aliases),
            "Data Type": codelist.data_type,
            "Terminology": shorten(codelist.standard_oid),
            "Comment": shorten(codelist.comment_oid),
            "Order": number,
            "Term": term.coded_value,
            "NCI Term Code": _nci_code(term.aliases),
            "Decoded Value": decode,
            "Extended": (term.extended_value or "No") if codelist.standard_oid else "",
        }


def _dictionary(codelist: model.CodeList, external: model.ExternalCodeList) -> Row:
    return {
        "ID": shorten(codelist.oid),
        "Name": codelist.name,
        "Data Type": codelist.data_type,
        "Dictionary": external.dictionary,
        "Version": external.version,
    }


def _method(method: model.MethodDef) -> Row:
    expressions = method.formal_expressions
    expression = expressions[0] if expressions else model.FormalExpression()
    return {
        "ID": shorten(method.oid),
        "Name": method.name,
        "Type": method.type,
        "Description": str(method.description or ""),
        "Expression Context": expression.context,
        "Expression Code": expression.text,
        **_documents(method.documents),
    }


def _documents(references: tuple[model.DocumentRef, ...]) -> Row:
    return {"Document": _listed(references), "Pages": write_pages(references)}


def _listed(references: tuple[model.DocumentRef, ...]) -> str:
    return ", ".join(shorten(reference.leaf_id) for reference in references)


def _nci_code(aliases: tuple[model.Alias, ...]) -> str:
    return next((alias.name for alias in aliases if alias.context == model.NCI_CODE), "")
