"""The deadlines of a case: what can be told as a day, what in words, what must be asked."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from cases import DAY, case, version
from pydantic import TypeAdapter

from priorauth.criteria.deadlines import deadlines_of
from priorauth.payer import Version

if TYPE_CHECKING:
    from priorauth.criteria.deadlines import Deadline, Deadlines

COMMERCIAL = {"line_of_business": "commercial", "benefit": "medical"}
URGENT = {"text": "She has stopped drinking.", "by": "Alex Moreno, MD", "on": "2026-11-20"}
TMS = {"service": "tms", "codes": [{"code": "90867"}]}


def policy_version(**values: Any) -> Version:  # noqa: ANN401 - a policy file's values
    """Return a version of a policy."""
    return TypeAdapter(Version).validate_python(version(**values))


def found(*, version: Version | None = None, **sections: Any) -> Deadlines:  # noqa: ANN401
    """Return the deadlines of a case of these sections."""
    return deadlines_of(case(**sections), DAY, version)


def told(deadlines: Deadlines, event: str) -> Deadline:
    """Return the first deadline to an event."""
    return deadlines.of(event)[0]


def test_a_clock_of_the_payer_runs_if_the_request_comes_today() -> None:
    """Nobody knows yet when the payer will receive it: the day says so."""
    decision = told(found(coverage=COMMERCIAL), "decision")
    assert date(2026, 12, 7) == decision.due
    assert decision.start == "if the payer receives the request on 11/22/2026"
    assert decision.limit == "15 days"
    assert decision.rule == "29 CFR 2560.503-1(f)(2)(iii)(A), applied by 45 CFR 147.136(b)"
    assert decision.printable


def test_an_urgent_request_runs_on_the_expedited_clock() -> None:
    """72 hours, and no other clock beside it."""
    urgent = {"urgent": "yes", "urgent_because": URGENT}
    decisions = found(coverage=COMMERCIAL, request=urgent).of("decision")
    assert [(date(2026, 11, 25), "72 hours")] == [(one.due, one.limit) for one in decisions]


def test_the_time_to_appeal_has_no_day_before_a_denial() -> None:
    """How long it is stands there in words."""
    for event, words in [("appeal", "180 days"), ("external_review", "4 months")]:
        one = told(found(coverage=COMMERCIAL), event)
        assert (one.due, one.limit) == (None, words)


def test_without_a_line_of_business_there_is_a_question_and_no_day() -> None:
    """Each line has other clocks: none is guessed."""
    unknown = found()
    assert unknown.found == ()
    [(text, ask)] = unknown.questions
    assert "Which line of business is the plan?" in text
    assert ask == "the plan"


@pytest.mark.parametrize("line", ["medicare_advantage", "medicaid"])
def test_a_drug_whose_benefit_is_open_is_asked_about(line: str) -> None:
    """Where the benefits have other clocks; a service that is no drug needs no such question."""
    [(text, _)] = found(coverage={"line_of_business": line}).questions
    assert "medical or the pharmacy benefit" in text
    tms = found(coverage={"line_of_business": line}, request=TMS)
    assert tms.questions == ()
    assert told(tms, "decision").limit == "7 days"


def test_a_state_clock_names_its_condition() -> None:
    """Nobody knows here in which state the plan is insured, so no letter may state it."""
    kansas = found(coverage=COMMERCIAL).of("external_review")[1]
    assert kansas.condition == "if the plan is insured in Kansas"
    assert not kansas.printable
    own = found(coverage={"line_of_business": "self_funded"}).of("external_review")
    assert [one.condition for one in own] == [""]


@pytest.mark.parametrize(
    ("terms", "start", "due", "limit"),
    [
        ({"months": 6}, "2026-12-01", date(2027, 5, 31), "6 months"),
        ({"months": 1}, "2026-12-31", date(2027, 1, 30), "1 month"),
        ({"months": 3}, "2026-11-30", date(2027, 2, 27), "3 months"),
        ({"days": 28}, "2026-12-01", date(2026, 12, 28), "28 days"),
        ({"months": 6}, None, None, "6 months"),
    ],
)
def test_a_renewal_is_due_when_the_approval_ends(
    terms: dict[str, int], start: str | None, due: date | None, limit: str
) -> None:
    """By the policy's own terms from the first day of treatment; without that day, in words."""
    request = {"start": start} if start else {}
    one = told(found(version=policy_version(initial=terms), request=request), "renewal")
    assert (due, limit) == (one.due, one.limit)


def test_a_renewal_leaves_the_payer_its_time_to_decide() -> None:
    """The note names the day by which to ask."""
    terms = policy_version(initial={"months": 6})
    deadlines = found(version=terms, coverage=COMMERCIAL, request={"start": "2026-12-01"})
    assert told(deadlines, "renewal").note.startswith("Ask by 05/16/2027: a decision may take 15")


