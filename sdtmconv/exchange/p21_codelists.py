"""Sheets Codelists and Dictionaries of a specification."""

from __future__ import annotations

from sdtmconv.define_xml import model
from sdtmconv.exchange.p21_parts import nci_code
from sdtmconv.exchange.p21_sheets import Row

_OF_LIST = ("Name", "Data Type", "NCI Codelist Code", "Terminology")
_DATA_TYPES = ("text", "integer", "float")


def make_codelist(
    name: str, rows: list[Row], standard_oid: str, comment_oid: str, language: str
) -> model.CodeList:
    """Make a codelist of the rows of its terms.

    Args:
        name: Its ID.
        rows: One row per term; the first says what holds of the list.
        standard_oid: The terminology that it is from; empty for the sponsor's own.
        comment_oid: The comment on it.
        language: Language of decodes.
    """
    first = rows[0]
    for title in _OF_LIST:
        for row in rows:
            if row[title] and row[title] != first[title]:
                problem = f"{title} of codelist {name!r} is {row[title]!r}"
                row.report(problem, f"write {first[title]!r}, as in its first row")
    terms = _unique_terms(name, rows)
    code = first["NCI Codelist Code"]
    is_cdisc = bool(code or (standard_oid and any(r["NCI Term Code"] for r in terms.values())))
    decoded = any(row["Decoded Value"] for row in terms.values())
    ordered = list(enumerate(terms.items(), start=1))
    return model.CodeList(
        oid=f"CL.{name}",
        name=first["Name"] or name,
        data_type=first.choice("Data Type", _DATA_TYPES, "text"),
        standard_oid=standard_oid,
        is_non_standard="" if standard_oid or code else "Yes",
        comment_oid=comment_oid,
        code_list_items=tuple(
            model.CodeListItem(
                coded_value=value,
                order_number=number,
                extended_value=_extended(row, is_cdisc),
                decode=model.texts(row["Decoded Value"] or value, language),
                aliases=nci_code(row["NCI Term Code"]),
            )
            for number, (value, row) in ordered
            if decoded
        ),
        enumerated_items=tuple(
            model.EnumeratedItem(
                coded_value=value,
                order_number=number,
                extended_value=_extended(row, is_cdisc),
                aliases=nci_code(row["NCI Term Code"]),
            )
            for number, (value, row) in ordered
            if not decoded
        ),
        aliases=nci_code(code),
    )


def make_dictionary(name: str, row: Row) -> model.CodeList:
    """Make the codelist that stands for a dictionary."""
    external = model.ExternalCodeList(dictionary=row["Dictionary"], version=row["Version"])
    return model.CodeList(
        oid=f"CL.{name}",
        name=row["Name"],
        data_type=row.choice("Data Type", _DATA_TYPES, "text"),
        external_code_list=external,
    )


def _unique_terms(name: str, rows: list[Row]) -> dict[str, Row]:
    terms: dict[str, Row] = {}
    for row in rows:
        if row["Term"] in terms:
            problem = f"term {row['Term']!r} of codelist {name!r} is there already"
            row.report(problem, "keep one of the two")
        elif row["Term"]:
            terms[row["Term"]] = row
    return terms


def _extended(row: Row, is_cdisc: bool) -> str:
    """Tell the sponsor's term in a codelist of CDISC's: as stated, or by the lack of a code."""
    if row["Extended"]:
        return row.choice("Extended", ("Yes", "No")).replace("No", "")
    return "Yes" if is_cdisc and not row["NCI Term Code"] else ""
