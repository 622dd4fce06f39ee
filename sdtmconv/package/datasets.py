"""The transport files of a package: the build's, with an agency's labels and encoding."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sdtmconv.define_xml import model
from sdtmconv.errors import DataError, Fault, TransportError, raise_faults
from sdtmconv.metadata import DatasetMetadata
from sdtmconv.package.agencies import Agency
from sdtmconv.transport import iterate_xpt, read_xpt_header, write_xpt
from sdtmconv.transport.files import PARTS
from sdtmconv.transport.split import split_xpt


def write_datasets(
    source: Path, target: Path, agency: Agency, define: model.Define, created: datetime
) -> None:
    """Write an area's transport files; a large one also in parts, in the folder for these.

    Args:
        source: The folder in the build.
        target: The folder in the package.
        agency: Whose labels and encoding.
        define: What says the labels, in the agency's language.
        created: The time stamp.

    Raises:
        DataError: All labels that the format cannot hold, of all datasets.
    """
    faults: list[Fault] = []
    labels = dict(_list_labels(define))
    for path in sorted(source.glob("*.xpt")):
        try:
            written = target / path.name
            _write_dataset(path, written, agency, labels, created)
            _split_dataset(written, agency)
        except TransportError as error:
            faults += error.faults
    raise_faults(DataError, faults)


def _write_dataset(
    source: Path,
    target: Path,
    agency: Agency,
    labels: Mapping[tuple[str, str], str],
    created: datetime,
) -> None:
    header = read_xpt_header(source)
    metadata = _relabel(header.metadata, labels)
    if metadata == header.metadata:
        shutil.copyfile(source, target)
        return
    write_xpt(
        target,
        metadata,
        iterate_xpt(source),
        created=created,
        encoding=agency.encoding,
        informats=header.informats,
    )


def _split_dataset(path: Path, agency: Agency) -> None:
    if path.stat().st_size > agency.split_bytes:
        folder = path.parent / PARTS
        folder.mkdir(exist_ok=True)
        split_xpt(path, folder, limit=agency.split_bytes, encoding=agency.encoding)


def _list_labels(define: model.Define) -> Iterator[tuple[tuple[str, str], str]]:
    """Give labels by dataset and variable; "" in the variable's place for the dataset's own."""
    items = {item.oid: item for item in define.metadata.items}
    for dataset in define.metadata.item_groups:
        yield (dataset.name, ""), str(dataset.description or "")
        for reference in dataset.item_refs:
            item = items[reference.item_oid]
            yield (dataset.name, item.name), str(item.description or "")


def _relabel(metadata: DatasetMetadata, labels: Mapping[tuple[str, str], str]) -> DatasetMetadata:
    variables = tuple(
        replace(variable, label=labels.get((metadata.name, variable.name), variable.label))
        for variable in metadata.variables
    )
    label = labels.get((metadata.name, ""), metadata.label)
    return replace(metadata, label=label, variables=variables)
