"""What the case knows, fact by fact: the part of the contract that the boxes of forms need.

Every text is ready to print. What is not known is empty, never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass

from priorauth.case import Benefit, Kind, LineOfBusiness
from priorauth.letter.meaning import is_ as _is


@dataclass(frozen=True)
class NameParts:
    """A person's name in its parts, for boxes of forms."""

    text: str = _is("the whole name: given, middle, family, suffix")
    given: str = _is("given name")
    middle: str = _is("middle name, or empty")
    family: str = _is("family name")
    suffix: str = _is("suffix such as `Jr`, or empty")
    initial: str = _is("first letter of the middle name, or empty")
    family_first: str = _is("`Whitfield, Dana`: family name, then the others")


@dataclass(frozen=True)
class DateParts:
    """A date in its parts; all are empty when it is not known, some when it is known in part."""

    text: str = _is("`03/09/1984`, or as much as is known: `03/1984`, `1984`")
    iso: str = _is("`1984-03-09`, or as much as is known")
    digits: str = _is("`03091984`; empty unless the very day is known")
    month: str = _is("`03`, or empty")
    day: str = _is("`09`, or empty")
    year: str = _is("`1984`")
    short_year: str = _is("`84`")


@dataclass(frozen=True)
class PhoneParts:
    """A telephone number in its parts; all are empty when it is not known."""

    text: str = _is("`913-555-0142`")
    area_in_brackets: str = _is("`(913) 555-0142`")
    digits: str = _is("`9135550142`")
    area: str = _is("`913`")
    exchange: str = _is("`555`")
    line: str = _is("`0142`")


@dataclass(frozen=True)
class AddressParts:
    """A postal address in its parts; all are empty when it is not known."""

    text: str = _is("the whole address on one line")
    street: str = _is("street and number, with the suite if there is one")
    street_1: str = _is("street and number alone")
    street_2: str = _is("suite or the like, or empty")
    city: str = _is("city")
    state: str = _is("two letters")
    zip: str = _is("ZIP code as written: five digits, or nine with a dash")
    zip_5: str = _is("its first five digits")
    zip_4: str = _is("its last four digits, or empty")


@dataclass(frozen=True)
class PatientFacts:
    """The patient, fact by fact."""

    name: NameParts = _is("name")
    birth_date: DateParts = _is("date of birth")
    age: str = _is("age in whole years on the day of the request")
    sex: str = _is(
        "sex, or empty when the case does not say", ("female", "male", "other", "unknown")
    )
    address: AddressParts = _is("address")
    phone: PhoneParts = _is("telephone")


@dataclass(frozen=True)
class CoverageFacts:
    """The plan, fact by fact."""

    member_id: str = _is("member id")
    group_number: str = _is("group number, or empty")
    plan: str = _is("name of the plan, or empty")
    line_of_business: str = _is("kind of plan, or empty", tuple(LineOfBusiness))
    benefit: str = _is("which benefit the request goes to, or empty", tuple(Benefit))
    subscriber: NameParts = _is("whose plan it is, when that is someone else; or empty")
    subscriber_birth_date: DateParts = _is("the subscriber's date of birth")
    subscriber_member_id: str = _is("the subscriber's own member id, or empty")
    relationship: str = _is("what the subscriber is to the patient, or empty")


@dataclass(frozen=True)
class PrescriberFacts:
    """The prescriber, fact by fact."""

    name: NameParts = _is("name")
    credentials: str = _is("`MD`, `DO`, `NP`")
    text: str = _is("name with credentials")
    specialty: str = _is("specialty, or empty")
    npi: str = _is("the prescriber's own NPI")
    phone: PhoneParts = _is("the prescriber's own telephone")
    peer_to_peer: str = _is("when and where a reviewer can reach the prescriber, or empty")


@dataclass(frozen=True)
class OrganizationFacts:
    """A practice or a payer, fact by fact."""

    name: str = _is("name")
    department: str = _is("department of a payer, or empty")
    npi: str = _is("organization NPI of a practice, or empty")
    tax_id: str = _is("tax id of a practice, or empty")
    address: AddressParts = _is("address")
    phone: PhoneParts = _is("telephone")
    fax: PhoneParts = _is("fax")


@dataclass(frozen=True)
class CodeFacts:
    """One code of the request."""

    text: str = _is("code, units and NDC in one")
    code: str = _is("CPT or HCPCS code")
    description: str = _is("what the code stands for, in our words; or empty")
    units: str = _is("how many units, or empty")
    per: str = _is("whether the units are those of a session, or empty", ("session", "request"))
    amount: str = _is("units in words: `84 units per session`, or empty")
    ndc: str = _is("National Drug Code, or empty")
    start: DateParts = _is("when it is to begin: the request's day for every code")


@dataclass(frozen=True)
class DiagnosisFacts:
    """One diagnosis."""

    text: str = _is("code and title")
    code: str = _is("ICD-10-CM code")
    title: str = _is("the code set's own title")
    since: DateParts = _is("since when")


@dataclass(frozen=True)
class RequestFacts:
    """What is asked for, fact by fact."""

    service: str = _is("id of the service, as in `reference/services.yaml`")
    name: str = _is("name of the service")
    kind: str = _is("kind of request", tuple(Kind))
    urgency: str = _is("how soon a decision is asked for", ("standard", "urgent"))
    urgent_because: str = _is("the prescriber's reason for an urgent review, or empty")
    plan: str = _is("dose, how often and for how long")
    start: DateParts = _is("when it is to begin")
    sessions: str = _is("how many sessions, or empty")
    mg_per_week: str = _is("the most in a week, in mg; or empty")
    place_of_service: str = _is("where it is given, as the case writes it; or empty")
    place_code: str = _is("the two digits of the place of service, where the case writes `(11)`")
    codes: tuple[CodeFacts, ...] = _is("the codes that are asked for")


@dataclass(frozen=True)
class ScoreFacts:
    """The scores of one scale."""

    id: str = _is("the scale in small letters: `phq-9`")
    text: str = _is("latest total with its day: `PHQ-9 21 on 11/16/2026`")
    scale: str = _is("the scale")
    total: str = _is("the latest total")
    on: DateParts = _is("day of the latest total")
    baseline: str = _is("the total that is marked as baseline, or empty")
    baseline_on: DateParts = _is("day of the baseline")


@dataclass(frozen=True)
class AttestedFacts:
    """A yes or no that a person stands for."""

    id: str = _is("its name in the case: `rems_site_certified`")
    text: str = _is("what is attested, or empty")
    answer: str = _is("the answer", ("yes", "no"))
    by: str = _is("who says so")
    on: DateParts = _is("when")


@dataclass(frozen=True)
class Facts:
    """What the case knows, fact by fact: for the boxes of forms."""

    day: DateParts = _is("day of the request")
    patient: PatientFacts = _is("the patient")
    coverage: CoverageFacts = _is("the plan")
    prescriber: PrescriberFacts = _is("the prescriber")
    practice: OrganizationFacts = _is("the practice")
    payer: OrganizationFacts = _is("the payer, where the request goes")
    request: RequestFacts = _is("what is asked for")
    diagnoses: tuple[DiagnosisFacts, ...] = _is("diagnoses, the one asked for first")
    scores: tuple[ScoreFacts, ...] = _is("scores, one entry a scale")
    attested: tuple[AttestedFacts, ...] = _is("what somebody has attested")
