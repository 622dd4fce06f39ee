"""The rules, one module per family.

A new rule is a function, or a condition, in the module of its family: importing it registers it.
"""

from importlib import import_module

FAMILIES = tuple(
    import_module(f"{__name__}.{family}")
    for family in (
        "files",
        "columns",
        "texts",
        "identity",
        "names",
        "dates",
        "results",
        "deaths",
        "events",
        "subjects",
        "trial",
        "visits",
        "relations",
        "tumours",
        "adsl",
        "analysis_dates",
        "carried",
        "parameters",
        "baseline",
        "flags",
        "censoring",
        "progression",
        "submission",
        "define",
    )
)
"""In the order of asking: what a rule finds is unknown to those after it, so causes come first."""
