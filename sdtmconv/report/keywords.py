"""The reference of keywords, rendered from the registry of derivations: an index, and sections.

`python -m sdtmconv.report.keywords docs/spec-language.md` writes the index into that page; the
sections are in docs/derivations.md, which `sdtmconv.report.derivations` writes.
"""

from __future__ import annotations

import doctest
import inspect
import sys
import typing
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import sdtmconv.adam
import sdtmconv.domains
import sdtmconv.mapping  # noqa: F401  (all register keywords)
from sdtmconv.mapping.registry import INJECTED, REGISTRY, Derivation, Kind, Parameter

INDEX, SECTIONS = "index of keywords", "keywords"
SECTIONS_PAGE = "derivations.md"
NAMES = "[Names](spec-language.md#names)"
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
    "date_text": (
        "adam/adae.yaml, variables",
        "ASTDTC: {date_text: ASTDT, format: DDMONYYYY, label: Start Date as Text}",
    ),
    "duration": (
        "adam/adae.yaml, variables",
        'ADURN: {duration: [ASTDT, AENDT], inclusive: "yes"}',
    ),
    "earliest": ("sdtm/dm.yaml, variables", "RFXSTDTC: {earliest: EX.EXSTDTC, among: EXDOSE GT 0}"),
    "epoch": ("sdtm/ae.yaml, variables", "EPOCH: {epoch: AESTDTC}"),
    "exists": ("sdtm/dm.yaml, variables", 'DTHFL: {exists: AE.AETERM, among: AEOUT EQ "FATAL"}'),
    "first": ("sdtm/dm.yaml, variables", "RFSTDTC: {first: EX.EXSTDTC, order: [EXSTDTC, EXSEQ]}"),
    "flag_confirmed": (
        "adam/adrs.yaml, variables",
        'CONFFL: {flag_confirmed: AVALC EQ "PR", again: \'AVALC IN ("CR", "PR")\', date: ADT, '
        "by: PARAMCD, days: 28,\n"
        '  between: \'AVALC IN ("CR", "PR", "NE")\', seldom: AVALC EQ "NE", most: 1, '
        "label: Confirmed Flag}",
    ),
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
    "list": (
        "adam/adsl.yaml, variables",
        'TREATS: {list: EX.EXTRT, separator: " + ", label: Treatments Received}',
    ),
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
    "propcase": (
        "adam/advs.yaml, variables",
        "AVISIT: {propcase: VISIT}",
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
    "substring": (
        "adam/adsl.yaml, variables",
        "SITEGR1: {substring: SITEID, start: 1, length: 1}",
    ),
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


def render_index() -> str:
    """List every keyword with what it does, as a table in Markdown."""
    lines = (f"| [`{d.keyword}`]({SECTIONS_PAGE}#{d.keyword}) | {_summary(d)} |" for d in _list())
    return "\n".join(["| keyword | what it does |", "| --- | --- |", *lines])


def render_sections(answers: Mapping[str, Sequence[str]]) -> str:
    """Describe every keyword in Markdown: what it does and takes, with an example.

    Args:
        answers: Functions of others that a keyword answers, by keyword.
    """
    return "\n\n".join(part for d in _list() for part in _describe(d, answers.get(d.keyword, ())))


def replace_part(page: str, part: str, text: str) -> str:
    """Give a page with what is between the marks of a part written anew.

    Raises:
        ValueError: The page lacks the marks.
    """
    begin, end = f"<!-- {part}: written by `make docs` -->", f"<!-- end of {part} -->"
    before, found_begin, rest = page.partition(begin)
    _, found_end, after = rest.partition(end)
    if not (found_begin and found_end):
        raise ValueError(f"the page has no {begin} with {end} after it")
    return f"{before}{begin}\n\n{text}\n\n{end}{after}"


def _list() -> list[Derivation]:
    """Give the derivations of the package: a study may have brought others."""
    return [d for d in REGISTRY.values() if d.function.__module__.startswith("sdtmconv.")]


def _summary(derivation: Derivation) -> str:
    return (inspect.getdoc(derivation.function) or "").partition("\n")[0]


def _describe(derivation: Derivation, theirs: Sequence[str]) -> Iterator[str]:
    prose, statements = _split_docstring(derivation)
    yield f"### {derivation.keyword}"
    yield prose
    if derivation.keyword in EXAMPLES:
        place, example = EXAMPLES[derivation.keyword]
        yield f"```yaml\n# {place}\n{example}\n```"
    yield "\n".join(_list_parameters(derivation))
    if derivation.groupwise:
        yield "It looks at all records of the dataset, and so stands under its own `variables:`."
    if theirs:
        yield f"In admiral: {', '.join(f'`{name}`' for name in theirs)}."
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
        yield f"- `match:`, `related:` what they have to do with the record; see {NAMES}"


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
    """Write the index into the page that the command line names."""
    path = Path(sys.argv[1])
    page = path.read_text(encoding="utf-8")
    path.write_text(replace_part(page, INDEX, render_index()), encoding="utf-8")


if __name__ == "__main__":
    main()
