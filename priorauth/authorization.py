"""What came of an earlier request: the course that was authorized, or the payer's refusal.

Not for the history before it: what was tried earlier is in `history`.
"""

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from priorauth.codes import Line, Number, Record, Slug, Text
from priorauth.dates import Day, PartialDate
from priorauth.history import Evidences, Said


class CourseUnderWay(Record):
    """The service asked for as it is given now, under the authorization to be renewed."""

    started: PartialDate | None = None
    last_on: PartialDate | None = Field(default=None, description="the latest session so far")
    sessions_given: int | None = Field(default=None, ge=0, le=2000)
    mg_per_session: Number | None = Field(default=None, gt=0, le=100_000)
    authorization_number: Line | None = None
    authorization_ends: Day | None = None
    evidence: Evidences = ()

    @field_validator("last_on", "authorization_ends")
    @classmethod
    def _after_start(
        cls, when: PartialDate | date | None, info: ValidationInfo
    ) -> PartialDate | date | None:
        started = info.data.get("started")
        last = when.last if isinstance(when, PartialDate) else when
        if started and last and last < started.first:
            raise PydanticCustomError("end_before_start", "the end is before the start")
        return when


class Sent(Record):
    """A request that has gone to the payer already, as staff noted it."""

    on: Day = Field(description="the day on which it was sent")
    kind: Literal["initial", "renewal"] = Field(
        default="initial", description="what kind of request it was"
    )
    reference: Line | None = None
    differs: Line | None = Field(
        default=None, description="what is asked for now and was not then, if anything"
    )


class Level(StrEnum):
    """Which review of a decision is asked for."""

    FIRST = "first"
    SECOND = "second"
    EXTERNAL = "external"

    @property
    def words(self) -> str:
        """Return what the request for that review is called, inside a sentence."""
        external = "request for external review"
        return external if self is Level.EXTERNAL else f"{self.value}-level appeal"


class Reason(Record):
    """One reason that the payer gives, in the payer's words, and what answers it."""

    text: Text
    criterion: Slug | None = Field(
        default=None, description="the id of the policy's criterion that the reason is about"
    )
    reply: Said | None = Field(
        default=None, description="the clinician's own words, above all where no criterion answers"
    )
    evidence: Evidences = ()


class PayerAnswer(Record):
    """The decision that is appealed: what the payer decided, when, and why."""

    decision: Literal["denied", "approved_in_part", "ended"]
    on: Day = Field(description="the date of the decision")
    received: Day | None = Field(default=None, description="the day on which it was received")
    reference: Line | None = None
    asked: Literal["initial", "renewal"] = Field(
        default="initial", description="what kind of request was decided"
    )
    level: Level = Field(default=Level.FIRST, description="the review that is now asked for")
    appeal_by: Day | None = Field(
        default=None, description="the last day to appeal, where the decision itself names it"
    )
    reasons: tuple[Reason, ...] = Field(min_length=1, max_length=50)
    evidence: Evidences = ()

    @field_validator("received", "appeal_by")
    @classmethod
    def _after_decision(cls, when: date | None, info: ValidationInfo) -> date | None:
        decided = info.data.get("on")
        if when and decided and when < decided:
            raise PydanticCustomError("end_before_start", "the day is before the decision")
        return when
