"""Raw trial records: files of any format in, text that knows its record numbers out."""

from sdtmconv.raw.reader import read_columns, read_raw
from sdtmconv.raw.table import RawSource, RawTable

__all__ = ["RawSource", "RawTable", "read_columns", "read_raw"]
