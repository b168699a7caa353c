"""What a reader of any format hands over: one record a fact, with the place it came from.

Not for judging: what a record means for a case is for the steps after it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from decimal import Decimal

    from priorauth.dates import PartialDate
    from priorauth.history import Source
    from priorauth.problems import Problem


class System(StrEnum):
    """A code system that something is made of here."""

    RXNORM = "RxNorm"
    NDC = "NDC"
    ICD10CM = "ICD-10-CM"
    SNOMED = "SNOMED CT"
    LOINC = "LOINC"
    CPT = "CPT"
    HCPCS = "HCPCS"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record stands: the file, and the resource, section or row in it."""

    file: str
    ref: str

    @property
    def key(self) -> str:
        """Return a name that no other file uses: sections and rows are numbered in each."""
        return f"{self.file} {self.ref}"


@dataclass(frozen=True, slots=True)
class Coding:
    """A code of a system, with the name that the record gives it."""

    system: System
    code: str
    display: str = ""


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing as coded, perhaps in several systems, and as written."""

    codings: tuple[Coding, ...] = ()
    text: str = ""

    def codes(self, system: System) -> tuple[str, ...]:
        """Return the codes of one system."""
        return tuple(coding.code for coding in self.codings if coding.system is system)

    @property
    def name(self) -> str:
        """Return the name as written, else the first name of a code."""
        return self.text or next((c.display for c in self.codings if c.display), "")


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """A person as a record describes them; `ids` are the names that other records use."""

    origin: Origin
    ids: frozenset[str]
    given: str = ""
    middle: str = ""
    family: str = ""
    suffix: str = ""
    birth_date: PartialDate | None = None
    sex: str = ""
    address: AddressRecord | None = None
    phone: str = ""
    deceased: bool = False


@dataclass(frozen=True, slots=True)
class AddressRecord:
    """An address as written."""

    street: str
    street_2: str
    city: str
    state: str
    zip: str


@dataclass(frozen=True, slots=True)
class CoverageRecord:
    """A plan of the patient; `payer` is a name or a reference to an organization."""

    origin: Origin
    patient: str
    payer: str = ""
    payer_ref: str = ""
    plan_name: str = ""
    member_id: str = ""
    subscriber_id: str = ""
    group_number: str = ""
    relationship: str = ""
    active: bool = True
    start: PartialDate | None = None
    end: PartialDate | None = None


@dataclass(frozen=True, slots=True)
class OrganizationRecord:
    """An organization: a payer, a clinic, a pharmacy; the record seldom says which."""

    origin: Origin
    name: str
    npi: str = ""
    phone: str = ""
    fax: str = ""
    address: AddressRecord | None = None
    is_payer: bool = False


@dataclass(frozen=True, slots=True)
class PractitionerRecord:
    """A clinician whom a record names."""

    origin: Origin
    given: str
    family: str
    npi: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class DiagnosisRecord:
    """A condition: active, or why it is not one of the patient's present ones."""

    origin: Origin
    patient: str
    concept: Concept
    since: PartialDate | None = None
    why_not: str = ""


class DrugKind(StrEnum):
    """What a record of a drug tells: that it was handed out, ordered, or said to be taken."""

    FILL = "fill"
    ORDER = "order"
    STATEMENT = "statement"


@dataclass(frozen=True, slots=True)
class Dosage:
    """How a drug is to be taken: an amount each time, and how many times a day."""

    amount: Decimal | None = None
    unit: str = ""
    times: Decimal | None = None
    as_needed: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class DrugRecord:
    """One fill, order or statement of a drug."""

    origin: Origin
    patient: str
    kind: DrugKind
    drug: Concept
    start: PartialDate | None = None
    end: PartialDate | None = None
    quantity: Decimal | None = None
    unit: str = ""
    days: Decimal | None = None
    dosage: Dosage | None = None
    daily: Decimal | None = None  # mg a day, where the record states just that
    reasons: tuple[Concept, ...] = ()
    source: Source | None = None
    order: str = ""  # the order that a fill belongs to
    drug_ref: str = ""  # where the drug stands, when it is a record of its own
    still_taken: bool = False
    stopped_because: str = ""
    outcome: str = ""
    augments: str = ""


