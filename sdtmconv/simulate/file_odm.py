"""ODM-XML 1.3.2: a snapshot of one form."""

from __future__ import annotations

from html import escape
from itertools import groupby
from pathlib import Path

import pyarrow.compute as pc

from sdtmconv.simulate.forms import Form
from sdtmconv.simulate.protocol import DELIVERED, STUDY
from sdtmconv.simulate.untidy import Table, Text, join

UNIT = ".UNIT"
ODM_HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" FileType="Snapshot" FileOID="{STUDY}.EDC"
 CreationDateTime="{DELIVERED.isoformat()}" ODMVersion="1.3.2">
<Study OID="{STUDY}">
<GlobalVariables><StudyName>{STUDY}</StudyName><StudyDescription>Simulated</StudyDescription>
<ProtocolName>{STUDY}</ProtocolName></GlobalVariables>
<MetaDataVersion OID="1" Name="1">
"""
ODM_DATA = f"""</MetaDataVersion>
</Study>
<ClinicalData StudyOID="{STUDY}" MetaDataVersionOID="1">
"""


class OdmWriter:
    """ODM-XML 1.3.2, a snapshot of one form; items are named as the form's columns.

    Args:
        path: The file.
        form: The form; columns before VISIT are the keys of the levels above the items.
    """

    def __init__(self, path: Path, form: Form) -> None:
        columns = tuple(form.columns)
        self._keys = columns[: columns.index("VISIT")]
        items = columns[len(self._keys) :]
        self._items = [name for name in items if not name.endswith(UNIT)]
        self._units = {name.removesuffix(UNIT) for name in items if name.endswith(UNIT)}
        self._group = f"IG.{form.name.upper()}"
        self._file = path.open("w", encoding="utf-8", newline="\n")
        self._file.write(ODM_HEAD + self._metadata(form) + ODM_DATA)

    def _metadata(self, form: Form) -> str:
        references = "".join(f'<ItemRef ItemOID="{i}" Mandatory="No"/>' for i in self._items)
        definitions = "\n".join(
            f'<ItemDef OID="{item}" Name="{escape(form.columns[item])}" DataType="text"'
            ' Length="60"/>'
            for item in self._items
        )
        group = f'<ItemGroupDef OID="{self._group}" Name="{form.name}" Repeating="Yes">'
        return f"{group}{references}</ItemGroupDef>\n{definitions}\n"

    def append(self, table: Table) -> None:
        """Write some subjects' records."""
        records = zip(*(table[name].to_pylist() for name in self._keys), strict=True)
        bodies = self._bodies(table)
        for subject, group in groupby(zip(records, bodies, strict=True), key=_subject_of):
            events = "".join(self._event(keys, body) for keys, body in group)
            self._file.write(
                f'<SubjectData SubjectKey="{subject[1]}"><SiteRef LocationOID="{subject[0]}"/>\n'
                f"{events}</SubjectData>\n"
            )

    def _bodies(self, table: Table) -> list[str]:
        parts = [self._item(table, name) for name in self._items]
        texts: list[str] = pc.binary_join_element_wise(*parts, "").to_pylist()
        return texts

    def _item(self, table: Table, name: str) -> Text:
        start = f'<ItemData ItemOID="{name}" Value="'
        if name not in self._units:
            filled = join("", start, table[name], '"/>')
        else:
            unit = '"><MeasurementUnitRef MeasurementUnitOID="'
            filled = join("", start, table[name], unit, table[name + UNIT], '"/></ItemData>')
        return pc.fill_null(filled, "")

    def _event(self, keys: tuple[str, ...], body: str) -> str:
        _, _, _, event, occurrence, form, repeat, record = keys
        return (
            f'<StudyEventData StudyEventOID="{event}" StudyEventRepeatKey="{occurrence}">'
            f'<FormData FormOID="{form}" FormRepeatKey="{repeat}">'
            f'<ItemGroupData ItemGroupOID="{self._group}" ItemGroupRepeatKey="{record}">'
            f"{body}</ItemGroupData></FormData></StudyEventData>\n"
        )

    def close(self) -> None:
        """Complete the file."""
        self._file.write("</ClinicalData>\n</ODM>\n")
        self._file.close()


def _subject_of(record: tuple[tuple[str, ...], str]) -> tuple[str, ...]:
    return record[0][1:3]
