"""What the practice knows, frozen: patient, coverage, prescriber, request, diagnoses, exhibits.

Not for reading files: `intake` is the one door.
"""

from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PrivateAttr,
    StringConstraints,
    field_validator,
)
from pydantic_core import PydanticCustomError

from priorauth.authorization import CourseUnderWay, PayerAnswer, Sent
from priorauth.codes import (
    Icd10cm,
    Line,
    MemberId,
    Ndc,
    Npi,
    Number,
    Phone,
    ProcedureCode,
    Record,
    ShortLine,
    Slug,
    Text,
)
from priorauth.consent import Consents
from priorauth.dates import Day, PartialDate
from priorauth.history import Evidences, Said, Score, Treatment
from priorauth.left_open import LeftOpen
from priorauth.page_ranges import parse
from priorauth.reference import icd10cm, services

MOST_LIST = 500


class Kind(StrEnum):
    """What kind of request this is."""

    INITIAL = "initial"
    RENEWAL = "renewal"
    APPEAL = "appeal"


class LineOfBusiness(StrEnum):
    """Which kind of plan covers the patient: it decides rules and clocks."""

    COMMERCIAL = "commercial"
    EXCHANGE = "exchange"
    SELF_FUNDED = "self_funded"
    MEDICARE_ADVANTAGE = "medicare_advantage"
    MEDICARE = "medicare"
    MEDICAID = "medicaid"


class Benefit(StrEnum):
    """Which benefit the request goes to."""

    MEDICAL = "medical"
    PHARMACY = "pharmacy"
    BEHAVIORAL = "behavioral"


class EpisodeSeverity(StrEnum):
    """How severe the clinician calls the episode."""

    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"


NamePart = ShortLine  # as long as a page head can hold


class Name(Record, defer_build=False):
    """A person's name in its parts."""

    given: NamePart
    middle: Line | None = None
    family: NamePart
    suffix: Line | None = None

    @property
    def full(self) -> str:
        """Return the name as it is written: given, middle, family, suffix."""
        return " ".join(
            part for part in (self.given, self.middle, self.family, self.suffix) if part
        )


def _name(value: Any) -> Any:  # noqa: ANN401 - raw input of any form
    """Let a short name be written on one line: all but the last word is the given name."""
    if isinstance(value, str) and len(value.split()) > 1:
        *given, family = value.split()
        return {"given": " ".join(given), "family": family}
    return value


PersonName = Annotated[Name, BeforeValidator(_name)]


class Address(Record, defer_build=False):
    """A US postal address."""

    street: Line
    street_2: Line | None = None
    city: Line
    state: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    zip: Annotated[str, StringConstraints(pattern=r"^[0-9]{5}(-[0-9]{4})?$")]

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the address as lines of an envelope."""
        last = f"{self.city}, {self.state} {self.zip}"
        return tuple(line for line in (self.street, self.street_2, last) if line)


class Patient(Record):
    """The person who is to be treated."""

    name: PersonName
    birth_date: Day
    sex: Literal["female", "male", "other", "unknown"] | None = None
    address: Address | None = None
    phone: Phone | None = None


class Subscriber(Record):
    """The person whose plan covers the patient, when that is someone else."""

    name: PersonName
    birth_date: Day | None = None
    relationship: Line
    member_id: MemberId | None = None


class SendTo(Record):
    """Where this request goes, when staff know it better than the library."""

    name: Line | None = Field(
        default=None, description="who decides, when it is not the payer: an external reviewer"
    )
    department: Line | None = None
    address: Address | None = None
    fax: Phone | None = None
    phone: Phone | None = None


class Coverage(Record):
    """The plan that is asked."""

    payer: Line
    plan_name: Line | None = None
    line_of_business: LineOfBusiness | None = None
    benefit: Benefit | None = None
    member_id: MemberId
    group_number: Line | None = None
    subscriber: Subscriber | None = None
    send_to: SendTo | None = None


class Prescriber(Record):
    """The clinician who asks and signs."""

    name: PersonName
    credentials: Line
    specialty: Line | None = None
    consultation: Line | None = Field(
        default=None, description="the psychiatrist consulted, when the prescriber is none"
    )
    npi: Npi
    phone: Phone | None = None
    peer_to_peer: Line | None = Field(
        default=None, description="when and where a reviewer can reach the prescriber"
    )


class Practice(Record):
    """The clinic that sends the letter and takes the answer."""

    name: Line
    npi: Npi | None = None
    tax_id: Annotated[str, StringConstraints(pattern=r"^[0-9]{2}-?[0-9]{7}$")] | None = None
    address: Address
    phone: Phone
    fax: Phone


class RequestedCode(Record):
    """One code of the request, with its units."""

    code: ProcedureCode
    units: Number | None = Field(default=None, gt=0, le=100_000)
    per: Literal["session", "request"] | None = Field(
        default=None, description="whether the units are those of a session or of the whole request"
    )
    ndc: Ndc | None = None


def known_service(service: str) -> str:
    """Return the service's id when the reference data knows it; else raise."""
    if services.find(service) is None:
        known = [found.id for found in services.services()]
        raise PydanticCustomError(
            "unknown_service", "this service is not known here", {"near": tuple(known)}
        )
    return service


class Request(Record):
    """What is asked for."""

    service: Slug
    kind: Kind = Kind.INITIAL
    urgent: bool = False
    urgent_because: Said | None = Field(
        default=None,
        description="how delay endangers life, health or function, in the prescriber's own words",
    )
    codes: Annotated[tuple[RequestedCode, ...], Field(min_length=1, max_length=50)]
    indication: Slug | None = Field(
        default=None, description="the id of one of the service's approvals, such as trd"
    )
    plan: Text
    start: Day | None = None
    mg_per_week: Number | None = Field(default=None, gt=0, le=100_000)
    sessions: int | None = Field(default=None, ge=1, le=1000)
    place_of_service: Line | None = None

    _service = field_validator("service")(known_service)

    @property
    def known_service(self) -> services.Service:
        """Return the service's facts; LookupError never after intake."""
        found = services.find(self.service)
        if found is None:
            raise LookupError
        return found


