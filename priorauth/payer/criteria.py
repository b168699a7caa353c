"""The kinds of criterion that a policy can write, and what each one says.

Numbers, codes and words are data here; how each kind is measured is in `criteria`. There is no
expression language.
"""

from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from priorauth.case import EpisodeSeverity
from priorauth.codes import Line, ProcedureCode, Record, Slug
from priorauth.history import Outcome, Source, known_scale
from priorauth.reference import Mark


class Window(Record, defer_build=False):
    """The time that a treatment must lie in; both when both are given."""

    current_episode: bool = False
    years: int | None = Field(default=None, ge=1, le=50)

    @property
    def limits(self) -> bool:
        """Return whether there is any limit."""
        return self.current_episode or self.years is not None


class Counts(Record, defer_build=False):
    """Whether a treatment that could not be taken stands for a failed one."""

    counts: Literal["yes", "no", "not_stated"] = "not_stated"


class Substitute(Counts, defer_build=False):
    """Whether a treatment that could not be taken stands for a failed one, and at what price."""

    least_trials: int | None = Field(
        default=None, ge=1, description="how many trials are needed once one of these is counted"
    )


class Criterion(Record):
    """What every kind of criterion says: its requirement in words, and where it stands."""

    id: Slug
    requirement: Line
    cite: Line | None = Field(default=None, description="page or section of the source")
    mark: Mark | None = Field(default=None, description="when it differs from the source's mark")


class Age(Criterion):
    """Age in whole years on the day of the request."""

    kind: Literal["age"]
    least: int | None = Field(default=None, ge=0, le=120)
    below: int | None = Field(default=None, ge=0, le=120)


class DiagnosisIs(Criterion):
    """The first diagnosis is one of `one_of`, and no diagnosis is one of `none_of`."""

    kind: Literal["diagnosis"]
    one_of: tuple[Line, ...] = ()
    none_of: tuple[Line, ...] = ()


class SeverityIs(Criterion):
    """The episode is at least this severe, by the clinician's word and the coded diagnosis."""

    kind: Literal["severity"]
    least: EpisodeSeverity


class FailedTrials(Criterion):
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
    def _check(self) -> Self:
        if self.classes > self.least:
            raise PydanticCustomError("classes", "asks for more classes than trials")
        return self


class Augmentation(Criterion):
    """So many drugs added to an antidepressant, each for so long."""

    kind: Literal["augmentation"]
    least: int = Field(default=1, ge=1, le=20)
    weeks: Decimal | None = Field(default=None, ge=0, le=104)
    agents: tuple[Line, ...] = ()
    classes: tuple[Line, ...] = ()
    outcomes: tuple[Outcome, ...] = Field(
        default=(), description="how it must have gone; empty when the policy does not say"
    )
    intolerance: Counts = Counts()
    contraindication: Counts = Counts()
    window: Window = Window()
    gap_days: int = Field(default=7, ge=0, le=90)


class PsychotherapyTried(Criterion):
    """A dated course of psychotherapy of one of these types."""

    kind: Literal["psychotherapy"]
    types: tuple[Line, ...] = ()
    sessions: int | None = Field(default=None, ge=1)
    weeks: Decimal | None = Field(default=None, ge=0, le=104)
    outcomes: tuple[Outcome, ...] = Field(
        default=(), description="how it must have gone; empty when the policy does not say"
    )
    window: Window = Window()


class ScoreAtLeast(Criterion):
    """The latest score on one of several scales is at or above that scale's cut-off."""

    kind: Literal["score"]
    scales: dict[Line, int] = Field(min_length=1)
    within_days: int | None = Field(default=None, ge=1, le=3650)

    @field_validator("scales")
    @classmethod
    def _known(cls, scales: dict[str, int]) -> dict[str, int]:
        return {known_scale(name): least for name, least in scales.items()}


class PrescriberIs(Criterion):
    """The prescriber has one of these specialties, or has consulted one who has."""

    kind: Literal["prescriber"]
    specialties: tuple[Line, ...] = Field(min_length=1)
    or_consultation: bool = False


class ConcurrentAntidepressant(Criterion):
    """Whether an oral antidepressant must be taken beside the service."""

    kind: Literal["concurrent_antidepressant"]
    rule: Literal["required", "not_required"]
    stable_weeks: Decimal | None = Field(default=None, ge=0, le=104)
    not_failed: bool = False


class PriorDevice(Criterion):
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


class Attested(Criterion):
    """A yes that a person stands for."""

    kind: Literal["attestation"]
    attestation: Slug
    question: Line
    ask: Knows = Field(
        default="the prescriber", description="who knows the answer, so that staff ask there"
    )


class Exclusion(Criterion):
    """Something that must be absent: by no diagnosis of these, and by a person's word."""

    kind: Literal["exclusion"]
    diagnoses: tuple[Line, ...] = ()
    attestation: Slug | None = Field(
        default=None, description="yes means that the excluding state is absent"
    )
    question: Line | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if bool(self.attestation) != bool(self.question):
            raise PydanticCustomError("question", "an attestation and its question go together")
        if not (self.attestation or self.diagnoses):
            raise PydanticCustomError("exclusion", "needs diagnoses, an attestation, or both")
        return self


class Quantity(Criterion):
    """At most this much: mg in a week, sessions, or units of a code."""

    kind: Literal["quantity"]
    most_mg_per_week: Decimal | None = Field(default=None, gt=0)
    most_sessions: int | None = Field(default=None, ge=1)
    most_units: dict[ProcedureCode, Decimal] = Field(default_factory=dict)


class Response(Criterion):
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
