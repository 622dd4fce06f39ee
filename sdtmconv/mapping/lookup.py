"""Derivations that find a value in another table by what the records have in common."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sdtmconv.mapping.registry import (
    Columns,
    Records,
    RejectedValuesError,
    Subject,
    check_one_table,
    derivation,
)
from sdtmconv.mapping.values import take_rows, to_text


def _check_keys(
    *, by: tuple[str, ...], keys: tuple[str, ...], value: tuple[str, ...], **others: object
) -> tuple[str, str] | None:
    if len(by) != len(keys):
        problem = f"{len(by)} columns are looked up by {len(keys)} keys"
        return problem, "name one key for each column, in the same order"
    return check_one_table(**{f"key {n}": (key,) for n, key in enumerate(keys, 1)}, value=value)


@derivation("lookup", method="{value} of the record whose {keys} is {by}.", check=_check_keys)
def compute_lookup(by: Columns, keys: Records, value: Records, subject: Subject) -> pd.Series:
    """Find a value in another table by key: the planned visit's number by its name, for example.

    In a table about subjects, only records of the same subject are looked at. Two records with
    the same keys and different values are an error; `among` narrows the other records.

    >>> from sdtmconv.mapping.registry import SubjectRecords
    >>> names, numbers = (pd.Series(v, dtype="str") for v in (["DAY 1", "DAY 8"], ["1", "2"]))
    >>> day = np.zeros(2, int)
    >>> plan = [SubjectRecords(column, day, (), 1, False) for column in (names, numbers)]
    >>> visits = pd.Series(["DAY 8", None, "DAY 2"], dtype="str")
    >>> compute_lookup([visits], plan[:1], plan[1:], np.zeros(3, int)).tolist()
    ['2', nan, nan]
    """
    target = value[0]
    table = pd.DataFrame({f"key {n}": to_text(key.values) for n, key in enumerate(keys)})
    own = pd.DataFrame({f"key {n}": to_text(column) for n, column in enumerate(by)})
    if target.by_subject:
        table["subject"], own["subject"] = target.subject, np.asarray(subject)
    names = list(table.columns)
    table["value"] = target.values.to_numpy(dtype=object)
    table = table.dropna().drop_duplicates()
    _refuse_ambiguous(table, names, own)
    table["row"] = np.arange(len(table))
    found = own.merge(table, how="left", on=names)["row"].fillna(-1).to_numpy("int64")
    values = pd.Series(table["value"].to_numpy(), dtype=target.values.dtype)
    return take_rows(values, found)


def _refuse_ambiguous(table: pd.DataFrame, names: list[str], own: pd.DataFrame) -> None:
    repeated = table[table.duplicated(names, keep=False)]
    if repeated.empty:
        return
    rows = np.flatnonzero(
        own.merge(repeated[names].drop_duplicates(), on=names, how="left", indicator=True)["_merge"]
        .eq("both")
        .to_numpy()
    )
    if len(rows):
        raise RejectedValuesError(
            rows,
            "several records with different values belong to {value}",
            "add a key that tells them apart, or narrow them with `among`",
            to_text(own[names[0]]).iloc[rows],
        )
