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
    "average": (
        "adam/adsl.yaml, variables",
        'PULSE: {average: VS.VSSTRESN, among: VSTESTCD EQ "PULSE", label: Mean Pulse, type: Num}',
    ),
    "baseline": (
        "adam/advs.yaml, variables",
        "BASE: {baseline: AVAL, flag: ABLFL, by: PARAMCD}",
    ),
    "age": (
        "adam/adsl.yaml, variables",
        "AAGE: {age: BRTHDTC, at: RFXSTDTC, label: Age at First Dose, type: Num}",
    ),
    "calculate": (
        "adam/advs.yaml, variables",
        "PCHG: {calculate: 100 * (AVAL - BASE) / abs(BASE)}",
    ),
    "concat": ("sdtm/dm.yaml, variables", 'ARM: {concat: [PART, DOSELVL], separator: ", "}'),
    "confirmed_response": (
        "adam/adrs.yaml, variables",
        'CBORC: {confirmed_response: AVALC, date: ADT, by: PARAMCD, where: ANL01FL EQ "Y", '
        "label: Response if Confirmed}",
    ),
    "constant": ("sdtm/dm.yaml, variables", "AGEU: {constant: YEARS}"),
    "convert": (
        "sdtm/lb.yaml, variables",
        'LBSTRESN: {convert: LBORRES, factor: 88.42, digits: 1, where: LBTESTCD EQ "CREAT"}',
    ),
    "convert_unit": (
        "sdtm/lb.yaml, variables",
        "LBSTRESC: {convert_unit: LBORRES, unit: LBORRESU, to: LBSTRESU, test: LBTESTCD}",
    ),
    "ctcae_grade": (
        "adam/adlb.yaml, variables",
        "ATOXGRL: {ctcae_grade: AVAL, test: PARAMCD, direction: low, unit: LBSTRESU, "
        "low: ANRLO, high: ANRHI, baseline: BASE, baseline_indicator: BNRIND}",
    ),
    "ctcae_term": (
        "adam/adlb.yaml, variables",
        "ATOXDSCL: {ctcae_term: PARAMCD, direction: low}",
    ),
    "count": (
        "adam/adsl.yaml, variables",
        'NSAE: {count: AE.AETERM, among: AESER EQ "Y", label: Serious Events, type: Num}',
    ),
    "date": (
        "adam/adae.yaml, variables",
        "AENDT: {date: AEENDTC, impute: last, level: M, not_after: ADSL.TRTEDT}",
    ),
    "date_imputed": ("adam/adae.yaml, variables", "AENDTF: {date_imputed: AEENDTC, date: AENDT}"),
    "date_part": ("adam/adae.yaml, variables", "ASTDT: {date_part: ASTDTM}"),
    "datetime": ("adam/adae.yaml, variables", "ASTDTM: {datetime: AESTDTC, impute: first}"),
    "duration": (
        "adam/adae.yaml, variables",
        'ADURN: {duration: [ASTDT, AENDT], inclusive: "yes"}',
    ),
    "earliest": ("sdtm/dm.yaml, variables", "RFXSTDTC: {earliest: EX.EXSTDTC, among: EXDOSE GT 0}"),
    "epoch": ("sdtm/ae.yaml, variables", "EPOCH: {epoch: AESTDTC}"),
    "exists": ("sdtm/dm.yaml, variables", 'DTHFL: {exists: AE.AETERM, among: AEOUT EQ "FATAL"}'),
    "first": ("sdtm/dm.yaml, variables", "RFSTDTC: {first: EX.EXSTDTC, order: [EXSTDTC, EXSEQ]}"),
    "flag_first": ("sdtm/vs.yaml, intermediate", "EARLIEST: {flag_first: VSTESTCD, order: VSDTC}"),
    "flag_from": (
        "adam/advs.yaml, variables",
        'ANL02FL: {flag_from: AVAL GT 180, by: PARAMCD, order: ADT, inclusive: "no"}',
    ),
    "flag_last": ("sdtm/lb.yaml, intermediate", "NEWEST: {flag_last: LBTESTCD, order: LBDTC}"),
    "flag_until": (
        "adam/advs.yaml, variables",
        "ANL03FL: {flag_until: AVAL GT 180, by: PARAMCD, order: ADT}",
    ),
    "highest": (
        "adam/adsl.yaml, variables",
        "MAXDOSE: {highest: EX.EXDOSE, label: Highest Dose, type: Num}",
    ),
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
    "lowest": (
        "adam/advs.yaml, variables",
        "LOWEST: {lowest: ADVS.AVAL, match: PARAMCD, label: Lowest Value, type: Num}",
    ),
    "median": (
        "adam/adsl.yaml, variables",
        "MEDDOSE: {median: EX.EXDOSE, label: Median Dose, type: Num}",
    ),
    "next": ("sdtm/se.yaml, variables", "SEENDTC: {next: SESTDTC, order: SESTDTC}"),
    "number_part": ("sdtm/lb.yaml, variables", "LBSTRESN: {number_part: LBSTRESC}"),
    "number_visits": ("sdtm/sv.yaml, variables", "VISITNUM: {number_visits: NAME, date: SVSTDTC}"),
    "on_treatment": ("adam/advs.yaml, variables", "ONTRTFL: {on_treatment: ADT, window: 7}"),
    "part": ("sdtm/dm.yaml, variables", 'SITEID: {part: SUBJ, separator: "-", number: 1}'),
    "period": (
        "adam/adae.yaml, variables",
        "APHASE: {period: ASTDT, starts: [ADSL.TRTSDT], values: [TREATMENT], before: SCREENING}",
    ),
    "range_indicator": (
        "sdtm/lb.yaml, variables",
        "LBNRIND: {range_indicator: LBORRES, low: LBORNRLO, high: LBORNRHI}",
    ),
    "recist_overall_response": (
        "adam/adrs.yaml, variables",
        'OVRC: {recist_overall_response: TARGET, non_target: NONTARG, new_lesion: NEWLES EQ "Y", '
        "label: Response Recomputed}",
    ),
    "recist_target_response": (
        "adam/adtr.yaml, variables",
        "AVALC: {recist_target_response: AVAL, baseline: BASE, nadir: NADIR, "
        "complete: AVAL is not missing, vanished: AVAL EQ 0, where: ADT GT TRTSDT}",
    ),
    "running": (
        "adam/advs.yaml, variables",
        "NADIR: {running: AVAL, take: minimum, over: earlier records, by: PARAMCD, order: ADT, "
        "label: Lowest Value Before, type: Num}",
    ),
    "sequence_by": ("sdtm/ae.yaml, variables", "AESEQ: {sequence_by: [AESTDTC, AETERM]}"),
    "shift_date": (
        "adam/adsl.yaml, variables",
        "TRTEWDT: {shift_date: TRTEDT, days: 30, label: End of Window, type: Num}",
    ),
    "study_day": ("sdtm/ae.yaml, variables", "AESTDY: {study_day: AESTDTC}"),
    "text_part": ("sdtm/co.yaml, variables", "COVAL1: {text_part: COMMENT, number: 2}"),
    "time_imputed": (
        "adam/adae.yaml, variables",
        "ASTTMF: {time_imputed: AESTDTC, datetime: ASTDTM}",
    ),
    "time_part": ("adam/adae.yaml, variables", "ASTTM: {time_part: ASTDTM}"),
    "titer": ("sdtm/lb.yaml, variables", 'LBSTRESC: {titer: LBORRES, where: LBTESTCD EQ "ANA"}'),
    "treatment_emergent": (
        "adam/adae.yaml, variables",
        "AENDT: {date: AEENDTC}\n"
        "TRTEMFL: {treatment_emergent: ASTDT, end: AENDT, treatment_end: ADSL.TRTEDT, window: 30}",
    ),
    "unconfirmed_response": (
        "adam/adrs.yaml, variables",
        'BORC: {unconfirmed_response: AVALC, date: ADT, where: ANL01FL EQ "Y", label: Response}',
    ),
    "total": (
        "adam/adsl.yaml, variables",
        'CUMDOSE: {total: EX.EXDOSE, among: EXTRT EQ "DRUG A", label: Cumulative Dose, type: Num}',
    ),
    "upcase": ("sdtm/ae.yaml, variables", "AETERM: {upcase: TERM}"),
    "visit_name": ("sdtm/vs.yaml, variables", "VISIT: {visit_name: vs.VISIT, date: VSDTC}"),
    "visit_number": ("sdtm/vs.yaml, variables", "VISITNUM: {visit_number: VISIT, date: VSDTC}"),
    "worst_grade": (
        "adam/adlb.yaml, variables",
        "ATOXGR: {worst_grade: ATOXGRL, high: ATOXGRH, test: PARAMCD}",
    ),
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
    if derivation.per_subject:
        yield "- `match:`, `related:` what they have to do with the record; see [Names](#names)"


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
    if parameter.default in (None, "", ()):
        return "; may be left out"
    default = parameter.default[0] if isinstance(parameter.default, tuple) else parameter.default
    return f"; `{default}` if left out"


def main() -> None:
    """Write the reference into the page that the command line names."""
    path = Path(sys.argv[1])
    path.write_text(replace_reference(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