@dataclass(frozen=True, slots=True)
class ScoreRecord:
    """An observation on a rating scale: a total, an item, or the panel that holds them."""

    origin: Origin
    patient: str
    concept: Concept
    on: PartialDate | None = None
    value: Decimal | None = None
    answer: Coding | None = None
    encounter: str = ""
    rater: str = ""
    group: str = ""  # answers that were given together share it
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class ProcedureRecord:
    """Something that was done on a day."""

    origin: Origin
    patient: str
    concept: Concept
    on: PartialDate | None = None


@dataclass(frozen=True, slots=True)
class NoteRecord:
    """A document of the chart: its bytes, or where they stand."""

    origin: Origin
    patient: str
    title: str
    media_type: str = ""
    content: bytes = field(default=b"", repr=False)
    content_ref: str = ""
    on: PartialDate | None = None
    labels: frozenset[str] = frozenset()  # codes of confidentiality and privacy, as HL7 has them


Record: TypeAlias = (
    PatientRecord
    | CoverageRecord
    | DiagnosisRecord
    | DrugRecord
    | ScoreRecord
    | ProcedureRecord
    | NoteRecord
)


@dataclass(frozen=True, slots=True)
class Left:
    """Why something was left: a kind of record, and the reason in words for staff."""

    what: str
    why: str


@dataclass
class Records:
    """Everything that the files hold, as far as a case can use it, and what was left."""

    files: list[str] = field(default_factory=list)
    found: dict[str, Record] = field(default_factory=dict)
    organizations: dict[str, OrganizationRecord] = field(default_factory=dict)
    practitioners: dict[str, PractitionerRecord] = field(default_factory=dict)
    medications: dict[str, Concept] = field(default_factory=dict)
    documents: dict[str, tuple[str, bytes]] = field(default_factory=dict, repr=False)
    encounters: dict[str, PartialDate] = field(default_factory=dict)
    reversals: Counter[tuple[Concept, str]] = field(default_factory=Counter)
    without_patient: list[str] = field(default_factory=list)  # files that name none
    left: Counter[Left] = field(default_factory=Counter)
    singled_out: list[tuple[Left, Origin]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, record: Record, key: str = "") -> None:
        """Keep a record; one that stands twice is kept once and counted."""
        key = key or record.origin.key
        known = self.found.setdefault(key, record)
        if known is record:
            return
        if replace(record, origin=known.origin) == known:
            self.left[Left(noun(record), "stands twice: taken once")] += 1
        else:
            why = "stands twice with different content: the first was taken"
            self.leave(noun(record), why, record.origin)

    def with_drug(self, record: DrugRecord) -> DrugRecord:
        """Return a drug record with its drug, where that is a record of its own."""
        known = self.medications.get(record.drug_ref)
        if known:
            record = replace(record, drug=known)
        if not record.drug.name and not record.drug.codings:
            why = "its drug stands in a record that is not there"
            if known or not record.drug_ref:
                why = "it names no drug"
            self.leave(noun(record), why, record.origin)
        return record

    def leave(self, what: str, why: str, origin: Origin | None = None) -> None:
        """Count something that is left; with its place where a person may want to look."""
        left = Left(what, why)
        self.left[left] += 1
        if origin:
            self.singled_out.append((left, origin))


def noun(record: Record) -> str:
    """Return what a record is, in a word for staff."""
    if isinstance(record, DrugRecord):
        return _DRUGS[record.kind]
    return _NOUNS[type(record)]


_DRUGS = {
    DrugKind.FILL: "fill",
    DrugKind.ORDER: "order",
    DrugKind.STATEMENT: "medication list",
}
_NOUNS: dict[type[Record], str] = {
    PatientRecord: "patient",
    CoverageRecord: "plan",
    DiagnosisRecord: "condition",
    ScoreRecord: "score",
    ProcedureRecord: "procedure",
    NoteRecord: "document",
}
