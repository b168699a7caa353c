"""The shipped payers: every file reads, every worked example holds, every criterion is shown."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import cache

import pytest

from priorauth import check, intake, samples
from priorauth.library import Library, PolicyFile
from priorauth.payer import Stance, Version, leaves

LIBRARY = Library.open()
FILES = [file for payer in LIBRARY.payers() for file in payer.policies]
ANSWERS = ("met", "not_met", "unknown")

BIRTH = "intake refuses a case without a birth date"
CONSULTED = "another specialty leaves open whether a psychiatrist was consulted"
NONE_RECORDED = "no antidepressant on record is a question, and no other demand can fail"
FREE = "where none is required, every case meets it"

# What a criterion of a version can never be answered with, and why.
IMPOSSIBLE = {
    ("cigna", "adjunct", "age", "unknown"): BIRTH,
    ("cigna", "monotherapy", "age", "unknown"): BIRTH,
    ("carefirst", "seen-2026-05", "age", "unknown"): BIRTH,
    ("qualchoice", "bi734-00", "age", "unknown"): BIRTH,
    ("bcbs-massachusetts", "seen-2023-08", "age", "unknown"): BIRTH,
    ("carefirst", "seen-2026-05", "prescriber", "not_met"): CONSULTED,
    ("qualchoice", "bi734-00", "prescriber", "not_met"): CONSULTED,
    ("cigna", "adjunct", "concurrent_antidepressant", "not_met"): NONE_RECORDED,
    ("bcbs-massachusetts", "seen-2023-08", "concurrent_antidepressant", "not_met"): NONE_RECORDED,
    ("cigna", "monotherapy", "concurrent_antidepressant", "not_met"): FREE,
    ("cigna", "monotherapy", "concurrent_antidepressant", "unknown"): FREE,
}


@cache
def results(payer_id: str, policy_id: str) -> tuple[check.ExampleResult, ...]:
    """Return every worked example of a policy as weighed."""
    [file] = [file for file in LIBRARY.payer(payer_id).policies if file.id == policy_id]
    return tuple(check.run_examples(LIBRARY, file))


def criteria_of(version: Version) -> list[str]:
    """Return the ids of a version's criteria, those of its renewal too."""
    parts = [version.criteria, version.renewal.criteria if version.renewal else None]
    return [leaf.id for part in parts if part for leaf in leaves(part)]


@cache
def shown_by_examples() -> dict[tuple[str, str, str], set[str]]:
    """Return what the examples expect, by payer, version and criterion."""
    seen: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for file in FILES:
        for result in results(file.payer_id, file.id):
            for criterion, answer in result.expected.items():
                seen[file.payer_id, result.found["version"], criterion].add(answer)
    return seen


def test_the_payers_that_are_shipped() -> None:
    """These payers are shipped, each with its own file and at least one policy."""
    assert LIBRARY.payer_ids == (
        "aetna",
        "bcbs-massachusetts",
        "carefirst",
        "cigna",
        "qualchoice",
    )
    assert all(payer.payer and payer.policies for payer in LIBRARY.payers())


@pytest.mark.parametrize("payer_id", LIBRARY.payer_ids)
def test_every_file_reads_without_a_problem(payer_id: str) -> None:
    """No shipped payer or policy file has an error or a warning."""
    assert LIBRARY.payer(payer_id).problems == ()


def test_no_two_payers_share_a_name() -> None:
    """A name or an alias leads to one payer, whatever its capitals."""
    names = [
        name
        for found in LIBRARY.payers()
        if found.payer
        for name in {n.casefold() for n in (found.id, found.payer.name, *found.payer.aliases)}
    ]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize(
    ("written", "payer_id"),
    [
        ("Evernorth", "cigna"),
        ("cigna healthcare", "cigna"),
        ("CareFirst BCBS", "carefirst"),
        ("BCBSMA", "bcbs-massachusetts"),
        ("Blue Cross Blue Shield of Massachusetts", "bcbs-massachusetts"),
        ("QualChoice", "qualchoice"),
        ("AETNA", "aetna"),
    ],
)
def test_staff_find_a_payer_by_the_names_they_write(written: str, payer_id: str) -> None:
    """The names on members' cards lead to the payer."""
    found = LIBRARY.find(written)
    assert found is not None
    assert found.id == payer_id


