"""The findings in a letter: the payer's criteria one by one, exceptions, open questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.criteria import Answer
from priorauth.criteria.appeal import STANCE
from priorauth.criteria.drug_trials import capital
from priorauth.dates import shown
from priorauth.letter.contract import CriterionRow, ExceptionAsked, Statement
from priorauth.letter.heading import payer_name
from priorauth.letter.words import paragraphs
from priorauth.payer import Stance
from priorauth.problems import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.criteria import Fact, Finding, Verdict
    from priorauth.letter.cites import Citer

_STANCES = {Stance.EXPERIMENTAL: "experimental or investigational"}


def criteria(verdict: Verdict, cite: Citer) -> Iterator[CriterionRow]:
    """Yield the payer's criteria with their findings, one row each, groups opened."""
    if verdict.finding:
        whole = verdict.finding
        for place, part in enumerate(whole.parts if whole.kind == "all" else (whole,), 1):
            yield from _rows(part, str(place), "", cite)


def policy(verdict: Verdict) -> str:
    """Return the policy that the criteria are from, with its payer."""
    if verdict.governing is None:
        return ""
    return f"{payer_name(verdict)}: {verdict.governing.title}"


def _rows(finding: Finding, number_: str, group: str, cite: Citer) -> Iterator[CriterionRow]:
    if not finding.parts:
        yield _row(finding, number_, group, cite)
        return
    parts = [part for part in finding.parts if _is_shown(part, finding)]
    numbers = [f"{number_}{chr(ord('a') + place)}" for place in range(len(parts))]
    yield CriterionRow(
        number=number_,
        id=finding.id,
        requirement=finding.requirement,
        cite=finding.cite,
        group=group,
        finding=finding.answer.shown,
        facts=(),
        reason=f"See {listed(numbers, 'and')}.",
    )
    for part, inner in zip(parts, numbers, strict=True):
        yield from _rows(part, inner, f"part of {number_}", cite)


def _is_shown(part: Finding, whole: Finding) -> bool:
    """Return whether a part says why its group is answered so: of a settled choice no open part."""
    if whole.kind == "all" or whole.answer is Answer.UNKNOWN:
        return True
    return part.answer in {Answer.MET, whole.answer}


def _row(finding: Finding, number_: str, group: str, cite: Citer) -> CriterionRow:
    return CriterionRow(
        number=number_,
        id=finding.id,
        requirement=finding.requirement,
        cite=finding.cite,
        group=group,
        finding=finding.answer.shown,
        facts=tuple(_statement(fact, cite) for fact in finding.judgement.facts),
        reason=capital(finding.judgement.reason),
    )


def _statement(fact: Fact, cite: Citer) -> Statement:
    return Statement(fact.text, cite(fact.evidence))


def questions(verdict: Verdict) -> Iterator[Statement]:
    """Yield what is open, in words for staff."""
    for question in verdict.questions:
        who = f" Ask {question.ask}." if question.ask else ""
        yield Statement(f"{question.text}{who}", ())


def exceptions(verdict: Verdict, cite: Citer) -> Iterator[ExceptionAsked]:
    """Yield the exceptions that are asked for."""
    requirements = (
        {one.id: one.requirement for one in verdict.finding.walk()} if verdict.finding else {}
    )
    for found in verdict.exceptions:
        yield ExceptionAsked(
            stance(verdict) if found.criterion == STANCE else requirements.get(found.criterion, ""),
            paragraphs(found.reason),
            f"{found.by}, {shown(found.on)}",
            cite(found.evidence),
        )


def stance(verdict: Verdict) -> str:
    """Return what the payer says of the service as a whole, with the policy that says it."""
    name = payer_name(verdict)
    service = verdict.case.request.known_service.name
    word = _STANCES.get(verdict.stance) if verdict.stance else None
    title = verdict.governing.title if verdict.governing else ""
    if word is None:
        return f"Policy at issue: {title}. {name} does not cover {service}"
    return f"Policy at issue: {title}. {name} considers {service} {word}"
