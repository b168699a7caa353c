"""Criteria put together: all of them, any of them, or so many of them must be met."""

from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from priorauth.codes import Line, Record, Slug
from priorauth.payer.criteria import (
    Age,
    AnyCriterion,
    Attested,
    Augmentation,
    ConcurrentAntidepressant,
    Criterion,
    DiagnosisIs,
    Exclusion,
    FailedTrials,
    PrescriberIs,
    PriorDevice,
    PsychotherapyTried,
    Quantity,
    Response,
    ScoreAtLeast,
    SeverityIs,
)


class Group(Record):
    """What every group of criteria may say."""

    id: Slug | None = None
    requirement: Line | None = None


class All(Group):
    """Every part must be met."""

    parts: tuple["Part", ...] = Field(alias="all", min_length=1)


class AnyOf(Group):
    """One part must be met."""

    parts: tuple["Part", ...] = Field(alias="any", min_length=1)


class AtLeast(Group):
    """So many of the parts must be met."""

    at_least: int = Field(ge=1)
    parts: tuple["Part", ...] = Field(alias="of", min_length=1)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.at_least > len(self.parts):
            raise PydanticCustomError("at_least", "asks for more parts than there are")
        return self


def part_kind(value: Any) -> str | None:  # noqa: ANN401 - raw input of any form
    """Return which kind of part a raw mapping or a model is; None when no one kind."""
    if isinstance(value, Group):
        return {All: "all", AnyOf: "any", AtLeast: "at_least"}[type(value)]
    if isinstance(value, Criterion):
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


def ids_in(part: Part) -> Iterator[str]:
    """Yield the ids that are written in a group and inside it."""
    if part.id:
        yield part.id
    if isinstance(part, All | AnyOf | AtLeast):
        for inner in part.parts:
            yield from ids_in(inner)


def leaves(part: Part) -> tuple[AnyCriterion, ...]:
    """Return the criteria of a group in their order, groups inside opened."""
    if isinstance(part, All | AnyOf | AtLeast):
        return tuple(leaf for inner in part.parts for leaf in leaves(inner))
    return (part,)
