"""What an appeal says: the decision, an answer to each of its reasons, what is asked beside it.

A reason is answered by what the findings and the clinician say; nothing is argued here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.authorization import Level
from priorauth.criteria import Answer
from priorauth.criteria.deadlines import time_to_appeal
from priorauth.criteria.drug_trials import capital
from priorauth.dates import shown
from priorauth.letter.contract import Appeal, ReasonAnswered, Row, Statement
from priorauth.letter.heading import payer_name
from priorauth.letter.words import paragraphs
from priorauth.reference import deadlines
from priorauth.reference.deadlines import Event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.case import Case
    from priorauth.criteria import Finding, Verdict
    from priorauth.criteria.appeal import AnsweredReason
    from priorauth.criteria.deadlines import Deadline
    from priorauth.letter.cites import Citer
    from priorauth.letter.contract import CriterionRow, ExceptionAsked

_DECISIONS = {
    "denied": "denied",
    "approved_in_part": "approved in part",
    "ended": "authorization ended",
}


def appeal(
    verdict: Verdict,
    criteria: tuple[CriterionRow, ...],
    exceptions: tuple[ExceptionAsked, ...],
    cite: Citer,
) -> Appeal | None:
    """Return what the letter says of the decision that it appeals; None when it appeals none."""
    answer = verdict.case.appealed
    if answer is None:
        return None
    numbers = {row.id: row.number for row in criteria}
    return Appeal(
        decision=tuple(_decision(verdict)),
        decision_cites=cite(answer.evidence),
        policy=_quoted(verdict),
        reasons=tuple(_reason(one, verdict, numbers, exceptions, cite) for one in verdict.reasons),
        in_time=_in_time(verdict),
        asks=tuple(_asks(verdict)),
    )


def _decision(verdict: Verdict) -> Iterator[Row]:
    answer = verdict.case.appealed
    if answer is None:
        return
    yield Row("Decision", f"{_DECISIONS[answer.decision]}, {shown(answer.on)}")
    if answer.level is Level.EXTERNAL:  # the letter goes to another, who has not decided it
        yield Row("Decided by", payer_name(verdict))
    if answer.received:
        yield Row("Received", shown(answer.received))
    if answer.reference:
        yield Row("Reference number", answer.reference)
    if verdict.governing and (verdict.finding or verdict.refused):
        since = shown(verdict.governing.version.effective_from)
        yield Row("Policy", f"{verdict.governing.title}, in force from {since}")


def _quoted(verdict: Verdict) -> str:
    """Return how an answer names the policy whose criterion it quotes."""
    if verdict.governing is None or verdict.finding is None:
        return ""
    policy = verdict.governing.file.policy
    return policy.number or policy.title


def _reason(
    one: AnsweredReason,
    verdict: Verdict,
    numbers: dict[str, str],
    exceptions: tuple[ExceptionAsked, ...],
    cite: Citer,
) -> ReasonAnswered:
    finding, reply = one.finding, one.reason.reply
    asked = tuple(
        told
        for told, recorded in zip(exceptions, verdict.exceptions, strict=True)
        if recorded in one.exceptions
    )
    stance = asked[0].to if one.of_stance and asked else ""
    return ReasonAnswered(
        number=str(one.number),
        text=" ".join(one.reason.text.split()),
        cites=cite(one.reason.evidence),
        criterion=numbers.get(finding.id, "") if finding else "",
        cite=finding.cite if finding else "",
        requirement=finding.requirement if finding else stance,
        finding=finding.answer.shown if finding else "",
        facts=tuple(_facts(finding, cite)) if finding else (),
        exceptions=asked,
        reply=paragraphs(reply.text) if reply else (),
        reply_by=f"{reply.by}, {shown(reply.on)}" if reply else "",
        reply_cites=cite(reply.evidence) if reply else (),
    )


def _facts(finding: Finding, cite: Citer) -> Iterator[Statement]:
    """Yield the facts that give the finding; of a choice those of the parts that decide it."""
    for leaf in finding.leaves():
        if leaf.answer is finding.answer:
            yield from (Statement(f.text, cite(f.evidence)) for f in leaf.judgement.facts)
            if leaf.judgement.reason and leaf.answer is not Answer.UNKNOWN:
                yield Statement(capital(leaf.judgement.reason), ())


def _in_time(verdict: Verdict) -> str:
    """Return that the appeal is in time, with the rule; empty where that is not sure."""
    found = time_to_appeal(verdict.case, verdict.deadlines)
    if found is None or found.due is None or found.due < verdict.day:
        return ""
    if not found.limit:
        return f"The decision names {shown(found.due)} as the last day to appeal."
    return (
        f"{found.limit} are allowed to appeal ({found.rule}). Counted {found.start}, the last day "
        f"is {shown(found.due)}."
    )


def _asks(verdict: Verdict) -> Iterator[str]:
    """Yield what an appeal asks for beside the approval, with the rule where one is sure."""
    case = verdict.case
    specialty = case.prescriber.specialty
    which = f" ({specialty})" if specialty else ""
    yield (
        f"Please have this decided by a reviewer of the prescriber's specialty{which} who took no "
        f"part in the decision.{_by_right(case, 'reviewer')}"
    )
    if case.appealed and case.appealed.level is not Level.EXTERNAL:
        yield (
            "Please send the practice the criteria, guideline or protocol that the decision relied "
            f"on.{_by_right(case, 'criteria')}"
        )
    for found in _decision_due(verdict):
        yield f"A decision is due at most {found.limit} after receipt ({found.rule})."


def _by_right(case: Case, name: str) -> str:
    if case.appealed is None or case.appealed.level is Level.EXTERNAL:
        return ""  # these rules are for the plan's own review
    coverage = case.coverage
    line = coverage.line_of_business
    benefit = coverage.benefit
    found = deadlines.right(name, line and line.value, benefit and benefit.value)
    if found is None:
        return ""
    return f" {found.rule} {found.text}."


def _decision_due(verdict: Verdict) -> tuple[Deadline, ...]:
    events = (Event.APPEAL_DECISION, Event.EXTERNAL_DECISION)
    return tuple(one for one in verdict.deadlines.found if one.event in events and one.printable)
