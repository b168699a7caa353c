"""What came of an earlier request: the course of treatment that was authorized.

Not for the history before it: what was tried earlier is in `history`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from priorauth.codes import Line, Number, Record
from priorauth.dates import Day, PartialDate
from priorauth.history import Evidences

if TYPE_CHECKING:
    from datetime import date

    from pydantic import ValidationInfo


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
