"""A renewal: the course that it renews, and what a reviewer of renewals looks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.authorization import CourseUnderWay
from priorauth.case import Kind
from priorauth.fields import problem
from priorauth.history import Score
from priorauth.intake.places import at, entries, right
from priorauth.problems import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from priorauth.datafile import Datafile, Trail


def lacking(data: Datafile, day: date) -> Iterator[Problem]:
    """Yield a warning for each thing that reviewers of renewals miss, and for an ended time."""
    if not _renews(data):
        return
    if not at(data, ("rationale", "risk_of_stopping")):
        yield _warning(
            data,
            ("rationale",),
            "a renewal says nothing of what happens when the treatment stops",
            "Write `risk_of_stopping:` here, in the clinician's own words.",
        )
    course = right(data, ("course",), CourseUnderWay)
    renewal = right(data, ("request", "kind"), Kind) is Kind.RENEWAL
    if renewal and course and course.authorization_ends and course.authorization_ends < day:
        yield _warning(
            data,
            ("course", "authorization_ends"),
            "the authorization has ended",
            "Ask the payer whether this is still a renewal.",
        )
    yield from _scores(data, course)


def unused(data: Datafile, day: date) -> Iterator[Problem]:
    """Yield a warning when a course is told of where no letter shows it."""
    del day
    if not _renews(data) and at(data, ("course",)):
        yield _warning(
            data,
            ("course",),
            "only a renewal tells of the course under way: this letter does not show it",
            "Write `kind: renewal` under `request:`, or list the treatment under `treatments:`.",
        )


def _renews(data: Datafile) -> bool:
    """Return whether a renewal is asked for, or appealed after it was refused."""
    kind = right(data, ("request", "kind"), Kind)
    asked = at(data, ("answer", "asked"))
    return kind is Kind.RENEWAL or (kind is Kind.APPEAL and asked == Kind.RENEWAL)


def _scores(data: Datafile, course: CourseUnderWay | None) -> Iterator[Problem]:
    found = [(trail, right(data, trail, Score)) for trail in entries(data, ("scores",))]
    scores = [(trail, score) for trail, score in found if score]
    first = {score.scale: score for _, score in scores if score.baseline}
    if not any(
        not score.baseline and first[score.scale].on.first < score.on.last
        for _, score in scores
        if score.scale in first
    ):
        yield _warning(
            data,
            ("scores",),
            "a renewal shows a baseline and a later score on one scale, and here are none",
            "Add both with their days; mark the first with `baseline: yes`.",
        )
    for trail, score in scores:
        late = course and course.started and score.on.first > course.started.last
        if score.baseline and late:
            yield _warning(
                data,
                (*trail, "on"),
                "this baseline is from after the treatment began",
                "Compare it with the record: the baseline is the score before treatment.",
            )


def _warning(data: Datafile, trail: Trail, what: str, fix: str) -> Problem:
    return problem(data, trail, what, fix, Severity.WARNING)
