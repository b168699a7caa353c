"""Criteria on rating scales: a score at or above a cut-off, a response since baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.criteria.facts import latest
from priorauth.criteria.finding import Answer, Fact, Judgement, at_least
from priorauth.dates import days_before, shown
from priorauth.history import fall_percent, percent
from priorauth.problems import listed

if TYPE_CHECKING:
    from decimal import Decimal

    from priorauth.criteria.facts import Facts
    from priorauth.history import Score
    from priorauth.payer import Response, ScoreAtLeast


def score(rule: ScoreAtLeast, facts: Facts) -> Judgement:
    """Return whether the latest score on one of the scales reaches its cut-off in time."""
    found = {name: latest(facts.scores(name)) for name in rule.scales}
    wanted = listed(f"{name} of {least} or more" for name, least in rule.scales.items())
    if not any(found.values()):
        return Judgement(
            Answer.UNKNOWN,
            reason="no score on a scale that the policy names is recorded",
            would_change=f"A dated score: {wanted}.",
            ask="the prescriber",
        )
    answers = {name: _reaches(scores, rule, facts) for name, scores in found.items() if scores}
    answer = at_least(1, answers.values())
    names = [name for name, each in answers.items() if each is answer]
    statements = tuple(_scored(one, rule.scales[name]) for name in names for one in found[name])
    if answer is Answer.MET:
        return Judgement(answer, statements)
    if answer is Answer.NOT_MET:
        return Judgement(
            answer, statements, would_change=f"A score of {wanted}.", ask="the prescriber"
        )
    if any(_in_time(one, rule, facts) for name in names for one in found[name]):
        return Judgement(
            answer,
            statements,
            reason="the dates do not say which of these scores is the latest",
            would_change="Write the exact day of each score.",
            ask="the prescriber",
        )
    return Judgement(
        answer,
        statements,
        reason=f"the score is older than {rule.within_days} days, or its day is not known",
        would_change=f"A score from the past {rule.within_days} days: {wanted}.",
        ask="the prescriber",
    )


def _reaches(scores: list[Score], rule: ScoreAtLeast, facts: Facts) -> Answer:
    """Return the answer on which all scores agree that can be the latest."""
    answers = {
        (Answer.MET if one.total >= rule.scales[one.scale] else Answer.NOT_MET)
        if _in_time(one, rule, facts)
        else Answer.UNKNOWN
        for one in scores
    }
    return answers.pop() if len(answers) == 1 else Answer.UNKNOWN


def _in_time(found: Score, rule: ScoreAtLeast, facts: Facts) -> bool:
    if rule.within_days is None:
        return True
    return found.on.first >= days_before(facts.day, rule.within_days)


def _scored(found: Score, least: int) -> Fact:
    text = f"{found.scale} {found.total} on {shown(found.on)} (cut-off {least})"
    return Fact(text, found.evidence)


def response(rule: Response, facts: Facts) -> Judgement:
    """Return whether the latest score has improved enough on its baseline, on one scale."""
    found = {name: pairs for name in rule.scales if (pairs := baselines_and_latest(facts, name))}
    if not found:
        return Judgement(
            Answer.UNKNOWN,
            reason="no baseline and later score on one scale are recorded",
            would_change=f"Both scores, dated, on one of: {listed(rule.scales)}; "
            "mark the first with `baseline: yes`.",
            ask="the prescriber",
        )
    answers = {name: _improved(pairs, rule) for name, pairs in found.items()}
    answer = at_least(1, answers.values())
    pairs = [pair for name, each in answers.items() if each is answer for pair in found[name]]
    if answer is Answer.UNKNOWN:
        return Judgement(
            answer,
            tuple(_gained(pair) for pair in pairs if pair[0].total),
            reason="the dates do not say which of these scores is the latest",
            would_change="Write the exact day of each score.",
            ask="the prescriber",
        )
    fact = _gained(max(pairs, key=_gain))
    if answer is Answer.MET:
        return Judgement(answer, (fact,))
    least = rule.least_percent
    wanted = "Any improvement" if least is None else f"An improvement of {least} percent"
    return Judgement(answer, (fact,), would_change=f"{wanted} on the baseline.")


Pair = tuple["Score", "Score"]


def _improved(pairs: list[Pair], rule: Response) -> Answer:
    """Return the answer on which all pairs agree that can be the baseline and the latest."""
    if not all(_surely_later(pair) and pair[0].total for pair in pairs):
        return Answer.UNKNOWN
    least = rule.least_percent
    enough = {_gain(pair) > 0 if least is None else _gain(pair) >= least for pair in pairs}
    if len(enough) > 1:
        return Answer.UNKNOWN
    return Answer.MET if enough.pop() else Answer.NOT_MET


def _surely_later(pair: Pair) -> bool:
    return pair[0].on.last < pair[1].on.first


def _gain(pair: Pair) -> Decimal:
    return fall_percent(pair[0].total, pair[1].total)


def _gained(pair: Pair) -> Fact:
    first, last = pair
    return Fact(
        f"{first.scale} {first.total} on {shown(first.on)}, "
        f"{last.total} on {shown(last.on)}: improved by {percent(_gain(pair))}",
        (*first.evidence, *last.evidence),
    )


def surely_baseline_and_latest(facts: Facts, scale: str) -> Pair | None:
    """Return the baseline and the latest score of a scale; None where the dates leave a doubt."""
    pairs = baselines_and_latest(facts, scale)
    sure = len(pairs) == 1 and _surely_later(pairs[0]) and pairs[0][0].total > 0
    return pairs[0] if sure else None


def baselines_and_latest(facts: Facts, scale: str) -> list[Pair]:
    """Return the pairs that can be the baseline and the latest score; none without a later score.

    There is more than one where the dates do not tell.
    """
    scores = facts.scores(scale)
    pairs = [
        (first, last)
        for first in latest([one for one in scores if one.baseline])
        for last in latest([one for one in scores if not one.baseline])
    ]
    can_be = any(first.total and last.on.last > first.on.first for first, last in pairs)
    return pairs if can_be else []
