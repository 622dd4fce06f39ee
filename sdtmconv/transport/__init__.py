"""Write and read SAS transport files (XPT): what the agencies take datasets in.

`write_xpt` writes version 5 (SAS's TS-140), `read_xpt` reads versions 5 and 8. A value is held
exactly, or refused with a message that names it; nothing is cut, clamped or re-encoded silently.
"""

from sdtmconv.sas_dates import (
    from_sas_date,
    from_sas_datetime,
    from_sas_time,
    to_sas_date,
    to_sas_datetime,
    to_sas_time,
)
from sdtmconv.transport.files import find_xpt_files, open_replacing
from sdtmconv.transport.ibm import missing_codes, special_missing
from sdtmconv.transport.xpt_header import XptHeader
from sdtmconv.transport.xpt_read import (
    XptDataset,
    XptSummary,
    describe_xpt,
    iterate_xpt,
    read_xpt,
    read_xpt_header,
    read_xpt_headers,
)
from sdtmconv.transport.xpt_write import write_xpt

__all__ = [
    "XptDataset",
    "XptHeader",
    "XptSummary",
    "describe_xpt",
    "find_xpt_files",
    "from_sas_date",
    "from_sas_datetime",
    "from_sas_time",
    "iterate_xpt",
    "missing_codes",
    "open_replacing",
    "read_xpt",
    "read_xpt_header",
    "read_xpt_headers",
    "special_missing",
    "to_sas_date",
    "to_sas_datetime",
    "to_sas_time",
    "write_xpt",
]
