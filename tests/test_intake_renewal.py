"""What is said at the door of a renewal: the course under way and what reviewers miss."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from conftest import DAY, raw_case

from priorauth import intake
from priorauth.datafile import Datafile

WORDS = "rationale: a renewal says nothing of what happens when the treatment stops"
SCORES = "scores: a renewal shows a baseline and a later score on one scale, and here are none"


def said(**sections: Any) -> list[str]:  # noqa: ANN401 - a case file's values
    """Return the problems of the renewal sample with other sections, without what to do."""
    raw = raw_case("esketamine-renewal")
    for name, value in sections.items():
        raw[name] = {**raw[name], **value} if isinstance(value, dict) else value
    problems = intake.understand(Datafile("case.yaml", raw), DAY).problems
    return [f"{problem.place.field}: {problem.what}" for problem in problems]


def without(section: str, key: str) -> Any:  # noqa: ANN401 - a case file's values
    """Return the sample's section without a key."""
    values = copy.deepcopy(raw_case("esketamine-renewal")[section])
    del values[key]
    return values


def test_a_whole_renewal_is_read_without_a_word() -> None:
    """Nothing is missed in the sample."""
    assert said() == []


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        ({"started": "2026-11-21"}, "course.last_on: the end is before the start"),
        ({"last_on": "2026-11-23"}, "course.last_on: the date is in the future"),
        ({"started": "2027-01"}, "course.started: the date is in the future"),
        ({"sessions_given": "-1"}, "course.sessions_given: must be at least 0"),
        ({"sessions_given": "many"}, "course.sessions_given: must be a whole number"),
        ({"authorization_ends": "2026-12"}, "course.authorization_ends: must be a day"),
        ({"authorization_ends": "2026-11-21"}, "course.authorization_ends: the authorization has"),
        ({"authorization_ends": "2026-08-01"}, "course.authorization_ends: the end is before"),
        ({"session": "15"}, "course: a key here is not known"),
    ],
)
def test_a_slip_in_the_course_is_told(course: dict[str, str], expected: str) -> None:
    """Dates that cannot be, numbers that are none, an authorization that has ended."""
    assert any(one.startswith(expected) for one in said(course=course)), said(course=course)


def test_a_renewal_without_the_risk_of_stopping_is_noticed() -> None:
    """Payers say both that the patient is well and that the treatment can end."""
    raw = without("rationale", "risk_of_stopping")
    assert said(rationale="") != []
    renewal = raw_case("esketamine-renewal")
    renewal["rationale"] = raw
    problems = intake.understand(Datafile("case.yaml", renewal), DAY).problems
    assert [f"{p.place.field}: {p.what}" for p in problems] == [WORDS]
    assert "in the clinician's own words" in problems[0].fix


def test_a_renewal_needs_two_scores_on_one_scale() -> None:
    """A baseline alone, later scores alone, and scores on two scales show no response."""
    before = {"scale": "MADRS", "total": "38", "on": "2026-08-14", "baseline": "yes"}
    later = {"scale": "MADRS", "total": "13", "on": "2026-11-20"}
    other = {"scale": "PHQ-9", "total": "7", "on": "2026-11-20"}
    for scores in ([before], [later], [before, other], []):
        assert SCORES in said(scores=scores)
    assert said(scores=[before, later]) == []


def test_a_baseline_from_after_the_start_is_noticed() -> None:
    """The score to compare with is the one before treatment."""
    before = {"scale": "MADRS", "total": "30", "on": "2026-08-25", "baseline": "yes"}
    later = {"scale": "MADRS", "total": "13", "on": "2026-11-20"}
    expected = "scores.0.on: this baseline is from after the treatment began"
    assert said(scores=[before, later]) == [expected]


def test_a_course_that_no_letter_shows_is_noticed() -> None:
    """An initial request does not tell of a course: that is said, not passed over."""
    [one] = said(request={"kind": "initial"})
    assert one.startswith("course: only a renewal tells of the course under way")
