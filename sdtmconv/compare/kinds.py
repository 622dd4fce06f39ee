"""The kinds of difference that two values can have."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind of difference.

    Args:
        id: Its name.
        title: What it is, as a sentence without a full stop.
    """

    id: str
    title: str


KINDS = {
    kind.id: kind
    for kind in (
        Kind("missing-in-a", "A has no value, B has one"),
        Kind("missing-in-b", "A has a value, B has none"),
        Kind("missing-as-text", "No value on one side, a word such as NA or . on the other"),
        Kind("special-missing", "Two different missing values of SAS, such as . and .A"),
        Kind("case", "The same text in upper and lower case"),
        Kind("whitespace", "The same text with other blanks"),
        Kind("case-and-whitespace", "The same text with other blanks, in upper and lower case"),
        Kind("characters", "The same text in other characters: accents, dashes, quotes, encoding"),
        Kind("punctuation", "The same letters and digits with other marks between them"),
        Kind("decode", "One side has the code, the other what it means"),
        Kind("word-order", "The same words in another order"),
        Kind("beginning", "One text is the beginning of the other"),
        Kind("date-precision", "The same date, known more exactly on one side"),
        Kind("time", "The same date at another time"),
        Kind("date", "Another date"),
        Kind("number-format", "The same number, written in another way"),
        Kind("floating-point", "The same number but for its last digits, as computing leaves them"),
        Kind("rounding", "One number is the other, rounded"),
        Kind("digits-cut", "One number is the other with its last decimals cut off"),
        Kind("sign", "The same number with the other sign"),
        Kind("scale", "One number is 10, 100, ... times the other"),
        Kind("number", "Another number"),
        Kind("text", "Another text"),
    )
}
