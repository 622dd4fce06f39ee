"""What the data show of a dataset: lengths, types and digits, the same whatever the chunks."""

import numpy as np
import pandas as pd
import pytest

from sdtmconv.engine.profile import add_profiles, complete_metadata, profile_dataset
from sdtmconv.errors import DataError
from sdtmconv.metadata import DatasetMetadata, VariableMetadata


def metadata(name: str, kind: str, length: int = 0, data_type: str = "text") -> DatasetMetadata:
    variable = VariableMetadata(name, "Label", kind, length, data_type)  # type: ignore[arg-type]
    return DatasetMetadata("AE", "Events", (variable,), (name,), "AE", "EVENTS", "")


def completed(described: DatasetMetadata, *chunks: list[object]) -> VariableMetadata:
    """Complete a variable from its values in several chunks."""
    variable = described.variables[0]
    dtype = "str" if variable.type == "Char" else "float64"
    frames = [pd.DataFrame({variable.name: pd.Series(chunk, dtype=dtype)}) for chunk in chunks]
    profile = profile_dataset(described, frames[0])
    for frame in frames[1:]:
        profile = add_profiles(profile, profile_dataset(described, frame))
    return complete_metadata(described, profile).variables[0]


def test_a_text_is_as_long_as_its_longest_value() -> None:
    """In bytes; one at least."""
    text = metadata("AETERM", "Char")
    assert completed(text, ["a", None], ["abc"]).length == 3
    assert completed(text, ["é"]).length == 2
    assert completed(text, [None], []).length == 1


def test_a_length_that_the_spec_states_holds() -> None:
    """Unless a value is longer."""
    assert completed(metadata("AETERM", "Char", 10), ["abc"]).length == 10
    with pytest.raises(DataError, match=r"AE.AETERM: has values of 3 bytes, and the spec states a"):
        completed(metadata("AETERM", "Char", 2), ["abc"])


@pytest.mark.parametrize(
    ("chunks", "data_type", "digits"),
    [
        ([[1.0, 2.0], [None]], "integer", None),
        ([[1.0], [2.25]], "float", 2),
        ([[0.1, 1e-7]], "float", 7),
        ([[]], "integer", None),
    ],
)
def test_numbers(chunks: list[list[object]], data_type: str, digits: int | None) -> None:
    """Are integers where all of them are whole; else they have so many digits."""
    found = completed(metadata("AEDUR", "Num"), *chunks)
    assert (found.length, found.data_type, found.significant_digits) == (8, data_type, digits)


@pytest.mark.parametrize(
    ("chunks", "data_type"),
    [
        ([["2025-03-01", None]], "date"),
        ([["2025-03-01"], ["2025-03"]], "partialDate"),
        ([["2025-03-01T08:00", "2025-03-02T09:30"]], "datetime"),
        ([["2025-03-01T08:00"], ["2025-03-02"]], "partialDatetime"),
        ([["2025---01"]], "partialDate"),
        ([["2025-03-01T-:30"]], "partialDatetime"),
        ([[None]], "date"),
    ],
)
def test_dates(chunks: list[list[object]], data_type: str) -> None:
    """Are what all of them are; partial where one is."""
    described = metadata("AESTDTC", "Char", data_type="datetime")
    assert completed(described, *chunks).data_type == data_type


def test_an_infinite_number_does_not_stop_the_profile() -> None:
    """The transport file refuses it, with its record."""
    assert completed(metadata("AEDUR", "Num"), [np.inf, 1.0]).data_type in ("integer", "float")


def test_results_are_described_by_what_was_measured() -> None:
    """Each test has the type, length and digits of its own values; text of numbers is a number."""
    result = VariableMetadata("VSORRES", "Result", "Char", 0)
    code = VariableMetadata("VSTESTCD", "Test", "Char", 0)
    dataset = DatasetMetadata("VS", "VS", (code, result), ("VSTESTCD",), "VS", "FINDINGS", "One")
    frame = pd.DataFrame(
        {"VSTESTCD": ["TEMP", "TEMP", "POS", "PULSE"], "VSORRES": ["36.5", "37", "LEFT ARM", "60"]},
        dtype="str",
    )
    profiles = [profile_dataset(dataset, frame.iloc[rows]) for rows in ([0, 2], [1, 3])]
    complete = complete_metadata(dataset, add_profiles(*profiles)).variable("VSORRES")
    found = [(v.where[0][2][0], v.variable.data_type, v.variable.length) for v in complete.values]
    assert found == [("POS", "text", 8), ("PULSE", "integer", 2), ("TEMP", "float", 4)]
    assert complete.values[2].variable.significant_digits == 1
