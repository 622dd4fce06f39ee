"""The catalogue of rules, for a terminal and as docs/rules.md.

`python -m sdtmconv.report.catalogue docs/rules.md` writes the page.
"""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path

from sdtmconv.errors import Fault, SpecError, raise_faults, suggest
from sdtmconv.validate import RULES, SEVERITIES

HEADING = """# Validation rules

What `sdtmconv build` and `sdtmconv validate` check. An error must be mended, a warning mended or
explained, a note is to be known. `sdtmconv rules ID` shows one of them; this page is written from
the same table by `make docs`.
"""


def rules_as_text(ids: Collection[str]) -> str:
    """Describe some rules, or list all of them.

    Args:
        ids: Ids of rules; empty for a list of all.

    Raises:
        SpecError: There is no such rule.
    """
    unknown = [rule for rule in ids if rule not in RULES]
    raise_faults(SpecError, [_unknown(rule) for rule in unknown])
    if ids:
        return "\n\n".join(_describe(rule) for rule in ids)
    width = max(map(len, RULES))
    lines = [f"{r.id:<{width}}  {r.severity:<7}  {r.title}" for r in RULES.values()]
    return "\n".join(sorted(lines))


def render_catalogue() -> str:
    """Describe every rule in Markdown, by severity and id."""
    sections = [HEADING]
    for severity in SEVERITIES:
        found = sorted(r.id for r in RULES.values() if r.severity == severity)
        sections.append(f"## {severity.capitalize()}s")
        sections += [_render(rule) for rule in found]
    return "\n".join(sections)


def _unknown(rule: str) -> Fault:
    return Fault(rule, "there is no such rule", suggest(rule, RULES, "`sdtmconv rules` lists all"))


def _describe(name: str) -> str:
    rule = RULES[name]
    facts = {
        "Severity": rule.severity,
        "Applies": rule.applies,
        "Source": rule.source,
        "Remedy": rule.remedy,
    }
    lines = [f"  {key + ':':<10}{value}" for key, value in facts.items()]
    return "\n".join([f"{rule.id}: {rule.title}", *lines])


def _render(name: str) -> str:
    rule = RULES[name]
    facts = {"Applies to": rule.applies, "Source": rule.source, "Remedy": rule.remedy}
    lines = [f"- {key}: {value}" for key, value in facts.items()]
    return "\n".join([f"### {rule.id}", f"{rule.title}.", "", *lines, ""])


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(render_catalogue(), encoding="utf-8")
