"""What Dataset-JSON 1.1 says of a dataset: metadata to JSON attributes.

The names, their order and their meaning are those of CDISC's specification. `length` counts
the bytes that a value takes in a transport file, so that one can be made of the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sdtmconv import __version__, oids
from sdtmconv.metadata import DatasetMetadata, VariableMetadata
from sdtmconv.transport.dataset_json.attributes import MOMENT_FORMATS
from sdtmconv.transport.moments import moment_kind

_VERSION: Final = "1.1.0"


@dataclass(frozen=True)
class DefineLink:
    """Where the metadata behind a dataset stand.

    Args:
        study: OID of the define.xml's Study.
        version: OID of its MetaDataVersion.
        file: Its URI, as seen from the dataset; empty where it is not known.
    """

    study: str
    version: str
    file: str = ""


def describe_file(
    metadata: DatasetMetadata, created: datetime, records: int, define: DefineLink | None
) -> dict[str, Any]:
    """Give the attributes of a file, in the order of the specification, without the rows."""
    links = {
        "studyOID": define.study if define else "",
        "metaDataVersionOID": define.version if define else "",
        "metaDataRef": define.file if define else "",
    }
    return {
        "datasetJSONCreationDateTime": created.isoformat(),
        "datasetJSONVersion": _VERSION,
        "sourceSystem": {"name": "sdtmconv", "version": __version__},
        **{name: value for name, value in links.items() if value},
        "itemGroupOID": oids.dataset_oid(metadata.name),
        "records": records,
        "name": metadata.name,
        "label": metadata.label,
        "columns": [_describe_column(metadata, variable) for variable in metadata.variables],
    }


def _describe_column(metadata: DatasetMetadata, variable: VariableMetadata) -> dict[str, Any]:
    type_, target = _choose_types(variable)
    optional = {
        "targetDataType": target,
        "length": variable.length,
        "displayFormat": variable.display_format,
        "keySequence": _find_key(metadata, variable.name),
    }
    return {
        "itemOID": oids.item_oid(metadata.name, variable.name),
        "name": variable.name,
        "label": variable.label,
        "dataType": type_,
        **{name: value for name, value in optional.items() if value},
    }


def _choose_types(variable: VariableMetadata) -> tuple[str, str]:
    """Give dataType and targetDataType; the latter says what the JSON value is to become."""
    if variable.type == "Char":
        return variable.data_type if variable.data_type in MOMENT_FORMATS else "string", ""
    if kind := moment_kind(variable):
        return kind, "integer"
    if variable.data_type == "decimal":
        return "decimal", "decimal"
    # Not float, which some readers hold in 4 bytes, as XML Schema does.
    return "integer" if variable.data_type == "integer" else "double", ""


def _find_key(metadata: DatasetMetadata, name: str) -> int:
    """Give the place of a variable among the keys, from 1; 0 where it is none."""
    return metadata.keys.index(name) + 1 if name in metadata.keys else 0
