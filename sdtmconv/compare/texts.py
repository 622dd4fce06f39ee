"""How do two texts differ? The first kind that holds is named."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from sdtmconv.compare.numbers import classify_numbers
from sdtmconv.distinct import Mask
from sdtmconv.iso8601 import is_iso8601

MISSING_WORDS = (".", "-", "NA", "N/A", "NAN", "NULL", "NONE", "<NA>")
_BLANKS = r"[\s\u00a0\u2000-\u200b\u202f\u2060\u3000\ufeff]+"
_MARKS = r"[^\w\d]|_"
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_DATE = r"\d{4}-.*"
_TYPOGRAPHY = str.maketrans("‘’‚“”„–—−‐‑µ×…", "'''\"\"\"-----μx.")
_DATE_LENGTH = 10


def classify_texts(
    a: pd.Series, b: pd.Series, decodes: Mapping[str, str] | None = None, dated: bool = False
) -> npt.NDArray[np.object_]:
    """Name the kind of difference of pairs of unequal texts, none of them missing.

    Args:
        a: Texts.
        b: The other texts.
        decodes: What the codes of the variable's codelist mean.
        dated: Whether they are dates: then a lone year is one.

    >>> a = pd.Series(["Nausea", "2025-03", "1.50", "HEAD ACHE", "Y"], dtype="str")
    >>> b = pd.Series(["NAUSEA", "2025-03-02", "1.5", "HEAD-ACHE", "N"], dtype="str")
    >>> classify_texts(a, b).tolist()
    ['case', 'date-precision', 'number-format', 'punctuation', 'text']
    """
    kinds = np.full(len(a), "text", dtype=object)
    is_open = np.ones(len(a), dtype=bool)

    def settle(kind: str | npt.NDArray[np.object_], mask: Mask) -> None:
        rows = np.flatnonzero(is_open)[mask]
        kinds[rows] = kind if isinstance(kind, str) else kind[mask]
        is_open[rows] = False

    for kind, compare in _checks(decodes or {}):
        if is_open.any():
            settle(kind, compare(a[is_open], b[is_open]))
    for classify in (partial(_classify_dates, dated=dated), _classify_numbers):
        if is_open.any():
            found = classify(a[is_open], b[is_open])
            settle(found, found != "")
    for kind, compare in _LOOSE_CHECKS:
        if is_open.any():
            settle(kind, compare(a[is_open], b[is_open]))
    return kinds


def is_missing_word(texts: pd.Series) -> Mask:
    """Find words that people and programs write for a missing value."""
    found: Mask = texts.str.strip().str.upper().isin(MISSING_WORDS).to_numpy(dtype=bool)
    return found


def _checks(
    decodes: Mapping[str, str],
) -> list[tuple[str, Callable[[pd.Series, pd.Series], Mask]]]:
    meanings = {code: meaning.casefold() for code, meaning in decodes.items()}

    def is_decode(a: pd.Series, b: pd.Series) -> Mask:
        return _equal(a.map(meanings), _fold(b)) | _equal(_fold(a), b.map(meanings))

    return [
        ("case", lambda a, b: _equal(_fold(a), _fold(b))),
        ("whitespace", lambda a, b: _equal(_close_up(a), _close_up(b))),
        ("case-and-whitespace", lambda a, b: _equal(_fold(_close_up(a)), _fold(_close_up(b)))),
        ("characters", lambda a, b: _equal(_simplify(a), _simplify(b))),
        *([("decode", is_decode)] if decodes else []),
    ]


_LOOSE_CHECKS: list[tuple[str, Callable[[pd.Series, pd.Series], Mask]]] = [
    ("punctuation", lambda a, b: _equal(_drop_marks(a), _drop_marks(b))),
    ("word-order", lambda a, b: _equal(_sort_words(a), _sort_words(b))),
    ("beginning", lambda a, b: _begins(a, b) | _begins(b, a)),
]


def _equal(a: pd.Series, b: pd.Series) -> Mask:
    equal: Mask = (a.to_numpy(dtype=object) == b.to_numpy(dtype=object)) & a.notna().to_numpy()
    return equal


def _fold(texts: pd.Series) -> pd.Series:
    return texts.str.casefold()


def _close_up(texts: pd.Series) -> pd.Series:
    return texts.str.replace(_BLANKS, "", regex=True)


def _drop_marks(texts: pd.Series) -> pd.Series:
    dropped = _fold(texts).str.replace(_MARKS, "", regex=True)
    return dropped.where(dropped != "")


def _sort_words(texts: pd.Series) -> pd.Series:
    return texts.map(lambda text: " ".join(sorted(text.casefold().replace(",", " ").split())))


def _simplify(texts: pd.Series) -> pd.Series:
    """Write accents, typographic marks and wide letters plainly; undo UTF-8 read as cp1252."""
    return texts.map(lambda text: text if text.isascii() else _simplify_text(text))


def _simplify_text(text: str) -> str:
    for wrong in ("cp1252", "latin-1"):
        try:
            text = text.encode(wrong).decode("utf-8")
            break
        except UnicodeError:
            continue
    decomposed = unicodedata.normalize("NFKD", text.translate(_TYPOGRAPHY))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _begins(texts: pd.Series, starts: pd.Series) -> Mask:
    pairs = zip(texts.tolist(), starts.tolist(), strict=True)
    return np.fromiter((text.startswith(start) for text, start in pairs), dtype=bool)


def _classify_dates(a: pd.Series, b: pd.Series, *, dated: bool) -> npt.NDArray[np.object_]:
    """Compare ISO 8601 dates; elsewhere a lone year is one only beside a date with a month."""
    known = a.str.fullmatch(_DATE) | b.str.fullmatch(_DATE) | dated
    both = (is_iso8601(a) & is_iso8601(b) & known).to_numpy(dtype=bool)
    more_exact = _begins(a, b) | _begins(b, a)
    days_a, days_b = a.str[:_DATE_LENGTH], b.str[:_DATE_LENGTH]
    same_day = _equal(days_a, days_b) & (a.str.len() > _DATE_LENGTH).to_numpy(dtype=bool)
    kinds = np.select([more_exact, same_day], ["date-precision", "time"], "date")
    return np.where(both, kinds, "").astype(object)


def _classify_numbers(a: pd.Series, b: pd.Series) -> npt.NDArray[np.object_]:
    both = (a.str.fullmatch(_NUMBER) & b.str.fullmatch(_NUMBER)).to_numpy(dtype=bool)
    kinds = np.full(len(a), "", dtype=object)
    if both.any():
        x, y = (texts[both].to_numpy(dtype=object).astype("float64") for texts in (a, b))
        kinds[both] = np.where(x == y, "number-format", classify_numbers(x, y, None))
    return kinds
