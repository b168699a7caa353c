"""Maps of forms: strict, and each mistake told with its line and what to write."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from conftest import DAY
from hypothesis import given
from hypothesis import strategies as st

from priorauth import intake, samples
from priorauth.criteria import weigh_case
from priorauth.datafile import parse
from priorauth.forms import formmap, paths
from priorauth.letter import compose
from priorauth.library import Library

if TYPE_CHECKING:
    from collections.abc import Callable

    from priorauth.criteria import Verdict
    from priorauth.letter import Letter


def said(field: str) -> list[str]:
    """Return what is said of a map with one field, which stands on line 3."""
    read = formmap.understand(parse(f"title: A form\nfields:\n  Box: {field}\n", "m.yaml"))
    assert (read.map is None) == bool(read.problems)
    return [str(problem) for problem in read.problems]


@pytest.fixture(scope="module")
def letter(verdict_of: Callable[[Any], Verdict]) -> Letter:
    """Return the content of the sample esketamine."""
    return compose(verdict_of("esketamine"))


@pytest.mark.parametrize(
    "field",
    [
        "facts.patient.name",
        "[facts.patient.name.given, facts.patient.name.family]",
        "{put: facts.request.codes.*.code, between: slash}",
        "{put: facts.request.urgent_because, optional: yes}",
        "{tick: facts.patient.sex, when: female}",
        "{tick: facts.patient.sex, when: [female, Other]}",
        "{tick: facts.coverage.group_number}",
        "{choose: facts.request.kind, choices: {initial: New, renewal: Again}}",
        "{text: the same on every form}",
        "{by_hand: signed by the prescriber}",
        "{leave: nobody asks for it}",
        "criteria.failed_trials.finding",
        "facts.scores.phq-9.total",
        "facts.attested.rems_site_certified.answer",
        "drugs.0.name",
        "rationale.*.paragraphs.*",
    ],
)
def test_what_a_field_can_take(field: str) -> None:
    """Each way to fill a field is read without a word."""
    assert said(field) == []


@pytest.mark.parametrize(
    ("field", "message"),
    [
        (
            "facts.patient.nam",
            (
                "m.yaml:3: error: fields.Box: the letter's content has no `facts.patient.nam`. "
                "Did you mean facts.patient.name, facts.patient.age or facts.practice.name?"
            ),
        ),
        (
            "birthdate",
            (
                "m.yaml:3: error: fields.Box: the letter's content has no `birthdate`. "
                "Did you mean birth_date?"
            ),
        ),
        (
            "facts.patient",
            (
                "m.yaml:3: error: fields.Box: `facts.patient` leads to several facts, not to one. "
                "Go on with .name, .birth_date, .age, .sex, .address or .phone."
            ),
        ),
        (
            '"{{ letter.patient }}"',
            (
                "m.yaml:3: error: fields.Box: `{{ letter.patient }}` is not a path into the "
                "letter's content. Write names with dots between them: facts.patient.name.family."
            ),
        ),
        (
            "questions.0.text",
            (
                "m.yaml:3: error: fields.Box: the letter's content has no `questions.0.text`. "
                "`priorauth vars` lists all names."
            ),
        ),
        (
            "{tick: facts.patient.sex, when: femal}",
            (
                "m.yaml:3: error: fields.Box.when: `facts.patient.sex` is never `femal`. "
                "Did you mean female?"
            ),
        ),
        (
            "{choose: facts.request.kind, choices: {first: N}}",
            (
                "m.yaml:3: error: fields.Box: `facts.request.kind` is never `first`. "
                "Write one of: initial, renewal or appeal."
            ),
        ),
        (
            "{put: facts.day, text: today}",
            (
                "m.yaml:3: error: fields.Box: needs just one of put, tick, choose, text, by_hand "
                "or leave. Write one of them: `put:` with a path, or `leave:` with the reason."
            ),
        ),
        (
            "{put: facts.day, when: x}",
            (
                "m.yaml:3: error: fields.Box: `when:` goes with `tick:`. "
                "Write `tick:` with the path that is compared, or remove `when:`."
            ),
        ),
        (
            "{put: facts.day, betwen: space}",
            "m.yaml:3: error: fields.Box: a key here is not known. Did you mean `between`?",
        ),
        (
            "{put: facts.day, between: colon}",
            (
                "m.yaml:3: error: fields.Box.between: is none of the words that can stand here. "
                "Write one of: comma, semicolon, space, slash, dash, line or nothing."
            ),
        ),
    ],
)
def test_a_mistake_is_told_with_what_to_write(field: str, message: str) -> None:
    """With file, line and field, and the nearest right word."""
    assert said(field) == [message]


def test_a_service_of_a_form_that_is_not_known_is_told() -> None:
    """A form for nothing would never be used."""
    text = "title: A\nfor: {services: [tsm]}\nfields:\n  Box: facts.day\n"
    problems = formmap.understand(parse(text, "m.yaml")).problems
    assert [str(one) for one in problems] == [
        (
            "m.yaml:2: error: for.services.0: this service is not known here. "
            "Write one of: esketamine, iv_ketamine, tms or ect."
        )
    ]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("facts.patient.name", ("Dana Whitfield",)),
        ("facts.patient.name.family_first", ("Whitfield, Dana",)),
        ("facts.patient.birth_date.digits", ("03091984",)),
        ("facts.patient.birth_date.month", ("03",)),
        ("facts.patient.phone.area_in_brackets", ("(913) 555-0187",)),
        ("facts.patient.phone.exchange", ("555",)),
        ("facts.practice.address.zip_5", ("66212",)),
        ("facts.practice.address.zip_4", ()),
        ("facts.coverage.subscriber", ()),
        ("facts.request.codes.*.code", ("J0013", "J0013")),
        ("facts.request.codes.2.code", ()),
        ("facts.request.place_code", ("11",)),
        ("facts.request.sessions", ("12",)),
        ("facts.scores.phq-9.total", ("21",)),
        ("facts.scores.madrs.baseline", ("37",)),
        ("facts.scores.ham-d.total", ()),
        ("facts.attested.no_psychosis.answer", ("yes",)),
        ("facts.attested.nobody_said.answer", ()),
        ("drugs.*.name", ("Sertraline", "Venlafaxine XR", "Aripiprazole")),
        ("treatments.psychotherapy.rows.0.name", ("CBT",)),
        ("draft", ("no",)),
        ("sender.lines", ("8800 Juniper Bend Road", "Suite 210", "Overland Park, KS 66212")),
    ],
)
def test_a_path_leads_to_what_the_case_says(
    path: str, expected: tuple[str, ...], letter: Letter
) -> None:
    """And to nothing where the case says nothing."""
    assert paths.texts(letter, path)[:3] == expected


def test_an_open_finding_says_nothing_on_a_form(verdict_of: Callable[[Any], Verdict]) -> None:
    """Unknown is a question to staff, never an answer to a payer."""
    open_ = compose(verdict_of("open-questions"))
    by_id = {row.id: row.finding for row in open_.criteria}
    assert "unknown" in by_id.values()
    for name, finding in by_id.items():
        told = paths.texts(open_, f"criteria.{name}.finding")
        assert told == (() if finding == "unknown" else (finding,))


def test_every_known_path_can_be_followed(letter: Letter) -> None:
    """No path that the check accepts fails in a letter, whatever is unknown there."""
    for path in paths.known_paths():
        assert paths.fault(path) is None
        assert all(paths.texts(letter, path))


@given(st.text(max_size=30))
def test_no_text_breaks_the_check_of_paths(text: str) -> None:
    """It is a path, or it is told what is wrong with it."""
    fault = paths.fault(text)
    assert fault is None or fault.what


@given(st.lists(st.sampled_from(sorted({s for p in paths.known_paths() for s in p.split(".")}))))
def test_a_path_that_is_accepted_can_be_followed(steps: list[str]) -> None:
    """Accepting and following agree: no accepted path raises."""
    path = ".".join(steps) or "x"
    if paths.fault(path) is None:
        assert paths.texts(_bare(), path) is not None


@cache
def _bare() -> Letter:
    """Return a letter that says little, made once."""
    case = intake.understand(samples.read("open-questions"), DAY).case
    assert case is not None
    made = compose(weigh_case(case, Library.open(), DAY))
    return replace(made, criteria=(), treatments=(), drugs=())
