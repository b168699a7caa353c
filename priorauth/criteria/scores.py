"""Criteria on rating scales: a score at or above a cut-off, a response since baseline."""

from __future__ import annotations

from decimal import ROUND_FLOOR
from typing import TYPE_CHECKING

from priorauth.criteria.finding import Answer, Fact, Judgement
from priorauth.dates import days_before, shown
from priorauth.history import fall_percent, percent
from priorauth.problems import listed

if TYPE_CHECKING:
    from priorauth.criteria.facts import Facts
    from priorauth.history import Score
    from priorauth.payer import Response, ScoreAtLeast


def score(rule: ScoreAtLeast, facts: Facts) -> Judgement:
    """Return whether the latest score on one of the scales reaches its cut-off in time."""
    latest = {name: found[-1] for name in rule.scales if (found := facts.scores(name))}
    statements = tuple(_scored(one, rule.scales[name]) for name, one in latest.items())
    wanted = listed(f"{name} of {least} or more" for name, least in rule.scales.items())
    if not latest:
        return Judgement(
            Answer.UNKNOWN,
            reason="no score on a scale that the policy names is recorded",
            would_change=f"A dated score: {wanted}.",
            ask="the prescriber",
        )
    answers = {name: _reaches(one, rule, facts, name) for name, one in latest.items()}
    for wished in (Answer.MET, Answer.UNKNOWN, Answer.NOT_MET):
        hits = [name for name, answer in answers.items() if answer is wished]
        if hits:
            shown_facts = tuple(_scored(latest[name], rule.scales[name]) for name in hits)
            return _judged(wished, shown_facts, rule, wanted)
    return Judgement(Answer.UNKNOWN, statements)


def _judged(answer: Answer, facts: tuple[Fact, ...], rule: ScoreAtLeast, wanted: str) -> Judgement:
    if answer is Answer.MET:
        return Judgement(answer, facts)
    if answer is Answer.NOT_MET:
        return Judgement(answer, facts, would_change=f"A score of {wanted}.", ask="the prescriber")
    return Judgement(
        answer,
        facts,
        reason=f"the score is older than {rule.within_days} days, or its day is not known",
        would_change=f"A score from the past {rule.within_days} days: {wanted}.",
        ask="the prescriber",
    )


def _reaches(found: Score, rule: ScoreAtLeast, facts: Facts, name: str) -> Answer:
    if rule.within_days is not None and found.on.first < days_before(facts.day, rule.within_days):
        return Answer.UNKNOWN
    return Answer.MET if found.total >= rule.scales[name] else Answer.NOT_MET


def _scored(found: Score, least: int) -> Fact:
    text = f"{found.scale} {found.total} on {shown(found.on)} (cut-off {least})"
    return Fact(text, found.evidence)


def response(rule: Response, facts: Facts) -> Judgement:
    """Return whether the latest score has improved enough on its baseline, on one scale."""
    pairs = [pair for name in rule.scales if (pair := baseline_and_latest(facts, name))]
    if not pairs:
        return Judgement(
            Answer.UNKNOWN,
            reason="no baseline and later score on one scale are recorded",
            would_change=f"Both scores, dated, on one of: {listed(rule.scales)}; "
            "mark the first with `baseline: yes`.",
            ask="the prescriber",
        )
    gains = [(fall_percent(first.total, last.total), first, last) for first, last in pairs]
    gain, first, last = max(gains, key=lambda found: found[0])
    fact = Fact(
        f"{first.scale} {first.total} on {shown(first.on)}, "
        f"{last.total} on {shown(last.on)}: improved by {percent(gain, ROUND_FLOOR)}",
        (*first.evidence, *last.evidence),
    )
    enough = gain >= rule.least_percent if rule.least_percent is not None else gain > 0
    if enough:
        return Judgement(Answer.MET, (fact,))
    least = f"{rule.least_percent} percent" if rule.least_percent is not None else "any"
    return Judgement(
        Answer.NOT_MET, (fact,), would_change=f"An improvement of {least} on the baseline."
    )


def baseline_and_latest(facts: Facts, scale: str) -> tuple[Score, Score] | None:
    """Return the score marked as baseline and the latest after it; None without both."""
    found = facts.scores(scale)
    marked = [one for one in found if one.baseline]
    if not marked or found[-1] is marked[-1] or not marked[-1].total:
        return None
    return marked[-1], found[-1]
