"""The forms in which dates and times were collected, as specs state them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sdtmconv.errors import Fault, SpecError, raise_faults

_TOKEN = re.compile(r"YYYY|YY\(\d{4}\)|MON|MM|MI|DD|HH|SS|AM|T|[^A-Z0-9]+|.")
_NAMES = {
    "YYYY": "year", "MON": "month_name", "MM": "month", "DD": "day",
    "HH": "hour", "MI": "minute", "SS": "second", "AM": "half",
}  # fmt: skip
_COARSER = {"day": "month", "month": "year", "minute": "hour", "second": "minute", "half": "hour"}
_FINEST_FIRST = (("second",), ("minute",), ("half", "hour"), ("day",), ("month", "month_name"))
_UNKNOWN = r"UNKNOWN|UNKN?|UN|UK|NK|X{1,4}|-{1,4}|\?{1,4}"
_MONTH_NAMES = (
    r"JAN(?:UARY)?|FEB(?:RUARY)?|MAR(?:CH)?|APR(?:IL)?|MAY|JUNE?|JULY?|AUG(?:UST)?"
    r"|SEP(?:TEMBER)?|OCT(?:OBER)?|NOV(?:EMBER)?|DEC(?:EMBER)?"
)
_FORMAT_REMEDY = (
    "write it with YYYY, MM or MON, DD, HH, MM or MI after HH, SS and AM, "
    "and YY(1930) for two-digit years from 1930 to 2029"
)


class _Token(NamedTuple):
    text: str
    name: str  # empty for a separator


@dataclass(frozen=True)
class CollectedFormat:
    """A form in which dates, times or both were collected.

    Args:
        text: As the spec states it.
        parts: What it reads, of year, month, day, hour, minute, second and half (AM or PM).
        patterns: RE2 patterns: of the whole form, then without its finest parts, one by one.
        first_year: The first of the hundred years that two digits stand for; None for four.
    """

    text: str
    parts: tuple[str, ...]
    patterns: tuple[str, ...]
    first_year: int | None


def _tokenize(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    previous = ""
    for part in _TOKEN.findall(text.strip().upper()):
        name = "year" if part.startswith("YY") else _NAMES.get(part, "")
        if part == "MM" and previous == "hour":
            name = "minute"
        previous = name or previous
        tokens.append(_Token(part, name))
    return tokens


def _find_format_problem(tokens: list[_Token], parts: tuple[str, ...]) -> str:
    for token in tokens:
        if not token.name and token.text != "T" and token.text.isalnum():
            return f"{token.text!r} is no part of a date or time"
    for part in parts:
        if parts.count(part) > 1:
            return f"it has the {part} twice"
        if _COARSER.get(part, part) not in parts:
            return f"it has the {part} without the {_COARSER[part]}"
    return "" if parts else "it is empty"


def _leave_out(tokens: list[_Token], name: str) -> list[_Token]:
    """Leave a part out, with the separator before it or else the one behind it."""
    start = [token.name for token in tokens].index(name)
    stop = start + 1
    if start > 0 and not tokens[start - 1].name:
        start -= 1
    elif stop < len(tokens) and not tokens[stop].name:
        stop += 1
    return tokens[:start] + tokens[stop:]


def _shorten(tokens: list[_Token]) -> list[list[_Token]]:
    """List the whole form, and the forms of values that lack time, day or month."""
    forms = [tokens]
    for names in _FINEST_FIRST:
        for name in names:
            if any(token.name == name for token in tokens):
                tokens = _leave_out(tokens, name)
        if tokens != forms[-1] and any(token.name for token in tokens):
            forms.append(tokens)
    return forms


def _to_token_pattern(token: _Token, neighbours: set[str]) -> str:
    if not token.name:
        return r"\s+".join(re.escape(mark) for mark in re.split(r"\s+", token.text))
    if token.name == "half":
        return r"(?P<half>[AP])\.?M\.?"
    if token.name == "month_name":
        known = _MONTH_NAMES
    elif token.name == "year":
        known = r"\d{4}" if token.text == "YYYY" else r"\d{2}"
    else:
        is_fixed = token.name in ("minute", "second") or neighbours - {"", "month_name", "half"}
        known = r"\d{2}" if is_fixed else r"\d{1,2}"
    fraction = r"(?P<fraction>\.\d+)?" if token.name == "second" else ""
    blank = "" if any(neighbours) else r"|\s*"
    return rf"(?:(?P<{token.name}>{known}){fraction}|{_UNKNOWN}{blank})"


def _to_pattern(tokens: list[_Token]) -> str:
    names = ["", *(token.name for token in tokens), ""]
    neighbours = [{before, behind} for before, behind in zip(names, names[2:], strict=False)]
    return "(?i)^" + "".join(map(_to_token_pattern, tokens, neighbours)) + "$"


def _parse_format(text: str, place: str) -> CollectedFormat:
    tokens = _tokenize(text)
    parts = tuple(token.name.removesuffix("_name") for token in tokens if token.name)
    if problem := _find_format_problem(tokens, parts):
        raise SpecError(Fault(place, f"format {text!r}: {problem}", _FORMAT_REMEDY))
    century = re.search(r"YY\((\d{4})\)", text.upper())
    patterns = tuple(map(_to_pattern, _shorten(tokens)))
    return CollectedFormat(text, parts, patterns, int(century[1]) if century else None)


def parse_formats(texts: Sequence[str], place: str) -> tuple[CollectedFormat, ...]:
    """Read the forms in which a column was collected.

    Args:
        texts: Forms such as DD-MON-YYYY, MM/DD/YYYY, YYYY-MM-DDTHH:MM, HH:MM:SS, HH:MM AM, in any
            case. MM after HH is the minute (MI says so anywhere), else the month. Day, month and
            hour may be one digit where a separator keeps them apart. MON reads English month
            names, short or full.
        place: File and line of the spec.

    Returns:
        The forms in their order.

    Raises:
        SpecError: A form cannot be read, or two forms read one text as two different dates.
    """
    faults: list[Fault] = []
    formats: dict[str, CollectedFormat] = {}
    for text in texts:
        try:
            form = _parse_format(text, place)
        except SpecError as error:
            faults.extend(error.faults)
            continue
        same = formats.setdefault(re.sub("DD|MM", "NN", text.upper()), form)
        if same.text.upper() != text.upper():
            problem = f"formats {same.text!r} and {text!r} read the same text as different dates"
            faults.append(Fault(place, problem, "keep the one in which the source writes dates"))
    raise_faults(SpecError, faults)
    return tuple(formats.values())