def _billable(code: str) -> str:
    found = icd10cm.find(code)
    if found and not found.billable:
        raise PydanticCustomError(
            "icd10cm_category", "this ICD-10-CM code is a category, which is not billable"
        )
    return code


class Diagnosis(Record):
    """A diagnosis as coded; the first of a case is the one that the request is for."""

    code: Annotated[Icd10cm, AfterValidator(_billable)]
    newer_title: Line | None = Field(
        default=None,
        alias="title",
        description="the official title, for a code that is newer than the code set here",
    )
    since: PartialDate | None = None
    evidence: Evidences = ()

    @property
    def title(self) -> str:
        """Return the code set's own title of the code, or that written for a newer code."""
        found = icd10cm.find(self.code)
        return found.title if found else self.newer_title or ""

    @property
    def named(self) -> str:
        """Return the code with its title, as far as it is known."""
        return f"{self.code} {self.title}".rstrip()


class Episode(Record):
    """The present episode, as the clinician describes it."""

    onset: PartialDate | None = None
    severity: EpisodeSeverity | None = None
    psychotic_features: bool | None = None
    evidence: Evidences = ()


class Attestation(Record):
    """A yes or no that a person stands for."""

    answer: bool
    statement: Line | None = Field(
        default=None, description="what is attested, as a sentence of the record"
    )
    despite: Line | None = Field(
        default=None,
        description="why a yes stands although a diagnosis speaks against it, "
        "in the words of the person",
    )
    by: Line
    on: PartialDate
    evidence: Evidences = ()


def _page_ranges(value: Any) -> Any:  # noqa: ANN401 - raw input of any form
    """Return pages as they are written once they can be read."""
    try:
        parse(value)
    except (TypeError, ValueError):
        raise PydanticCustomError(
            "page_ranges", "must be page numbers in rising order, none of them twice"
        ) from None
    return value


class Exhibit(Record):
    """A document that is enclosed."""

    id: Slug
    title: Line
    kind: Literal[
        "chart_notes",
        "evaluation",
        "scales",
        "pharmacy_record",
        "psychotherapy_summary",
        "psychotherapy_notes",
        "rems",
        "denial",
        "label",
        "consent",
        "other",
    ]
    part_2: bool | None = Field(
        default=None, description="whether it is a record of a substance use disorder program"
    )
    file: Line
    pages: Annotated[Line, BeforeValidator(_page_ranges)] | None = None


class Rationale(Record):
    """The clinician's own words, printed as such, each under its heading."""

    present_state: Text | None = None
    why_this_treatment: Text | None = None
    why_now: Text | None = None
    alternatives: Text | None = None
    risk_of_delay: Text | None = None
    risk_of_stopping: Text | None = None
    goals: Text | None = None
    safety: Text | None = None
    monitoring: Text | None = None


class CaseException(Record):
    """Why one criterion that is not met should not decide, in the clinician's words."""

    criterion: Slug
    reason: Text
    by: Line
    on: PartialDate
    evidence: Evidences = ()


class Case(Record):
    """One patient and one service, as far as the practice knows them."""

    patient: Patient
    coverage: Coverage
    prescriber: Prescriber
    practice: Practice
    request: Request
    diagnoses: Annotated[tuple[Diagnosis, ...], Field(max_length=50)] = ()
    episode: Episode = Episode()
    treatments: Annotated[tuple[Treatment, ...], Field(max_length=MOST_LIST)] = ()
    course: CourseUnderWay = CourseUnderWay()
    scores: Annotated[tuple[Score, ...], Field(max_length=MOST_LIST)] = ()
    attestations: dict[Slug, Attestation] = Field(default_factory=dict, max_length=200)
    exhibits: Annotated[tuple[Exhibit, ...], Field(max_length=MOST_LIST)] = ()
    rationale: Rationale = Rationale()
    exceptions: Annotated[tuple[CaseException, ...], Field(max_length=50)] = ()
    consents: Consents = Consents()
    sent: Annotated[tuple[Sent, ...], Field(max_length=50)] = ()
    answer: PayerAnswer | None = None
    # No field: it stands in the comments of the file, and nobody writes it as a value.
    _left_open: tuple[LeftOpen, ...] = PrivateAttr(default=())

    def carrying(self, left_open: tuple[LeftOpen, ...]) -> Self:
        """Return the case with the questions that the comments of its file carry."""
        same = self.model_copy()
        same._left_open = left_open  # noqa: SLF001 - its own, before anybody has it
        return same

    @property
    def left_open(self) -> tuple[LeftOpen, ...]:
        """Return the questions that the comments of the case's file carry."""
        return self._left_open

    @property
    def appealed(self) -> PayerAnswer | None:
        """Return the decision that this request is an appeal of; None for other requests."""
        return self.answer if self.request.kind is Kind.APPEAL else None

    @property
    def weighed_as(self) -> Kind:
        """Return the kind whose criteria count: of an appeal that of the request decided."""
        return Kind(self.appealed.asked) if self.appealed else self.request.kind

    def exhibit_letter(self, exhibit_id: str) -> str:
        """Return the letter that an exhibit is cited by: A, B, … Z, AA."""
        place = [exhibit.id for exhibit in self.exhibits].index(exhibit_id)
        letters = ""
        while place >= 0:
            letters = chr(ord("A") + place % 26) + letters
            place = place // 26 - 1
        return letters
