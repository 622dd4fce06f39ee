"""What makes a finding the same finding in the next run: rule, place and key, never row or value.

A wording that a release changes, or a value that a new data cut brings, leaves the identity as it
was. Records that agree on all of it, as duplicates do, are one to the reader who has to answer.
"""

from __future__ import annotations

import hashlib

from sdtmconv.validate.findings import FindingGroup

_BETWEEN = "\x1f"


def identify_findings(group: FindingGroup) -> list[str]:
    """Give the identity of each finding of a group, 16 hexadecimal digits.

    >>> identify_findings(FindingGroup("variable-known", "AE", "AEXX", "is not described"))
    ['92e0a5fef6b0e425']
    """
    place = [group.rule, group.dataset, group.variable]
    if not len(group.values):
        return [_hash(_BETWEEN.join(place))]
    names = sorted(group.keys.columns)
    keys = [group.keys[name].tolist() for name in names]
    rows = zip(*keys, strict=True) if keys else [()] * len(group)
    start = _BETWEEN.join([*place, *names])
    # A digest is of one text: there is no hash of whole columns that stays the same for ever.
    return [_hash(_BETWEEN.join((start, *row))) for row in rows]


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
