"""Explanations of the reference study: each value is the build's, and leads to where it began."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from sdtmconv.compare.values import show_values
from sdtmconv.engine.forms import read_forms, split_chunks
from sdtmconv.engine.lineage import Lineage
from sdtmconv.engine.plan import plan_steps
from sdtmconv.engine.spool import Spool
from sdtmconv.engine.steps import Step
from sdtmconv.explain import explain
from sdtmconv.explain.run import run_chunk, select_rows
from sdtmconv.spec import StudySpec, load_study
from sdtmconv.transport import read_xpt
from sdtmconv.transport.sas_formats import find_moment_kind

if TYPE_CHECKING:
    from conftest import Built

SUBJECTS = 3
RECORDS = 4


def iterate_leaves(step: Step) -> Iterator[Step]:
    """Give the steps below a step that were made from nothing else."""
    if not step.inputs:
        yield step
    for inner in step.inputs:
        yield from iterate_leaves(inner)


def show_dataset(path: Path, subjects: list[str]) -> pd.DataFrame:
    """Give the records that the build wrote for some subjects, as text."""
    read = read_xpt(path)
    frame = read.frame
    if "USUBJID" in frame:
        frame = frame[frame["USUBJID"].isin(subjects) | frame["USUBJID"].isna()]
    kinds = {v.name: find_moment_kind(v.display_format) for v in read.header.metadata.variables}
    shown = {name: show_values(frame[name], kinds[name]).fillna("") for name in frame}
    return pd.DataFrame(shown).reset_index(drop=True)


def test_every_value_is_the_builds_and_leads_to_its_beginning(biottt001: Built) -> None:
    """Records of all datasets: the values are those in the files; no step is without a rule; and
    each way ends at a raw file and record, or at what the spec or the standard says."""
    spec = load_study(biottt001.out / "specs")
    subjects = biottt001.frames["DM"]["USUBJID"].tolist()[:: 30 // SUBJECTS]
    lineage, rows = replay(spec, biottt001.raw, subjects)
    values, wrong = 0, []
    for path in sorted(biottt001.out.rglob("*.xpt")):
        name = path.stem.upper()
        if name not in spec.datasets:  # SUPP--: its values are variables of the parent's spec
            continue
        shown = show_dataset(path, subjects)
        assert len(rows[name]) == len(shown), name
        chosen = np.linspace(0, len(shown) - 1, min(RECORDS, len(shown)))
        for number in chosen.astype("int64"):
            found = lineage.explain_record(name, rows[name][number], list(shown))
            texts = [step.value for step in found.values]
            assert texts == shown.loc[number].tolist(), f"{name} record {number}"
            values += len(texts)
            steps = (found.record, *found.values)
            wrong += [leaf for step in steps for leaf in iterate_leaves(step) if not ends(leaf)]
    assert wrong == []
    assert values > 2000


def ends(leaf: Step) -> bool:
    """Tell whether a way may end here: with file and record, or with what a rule says."""
    if leaf.kind == "collected":
        return " record " in leaf.record
    return leaf.kind in ("constant", "missing", "record") and bool(leaf.rule)


def replay(spec: StudySpec, raw: Path, subjects: list[str]) -> tuple[Lineage, dict[str, list[int]]]:
    """Build some subjects once more, and give the rows of each dataset in its final order."""
    wanted = list(spec.datasets)
    with Spool() as spool:
        forms = read_forms(spec, wanted, raw, spool, subjects=subjects)
        (chunk,) = split_chunks(spec, forms, len(subjects), spool)
    run = run_chunk(spec, chunk, plan_steps(spec, wanted))
    return Lineage(spec, run), {name: list(select_rows(spec, run, name, None)) for name in wanted}


@pytest.mark.parametrize("dataset", ["ADTTE", "VS", "IS"])
def test_a_build_is_explained_without_naming_its_inputs(biottt001: Built, dataset: str) -> None:
    """Its specs are in it, and its raw files beside it, in all their formats."""
    subject = biottt001.frames["DM"]["USUBJID"].iloc[3]
    records = explain(biottt001.out, dataset, f'USUBJID EQ "{subject}"', most=2)
    assert records
    assert {step.record for record in records for step in record.values[1:2]}
