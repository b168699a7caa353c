"""What is said at the door of an appeal: the decision, its reasons, and where the appeal goes."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import DAY, raw_case

from priorauth import intake
from priorauth.datafile import Datafile


def said(raw: Any) -> list[str]:  # noqa: ANN401 - a case file's values
    """Return the problems of a case file's values, without what to do."""
    problems = intake.understand(Datafile("case.yaml", raw), DAY).problems
    return [f"{p.severity.value}: {p.place.field}: {p.what}" for p in problems]


def appeal(**answer: Any) -> Any:  # noqa: ANN401 - a case file's values
    """Return the appeal sample with other values in its decision."""
    raw = raw_case("esketamine-appeal")
    raw["answer"] |= answer
    return raw


def test_an_appeal_without_a_decision_is_none() -> None:
    """There is nothing to answer."""
    raw = raw_case("esketamine-appeal")
    del raw["answer"]
    assert said(raw) == ["error: request.kind: an appeal needs the payer's decision"]


def test_a_decision_without_an_appeal_is_noticed() -> None:
    """An initial request does not show it."""
    raw = raw_case("esketamine-appeal")
    raw["request"]["kind"] = "initial"
    [one] = said(raw)
    assert one.startswith("warning: answer: only an appeal answers a decision")


def test_the_decision_itself_is_enclosed() -> None:
    """A reviewer at another level has not seen it."""
    raw = raw_case("esketamine-appeal")
    raw["exhibits"][0]["kind"] = "other"
    assert said(raw) == ["warning: exhibits: the decision that is appealed is not enclosed"]


def test_where_the_appeal_goes_is_asked_for() -> None:
    """Requests and appeals seldom share a fax: the library's place is not taken for it."""
    raw = raw_case("esketamine-appeal")
    del raw["coverage"]["send_to"]
    [one] = said(raw)
    assert one.startswith("warning: coverage: where the appeal goes is not recorded")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"on": "2026-11-23"}, "error: answer.on: the date is in the future"),
        ({"on": "2026-10"}, "error: answer.on: must be a day"),
        ({"received": "2026-11-23"}, "error: answer.received: the date is in the future"),
        ({"received": "2026-10-25"}, "error: answer.received: the day is before the decision"),
        ({"appeal_by": "2026-10-25"}, "error: answer.appeal_by: the day is before the decision"),
        ({"decision": "no"}, "error: answer.decision: is none of the words"),
        ({"level": "third"}, "error: answer.level: is none of the words"),
        ({"reasons": []}, "error: answer.reasons: needs at least one entry"),
        ({"reasons": [{}]}, "error: answer.reasons.0.text: is missing"),
        ({"reasons": [{"text": "x", "reply": "y"}]}, "error: answer.reasons.0.reply: must be a"),
        ({"reasons": [{"text": "x", "reply": {"text": "y"}}]}, "error: answer.reasons.0.reply.by"),
        ({"reason": "x"}, "error: answer: a key here is not known"),
    ],
)
def test_a_slip_in_the_decision_is_told(answer: Any, expected: str) -> None:  # noqa: ANN401
    """Days that cannot be, words that are none, reasons without their words."""
    found = said(appeal(**answer))
    assert any(one.startswith(expected) for one in found), found


def test_an_appeal_of_a_renewal_is_looked_at_as_a_renewal() -> None:
    """What reviewers of renewals miss is told; that the authorization has ended is no wonder."""
    raw = appeal(asked="renewal")
    raw["course"] = {"started": "2025-09-01", "authorization_ends": "2026-10-31"}
    raw["scores"][0]["on"] = "2025-08-18"
    raw["scores"][0].pop("evidence")
    [one] = said(raw)
    assert one.startswith("warning: rationale: a renewal says nothing of what happens")
