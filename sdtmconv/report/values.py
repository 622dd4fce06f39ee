"""The values behind a problem, most frequent first."""

from __future__ import annotations

from collections import Counter

from sdtmconv.validate import FindingGroup


def count_values(group: FindingGroup) -> list[tuple[str, int]]:
    """Count the values of a problem's records.

    Args:
        group: The problem.

    Returns:
        Values with the number of their records, the most frequent first; missing ones left out.
    """
    counts = Counter(value for value in group.values.tolist() if value)
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
