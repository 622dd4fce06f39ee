"""A SAS transport file, version 5."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from sdtmconv.metadata import DatasetMetadata, VariableMetadata
from sdtmconv.simulate.forms import Form
from sdtmconv.simulate.protocol import DELIVERED
from sdtmconv.simulate.untidy import Table
from sdtmconv.transport.xpt_write import write_xpt


class XptWriter:
    """A SAS transport file; records wait in a file beside it, since the format needs all at once.

    Args:
        path: The file.
        form: The form.
        lengths: Bytes per text column; columns without one are numbers.
    """

    def __init__(self, path: Path, form: Form, lengths: dict[str, int]) -> None:
        self._path = path
        self._waiting = path.with_suffix(".arrow")
        self._lengths = lengths
        self._metadata = _describe(form, lengths)
        self._schema = pa.schema([(name, pa.string()) for name in form.columns])
        self._sink = pa.ipc.new_file(self._waiting, self._schema)

    def append(self, table: Table) -> None:
        """Write some subjects' records."""
        self._sink.write_table(pa.table(table, schema=self._schema))

    def close(self) -> None:
        """Complete the file."""
        self._sink.close()
        with pa.memory_map(str(self._waiting)) as source:
            reader = pa.ipc.open_file(source)
            blocks = (self._frame(reader.get_batch(i)) for i in range(reader.num_record_batches))
            write_xpt(self._path, self._metadata, blocks, created=DELIVERED)
        self._waiting.unlink()

    def _frame(self, batch: Any) -> pd.DataFrame:
        frame: pd.DataFrame = batch.to_pandas().astype("str")
        numbers = [name for name in frame if name not in self._lengths]
        return frame.astype(dict.fromkeys(numbers, "float64"))


def _describe(form: Form, lengths: dict[str, int]) -> DatasetMetadata:
    variables = tuple(
        VariableMetadata(
            name=name,
            label=meaning[:40],
            type="Char" if name in lengths else "Num",
            length=lengths.get(name, 8),
        )
        for name, meaning in form.columns.items()
    )
    return DatasetMetadata(
        name=form.name.upper()[:8],
        label=form.record,
        variables=variables,
        keys=("SAMPID",),
        domain=form.name.upper()[:8],
        class_="FINDINGS",
        structure=form.record,
    )
