"""A define.xml as one HTML page that needs nothing but itself: no style sheet, script or network.

Browsers are dropping XSLT, and the stylesheet shows one language only; the page is made from the
model, so that it says what the XML says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from sdtmconv.define_xml import model
from sdtmconv.languages import say

_SAFE_LINK = re.compile(r"https?://|(?![\w+.-]+:)(?!//)", re.IGNORECASE)
_SIGNS = {"EQ": "=", "NE": "≠", "LT": "<", "LE": "≤", "GT": ">", "GE": "≥", "IN": "∈", "NOTIN": "∉"}


@dataclass(frozen=True)
class Link:
    """A text that leads somewhere; nowhere where `href` is empty."""

    text: str
    href: str = ""


@dataclass(frozen=True)
class Row:
    """A variable of a dataset, or a value of a variable."""

    reference: model.ItemRef
    item: model.ItemDef
    where: tuple[tuple[Link, ...], ...]
    size: str
    codelist: Link | None
    values: Link | None
    method: model.MethodDef | None
    comment: model.CommentDef | None
    origins: tuple[tuple[str, str, tuple[Link, ...]], ...]


class Page:
    """What the template asks of a define.xml.

    Args:
        define: The define.xml, of any origin: what a reference leads to may not be there.
    """

    def __init__(self, define: model.Define) -> None:
        self.define, self.metadata = define, define.metadata

    @property
    def names(self) -> model.GlobalVariables:
        """The study's names."""
        return self.define.study.global_variables or model.GlobalVariables()

    @cached_property
    def language(self) -> str:
        """The language of the labels."""
        texts = [group.description for group in self.metadata.item_groups if group.description]
        languages = [t.language for text in texts for t in text.translations if t.language]
        return languages[0] if languages else "en"

    def say(self, english: str) -> str:
        """Give the page's own words in the language of the labels."""
        return say(english, self.language)

    @cached_property
    def items(self) -> dict[str, model.ItemDef]:
        """The items by OID."""
        return {item.oid: item for item in self.metadata.items}

    @cached_property
    def methods(self) -> dict[str, model.MethodDef]:
        """The methods by OID."""
        return {method.oid: method for method in self.metadata.methods}

    @cached_property
    def comments(self) -> dict[str, model.CommentDef]:
        """The comments by OID."""
        return {comment.oid: comment for comment in self.metadata.comments}

    @cached_property
    def code_lists(self) -> dict[str, model.CodeList]:
        """The codelists by OID."""
        return {each.oid: each for each in self.metadata.code_lists}

    @cached_property
    def standards(self) -> dict[str, model.Standard]:
        """The standards by OID."""
        found = self.metadata.standards
        return {each.oid: each for each in found.standards} if found else {}

    @cached_property
    def _leaves(self) -> dict[str, model.Leaf]:
        own = [group.leaf for group in self.metadata.item_groups if group.leaf]
        return {leaf.id: leaf for leaf in (*self.metadata.leaves, *own)}

    @cached_property
    def _where_clauses(self) -> dict[str, model.WhereClauseDef]:
        return {clause.oid: clause for clause in self.metadata.where_clauses}

    @cached_property
    def _places(self) -> dict[str, str]:
        """Where on the page an item is: in the first dataset or value list that refers to it."""
        places: dict[str, str] = {}
        lists: list[model.ItemGroupDef | model.ValueListDef] = [*self.metadata.item_groups]
        for owner in (*lists, *self.metadata.value_lists):
            for reference in owner.item_refs:
                places.setdefault(reference.item_oid, f"{owner.oid}/{reference.item_oid}")
        return places

    @cached_property
    def parents(self) -> dict[str, tuple[model.ItemGroupDef, model.ItemDef]]:
        """The dataset and variable of each value list, by its OID."""
        found: dict[str, tuple[model.ItemGroupDef, model.ItemDef]] = {}
        for group in self.metadata.item_groups:
            for reference in group.item_refs:
                item = self.items.get(reference.item_oid)
                if item and item.value_list_ref:
                    found.setdefault(item.value_list_ref.value_list_oid, (group, item))
        return found

    def rows(self, owner: model.ItemGroupDef | model.ValueListDef) -> Iterator[Row]:
        """List the variables of a dataset, or the values of a value list, in their order."""
        for reference in sorted(owner.item_refs, key=lambda r: r.order_number or 0):
            item = self.items.get(reference.item_oid)
            if item:
                yield self._row(reference, item)

    def _row(self, reference: model.ItemRef, item: model.ItemDef) -> Row:
        where = [self.conditions(each.where_clause_oid) for each in reference.where_clauses]
        codelist = item.code_list_ref and self.code_lists.get(item.code_list_ref.code_list_oid)
        values = item.value_list_ref
        return Row(
            reference=reference,
            item=item,
            where=tuple(where),
            size=_size(item),
            codelist=Link(codelist.name, anchor(codelist.oid)) if codelist else None,
            values=Link(item.name, anchor(values.value_list_oid)) if values else None,
            method=self.methods.get(reference.method_oid),
            comment=self.comments.get(item.comment_oid),
            origins=tuple(
                (" · ".join(filter(None, (self.say(each.type), self.say(each.source)))),
                 str(each.description or ""), self.documents(each.documents))
                for each in item.origins
            ),
        )  # fmt: skip

    def conditions(self, oid: str) -> tuple[Link, ...]:
        """Word a where clause, comparison by comparison."""
        clause = self._where_clauses.get(oid)
        return tuple(map(self._comparison, clause.range_checks)) if clause else ()

    def _comparison(self, check: model.RangeCheck) -> Link:
        item = self.items.get(check.item_oid)
        name = item.name if item else check.item_oid
        sign = _SIGNS.get(check.comparator, check.comparator)
        values = ", ".join(check.check_values)
        listed = f"{{{values}}}" if check.comparator in ("IN", "NOTIN") else values
        place = self._places.get(check.item_oid)
        return Link(f"{name} {sign} {listed}", anchor(place) if place else "")

    def variable(self, dataset: str, oid: str) -> Link:
        """Lead to a variable of a dataset."""
        item, place = self.items.get(oid), self._places.get(oid)
        name = item.name if item else oid
        return Link(name, anchor(place) if place else "")

    def dataset(self, oid: str) -> Link:
        """Lead to a dataset."""
        names = {group.oid: group.name for group in self.metadata.item_groups}
        return Link(names[oid], anchor(oid)) if oid in names else Link(oid)

    def documents(self, references: tuple[model.DocumentRef, ...]) -> tuple[Link, ...]:
        """Lead to documents, and to each page of them that is named."""
        return tuple(link for each in references for link in self._document(each))

    def _document(self, reference: model.DocumentRef) -> Iterator[Link]:
        leaf = self._leaves.get(reference.leaf_id)
        if leaf is None:
            yield Link(reference.leaf_id)
            return
        target = file_link(leaf)
        if not reference.pages:
            yield target
        for page in reference.pages:
            listed = page.page_refs or f"{page.first_page or ''}-{page.last_page or ''}"
            for number in listed.split():
                inner = "nameddest" if page.type == "NamedDestination" else "page"
                first = number.partition("-")[0]
                href = f"{target.href}#{inner}={quote(first)}" if target.href else ""
                yield Link(f"{target.text} {number}", href)


