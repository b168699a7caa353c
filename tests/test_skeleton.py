"""A case file to fill in: for each service and payer it asks what the policy asks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from conftest import DAY

from priorauth import datafile, intake
from priorauth.case import Kind
from priorauth.library import Library
from priorauth.payer import Attested, Exclusion, leaves
from priorauth.reference import services
from priorauth.skeleton import skeleton

if TYPE_CHECKING:
    from priorauth.intake import Intake
    from priorauth.payer import Version

SERVICES = tuple(service.id for service in services.services())
LIBRARY = Library.open()  # each of its files is read once
PAYERS = (*LIBRARY.payer_ids, "A plan of the county")
EVERY = pytest.mark.parametrize(
    ("service", "payer"), [(service, payer) for service in SERVICES for payer in PAYERS]
)
FILLED = {
    r"given: ,": "given: Ann,",
    r"family: \}": "family: Lee}",
    r"birth_date: .*": "birth_date: 1980-02-29",
    r'member_id: ""': "member_id: X123",
    r"credentials: .*": "credentials: MD",
    r'group_number: ""': 'group_number: "7"',
    r'npi: ""': 'npi: "1234567893"',
    r"^  name:$": "  name: A clinic",
    r'street: , city: , state: , zip: ""': 'street: 1 Elm, city: Ada, state: KS, zip: "66212"',
    r"phone:$": "phone: 913-555-0142",
    r"^  fax: .*": "  fax: 913-555-0143",
    r"code: , units: ": "code: J3490, units: 1",
    r"units: \}": "units: 84}",
    r"plan: .*": "plan: as ordered",
    r"^  sessions: .*": "  sessions: 20",
    r"^  mg_per_week: .*": "  mg_per_week: 112",
    r"diagnoses: \[\{code: \}\].*": "diagnoses: [{code: F33.2}]",
    r"^treatments:$": "treatments: [{psychotherapy: CBT}]",
    r"line_of_business: .*": "line_of_business: commercial",
    r"benefit: .*": "benefit: medical",
    r"specialty: .*": "specialty: psychiatry",
    r"decision: .*": "decision: denied",
    r"level: .*": "level: first",
    r"started: .*": "started: 2026-08-18",
    r"sessions_given:": "sessions_given: 15",
    r"authorization_ends: .*": "authorization_ends: 2026-12-14",
    r"^  on:   .*": "  on: 2026-10-26",
    r"^    - text:$": "    - text: Not shown.",
    r"reason: , by: , on: ": "reason: My words, by: A. Lee, on: 2026-11",
    r"by: , on": "by: A. Lee, on",
}
# A commented line that is no prose: a key with its value, an entry of a list, or a text's dots.
EXAMPLE = r"(?m)^( *)# ( *(?:- )?\{?(?:[a-z][\w-]*:(?: .*)?|\.\.\.))$"


def written(service: str, payer: str, kind: Kind = Kind.INITIAL) -> str:
    """Return the new case file."""
    found = services.find(service)
    assert found is not None
    return skeleton(found, payer, LIBRARY.find(payer), DAY, kind)


def filled(text: str) -> str:
    """Return the file with a value in every empty place, the comments left as they are."""
    lines = []
    for line in text.split("\n"):
        new = line
        for pattern, value in () if line.lstrip().startswith("#") else FILLED.items():
            new = re.sub(pattern, value, new)
        lines.append(new)
    return "\n".join(lines)


def read(text: str) -> Intake:
    """Return the file as intake reads it."""
    return intake.understand(datafile.parse(text, "case.yaml"), DAY)


def version_of(service: str, payer: str) -> Version | None:
    """Return the version that is in force for the service."""
    found = LIBRARY.find(payer)
    versions = [
        version
        for file in (found.policies if found else ())
        if service in file.policy.services
        for version in file.policy.versions
        if version.covers(DAY)
    ]
    return max(versions, key=lambda version: version.effective_from.first, default=None)


@EVERY
def test_an_empty_form_is_told_line_by_line(service: str, payer: str) -> None:
    """Each empty place is a problem on its own line; nothing else is wrong with the file."""
    text = written(service, payer)
    found = read(text)
    lines = text.split("\n")
    assert found.case is None
    assert {problem.what for problem in found.problems} <= {"there is no value", "is missing"}
    for problem in found.problems:
        assert problem.place.field
        last = problem.place.field.split(".")[-1]
        assert last in lines[problem.place.line - 1]


@pytest.mark.parametrize("kind", Kind)
def test_a_new_case_states_nothing_that_nobody_said(kind: Kind) -> None:
    """Of all keys only the payer, the service, what kind of request and its codes have a value."""
    text = written("esketamine", "cigna", kind)
    stated = re.findall(r"(?m)^ *(?:- )?(\w+): (?![{\[]|\"\"| *#)\S", text)
    assert set(stated) == {"payer", "service", "kind", "urgent"}


@EVERY
def test_a_form_that_is_filled_in_is_accepted(service: str, payer: str) -> None:
    """With a value in each empty place the file is a case for that service and payer."""
    found = read(filled(written(service, payer)))
    assert [str(problem) for problem in found.problems if problem.severity == "error"] == []
    assert found.case is not None
    assert found.case.request.service == service
    assert found.case.coverage.payer == payer


@EVERY
def test_the_form_asks_for_all_that_the_policy_asks(service: str, payer: str) -> None:
    """Every criterion stands in the file, as its requirement or as the question to answer."""
    version = version_of(service, payer)
    text = " ".join(written(service, payer).replace("#", " ").split())
    for rule in leaves(version.criteria) if version and version.criteria else ():
        question = rule.question if isinstance(rule, Attested | Exclusion) else None
        asked = [rule.requirement, *filter(None, [question])]
        assert any(" ".join(words.split()) in text for words in asked), rule.id


@EVERY
def test_the_commented_lines_are_right_once_they_are_uncommented(service: str, payer: str) -> None:
    """What stands there as an example is right as it is, but for the values that are missing."""
    opened = re.sub(EXAMPLE, r"\1\2", written(service, payer))
    keys = set(re.findall(r"(?m)^(\w+):", opened))
    assert {"treatments", "scores", "exhibits", "rationale", "episode"} <= keys
    found = read(filled(opened.replace("treatments:", "treatments: ")))
    assert [str(problem) for problem in found.problems if problem.severity == "error"] == []
    assert found.case is not None
    assert len(found.case.treatments) == 5


@EVERY
def test_the_first_lines_say_what_it_is_for(service: str, payer: str) -> None:
    """The service, and the policy that it follows or that none is on file."""
    found = services.find(service)
    assert found is not None
    first, second = written(service, payer).split("\n")[:2]
    assert found.name in first
    version = version_of(service, payer)
    told = version.stance.value if version else "No policy of this payer for this service"
    assert told in second


@pytest.mark.parametrize(
    "name",
    [
        "A: B",
        "Plan #7",
        "[x",
        "{x}",
        "'x",
        '"x',
        "*x",
        "&x",
        "!x",
        "yes",
        "1e3",
        "- x",
        "Ünï",
        "%x",
    ],
)
def test_any_name_of_a_payer_can_be_written(name: str) -> None:
    """A payer's name that YAML would take for something else is put in quotation marks."""
    found = read(filled(written("esketamine", name)))
    assert [str(problem) for problem in found.problems] == []
    assert found.case is not None
    assert found.case.coverage.payer == name


