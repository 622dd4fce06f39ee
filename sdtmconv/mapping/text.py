"""Long text: no value of a dataset has more than 200 bytes (SDTMIG 4.5.3)."""

from __future__ import annotations

import pandas as pd

from sdtmconv.mapping.registry import Column, derivation
from sdtmconv.mapping.values import map_unique, to_text

LONGEST = 200


def split_text(text: str, longest: int = LONGEST) -> list[str]:
    """Cut a text into pieces of at most `longest` bytes, between words where there are any.

    >>> split_text("one two three", 8)
    ['one two', 'three']
    >>> split_text("无空格", 6)
    ['无空', '格']
    """
    pieces = []
    rest = text.strip()
    while len(rest.encode()) > longest:
        head = rest.encode()[:longest].decode(errors="ignore")
        word_end = head.rfind(" ") if rest[len(head)] != " " else len(head)
        cut = word_end if word_end > 0 else len(head)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*pieces, rest]


def _check_number(*, number: int, **others: object) -> tuple[str, str] | None:
    return (f"number is {number}", "count the pieces from 1") if number < 1 else None


@derivation(
    "text_part",
    method="Piece {number} of {value}, cut between words at 200 bytes.",
    check=_check_number,
)
def compute_text_part(value: Column, number: int) -> pd.Series:
    """Take one piece of a text longer than 200 bytes, counted from 1: COVAL, COVAL1, ...

    Supplemental qualifiers need no such rule: what a variable cannot hold goes there by itself.

    >>> compute_text_part(pd.Series(["short", None], dtype="str"), 1).tolist()
    ['short', nan]
    """

    def take(text: str) -> str | None:
        pieces = split_text(text)
        return pieces[number - 1] if len(pieces) >= number else None

    return map_unique(to_text(value), take)
