"""Derivations of the response that an assessment supports, from which the best one is taken.

The best overall response is the subject's first record by rank of what these give, and by date: so
the assessment that decided is the record that is kept. Assessments that do not count, after the
first progression or from a new anti-cancer therapy on, are left out by the rule's `where`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sdtmconv.adam.confirmation import pair_later
from sdtmconv.mapping.registry import (
    Column,
    Columns,
    Ordinal,
    RejectedValuesError,
    Subject,
    derivation,
)
from sdtmconv.mapping.values import rank, sort_order, tied_rows, to_number

CR, PR, SD, NON_CR_NON_PD, PD, NE = RESPONSES = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE")
CONFIRMED_BY = {CR: (CR,), PR: (CR, PR)}


def refuse_unknown(responses: pd.Series, known: Sequence[str]) -> None:
    """Refuse texts that are no response.

    Raises:
        RejectedValuesError: A text is not among those known.
    """
    strangers = np.flatnonzero((responses.notna() & ~responses.isin(known)).to_numpy())
    if len(strangers):
        raise RejectedValuesError(
            strangers,
            f"{{value}} is none of {', '.join(known)}",
            "map the value in codelists.yaml, or leave the record out with `where`",
            responses.iloc[strangers],
        )


def _check_windows(*, date: str, reference: str = "", **others: object) -> tuple[str, str] | None:
    """Tell what is wrong with the dates and numbers of a rule."""
    for name in (date, reference):
        if name.endswith(("DTM", "DTC")):
            return f"{name} does not count days", "name a date, whose name ends in DT"
    for name, number in others.items():
        if isinstance(number, int) and number < 0:
            return f"{name} is {number}", "write 0 or more"
    return None


@derivation(
    "unconfirmed_response",
    method="{response}, with SD and NON-CR/NON-PD as NE if {date} is less than {stable_days} days "
    "after {reference}.",
    check=_check_windows,
)
def compute_unconfirmed_response(
    response: Column,
    date: Column,
    reference: Column = "ADSL.TRTSDT",  # type: ignore[assignment]
    stable_days: int = 42,
) -> pd.Series:
    """Give the response that an assessment supports with no need to confirm (RECIST 1.1, 4.4.3).

    SD, and NON-CR/NON-PD of those without target lesions, count from `stable_days` after
    `reference` on, and are NE before; without both dates they are missing.

    >>> overall = pd.Series(["SD", "SD", "PR", None], dtype="str")
    >>> dates, start = pd.Series([141.0, 142.0, 120.0, 180.0]), pd.Series([100.0] * 4)
    >>> compute_unconfirmed_response(overall, dates, start).tolist()
    ['NE', 'SD', 'PR', nan]
    """
    refuse_unknown(response, RESPONSES)
    left = _compute_stable(response, to_number(date), to_number(reference), stable_days)
    return left.mask(response.isin([CR, PR]), response)


@derivation(
    "confirmed_response",
    method="From {response} and {date}, for each {by}: CR confirmed by a CR, and PR by a CR or PR, "
    "{confirm_days} days later or more, with at most {most_ne} NE and, for PR, {most_sd} SD "
    "between, nothing else that is worse, and no PR after a CR; other CR, PR and SD as SD, and "
    "NON-CR/NON-PD as it is, from {stable_days} days after {reference} on; PD as it is; else NE.",
    check=_check_windows,
)
def compute_confirmed_response(
    response: Column,
    date: Column,
    by: Columns,
    subject: Subject,
    ordinal: Ordinal,  # unused: it says that the rule looks at all records
    reference: Column = "ADSL.TRTSDT",  # type: ignore[assignment]
    confirm_days: int = 28,
    stable_days: int = 42,
    most_ne: int = 1,
    most_sd: int = 0,
) -> pd.Series:
    """Give the response that an assessment supports when CR and PR need it confirmed (4.4.3, 4.6).

    The sections are those of RECIST 1.1. A CR is confirmed by a CR `confirm_days` later or more,
    with nothing but CR and `most_ne` NE between; a PR by a CR or PR, with nothing but CR, PR,
    `most_ne` NE and `most_sd` SD between, and no PR after a CR up to there: disease that came back
    is no partial response. A CR or PR that is not confirmed is SD. SD, and NON-CR/NON-PD of those
    without target lesions, count from `stable_days` after `reference` on, and are NE before;
    without both dates they are missing.

    A record without response or date, as of a missed assessment, is as if it were not there. Two
    records on one date are an error. `where` keeps out the assessments after the first progression
    and from a new anti-cancer therapy on.

    >>> overall = pd.Series(["PR", "NE", "PR", None, "PR"], dtype="str")
    >>> dates, start = pd.Series([130.0, 144.0, 158.0, 172.0, None]), pd.Series([100.0] * 5)
    >>> evaluator = pd.Series(["INVESTIGATOR"] * 5, dtype="str")
    >>> one, turn = np.zeros(5, dtype=int), np.arange(5)
    >>> compute_confirmed_response(overall, dates, [evaluator], one, turn, start).tolist()
    ['PR', 'NE', 'SD', nan, nan]
    """
    refuse_unknown(response, RESPONSES)
    days = to_number(date)
    supported = _compute_stable(response, days, to_number(reference), stable_days)
    course = _order_assessments(response, days, [subject, *map(rank, by)])
    for kind, most in ((CR, {NE: most_ne}), (PR, {NE: most_ne, SD: most_sd})):
        supported.iloc[course.find_confirmed(kind, confirm_days, most)] = kind
    return supported


def _compute_stable(
    response: pd.Series, days: pd.Series, reference: pd.Series, stable_days: int
) -> pd.Series:
    """Give what a response is worth that nothing confirms."""
    tumour_controlled = response.isin([CR, PR, SD, NON_CR_NON_PD])
    left = response.mask(response.isin([CR, PR]), SD)
    elapsed = days - reference
    left = left.mask(tumour_controlled & (elapsed < stable_days), NE)
    return left.mask(tumour_controlled & elapsed.isna())


@dataclass(frozen=True)
class _Course:
    """Assessments of one group after the other, each in the order of their dates.

    Args:
        rows: Where each stands among the records.
        group: Its group, as a number.
        day: Its date in days.
        response: Its response.
    """

    rows: np.ndarray
    group: np.ndarray
    day: np.ndarray
    response: np.ndarray

    def find_confirmed(self, kind: str, days: int, most: Mapping[str, int]) -> np.ndarray:
        """Find the records with a CR, or PR, that is confirmed.

        The first assessment that may confirm one has the fewest others between, and so decides.
        """
        first = np.flatnonzero(self.response == kind)
        good = np.flatnonzero(np.isin(self.response, CONFIRMED_BY[kind]))
        first, second = pair_later(self.group, self.day, first, good, days)
        sound = np.ones(len(first), dtype=bool)
        for other in [response for response in RESPONSES if response not in CONFIRMED_BY[kind]]:
            count = np.cumsum(self.response == other)
            sound &= count[second] - count[first] <= most.get(other, 0)
        if kind == PR:
            sound &= self._next_one(CR)[first] >= self._last_one(PR)[second]
        confirmed: np.ndarray = self.rows[first[sound]]
        return confirmed

    def _next_one(self, kind: str) -> np.ndarray:
        """Give the place of the next assessment with this response; past the end if none."""
        count = len(self.response)
        places = np.where(self.response == kind, np.arange(count), count)
        return np.asarray(np.minimum.accumulate(places[::-1])[::-1])

    def _last_one(self, kind: str) -> np.ndarray:
        """Give the place of the last assessment so far with this response; -1 if none."""
        places = np.where(self.response == kind, np.arange(len(self.response)), -1)
        return np.asarray(np.maximum.accumulate(places))


def _order_assessments(
    response: pd.Series, days: pd.Series, groups: Sequence[np.ndarray]
) -> _Course:
    made = np.flatnonzero((response.notna() & days.notna()).to_numpy())
    keys = [group[made] for group in groups]
    day = days.to_numpy()[made]
    order = sort_order([*keys, day])
    tied = tied_rows([*keys, day], order)
    if len(tied):
        raise RejectedValuesError(
            made[tied],
            f"another assessment has the same {days.name}, so that their order is not certain",
            "add the variable that tells them apart to `by`, or choose one with `where`",
        )
    changes = np.logical_or.reduce([key[order][1:] != key[order][:-1] for key in keys])
    group = np.cumsum(np.append(0, changes))[: len(order)]
    return _Course(made[order], group, day[order], response.to_numpy(dtype=object)[made[order]])