def _size(item: model.ItemDef) -> str:
    """Word an item's length, digits and format."""
    size = "" if item.length is None else str(item.length)
    if item.significant_digits is not None:
        size += f".{item.significant_digits}"
    return " ".join(filter(None, (size, item.display_format)))


def anchor(oid: str) -> str:
    """Give the address of what an OID names on the page.

    >>> anchor("IT.AE 1")
    '#IT.AE%201'
    """
    return f"#{quote(oid)}"


def file_link(leaf: model.Leaf) -> Link:
    """Lead to a file; an address that is neither beside the page nor on the web leads nowhere.

    >>> file_link(model.Leaf(href="javascript:alert(1)", title="Plan"))
    Link(text='Plan', href='')
    """
    title = leaf.title or leaf.href
    return Link(title, leaf.href if _SAFE_LINK.match(leaf.href) else "")


@cache
def _load_template() -> Template:
    loader = PackageLoader("sdtmconv.define_xml")
    environment = Environment(
        loader=loader,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.globals |= {"anchor": anchor, "file_link": file_link}
    return environment.get_template("define.html")


def render_define(define: model.Define) -> str:
    """Show a define.xml as an HTML page, in the language of its labels.

    Args:
        define: What to show, of any origin.
    """
    page = Page(define)
    return _load_template().render(page=page, say=page.say, metadata=page.metadata)
