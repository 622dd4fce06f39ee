"""What the compilers of a study's datasets share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sdtmconv.spec.catalog import Catalog
from sdtmconv.spec.codelists import Codelists
from sdtmconv.spec.model import FormSpec
from sdtmconv.spec.outlines import Outline
from sdtmconv.spec.rules import RuleCompiler, Table
from sdtmconv.spec.unmapped import UnmappedCompiler
from sdtmconv.spec.yaml_nodes import Reader


@dataclass(frozen=True, eq=False)
class Context:
    """What the compilers of a study's datasets share.

    Args:
        study: The study's identifier.
        usubjid: The form of USUBJID.
        forms: The raw forms, or finished datasets, by name.
        outlines: The datasets that are compiled, by name.
        catalog: What the standards say.
        codelists: The study's codelists, and those of the standards.
        reader: Reads nodes, and collects what is wrong with them.
    """

    study: str
    usubjid: str
    forms: Mapping[str, FormSpec]
    outlines: Mapping[str, Outline]
    catalog: Catalog
    codelists: Codelists
    reader: Reader

    @cached_property
    def rules(self) -> RuleCompiler:
        """Compiles rules."""
        return RuleCompiler(self.reader)

    @cached_property
    def unmapped(self) -> UnmappedCompiler:
        """Compiles what is described, and not mapped yet."""
        return UnmappedCompiler(self.catalog, self.codelists, self.reader)

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """What rules can read from: forms and datasets."""
        tables = {
            name: Table(None, one_per_subject=(form.finished and name == "DM") or None)
            for name, form in self.forms.items()
        }
        return tables | {name: outline.table for name, outline in self.outlines.items()}
