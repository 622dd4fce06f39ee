"""The keyword reference of docs/spec-language.md, rendered from the registry of derivations.

`python -m sdtmconv.report.keywords docs/spec-language.md` writes it between the page's marks.
"""

from __future__ import annotations

import doctest
import inspect
import sys
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import sdtmconv.adam
import sdtmconv.domains
import sdtmconv.mapping  # noqa: F401  (all register keywords)
from sdtmconv.mapping.registry import INJECTED, REGISTRY, Derivation, Kind, Parameter

BEGIN, END = "<!-- keywords: written by `make docs` -->", "<!-- end of keywords -->"
MOST_STATEMENTS = 3
LITERALS: dict[Any, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    list[str]: "one or several values",
}

# By keyword: where in a study the example stands, and the example.
EXAMPLES = {
    "assign": ("sdtm/ae.yaml, variables", "AESEV: {assign: GRADE}"),
    "concat": ("sdtm/dm.yaml, variables", 'ARM: {concat: [PART, DOSELVL], separator: ", "}'),
    "constant": ("sdtm/dm.yaml, variables", "AGEU: {constant: YEARS}"),
    "convert": (
        "sdtm/lb.yaml, variables",
        'LBSTRESN: {convert: LBORRES, factor: 88.42, digits: 1, where: LBTESTCD EQ "CREAT"}',
    ),
    "convert_unit": (
        "sdtm/lb.yaml, variables",
        "LBSTRESC: {convert_unit: LBORRES, unit: LBORRESU, to: LBSTRESU, test: LBTESTCD}",
    ),
    "earliest": ("sdtm/dm.yaml, variables", "RFXSTDTC: {earliest: EX.EXSTDTC, among: EXDOSE GT 0}"),
    "epoch": ("sdtm/ae.yaml, variables", "EPOCH: {epoch: AESTDTC}"),
    "exists": ("sdtm/dm.yaml, variables", 'DTHFL: {exists: AE.AETERM, among: AEOUT EQ "FATAL"}'),
    "first": ("sdtm/dm.yaml, variables", "RFSTDTC: {first: EX.EXSTDTC, order: [EXSTDTC, EXSEQ]}"),
    "flag_first": ("sdtm/vs.yaml, intermediate", "EARLIEST: {flag_first: VSTESTCD, order: VSDTC}"),
    "flag_last": ("sdtm/lb.yaml, intermediate", "NEWEST: {flag_last: LBTESTCD, order: LBDTC}"),
    "highest_ranked": (
        "sdtm/ae.yaml, variables",
        "AEREL: {highest_ranked: [RELA, RELB], ranking: [RELATED, NOT RELATED]}",
    ),
    "iso_datetime": (
        "sdtm/ae.yaml, variables",
        'AESTDTC: {iso_datetime: [START, STTIME], format: [DD-MON-YYYY, "HH:MM"]}',
    ),
    "last": ("sdtm/dm.yaml, variables", "RFENDTC: {last: EX.EXENDTC, order: [EXSTDTC, EXSEQ]}"),
    "last_before": (
        "sdtm/vs.yaml, variables",
        "VSLOBXFL: {last_before: VSDTC, result: VSORRES, by: VSTESTCD}",
    ),
    "latest": ("sdtm/dm.yaml, variables", "RFPENDTC: {latest: [EX.EXENDTC, AE.AEENDTC, VS.VSDTC]}"),
    "lookup": (
        "sdtm/vs.yaml, variables",
        "VISITNUM: {lookup: VISIT, keys: TV.VISIT, value: TV.VISITNUM}",
    ),
    "next": ("sdtm/se.yaml, variables", "SEENDTC: {next: SESTDTC, order: SESTDTC}"),
    "number_part": ("sdtm/lb.yaml, variables", "LBSTRESN: {number_part: LBSTRESC}"),
    "number_visits": ("sdtm/sv.yaml, variables", "VISITNUM: {number_visits: NAME, date: SVSTDTC}"),
    "part": ("sdtm/dm.yaml, variables", 'SITEID: {part: SUBJ, separator: "-", number: 1}'),
    "range_indicator": (
        "sdtm/lb.yaml, variables",
        "LBNRIND: {range_indicator: LBORRES, low: LBORNRLO, high: LBORNRHI}",
    ),
    "sequence_by": ("sdtm/ae.yaml, variables", "AESEQ: {sequence_by: [AESTDTC, AETERM]}"),
    "study_day": ("sdtm/ae.yaml, variables", "AESTDY: {study_day: AESTDTC}"),
    "text_part": ("sdtm/co.yaml, variables", "COVAL1: {text_part: COMMENT, number: 2}"),
    "titer": ("sdtm/lb.yaml, variables", 'LBSTRESC: {titer: LBORRES, where: LBTESTCD EQ "ANA"}'),
    "upcase": ("sdtm/ae.yaml, variables", "AETERM: {upcase: TERM}"),
    "visit_name": ("sdtm/vs.yaml, variables", "VISIT: {visit_name: vs.VISIT, date: VSDTC}"),
    "visit_number": ("sdtm/vs.yaml, variables", "VISITNUM: {visit_number: VISIT, date: VSDTC}"),
}


