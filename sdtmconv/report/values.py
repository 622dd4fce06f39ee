"""The values behind a problem, most frequent first."""

from __future__ import annotations

from sdtmconv.validate import FindingGroup


def count_values(group: FindingGroup, most: int) -> list[tuple[str, int]]:
    """Count the values of a problem's records.

    Args:
        group: The problem.
        most: How many values to give.

    Returns:
        Values with the number of their records, the most frequent first; missing ones left out.
    """
    counts = group.values[group.values != ""].value_counts().rename_axis("value")
    ordered = counts.reset_index().sort_values(["count", "value"], ascending=[False, True])
    return list(ordered.head(most).itertuples(index=False, name=None))
