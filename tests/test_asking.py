"""The guided way, without a screen: what is asked, what an answer writes, what is left alone."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, get_args

import pytest
import yaml
from cases import EMPTY
from conftest import CHARTS, DAY, READY, bare_case, raw_case
from hypothesis import given, settings
from hypothesis import strategies as st

from priorauth import asking, datafile, importers, intake, payer
from priorauth.asking import How, Interview, Question, answers, criteria, page
from priorauth.case import Kind
from priorauth.importers import draft
from priorauth.library import Library
from priorauth.reference import services
from priorauth.skeleton import skeleton

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from priorauth.datafile import Trail

LIBRARY = Library.open()
SENTINEL = "Zyxwv"
few = settings(deadline=None, max_examples=5)  # a run weighs the case some forty times


def begun(service: str = "esketamine", name: str = "cigna", kind: Kind = Kind.INITIAL) -> Interview:
    """Return the interview about a new case."""
    known = services.find(service)
    assert known is not None
    text = skeleton(known, name, LIBRARY.find(name), DAY, kind, by_hand=False)
    return Interview(text, "case.yaml", LIBRARY, DAY)


def about(raw: Any) -> Interview:  # noqa: ANN401 - a case file's values
    """Return the interview about a case with these values."""
    return Interview(yaml.safe_dump(raw, sort_keys=False), "case.yaml", LIBRARY, DAY)


def topics(interview: Interview) -> list[str]:
    """Return what is open, in the order of asking."""
    return [question.topic for question in asking.open_questions(interview)]


# What a practice answers for esketamine at Cigna, by what is asked.
SAID = {
    "coverage.line_of_business": "commercial",
    "patient.name.given": "Dana",
    "patient.name.family": "Whitfield",
    "patient.birth_date": "3/9/1984",
    "coverage.benefit": "medical",
    "coverage.member_id": "U1234567801",
    "prescriber.name.given": "Alex",
    "prescriber.name.family": "Moreno",
    "prescriber.credentials": "MD",
    "prescriber.npi": "1234567893",
    "practice.name": "Prairie Lantern Psychiatry",
    "practice.address.street": "8800 Juniper Bend Road, Suite 4",
    "practice.address.city": "Overland Park",
    "practice.address.state": "KS",
    "practice.address.zip": "66212",
    "practice.phone": "(913) 555-0142",
    "practice.fax": "913-555-0143",
    "request.codes.0.units": "84 per session",
    "request.plan": "84 mg twice weekly for 4 weeks: then weekly",
    "request.sessions": "12",
    "request.start": "12/1/2026",
    "diagnoses.0.code": "F33.2",
    "episode.onset": "2025-01",
    "failed_trials.drug@treatments.0": "sertraline",
    "treatments.0.doses": "50 from 2025-02-03 to 2025-02-16; 150 mg from 2/17/2025 to 5/30/2025",
    "treatments.0.outcome": "no response",
    "treatments.0.stopped_because": "no benefit after fifteen weeks",
    "treatments.0.source": "the chart",
    "failed_trials.drug@treatments.1": "venlafaxine XR",
    "treatments.1.doses": "150 from 2025-06-02",
    "treatments.1.ongoing": "no",
    "treatments.1.doses.0.to": "2025-09",
    "treatments.1.outcome": "partial",
    "treatments.1.improvement_percent": "25",
    "treatments.1.stopped_because": "too little benefit",
    "treatments.1.source": "3",
    "failed_trials.drug@treatments.2": "no",
    "attestations.no_psychosis.answer": "yes",
    "attestations.no_psychosis.by": "1",
    "attestations.no_psychosis.on": "2026-11-12",
    "attestations.no_psychosis.statement": "No history of psychosis",
    "attestations.pdmp_checked.answer": "yes",
    "attestations.pdmp_checked.by": "Alex Moreno, MD",
    "attestations.pdmp_checked.on": "2026-11-12",
    "attestations.pdmp_checked.statement": "The state's program was looked up",
    "prescriber.specialty": "psychiatry",
}


def said(question: Question) -> str:
    """Return what the practice answers; by name, where nobody is offered by number."""
    found = SAID.get(question.key) or SAID.get(question.topic) or "later"
    return "Alex Moreno, MD" if found == "1" and not question.choices else found


def through(
    interview: Interview, say: Callable[[Question], str] = said, most: int = 200
) -> Iterator[tuple[Question, Interview]]:
    """Yield each question with the interview after its answer; fails on a second time."""
    keys: set[str] = set()
    while (question := asking.next_question(interview)) and len(keys) < most:
        assert question.key not in keys, f"asked twice: {question.key}"
        keys.add(question.key)
        answered = asking.reply(interview, question, say(question))
        assert answered.taken, (question.key, answered.remarks)
        interview = answered.interview
        yield question, interview


@cache
def whole_run() -> list[tuple[Question, Interview]]:
    """Return every question on a new case with the interview after its answer."""
    return list(through(begun()))


# --- what is asked --------------------------------------------------------------------------------


def test_from_nothing_to_a_case_that_is_ready() -> None:
    """Identity comes first, then the criteria in the policy's order; at the end nothing is open."""
    every = whole_run()
    asked = [question.topic for question, _ in every]
    assert asked[:3] == ["coverage.line_of_business", "coverage.benefit", "patient.name.given"]
    marks = ["diagnoses.0.code", "episode.onset", "failed_trials.drug", "attestations.no_psychosis"]
    places = [next(n for n, one in enumerate(asked) if one.startswith(mark)) for mark in marks]
    assert places == sorted(places)
    last = every[-1][1]
    assert last.read.problems == ()
    assert last.verdict is not None
    assert last.verdict.ready
    assert asking.next_question(replace(last, asked=frozenset())) is None
    assert set(SAID) >= {q.key if q.subject else q.topic for q, _ in every}


def test_the_file_keeps_every_line_of_the_form_but_those_that_are_answered() -> None:
    """Comments stay; one that keeps a place gives way to what belongs there."""
    first, last = begun(), whole_run()[-1][1]
    comments = [line for line in first.text.split("\n") if line.lstrip().startswith("#")]
    lost = [line.split(":")[0] for line in comments if line not in last.text.split("\n")]
    assert lost == [
        "  # start",
        "# episode",
        "# treatments",
        "# attestations",
        "#   no_psychosis",
        "#   pdmp_checked",
    ]
    assert "  birth_date: 1984-03-09      # year-month-day: 1984-03-09\n" in last.text
    assert '  npi: "1234567893"           # ten digits, in quotation marks\n' in last.text


@pytest.mark.parametrize("name", READY)
def test_a_case_that_answers_everything_is_asked_nothing(name: str) -> None:
    """The samples that are ready leave no question."""
    assert topics(about(raw_case(name))) == []


LACKING = [
    (("patient", "birth_date"), "patient.birth_date"),
    (("coverage", "member_id"), "coverage.member_id"),
    (("practice",), "practice.name"),
    (("practice", "address", "zip"), "practice.address.zip"),
    (("diagnoses",), "diagnoses.0.code"),
    (("episode", "onset"), "episode.onset"),
    (("treatments", 0, "outcome"), "treatments.0.outcome"),
    (("treatments", 0, "doses"), "treatments.0.doses"),
    (("treatments", 0, "source"), "treatments.0.source"),
    (("attestations", "no_psychosis"), "attestations.no_psychosis.answer"),
    (("attestations", "no_psychosis", "on"), "attestations.no_psychosis.on"),
    (("prescriber", "specialty"), "prescriber.specialty"),
]


@pytest.mark.parametrize(("trail", "topic"), LACKING)
def test_what_is_taken_out_of_a_case_is_what_is_asked(trail: Trail, topic: str) -> None:
    """The first question is for just that, with a reason."""
    raw = raw_case("esketamine")
    above = raw
    for key in trail[:-1]:
        above = above[key]
    del above[trail[-1]]
    question = asking.next_question(about(raw))
    assert question is not None
    assert question.topic == topic
    assert question.why


def test_a_question_on_a_criterion_says_its_requirement() -> None:
    """The reason is the policy's own requirement, and the question says whom to ask."""
    found = {question.topic: question for question in asking.open_questions(begun())}
    word = found["attestations.pdmp_checked.answer"]
    assert word.why == (
        "the policy asks: Past prescriptions of controlled substances were looked up in the "
        "state's monitoring program"
    )
    assert (word.whom, found["coverage.member_id"].whom) == (
        "Ask the prescriber.",
        "See the member's card.",
    )


def test_an_old_treatment_is_left_alone_once_the_onset_of_the_episode_is_known() -> None:
    """The gaps of a trial that cannot count are not asked for."""
    raw = raw_case("esketamine")
    raw["treatments"] = [
        {"drug": "sertraline", "doses": [{"mg_per_day": "100", "from": "2010", "to": "2011"}]}
    ]
    del raw["episode"]["onset"]
    before = about(raw)
    assert topics(before)[:2] == ["episode.onset", "treatments.0.outcome"]
    question = asking.next_question(before)
    assert question is not None
    after = asking.answer(before, question, "2025-03").interview
    assert topics(after)[0] == "failed_trials.drug"


