"""What an administrator may write: payer, policy, dated version, criteria, worked examples.

Numbers, codes, dates, words and citations are data here; how each kind is measured is in
`criteria`. There is no expression language.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from priorauth.case import Address, Benefit, EpisodeSeverity, Kind, LineOfBusiness
from priorauth.codes import Line, Phone, ProcedureCode, Record, Slug, Text
from priorauth.dates import Day, PartialDate
from priorauth.history import Outcome, Source, known_scale
from priorauth.phrases import Phrases
from priorauth.reference import Mark, services

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.case import Case


class Stance(StrEnum):
    """What a payer's version says of a service."""

    COVERED = "covered"
    EXPERIMENTAL = "experimental"
    NOT_COVERED = "not_covered"
    NO_AUTHORIZATION_NEEDED = "no_authorization_needed"
    SILENT = "silent"

    @property
    def refuses(self) -> bool:
        """Return whether the payer pays only by an exception."""
        return self in (Stance.EXPERIMENTAL, Stance.NOT_COVERED)


class Citation(Record):
    """Where a rule stands, who read it, and how far it can be trusted."""

    title: Line
    number: Line | None = None
    url: Line | None = None
    page: Line | None = None
    read_on: Day
    read: Literal["own_document", "secondary"]
    mark: Mark
    note: Text | None = None


class Window(Record, defer_build=False):
    """The time that a treatment must lie in; both when both are given."""

    current_episode: bool = False
    years: int | None = Field(default=None, ge=1, le=50)


class Substitute(Record, defer_build=False):
    """Whether a treatment that could not be taken stands for a failed one, and at what price."""

    counts: Literal["yes", "no", "not_stated"] = "not_stated"
    least_trials: int | None = Field(
        default=None, ge=1, description="how many trials are needed once one of these is counted"
    )


class _Criterion(Record):
    id: Slug
    requirement: Line
    cite: Line | None = Field(default=None, description="page or section of the source")
    mark: Mark | None = Field(default=None, description="when it differs from the source's mark")


class Age(_Criterion):
    """Age in whole years on the day of the request."""

    kind: Literal["age"]
    least: int | None = Field(default=None, ge=0, le=120)
    below: int | None = Field(default=None, ge=0, le=120)


class DiagnosisIs(_Criterion):
    """The first diagnosis is one of `one_of`, and no diagnosis is one of `none_of`."""

    kind: Literal["diagnosis"]
    one_of: tuple[Line, ...] = ()
    none_of: tuple[Line, ...] = ()


class SeverityIs(_Criterion):
    """The episode is at least this severe, by the clinician's word and the coded diagnosis."""

    kind: Literal["severity"]
    least: EpisodeSeverity


class FailedTrials(_Criterion):
    """So many antidepressant trials, of so many classes, each long enough at an adequate dose."""

    kind: Literal["failed_trials"]
    least: int = Field(ge=1, le=20)
    classes: int = Field(default=1, ge=1, le=20)
    weeks: Decimal | None = Field(default=None, ge=0, le=104)
    weeks_by_outcome: dict[Outcome, Decimal] = Field(default_factory=dict)
    dose: Literal["least_effective", "maximum_tolerated", "any"] = "least_effective"
    window: Window = Window()
    in_episode: int = Field(default=0, ge=0, description="how many must lie in this episode")
    outcomes: tuple[Outcome, ...] = (Outcome.NO_RESPONSE, Outcome.PARTIAL_RESPONSE)
    most_improvement_percent: Decimal | None = Field(default=None, ge=0, le=100)
    adherence_percent: int | None = Field(default=None, ge=0, le=100)
    intolerance: Substitute = Substitute()
    contraindication: Substitute = Substitute()
    gap_days: int = Field(default=7, ge=0, le=90)
    sources_refused: tuple[Source, ...] = ()
    off_label: Literal["yes", "no", "not_stated"] = "not_stated"

    @model_validator(mode="after")
    def _check(self) -> FailedTrials:
        if self.classes > self.least:
            raise PydanticCustomError("classes", "asks for more classes than trials")
        return self


class Augmentation(_Criterion):
    """So many drugs added to an antidepressant, each for so long."""

    kind: Literal["augmentation"]
    least: int = Field(default=1, ge=1, le=20)
    weeks: Decimal | None = Field(default=None, ge=0, le=104)
    agents: tuple[Line, ...] = ()
    classes: tuple[Line, ...] = ()
    outcomes: tuple[Outcome, ...] = Field(
        default=(), description="how it must have gone; empty when the policy does not say"
    )
    window: Window = Window()
    gap_days: int = Field(default=7, ge=0, le=90)


