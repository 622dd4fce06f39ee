"""An explanation as an indented text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sdtmconv.engine.steps import Explanation, Step


def explanation_as_text(records: Sequence[Explanation]) -> str:
    """Write each value on a line, and below it, further in, the values it was made from.

    What made the record itself stands below its values.
    """
    return "\n\n".join("\n".join(_write_record(record)) for record in records)


def _write_record(explanation: Explanation) -> Iterator[str]:
    record = explanation.record
    written: set[tuple[str, str]] = set()
    yield _title(record, "")
    for step in explanation.values:
        yield from _write_step(step, 1, record.record, written)
    yield "  Why there is this record"
    yield from _write_step(record, 2, "", written)


def _write_step(step: Step, depth: int, above: str, written: set[tuple[str, str]]) -> Iterator[str]:
    """Write a step and those below it, once; its record is named where it is not that above."""
    margin = "  " * depth
    yield f"{margin}{_title(step, above)}"
    if step.inputs and (step.name, step.record) in written:
        yield f"{margin}    explained above"
        return
    written.add((step.name, step.record))
    if step.rule:
        remark = f" ({step.remark})" if step.remark else ""
        place = f"  [{step.place}]" if step.place else ""
        yield f"{margin}    {step.rule}{remark}{place}"
    for inner in step.inputs:
        yield from _write_step(inner, depth + 1, step.record, written)


def _title(step: Step, above: str) -> str:
    if step.kind == "record":
        return f"{step.name}: {step.value}"
    number = f" ({step.number})" if step.number else ""
    record = f"  ({step.record})" if step.record != above else ""
    return f"{step.name} = {step.value or '(missing)'}{number}{record}"
