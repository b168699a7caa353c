"""Worked examples: a right one passes, a wrong one fails, a slip in one says where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cases import policy, version, write

from priorauth.check import ExampleResult, run_examples
from priorauth.library import Library
from priorauth.problems import PriorAuthError, UnreadableError

if TYPE_CHECKING:
    from pathlib import Path

CRITERIA = {
    "all": [
        {"id": "adult", "requirement": "18 or older", "kind": "age", "least": 18},
        {
            "id": "either",
            "any": [
                {"id": "phq", "requirement": "PHQ-9 15", "kind": "score", "scales": {"PHQ-9": 15}},
                {
                    "id": "madrs",
                    "requirement": "MADRS 28",
                    "kind": "score",
                    "scales": {"MADRS": 28},
                },
            ],
        },
        {"any": [{"id": "severe", "requirement": "Severe", "kind": "severity", "least": "severe"}]},
    ]
}
RENEWAL = {
    "criteria": {
        "id": "response",
        "requirement": "Half",
        "kind": "response",
        "scales": ["PHQ-9"],
        "least_percent": 50,
    }
}
OLD = version(id="old", effective_from="2020-01-01", effective_to="2024-12-31", criteria=CRITERIA)
NEW = version(id="new", effective_from="2025-01-01", criteria=CRITERIA, renewal=RENEWAL)
BASE: dict[str, Any] = {
    "base": "esketamine",
    "on": "2026-11-23",
    "change": {
        "patient.birth_date": "1984-03-09",
        "scores": [{"scale": "PHQ-9", "total": 20, "on": "2026-11-10"}],
        "request.kind": "initial",
        "exceptions": [],
    },
}


def results(root: Path, *examples: dict[str, Any], **more: Any) -> list[ExampleResult]:  # noqa: ANN401
    """Return the results of these worked examples of a policy of two versions."""
    named = [{"name": f"Example {place}.", **one} for place, one in enumerate(examples, 1)]
    write(
        root,
        "plan-a",
        one=policy(OLD, NEW),
        one__examples={**BASE, **more, "examples": named},
    )
    library = Library((root,))
    [file] = library.payer("plan-a").policies
    return list(run_examples(library, file))


def result(root: Path, expect: dict[str, str], **example: Any) -> ExampleResult:  # noqa: ANN401
    """Return the result of one worked example."""
    [found] = results(root, {"expect": expect, **example})
    return found


RIGHT: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({}, {"overall": "met", "adult": "met", "phq": "met", "madrs": "unknown", "either": "met"}),
    ({"change": {"patient.birth_date": "2010-01-01"}}, {"adult": "not_met", "overall": "not_met"}),
    ({"change": {"scores.0.total": 14}}, {"phq": "not_met", "either": "unknown"}),
    ({"change": {"scores": []}}, {"phq": "unknown", "either": "unknown", "overall": "unknown"}),
    ({"remove": ["scores.0"]}, {"phq": "unknown"}),
    ({"remove": ["episode.severity"]}, {"severe": "unknown", "criteria-3": "unknown"}),
    (
        {"change": {"scores.1": {"scale": "MADRS", "total": 30, "on": "2026-11-10"}}},
        {"madrs": "met"},
    ),
    (
        {"change": {"scores.0": {"scale": "MADRS", "total": 30, "on": "2026-11-10"}}},
        {"madrs": "met", "phq": "unknown"},
    ),
    (
        {"change": {"scores.9": {"scale": "PHQ-9", "total": 9, "on": "2026-11-11"}}},
        {"phq": "not_met"},
    ),
    ({"version": "new"}, {"overall": "met"}),
]
EARLY: dict[str, Any] = {
    "scores": [],
    "treatments": [],
    "attestations": {},
    "episode": {},
    "diagnoses": [],
}


@pytest.mark.parametrize(("example", "expect"), RIGHT)
def test_a_right_example_passes(
    tmp_path: Path, example: dict[str, Any], expect: dict[str, str]
) -> None:
    """What it changes is changed, and the findings are those that it expects."""
    found = result(tmp_path, expect, **example)
    assert {name: found.found.get(name) for name in found.expected} == found.expected
    assert found.passed


def test_a_wrong_example_fails_and_says_what_came_out(tmp_path: Path) -> None:
    """Expected and found stand beside each other; one that passes is not touched by it."""
    wrong, right = results(
        tmp_path,
        {"expect": {"adult": "not_met", "phq": "met"}},
        {"expect": {"adult": "met"}},
    )
    assert not wrong.passed
    assert wrong.expected == {"adult": "not_met", "phq": "met"}
    assert wrong.found["adult"] == "met"
    assert wrong.example.name == "Example 1."
    assert right.passed


@pytest.mark.parametrize("name", ["adlut", "response", "criteria-1"])
def test_an_example_that_expects_a_finding_that_is_not_there_fails(
    tmp_path: Path, name: str
) -> None:
    """A slip in an id, and a criterion of the renewal in an initial request."""
    assert not result(tmp_path, {name: "met"}).passed


def test_an_example_may_expect_the_version_of_its_day(tmp_path: Path) -> None:
    """The day of the example picks the version."""
    early = {"on": "2024-06-01", "change": EARLY}
    assert result(tmp_path, {"adult": "met"}, version="old", **early).passed
    assert not result(tmp_path, {"adult": "met"}, version="new", **early).passed
    assert result(tmp_path, {"adult": "met"}, version="new").passed


def test_on_a_day_without_a_version_nothing_is_found(tmp_path: Path) -> None:
    """Neither met nor not met, and no version."""
    found = result(tmp_path, {"overall": "unknown"}, on="2019-06-01", change=EARLY)
    assert found.passed
    assert found.found == {"version": "", "overall": "unknown"}


def test_a_renewal_is_held_against_its_own_criteria(tmp_path: Path) -> None:
    """The initial criteria are not asked, and no others stand in where none are on file."""
    scores = [
        {"scale": "PHQ-9", "total": 20, "on": "2026-05-04", "baseline": "yes"},
        {"scale": "PHQ-9", "total": 10, "on": "2026-11-10"},
    ]
    change = {"request.kind": "renewal", "scores": scores}
    found = result(tmp_path, {"response": "met", "overall": "met"}, change=change)
    assert found.passed
    assert "adult" not in found.found


def test_renewal_criteria_are_held_even_where_there_are_no_initial_ones(tmp_path: Path) -> None:
    """A payer may need no first authorization and ask for progress all the same."""
    free = version(stance="no_authorization_needed", renewal=RENEWAL)
    example = {
        "name": "Nothing is known of the response.",
        "change": {"request.kind": "renewal"},
        "expect": {"response": "unknown"},
    }
    write(tmp_path, "plan-a", one=policy(free), one__examples={**BASE, "examples": [example]})
    library = Library((tmp_path,))
    [file] = library.payer("plan-a").policies
    [found] = run_examples(library, file)
    assert found.passed


def test_examples_may_be_about_another_service_than_the_base_case(tmp_path: Path) -> None:
    """The service is set for all of them, and an example may change it again."""
    codes = {**BASE["change"], "request.codes": [{"code": "G2082"}]}
    first, second = results(
        tmp_path,
        {"expect": {"adult": "met"}},
        {"expect": {"adult": "met"}, "change": {"request.service": "esketamine"}},
        service="esketamine",
        change=codes,
    )
    assert first.passed
    assert second.passed


def test_a_policy_without_examples_has_no_results(tmp_path: Path) -> None:
    """There is nothing to run."""
    library = Library((write(tmp_path, "plan-a", one=policy(NEW)),))
    [file] = library.payer("plan-a").policies
    assert list(run_examples(library, file)) == []


@pytest.mark.parametrize(
    ("slip", "path"),
    [
        ({"change": {"scores.x.total": 3}}, "scores.x.total"),
        ({"change": {"scores.7.total": 3}}, "scores.7.total"),
        ({"change": {"patient.birth_date.year": 3}}, "patient.birth_date.year"),
        ({"change": {"patient.birth_date.year.month": 3}}, "patient.birth_date.year.month"),
        ({"remove": ["scores.7"]}, "scores.7"),
        ({"remove": ["rems"]}, "rems"),
        ({"remove": ["attestations.rems"]}, "attestations.rems"),
    ],
)
def test_a_path_that_leads_nowhere_is_named(
    tmp_path: Path, slip: dict[str, Any], path: str
) -> None:
    """With the policy's file, the example and the path: never a crash, never ignored."""
    with pytest.raises(UnreadableError) as caught:
        result(tmp_path, {"adult": "met"}, **slip)
    assert str(caught.value) == (
        f"one.yaml: Example 1.: error: {path}: this path leads nowhere in the base case. "
        "Write keys and places from 0 with dots between them, such as treatments.0.outcome."
    )


def test_an_example_that_makes_no_case_is_named(tmp_path: Path) -> None:
    """The case is read as strictly as any other."""
    with pytest.raises(UnreadableError) as caught:
        result(tmp_path, {"adult": "met"}, change={"scores.0.total": 99})
    [problem] = caught.value.problems
    assert problem.place.file == "one.yaml: Example 1."
    assert problem.place.field == "scores.0.total"


def test_a_base_case_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A slip in the sample's name offers the samples."""
    with pytest.raises(PriorAuthError, match="no sample of that name"):
        results(tmp_path, {"expect": {"adult": "met"}}, base="esketamin")


def test_the_base_case_is_not_changed_by_an_example(tmp_path: Path) -> None:
    """Each example starts from the same case."""
    first, second = results(
        tmp_path,
        {"expect": {"phq": "unknown"}, "remove": ["scores.0"]},
        {"expect": {"phq": "met"}},
    )
    assert first.passed
    assert second.passed
