"""What the results of findings say."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sdtmconv.validate.data import Data
from sdtmconv.validate.rule import Breach, rule
from sdtmconv.validate.tables import Table
from sdtmconv.validate.values import to_numbers


@rule(
    "result",
    title="The numeric result says the same as the character one",
    severity="error",
    source="SDTMIG 3.4 section 4.5.1",
    remedy="Take --STRESN from --STRESC",
    applies="SDTM",
    needs=("--STRESC", "--STRESN"),
)
def check_result(table: Table, data: Data) -> Iterator[Breach]:
    """Find numbers that are not those of the text beside them."""
    text, number = table["--STRESC"], table["--STRESN"]
    said = to_numbers(text)
    wrong = said.notna() & number.notna() & ~np.isclose(said, number)
    message = f"is not the number in {text.name}"
    yield Breach(message, wrong.to_numpy(), str(number.name))
