"""Dataset-JSON 1.1: CDISC's format for exchange, as JSON, NDJSON and compressed NDJSON."""

from sdtmconv.transport.dataset_json.attributes import DatasetJsonHeader
from sdtmconv.transport.dataset_json.describe import DefineLink
from sdtmconv.transport.dataset_json.read import (
    DatasetJson,
    complete_lengths,
    iterate_dataset_json,
    looks_like_dataset_json,
    read_dataset_json,
    read_dataset_json_header,
)
from sdtmconv.transport.dataset_json.write import Form, write_dataset_json

__all__ = [
    "DatasetJson",
    "DatasetJsonHeader",
    "DefineLink",
    "Form",
    "complete_lengths",
    "iterate_dataset_json",
    "looks_like_dataset_json",
    "read_dataset_json",
    "read_dataset_json_header",
    "write_dataset_json",
]