def test_a_renewal_runs_by_the_terms_of_renewals() -> None:
    """What an approval of a renewal brings is another thing than the first approval."""
    terms = policy_version(initial={"months": 1}, renewal={"terms": {"months": 3}})
    request = {"kind": "renewal", "start": "2026-12-01"}
    assert told(found(version=terms, request=request), "next_renewal").limit == "3 months"
    assert found(version=policy_version(initial={"note": "short"})).of("renewal") == ()


def test_where_no_authorization_is_needed_no_clock_runs() -> None:
    """A record that is kept is not decided."""
    needless = policy_version(stance="no_authorization_needed", initial={"months": 6})
    assert found(version=needless, coverage=COMMERCIAL).found == ()


RENEWED = {"kind": "renewal"}


@pytest.mark.parametrize(
    ("ends", "by"),
    [("2026-12-14", "by 11/29/2026"), ("2026-12-07", "at once"), ("2026-11-23", "at once")],
)
def test_a_course_is_renewed_before_its_authorization_ends(ends: str, by: str) -> None:
    """The case names that day; whoever asks late is told to ask at once."""
    course = {"started": "2026-08-18", "authorization_ends": ends}
    [one] = found(coverage=COMMERCIAL, request=RENEWED, course=course).of("renewal")
    assert date.fromisoformat(ends) == one.due
    assert one.note == f"Ask {by}: a decision may take 15 days."


def test_the_next_renewal_is_counted_from_the_end_of_the_present_one() -> None:
    """Unless the request names another first day."""
    terms = policy_version(renewal={"terms": {"months": 3}})
    course = {"started": "2026-08-18", "authorization_ends": "2026-12-14"}
    for start, due in [({}, date(2027, 3, 14)), ({"start": "2026-12-31"}, date(2027, 3, 30))]:
        sections = {"request": {**RENEWED, **start}, "course": course}
        assert due == told(found(version=terms, **sections), "next_renewal").due


def test_an_initial_request_has_no_course_to_renew() -> None:
    """What the case says of a course counts in a renewal alone."""
    course = {"started": "2026-08-18", "authorization_ends": "2026-12-14"}
    assert found(coverage=COMMERCIAL, course=course).of("renewal") == ()


APPEAL = {"kind": "appeal"}


def appealed(**answer: Any) -> dict[str, Any]:  # noqa: ANN401 - a case file's values
    """Return the sections of an appeal of a decision of 10/26/2026 for a commercial plan."""
    decision = {"decision": "denied", "on": "2026-10-26", "reasons": [{"text": "No."}]}
    return {"coverage": COMMERCIAL, "request": APPEAL, "answer": {**decision, **answer}}


@pytest.mark.parametrize(
    ("answer", "due", "start"),
    [
        ({}, date(2027, 4, 24), "from the date of the decision, 10/26/2026"),
        (
            {"received": "2026-10-29"},
            date(2027, 4, 27),
            "from the receipt of the decision on 10/29/2026",
        ),
    ],
)
def test_the_time_to_appeal_runs_from_the_receipt_of_the_decision(
    answer: dict[str, str], due: date, start: str
) -> None:
    """Without that day it is counted from the date of the decision, so that none comes too late."""
    one = told(found(**appealed(**answer)), "appeal")
    assert (one.due, one.start) == (due, start)


def test_the_day_that_the_decision_names_comes_first() -> None:
    """A plan may give more time than the law; without a line of business it is all there is."""
    sections = appealed(appeal_by="2027-10-26")
    named = told(found(**sections), "appeal")
    assert (date(2027, 10, 26), "the payer's decision") == (named.due, named.rule)
    sections["coverage"] = {}
    assert [one.rule for one in found(**sections).of("appeal")] == ["the payer's decision"]


@pytest.mark.parametrize(
    ("level", "urgent", "filed", "decided"),
    [
        ("first", "no", ("appeal", date(2027, 4, 24)), ("appeal_decision", date(2026, 12, 22))),
        ("first", "yes", ("appeal", date(2027, 4, 24)), ("appeal_decision", date(2026, 11, 25))),
        (
            "external",
            "no",
            ("external_review", date(2027, 2, 26)),
            ("external_decision", date(2027, 1, 6)),
        ),
        (
            "external",
            "yes",
            ("external_review", date(2027, 2, 26)),
            ("external_decision", date(2026, 11, 25)),
        ),
    ],
)
def test_each_level_has_its_time_to_file_and_to_be_decided(
    level: str, urgent: str, filed: tuple[str, date], decided: tuple[str, date]
) -> None:
    """By level and urgency; what comes after it has no day yet."""
    sections = appealed(level=level)
    words = {"urgent_because": URGENT} if urgent == "yes" else {}
    sections["request"] = {**APPEAL, "urgent": urgent, **words}
    deadlines = found(**sections)
    assert [(one, told(deadlines, one).due) for one, _ in (filed, decided)] == [filed, decided]
    later = told(deadlines, "external_review") if level == "first" else None
    assert later is None or later.due is None


def test_a_second_level_has_no_time_to_file_in_the_law() -> None:
    """The plan's own decision names it."""
    assert found(**appealed(level="second")).of("appeal") == ()
