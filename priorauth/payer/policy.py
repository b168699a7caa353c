"""What one payer's rules say of a service: a policy, and its dated versions with their sources.

Not for choosing the policy of a request: `library` does that.
"""

from datetime import date
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from priorauth.case import Benefit, Kind, LineOfBusiness
from priorauth.codes import Line, Record, Slug, Text
from priorauth.dates import Day, PartialDate
from priorauth.payer.groups import Part, ids_in
from priorauth.reference import Mark, services


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
    def _check(self) -> Self:
        if self.effective_to and self.effective_to.last < self.effective_from.first:
            raise PydanticCustomError("end_before_start", "the end is before the start")
        if self.stance is Stance.COVERED and self.criteria is None:
            raise PydanticCustomError("no_criteria", "a covered version needs criteria")
        for part in (self.criteria, self.renewal and self.renewal.criteria):
            ids = list(ids_in(part)) if part else []
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
