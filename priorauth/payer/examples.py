"""Worked examples of a policy: what differs from a sample case, and the findings to expect."""

from typing import Any, Literal

from pydantic import Field

from priorauth.codes import Line, Record, Slug
from priorauth.dates import Day


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