class PsychotherapyTried(_Criterion):
    """A dated course of psychotherapy of one of these types."""

    kind: Literal["psychotherapy"]
    types: tuple[Line, ...] = ()
    sessions: int | None = Field(default=None, ge=1)
    weeks: Decimal | None = Field(default=None, ge=0, le=104)
    outcomes: tuple[Outcome, ...] = Field(
        default=(), description="how it must have gone; empty when the policy does not say"
    )
    window: Window = Window()


class ScoreAtLeast(_Criterion):
    """The latest score on one of several scales is at or above that scale's cut-off."""

    kind: Literal["score"]
    scales: dict[Line, int] = Field(min_length=1)
    within_days: int | None = Field(default=None, ge=1, le=3650)

    @field_validator("scales")
    @classmethod
    def _known(cls, scales: dict[str, int]) -> dict[str, int]:
        return {known_scale(name): least for name, least in scales.items()}


class PrescriberIs(_Criterion):
    """The prescriber has one of these specialties, or has consulted one who has."""

    kind: Literal["prescriber"]
    specialties: tuple[Line, ...] = Field(min_length=1)
    or_consultation: bool = False


class ConcurrentAntidepressant(_Criterion):
    """Whether an oral antidepressant must be taken beside the service."""

    kind: Literal["concurrent_antidepressant"]
    rule: Literal["required", "not_required"]
    stable_weeks: Decimal | None = Field(default=None, ge=0, le=104)
    not_failed: bool = False


class PriorDevice(_Criterion):
    """An earlier course of TMS or ECT, or its contraindication."""

    kind: Literal["prior_device"]
    devices: tuple[Literal["tms", "ect"], ...] = Field(min_length=1)
    sessions: int | None = Field(default=None, ge=1)
    outcomes: tuple[Outcome, ...] = (
        Outcome.NO_RESPONSE,
        Outcome.PARTIAL_RESPONSE,
        Outcome.INTOLERANCE,
        Outcome.CONTRAINDICATED,
    )
    least_percent: Decimal | None = Field(
        default=None, ge=0, le=100, description="how much the course must have improved a score"
    )
    before_episode: bool = Field(
        default=False, description="whether the course must have ended before this episode"
    )


Knows = Literal["the prescriber", "the practice", "the therapist", "the plan", "the payer"]


class Attested(_Criterion):
    """A yes that a person stands for."""

    kind: Literal["attestation"]
    attestation: Slug
    question: Line
    ask: Knows = Field(
        default="the prescriber", description="who knows the answer, so that staff ask there"
    )


class Exclusion(_Criterion):
    """Something that must be absent: by no diagnosis of these, and by a person's word."""

    kind: Literal["exclusion"]
    diagnoses: tuple[Line, ...] = ()
    attestation: Slug | None = Field(
        default=None, description="yes means that the excluding state is absent"
    )
    question: Line | None = None

    @model_validator(mode="after")
    def _check(self) -> Exclusion:
        if bool(self.attestation) != bool(self.question):
            raise PydanticCustomError("question", "an attestation and its question go together")
        if not (self.attestation or self.diagnoses):
            raise PydanticCustomError("exclusion", "needs diagnoses, an attestation, or both")
        return self


class Quantity(_Criterion):
    """At most this much: mg in a week, sessions, or units of a code."""

    kind: Literal["quantity"]
    most_mg_per_week: Decimal | None = Field(default=None, gt=0)
    most_sessions: int | None = Field(default=None, ge=1)
    most_units: dict[ProcedureCode, Decimal] = Field(default_factory=dict)


class Response(_Criterion):
    """The latest score has improved on the baseline of the same scale (renewals)."""

    kind: Literal["response"]
    scales: tuple[Line, ...] = Field(min_length=1)
    least_percent: Decimal | None = Field(default=None, ge=0, le=100)

    _known = field_validator("scales")(lambda names: tuple(known_scale(name) for name in names))


AnyCriterion = (
    Age
    | DiagnosisIs
    | SeverityIs
    | FailedTrials
    | Augmentation
    | PsychotherapyTried
    | ScoreAtLeast
    | PrescriberIs
    | ConcurrentAntidepressant
    | PriorDevice
    | Attested
    | Exclusion
    | Quantity
    | Response
)