def vague(onset: str, **dose: str) -> Interview:
    """Return the interview about two trials, of which this onset and dose may leave one open."""
    raw = raw_case("esketamine")
    raw["episode"] = {**raw["episode"], "onset": onset}
    told = {"outcome": "no_response", "stopped_because": "no benefit", "source": "chart"}
    second = {"mg_per_day": "150", "from": "2025-06-02", "to": "2025-09-30"}
    raw["treatments"] = [
        {"drug": "sertraline", "doses": [{"mg_per_day": "100", **dose}], **told},
        {"drug": "venlafaxine er", "doses": [second], **told},
    ]
    return about(raw)


def beside_pages(interview: Interview) -> list[str]:
    """Return what is open, without the pages."""
    return [one for one in topics(interview) if not one.endswith(".evidence")]


def test_an_onset_that_is_too_vague_is_asked_for_more_exactly_before_another_drug() -> None:
    """The year first, then the month, as far as the finding rests on it."""
    first = vague("2025", **{"from": "2025-02-03", "to": "2025-05-30"})
    assert beside_pages(first)[:2] == ["episode.onset.year", "failed_trials.drug"]
    question = next(asking.open_questions(first))
    assert question.text == (
        "On which day did the present episode begin? The file has the year alone: 2025."
    )
    assert not asking.reply(first, question, "2025").taken
    settled = asking.reply(first, question, "2025-01")
    assert settled.taken
    assert not [one for one in topics(settled.interview) if one.startswith("episode.onset")]
    better = asking.reply(first, question, "2025-04")
    assert better.taken
    assert better.interview.at("episode", "onset") == "2025-04"
    month = asking.next_question(better.interview)
    assert month is not None
    assert month.topic == "episode.onset.month"
    closed = asking.reply(first, question, "not known").interview
    assert closed.text == first.text
    assert topics(closed)[:1] == ["episode.onset.year"]
    other = asking.next_question(closed)
    assert other is not None
    assert other.topic == "treatments.0.evidence"


def test_an_onset_just_given_as_a_year_is_asked_for_more_exactly_next() -> None:
    """The year is taken: it is more than nothing."""
    first = vague("", **{"from": "2025-02-03", "to": "2025-05-30"})
    question = asking.next_question(first)
    assert question is not None
    assert question.topic == "episode.onset"
    after = asking.reply(first, question, "2025")
    assert after.taken
    more = asking.next_question(after.interview)
    assert more is not None
    assert more.topic == "episode.onset.year"


def test_days_of_a_dose_that_are_too_vague_are_asked_for_before_another_drug() -> None:
    """Both ends of the dose whose length is open; no date of the trial that counts."""
    first = vague("2025-01-02", **{"from": "2025-02", "to": "2025-03"})
    found = ["treatments.0.doses.0.from.month", "treatments.0.doses.0.to.month"]
    assert beside_pages(first)[:3] == [*found, "failed_trials.drug"]
    question = next(asking.open_questions(first))
    assert question.text.startswith("On which day was this dose of sertraline taken first?")
    after = asking.reply(first, question, "2/3/2025").interview
    assert beside_pages(after)[:2] == [found[1], "failed_trials.drug"]
    (last, *_) = asking.open_questions(after)
    end = asking.reply(after, last, "2025-03-30").interview
    assert "failed_trials.drug" not in topics(end)


def test_every_kind_of_criterion_has_its_questions() -> None:
    """A kind that is added to the policies must be added to the asking."""
    assert set(criteria._KINDS) == set(get_args(payer.AnyCriterion))  # noqa: SLF001 - the table


def policies() -> list[tuple[str, str, Kind]]:
    """Return each service of each payer on file with each kind of request."""
    return [
        (service, one.id, kind)
        for one in LIBRARY.payers()
        for file in one.policies
        for service in file.policy.services
        for kind in (Kind.INITIAL, Kind.RENEWAL)
    ]


@pytest.mark.parametrize(("service", "name", "kind"), policies())
def test_every_policy_on_file_can_be_asked_for(service: str, name: str, kind: Kind) -> None:
    """Each question of a new case has a text, a reason and a form or choices of its own."""
    found = list(asking.open_questions(begun(service, name, kind)))
    assert len({question.key for question in found}) == len(found)
    for question in found:
        assert question.text.endswith("?") or question.text.endswith("."), question.text
        assert question.why
        assert question.form or question.choices
        assert "{" not in question.text


def test_an_appeal_is_asked_for_the_decision() -> None:
    """Decision, day and the payer's reasons come before what the policy asks."""
    found = topics(begun(kind=Kind.APPEAL))
    wanted = ["answer.decision", "answer.on", "answer.level", "answer.reasons.0.text"]
    assert [one for one in found if one.startswith("answer.")] == wanted
    assert found.index("answer.reasons.0.text") < found.index("episode.onset")


def test_each_reason_of_a_decision_is_answered_by_a_criterion_or_by_a_reply() -> None:
    """Two reasons at once; one is about a criterion, the other has the prescriber's reply."""
    interview = begun(kind=Kind.APPEAL)
    said = {
        "answer.decision": "denied",
        "answer.on": "10/26/2026",
        "answer.level": "first",
        "answer.reasons.0.text": "Not two failed trials. / Not medically necessary.",
        "answer.reasons.0.criterion": "2",
        "answer.reasons.1.criterion": "no",
        "answer.reasons.1.reply.text": "It is, as the chart shows.",
        "answer.reasons.1.reply.by": "1",
        "answer.reasons.1.reply.on": "2026-11-12",
    }
    every = list(through(interview, lambda q: said.get(q.topic) or SAID.get(q.topic, "later")))
    last = every[-1][1]
    assert [q.topic for q, _ in every if q.topic.startswith("answer.")] == list(said)
    first, second = last.at("answer", "reasons")
    assert first == {"text": "Not two failed trials.", "criterion": "failed_trials"}
    assert second["text"] == "Not medically necessary."
    assert second["reply"]["by"] == "Alex Moreno, MD"
    about_it = next(q for q, _ in every if q.topic == "answer.reasons.0.criterion")
    assert ("stance", "the payer does not cover this at all") in about_it.choices


def test_a_payer_that_is_not_on_file_is_asked_for_what_was_tried() -> None:
    """The general letter claims no criteria, and documents the treatments."""
    first = begun(name="Some Plan")
    assert topics(first)[-1] == "history.drug"
    raw = {**bare_case("esketamine"), "coverage": {"payer": "Some Plan", "member_id": "U123"}}
    assert topics(about(raw)) == []


def test_a_payer_that_refuses_is_asked_for_an_exception() -> None:
    """The reasons of the prescriber, then whose they are and from when."""
    every = list(asking.open_questions(begun("iv_ketamine", "aetna")))
    found = [one for one in every if one.topic.startswith("exceptions.")]
    assert [one.topic.rpartition(".")[2] for one in found] == ["reason", "by", "on"]
    assert "the payer does not cover this" in found[0].text


def test_a_criterion_that_is_not_met_is_asked_another_treatment_then_an_exception() -> None:
    """The prescriber's reasons stand under the criterion; then whose they are, and from when."""
    raw = raw_case("esketamine")
    raw["treatments"] = [one for one in raw["treatments"] if one.get("drug") == "sertraline"]
    first = about(raw)
    assert topics(first) == ["failed_trials.drug", "failed_trials.exception"]
    another, exception = asking.open_questions(first)
    after = asking.reply(first, another, "no").interview
    assert after.text == first.text
    assert asking.next_question(after) == exception
    words = "Two more trials: not safe, in my judgment"
    after = asking.reply(after, exception, words).interview
    assert topics(after)[:2] == ["exceptions.0.by", "exceptions.0.on"]
    given = {"criterion": "failed_trials", "reason": words}
    assert after.at("exceptions", 0) == given
    nothing = asking.reply(first, exception, "no").interview
    assert nothing.text == first.text


def test_what_is_met_is_asked_for_its_page_where_there_is_a_document() -> None:
    """Treatments, diagnosis, scores and answers, each where it stands in the file."""
    raw = bare_case("esketamine")
    assert topics(about(raw)) == []
    found = topics(replace(about(raw), documents=("notes.pdf",)))
    assert found
    assert all(topic.endswith(".evidence") for topic in found)
    assert {"treatments.0.evidence", "attestations.no_psychosis.evidence"} <= set(found)
    raw = bare_case("bcbsma-iv-ketamine")
    found = topics(replace(about(raw), documents=("notes.pdf",)))
    assert "attestations.structured_interview.evidence" in found
    scores = [one for one in found if one.startswith("scores.")]
    assert len(scores) < len(raw["scores"])


RULES = [
    ({"adherence_percent": "80"}, {}, "treatments.0.adherence_percent", "at least 80 percent"),
    ({"dose": "maximum_tolerated"}, {}, "treatments.0.maximum_tolerated", "tolerated dose"),
    (
        {"most_improvement_percent": "25"},
        {"outcome": "partial_response"},
        "treatments.0.improvement_percent",
        "at most 25 percent improvement",
    ),
]