@pytest.mark.parametrize(
    ("file", "name"),
    [
        pytest.param(file, example.name, id=f"{file.payer_id}: {example.name}")
        for file in FILES
        if (examples := LIBRARY.examples(file))
        for example in examples.examples
    ],
)
def test_every_worked_example_holds(file: PolicyFile, name: str) -> None:
    """Each worked example finds what it says that it finds."""
    of_policy = results(file.payer_id, file.id)
    [result] = [result for result in of_policy if result.example.name == name]
    assert result.expected == {name: result.found.get(name) for name in result.expected}


@pytest.mark.parametrize(
    ("payer_id", "version", "criterion"),
    [
        (file.payer_id, version.id, criterion)
        for file in FILES
        for version in file.policy.versions
        for criterion in (*criteria_of(version), *(["overall"] if version.criteria else []))
    ],
)
def test_the_examples_show_each_answer_of_each_criterion(
    payer_id: str, version: str, criterion: str
) -> None:
    """Met, not met and unknown each have an example, but for the answers that cannot be."""
    possible = {
        answer for answer in ANSWERS if (payer_id, version, criterion, answer) not in IMPOSSIBLE
    }
    assert possible == shown_by_examples()[payer_id, version, criterion]


def test_what_is_called_impossible_is_asked_of_a_real_criterion() -> None:
    """The table of impossible answers names no criterion that is gone."""
    known = {
        (file.payer_id, version.id, criterion)
        for file in FILES
        for version in file.policy.versions
        for criterion in criteria_of(version)
    }
    assert {key[:3] for key in IMPOSSIBLE} <= known


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.payer_id}/{file.id}")
def test_every_version_says_how_far_it_can_be_trusted(file: PolicyFile) -> None:
    """Each version has a link, says what was not read, and is V only by the payer's document."""
    for version in file.policy.versions:
        source = version.source
        assert source.url
        assert version.not_read
        assert source.mark != "V" or source.read == "own_document"


@pytest.mark.parametrize(
    ("day", "version", "rule"),
    [
        (date(2024, 12, 31), "adjunct", "required"),
        (date(2025, 6, 1), "monotherapy", "not_required"),
    ],
)
def test_the_day_of_the_request_picks_the_version(day: date, version: str, rule: str) -> None:
    """Cigna asked for an antidepressant beside esketamine until 2024, and no longer in 2025."""
    case = intake.read(samples.find("esketamine").path, date(2026, 11, 23)).case
    assert case is not None
    governing = LIBRARY.governing(case, day)
    assert governing is not None
    assert governing.version.id == version
    assert governing.version.criteria is not None
    [found] = [
        leaf
        for leaf in leaves(governing.version.criteria)
        if leaf.kind == "concurrent_antidepressant"
    ]
    assert found.rule == rule


def test_a_version_with_an_unsure_first_day_is_not_sure_to_govern() -> None:
    """In mid-2025 either Cigna version can be the right one; since 2026 only the new one can."""
    [file] = LIBRARY.payer("cigna").policies
    _, new = file.policy.versions
    assert new.covers(date(2025, 6, 1))
    assert not new.surely_covers(date(2025, 6, 1))
    assert new.surely_covers(date(2026, 1, 1))


@pytest.mark.parametrize(
    ("sample", "payer_id", "stance"),
    [
        ("esketamine", "cigna", Stance.COVERED),
        ("open-questions", "carefirst", Stance.COVERED),
        ("qualchoice-esketamine", "qualchoice", Stance.COVERED),
        ("bcbsma-iv-ketamine", "bcbs-massachusetts", Stance.COVERED),
        ("iv-ketamine", "aetna", Stance.EXPERIMENTAL),
    ],
)
def test_each_sample_case_meets_the_policy_it_was_made_for(
    sample: str, payer_id: str, stance: Stance
) -> None:
    """A sample case of today finds its payer, a version in force, and the payer's stance."""
    day = date(2026, 11, 23)
    case = intake.read(samples.find(sample).path, day).case
    assert case is not None
    governing = LIBRARY.governing(case, day)
    assert governing is not None
    assert governing.file.payer_id == payer_id
    assert governing.version.stance is stance