def test_a_payer_that_does_not_cover_is_asked_for_an_exception() -> None:
    """The file has the place for the prescriber's reasons, and refuses to stay without them."""
    text = written("iv_ketamine", "aetna")
    assert "asks for an exception" in text
    fields = {problem.place.field for problem in read(text).problems}
    assert {"exceptions.0.reason", "exceptions.0.by", "exceptions.0.on"} <= fields


def test_the_codes_are_those_of_the_day() -> None:
    """A code that has ended is not offered."""
    text = written("esketamine", "cigna")
    assert "code: J0013" in text
    assert "S0013" not in text


RENEWED = pytest.mark.parametrize("payer", ["carefirst", "cigna", "qualchoice", "A county plan"])


@RENEWED
def test_a_renewal_asks_for_the_course_under_way(payer: str) -> None:
    """The course has empty places, and what the policy asks is what it asks of renewals."""
    text = written("esketamine", payer, Kind.RENEWAL)
    fields = {problem.place.field for problem in read(text).problems}
    assert {"course.started", "course.sessions_given", "course.authorization_ends"} <= fields
    version = version_of("esketamine", payer)
    criteria = version.criteria_for(Kind.RENEWAL) if version else None
    told = " ".join(text.replace("#", " ").split())
    assert all(rule.requirement in told for rule in (leaves(criteria) if criteria else ()))
    assert "The patient is 18 or older" not in text


@RENEWED
def test_a_renewal_that_is_filled_in_is_accepted(payer: str) -> None:
    """With its commented lines too: they hold both scores and the risk of stopping."""
    opened = re.sub(EXAMPLE, r"\1\2", written("esketamine", payer, Kind.RENEWAL))
    found = read(filled(opened.replace("treatments:", "treatments: ")))
    assert [str(problem) for problem in found.problems] == []
    assert found.case is not None
    assert found.case.request.kind is Kind.RENEWAL
    assert found.case.course.sessions_given == 15
    assert found.case.rationale.risk_of_stopping


def test_the_amounts_that_a_policy_limits_have_their_place() -> None:
    """Staff write how many sessions, or how much a week, before the check has to ask."""
    assert re.search(r"(?m)^  sessions: .* the policy takes at most 36$", written("tms", "aetna"))
    weekly = r"(?m)^  mg_per_week: .* the policy takes at most 168$"
    assert re.search(weekly, written("esketamine", "qualchoice"))
    assert not re.search(r"(?m)^  (sessions|mg_per_week):", written("esketamine", "cigna"))


def test_a_choice_is_listed_with_what_it_consists_of_below() -> None:
    """Nobody takes the ways to meet one criterion for as many criteria."""
    text = written("esketamine", "qualchoice")
    assert "  - Two of these augmentation therapies failed, " in text
    assert "(at least 2 of\n#     these)\n#     - Augmentation with a second-generation" in text


@RENEWED
def test_an_appeal_asks_for_the_decision_and_its_reasons(payer: str) -> None:
    """The decision has empty places, and the ids that a reason can name are listed."""
    text = written("esketamine", payer, Kind.APPEAL)
    fields = {problem.place.field for problem in read(text).problems}
    assert {"answer.on", "answer.reasons.0.text"} <= fields
    version = version_of("esketamine", payer)
    rules = leaves(version.criteria) if version and version.criteria else ()
    told = " ".join(text.replace("#", " ").split())
    assert all(rule.id in told for rule in rules)
    assert ("Its criteria are" in told) is bool(rules)


@RENEWED
def test_an_appeal_that_is_filled_in_is_accepted(payer: str) -> None:
    """With its commented lines too: they hold a criterion and a reply."""
    opened = re.sub(EXAMPLE, r"\1\2", written("esketamine", payer, Kind.APPEAL))
    found = read(filled(opened.replace("treatments:", "treatments: ")))
    assert [str(problem) for problem in found.problems if problem.severity == "error"] == []
    assert found.case is not None
    assert found.case.appealed is not None
    assert found.case.weighed_as is Kind.RENEWAL
    assert found.case.appealed.reasons[0].reply is not None
