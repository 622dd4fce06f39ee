"""Texts for readers, other names of things, and documents."""

from __future__ import annotations

from dataclasses import dataclass

from sdtmconv.define_xml.model.node import (
    Node,
    attribute,
    child,
    children,
    content,
    number,
    text_child,
)


@dataclass(frozen=True, kw_only=True)
class TranslatedText(Node):
    """A text in one language."""

    language: str = attribute("xml:lang")
    text: str = content()


@dataclass(frozen=True, kw_only=True)
class Texts(Node):
    """The same text in several languages: a Description, a Decode, a Question."""

    translations: tuple[TranslatedText, ...] = children("TranslatedText", TranslatedText)

    def __str__(self) -> str:
        """Give the first text, which is the only one in nearly every define.xml."""
        return self.translations[0].text.strip() if self.translations else ""


def texts(text: str, language: str = "en") -> Texts | None:
    """Make a text for readers; None where there is none.

    >>> str(texts("Adverse Events"))
    'Adverse Events'
    """
    if not text:
        return None
    return Texts(translations=(TranslatedText(language=language, text=text),))


@dataclass(frozen=True, kw_only=True)
class Alias(Node):
    """Another name of a thing, such as the NCI code of a term."""

    context: str = attribute("Context")
    name: str = attribute("Name")


@dataclass(frozen=True, kw_only=True)
class PDFPageRef(Node):
    """Pages of a PDF document, listed or from first to last."""

    page_refs: str = attribute("PageRefs")
    first_page: int | None = number("FirstPage")
    last_page: int | None = number("LastPage")
    type: str = attribute("Type")
    title: str = attribute("Title")


@dataclass(frozen=True, kw_only=True)
class DocumentRef(Node):
    """A document that says more, by the ID of its leaf."""

    leaf_id: str = attribute("leafID")
    pages: tuple[PDFPageRef, ...] = children("def:PDFPageRef", PDFPageRef)


@dataclass(frozen=True, kw_only=True)
class DocumentRefs(Node):
    """A list of documents: def:AnnotatedCRF, def:SupplementalDoc."""

    documents: tuple[DocumentRef, ...] = children("def:DocumentRef", DocumentRef)


@dataclass(frozen=True, kw_only=True)
class Leaf(Node):
    """Where a file is, seen from define.xml."""

    id: str = attribute("ID")
    href: str = attribute("xlink:href")
    title: str | None = text_child("def:title")


@dataclass(frozen=True, kw_only=True)
class FormalExpression(Node):
    """A method or condition in a language that a machine reads, which `context` names."""

    context: str = attribute("Context")
    text: str = content()


@dataclass(frozen=True, kw_only=True)
class MethodDef(Node):
    """How values are computed or imputed."""

    oid: str = attribute("OID")
    name: str = attribute("Name")
    type: str = attribute("Type")
    description: Texts | None = child("Description", Texts)
    formal_expressions: tuple[FormalExpression, ...] = children(
        "FormalExpression", FormalExpression
    )
    aliases: tuple[Alias, ...] = children("Alias", Alias)
    documents: tuple[DocumentRef, ...] = children("def:DocumentRef", DocumentRef)


@dataclass(frozen=True, kw_only=True)
class CommentDef(Node):
    """A remark, which several things may share."""

    oid: str = attribute("OID")
    description: Texts | None = child("Description", Texts)
    documents: tuple[DocumentRef, ...] = children("def:DocumentRef", DocumentRef)
