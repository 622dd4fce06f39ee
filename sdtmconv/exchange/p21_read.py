"""A Pinnacle 21 specification in Excel as a define.xml's model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from sdtmconv import oids
from sdtmconv.define_xml import model
from sdtmconv.define_xml.definitions import ANNOTATED_CRF
from sdtmconv.errors import DataError, Fault, raise_faults, suggest
from sdtmconv.exchange.p21_codelists import make_codelist, make_dictionary
from sdtmconv.exchange.p21_layout import DISPLAYS, RESULTS
from sdtmconv.exchange.p21_parts import refer_to_documents
from sdtmconv.exchange.p21_results import read_displays
from sdtmconv.exchange.p21_sheets import Row, read_sheets
from sdtmconv.exchange.p21_values import split_values
from sdtmconv.exchange.p21_variables import VariableReader, in_order

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


class _Reader(VariableReader):
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
                for number, (variable, each) in enumerate(in_order(variables), start=1)
            ),
            class_=model.ClassDef(
                name=row["Class"], sub_classes=tuple(model.SubClass(name=t) for t in subclasses)
            )
            if row["Class"]
            else None,
            leaf=None if no_data else leaf,
            aliases=() if parent is row else (alias,),
        )

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


def _refer_to(leaves: Iterable[model.Leaf]) -> model.DocumentRefs | None:
    references = tuple(model.DocumentRef(leaf_id=leaf.id) for leaf in leaves)
    return model.DocumentRefs(documents=references) if references else None
