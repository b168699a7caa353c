"""The shipped payers: every file reads, every worked example holds, every criterion is shown."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import cache

import pytest

from priorauth import check, intake, samples
from priorauth.check.policies import never
from priorauth.library import Library, PolicyFile
from priorauth.payer import (
    AnyCriterion,
    Stance,
    Version,
    leaves,
)
from priorauth.reference import Mark

LIBRARY = Library.open()
FILES = [file for payer in LIBRARY.payers() for file in payer.policies]
ANSWERS = ("met", "not_met", "unknown")
NOW = date(2026, 11, 24)  # the day on which the newest source was read


@cache
def results(payer_id: str, policy_id: str) -> tuple[check.ExampleResult, ...]:
    """Return every worked example of a policy as weighed."""
    [file] = [file for file in LIBRARY.payer(payer_id).policies if file.id == policy_id]
    return tuple(check.run_examples(LIBRARY, file))


def criteria_of(version: Version) -> list[AnyCriterion]:
    """Return a version's criteria, those of its renewal too."""
    parts = [version.criteria, version.renewal.criteria if version.renewal else None]
    return [leaf for part in parts if part for leaf in leaves(part)]


@cache
def shown_by_examples(payer_id: str, policy_id: str) -> dict[tuple[str, str], set[str]]:
    """Return what a policy's examples expect, by version and criterion."""
    seen: dict[tuple[str, str], set[str]] = defaultdict(set)
    for result in results(payer_id, policy_id):
        for criterion, answer in result.expected.items():
            seen[result.found["version"], criterion].add(answer)
    return seen


def test_the_payers_that_are_shipped() -> None:
    """These payers are shipped, each with its own file and at least one policy."""
    assert LIBRARY.payer_ids == (
        "aetna",
        "bcbs-alabama",
        "bcbs-massachusetts",
        "bcbs-mississippi",
        "bcbs-north-dakota",
        "carefirst",
        "cigna",
        "hcsc",
        "medica",
        "medical-mutual",
        "medicare",
        "ohio-medicaid",
        "qualchoice",
        "texas-medicaid",
        "unitedhealthcare",
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
        ("Blue Cross and Blue Shield of Texas", "hcsc"),
        ("BCBSIL", "hcsc"),
        ("BCBSND", "bcbs-north-dakota"),
        ("Blue Cross Blue Shield of Mississippi", "bcbs-mississippi"),
        ("TMHP", "texas-medicaid"),
        ("Ohio Medicaid SPBM", "ohio-medicaid"),
        ("UHC", "unitedhealthcare"),
        ("BCBS of Alabama", "bcbs-alabama"),
        ("Original Medicare", "medicare"),
        ("Medical Mutual of Ohio", "medical-mutual"),
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
    ("file", "version"),
    [
        pytest.param(file, version, id=f"{file.payer_id}/{file.id}: {version.id}")
        for file in FILES
        for version in file.policy.versions
    ],
)
def test_the_examples_show_each_answer_of_each_criterion(
    file: PolicyFile, version: Version
) -> None:
    """Met, not met and unknown each have an example, but for the answers that never come."""
    shown = shown_by_examples(file.payer_id, file.id)
    possible = {rule.id: set(ANSWERS) - never(rule) for rule in criteria_of(version)}
    # Without criteria nothing is weighed, and the answer to any request is open.
    overall = set(ANSWERS) if version.criteria else {"unknown"}
    assert {**possible, "overall": overall} == {
        name: shown[version.id, name] for name in (*possible, "overall")
    }


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.payer_id}/{file.id}")
def test_every_version_says_how_far_it_can_be_trusted(file: PolicyFile) -> None:
    """Each version has a link and a day, says what was not read, and is V by an own document."""
    for version in file.policy.versions:
        source = version.source
        assert source.url
        assert source.url.startswith(("https://", "http://"))
        assert source.read_on <= NOW
        assert source.mark in {*Mark}
        assert version.not_read
        assert source.mark is not Mark.V or source.read == "own_document"


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.payer_id}/{file.id}")
def test_no_criterion_is_trusted_more_than_its_source(file: PolicyFile) -> None:
    """A criterion with a mark of its own has one that is weaker than that of its source."""
    for version in file.policy.versions:
        own = {rule.id: rule.mark for rule in criteria_of(version) if rule.mark}
        order = list(Mark)
        weaker = order[order.index(version.source.mark) + 1 :]
        assert {name: mark for name, mark in own.items() if mark not in weaker} == {}


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.payer_id}/{file.id}")
def test_every_policy_says_for_which_plans_it_is(file: PolicyFile) -> None:
    """Rules differ by line of business, so no shipped policy claims to be for every plan."""
    assert file.policy.lines_of_business


def test_one_question_has_one_name_inside_a_version() -> None:
    """Two criteria of a version never read one attestation with different questions."""
    clashes = []
    for file in FILES:
        for version in file.policy.versions:
            asked: dict[str, str] = {}
            for rule in criteria_of(version):
                name, question = getattr(rule, "attestation", None), getattr(rule, "question", "")
                if name and asked.setdefault(name, question) != question:
                    clashes.append((file.payer_id, version.id, name))
    assert clashes == []


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
    file = next(file for file in LIBRARY.payer("cigna").policies if file.id == "esketamine")
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
