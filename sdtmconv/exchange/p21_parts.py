"""Parts of a define.xml's model that several sheets of a specification describe."""

from __future__ import annotations

from collections.abc import Collection

from sdtmconv import oids
from sdtmconv.define_xml import model
from sdtmconv.exchange.p21_sheets import Row
from sdtmconv.exchange.p21_values import read_pages, split_values
from sdtmconv.oids import Where


def refer_to_documents(
    row: Row, title: str, known: Collection[str]
) -> tuple[model.DocumentRef, ...]:
    """Read references to documents; pages belong to the first."""
    names = [name for name in split_values(row[title]) if name]
    sound = [row.check_id(title, name, known, "Documents") for name in names]
    pages = read_pages(row["Pages"])
    return tuple(
        model.DocumentRef(leaf_id=oids.leaf_id(name), pages=() if number else pages)
        for number, name in enumerate(filter(None, sound))
    )


def make_where_clause(
    oid: str, dataset: str, where: Where, comment_oid: str = ""
) -> model.WhereClauseDef:
    """Make a condition of comparisons."""
    checks = []
    for variable, comparator, values in where:
        other, _, name = variable.rpartition(".")
        checks.append(
            model.RangeCheck(
                comparator=comparator,
                soft_hard="Soft",
                item_oid=oids.item_oid(other or dataset, name),
                check_values=values,
            )
        )
    return model.WhereClauseDef(oid=oid, comment_oid=comment_oid, range_checks=tuple(checks))


def nci_code(code: str) -> tuple[model.Alias, ...]:
    """Give the alias that holds an NCI code; none where there is none."""
    return (model.Alias(context=model.NCI_CODE, name=code),) if code else ()