@pytest.mark.parametrize(("rule", "treatment", "topic", "why"), RULES)
def test_a_rule_of_the_policy_alone_has_its_own_question(
    rule: dict[str, str], treatment: dict[str, str], topic: str, why: str, tmp_path: Path
) -> None:
    """Adherence, the greatest tolerated dose, the size of a partial response."""
    interview = by_rule({"kind": "failed_trials", "least": "2", **rule}, tmp_path)
    raw = yaml.load(interview.text, Loader=yaml.BaseLoader)  # noqa: S506 - text alone
    doses = [{"mg_per_day": "200", "from": "2025-02-03", "to": "2025-09-30"}]
    raw["treatments"] = [{"drug": "sertraline", "doses": doses, **treatment}]
    with_one = replace(interview, text=yaml.safe_dump(raw))
    found = {question.topic: question for question in asking.open_questions(with_one)}
    assert why in found[topic].why


def test_a_consultation_will_do_where_the_policy_says_so(tmp_path: Path) -> None:
    """Specialty first, then the colleague who was consulted."""
    rule = {"kind": "prescriber", "specialties": ["psychiatry"], "or_consultation": "yes"}
    found = topics(by_rule(rule, tmp_path))
    assert found == ["prescriber.specialty", "prescriber.consultation"]


def test_a_score_that_counts_by_the_episode_is_asked_for_the_onset_first(tmp_path: Path) -> None:
    """The score in the file is not asked again; only one from before the episode is."""
    first = by_rule({"kind": "score", "scales": {"MADRS": "28"}}, tmp_path)
    assert topics(first) == ["episode.onset", "one.score"]
    raw = yaml.load(first.text, Loader=yaml.BaseLoader)  # noqa: S506 - text alone
    raw["scores"] = [{"scale": "MADRS", "total": "35", "on": "2026-11-10"}]
    given = replace(first, text=yaml.safe_dump(raw))
    (onset,) = asking.open_questions(given)
    assert onset.topic == "episode.onset"
    assert onset.why.endswith("which scores count depends on it")
    assert topics(asking.reply(given, onset, "2026-03").interview) == []
    assert topics(asking.reply(given, onset, "2026-11-15").interview) == ["one.score"]
    assert asking.next_question(asking.reply(given, onset, "later").interview) is None


NONE = [
    ("prior_device", {"devices": ["tms"]}, "no, never given"),
    ("prior_device", {"devices": ["tms"]}, "It was not given."),
    ("prior_device", {"devices": ["tms"]}, "Never"),
    ("prescriber", {"specialties": ["psychiatry"], "or_consultation": "yes"}, "n/a"),
    (
        "prescriber",
        {"specialties": ["psychiatry"], "or_consultation": "yes"},
        "None was consulted",
    ),
    (
        "prescriber",
        {"specialties": ["psychiatry"], "or_consultation": "yes"},
        "no psychiatrist so far",
    ),
    ("score", {"scales": {"PHQ-9": "10"}, "within_days": "30"}, "there is none"),
]


@pytest.mark.parametrize(("kind", "rule", "words"), NONE)
def test_words_that_there_is_none_write_nothing(
    kind: str, rule: dict[str, Any], words: str, tmp_path: Path
) -> None:
    """The program's own words for it, and all that begins with a no; it is not asked again."""
    first = by_rule({"kind": kind, **rule}, tmp_path)
    question = next(q for q in asking.open_questions(first) if q.none)
    answered = asking.reply(first, question, words)
    assert answered.taken
    assert answered.interview.text == first.text
    assert question.topic in answered.interview.asked


def test_a_name_that_begins_like_a_no_is_a_name(tmp_path: Path) -> None:
    """Only whole words count."""
    rule = {"kind": "prescriber", "specialties": ["psychiatry"], "or_consultation": "yes"}
    first = by_rule(rule, tmp_path)
    question = next(q for q in asking.open_questions(first) if q.none)
    after = asking.reply(first, question, "Nora Notley, MD").interview
    assert after.at("prescriber", "consultation") == "Nora Notley, MD"


def test_reasons_that_begin_with_a_no_are_neither_lost_nor_guessed() -> None:
    """A `no` alone is none; in quotation marks the words are the prescriber's reasons."""
    raw = raw_case("esketamine")
    raw["treatments"] = [one for one in raw["treatments"] if one.get("drug") == "sertraline"]
    first = about(raw)
    question = next(q for q in asking.open_questions(first) if "reason" in q.extra)
    words = "No other drug was tolerated"
    refused = asking.reply(first, question, words)
    assert not refused.taken
    assert "Write `no` alone where no exception is asked for" in refused.remarks[0]
    after = asking.reply(first, question, f'"{words}"').interview
    assert after.at("exceptions", 0, "reason") == words


def test_a_choice_that_begins_with_a_no_is_chosen() -> None:
    """The words of a choice are the choice, also where a `no` alone means none of them."""
    choices = (("one", "No substance use"), ("two", "Severity"))
    question = asked(How.CHOICE, ("request", "plan"), choices=choices, none="it is about none")
    after = asking.reply(begun(), question, "no substance").interview
    assert after.at("request", "plan") == "one"


def by_rule(rule: dict[str, Any], folder: Path) -> Interview:
    """Return the interview about a case for a payer that has just one criterion."""
    made = {"id": "one", "requirement": "The one rule", **rule}
    version = {
        "id": "v1",
        "effective_from": "2024",
        "stance": "covered",
        "source": {
            "title": "A policy",
            "read_on": "2026-11-22",
            "read": "own_document",
            "mark": "V",
        },
        "criteria": made,
    }
    files = folder / "payers" / "plan-a"
    files.mkdir(parents=True)
    (files / "payer.yaml").write_text("name: Plan A\n", "utf-8")
    policy = {"title": "A policy", "services": ["esketamine"], "versions": [version]}
    (files / "esketamine.yaml").write_text(yaml.safe_dump(policy), "utf-8")
    raw = {**EMPTY, "diagnoses": [{"code": "F33.2"}]}
    text = yaml.safe_dump(raw, sort_keys=False)
    return Interview(text, "case.yaml", Library.open(folder), DAY)


# --- never twice, and taken up again --------------------------------------------------------------


def test_any_beginning_taken_up_again_leads_to_the_same_case() -> None:
    """After each answer, a new interview about the file has the rest of the questions left."""
    every = whole_run()
    final = every[-1][1].text
    for number in (9, 25):
        left = replace(every[number][1], asked=frozenset())
        rest = list(through(left))
        assert [q.key for q, _ in rest] == [q.key for q, _ in every[number + 1 :]]
        assert (rest[-1][1].text if rest else left.text) == final


@given(st.lists(st.sampled_from(["answer", "later", "not known"]), min_size=8, max_size=60))
@few
def test_no_question_comes_twice_whatever_is_said(choices: list[str]) -> None:
    """Answered, put off or unknown: it is not asked again, the file stays readable, and ends."""
    turns = iter(choices)

    def say(question: Question) -> str:
        turn = next(turns, "later")
        return said(question) if turn == "answer" else turn

    first = begun()
    *_, (_, last) = through(first, say)
    assert isinstance(last.data.value, dict)
    wrong = [p for p in last.read.problems if p.severity == "error" and not asking.is_gap(p)]
    assert wrong == []
    assert asking.next_question(last) is None


def test_what_is_not_known_is_left_out_and_what_is_put_off_stays() -> None:
    """`not known` takes the empty place away, so that the case can be weighed; `later` does not."""
    first = begun()
    question = next(q for q in asking.open_questions(first) if q.topic == "request.codes.0.units")
    assert asking.decline(first, question).text == first.text
    after = asking.decline(first, question, unknown=True)
    assert "  codes: [{code: J0013}]" in after.text


def test_a_drug_whose_doses_nobody_knows_becomes_a_comment() -> None:
    """The name is kept for later, and the case stays one that can be read."""
    raw = raw_case("esketamine")
    raw["treatments"].append({"drug": "mirtazapine"})
    first = about(raw)
    question = asking.next_question(first)
    assert question is not None
    assert question.topic == f"treatments.{len(raw['treatments']) - 1}.doses"
    after = asking.reply(first, question, "not known").interview
    assert "# - drug: mirtazapine" in after.text
    assert after.read.problems == ()


# --- what an answer must be -----------------------------------------------------------------------

REFUSED = [
    ("prescriber.npi", "1234567890", "The NPI's check digit is wrong."),
    ("patient.birth_date", "March 1984", "This must be a day of the calendar"),
    ("patient.birth_date", "2030-01-01", "The date is in the future."),
    ("practice.fax", "555", "This is not a US telephone number."),
    ("practice.address.state", "Kansas", "This does not have the form"),
    ("diagnoses.0.code", "F33", "This ICD-10-CM code is a category"),
    ("failed_trials.drug", "sertralin", "Did you mean sertraline"),
    ("coverage.line_of_business", "other", "Write commercial, exchange,"),
    ("episode.onset", "2025-13", "This must be a day, a month or a year"),
    ("request.codes.0.units", "some", "Write the number alone, such as 1344"),
]


