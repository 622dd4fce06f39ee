"""Raw records that were delivered twice: a form's `unique_by` names the columns that tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sdtmconv.engine.rejections import Rejection, make_rejection
from sdtmconv.engine.tables import RawRecords
from sdtmconv.mapping.registry import RejectedValuesError
from sdtmconv.spec.model import FormSpec


@dataclass(frozen=True)
class Repeats:
    """Records of a form that say the same as one before them.

    Args:
        form: The form's name.
        keys: The columns by which its records are known.
        records: (file, record number) of what is left out.
    """

    form: str
    keys: tuple[str, ...]
    records: tuple[tuple[str, int], ...]


@dataclass(frozen=True, eq=False)
class Distinct:
    """Raw records without repeats, what was left out, and what is wrong."""

    forms: Mapping[str, RawRecords]
    repeats: tuple[Repeats, ...]
    rejections: tuple[Rejection, ...]


def keep_distinct(specs: Mapping[str, FormSpec], forms: Mapping[str, RawRecords]) -> Distinct:
    """Keep the first of a subject's records that are equal in every column that is used.

    Records that share a form's `unique_by` and differ elsewhere are no repeats: which one counts
    is the study's decision, so they are refused.

    Args:
        specs: The forms' descriptions, by name.
        forms: Their records, of some subjects.
    """
    distinct = dict(forms)
    repeats: list[Repeats] = []
    rejections: list[Rejection] = []
    for name, records in forms.items():
        spec = specs[name]
        if not spec.unique_by:
            continue
        repeated = _find_repeats(records, ())
        if repeated.any():
            left_out = tuple(records.locate(np.flatnonzero(repeated)))
            repeats.append(Repeats(name, spec.unique_by, left_out))
            distinct[name] = _select(records, ~repeated)
        contested = _find_repeats(distinct[name], spec.unique_by)
        if contested.any():
            rejections.append(_refuse(spec, distinct[name], np.flatnonzero(contested)))
    return Distinct(distinct, tuple(repeats), tuple(rejections))


def _find_repeats(records: RawRecords, keys: tuple[str, ...]) -> np.ndarray:
    """Mark records that equal an earlier one of the subject: in some columns, or in all."""
    compared = records.frame[list(keys)] if keys else records.frame
    repeated: np.ndarray = compared.assign(**{" subject": records.subject}).duplicated().to_numpy()
    return repeated


def _select(records: RawRecords, mask: np.ndarray) -> RawRecords:
    frame = records.frame[mask].reset_index(drop=True)
    return RawRecords(records.file, frame, records.subject[mask], records.numbers[mask])


def _refuse(spec: FormSpec, records: RawRecords, rows: np.ndarray) -> Rejection:
    rejected = RejectedValuesError(
        rows,
        f"has the {', '.join(spec.unique_by)} of another record of the subject, and differs from "
        "it in other columns",
        "correct the file, or add the column that tells them apart to `unique_by`",
    )
    return make_rejection(f"{spec.place} form {spec.name}", records, rows, rejected)
