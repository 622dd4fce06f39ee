"""A study's codelists.yaml, laid over the controlled terminology."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from sdtmconv.errors import suggest
from sdtmconv.metadata import Codelist, Term
from sdtmconv.spec.catalog import Catalog
from sdtmconv.spec.model import StudyCodelist
from sdtmconv.spec.yaml_nodes import Node, Reader

FIELDS = (
    "standard",
    "terms",
    "extend",
    "only",
    "decodes",
    "label",
    "others",
    "values",
    "code",
    "terminology",
    "dictionary",
    "version",
)
# What describes a codelist as a define.xml has it, apart from the terminology at hand.
OF_VALUE = ("decode", "code", "extended")
NONE = "none"


class Codelists:
    """Finds the codelist of a variable: the study's own, or the standard's with its additions."""

    def __init__(self, catalog: Catalog, reader: Reader) -> None:
        self._catalog, self._reader = catalog, reader
        self._stated: dict[str, StudyCodelist] = {}
        self._by_standard: dict[str, list[StudyCodelist]] = {}

    def read(self, node: Node | None) -> None:
        """Compile codelists.yaml."""
        for name, entry in self._reader.mapping(node, "codelists.yaml").items():
            codelist = self._compile(name, entry)
            self._stated[name] = codelist
            code = codelist.codelist.code if codelist.codelist else ""
            standard = self._catalog.codelist(code) if code else None
            if standard and standard.name == name:
                self._by_standard.setdefault(code, []).append(codelist)

    def place_of(self, name: str) -> str:
        """Tell where codelists.yaml states a codelist; empty where it does not."""
        return self._stated[name].place if name in self._stated else ""

    def named(self, node: Node, what: str) -> StudyCodelist | None:
        """Find the codelist that a spec names; None for `none`."""
        name = self._reader.text(node, what)
        if name == NONE:
            return None
        if name in self._stated:
            return self._stated[name]
        standard = self._catalog.codelist(name)
        if standard:
            return StudyCodelist(standard.name, standard, {})
        names = [*self._stated, *self._catalog.codelist_names]
        self._reader.report(
            node.place,
            f"{what}: no codelist {name!r}",
            suggest(name, names, "add it to codelists.yaml"),
        )
        return None

    def of_standard(self, codes: tuple[str, ...]) -> StudyCodelist | None:
        """Give the codelist of a variable for which the standard names one or several."""
        found = [self._of_code(code) for code in codes]
        pooled = [codelist for codelist in found if codelist]
        if len(pooled) < 2:
            return pooled[0] if pooled else None
        return _pool(pooled)

    def _of_code(self, code: str) -> StudyCodelist | None:
        stated = self._by_standard.get(code)
        if stated:
            return stated[0]
        standard = self._catalog.codelist(code)
        return StudyCodelist(standard.name, standard, {}) if standard else None

    def _compile(self, name: str, node: Node) -> StudyCodelist:
        what = f"codelist {name}"
        fields = self._reader.fields(node, what, FIELDS)
        collected = self._texts(fields.get("terms"), f"{what}: terms")
        if "dictionary" in fields or "values" in fields:
            return StudyCodelist(name, self._described(name, fields, what), collected, node.place)
        standard = self._standard(name, fields, what)
        if standard is None and "others" in fields:
            self._reader.choice(fields["others"], f"{what}: others", ("ascii",), "ascii")
            return StudyCodelist(name, None, collected, node.place, keeps_ascii=True)
        if standard is None:
            own = self._own(name, fields, collected, what, node.place)
            return StudyCodelist(name, own, collected, node.place)
        for key in ("decodes", "others"):
            if key in fields:
                self._reader.report(
                    node.place_of(key),
                    f"{what} is standard and has its own {key}",
                    f"leave `{key}` out",
                )
        extended = self._extend(standard, fields.get("extend"), what)
        if "label" in fields:
            label = self._reader.text(fields["label"], f"{what}: label", standard.label)
            extended = dataclasses.replace(extended, label=label)
        if "only" in fields:
            extended = self._restrict(name, extended, fields["only"], what)
        self._check_terms(fields.get("terms"), collected, extended, what)
        return StudyCodelist(name, extended, collected, node.place)

    def _restrict(self, name: str, codelist: Codelist, node: Node, what: str) -> Codelist:
        """Leave the terms that the study allows, as a codelist with a name of its own."""
        terms = {term.value: term for term in codelist.terms}
        kept = self._reader.texts(node, f"{what}: only")
        for value in kept:
            if value not in terms:
                remedy = suggest(value, terms, "add it to `extend` first")
                self._reader.report(node.place, f"{what} has no term {value!r}", remedy)
        known = tuple(terms[value] for value in kept if value in terms)
        return dataclasses.replace(codelist, name=name, terms=known, extensible=False)

    def _described(self, name: str, fields: Mapping[str, Node], what: str) -> Codelist:
        """Take a codelist as it is described, whatever the terminology at hand says of it."""

        def text(key: str, default: str = "") -> str:
            return self._reader.text(fields.get(key), f"{what}: {key}", default)

        for key in ("standard", "extend", "only", "decodes", "others"):
            if key in fields:
                remedy = "leave it out, or `values` and `dictionary`"
                self._reader.report(fields[key].place, f"{what} has {key} beside them", remedy)
        values = fields.get("values")
        plain = values is not None and not isinstance(values.content, dict)
        terms = (
            [Term(value) for value in self._reader.texts(values, f"{what}: values")]
            if plain
            else [
                self._term(value, node, f"{what}: {value}")
                for value, node in self._reader.mapping(values, f"{what}: values").items()
            ]
        )
        return Codelist(
            name,
            text("label", name),
            tuple(terms),
            code=text("code"),
            standard=text("terminology"),
            dictionary=text("dictionary"),
            version=text("version"),
        )

    def _term(self, value: str, node: Node, what: str) -> Term:
        if isinstance(node.content, str):
            return Term(value, self._reader.text(node, what))
        entries = self._reader.fields(node, what, OF_VALUE)
        return Term(
            value,
            self._reader.text(entries.get("decode"), f"{what}: decode"),
            self._reader.text(entries.get("code"), f"{what}: code"),
            self._reader.flag(entries.get("extended"), f"{what}: extended"),
        )

    def _standard(self, name: str, fields: Mapping[str, Node], what: str) -> Codelist | None:
        if "standard" not in fields:
            return self._catalog.codelist(name)
        node = fields["standard"]
        wanted = self._reader.text(node, f"{what}: standard")
        standard = self._catalog.codelist(wanted)
        if standard is None:
            remedy = suggest(wanted, self._catalog.codelist_names, "leave `standard` out")
            self._reader.report(node.place, f"{what}: no standard codelist {wanted!r}", remedy)
        return standard

    def _texts(self, node: Node | None, what: str) -> dict[str, str]:
        entries = self._reader.mapping(node, what)
        return {key: self._reader.text(value, f"{what}: {key}") for key, value in entries.items()}

    def _own(
        self,
        name: str,
        fields: Mapping[str, Node],
        collected: Mapping[str, str],
        what: str,
        place: str,
    ) -> Codelist:
        decodes = self._texts(fields.get("decodes"), f"{what}: decodes")
        extra = self._texts(fields.get("extend"), f"{what}: extend")
        values = dict.fromkeys([*collected.values(), *extra])
        for value in decodes:
            if value not in values:
                remedy = suggest(value, values, "name a submission value of `terms`")
                self._reader.report(
                    fields["decodes"].place_of(value), f"{what} has no value {value!r}", remedy
                )
        if not values:
            self._reader.report(
                place, f"{what} has no terms", "add `terms: {collected value: submission value}`"
            )
        for value in values:
            self._reader.check_text(value, f"{what}: {value[:20]}", place, 200)
        terms = tuple(Term(v, decodes.get(v, extra.get(v, ""))) for v in values)
        return Codelist(name, self._reader.text(fields.get("label"), f"{what}: label", name), terms)

    def _extend(self, standard: Codelist, node: Node | None, what: str) -> Codelist:
        extra = self._texts(node, f"{what}: extend")
        if not extra:
            return standard
        assert node
        if not standard.extensible:
            self._reader.report(
                node.place,
                f"{what} is not extensible by CDISC's terminology",
                "map the values to its terms",
            )
        known = {term.value for term in standard.terms}
        for value in extra:
            self._reader.check_text(value, f"{what}: {value[:20]}", node.place_of(value), 200)
            if value in known:
                self._reader.report(
                    node.place_of(value),
                    f"{what} has the term {value!r} already",
                    "take it out of `extend`",
                )
        added = tuple(Term(value, decode, extended=True) for value, decode in extra.items())
        return dataclasses.replace(standard, terms=standard.terms + added)

    def _check_terms(
        self, node: Node | None, collected: Mapping[str, str], codelist: Codelist, what: str
    ) -> None:
        values = codelist.values
        shown = ", ".join(term.value for term in codelist.terms[:8])
        for key, value in collected.items():
            if value.strip() and value not in values:
                assert node
                otherwise = (
                    f"add `extend: {{{value}: its meaning}}`"
                    if codelist.extensible
                    else f"take one of CDISC's terms, such as {shown}"
                )
                self._reader.report(
                    node.place_of(key),
                    f"{what} has no term {value!r}",
                    suggest(value, values, otherwise),
                )


def _pool(codelists: list[StudyCodelist]) -> StudyCodelist:
    """Join the codelists of a variable that draws on several, such as DSDECOD."""
    collected: dict[str, str] = {}
    for codelist in codelists:
        collected = {**codelist.collected, **collected}
    pooled = pool_codelists([c.codelist for c in codelists if c.codelist])
    return StudyCodelist(pooled.name, pooled, collected)


def pool_codelists(codelists: list[Codelist]) -> Codelist:
    """Give one codelist with the terms of several; one alone is itself."""
    distinct = {codelist.name: codelist for codelist in codelists}
    first = codelists[0]
    if len(distinct) == 1:
        return first
    terms = {term.value: term for codelist in reversed(codelists) for term in codelist.terms}
    order = dict.fromkeys(term.value for codelist in codelists for term in codelist.terms)
    return dataclasses.replace(
        first,
        name="/".join(distinct),
        label=" / ".join(codelist.label for codelist in distinct.values()),
        code="",
        terms=tuple(terms[value] for value in order),
        extensible=any(codelist.extensible for codelist in codelists),
    )