@pytest.mark.parametrize(("topic", "words", "why"), REFUSED)
def test_a_wrong_answer_is_refused_with_the_words_of_the_door(
    topic: str, words: str, why: str
) -> None:
    """Nothing is written, and the same question can be answered again."""
    first = begun()
    question = next(q for q in asking.open_questions(first) if q.topic == topic)
    answered = asking.answer(first, question, words)
    assert not answered.taken
    assert answered.interview is first
    assert len(answered.remarks) == 1
    assert why in answered.remarks[0]


def test_a_dose_above_the_label_is_taken_and_remarked_on() -> None:
    """A warning of the door is shown, and does not stand in the way."""
    raw = raw_case("esketamine")
    del raw["treatments"][0]["doses"]
    raw["treatments"][0]["drug"] = "sertraline"
    first = about(raw)
    question = asking.next_question(first)
    assert question is not None
    answered = asking.answer(first, question, "400 from 2025-02-03 to 2025-05-30")
    assert answered.taken
    assert any("label's maximum of 200 mg/day" in remark for remark in answered.remarks)


def test_no_remark_and_no_text_form_shows_an_answer() -> None:
    """Remarks tell what to write; the values that hold an answer keep silent."""
    first = begun()
    for question in asking.open_questions(first):
        answered = asking.answer(first, question, SENTINEL)
        assert SENTINEL not in repr(answered.interview)
        assert SENTINEL not in " ".join(answered.remarks), question.topic
        assert SENTINEL not in repr(question)


def asked(how: How, trail: Trail, **more: Any) -> Question:  # noqa: ANN401 - fields of a question
    """Return a question of one form."""
    return Question(trail, "?", "it is needed", how, "such and such", **more)


AT: Trail = ("treatments", 0, "doses")
STATE = ("practice", "address", "state")
YES_NO = (("yes", "yes"), ("no", "no"))
OUTCOMES = (("no_response", "no response"), ("partial_response", "partial response"))
UNDERSTOOD: list[tuple[How, Trail, dict[str, Any], str, list[tuple[Trail, Any]]]] = [
    (
        How.TEXT,
        ("request", "plan"),
        {},
        "  84 mg  weekly ",
        [(("request", "plan"), "84 mg weekly")],
    ),
    (How.TEXT, ("coverage", "member_id"), {}, '"U12"', [(("coverage", "member_id"), "U12")]),
    (How.DATE, ("episode", "onset"), {}, "2/7/2025", [(("episode", "onset"), "2025-02-07")]),
    (How.DATE, ("episode", "onset"), {}, "02/2025", [(("episode", "onset"), "2025-02")]),
    (How.DATE, ("episode", "onset"), {}, "2025-2-7", [(("episode", "onset"), "2025-02-07")]),
    (How.CHOICE, ("a",), {"choices": YES_NO}, "Y", [(("a",), "yes")]),
    (How.CHOICE, ("a",), {"choices": OUTCOMES}, "2", [(("a",), "partial_response")]),
    (How.CHOICE, ("a",), {"choices": OUTCOMES}, "no_response", [(("a",), "no_response")]),
    (How.NAMED, ("a",), {"choices": YES_NO}, "Ruth", [(("a",), "Ruth")]),
    (How.END, ("t", 0, "to"), {}, "still going on", [(("t", 0, "ongoing"), "yes")]),
    (How.STOPPED, ("t", 0, "x"), {}, "still taken", [(("t", 0, "ongoing"), "yes")]),
    (How.END, ("t", 0, "to"), {}, "It goes on.", [(("t", 0, "ongoing"), "yes")]),
    (How.STOPPED, ("t", 0, "x"), {}, "it is still taken", [(("t", 0, "ongoing"), "yes")]),
    (
        How.STOPPED,
        ("t", 0, "x"),
        {},
        "still depressed after 15 weeks",
        [(("t", 0, "x"), "still depressed after 15 weeks")],
    ),
    (
        How.STOPPED,
        ("t", 0, "x"),
        {},
        "ongoing nausea, which goes on",
        [(("t", 0, "x"), "ongoing nausea, which goes on")],
    ),
    (How.STOPPED, ("t", 0, "x"), {}, "no benefit", [(("t", 0, "x"), "no benefit")]),
    (How.NUMBER, ("a",), {}, "1,344", [(("a",), "1344")]),
    (How.UNITS, ("c", 0, "units"), {}, "84", [(("c", 0, "units"), "84")]),
    (
        How.UNITS,
        ("c", 0, "units"),
        {},
        "84 units per session",
        [(("c", 0, "units"), "84"), (("c", 0, "per"), "session")],
    ),
    (
        How.DRUG,
        ("t", 1),
        {"extra": {"ongoing": "yes"}},
        "x",
        [(("t", 1), {"drug": "x", "ongoing": "yes"})],
    ),
    (How.ENTRY, ("t", 1), {"extra": {"tms": ""}}, "iTBS", [(("t", 1), {"tms": "iTBS"})]),
    (
        How.ADDED,
        ("t", 1),
        {},
        "aripiprazole added to sertraline",
        [(("t", 1), {"drug": "aripiprazole", "augments": "sertraline"})],
    ),
    (
        How.DOSES,
        AT,
        {},
        "50 mg 2025-02-03 to 2025-02-16, 150 mg a day from 2/17/2025 - 5/30/2025",
        [
            (
                AT,
                [
                    {"mg_per_day": "50", "from": "2025-02-03", "to": "2025-02-16"},
                    {"mg_per_day": "150", "from": "2025-02-17", "to": "2025-05-30"},
                ],
            )
        ],
    ),
    (
        How.DOSES,
        AT,
        {},
        "25 mcg from 2025-02, still taken",
        [
            (AT, [{"mcg_per_day": "25", "from": "2025-02"}]),
            (("treatments", 0, "ongoing"), "yes"),
        ],
    ),
    (
        How.DOSES,
        AT,
        {},
        "90 mg a week since 2025",
        [(AT, [{"mg_per_week": "90", "from": "2025"}])],
    ),
    (How.DOSES, AT, {}, "contraindicated", [(("treatments", 0, "outcome"), "contraindicated")]),
    (
        How.TEXT,
        ("practice", "address", "state"),
        {},
        "OK",
        [(("practice", "address", "state"), "OK")],
    ),
    (How.IMPROVEMENT, ("t", 0, "p"), {}, "20 percent", [(("t", 0, "p"), "20")]),
    (
        How.IMPROVEMENT,
        ("t", 0, "p"),
        {},
        "PHQ-9 from 22 to 18",
        [(("t", 0, "change"), {"scale": "PHQ-9", "before": "22", "after": "18"})],
    ),
    (
        How.SCORE,
        ("scores", 0),
        {"extra": {"baseline": "yes"}, "among": ("PHQ-9",)},
        "PHQ-9 22 on 11/10/2026",
        [(("scores", 0), {"scale": "PHQ-9", "total": "22", "on": "2026-11-10", "baseline": "yes"})],
    ),
]


@pytest.mark.parametrize(("how", "trail", "more", "words", "wanted"), UNDERSTOOD)
def test_answers_are_understood_as_staff_write_them(
    how: How, trail: Trail, more: dict[str, Any], words: str, wanted: list[tuple[Trail, Any]]
) -> None:
    """Dates, doses, scores and choices in the forms that are usual."""
    assert answers.edits(asked(how, trail, **more), words, about({"patient": "x"})) == wanted


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (How.DOSES, "a while"),
        (How.DOSES, "50 from 2025-02-03; some more"),
        (How.SCORE, "PHQ-9 on 2026-11-10"),
        (How.EVIDENCE, "notes"),
        (How.NAMED, "3"),
        (How.ADDED, "aripiprazole"),
        (How.IMPROVEMENT, "a little"),
        (How.TEXT, "~"),
        (How.TEXT, "''"),
        (How.NUMBER, "%"),
        (How.NUMBER, ","),
        (How.DRUG, "~"),
        (How.TEXT, "half a letter \ud83d"),
    ],
)
def test_what_cannot_be_understood_says_how_to_write_it(how: How, words: str) -> None:
    """The form is shown again, and never what was written."""
    with pytest.raises(answers.AnswerError) as error:
        answers.edits(asked(how, AT), words, about({"patient": "x"}))
    assert str(error.value) == "That is not understood here. Write such and such."


def test_a_page_names_a_document_that_is_listed_or_lies_beside_the_case() -> None:
    """A file becomes an exhibit with an id of its own; its title and kind are asked for next."""
    first = replace(
        about({"exhibits": [{"id": "notes", "file": "notes.pdf"}]}),
        documents=("notes.pdf", "Old notes.PDF", "Notes.txt"),
    )
    place: Trail = ("episode", "evidence")
    question = asked(How.EVIDENCE, place)
    known = [(place, {"exhibit": "notes", "page": "3"})]
    assert answers.edits(question, "notes, p. 3", first) == known
    assert answers.edits(question, "notes.pdf page 3", first) == known
    new = {"id": "old_notes", "file": "Old notes.PDF"}
    cited = {"exhibit": "old_notes", "page": "2"}
    assert answers.edits(question, "Old notes 2", first) == [(("exhibits", 1), new), (place, cited)]
    same = answers.edits(question, "Notes.txt 1", first)
    assert same[0] == (("exhibits", 1), {"id": "notes_2", "file": "Notes.txt"})


