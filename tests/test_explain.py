"""A policy in words: each kind of criterion says how it is measured, with its own figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import pytest
from conftest import DAY
from pydantic import TypeAdapter

from priorauth import explain
from priorauth.payer import AnyCriterion, Part, Version, leaves

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Done

    from priorauth.library import Library

ON = ("--on", str(DAY))
OPEN = (
    "A trial that ended for intolerance is not spoken of by the policy: such a trial is left open "
    "and asked about. A drug that is contraindicated is not spoken of by the policy: such a trial "
    "is left open and asked about. Whether a drug that is no labeled antidepressant counts, the "
    "policy does not say: such a trial is left open. The same ingredient twice is one; two drugs "
    "of one class are one class."
)

MEASURED: list[tuple[dict[str, Any], str]] = [
    ({"kind": "age", "least": 18}, "Age in whole years on the day of the request: 18 or older."),
    (
        {"kind": "age", "least": 18, "below": 65},
        "Age in whole years on the day of the request: 18 or older and younger than 65.",
    ),
    (
        {"kind": "diagnosis", "one_of": ["F32", "F33"], "none_of": ["F31"]},
        (
            "The first diagnosis is one of F32 or F33 and no diagnosis is one of F31. "
            "A code stands for all codes that begin with it."
        ),
    ),
    (
        {"kind": "severity", "least": "severe"},
        (
            "The clinician calls the episode severe or worse, and the code of the first "
            "diagnosis does "
            "not say otherwise."
        ),
    ),
    (
        {"kind": "failed_trials", "least": 1},
        (
            "At least 1 trial, each for any time, at or above the least effective dose of the "
            "label. "
            f"Outcomes that count: no response or partial response. {OPEN}"
        ),
    ),
    (
        {
            "kind": "failed_trials",
            "least": 2,
            "classes": 2,
            "weeks": "6.0",
            "weeks_by_outcome": {"partial_response": 8},
            "dose": "maximum_tolerated",
            "window": {"current_episode": True, "years": 5},
            "in_episode": 1,
            "most_improvement_percent": 25,
            "adherence_percent": 80,
            "intolerance": {"counts": "yes", "least_trials": 4},
            "contraindication": {"counts": "no"},
            "gap_days": 14,
            "sources_refused": ["samples", "patient_report"],
            "off_label": "no",
        },
        (
            "At least 2 trials of at least 2 classes, each for at least 6 weeks without a pause of "
            "more than 14 days, at the greatest dose of the label, or the greatest that was "
            "tolerated, "
            "in the present episode and in the past 5 years. After partial response 8 weeks are "
            "enough. At least 1 of them in this episode. Outcomes that count: no response or "
            "partial "
            "response. Improvement of at most 25 percent. Adherence of at least 80 percent. A "
            "trial "
            "that ended for intolerance stands for a failed trial; then 4 trials are needed in "
            "all. A "
            "drug that is contraindicated does not stand for a failed trial. Trials known only "
            "from "
            "samples or patient report do not count. Only labeled antidepressants count. The same "
            "ingredient twice is one; two drugs of one class are one class."
        ),
    ),
    (
        {"kind": "augmentation", "least": 2, "weeks": 4, "agents": ["lithium"], "classes": ["SGA"]},
        (
            "At least 2 drugs (lithium or any SGA) added to an antidepressant, each for at least 4 "
            "weeks. Only days beside that antidepressant count."
        ),
    ),
    (
        {
            "kind": "augmentation",
            "agents": ["lithium"],
            "outcomes": ["no_response"],
            "intolerance": {"counts": "yes"},
        },
        (
            "At least 1 drug (lithium) added to an antidepressant. Outcomes that count: no "
            "response. Only days beside that antidepressant count. One that ended for intolerance "
            "stands for a failed trial. One that is contraindicated is not spoken of by the "
            "policy: such a trial is left open and asked about."
        ),
    ),
    (
        {"kind": "psychotherapy", "types": ["CBT"], "sessions": 12, "outcomes": ["no_response"]},
        (
            "A dated course of psychotherapy (CBT), 12 or more sessions. Outcomes that count: no "
            "response."
        ),
    ),
    (
        {"kind": "score", "scales": {"PHQ-9": 15, "MADRS": 28}, "within_days": 28},
        "The latest score, no older than 28 days: PHQ-9 of 15 or more or MADRS of 28 or more.",
    ),
    (
        {"kind": "score", "scales": {"PHQ-9": 15}},
        "The latest score of this episode: PHQ-9 of 15 or more.",
    ),
    (
        {"kind": "prescriber", "specialties": ["psychiatry"], "or_consultation": True},
        "The prescriber's specialty is psychiatry, or has consulted one who has.",
    ),
    (
        {"kind": "concurrent_antidepressant", "rule": "not_required"},
        "No antidepressant is required beside it: always met.",
    ),
    (
        {
            "kind": "concurrent_antidepressant",
            "rule": "required",
            "stable_weeks": 2,
            "not_failed": True,
        },
        (
            "An antidepressant is still taken, unchanged for 2 weeks, and it is not one that has "
            "failed."
        ),
    ),
    (
        {
            "kind": "prior_device",
            "devices": ["tms", "ect"],
            "sessions": 20,
            "outcomes": ["no_response"],
        },
        "An earlier course of 20 or more sessions of TMS or ECT. Outcomes that count: no response.",
    ),
    (
        {"kind": "attestation", "attestation": "rems", "question": "Is the site certified?"},
        "A person answers yes, with name and day (`rems`): Is the site certified?",
    ),
    (
        {
            "kind": "exclusion",
            "diagnoses": ["G40"],
            "attestation": "no_seizures",
            "question": "Is the patient free of seizures?",
        },
        (
            "No diagnosis is one of G40. A person answers, with name and day (`no_seizures`; "
            "yes means "
            "absent): Is the patient free of seizures?"
        ),
    ),
    (
        {
            "kind": "quantity",
            "most_mg_per_week": 168,
            "most_sessions": 12,
            "most_units": {"J0013": 168},
        },
        "The request is for at most 168 mg in any week, 12 sessions and 168 units of J0013.",
    ),
    (
        {"kind": "response", "scales": ["PHQ-9"], "least_percent": 50},
        (
            "The latest score under treatment is better than the baseline from before it by at "
            "least 50 percent, on PHQ-9."
        ),
    ),
    (
        {"kind": "response", "scales": ["PHQ-9"]},
        (
            "The latest score under treatment is better than the baseline from before it by any "
            "amount, on PHQ-9."
        ),
    ),
]


def part(raw: dict[str, Any]) -> Part:
    """Return a criterion or a group from its values."""
    found: Part = TypeAdapter(Part).validate_python(raw)
    return found


@pytest.mark.parametrize(("raw", "expected"), MEASURED, ids=lambda one: str(one)[:40])
def test_a_criterion_says_how_it_is_measured(raw: dict[str, Any], expected: str) -> None:
    """With every figure that the file gives, and what the policy leaves open."""
    (criterion,) = leaves(part({"id": "x", "requirement": "x", **raw}))
    assert explain.measured(criterion) == expected


def test_every_kind_is_in_the_table_above() -> None:
    """A new kind of criterion needs its words."""
    named = {raw["kind"] for raw, _ in MEASURED}
    kinds = {get_args(one.model_fields["kind"].annotation)[0] for one in get_args(AnyCriterion)}
    assert named == kinds


def test_what_is_no_criterion_has_no_words() -> None:
    """A kind that was forgotten here stops, and is not passed over in silence."""
    with pytest.raises(TypeError):
        explain.measured(object())  # type: ignore[arg-type]


def test_groups_are_numbered_and_say_how_many_are_needed() -> None:
    """An `any` inside an `all` has numbers of its own."""
    age = {"id": "a", "requirement": "Adult", "kind": "age", "least": 18}
    other = {**age, "id": "b"}
    rows = list(
        explain.outline(
            part({"all": [age, {"id": "g", "at_least": 1, "of": [other, {"all": [age]}]}]})
        )
    )
    assert [(number, depth) for number, depth, _, _ in rows] == [
        ("1", 0),
        ("2", 0),
        ("2.1", 1),
        ("2.2", 1),
        ("2.2.1", 2),
    ]
    assert [asked for _, _, asked, _ in rows[1:4:2]] == [
        "At least 1 of the following",
        "All of the following",
    ]


def test_every_criterion_of_the_library_has_words(library: Library) -> None:
    """And no sentence is left empty or without its end."""
    for one in library.payers():
        for file in one.policies:
            for version in file.policy.versions:
                for criterion in leaves(version.criteria) if version.criteria else ():
                    words = explain.measured(criterion)
                    assert words.endswith((".", "?", ")"))
                    assert "None" not in words
                    assert "  " not in words


def test_terms_say_how_long_an_approval_lasts() -> None:
    """Months, days and the policy's own remark."""
    version = Version.model_validate(
        {
            "id": "v",
            "effective_from": "2024",
            "stance": "silent",
            "source": {"title": "x", "read_on": "2026-01-01", "read": "secondary", "mark": "V2"},
            "initial": {"months": 1, "days": 28, "note": "8 sessions"},
            "renewal": {"terms": {"months": 3}},
        }
    )
    assert list(explain.terms(version)) == [
        ("First approval", "1 month; 28 days; 8 sessions"),
        ("Renewal", "3 months"),
    ]


