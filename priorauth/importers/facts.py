"""What the records come to: facts that a case file can hold, each with its records and questions.

Not for words: how a fact is written into a case file is for `draft`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

    from priorauth.dates import PartialDate
    from priorauth.history import Source
    from priorauth.importers.records import (
        CoverageRecord,
        OrganizationRecord,
        Origin,
        PatientRecord,
        PractitionerRecord,
    )
    from priorauth.reference.drugs import DoseUnit


@dataclass(frozen=True)
class DoseFact:
    """One dose over a time; no amount where the record does not tell it."""

    amount: Decimal | None
    unit: DoseUnit
    start: PartialDate
    end: PartialDate | None
    origins: tuple[Origin, ...]
    how: str  # what the amount was worked out from, in the record's own numbers
    question: str = ""


@dataclass(frozen=True)
class Course:
    """One drug in one form from one kind of record, over a time without a long gap."""

    drug: str  # the name that a case file takes
    agent: str
    doses: tuple[DoseFact, ...]
    source: Source | None
    purpose: str = ""
    added: bool = False  # a drug that is added to an antidepressant
    outcome: str = ""
    stopped_because: str = ""
    augments: str = ""
    still_taken: tuple[Origin, ...] = ()
    questions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unsure:
    """A drug whose name is not certain, with the names that it may stand for."""

    written: str  # its name in the record; without one, its codes
    near: tuple[str, ...]
    why: str
    origins: tuple[Origin, ...]
    told: tuple[str, ...] = ()  # when, and how much, in the records' own numbers


@dataclass(frozen=True)
class ScoreFact:
    """One total on one day, or why there is none to write."""

    scale: str
    total: int | None
    on: PartialDate | None
    origins: tuple[Origin, ...]
    how: str = ""
    question: str = ""
    rater: str = ""


@dataclass(frozen=True)
class DiagnosisFact:
    """A diagnosis by its ICD-10-CM code, or a question where the record gives none."""

    code: str
    name: str
    since: PartialDate | None
    origins: tuple[Origin, ...]
    mental: bool
    how: str = ""
    question: str = ""


@dataclass(frozen=True)
class SessionsFact:
    """Sessions of one kind of treatment that is no drug: `tms`, `ect` or `psychotherapy`."""

    kind: str
    count: int
    first: PartialDate
    last: PartialDate
    origins: tuple[Origin, ...]


@dataclass(frozen=True)
class NoteFact:
    """A document that becomes an exhibit, with the name of its file."""

    id: str
    title: str
    file: str
    content: bytes = field(repr=False)
    origin: Origin
    on: PartialDate | None
    can_enclose: bool
    held: str = ""  # what a person has to find out before anybody else may see it

    @property
    def listed(self) -> bool:
        """Return whether a packet encloses it without a person's decision on it alone."""
        return self.can_enclose and not self.held


@dataclass(frozen=True)
class CoverageFact:
    """The plan that is asked, as far as it is certain that the record means it."""

    record: CoverageRecord | None
    payer_name: str = ""  # without a record, the names of all plans of the records
    certain: bool = False
    question: str = ""


@dataclass(frozen=True)
class Facts:
    """Everything that goes into a case file."""

    patient: PatientRecord | None
    coverage: CoverageFact
    clinicians: tuple[PractitionerRecord, ...] = ()
    clinics: tuple[OrganizationRecord, ...] = ()
    diagnoses: tuple[DiagnosisFact, ...] = ()
    courses: tuple[Course, ...] = ()
    unsure: tuple[Unsure, ...] = ()
    other_drugs: tuple[str, ...] = ()
    sessions: tuple[SessionsFact, ...] = ()
    scores: tuple[ScoreFact, ...] = ()
    notes: tuple[NoteFact, ...] = ()
    doubts: tuple[str, ...] = ()  # what a person has to look at before all else
