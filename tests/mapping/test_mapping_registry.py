"""What a function must be to become a keyword."""

from collections.abc import Iterator

import pandas as pd
import pytest

from sdtmconv.mapping.registry import (
    REGISTRY,
    Column,
    Columns,
    Kind,
    Ordinal,
    Records,
    Subject,
    derivation,
)


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    REGISTRY.forget(__name__)


def test_annotations_say_what_a_spec_gives() -> None:
    """Kind, default and whether it must be stated, of each parameter."""

    @derivation("mine", method="{values} by {number}.")
    def mine(
        values: Columns, number: int, subject: Subject, ordinal: Ordinal, to: Column = "DM.X"
    ) -> pd.Series:
        return values[0]

    found = REGISTRY["mine"]
    assert [parameter.kind for parameter in found.parameters] == [
        Kind.COLUMNS, Kind.LITERAL, Kind.SUBJECT, Kind.ORDINAL, Kind.COLUMN,
    ]  # fmt: skip
    assert [parameter.name for parameter in found.named] == ["number", "to"]
    assert [parameter.required for parameter in found.named] == [True, False]
    assert found.groupwise
    assert not found.per_subject


def test_a_function_of_other_records_works_by_subject() -> None:
    """It gives one value per subject, and its spec may say `among`."""

    @derivation("mine", method="Of {values}.")
    def mine(values: Records) -> pd.Series:
        return values[0].values

    assert REGISTRY["mine"].per_subject
    assert [parameter.name for parameter in REGISTRY["mine"].other_records] == ["values"]


def test_the_method_is_the_first_line_of_the_docstring_if_not_stated() -> None:
    """So that define.xml has a sentence in any case."""

    @derivation("mine")
    def mine(value: Column) -> pd.Series:
        """Give {value} back.

        And more.
        """
        return value

    assert REGISTRY["mine"].method == "Give {value} back."


def test_a_keyword_is_taken_once() -> None:
    """By whatever function."""
    with pytest.raises(ValueError, match=r"'assign' is already defined by sdtmconv\.mapping"):

        @derivation("assign")
        def assign(value: Column) -> pd.Series:
            """Mine."""
            return value


@pytest.mark.parametrize("method", ["{valeu}.", "{}.", "{value.real}.", "{value", "{value!x}"])
def test_a_method_that_cannot_be_filled_in_is_refused(method: str) -> None:
    """When the function is registered, not when define.xml is written."""
    with pytest.raises(ValueError, match="may have parameters' names in braces only"):

        @derivation("mine", method=method)
        def mine(value: Column) -> pd.Series:
            return value


def test_parameters_that_no_spec_can_give_are_refused() -> None:
    """Without an annotation, or of a type that YAML text does not become."""
    with pytest.raises(ValueError, match="annotate 'value' as Column"):

        @derivation("mine")
        def untyped(value) -> pd.Series:  # type: ignore[no-untyped-def]
            """Mine."""
            return value

    with pytest.raises(ValueError, match="annotate 'limits' as Column"):

        @derivation("mine")
        def mapping(value: Column, limits: dict[str, int]) -> pd.Series:
            """Mine."""
            return value

    with pytest.raises(ValueError, match="needs a first parameter"):

        @derivation("mine")
        def nothing(subject: Subject) -> pd.Series:
            """Mine."""
            return pd.Series(subject)


def test_every_keyword_describes_itself() -> None:
    """In one sentence that define.xml can show."""
    for keyword in REGISTRY:
        words = {parameter.name: "X" for parameter in REGISTRY[keyword].parameters}
        assert REGISTRY[keyword].method.format_map(words).endswith((".", "?"))
        assert REGISTRY[keyword].function.__doc__