class _Group(Record):
    id: Slug | None = None
    requirement: Line | None = None


class All(_Group):
    """Every part must be met."""

    parts: tuple[Part, ...] = Field(alias="all", min_length=1)


class AnyOf(_Group):
    """One part must be met."""

    parts: tuple[Part, ...] = Field(alias="any", min_length=1)


class AtLeast(_Group):
    """So many of the parts must be met."""

    at_least: int = Field(ge=1)
    parts: tuple[Part, ...] = Field(alias="of", min_length=1)

    @model_validator(mode="after")
    def _check(self) -> AtLeast:
        if self.at_least > len(self.parts):
            raise PydanticCustomError("at_least", "asks for more parts than there are")
        return self


def part_kind(value: Any) -> str | None:  # noqa: ANN401 - raw input of any form
    """Return which kind of part a raw mapping or a model is; None when no one kind."""
    if isinstance(value, _Group):
        return {All: "all", AnyOf: "any", AtLeast: "at_least"}[type(value)]
    if isinstance(value, _Criterion):
        return str(getattr(value, "kind", ""))
    if not isinstance(value, dict):
        return None
    groups = [key for key in ("all", "any", "at_least") if key in value]
    return groups[0] if groups else str(value.get("kind"))


Part = Annotated[
    Annotated[All, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[AtLeast, Tag("at_least")]
    | Annotated[Age, Tag("age")]
    | Annotated[DiagnosisIs, Tag("diagnosis")]
    | Annotated[SeverityIs, Tag("severity")]
    | Annotated[FailedTrials, Tag("failed_trials")]
    | Annotated[Augmentation, Tag("augmentation")]
    | Annotated[PsychotherapyTried, Tag("psychotherapy")]
    | Annotated[ScoreAtLeast, Tag("score")]
    | Annotated[PrescriberIs, Tag("prescriber")]
    | Annotated[ConcurrentAntidepressant, Tag("concurrent_antidepressant")]
    | Annotated[PriorDevice, Tag("prior_device")]
    | Annotated[Attested, Tag("attestation")]
    | Annotated[Exclusion, Tag("exclusion")]
    | Annotated[Quantity, Tag("quantity")]
    | Annotated[Response, Tag("response")],
    Discriminator(
        part_kind,
        custom_error_type="criterion_kind",
        custom_error_message="has no kind that is known here",
    ),
]


class Terms(Record, defer_build=False):
    """What an approval brings: for how long, and how much."""

    months: int | None = Field(default=None, ge=1, le=60)
    days: int | None = Field(default=None, ge=1, le=1000)
    note: Line | None = None


class Renewal(Record):
    """What the payer asks before it goes on paying."""

    criteria: Part | None = None
    terms: Terms | None = None


_SAME = "two criteria have the id {id}"


class Version(Record):
    """One dated state of a policy; versions are added, never edited."""

    id: Slug
    effective_from: PartialDate
    effective_to: PartialDate | None = None
    gap_after: Line | None = Field(
        default=None, description="why no version is on file for the days that follow this one"
    )
    stance: Stance
    source: Citation
    indication: Line | None = None
    criteria: Part | None = None
    initial: Terms | None = None
    renewal: Renewal | None = None
    not_read: tuple[Line, ...] = ()
    notes: tuple[Line, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Version:
        if self.effective_to and self.effective_to.last < self.effective_from.first:
            raise PydanticCustomError("end_before_start", "the end is before the start")
        if self.stance is Stance.COVERED and self.criteria is None:
            raise PydanticCustomError("no_criteria", "a covered version needs criteria")
        for part in (self.criteria, self.renewal and self.renewal.criteria):
            ids = list(_ids(part)) if part else []
            if twice := [one for one in ids if ids.count(one) > 1]:
                raise PydanticCustomError("same_id", _SAME, {"id": twice[0]})
        return self

    def covers(self, day: date) -> bool:
        """Return whether the version can be in force on `day`."""
        end = self.effective_to.last if self.effective_to else date.max
        return self.effective_from.first <= day <= end

    def surely_covers(self, day: date) -> bool:
        """Return whether the version is in force on `day` whatever its exact dates."""
        end = self.effective_to.first if self.effective_to else date.max
        return self.effective_from.last <= day <= end

    def criteria_for(self, kind: Kind) -> Part | None:
        """Return the criteria that govern this kind of request; None when none are on file."""
        if kind is Kind.RENEWAL:
            return self.renewal.criteria if self.renewal else None
        return self.criteria


def _ids(part: Part) -> Iterator[str]:
    """Yield the ids that are written in a group and inside it."""
    if part.id:
        yield part.id
    if isinstance(part, All | AnyOf | AtLeast):
        for inner in part.parts:
            yield from _ids(inner)


def leaves(part: Part) -> tuple[AnyCriterion, ...]:
    """Return the criteria of a group in their order, groups inside opened."""
    if isinstance(part, All | AnyOf | AtLeast):
        return tuple(leaf for inner in part.parts for leaf in leaves(inner))
    return (part,)


class Policy(Record):
    """What one payer's rules say of one or more services, version by version."""

    title: Line
    number: Line | None = None
    services: tuple[Slug, ...] = Field(min_length=1)
    lines_of_business: tuple[LineOfBusiness, ...] = ()
    benefits: tuple[Benefit, ...] = ()
    versions: tuple[Version, ...] = Field(min_length=1)

    @field_validator("services")
    @classmethod
    def _known(cls, ids: tuple[str, ...]) -> tuple[str, ...]:
        if any(services.find(service) is None for service in ids):
            raise PydanticCustomError(
                "unknown_service",
                "this service is not known here",
                {"near": tuple(service.id for service in services.services())},
            )
        return ids

    def in_force(self, day: date) -> tuple[Version, ...]:
        """Return the versions that can be in force on `day`, the latest first.

        There is more than one where dates known in part leave it open. A version that surely has
        begun stands in the place of all earlier ones.
        """
        found = [version for version in self.versions if version.covers(day)]
        found.sort(key=lambda version: version.effective_from.first, reverse=True)
        begun = (n for n, version in enumerate(found, 1) if version.effective_from.last <= day)
        return tuple(found[: next(begun, None)])

    def version_on(self, day: date) -> Version | None:
        """Return the version to go by on `day`: the latest that can be in force; None without."""
        return next(iter(self.in_force(day)), None)


class Destination(Record):
    """Where requests of one benefit go."""

    benefit: Benefit | None = None
    urgent: bool | None = None
    department: Line | None = None
    address: Address | None = None
    fax: Phone | None = None
    phone: Phone | None = None
    source: Line
    read_on: Day


FormId = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}(/[a-z0-9][a-z0-9_-]{0,59})?$")
]


