"""A define.xml's model without the references that lead nowhere, so that it can be understood."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from sdtmconv.define_xml import model
from sdtmconv.errors import Fault


class _Resolver:
    def __init__(self, version: model.MetaDataVersion, notes: list[Fault]) -> None:
        self._notes = notes
        self._items = {item.oid for item in version.items}
        self._code_lists = {each.oid for each in version.code_lists}
        self._value_lists = {each.oid for each in version.value_lists}
        self._datasets = {each.oid for each in version.item_groups}
        clauses = [each for each in version.where_clauses if self._is_sound(each)]
        self._where_clauses = {clause.oid for clause in clauses}

    def _is_sound(self, clause: model.WhereClauseDef) -> bool:
        oids = [check.item_oid for check in clause.range_checks]
        return all(self._resolves(oid, self._items, clause.oid) for oid in oids)

    def _resolves(self, oid: str, known: Collection[str], user: str) -> bool:
        if oid in known:
            return True
        remedy = "correct it in the source, and begin again, or describe it in the spec"
        self._notes.append(Fault(user, f"refers to {oid!r}, which is not defined", remedy))
        return False

    def resolve(self, version: model.MetaDataVersion) -> model.MetaDataVersion:
        return replace(
            version,
            value_lists=tuple(
                replace(each, item_refs=tuple(self._value_refs(each)))
                for each in version.value_lists
            ),
            where_clauses=tuple(
                each for each in version.where_clauses if each.oid in self._where_clauses
            ),
            item_groups=tuple(
                replace(each, item_refs=tuple(self._references(each)))
                for each in version.item_groups
            ),
            items=tuple(map(self._item, version.items)),
            result_displays=version.result_displays and self._displays(version.result_displays),
        )

    def _references(
        self, holder: model.ItemGroupDef | model.ValueListDef
    ) -> Iterator[model.ItemRef]:
        for reference in holder.item_refs:
            if self._resolves(reference.item_oid, self._items, holder.oid):
                yield reference

    def _value_refs(self, values: model.ValueListDef) -> Iterator[model.ItemRef]:
        for reference in self._references(values):
            oids = [clause.where_clause_oid for clause in reference.where_clauses]
            if all(self._resolves(oid, self._where_clauses, values.oid) for oid in oids):
                yield reference

    def _item(self, item: model.ItemDef) -> model.ItemDef:
        code_list, values = item.code_list_ref, item.value_list_ref
        if code_list and not self._resolves(code_list.code_list_oid, self._code_lists, item.oid):
            item = replace(item, code_list_ref=None)
        if values and not self._resolves(values.value_list_oid, self._value_lists, item.oid):
            item = replace(item, value_list_ref=None)
        return item

    def _displays(self, found: model.AnalysisResultDisplays) -> model.AnalysisResultDisplays:
        displays = (
            replace(display, results=tuple(filter(self._is_known, display.results)))
            for display in found.displays
        )
        return replace(found, displays=tuple(displays))

    def _is_known(self, result: model.AnalysisResult) -> bool:
        """Tell whether all that was analysed is described."""
        analysed = result.datasets.datasets if result.datasets else ()
        return all(
            self._resolves(dataset.item_group_oid, self._datasets, result.oid)
            and (
                dataset.where_clause is None
                or self._resolves(
                    dataset.where_clause.where_clause_oid, self._where_clauses, result.oid
                )
            )
            and all(self._resolves(v.item_oid, self._items, result.oid) for v in dataset.variables)
            for dataset in analysed
        )


def drop_dangling(define: model.Define, notes: list[Fault]) -> model.Define:
    """Leave out what refers to something that is not defined, and note each such reference."""
    resolver = _Resolver(define.metadata, notes)
    study = replace(define.study, metadata_version=resolver.resolve(define.metadata))
    return replace(define, study=study)
