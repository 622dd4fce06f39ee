"""Reader for Dataset-JSON 1.1, as JSON, NDJSON or compressed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from sdtmconv.raw.sas import as_data_error, make_contents
from sdtmconv.raw.table import Content, RawSource
from sdtmconv.transport.dataset_json import iterate_dataset_json, read_dataset_json_header


def iterate_dataset_json_file(source: RawSource, block_bytes: int) -> Iterator[Content]:
    """Read a Dataset-JSON file; a number that becomes a date is text in it, and stays so.

    Args:
        source: The form.
        block_bytes: Size of a block, about.

    Yields:
        Blocks of its columns.

    Raises:
        DataError: The file is damaged, or holds values of another type than it says.
    """
    with as_data_error(source):
        header = read_dataset_json_header(source.path)

    def frames(variables: Sequence[str] | None) -> Iterator[pd.DataFrame]:
        for frame in iterate_dataset_json(source.path, block_bytes=block_bytes):
            yield frame if variables is None else frame[list(variables)]

    formats = {v.name: v.display_format for v in header.metadata.variables}
    yield from make_contents(source, frames, formats, "utf-8")


def read_dataset_json_names(source: RawSource) -> list[str]:
    """Read the names of a Dataset-JSON file's columns."""
    with as_data_error(source):
        header = read_dataset_json_header(source.path)
    return [variable.name for variable in header.metadata.variables]