def test_a_document_without_its_short_name_is_not_cited_yet() -> None:
    """The message says what it needs; nothing is written."""
    first = about({"exhibits": [{"file": "notes.pdf"}]})
    answered = asking.reply(first, asked(How.EVIDENCE, ("episode", "evidence")), "notes.pdf 3")
    assert answered.interview is first
    assert "needs its short name first" in answered.remarks[0]


@pytest.mark.parametrize("how", [How.CHOICE, How.DATE, How.NAMED, How.TEXT])
def test_an_answer_that_is_too_long_is_not_read(how: How) -> None:
    """No number of thousands of digits is worked out."""
    answered = asking.reply(begun(), asked(how, ("request", "plan")), "1" * 5000)
    assert not answered.taken
    assert answered.remarks[0].startswith("This is longer than 4000 letters.")


def test_a_score_on_another_scale_than_the_policy_takes_is_not_taken() -> None:
    """The message says which scales are; another way to write one of them is understood."""
    first = begun("esketamine", "carefirst", Kind.RENEWAL)
    question = next(q for q in asking.open_questions(first) if q.how is How.SCORE)
    refused = asking.answer(first, question, "PHQ-9 22 on 2026-06-10")
    assert not refused.taken
    assert "HAM-D17 or MADRS), total and day, such as:" in refused.remarks[0]
    after = asking.answer(first, question, "hamd17 24 on 6/10/2026").interview
    assert "  - {scale: HAM-D17, total: 24, on: 2026-06-10, baseline: yes}\n" in after.text
    later = next(q for q in asking.open_questions(after) if q.how is How.SCORE)
    assert later.among == ("HAM-D17",)


def test_a_drug_that_is_still_taken_takes_no_last_day() -> None:
    """What contradicts the rest of its own entry is refused."""
    raw = raw_case("esketamine")
    raw["treatments"].append({"drug": "mirtazapine", "ongoing": "yes"})
    first = about(raw)
    question = asking.next_question(first)
    assert question is not None
    assert question.how is How.DOSES
    refused = asking.answer(first, question, "30 from 2026-01-05 to 2026-05-30")
    assert not refused.taken
    assert "still taken" in refused.remarks[0].lower()
    assert asking.answer(first, question, "30 from 2026-01-05").taken


def anything(question: Question) -> str:
    """Return an answer that fits the form of any question; a fourth treatment is a no."""
    place = int((*question.trail, 0)[1]) if isinstance((*question.trail, 0)[1], int) else 0
    if question.none and place > 2:
        return "no"
    of_form = {
        How.CHOICE: "1",
        How.NAMED: "Alex Moreno, MD",
        How.DATE: "2026-06-01",
        How.END: "2026-09-01",
        How.NUMBER: "30",
        How.UNITS: "84",
        How.DRUG: ("sertraline", "venlafaxine XR", "bupropion XL")[place % 3],
        How.ADDED: "aripiprazole to sertraline",
        How.DOSES: "10 from 2025-02-03",
        How.IMPROVEMENT: "20",
        How.STOPPED: "no benefit",
        How.SCORE: f"{''.join(question.among[:1])} 24 on 2026-11-10",
        How.ENTRY: "iTBS",
    }
    return SAID.get(question.topic) or of_form.get(question.how, "some words")


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("service", "name"),
    [
        ("esketamine", "qualchoice"),
        ("tms", "hcsc"),
        ("tms", "qualchoice"),
        ("iv_ketamine", "bcbs-massachusetts"),
    ],
)
def test_policies_of_every_kind_come_to_an_end(service: str, name: str) -> None:
    """Augmentation, psychotherapy, devices, scores, quantities: nothing comes twice."""
    interview, keys = begun(service, name), set[str]()
    while question := asking.next_question(interview):
        assert question.key not in keys
        keys.add(question.key)
        answered = asking.reply(interview, question, anything(question))
        refused = asking.decline(interview, question)
        interview = answered.interview if answered.taken else refused
    wrong = [p for p in interview.read.problems if p.severity == "error" and not asking.is_gap(p)]
    assert wrong == []


# --- the page -------------------------------------------------------------------------------------

PUT: list[tuple[str, Trail, Any, str]] = [
    ("a:\n", ("a",), "x", "a: x\n"),
    ("a:   # why\nb: 1\n", ("a",), "x", "a: x  # why\nb: 1\n"),
    ('a: ""          # why\n', ("a",), "00123 x", "a: 00123 x  # why\n".replace("  #", "     #")),
    ("a: {b: , c: }\n", ("a", "c"), "x", "a: {b: , c: x}\n"),
    ("a: {b: , c: }\n", ("a", "b"), "x: y", 'a: {b: "x: y", c: }\n'),
    ("a: {b: 1}  # c\n", ("a", "d"), "x", "a: {b: 1, d: x}  # c\n"),
    ("a: [{b: }]\n", ("a", 0, "b"), "7", "a: [{b: 7}]\n"),
    ("a: {}\n", ("a", "b"), "x", "a: {b: x}\n"),
    ("p:\n  q: 1\n# end\n", ("p", "r"), "x", "p:\n  q: 1\n  r: x\n# end\n"),
    ("p:\n  q: 1\n  # r: maybe\n", ("p", "r"), "x", "p:\n  q: 1\n  r: x\n"),
    ("p: 1\n# scores:\n#   - {e: x}\n", ("scores", 0), {"k": "v"}, None),  # type: ignore[list-item]
    ("p: 1\n", ("npi",), "12", 'p: 1\n\nnpi: "12"\n'),
    ("p: 1\n", ("request", "kind"), "yes", "p: 1\n\nrequest:\n  kind: yes\n"),
    (
        "treatments:\n  # - example\n",
        ("treatments", 0),
        {"drug": "x", "doses": [{"mg": "5"}]},
        "treatments:\n  - drug: x\n    doses:\n      - {mg: 5}\n  # - example\n",
    ),
    (
        "treatments:\n- drug: x   # own words\n- drug: y\n",
        ("treatments", 0, "outcome"),
        "z",
        "treatments:\n- drug: x   # own words\n  outcome: z\n- drug: y\n",
    ),
    (
        "t:\n  - d: x\n    # QUESTION: How did it go? One\n    #   of these.\n    # o:\n    s: 1\n",
        ("t", 0, "o"),
        "z",
        "t:\n  - d: x\n    o: z\n    s: 1\n",
    ),
    (
        "t:\n  - d: x\n    # Ruth: ask him\n    # o:\n    s: 1\n",
        ("t", 0, "o"),
        "z",
        "t:\n  - d: x\n    # Ruth: ask him\n    o: z\n    s: 1\n",
    ),
    ("p:\n  q: |\n    long\n    text\n\n# r\n", ("p", "s"), "x", None),  # type: ignore[list-item]
]


def put(text: str, name: str, trail: Trail, value: Any) -> str:  # noqa: ANN401 - any value
    """Return the text of a file with a value in its place."""
    return page.written(text, datafile.parse(text, name), trail, value)[0]


@pytest.mark.parametrize(("text", "trail", "value", "wanted"), PUT)
def test_a_value_comes_into_its_place(
    text: str,
    trail: Trail,
    value: Any,  # noqa: ANN401 - any value
    wanted: str | None,
) -> None:
    """The rest of the text stays as it was, and the values are those before and the new one."""
    after = put(text, "case.yaml", trail, value)
    if wanted is not None:
        assert after == wanted
    found: Any = datafile.parse(after, "case.yaml").value
    for key in trail:
        found = found[key]
    assert found == value


@pytest.mark.parametrize(
    ("text", "trail"),
    [
        ("a: 1\n", ("a",)),
        ("a: [1]\n", ("a", 3)),
        ("a: 1\n", ("a", "b")),
        ('a: "x\n# b: y"\n', ("b",)),
    ],
)
def test_a_place_that_is_taken_is_not_written_over(text: str, trail: Trail) -> None:
    """The error names file, line and field, and the text is as it was."""
    with pytest.raises(page.PlaceError) as error:
        put(text, "case.yaml", trail, "x")
    assert str(error.value).startswith("case.yaml:1: ")


OUT = [
    ("a:\n  b:   # why\n  c: 1\n", ("a", "b"), "a:\n  # b:   # why\n  c: 1\n"),
    ("a: {b: , c: 1}\n", ("a", "b"), "a: {c: 1}\n"),
    ("a: {b: 1, c: }\n", ("a", "c"), "a: {b: 1}\n"),
    ("a: {b: }\n", ("a", "b"), "a: {b: }\n"),
    ("a:\n  b: 1\n", ("a", "b"), "a:\n  b: 1\n"),
    ("a: 1\n", ("x", "y"), "a: 1\n"),
]


@pytest.mark.parametrize(("text", "trail", "wanted"), OUT)
def test_an_empty_place_is_taken_out(text: str, trail: Trail, wanted: str) -> None:
    """A line becomes a comment, a key on a shared line goes; what has a value stays."""
    assert page.leave_out(text, "case.yaml", trail) == wanted