class Requests(Record):
    """Some requests, by what they ask for; an empty list means every one."""

    services: tuple[Slug, ...] = ()
    kinds: tuple[Kind, ...] = ()
    benefits: tuple[Benefit, ...] = ()

    def hold(self, case: Case) -> bool:
        """Return whether a case is one of them, as far as is known."""
        own = case.coverage.benefit
        return (
            (not self.services or case.request.service in self.services)
            and (not self.kinds or case.request.kind in self.kinds)
            and (not self.benefits or own is None or own in self.benefits)
        )


class UsedForm(Requests):
    """A form that the payer asks for, with the requests that it asks it for."""

    form: FormId = Field(description="`nofr001` of its own, or `texas-standard/nofr001`")


def _used_form(value: Any) -> Any:  # noqa: ANN401 - raw input of any form
    """Let a form be written by its name alone."""
    return {"form": value} if isinstance(value, str) else value


class Payer(Record):
    """One payer: its names and where its requests go."""

    name: Line
    aliases: tuple[Line, ...] = ()
    addresses: tuple[Destination, ...] = ()
    documents: tuple[Literal["fax_cover", "form", "letter", "exhibits"], ...] = (
        "fax_cover",
        "form",
        "letter",
        "exhibits",
    )
    forms: tuple[Annotated[UsedForm, BeforeValidator(_used_form)], ...] = ()
    phrases: Phrases = Field(default_factory=Phrases)
    notes: tuple[Line, ...] = ()


class Example(Record):
    """One worked example: what differs from the base case, and the findings to expect."""

    name: Line
    on: Day | None = None
    change: dict[str, Any] = Field(default_factory=dict)
    remove: tuple[Line, ...] = ()
    version: Slug | None = None
    expect: dict[str, Literal["met", "not_met", "unknown"]] = Field(min_length=1)


class Examples(Record):
    """The worked examples of one policy."""

    base: Slug = Field(description="the sample case that the examples start from")
    service: Slug | None = None
    on: Day
    change: dict[str, Any] = Field(default_factory=dict)
    remove: tuple[Line, ...] = ()
    examples: tuple[Example, ...] = Field(min_length=1)