def render_reference() -> str:
    """Describe every keyword in Markdown: what it does and takes, with an example."""
    derivations = [d for d in REGISTRY.values() if d.function.__module__.startswith("sdtmconv.")]
    index = "\n".join(f"| [`{d.keyword}`](#{d.keyword}) | {_summary(d)} |" for d in derivations)
    sections = "\n\n".join("\n\n".join(_describe(d)) for d in derivations)
    return f"| keyword | what it does |\n| --- | --- |\n{index}\n\n{sections}\n"


def replace_reference(page: str) -> str:
    """Give a page with the reference between its marks written anew.

    Raises:
        ValueError: The page lacks the marks.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the page has no {BEGIN} with {END} after it")
    return f"{before}{begin}\n\n{render_reference()}\n{end}{after}"


def _summary(derivation: Derivation) -> str:
    return (inspect.getdoc(derivation.function) or "").partition("\n")[0]


def _describe(derivation: Derivation) -> Iterator[str]:
    prose, statements = _split_docstring(derivation)
    yield f"### {derivation.keyword}"
    yield prose
    if derivation.keyword in EXAMPLES:
        place, example = EXAMPLES[derivation.keyword]
        yield f"```yaml\n# {place}\n{example}\n```"
    yield "\n".join(_list_parameters(derivation))
    if derivation.groupwise:
        yield "It looks at all records of the dataset, and so stands under its own `variables:`."
    yield f"In define.xml: *{derivation.method}*"
    if statements:
        yield f"```pycon\n{statements}\n```"


def _split_docstring(derivation: Derivation) -> tuple[str, str]:
    """Give the prose, and the doctest where it is short and about columns alone."""
    pieces = doctest.DocTestParser().parse(inspect.getdoc(derivation.function) or "")
    prose = "".join(piece for piece in pieces if isinstance(piece, str)).strip()
    examples = [piece for piece in pieces if isinstance(piece, doctest.Example)]
    kinds = {parameter.kind for parameter in derivation.parameters}
    if len(examples) > MOST_STATEMENTS or kinds & {*INJECTED, Kind.RECORDS}:
        return prose, ""
    return prose, "\n".join(map(_write_statement, examples))


def _write_statement(example: doctest.Example) -> str:
    first, *others = example.source.rstrip("\n").split("\n")
    lines = [f">>> {first}", *(f"... {line}" for line in others)]
    return "\n".join([*lines, *example.want.splitlines()])


def _list_parameters(derivation: Derivation) -> Iterator[str]:
    pooled = derivation.per_subject and all(p.kind is not Kind.ORDER for p in derivation.named)
    several = "; several are taken together" if pooled else ""
    yield f"- `{derivation.keyword}:` {_describe_type(derivation.main)}{several}"
    for parameter in derivation.named:
        yield f"- `{parameter.name}:` {_describe_type(parameter)}{_describe_default(parameter)}"
    if derivation.other_records:
        yield "- `among:` a condition on the other records that count; all of them if left out"


def _describe_type(parameter: Parameter) -> str:
    if parameter.kind is not Kind.LITERAL:
        return str(parameter.kind.value)
    if typing.get_origin(parameter.type) is Literal:
        *choices, last = (f"`{choice}`" for choice in typing.get_args(parameter.type))
        return f"{', '.join(choices)} or {last}"
    return LITERALS[parameter.type]


def _describe_default(parameter: Parameter) -> str:
    if parameter.required:
        return ""
    if parameter.default in (None, ""):
        return "; may be left out"
    default = parameter.default[0] if isinstance(parameter.default, tuple) else parameter.default
    return f"; `{default}` if left out"


def main() -> None:
    """Write the reference into the page that the command line names."""
    path = Path(sys.argv[1])
    path.write_text(replace_reference(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