def test_an_entry_is_set_aside_with_the_list_that_is_then_empty() -> None:
    """Other entries and their comments stay."""
    text = "t:\n  - a: 1   # own\n    b: 2\n  - a: 3\n"
    after = page.set_aside(text, "case.yaml", ("t", 0))
    assert after == "t:\n  # - a: 1   # own\n  #   b: 2\n  - a: 3\n"
    assert page.set_aside("x: 1\nt:\n  - a: 3\n", "case.yaml", ("t", 0)) == (
        "x: 1\n# t:\n  # - a: 3\n"
    )
    assert page.set_aside("t: [{a: 3}]\n", "case.yaml", ("t", 0)) == "t: [{a: 3}]\n"


words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1
)


@given(words)
@settings(deadline=None, max_examples=150)
def test_any_words_come_back_as_they_were_said(text: str) -> None:
    """Colons, quotation marks, number signs, brackets: the file holds what was written."""
    tidy = " ".join(text.split())
    if not tidy or tidy == "~" or "\ufeff" in tidy:
        return
    for form in ("a: {b: , c: 1}\n", "a:\n  b:   # why\n  c: 1\n", "a:\n  c: 1\n"):
        after = put(form, "case.yaml", ("a", "b"), text)
        assert datafile.parse(after, "case.yaml").value == {"a": {"b": tidy, "c": "1"}}


def test_an_answer_tells_neither_what_was_told_before_nor_what_is_asked_next() -> None:
    """Lines that move are no news; and who stands for a yes is asked after it."""
    first = Interview(f"patient:\n{FILLS.replace('100', '50')}", "case.yaml", LIBRARY, DAY)
    assert [p for p in first.read.problems if "(line 5)" in p.what]
    question = next(q for q in asking.open_questions(first) if q.topic == "patient.name.given")
    answered = asking.reply(first, question, "Dana")
    assert not [p for p in answered.interview.read.problems if "(line 5)" in p.what]
    assert answered.remarks == ()
    every = asking.open_questions(begun())
    question = next(q for q in every if q.topic == "attestations.pdmp_checked.answer")
    assert asking.reply(begun(), question, "yes").remarks == ()


# --- two doses on the same days -------------------------------------------------------------------

FILLS = """\
treatments:
  - drug: sertraline
    doses:
      - {mg_per_day: 50, from: 2025-02-03, to: 2025-03-04}   # from [1] fill/1
      - {mg_per_day: 100, from: 2025-02-24, to: 2025-05-30}
"""


def overlap_of(text: str) -> tuple[Interview, Question | None]:
    """Return the interview about these treatments, and its question on doses that share days."""
    interview = Interview(text, "case.yaml", LIBRARY, DAY)
    every = asking.open_questions(interview)
    return interview, next((one for one in every if one.how is How.ENDED), None)


def test_doses_that_share_days_are_asked_about_by_drug_and_dates() -> None:
    """Who looks it up needs both; a refill ends the earlier dose, and nothing else moves."""
    interview, question = overlap_of(FILLS)
    assert question is not None
    assert question.text == (
        "Two doses of sertraline share days: 50 mg/day from 2025-02-03 to 2025-03-04, and 100 "
        "mg/day from 2025-02-24 to 2025-05-30. Was the later one an early refill, or were both "
        "taken each day?"
    )
    after = asking.reply(interview, question, "1")
    assert after.taken
    assert after.interview.text == FILLS.replace("to: 2025-03-04", "to: 2025-02-23")
    assert overlap_of(after.interview.text)[1] is None


def test_two_doses_a_day_are_not_written_by_guess() -> None:
    """Their sum needs a line of its own; no message shows a value."""
    interview, question = overlap_of(FILLS)
    assert question is not None
    after = asking.reply(interview, question, "both")
    assert not after.taken
    assert after.remarks[0].startswith("Two doses a day need a line of their own")
    assert after.interview.text == FILLS
    assert not asking.reply(interview, question, "perhaps").taken


@pytest.mark.parametrize(
    "change",
    [
        ("2025-02-24", "2025-02-03"),  # on one day
        ("from: 2025-02-24, ", "from: 2025-02, "),  # it may have been before
        ("to: 2025-03-04", "to: 2025-02-24"),  # the day of the change belongs to both
    ],
)
def test_what_may_not_be_a_refill_is_not_asked(change: tuple[str, str]) -> None:
    """Where dates do not tell which dose came first, or nothing overlaps for certain."""
    assert overlap_of(FILLS.replace(*change))[1] is None


# --- an answer settles its question, or is not taken ----------------------------------------------

SPECIALTY = {"kind": "prescriber", "specialties": ["psychiatry"]}
ADVISED = {**SPECIALTY, "or_consultation": "yes"}
RECENT = {"kind": "score", "scales": {"PHQ-9": "10"}, "within_days": "30"}
OPEN_ANSWERS = [
    (SPECIALTY, "prescriber.specialty", "psychatry", "as the board names it, such as psychiatry"),
    (ADVISED, "prescriber.specialty", "psychatry", "as the board names it, such as psychiatry"),
    (ADVISED, "prescriber.consultation", "Dana Ruiz, MD, dermatology", "Name the psychiatrist"),
    (RECENT, "one.score", "PHQ-9 22 on 2026-03-01", "is older than 30 days"),
    (RECENT, "one.score", "PHQ-9 22 on 2026-10", "its day is not known"),
    ({"kind": "severity", "least": "severe"}, "episode.severity", "mild", "do not agree"),
]


@pytest.mark.parametrize(("rule", "topic", "words", "told"), OPEN_ANSWERS)
def test_an_answer_that_leaves_its_question_open_is_not_taken(
    rule: dict[str, Any], topic: str, words: str, told: str, tmp_path: Path
) -> None:
    """It is said at once what would do; `not known` closes the question, and nothing is written."""
    first = by_rule(rule, tmp_path)
    question = next(q for q in asking.open_questions(first) if q.topic == topic)
    refused = asking.reply(first, question, words)
    assert not refused.taken
    assert refused.interview is first
    (remark,) = refused.remarks
    assert remark.startswith("This leaves the question open. ")
    assert told in remark
    assert remark.endswith(" `not known` closes it for now.")
    closed = asking.reply(first, question, "not known")
    assert closed.taken
    assert closed.interview.text == first.text
    left = asking.next_question(closed.interview)
    assert left is None or left.topic != topic


@pytest.mark.parametrize(
    ("place", "topic", "words"),
    [
        ({"prescriber": {"specialty": "psychatry"}}, "prescriber.specialty", "psychiatry"),
        ({"episode": {"severity": "mild"}}, "episode.severity", "severe"),
    ],
)
def test_a_value_that_settles_nothing_is_asked_about_and_gives_way(
    place: dict[str, dict[str, str]], topic: str, words: str, tmp_path: Path
) -> None:
    """One that stands in the file already; why it does not do is said."""
    rule = SPECIALTY if "specialty" in topic else {"kind": "severity", "least": "severe"}
    first = by_rule(rule, tmp_path)
    raw = yaml.load(first.text, Loader=yaml.BaseLoader)  # noqa: S506 - text alone
    for section, values in place.items():
        raw[section] = {**raw.get(section, {}), **values}
    first = replace(first, text=yaml.safe_dump(raw, sort_keys=False))
    (question,) = asking.open_questions(first)
    assert question.topic == topic
    assert "; what stands there leaves it open: " in question.why
    after = asking.reply(first, question, words)
    assert after.taken, after.remarks
    assert after.interview.at(*question.trail) == words
    assert topics(after.interview) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("|\n    psychatry\n", "psychiatry\n"),
        ("|-\n    psychatry\n    of adults\n\n", "psychiatry\n\n"),
        (
            ">  # as he says\n    psychatry\n\n  # the board's word\n",
            "psychiatry  # as he says\n\n  # the board's word\n",
        ),
        ("|2\n    psychatry #1\n", "psychiatry\n"),
    ],
)
def test_a_text_that_stands_below_its_key_gives_way_too(
    before: str, after: str, tmp_path: Path
) -> None:
    """With all of its lines, and with none of the next one or of its comments."""
    first = by_rule(SPECIALTY, tmp_path)
    text = yaml.safe_dump(yaml.load(first.text, Loader=yaml.BaseLoader), sort_keys=False)  # noqa: S506 - text alone
    head, _, rest = text.partition("prescriber:\n")
    own, _, rest = rest.partition("practice:\n")
    amid = (f"{head}prescriber:\n", f"{own}practice:\n{rest}")
    last = (f"{head}practice:\n{rest}prescriber:\n{own}", "")
    for above, below in (amid, last):
        asked = replace(first, text=f"{above}  specialty: {before}{below}")
        (question,) = asking.open_questions(asked)
        done = asking.reply(asked, question, "psychiatry")
        assert done.taken, done.remarks
        assert done.interview.text == f"{above}  specialty: {after}{below}"


def test_what_keeps_a_criterion_open_is_said_when_nothing_more_is_asked(tmp_path: Path) -> None:
    """The score is what the chart has; that it does not prove a response is told."""
    rule = {"kind": "response", "scales": ["PHQ-9"], "least_percent": "50"}
    first = by_rule(rule, tmp_path)
    raw = yaml.load(first.text, Loader=yaml.BaseLoader)  # noqa: S506 - text alone
    raw["scores"] = [{"scale": "PHQ-9", "total": "22", "on": "2026-06", "baseline": "yes"}]
    raw["course"] = {"started": "2026-06-15", "sessions_given": "8"}
    first = replace(first, text=yaml.safe_dump(raw, sort_keys=False))
    question = next((q for q in asking.open_questions(first) if q.how is How.SCORE), None)
    if question is None:
        pytest.fail("no score is asked for")
    answered = asking.reply(first, question, "PHQ-9 8 on 2026-11-10")
    assert answered.taken
    assert "The criterion is still open: " in " ".join(answered.remarks)


