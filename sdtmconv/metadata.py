"""What is known about a dataset besides its values.

One description serves the three readers of a spec: the transport file (names, labels, lengths),
the checks (types, codelists, keys) and define.xml (origins, methods, roles). It is made from the
standard and the spec, and completed with what the data show (lengths, significant digits).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from sdtmconv.analyses import ResultDisplay

VariableType = Literal["Char", "Num"]

Standard = Literal["SDTMIG", "ADAMIG"]

OriginType = Literal[
    "Assigned", "Collected", "Derived", "Not Available", "Other", "Predecessor", "Protocol"
]


@dataclass(frozen=True)
class Term:
    """One permitted value of a codelist.

    Args:
        value: The submission value, as it stands in the data.
        decode: What it means; empty where the value says it already.
        code: NCI code (C...); empty for the sponsor's own terms.
        extended: True for a term that the sponsor added to a standard, extensible codelist.
    """

    value: str
    decode: str = ""
    code: str = ""
    extended: bool = False


@dataclass(frozen=True)
class Codelist:
    """The values that a variable may have.

    Args:
        name: Short name, unique in the study: CDISC's submission value (NY) or the study's own.
        label: Name for a reader (No Yes Response).
        terms: The permitted terms, in the order in which they are shown.
        code: NCI code of the standard codelist (C66742); empty for the study's own.
        extensible: True where values beyond `terms` are allowed.
        standard: Terminology it belongs to ("SDTM 2022-09-30"); empty for the study's own.
        dictionary: External dictionary (MedDRA) instead of terms; `version` is its version.
    """

    name: str
    label: str
    terms: tuple[Term, ...] = ()
    code: str = ""
    extensible: bool = False
    standard: str = ""
    dictionary: str = ""
    version: str = ""

    @cached_property
    def values(self) -> frozenset[str]:
        """The values of its terms."""
        return frozenset(term.value for term in self.terms)

    @cached_property
    def spellings(self) -> Mapping[str, str]:
        """Each value by itself and by its upper case, unless two values have the same one."""
        found: dict[str, str] = {}
        shared: set[str] = set()
        for value in (term.value for term in self.terms):
            upper = value.upper()
            if found.get(upper, value) != value:
                shared.add(upper)
            found[upper] = value
            found[value] = value
        return {key: value for key, value in found.items() if key not in shared or key == value}


@dataclass(frozen=True)
class Origin:
    """Where a value came from, in Define-XML 2.1 terms.

    Args:
        type: One of Define-XML 2.1's origin types.
        source: Investigator, Sponsor, Subject or Vendor; required beside `type` by Define-XML.
        description: For Predecessor: the variable copied, as DM.SEX.
        pages: Pages of the annotated CRF, for Collected.
    """

    type: OriginType
    source: str = "Sponsor"
    description: str = ""
    pages: tuple[int, ...] = ()


@dataclass(frozen=True)
class FormalExpression:
    """A method in a language that a machine reads.

    Args:
        context: The language and its version, such as SAS 9.4.
        code: The expression.
    """

    context: str
    code: str


@dataclass(frozen=True)
class Document:
    """A file that says more than metadata can.

    Args:
        name: Short name in specs: acrf for the annotated CRF, csdrg, sap, ...
        title: Its title.
        file: Where it is, seen from define.xml.
        standard: The guide whose define.xml refers to it; None for every one.
    """

    name: str
    title: str
    file: str
    standard: Standard | None = None


@dataclass(frozen=True)
class ValueLevel:
    """What holds of a variable only where a condition is met (value-level metadata).

    Args:
        where: Comparisons that all hold: (variable, comparator EQ NE LT LE GT GE IN NOTIN, values).
        variable: The description of the values there; its name is the described variable's.
    """

    where: tuple[tuple[str, str, tuple[str, ...]], ...]
    variable: VariableMetadata


@dataclass(frozen=True)
class VariableMetadata:
    """One variable of a dataset.

    Args:
        name: CDISC name.
        label: Up to 40 bytes.
        type: Char or Num.
        length: Bytes in the transport file; 8 for Num.
        data_type: Define-XML data type: text, integer, float, date, datetime, partialDatetime, ...
        significant_digits: Digits after the decimal point, for float.
        display_format: SAS format, such as DATE9. or 8.2; empty for none.
        role: SDTM role (Identifier, Topic, Timing, ...); empty in ADaM.
        core: Req, Exp, Perm (SDTM) or Req, Cond, Perm (ADaM); empty for the sponsor's own.
        incomplete: True where records without a value are as they should be: in ADaM, Required is
            about the variable.
        codelist: The values it may have.
        origin: Where it came from.
        method: English sentence that says how it is derived; empty where it is not.
        expression: The same for machines; None where nobody asked for it.
        comment: Remark for define.xml.
        values: Value-level metadata.
    """

    name: str
    label: str
    type: VariableType
    length: int = 1
    data_type: str = "text"
    significant_digits: int | None = None
    display_format: str = ""
    role: str = ""
    core: str = ""
    incomplete: bool = False
    codelist: Codelist | None = None
    origin: Origin | None = None
    method: str = ""
    expression: FormalExpression | None = None
    comment: str = ""
    values: tuple[ValueLevel, ...] = ()

    @property
    def mandatory(self) -> bool:
        """True where no record may be without a value (core Req)."""
        return self.core == "Req" and not self.incomplete


@dataclass(frozen=True)
class DatasetMetadata:
    """One dataset.

    Args:
        name: Dataset name, up to 8 characters (SUPPAE).
        label: Dataset label, up to 40 bytes.
        variables: Its variables, in their order in the file.
        keys: Variables that identify a record, in sort order.
        domain: Domain code (SUPPAE has AE); the dataset's name in ADaM.
        class_: Define-XML class in upper case (EVENTS, SPECIAL PURPOSE, ADAM OTHER, ...).
        structure: "One record per ...".
        subclass: Define-XML subclass (TIME-TO-EVENT, ADVERSE EVENT); mostly empty.
        standard: The implementation guide: SDTMIG or ADAMIG.
        subject_level: False for datasets without USUBJID, such as trial design.
        repeating: False where a subject has at most one record.
        comment: Remark for define.xml.
    """

    name: str
    label: str
    variables: tuple[VariableMetadata, ...]
    keys: tuple[str, ...]
    domain: str
    class_: str
    structure: str
    subclass: str = ""
    standard: Standard = "SDTMIG"
    subject_level: bool = True
    repeating: bool = True
    comment: str = ""

    def variable(self, name: str) -> VariableMetadata:
        """Find a variable by its name; KeyError where there is none."""
        for variable in self.variables:
            if variable.name == name:
                return variable
        raise KeyError(name)


@dataclass(frozen=True)
class StudyMetadata:
    """What every output of a study shares.

    Args:
        name: STUDYID.
        description: One sentence about the study.
        protocol: The protocol's name.
        versions: Standard to version: SDTMIG 3.4, ADAMIG 1.3, "SDTM CT" 2022-09-30, ...
        data_cut: ISO 8601 date of the data cut; the time stamp of all outputs.
        datasets: What was built.
        documents: Files that say more.
        displays: Which results were made from the analysis datasets.
        language: Language of labels, decodes, methods and comments, as xml:lang names it.
        translations: Other language to the study's own texts in it, by the English ones.
    """

    name: str
    description: str
    protocol: str
    versions: dict[str, str] = field(default_factory=dict)
    data_cut: str = ""
    datasets: tuple[DatasetMetadata, ...] = ()
    documents: tuple[Document, ...] = ()
    displays: tuple[ResultDisplay, ...] = ()
    language: str = "en"
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def find_unversioned(datasets: Iterable[DatasetMetadata]) -> dict[Codelist, tuple[str, ...]]:
    """Find external dictionaries without a version, which define.xml cannot name.

    Args:
        datasets: Described datasets.

    Returns:
        The dictionaries, each with the datasets that it codes.

    >>> terms = Codelist("MedDRA", "MedDRA", dictionary="MedDRA")
    >>> aedecod = VariableMetadata("AEDECOD", "Dictionary-Derived Term", "Char", codelist=terms)
    >>> ae = DatasetMetadata("AE", "Adverse Events", (aedecod,), (), "AE", "EVENTS", "")
    >>> find_unversioned([ae]) == {terms: ("AE",)}
    True
    """
    found: dict[Codelist, dict[str, None]] = {}
    for dataset in datasets:
        for codelist in filter(None, (variable.codelist for variable in dataset.variables)):
            if codelist.dictionary and not codelist.version:
                found.setdefault(codelist, {})[dataset.name] = None
    return {codelist: tuple(names) for codelist, names in found.items()}


def result_variables(domain: str) -> dict[str, tuple[str, ...]]:
    """Give the variables that say what was measured, and the results that depend on them.

    >>> result_variables("VS")["VSTESTCD"]
    ('VSORRES', 'VSSTRESC', 'VSSTRESN')
    """
    return {
        f"{domain}TESTCD": tuple(f"{domain}{end}" for end in ("ORRES", "STRESC", "STRESN")),
        "PARAMCD": ("AVAL", "AVALC"),
        "QNAM": ("QVAL",),
    }
