"""The rows of a specification by what they define, and what rows refer to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sdtmconv import oids
from sdtmconv.define_xml import model
from sdtmconv.errors import Fault, suggest
from sdtmconv.exchange.p21_layout import ATTRIBUTES, STUDY
from sdtmconv.exchange.p21_sheets import Row

GUIDES = {"SDTM-IG": "SDTMIG", "ADAM-IG": "ADaMIG", "ADAMIG": "ADaMIG"}


class SheetIndex:
    """The rows of all sheets; what is defined twice or refers to nothing is reported.

    Args:
        sheets: Rows by sheet.
        file: The workbook, in messages.
        faults: Takes what is wrong.
    """

    def __init__(self, sheets: Mapping[str, list[Row]], file: str, faults: list[Fault]) -> None:
        self._sheets, self._file, self._faults = sheets, file, faults
        self._study = self._read_study()
        self._language = self._study.get("Language", "en")
        self._documents = self._unique("Documents", "ID")
        self._comments = self._unique("Comments", "ID")
        self._methods = self._unique("Methods", "ID")
        self._standards = self._unique("Standards", "ID")
        self._dictionaries = self._unique("Dictionaries", "ID")
        self._datasets = self._unique("Datasets", "Dataset")
        self._codelists = self._group("Codelists", "ID")
        for name in self._codelists.keys() & self._dictionaries.keys():
            row = self._dictionaries[name]
            row.report(f"{name!r} is in sheet 'Codelists' as well", "keep one of the two")
        self._variables = self._read_variables()
        self._clauses = self._read_clauses()

    def _texts(self, text: str) -> model.Texts | None:
        return model.texts(text, self._language)

    def _read_study(self) -> dict[str, str]:
        study: dict[str, str] = {}
        for row in self._sheets[STUDY]:
            known = {name.casefold(): name for name in ATTRIBUTES}
            name = known.get("".join(row["Attribute"].split()).casefold(), row["Attribute"])
            if name in study:
                row.report(f"{name} is stated twice", "keep one of the two")
            study[name] = row["Value"]
        if not study.get("StudyName"):
            remedy = "add a sheet 'Study' with a row StudyName"
            self._faults.append(Fault(self._file, "names no study", remedy))
        return study

    def _unique(self, sheet: str, title: str) -> dict[str, Row]:
        rows: dict[str, Row] = {}
        for row in self._sheets[sheet]:
            if row[title] in rows:
                first = rows[row[title]].place.rpartition(" ")[2]
                problem = f"{title} {row[title]!r} stands in row {first} as well"
                row.report(problem, "keep one of the two")
            elif row[title]:
                rows[row[title]] = row
        return rows

    def _group(self, sheet: str, title: str) -> dict[str, list[Row]]:
        """Gather the rows of each ID, in order."""
        groups: dict[str, list[Row]] = {}
        for row in self._sheets[sheet]:
            if row[title]:
                groups.setdefault(row[title], []).append(row)
        return groups

    def _read_variables(self) -> dict[str, dict[str, Row]]:
        found: dict[str, dict[str, Row]] = {name: {} for name in self._datasets}
        for row in self._sheets["Variables"]:
            dataset = row.refer("Dataset", self._datasets, "Datasets")
            name = row["Variable"]
            row.number("Order")
            if dataset and name in found[dataset]:
                first = found[dataset][name].place.rpartition(" ")[2]
                problem = f"{dataset}.{name} stands in row {first} as well"
                row.report(problem, "keep one of the two")
            elif dataset and name:
                found[dataset][name] = row
        for name, variables in found.items():
            if not variables:
                problem = f"{name} has no variable in sheet 'Variables'"
                self._datasets[name].report(problem, "add them, or take the dataset out")
        return found

    def _read_clauses(self) -> dict[str, list[Row]]:
        clauses = self._group("WhereClauses", "ID")
        for rows in clauses.values():
            for row in rows:
                dataset = row.refer("Dataset", self._datasets, "Datasets")
                known = self._variables.get(dataset, {})
                if dataset and row["Variable"] and row["Variable"] not in known:
                    remedy = suggest(row["Variable"], known, "add it to sheet 'Variables'")
                    row.report(f"{dataset} has no variable {row['Variable']!r}", remedy)
        return clauses

    def _read_standards(self) -> Iterator[model.Standard]:
        for name, row in self._standards.items():
            yield model.Standard(
                oid=f"STD.{name}",
                name=row["Name"],
                type=row.choice("Type", ("IG", "CT"), "IG"),
                publishing_set=row["Publishing Set"],
                version=row["Version"],
                status=row["Status"] or "Final",
                comment_oid=self._comment(row),
            )
        guide = self._study.get("StandardName", "")
        if guide and not self._standards:
            name = GUIDES.get(guide.upper(), guide)
            version = self._study.get("StandardVersion", "")
            oid = oids.standard_oid(name, version)
            yield model.Standard(oid=oid, name=name, type="IG", version=version, status="Final")

    @property
    def _is_analysis(self) -> bool:
        return "adam" in self._study.get("StandardName", "").lower()

    def _standard(self, row: Row, title: str) -> str:
        """Find a standard by its ID, or by name and version as in `SDTMIG 3.4`."""
        named = {
            f"{each['Name']} {each['Version']}": name for name, each in self._standards.items()
        }
        text = named.get(row[title], row[title])
        found = row.check_id(title, text, self._standards, "Standards")
        if found or row[title]:
            return f"STD.{found}" if found else ""
        guides = [n for n, each in self._standards.items() if each["Type"].upper() == "IG"]
        if title == "Standard" and guides:
            return f"STD.{guides[0]}"
        if title == "Standard" and self._study.get("StandardName"):
            return next(self._read_standards()).oid
        return ""

    def _comment(self, row: Row) -> str:
        found = row.refer("Comment", self._comments, "Comments")
        return f"COM.{found}" if found else ""