NOTHING = [
    (How.ENTRY, "yes"),
    (How.ENTRY, "1"),
    (How.ENTRY, "-"),
    (How.TEXT, "Yes."),
    (How.TEXT, "--"),
    (How.NAMED, "yes"),
    (How.DRUG, "y"),
    (How.REASONS, "?!"),
    (How.STOPPED, "ok"),
]


@pytest.mark.parametrize(("how", "words"), NOTHING)
def test_a_yes_is_no_name(how: How, words: str) -> None:
    """A protocol of the name `yes` would settle nothing, and a letter would print it."""
    question = asked(how, ("treatments", 0))
    with pytest.raises(answers.AnswerError):
        answers.edits(question, words, begun())


def test_an_answer_against_a_diagnosis_is_asked_for_its_reason() -> None:
    """A yes that there is no psychosis, beside a code of one, stands only with the reason."""
    raw = bare_case("esketamine")
    raw["diagnoses"] = [{"code": "F33.3"}]
    raw["episode"].pop("psychotic_features", None)
    first = about(raw)
    found = [q for q in asking.open_questions(first) if q.topic.endswith(".despite")]
    (question,) = found
    after = asking.reply(first, question, "The psychosis was a delirium in 2019")
    assert after.taken, after.remarks
    assert not [t for t in topics(after.interview) if t.endswith(".despite")]


@pytest.mark.no_cover
@pytest.mark.parametrize(("service", "name"), [("tms", "hcsc"), ("esketamine", "cigna")])
def test_no_answer_that_is_taken_leaves_its_question_open(service: str, name: str) -> None:
    """Whatever is said to whatever is asked."""
    interview = begun(service, name)
    said_ = ("psychatry", "PHQ-9 22 on 2019-01-01", "1", "2", "7", "2019", "yes", "Dana, MD", "x y")
    while question := asking.next_question(interview):
        for words in said_:
            after = asking.reply(interview, question, words)
            if after.taken and after.interview.text != interview.text:
                again = {q.topic for q in asking.open_questions(after.interview) if not q.lists}
                assert question.topic not in again, (question.topic, words)
        answered = asking.reply(interview, question, anything(question))
        refused = asking.decline(interview, question)
        interview = answered.interview if answered.taken else refused


# --- beside the criteria --------------------------------------------------------------------------


def found_in(raw: Any) -> dict[str, Question]:  # noqa: ANN401 - a case file's values
    """Return the open questions of a case by their topics."""
    return {question.topic: question for question in asking.open_questions(about(raw))}


def test_a_yes_is_asked_for_its_sentence() -> None:
    """Without it the letter prints the policy's question; a no has none, and it may stay open."""
    raw = raw_case("esketamine")
    name = "no_psychosis"
    wanted = raw["attestations"][name].pop("statement")
    ((topic, question),) = found_in(raw).items()
    assert topic == f"attestations.{name}.statement"
    assert "the policy's question and `Yes`" in question.why
    first = about(raw)
    after = asking.reply(first, question, wanted).interview
    assert after.at("attestations", name, "statement") == wanted
    assert topics(after) == []
    assert asking.reply(first, question, "not known").interview.text == first.text
    raw["attestations"][name]["answer"] = "no"
    assert f"attestations.{name}.statement" not in found_in(raw)


def test_sessions_are_asked_for_where_units_are_counted_by_them() -> None:
    """And never where the case says how many units the whole request has."""
    raw = raw_case("esketamine")
    del raw["request"]["sessions"]
    assert topics(about(raw)) == []
    raw["request"]["codes"] = [{"code": "J0013", "units": "84", "per": "session"}]
    assert topics(about(raw)) == ["request.sessions"]


def test_the_start_is_asked_for_where_the_time_runs_from_it() -> None:
    """A renewal goes on without a gap; a policy that says how long it authorizes counts from it."""
    raw = raw_case("esketamine-renewal")
    del raw["request"]["start"]
    assert topics(about(raw)) == ["request.start"]
    raw = raw_case("esketamine")
    del raw["request"]["start"]
    terms = about(raw).verdict.governing.version.initial  # type: ignore[union-attr]
    assert topics(about(raw)) == (["request.start"] if terms else [])


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("esketamine-renewal", ["risk_of_stopping"]),
        ("iv-ketamine", ["why_this_treatment", "safety"]),
        ("esketamine", []),
    ],
)
def test_own_words_are_asked_for_where_the_letter_rests_on_them(name: str, keys: list[str]) -> None:
    """A renewal, and a use off the label; a request that meets every criterion needs none."""
    raw = raw_case(name)
    del raw["rationale"]
    first = about(raw)
    assert topics(first) == [f"rationale.{key}" for key in keys]
    for question in asking.open_questions(first):
        assert asking.reply(first, question, "not known").interview.text == first.text
    for question in list(asking.open_questions(first)):
        first = asking.reply(first, question, "As I have seen: it helps").interview
    assert all(first.at("rationale", key) == "As I have seen: it helps" for key in keys)


def test_own_words_take_the_place_of_the_form() -> None:
    """What `new` leaves as an example does not stand below the answer."""
    first = begun("iv_ketamine", "aetna")
    for key in ("why_this_treatment", "safety"):
        question = next(q for q in asking.open_questions(first) if q.topic == f"rationale.{key}")
        first = asking.reply(first, question, f"My words on {key}").interview
    assert first.text.endswith(
        "rationale:\n  why_this_treatment: My words on why_this_treatment\n"
        "  safety: My words on safety\n"
    )


def test_an_urgent_request_is_asked_what_waiting_means() -> None:
    """Only one that is urgent."""
    raw = raw_case("esketamine")
    raw["request"]["urgent"] = "yes"
    assert "rationale.risk_of_delay" in found_in(raw)


def test_a_protected_record_is_asked_for_its_consent() -> None:
    """By whom, when, and its scope; without one the document is to be left out."""
    raw = raw_case("esketamine")
    raw["exhibits"][0]["part_2"] = "yes"
    first = about(raw)
    for words in (
        "Dana Whitfield",
        "10/12/2026",
        "Discharge summary to the plan, for this request",
    ):
        question = next(q for q in asking.open_questions(first) if q.topic.startswith("consents"))
        assert question.whom == "See the signed form."
        first = asking.reply(first, question, words).interview
    assert first.at("consents", "part_2") == {
        "by": "Dana Whitfield",
        "on": "2026-10-12",
        "scope": "Discharge summary to the plan, for this request",
    }
    assert topics(first) == []


def test_psychotherapy_notes_are_asked_for_their_authorization() -> None:
    """Where none is signed nothing is written."""
    raw = raw_case("esketamine")
    raw["exhibits"][0]["kind"] = "psychotherapy_notes"
    first = about(raw)
    question = next(q for q in asking.open_questions(first) if q.topic.startswith("consents"))
    assert question.topic == "consents.psychotherapy_notes.by"
    answered = asking.reply(first, question, "no")
    assert answered.taken
    assert answered.interview.text == first.text
    begun_ = asking.reply(first, question, "Dana Whitfield").interview
    question = next(q for q in asking.open_questions(begun_) if q.topic.startswith("consents"))
    assert question.topic == "consents.psychotherapy_notes.on"
    assert asking.decline(begun_, question, unknown=True).at("consents") is None


# --- exceptions that are half written -------------------------------------------------------------

HALF = (
    "exceptions:\n  - criterion: failed_trials\n    reason:{}\n    by: Alex Moreno\n"
    "    on: 2026-11\n"
)


@pytest.mark.parametrize("empty", ["", ' ""', " |", " >-\n", " null", " ~", " |  # in own words"])
def test_an_exception_without_its_reason_is_asked_for_it(empty: str) -> None:
    """However the empty place is written, the answer comes into it."""
    raw = raw_case("esketamine")
    raw["treatments"] = [one for one in raw["treatments"] if one.get("drug") == "sertraline"]
    text = yaml.safe_dump(raw, sort_keys=False) + HALF.format(empty)
    first = Interview(text, "case.yaml", LIBRARY, DAY)
    question = next(q for q in asking.open_questions(first) if q.topic.startswith("exceptions"))
    assert question.topic == "exceptions.0.reason"
    after = asking.reply(first, question, "No third drug is safe: see the ECG".replace("No", "A"))
    assert after.taken, after.remarks
    assert after.interview.at("exceptions", 0) == {
        "criterion": "failed_trials",
        "reason": "A third drug is safe: see the ECG",
        "by": "Alex Moreno",
        "on": "2026-11",
    }


