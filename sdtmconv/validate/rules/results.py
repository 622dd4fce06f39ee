"""What the results of findings say."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sdtmconv.validate.data import Data
from sdtmconv.validate.rule import Breach, rule
from sdtmconv.validate.tables import Table


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
    said = pd.to_numeric(text, errors="coerce")
    wrong = said.notna() & number.notna() & ~np.isclose(said, number)
    message = f"is not the number in {text.name}"
    yield Breach(message, wrong.to_numpy(), str(number.name))
