"""The OIDs that define.xml and other files share: readable, the same always, each given once.

A prefix tells the kind, as in CDISC's examples: IG dataset, IT variable, VL value list,
WC condition, CL codelist, MT method, COM comment, STD standard, LF file.
"""

from __future__ import annotations

import hashlib
import re

Where = tuple[tuple[str, str, tuple[str, ...]], ...]


def _condition_parts(where: Where) -> list[str]:
    """Spell a condition in full where that is short and unambiguous, else by its digest."""
    plain = all(
        comparator == "EQ" and len(values) == 1 and re.fullmatch(r"\w+", values[0], re.ASCII)
        for _, comparator, values in where
    )
    if plain:
        return [part for variable, _, (value,) in where for part in (variable, value)]
    digest = hashlib.sha256(repr(where).encode()).hexdigest()[:12]
    return [*(variable for variable, _, _ in where), digest]


def dataset_oid(dataset: str) -> str:
    """Name an ItemGroupDef.

    >>> dataset_oid("AE")
    'IG.AE'
    """
    return f"IG.{dataset}"


def item_oid(dataset: str, variable: str, where: Where = ()) -> str:
    """Name the ItemDef of a variable, or of its values where a condition holds.

    >>> item_oid("VS", "VSORRES"), item_oid("VS", "VSORRES", (("VSTESTCD", "EQ", ("TEMP",)),))
    ('IT.VS.VSORRES', 'IT.VS.VSORRES.VSTESTCD.TEMP')
    """
    return ".".join(["IT", dataset, variable, *_condition_parts(where)])


def value_list_oid(dataset: str, variable: str) -> str:
    """Name the ValueListDef of a variable."""
    return f"VL.{dataset}.{variable}"


def where_oid(dataset: str, where: Where) -> str:
    """Name a WhereClauseDef of a dataset, which several of its variables may share."""
    return ".".join(["WC", dataset, *_condition_parts(where)])


def standard_oid(name: str, version: str) -> str:
    """Name a Standard.

    >>> standard_oid("SDTM CT", "2022-09-30")
    'STD.SDTM-CT.2022-09-30'
    """
    return f"STD.{name.replace(' ', '-')}.{version}"


def leaf_id(file: str) -> str:
    """Name the leaf of a dataset's file, or of a document."""
    return f"LF.{file}"


def display_oid(display: str) -> str:
    """Name a ResultDisplay.

    >>> display_oid("Table 14.2.1")
    'RD.Table-14.2.1'
    """
    return "RD." + re.sub(r"[^\w.]+", "-", display)


def rename(oid: str, prefix: str) -> str:
    """Name what belongs to a definition after it.

    >>> rename("IT.AE.AESTDY", "MT")
    'MT.AE.AESTDY'
    """
    return f"{prefix}.{oid.partition('.')[2]}"
