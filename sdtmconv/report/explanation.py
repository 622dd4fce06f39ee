"""Explanations of values, as an indented text and as a page whose steps open and close."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sdtmconv.engine.lineage import Step
from sdtmconv.report.pages import load_template


def explanation_as_text(records: Sequence[tuple[Step, ...]]) -> str:
    """Write each value on a line, and below it, further in, the values it was made from."""
    return "\n\n".join("\n".join(_write_record(steps)) for steps in records)


def write_explanation(path: Path, title: str, records: Sequence[tuple[Step, ...]]) -> None:
    """Write a page that needs nothing but itself."""
    path.write_text(
        load_template("explanation.html").render(title=title, records=records), encoding="utf-8"
    )


def _write_record(steps: Sequence[Step]) -> Iterator[str]:
    if steps:
        table = steps[0].name.partition(".")[0]
        yield f"{table}: {steps[0].record}"
    written: set[tuple[str, str]] = set()
    for step in steps:
        yield from _write_step(step, 1, steps[0].record, written)


def _write_step(step: Step, depth: int, above: str, written: set[tuple[str, str]]) -> Iterator[str]:
    """Write a step and those below it, once; its record is named where it is not that above."""
    margin = "  " * depth
    record = f"  ({step.record})" if step.record != above else ""
    yield f"{margin}{step.name} = {step.value or '(missing)'}{record}"
    if step.inputs and (step.name, step.record) in written:
        yield f"{margin}    explained above"
        return
    written.add((step.name, step.record))
    if step.rule:
        remark = f" {step.remark}." if step.remark else ""
        yield f"{margin}    {step.rule}{remark}  [{step.place}]"
    for inner in step.inputs:
        yield from _write_step(inner, depth + 1, step.record, written)
