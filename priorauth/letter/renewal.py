"""What a renewal shows: the course under way, and the response to it on each scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.case import Kind
from priorauth.criteria import Answer, Facts
from priorauth.criteria.deadlines import NEXT_RENEWAL
from priorauth.criteria.scores import surely_baseline_and_latest
from priorauth.dates import shown
from priorauth.history import fall_percent, gained, number
from priorauth.letter.contract import Renewal, ResponseRow, Row
from priorauth.payer import Response
from priorauth.reference import scales

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.case import Case
    from priorauth.criteria import Verdict
    from priorauth.history import Score
    from priorauth.letter.cites import Citer
    from priorauth.letter.contract import CriterionRow


def renewal(verdict: Verdict, criteria: tuple[CriterionRow, ...], cite: Citer) -> Renewal | None:
    """Return what the letter says of the course that it renews; None when it renews none."""
    case = verdict.case
    if case.weighed_as is not Kind.RENEWAL:
        return None
    return Renewal(
        course=(*_course(case), *_next_due(verdict)),
        course_cites=cite(case.course.evidence),
        responses=tuple(_responses(verdict, cite)),
        measure=_measure(verdict, criteria),
    )


def _course(case: Case) -> Iterator[Row]:
    course = case.course
    if course.started:
        yield Row("Treatment began", shown(course.started))
    if course.sessions_given is not None:
        last = f", the last on {shown(course.last_on)}" if course.last_on else ""
        yield Row("Sessions given so far", f"{course.sessions_given}{last}")
    if course.mg_per_session:
        yield Row("Dose at present", f"{number(course.mg_per_session)} mg a session")
    if course.authorization_number:
        yield Row("Authorization", course.authorization_number)
    if course.authorization_ends:
        yield Row("Authorized until", shown(course.authorization_ends))


def _next_due(verdict: Verdict) -> Iterator[Row]:
    """Yield when the approval that is asked for would end."""
    for one in verdict.deadlines.of(NEXT_RENEWAL):
        if one.due and one.printable:
            yield Row("Next renewal due", f"{shown(one.due)}, {one.approval}")


def _responses(verdict: Verdict, cite: Citer) -> Iterator[ResponseRow]:
    """Yield a row for each scale whose dates tell surely which score is which."""
    facts = Facts(verdict.case, verdict.day)
    for name in dict.fromkeys(score.scale for score in verdict.case.scores):
        pair = surely_baseline_and_latest(facts, name)
        if pair is None:
            continue
        first, last = pair
        fall = fall_percent(first.total, last.total)
        yield ResponseRow(
            scale=name,
            range=_range(name),
            baseline=_score(first),
            current=_score(last),
            change=f"{last.total - first.total:+d} points, {gained(fall)}",
            cites=cite((*first.evidence, *last.evidence)),
        )


def _score(score: Score) -> str:
    return f"{score.total} on {shown(score.on)}"


def _range(name: str) -> str:
    scale = scales.find(name)
    return f"{scale.least} to {scale.greatest}" if scale and scale.has_total else ""


def _measure(verdict: Verdict, criteria: tuple[CriterionRow, ...]) -> str:
    """Return the payer's own definition of response with its finding; empty where it has none."""
    names = [rule.id for rule in verdict.rules if isinstance(rule, Response)]
    settled = (Answer.MET.shown, Answer.NOT_MET.shown)
    return " ".join(
        f"The payer's own measure (criterion {row.number}): "
        f"{row.requirement.rstrip('.')}. Finding: {row.finding}."
        for row in criteria
        if row.id in names and row.finding in settled
    )