def test_an_exception_from_nothing_is_asked_what_it_is_from() -> None:
    """One of the policy's criteria; a second entry is not begun beside it."""
    raw = raw_case("esketamine")
    raw["treatments"] = [one for one in raw["treatments"] if one.get("drug") == "sertraline"]
    raw["exceptions"] = [{"reason": "My reason", "by": "Alex Moreno", "on": "2026-11"}]
    found = found_in(raw)
    assert "failed_trials.exception" not in found
    assert "failed_trials" in dict(found["exceptions.0.criterion"].choices)


def test_an_attestation_without_its_answer_is_asked_for_it() -> None:
    """Who said it and when is not what was said."""
    raw = raw_case("esketamine")
    del raw["attestations"]["no_psychosis"]["answer"]
    question = found_in(raw)["attestations.no_psychosis.answer"]
    assert dict(question.choices) == {"yes": "yes", "no": "no"}


# --- an imported case -----------------------------------------------------------------------------


def imported() -> Interview:
    """Return the interview about the chart of the tests, imported."""
    known = services.find("esketamine")
    assert known is not None
    wanted = importers.Wanted("cigna")
    found = importers.gather([CHARTS / "bundle.json"], LIBRARY, DAY, wanted)
    text = draft.text(draft.draft(found, known, "cigna", DAY))
    return Interview(text, "case.yaml", LIBRARY, DAY)


def test_an_imported_case_keeps_its_comments_and_loses_only_answered_questions() -> None:
    """Where a value came from stays beside it; a person's own remark stays too."""
    first = imported()
    own = "    # Ruth: he called, ask again"
    lines = first.text.split("\n")
    place = next(n for n, line in enumerate(lines) if line == "    # outcome:")
    first = first.with_text("\n".join([*lines[: place + 1], own, *lines[place + 1 :]]))
    every = list(through(first))
    after = every[-1][1].text
    assert own in after.split("\n")
    provenance = re.compile(r"# from \[\d\]")
    assert len(provenance.findall(after)) == len(provenance.findall(first.text))
    answered = {q.topic for q, _ in every if said(q) not in ("later", "no")}
    outcomes = [topic for topic in answered if topic.endswith(".outcome")]
    before = first.text.count("QUESTION: How did it go?")
    assert after.count("QUESTION: How did it go?") == before - len(outcomes)


HINTS = """\
prescriber:
  name: {given: , family: }
  npi: ""
  # QUESTION: Who asks for this treatment? The records name these clinicians; copy the right one.
  # from [1] Practitioner/1
  #   name: {given: Alex, family: Moreno}
practice:
  name: Prairie Lantern Psychiatry
  address: {street: 8800 Juniper Bend Road, city: Overland Park, state: KS, zip: "66212"}
  phone: 913-555-0142
  fax:
  # QUESTION: Which clinic sends the request? The records name these; copy what is right.
# QUESTION: When did this episode begin, how severe is it (mild, moderate or severe), and are there
#   psychotic features (yes or no)? Write what the chart says, and remove the `# `.
# episode: {onset: , severity: , psychotic_features: }
treatments:
  - drug: sertraline
    doses:
      - {mg_per_day: 50, from: 2025-02-03, to: 2025-03-04}   # from [1] fill/1
      - {mg_per_day: 100, from: 2025-02-24, to: 2025-05-30}
    # QUESTION: Two fills of sertraline cover the same days: that of 2025-02-03 to 2025-03-04 and
    #   that of 2025-02-24 to 2025-05-30 (9 days). Was the later one an early refill?
    # QUESTION: Why was it stopped, or is it still taken (`ongoing: yes`)?
    # stopped_because:
  - drug: bupropion xl
    doses: [{mg_per_day: 150, from: 2025-06-02}]
    # QUESTION: Why was it stopped, or is it still taken (`ongoing: yes`)?
    # stopped_because:
"""
WHO, CLINIC, WHEN = "Who asks for", "Which clinic sends", "When did this episode"
SAME, WHY = "Two fills of sertraline", "Why was it stopped"
SETTLE = [
    ([(("prescriber", "name", "given"), "Alex"), (("prescriber", "name", "family"), "Moreno")], ""),
    (
        [
            (("prescriber", "name", "given"), "Alex"),
            (("prescriber", "name", "family"), "Moreno"),
            (("prescriber", "npi"), "1234567893"),
        ],
        WHO,
    ),
    ([(("practice", "fax"), "913-555-0143")], CLINIC),
    ([(("episode", "onset"), "2025-01")], ""),
    ([(("episode", "onset"), "2025-01"), (("episode", "severity"), "severe")], ""),
    (
        [
            (("episode", "onset"), "2025-01"),
            (("episode", "psychotic_features"), "no"),
            (("episode", "severity"), "severe"),
        ],
        WHEN,
    ),
    ([(("treatments", 0, "doses", 0, "to"), "2025-03-01")], ""),
    ([(("treatments", 0, "doses", 0, "to"), "2025-02-23")], SAME),
    ([(("treatments", 0, "stopped_because"), "no benefit")], WHY),
    ([(("treatments", 1, "ongoing"), "yes")], WHY),
]


@pytest.mark.parametrize(("given_", "gone"), SETTLE)
def test_a_hint_of_the_import_goes_when_all_that_it_asks_for_is_there(
    given_: list[tuple[Trail, str]], gone: str
) -> None:
    """Not before, and no other line with it."""
    interview = Interview(HINTS, "case.yaml", LIBRARY, DAY)
    before = [one.words for one in interview.data.left_open]
    for trail, value in given_:
        over = trail[-1] == "to"
        question = asked(How.ANY, trail, over=over, subject="x")
        answered = asking.answer(interview, question, value)
        assert answered.taken, answered.remarks
        interview = answered.interview
    after = [one.words for one in interview.data.left_open]
    wanted = list(before)
    if gone:
        wanted.remove(next(words for words in before if words.startswith(gone)))
    assert after == wanted
    assert "  # from [1] Practitioner/1\n  #   name: {given: Alex, family" in interview.text
    assert interview.text.count("# from [1]") == HINTS.count("# from [1]")


def test_what_an_import_holds_already_is_not_asked() -> None:
    """Name, birth date, member number, doses and scores come from the records."""
    found = topics(imported())
    held = ("patient.", "coverage.member_id", "treatments.0.doses", "treatments.1.doses")
    assert not [topic for topic in found if topic.startswith(held)]


@pytest.mark.no_cover
def test_a_real_chart_can_be_asked_about(inputs: Path) -> None:
    """Each patient of the real records: the questions come to an end, and none comes twice."""
    for chart in sorted((inputs / "fhir-stu3").glob("*.bundle.json")):
        known = services.find("esketamine")
        assert known is not None
        found = importers.gather([chart], LIBRARY, DAY, importers.Wanted("cigna"))
        text = draft.text(draft.draft(found, known, "cigna", DAY))
        *_, (_, last) = through(Interview(text, "case.yaml", LIBRARY, DAY))
        read = intake.understand(last.data, DAY)
        assert all(asking.is_gap(p) or p.severity != "error" for p in read.problems)


# --- the word of a person -------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["yesterday", "1", "2026-13-45", "2027-02-01"])
def test_the_day_of_a_word_is_checked_at_once(said: str) -> None:
    """As every other day is; the answers' own names stand in no message, and hide nothing."""
    raw = raw_case("esketamine")
    del raw["attestations"]["no_psychosis"]["on"]
    first = about(raw)
    topic = "attestations.no_psychosis.on"
    question = next(q for q in asking.open_questions(first) if q.topic == topic)
    answered = asking.reply(first, question, said)
    assert not answered.taken
    assert answered.remarks
    assert answered.interview.text == first.text
    assert asking.reply(first, question, "11/16/2026").taken


@pytest.mark.parametrize("name", ["no_psychosis", "pdmp_checked"])
def test_a_psychosis_is_spoken_of_only_where_the_record_speaks_of_one(name: str) -> None:
    """A word that stays open for another reason says nothing of it."""
    raw = raw_case("esketamine")
    raw["attestations"][name]["on"] = "1"
    topic = f"attestations.{name}.despite"
    assert topic not in topics(about(raw))
    raw["attestations"][name]["on"] = "2026-11-16"
    raw["episode"]["psychotic_features"] = "yes"
    raw["diagnoses"][0]["code"] = "F33.3"
    assert (topic in topics(about(raw))) == (name == "no_psychosis")


@pytest.mark.parametrize("said", ["never taken", "not given"])
def test_a_drug_that_was_not_taken_is_not_called_contraindicated(said: str) -> None:
    """A refusal, or a plan that did not pay, is no contraindication."""
    first = about(
        {**raw_case("esketamine"), "treatments": [{"drug": "lithium", "augments": "sertraline"}]}
    )
    question = next(q for q in asking.open_questions(first) if q.topic == "treatments.0.doses")
    assert not asking.reply(first, question, said).taken
    taken = asking.reply(first, question, "Contraindicated").interview
    assert taken.at("treatments", 0, "outcome") == "contraindicated"


def test_the_units_are_asked_for_with_what_one_is() -> None:
    """Milligrams and sessions are easily mixed up."""
    asked_for = {q.topic: q.text for q in asking.open_questions(begun())}
    assert asked_for["request.codes.0.units"] == (
        "How many units of J0013 are asked for in the whole request? One unit is 1 mg."
    )