# --- the command ----------------------------------------------------------------------------------


def test_explain_lays_a_policy_open(run: Callable[..., Done]) -> None:
    """Title, file, source with its mark, criteria in order, terms, what was not read, a table."""
    done = run("explain", "cigna", "esketamine", *ON)
    assert (done.code, done.err) == (0, "")
    heads = [
        "Cigna Healthcare: Psychiatry - Spravato",
        "File: payers/cigna/esketamine.yaml",
        "Version monotherapy",
        "mark V2",
        "What it asks",
        "  1. The patient is 18 or older",
        "     Measured: Age in whole years",
        "First approval: 6 months",
        "The criteria as the file has them",
        "Not in force on 2026-11-22: version adjunct, from 2024 to ",
    ]
    places = [done.out.index(head) for head in heads]
    assert places == sorted(places)
    assert [line for line in done.out.split("\n") if len(line) > 110 and "://" not in line] == []


def test_explain_picks_the_version_of_the_day(run: Callable[..., Done]) -> None:
    """`--on` decides, and a day before all of them has none."""
    done = run("explain", "cigna", "esketamine", "--on", "2024-06-01")
    assert "Version adjunct, from 2024 to " in done.out
    done = run("explain", "cigna", "esketamine", "--on", "2020-06-01")
    assert "No version is in force on 2020-06-01." in done.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("cigma", "esketamine"), "There is no payer of that name. Did you mean cigna?"),
        (("cigna", "ketamin"), "There is no service of that name. Did you mean "),
        (
            ("cigna", "ect"),
            "No policy of cigna for this service is on file. It has policies for ",
        ),
    ],
)
def test_explain_of_what_is_not_there_says_what_is(
    words: tuple[str, str], said: str, run: Callable[..., Done]
) -> None:
    """A slip is mended by the message."""
    done = run("explain", *words, *ON)
    assert done.code == 2
    assert done.err.startswith(said)
