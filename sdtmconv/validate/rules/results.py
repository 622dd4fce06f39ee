"""What the results of findings say: character, number, unit, status, range."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sdtmconv.distinct import Mask, map_distinct
from sdtmconv.iso8601.arrow import to_mask
from sdtmconv.validate.condition_rule import condition_rule
from sdtmconv.validate.data import Data
from sdtmconv.validate.rule import Breach, rule
from sdtmconv.validate.tables import Table
from sdtmconv.validate.values import to_numbers

_CONVERSION = 0.02


@rule(
    "result",
    title="The numeric result says the same as the character one",
    severity="error",
    source="SDTMIG 3.4 section 4.5.1",
    remedy="Take --STRESN from --STRESC",
    applies="FINDINGS",
    needs=("--STRESC", "--STRESN"),
)
def check_result(table: Table, data: Data) -> Iterator[Breach]:
    """Find numbers that are not those of the text beside them."""
    text, number = table["--STRESC"], table["--STRESN"]
    said = to_numbers(text)
    wrong = said.notna() & number.notna() & ~np.isclose(said, number)
    message = f"is not the number in {text.name}"
    yield Breach(message, wrong.to_numpy(), str(number.name))


@rule(
    "result-number",
    title="A character result that is a number is in --STRESN too, and no other",
    severity="error",
    source="SDTMIG 3.4 section 4.5.1; FDA business rule FDAB031",
    remedy="Take --STRESN from --STRESC",
    applies="FINDINGS",
    needs=("--STRESC", "--STRESN"),
)
def check_number(table: Table, data: Data) -> Iterator[Breach]:
    """Find numbers in one of --STRESC and --STRESN only."""
    text, number = table["--STRESC"], table["--STRESN"]
    said = to_numbers(text)
    alone = (said.notna() & number.isna()).to_numpy()
    yield Breach(f"is empty, and {text.name} is a number", alone, str(number.name))
    beside = (said.isna() & number.notna() & map_distinct(text, _has_no_digit)).to_numpy()
    yield Breach(f"is there, and {text.name} holds no number", beside, str(number.name))


def _has_no_digit(texts: pa.Array) -> Mask:
    return to_mask(pc.invert(pc.match_substring_regex(texts, r"\d")))


@rule(
    "result-conversion",
    title="A result whose unit is the standard unit is not changed",
    severity="error",
    source="SDTMIG 3.4 section 4.5.1",
    remedy="Copy --ORRES to --STRESC where no unit changes",
    applies="FINDINGS",
    needs=("--ORRES", "--ORRESU", "--STRESN", "--STRESU"),
)
def check_conversion(table: Table, data: Data) -> Iterator[Breach]:
    """Find results that changed on the way from a unit to the same unit."""
    said, number = to_numbers(table["--ORRES"]), table["--STRESN"]
    same = (table["--ORRESU"] == table["--STRESU"]).to_numpy(dtype=bool, na_value=False)
    near = np.isclose(said, number, rtol=_CONVERSION)
    wrong = same & (said.notna() & number.notna()).to_numpy() & ~near
    message = f"is not {table.variable('--ORRES')}, and the unit is the same"
    yield Breach(message, wrong, table.variable("--STRESN"))


condition_rule(
    "result-missing",
    title="A test that was done has a result",
    severity="error",
    source="SDTMIG 3.4 section 4.5.1 (CDISC conformance rule CG0348)",
    remedy="Map --STAT to NOT DONE with --REASND, or query the result",
    applies="FINDINGS",
    breach="--ORRES is missing and --STAT is missing and --STRESC is missing",
    variable="--ORRES",
    message="is empty, and --STAT does not say NOT DONE",
    optional=("--STAT",),
)
condition_rule(
    "result-original",
    title="A standard result has an original one",
    severity="error",
    source="SDTMIG 3.4 section 4.5.1 (CDISC conformance rule CG0348)",
    remedy="Map --ORRES; a derived record is flagged by --DRVFL",
    applies="FINDINGS",
    breach="--ORRES is missing and --STRESC is not missing and --STAT is missing",
    variable="--ORRES",
    message="is empty, and --STRESC is not",
    optional=("--STAT",),
)
condition_rule(
    "result-standard",
    title="An original result has a standard one",
    severity="error",
    source="SDTMIG 3.4 section 4.5.1",
    remedy="Map --STRESC from --ORRES for every test",
    applies="FINDINGS",
    breach="--ORRES is not missing and --STRESC is missing",
    variable="--STRESC",
    message="is empty, and --ORRES is not",
)
condition_rule(
    "result-not-done",
    title="What was not done has no result",
    severity="error",
    source="SDTMIG 3.4 section 4.5.1",
    remedy="Query status and result",
    applies="FINDINGS",
    breach='--STAT EQ "NOT DONE" and --ORRES is not missing',
    variable="--ORRES",
    message="is there, and --STAT says NOT DONE",
)
condition_rule(
    "reason-not-done",
    title="A reason is given for what was not done only",
    severity="error",
    source="SDTMIG 3.4 section 4.5.1",
    remedy="Map --STAT to NOT DONE where there is a --REASND",
    applies="FINDINGS",
    breach="--REASND is not missing and --STAT is missing",
    variable="--REASND",
    message="gives a reason, and --STAT does not say NOT DONE",
)
condition_rule(
    "result-unit",
    title="A number that was converted has a standard unit",
    severity="error",
    source="SDTMIG 3.4 section 4.5.1",
    remedy="Map --STRESU for every unit of --ORRESU",
    applies="FINDINGS",
    breach="--STRESN is not missing and --ORRESU is not missing and --STRESU is missing",
    variable="--STRESU",
    message="is empty, and the result has an original unit",
)


@rule(
    "original-unit",
    title="A number with a standard unit has an original unit",
    severity="error",
    source="SDTMIG 3.4 section 4.5.1",
    remedy="Map --ORRESU",
    applies="FINDINGS",
    needs=("--ORRES", "--ORRESU", "--STRESU"),
)
def check_original_unit(table: Table, data: Data) -> Iterator[Breach]:
    """Find original results that are numbers without a unit, where the standard one has one."""
    number = to_numbers(table["--ORRES"]).notna() & table["--STRESU"].notna()
    wrong = (number & table["--ORRESU"].isna()).to_numpy()
    yield Breach("is empty, and the result has a standard unit", wrong, table.variable("--ORRESU"))


condition_rule(
    "reference-range",
    title="The lower limit of a reference range is not above the upper one",
    severity="error",
    source="SDTMIG 3.4 section 6.3.5.6 (LB, LBSTNRLO and LBSTNRHI)",
    remedy="Look at the two columns that the limits come from",
    applies="FINDINGS",
    breach="--STNRLO GT --STNRHI",
    variable="--STNRLO",
    message="is above --STNRHI",
)
condition_rule(
    "range-indicator",
    title="The range indicator follows from result and reference range",
    severity="error",
    source="SDTMIG 3.4 section 6.3.5.6 (LB, LBNRIND)",
    remedy="Derive --NRIND from the standard result and range",
    applies="FINDINGS",
    breach='(--NRIND EQ "NORMAL" and (--STRESN LT --STNRLO or --STRESN GT --STNRHI)) or '
    '(--NRIND IN ("HIGH", "HIGH HIGH") and --STRESN LE --STNRHI) or '
    '(--NRIND IN ("LOW", "LOW LOW") and --STRESN GE --STNRLO)',
    variable="--NRIND",
    message="does not agree with the result and its reference range",
)
