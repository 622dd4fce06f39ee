"""A define.xml as a whole: its header, standards, datasets and everything they refer to."""

from __future__ import annotations

from dataclasses import dataclass

from sdtmconv.define_xml.model.code_lists import CodeList
from sdtmconv.define_xml.model.items import ItemDef, ItemRef, ValueListDef, WhereClauseDef
from sdtmconv.define_xml.model.node import (
    Node,
    attribute,
    child,
    children,
    text_child,
)
from sdtmconv.define_xml.model.results import AnalysisResultDisplays
from sdtmconv.define_xml.model.texts import (
    Alias,
    CommentDef,
    DocumentRefs,
    Leaf,
    MethodDef,
    Texts,
)


@dataclass(frozen=True, kw_only=True)
class Standard(Node):
    """An implementation guide (type IG), or a package of controlled terminology (CT)."""

    oid: str = attribute("OID")
    name: str = attribute("Name")
    type: str = attribute("Type")
    publishing_set: str = attribute("PublishingSet")
    version: str = attribute("Version")
    status: str = attribute("Status")
    comment_oid: str = attribute("def:CommentOID")


@dataclass(frozen=True, kw_only=True)
class Standards(Node):
    """What the study follows."""

    standards: tuple[Standard, ...] = children("def:Standard", Standard)


@dataclass(frozen=True, kw_only=True)
class SubClass(Node):
    """A dataset's class in more detail, such as TIME-TO-EVENT."""

    name: str = attribute("Name")
    parent_class: str = attribute("ParentClass")


@dataclass(frozen=True, kw_only=True)
class ClassDef(Node):
    """A dataset's class."""

    name: str = attribute("Name")
    sub_classes: tuple[SubClass, ...] = children("def:SubClass", SubClass)


@dataclass(frozen=True, kw_only=True)
class ItemGroupDef(Node):
    """A dataset."""

    oid: str = attribute("OID")
    name: str = attribute("Name")
    domain: str = attribute("Domain")
    repeating: str = attribute("Repeating")
    is_reference_data: str = attribute("IsReferenceData")
    sas_dataset_name: str = attribute("SASDatasetName")
    purpose: str = attribute("Purpose")
    structure: str = attribute("def:Structure")
    standard_oid: str = attribute("def:StandardOID")
    is_non_standard: str = attribute("def:IsNonStandard")
    has_no_data: str = attribute("def:HasNoData")
    archive_location_id: str = attribute("def:ArchiveLocationID")
    comment_oid: str = attribute("def:CommentOID")
    description: Texts | None = child("Description", Texts)
    item_refs: tuple[ItemRef, ...] = children("ItemRef", ItemRef)
    aliases: tuple[Alias, ...] = children("Alias", Alias)
    class_: ClassDef | None = child("def:Class", ClassDef)
    leaf: Leaf | None = child("def:leaf", Leaf)


@dataclass(frozen=True, kw_only=True)
class MetaDataVersion(Node):
    """Everything that is defined."""

    oid: str = attribute("OID")
    name: str = attribute("Name")
    description: str = attribute("Description")
    define_version: str = attribute("def:DefineVersion")
    comment_oid: str = attribute("def:CommentOID")
    standards: Standards | None = child("def:Standards", Standards)
    annotated_crf: DocumentRefs | None = child("def:AnnotatedCRF", DocumentRefs)
    supplemental_doc: DocumentRefs | None = child("def:SupplementalDoc", DocumentRefs)
    value_lists: tuple[ValueListDef, ...] = children("def:ValueListDef", ValueListDef)
    where_clauses: tuple[WhereClauseDef, ...] = children("def:WhereClauseDef", WhereClauseDef)
    item_groups: tuple[ItemGroupDef, ...] = children("ItemGroupDef", ItemGroupDef)
    items: tuple[ItemDef, ...] = children("ItemDef", ItemDef)
    code_lists: tuple[CodeList, ...] = children("CodeList", CodeList)
    methods: tuple[MethodDef, ...] = children("MethodDef", MethodDef)
    comments: tuple[CommentDef, ...] = children("def:CommentDef", CommentDef)
    leaves: tuple[Leaf, ...] = children("def:leaf", Leaf)
    result_displays: AnalysisResultDisplays | None = child(
        "arm:AnalysisResultDisplays", AnalysisResultDisplays
    )


@dataclass(frozen=True, kw_only=True)
class GlobalVariables(Node):
    """The study's names."""

    study_name: str | None = text_child("StudyName")
    study_description: str | None = text_child("StudyDescription")
    protocol_name: str | None = text_child("ProtocolName")


@dataclass(frozen=True, kw_only=True)
class Study(Node):
    """The study that is described."""

    oid: str = attribute("OID")
    global_variables: GlobalVariables | None = child("GlobalVariables", GlobalVariables)
    metadata_version: MetaDataVersion = child("MetaDataVersion", MetaDataVersion)


@dataclass(frozen=True, kw_only=True)
class Define(Node):
    """A define.xml: the ODM element and all in it."""

    odm_version: str = attribute("ODMVersion")
    file_type: str = attribute("FileType")
    file_oid: str = attribute("FileOID")
    creation_date_time: str = attribute("CreationDateTime")
    as_of_date_time: str = attribute("AsOfDateTime")
    prior_file_oid: str = attribute("PriorFileOID")
    originator: str = attribute("Originator")
    source_system: str = attribute("SourceSystem")
    source_system_version: str = attribute("SourceSystemVersion")
    context: str = attribute("def:Context")
    description: str = attribute("Description")
    study: Study = child("Study", Study)

    @property
    def metadata(self) -> MetaDataVersion:
        """Everything that is defined."""
        return self.study.metadata_version
