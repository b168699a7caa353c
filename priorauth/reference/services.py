"""The services a letter can ask for: codes by date, approvals, label facts, safety programs.

Not for coverage: whether and when a payer pays is in the library.
"""

from datetime import date
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from priorauth.dates import PartialDate
from priorauth.problems import nearest
from priorauth.reference import Mark, icd10cm, read_table


class CodeSystem(StrEnum):
    """Who keeps a code."""

    HCPCS = "HCPCS"
    CPT = "CPT"
    NDC = "NDC"


class Act(StrEnum):
    """What the FDA did: drugs are approved; devices are cleared or put in a class."""

    APPROVED = "approved"
    CLEARED = "cleared"
    CLASSIFIED = "classified"


class ServiceCode(NamedTuple):
    """A billing code of a service, with the days on which it may be used."""

    system: CodeSystem
    code: str
    description: str
    unit: str  # what one unit of the code is: `1 mg`, `session`
    source: str
    mark: Mark
    valid_from: date | None = None  # None where no source states it
    valid_to: date | None = None
    replaced_by: str | None = None
    usual_units: tuple[int, ...] = ()
    note: str = ""  # for staff

    def valid_on(self, day: date) -> bool:
        """Return whether the code may be used for a service on that day, as far as is known."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)


class NotCode(NamedTuple):
    """A code that is published for a service and is wrong."""

    code: str
    what: str  # what staff are told
    source: str
    mark: Mark
    really: str = ""  # what the code is
    really_mark: Mark = Mark.M


class Statement(NamedTuple):
    """One sentence that a letter may print, when its mark allows."""

    text: str
    source: str
    mark: Mark


class Approval(NamedTuple):
    """What a service is approved, cleared or classified for."""

    id: str
    act: Act
    text: str  # one sentence
    indication: str
    diagnoses: tuple[str, ...]  # ICD-10-CM codes, or families of them, that name the indication
    population: str
    least_age: int  # of the population, in whole years
    source: str
    mark: Mark
    since: PartialDate | None = None
    greatest_age: int | None = None

    def covers(self, code: str) -> bool:
        """Return whether the indication covers the illness of this ICD-10-CM code."""
        return icd10cm.among(code, self.diagnoses)

    def is_for_age(self, years: int) -> bool:
        """Return whether a patient of this age belongs to its population."""
        young_enough = self.greatest_age is None or years <= self.greatest_age
        return years >= self.least_age and young_enough


class Fact(NamedTuple):
    """Something that the label says, as one sentence."""

    topic: str
    text: str
    source: str
    mark: Mark
    diagnoses: tuple[str, ...] = ()  # ICD-10-CM codes, or families, of the illnesses it names


class Rems(NamedTuple):
    """The safety program that the FDA requires for a drug."""

    required: bool
    certified: tuple[str, ...]  # who or what must be certified
    enrolled: tuple[str, ...]  # who must be enrolled
    text: str
    source: str
    mark: Mark


class Service(NamedTuple):
    """A treatment that can be asked for."""

    id: str
    name: str  # inside a sentence
    short_name: str
    route: str
    codes: tuple[ServiceCode, ...] = ()
    agent: str | None = None  # its entry in drugs.yaml
    not_codes: tuple[NotCode, ...] = ()
    approvals: tuple[Approval, ...] = ()
    off_label: Statement | None = None
    facts: tuple[Fact, ...] = ()
    rems: Rems | None = None
    controlled: Statement | None = None

    def code(self, code: str) -> ServiceCode | None:
        """Return the service's code of that name, valid today or not."""
        return next((known for known in self.codes if known.code == code.upper()), None)

    def not_code(self, code: str) -> NotCode | None:
        """Return the known mistake that the code is, if it is one."""
        return next((known for known in self.not_codes if known.code == code.upper()), None)

    def codes_on(self, day: date) -> tuple[ServiceCode, ...]:
        """Return the codes that may be used on that day."""
        return tuple(code for code in self.codes if code.valid_on(day))

    @property
    def printable_approvals(self) -> tuple[Approval, ...]:
        """Return the approvals that a letter may state."""
        return tuple(approval for approval in self.approvals if approval.mark.printable)

    def printable_facts(self, topic: str | None = None) -> tuple[Fact, ...]:
        """Return the facts that a letter may state, all or those of one topic."""
        return tuple(f for f in self.facts if f.mark.printable and topic in {None, f.topic})


def find(service_id: str) -> Service | None:
    """Return the service of that id, or None when there is none."""
    return next((service for service in services() if service.id == service_id), None)


def nearest_ids(service_id: str) -> tuple[str, ...]:
    """Return up to three known ids that look like `service_id`, the likest first."""
    return nearest(service_id, (service.id for service in services()))


@cache
def services() -> tuple[Service, ...]:
    """Return every known service, in the order of the table."""
    return read_table("services.yaml", dict[str, tuple[Service, ...]])["services"]
