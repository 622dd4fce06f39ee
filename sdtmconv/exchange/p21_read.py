"""A Pinnacle 21 specification in Excel as a define.xml's model."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from sdtmconv import oids
from sdtmconv.conditions import parse_condition
from sdtmconv.define_xml import model
from sdtmconv.define_xml.definitions import ANNOTATED_CRF
from sdtmconv.errors import DataError, Fault, SpecError, raise_faults, suggest
from sdtmconv.exchange.p21_codelists import make_codelist, make_dictionary
from sdtmconv.exchange.p21_layout import ATTRIBUTES, DISPLAYS, RESULTS, STUDY
from sdtmconv.exchange.p21_parts import make_where_clause, refer_to_documents
from sdtmconv.exchange.p21_results import read_displays
from sdtmconv.exchange.p21_sheets import Row, read_sheets
from sdtmconv.exchange.p21_values import read_pages, split_values
from sdtmconv.metadata import OriginType
from sdtmconv.oids import Where

OLDER_ORIGINS = {"CRF": ("Collected", "Investigator"), "eDT": ("Collected", "Vendor")}
ORIGINS = (*typing.get_args(OriginType), *OLDER_ORIGINS)
SOURCES = ("Investigator", "Sponsor", "Subject", "Vendor")
DATA_TYPES = (
    *("text", "integer", "float", "date", "time", "datetime", "partialDate", "partialTime"),
    *("partialDatetime", "incompleteDatetime", "durationDatetime", "intervalDatetime"),
)
COMPARATORS = ("EQ", "NE", "LT", "LE", "GT", "GE", "IN", "NOTIN")
GUIDES = {"SDTM-IG": "SDTMIG", "ADAM-IG": "ADaMIG", "ADAMIG": "ADaMIG"}
NO_TIME = "1970-01-01T00:00:00"


def read_specification(path: Path) -> model.Define:
    """Read a specification of either generation.

    Args:
        path: The workbook.

    Raises:
        DataError: All that is wrong with it, each with its sheet and row.
    """
    faults: list[Fault] = []
    define = _Reader(read_sheets(path, faults), path.name, faults).define()
    raise_faults(DataError, faults)
    return define


class _Reader:
    def __init__(self, sheets: Mapping[str, list[Row]], file: str, faults: list[Fault]) -> None:
        self._sheets, self._file, self._faults = sheets, file, faults
        self._study = self._read_study()
        self._language = self._study.get("Language", "en")
        self._documents = self._unique("Documents", "ID")
        self._comments = self._unique("Comments", "ID")
        self._methods = self._unique("Methods", "ID")
        self._standards = self._unique("Standards", "ID")
        self._dictionaries = self._unique("Dictionaries", "ID")
        self._datasets = self._unique("Datasets", "Dataset")
        self._codelists = self._group("Codelists", "ID")
        for name in self._codelists.keys() & self._dictionaries.keys():
            row = self._dictionaries[name]
            row.report(f"{name!r} is in sheet 'Codelists' as well", "keep one of the two")
        self._variables = self._read_variables()
        self._clauses = self._read_clauses()

    def _texts(self, text: str) -> model.Texts | None:
        return model.texts(text, self._language)

    def _read_study(self) -> dict[str, str]:
        study: dict[str, str] = {}
        for row in self._sheets[STUDY]:
            known = {name.casefold(): name for name in ATTRIBUTES}
            name = known.get("".join(row["Attribute"].split()).casefold(), row["Attribute"])
            if name in study:
                row.report(f"{name} is stated twice", "keep one of the two")
            study[name] = row["Value"]
        if not study.get("StudyName"):
            remedy = "add a sheet 'Study' with a row StudyName"
            self._faults.append(Fault(self._file, "names no study", remedy))
        return study

    def _unique(self, sheet: str, title: str) -> dict[str, Row]:
        rows: dict[str, Row] = {}
        for row in self._sheets[sheet]:
            if row[title] in rows:
                first = rows[row[title]].place.rpartition(" ")[2]
                problem = f"{title} {row[title]!r} stands in row {first} as well"
                row.report(problem, "keep one of the two")
            elif row[title]:
                rows[row[title]] = row
        return rows

    def _group(self, sheet: str, title: str) -> dict[str, list[Row]]:
        """Gather the rows of each ID; an ID that is left out is that of the row above."""
        groups: dict[str, list[Row]] = {}
        for row in self._sheets[sheet]:
            if row[title]:
                groups.setdefault(row[title], []).append(row)
        return groups

    def _read_variables(self) -> dict[str, dict[str, Row]]:
        found: dict[str, dict[str, Row]] = {name: {} for name in self._datasets}
        for row in self._sheets["Variables"]:
            dataset = row.refer("Dataset", self._datasets, "Datasets")
            name = row["Variable"]
            row.number("Order")
            if dataset and name in found[dataset]:
                first = found[dataset][name].place.rpartition(" ")[2]
                problem = f"{dataset}.{name} stands in row {first} as well"
                row.report(problem, "keep one of the two")
            elif dataset and name:
                found[dataset][name] = row
        for name, variables in found.items():
            if not variables:
                problem = f"{name} has no variable in sheet 'Variables'"
                self._datasets[name].report(problem, "add them, or take the dataset out")
        return found

    def _read_clauses(self) -> dict[str, list[Row]]:
        clauses = self._group("WhereClauses", "ID")
        for rows in clauses.values():
            for row in rows:
                dataset = row.refer("Dataset", self._datasets, "Datasets")
                known = self._variables.get(dataset, {})
                if dataset and row["Variable"] and row["Variable"] not in known:
                    remedy = suggest(row["Variable"], known, "add it to sheet 'Variables'")
                    row.report(f"{dataset} has no variable {row['Variable']!r}", remedy)
        return clauses

    def define(self) -> model.Define:
        """Put everything together."""
        study = self._study.get("StudyName", "")
        return model.Define(
            odm_version="1.3.2",
            file_type="Snapshot",
            file_oid=f"{study}.define",
            creation_date_time=self._study.get("CreationDateTime", NO_TIME) or NO_TIME,
            source_system="sdtmconv",
            context="Other",
            study=model.Study(
                oid=f"STDY.{study}",
                global_variables=model.GlobalVariables(
                    study_name=study,
                    study_description=self._study.get("StudyDescription", ""),
                    protocol_name=self._study.get("ProtocolName", ""),
                ),
                metadata_version=self._version(study),
            ),
        )

    def _version(self, study: str) -> model.MetaDataVersion:
        standards = tuple(self._read_standards())
        groups = tuple(self._item_group(name, row) for name, row in self._datasets.items())
        items = tuple(self._items())
        value_lists, values = self._value_lists()
        leaves = tuple(self._leaf(name, row) for name, row in self._documents.items())
        crf = [leaf for leaf in leaves if leaf.id == oids.leaf_id(ANNOTATED_CRF)]
        displays = read_displays(
            self._sheets[DISPLAYS],
            self._sheets[RESULTS],
            self._variables,
            self._comments,
            self._documents,
            self._language,
        )
        codelists = [self._codelist(name, rows) for name, rows in self._codelists.items()]
        codelists += [make_dictionary(name, row) for name, row in self._dictionaries.items()]
        return model.MetaDataVersion(
            oid=f"MDV.{study}",
            name=f"Study {study}, data definitions",
            define_version="2.1.0",
            standards=model.Standards(standards=standards) if standards else None,
            annotated_crf=_refer_to(crf),
            supplemental_doc=_refer_to([leaf for leaf in leaves if leaf not in crf]),
            value_lists=value_lists,
            where_clauses=(*self._where_clauses(), *displays.where_clauses),
            item_groups=groups,
            items=(*items, *values),
            code_lists=tuple(codelists),
            methods=tuple(self._method(name, row) for name, row in self._methods.items()),
            comments=tuple(
                model.CommentDef(
                    oid=f"COM.{name}",
                    description=self._texts(row["Description"]),
                    documents=self._references(row, "Document"),
                )
                for name, row in self._comments.items()
            ),
            leaves=leaves,
            result_displays=displays.displays,
        )

    def _read_standards(self) -> Iterator[model.Standard]:
        for name, row in self._standards.items():
            yield model.Standard(
                oid=f"STD.{name}",
                name=row["Name"],
                type=row.choice("Type", ("IG", "CT"), "IG"),
                publishing_set=row["Publishing Set"],
                version=row["Version"],
                status=row["Status"] or "Final",
                comment_oid=self._comment(row),
            )
        guide = self._study.get("StandardName", "")
        if guide and not self._standards:
            name = GUIDES.get(guide.upper(), guide)
            version = self._study.get("StandardVersion", "")
            oid = oids.standard_oid(name, version)
            yield model.Standard(oid=oid, name=name, type="IG", version=version, status="Final")

    @property
    def _is_analysis(self) -> bool:
        return "adam" in self._study.get("StandardName", "").lower()

    def _item_group(self, name: str, row: Row) -> model.ItemGroupDef:
        variables = self._variables[name]
        keys = split_values(row["Key Variables"]) if row["Key Variables"] else ()
        for key in keys:
            if key not in variables:
                remedy = suggest(key, variables, "add it to sheet 'Variables'")
                row.report(f"key {key!r} is no variable of {name}", remedy)
        subclasses = [text for text in split_values(row["SubClass"]) if text]
        purpose = "Analysis" if self._is_analysis else "Tabulation"
        repeats = "No" if set(keys) <= {"STUDYID", "USUBJID"} else "Yes"
        reference = "No" if "USUBJID" in variables else "Yes"
        file = f"{name.lower()}.xpt"
        no_data = row.choice("Has No Data", ("Yes", "No")).replace("No", "")
        leaf = model.Leaf(id=oids.leaf_id(name), href=file, title=file)
        parent = self._datasets.get(name.removeprefix("SUPP"), row)
        alias = model.Alias(context="DomainDescription", name=parent["Label"])
        return model.ItemGroupDef(
            oid=oids.dataset_oid(name),
            name=name,
            domain="" if self._is_analysis else name.removeprefix("SUPP"),
            repeating=row.choice("Repeating", ("Yes", "No"), repeats),
            is_reference_data=row.choice("Reference Data", ("Yes", "No"), reference),
            sas_dataset_name=name,
            purpose=row.choice("Purpose", ("Tabulation", "Analysis"), purpose),
            structure=row["Structure"],
            standard_oid=self._standard(row, "Standard"),
            has_no_data=no_data,
            archive_location_id="" if no_data else leaf.id,
            comment_oid=self._comment(row),
            description=self._texts(row["Label"]),
            item_refs=tuple(
                replace(
                    self._item_ref(each, oids.item_oid(name, variable), number),
                    key_sequence=keys.index(variable) + 1 if variable in keys else None,
                    has_no_data=each.choice("Has No Data", ("Yes", "No")).replace("No", ""),
                )
                for number, (variable, each) in enumerate(_ordered(variables), start=1)
            ),
            class_=model.ClassDef(
                name=row["Class"], sub_classes=tuple(model.SubClass(name=t) for t in subclasses)
            )
            if row["Class"]
            else None,
            leaf=None if no_data else leaf,
            aliases=() if parent is row else (alias,),
        )

    def _standard(self, row: Row, title: str) -> str:
        """Find a standard by its ID, or by name and version as in `SDTMIG 3.4`."""
        named = {
            f"{each['Name']} {each['Version']}": name for name, each in self._standards.items()
        }
        text = named.get(row[title], row[title])
        found = row.check_id(title, text, self._standards, "Standards")
        if found or row[title]:
            return f"STD.{found}" if found else ""
        guides = [n for n, each in self._standards.items() if each["Type"].upper() == "IG"]
        if title == "Standard" and guides:
            return f"STD.{guides[0]}"
        if title == "Standard" and self._study.get("StandardName"):
            return next(self._read_standards()).oid
        return ""

    def _comment(self, row: Row) -> str:
        found = row.refer("Comment", self._comments, "Comments")
        return f"COM.{found}" if found else ""

    def _item_ref(self, row: Row, oid: str, number: int) -> model.ItemRef:
        method = row.refer("Method", self._methods, "Methods")
        return model.ItemRef(
            item_oid=oid,
            order_number=number,
            mandatory=row.choice("Mandatory", ("Yes", "No"), "No"),
            method_oid=f"MT.{method}" if method else "",
            role=row["Role"],
        )

    def _items(self) -> Iterator[model.ItemDef]:
        valued = {(row["Dataset"], row["Variable"]) for row in self._sheets["ValueLevel"]}
        for dataset, variables in self._variables.items():
            for name, row in _ordered(variables):
                item = self._item(row, oids.item_oid(dataset, name), name)
                oid = oids.value_list_oid(dataset, name)
                has_values = (dataset, name) in valued
                reference = model.ValueListRef(value_list_oid=oid) if has_values else None
                yield replace(item, value_list_ref=reference)

    def _item(self, row: Row, oid: str, name: str) -> model.ItemDef:
        known = self._codelists.keys() | self._dictionaries.keys()
        codelist = row.refer("Codelist", known, "Codelists")
        reference = model.CodeListRef(code_list_oid=f"CL.{codelist}") if codelist else None
        return model.ItemDef(
            oid=oid,
            name=name,
            data_type=row.choice("Data Type", DATA_TYPES, "text"),
            length=row.number("Length"),
            significant_digits=row.number("Significant Digits"),
            sas_field_name=name,
            display_format=row["Format"],
            comment_oid=self._comment(row),
            description=self._texts(row["Label"]),
            code_list_ref=reference,
            origins=tuple(self._origin(row)),
        )

    def _origin(self, row: Row) -> Iterator[model.Origin]:
        kind = row.choice("Origin", ORIGINS)
        source = row.choice("Source", SOURCES)
        kind, implied = OLDER_ORIGINS.get(kind, (kind, ""))
        if not kind:
            for title in ("Source", "Pages", "Predecessor"):
                if row[title]:
                    row.report(f"{title} is given and Origin is not", "fill in Origin")
            return
        if not (source or implied or "Source" in row.cells or self._standards):
            implied = "" if kind == "Predecessor" else "Sponsor"
        pages = read_pages(row["Pages"])
        document = model.DocumentRef(leaf_id=oids.leaf_id(ANNOTATED_CRF), pages=pages)
        yield model.Origin(
            type=kind,
            source=source or implied,
            description=self._texts(row["Predecessor"]),
            documents=(document,) if pages else (),
        )

    def _value_lists(self) -> tuple[tuple[model.ValueListDef, ...], list[model.ItemDef]]:
        lists: dict[str, list[model.ItemRef]] = {}
        items: dict[str, model.ItemDef] = {}
        for row in self._sheets["ValueLevel"]:
            dataset = row.refer("Dataset", self._datasets, "Datasets")
            name = row["Variable"]
            if dataset and name and name not in self._variables[dataset]:
                remedy = suggest(name, self._variables[dataset], "add it to sheet 'Variables'")
                row.report(f"{dataset} has no variable {name!r}", remedy)
                continue
            where = self._where(row, dataset)
            if not (dataset and name and where):
                continue
            references = lists.setdefault(oids.value_list_oid(dataset, name), [])
            oid = oids.item_oid(dataset, name, where)
            if oid in items:
                row.report(f"{dataset}.{name} has these values twice", "keep one of the two")
                continue
            items[oid] = self._item(row, oid, name)
            clause = model.WhereClauseRef(where_clause_oid=oids.where_oid(dataset, where))
            reference = self._item_ref(row, oid, len(references) + 1)
            references.append(replace(reference, where_clauses=(clause,)))
        return (
            tuple(model.ValueListDef(oid=o, item_refs=tuple(refs)) for o, refs in lists.items()),
            list(items.values()),
        )

    def _where(self, row: Row, dataset: str) -> Where:
        """Take a condition by its ID in sheet WhereClauses, or as it is written in the cell."""
        text = row["Where Clause"]
        if text in self._clauses:
            return self._clause(text, dataset)
        try:
            checks = parse_condition(text, row.place).range_checks() if text else ()
        except SpecError:
            checks = None
        if checks is None:
            remedy = suggest(text, self._clauses, "add it to sheet 'WhereClauses'")
            row.report(f"Where Clause {text!r} is not in sheet 'WhereClauses'", remedy)
            return ()
        known = self._variables.get(dataset, {})
        for name, _, _ in checks:
            if name not in known:
                row.report(f"{dataset} has no variable {name!r}", suggest(name, known, "add it"))
                return ()
        return checks

    def _clause(self, name: str, dataset: str) -> Where:
        checks = []
        for row in self._clauses[name]:
            variable = row["Variable"]
            other = row["Dataset"]
            comparator = row.choice("Comparator", COMPARATORS, "EQ")
            values = split_values(row["Value"]) if comparator in ("IN", "NOTIN") else None
            single = split_values(row["Value"]) if row["Value"].startswith('"') else (row["Value"],)
            named = variable if other == dataset else f"{other}.{variable}"
            checks.append((named, comparator, values or single))
        return tuple(checks)

    def _where_clauses(self) -> Iterator[model.WhereClauseDef]:
        seen: set[str] = set()
        for row in self._sheets["ValueLevel"]:
            dataset = row["Dataset"]
            quiet = Row(row.place, row.cells, [])
            where = self._where(quiet, dataset)
            oid = oids.where_oid(dataset, where)
            if where and dataset in self._datasets and oid not in seen:
                seen.add(oid)
                rows = self._clauses.get(row["Where Clause"], [])
                comment = self._comment(rows[0]) if rows else ""
                yield make_where_clause(oid, dataset, where, comment)

    def _codelist(self, name: str, rows: list[Row]) -> model.CodeList:
        standard = self._standard(rows[0], "Terminology")
        return make_codelist(name, rows, standard, self._comment(rows[0]), self._language)

    def _method(self, name: str, row: Row) -> model.MethodDef:
        code, context = row["Expression Code"], row["Expression Context"]
        expression = model.FormalExpression(context=context, text=code)
        if context and not code:
            row.report("Expression Context is given and no code", "add the code, or take it out")
        return model.MethodDef(
            oid=f"MT.{name}",
            name=row["Name"] or name,
            type=row.choice("Type", ("Computation", "Imputation"), "Computation"),
            description=self._texts(row["Description"]),
            formal_expressions=(expression,) if code else (),
            documents=self._references(row, "Document"),
        )

    def _references(self, row: Row, title: str) -> tuple[model.DocumentRef, ...]:
        return refer_to_documents(row, title, self._documents)

    def _leaf(self, name: str, row: Row) -> model.Leaf:
        return model.Leaf(
            id=oids.leaf_id(name), href=row["Href"], title=row["Title"] or row["Href"]
        )


def _ordered(variables: Mapping[str, Row]) -> list[tuple[str, Row]]:
    """Put variables in the order that the sheet states, else in that of its rows."""
    quiet = {name: Row(row.place, row.cells, []) for name, row in variables.items()}
    return sorted(variables.items(), key=lambda pair: quiet[pair[0]].number("Order") or 0)


def _refer_to(leaves: Iterable[model.Leaf]) -> model.DocumentRefs | None:
    references = tuple(model.DocumentRef(leaf_id=leaf.id) for leaf in leaves)
    return model.DocumentRefs(documents=references) if references else None
