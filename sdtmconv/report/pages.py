"""What all pages share: templates, and how many records a browser takes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from sdtmconv.report.text import pluralize

ROWS = 5
"""Records that are shown at first of each problem."""

MOST_RECORDS = 200_000
"""Records that a browser holds without a pause; the JSON report has all."""


@cache
def load_template(name: str) -> Template:
    """Load a page's template; what data hold is escaped in it."""
    environment = Environment(
        loader=PackageLoader("sdtmconv.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["pluralize"] = pluralize
    return environment.get_template(name)


def limit_records(counts: Sequence[int]) -> int:
    """Find how many records each problem may have on a page, so that all have their share.

    >>> limit_records([10, 500_000])
    100000
    """
    limit = MOST_RECORDS
    while limit > ROWS and sum(min(count, limit) for count in counts) > MOST_RECORDS:
        limit //= 2
    return limit
