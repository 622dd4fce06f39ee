"""Derivations that carry a collected or fixed value over, at most in another form."""

from __future__ import annotations

import pandas as pd

from sdtmconv.mapping.registry import Column, Columns, Subject, derivation
from sdtmconv.mapping.values import map_unique, to_text


@derivation("assign", method="Equal to {value}.", keeps_origin=True)
def assign(value: Column) -> pd.Series:
    """Carry a value over as it is.

    >>> assign(pd.Series(["Mild", None], dtype="str")).tolist()
    ['Mild', nan]
    """
    return value


@derivation("constant", method="{value}.")
def assign_constant(value: str, subject: Subject) -> pd.Series:
    """Give every record the same value.

    >>> assign_constant("mmHg", range(2)).tolist()
    ['mmHg', 'mmHg']
    """
    return pd.Series(value, index=range(len(subject)), dtype="str")


@derivation("upcase", method="{value} in upper case.", keeps_origin=True)
def compute_upcase(value: Column) -> pd.Series:
    """Put text in upper case, as SDTM wants most text (SDTMIG 4.2.4).

    >>> compute_upcase(pd.Series(["Diarrhoea", None], dtype="str")).tolist()
    ['DIARRHOEA', nan]
    """
    return map_unique(to_text(value), str.upper)


@derivation("propcase", method="{value} with a capital at the start of each word.")
def compute_propcase(value: Column) -> pd.Series:
    """Put a capital at the start of each word and small letters after it: AVISIT from VISIT.

    >>> compute_propcase(pd.Series(["END OF TREATMENT", "WEEK 2", None], dtype="str")).tolist()
    ['End Of Treatment', 'Week 2', nan]
    """
    return map_unique(to_text(value), str.title)


@derivation("concat", method="{values} joined with '{separator}'.", keeps_origin=True)
def compute_concat(
    values: Columns, separator: str = "", prefix: str = "", suffix: str = ""
) -> pd.Series:
    """Join texts; missing parts are left out, and nothing joined is missing.

    `prefix` and `suffix` stand before and after what is joined: `(g/L)`.

    >>> parts = [pd.Series(["a", None, None]), pd.Series(["b", "c", None])]
    >>> compute_concat([part.astype("str") for part in parts], "-").tolist()
    ['a-b', 'c', nan]
    """
    joined = to_text(values[0])
    for value in values[1:]:
        text = to_text(value)
        both = joined + separator + text
        joined = both.fillna(joined).fillna(text)
    return prefix + joined + suffix


def _check_part(*, number: int, **others: object) -> tuple[str, str] | None:
    return (f"number is {number}", "count the parts from 1") if number < 1 else None


@derivation(
    "part",
    method="Part {number} of {value} split at '{separator}'.",
    keeps_origin=True,
    check=_check_part,
)
def compute_part(value: Column, separator: str, number: int) -> pd.Series:
    """Take one part of a text split at a separator; parts are counted from 1.

    >>> compute_part(pd.Series(["701-1015", None], dtype="str"), "-", 2).tolist()
    ['1015', nan]
    """

    def take(text: str) -> str | None:
        parts = text.split(separator)
        return parts[number - 1] or None if len(parts) >= number else None

    return map_unique(to_text(value), take)


def _check_substring(
    *, start: int, length: int | None = None, **others: object
) -> tuple[str, str] | None:
    if start < 1:
        return f"start is {start}", "count the characters from 1"
    if length is not None and length < 1:
        return f"length is {length}", "write 1 or more, or leave it out"
    return None


@derivation(
    "substring",
    method="{value} from character {start} on[, {length} characters].",
    check=_check_substring,
)
def compute_substring(value: Column, start: int, length: int = 200) -> pd.Series:
    """Take characters of a text, counted from 1: the number of a lesion out of its name.

    >>> compute_substring(pd.Series(["NT01", "T", None], dtype="str"), 2, 2).tolist()
    ['T0', nan, nan]
    """
    return map_unique(
        to_text(value), lambda text: text[start - 1 : start - 1 + length].strip() or None
    )
