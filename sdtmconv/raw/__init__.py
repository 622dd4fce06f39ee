"""Raw trial records: files of any format in, text that knows its record numbers out."""

from sdtmconv.raw.reader import iterate_raw, read_columns, read_raw
from sdtmconv.raw.table import RawSource, RawTable, SubjectFilter

__all__ = [
    "RawSource",
    "RawTable",
    "SubjectFilter",
    "iterate_raw",
    "read_columns",
    "read_raw",
]
