"""Criteria on rating scales: a score at or above a cut-off, a response since baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.criteria.facts import latest
from priorauth.criteria.finding import Answer, Fact, Judgement, at_least
from priorauth.dates import days_before, shown
from priorauth.history import fall_percent, gained
from priorauth.problems import listed

if TYPE_CHECKING:
    from decimal import Decimal

    from priorauth.criteria.facts import Facts
    from priorauth.dates import PartialDate
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
    doubts = [_doubt(one, rule, facts) for name in names for one in found[name]]
    reason, asked = WHICH_LATEST
    if all(doubts):
        reason, asked = "; ".join(dict.fromkeys(doubts)), _new_score(rule, facts, wanted)
    return Judgement(answer, statements, reason, asked, ask="the prescriber")


def _reaches(scores: list[Score], rule: ScoreAtLeast, facts: Facts) -> Answer:
    """Return the answer on which all scores agree that can be the latest."""
    answers = {
        (Answer.MET if one.total >= rule.scales[one.scale] else Answer.NOT_MET)
        if not _doubt(one, rule, facts)
        else Answer.UNKNOWN
        for one in scores
    }
    return answers.pop() if len(answers) == 1 else Answer.UNKNOWN


def _doubt(found: Score, rule: ScoreAtLeast, facts: Facts) -> str:
    """Return why a score may not bear on the present state; nothing when it surely does.

    Where the policy sets no time, it must be from the episode that the request is for.
    """
    on = f"the score of {shown(found.on)}"
    if rule.within_days is None:
        return _outside_episode(found, facts.case.episode.onset, on)
    earliest = days_before(facts.day, rule.within_days)
    if found.on.first >= earliest:
        return ""
    if found.on.last < earliest:
        return f"{on} is older than {rule.within_days} days"
    return f"{on} may be older than {rule.within_days} days: its day is not known"


def _outside_episode(found: Score, onset: PartialDate | None, on: str) -> str:
    """Return why a score may not be from the episode; nothing when it surely is."""
    if onset is None:
        return "the onset is not recorded, so no score is surely from this episode"
    if found.on.first >= onset.last:
        return ""
    if found.on.last < onset.first:
        return f"{on} is from before this episode, which began {shown(onset)}"
    return f"the dates do not say whether {on} is from this episode"


def _new_score(rule: ScoreAtLeast, facts: Facts, wanted: str) -> str:
    if rule.within_days is not None:
        return f"A score from the past {rule.within_days} days: {wanted}."
    onset = "" if facts.case.episode.onset else "Write the onset of the episode. "
    return f"{onset}A dated score of this episode: {wanted}."


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
    answers = {name: _improved(pairs, rule, facts) for name, pairs in found.items()}
    answer = at_least(1, answers.values())
    if answer is Answer.UNKNOWN:
        pairs = [pair for name, each in answers.items() if each is answer for pair in found[name]]
        reason, asked = _why_open(pairs, facts)
        statements = tuple(_gained(pair) for pair in pairs if pair[0].total)
        return Judgement(answer, statements, reason, asked, ask="the prescriber")
    settled = [name for name, each in answers.items() if each is not Answer.UNKNOWN]
    told = sorted((max(found[name], key=_gain) for name in settled), key=_gain, reverse=True)
    statements = tuple(map(_gained, told))
    if answer is Answer.MET:
        return Judgement(answer, statements, _not_by_all(answers))
    least = rule.least_percent
    wanted = "Any improvement" if least is None else f"An improvement of {least} percent"
    return Judgement(answer, statements, would_change=f"{wanted} on the baseline.")


def _not_by_all(answers: dict[str, Answer]) -> str:
    """Return which scales do not say the same: one is enough, and none is hidden."""
    others = [name for name, each in answers.items() if each is Answer.NOT_MET]
    if not others:
        return ""
    return f"one scale is enough for the policy; {listed(others, 'and')} does not show it"


Pair = tuple["Score", "Score"]
WHICH_LATEST = (
    "the dates do not say which of these scores is the latest",
    "Write the exact day of each score.",
)


def _why_open(pairs: list[Pair], facts: Facts) -> tuple[str, str]:
    """Return why the response is open on scales that may show it, and what to ask."""
    started = facts.case.course.started
    began = f"treatment began on {shown(started)}" if started else ""
    if not all(_before_treatment(first, facts) for first, _ in pairs):
        asked = (
            "A score on the same scale from before the first dose, with its day: mark it with "
            "`baseline: yes`."
        )
        return f"{began}, and the baseline is not surely from before that", asked
    if not all(_under_treatment(last, facts) for _, last in pairs):
        return (
            f"{began}, and the later score is not surely from after that",
            "A dated score on the same scale since treatment began.",
        )
    return WHICH_LATEST


def _improved(pairs: list[Pair], rule: Response, facts: Facts) -> Answer:
    """Return the answer on which all pairs agree that can be the baseline and the latest."""
    if not all(_sure(pair, facts) for pair in pairs):
        return Answer.UNKNOWN
    least = rule.least_percent
    enough = {_gain(pair) > 0 if least is None else _gain(pair) >= least for pair in pairs}
    if len(enough) > 1:
        return Answer.UNKNOWN
    return Answer.MET if enough.pop() else Answer.NOT_MET


def _sure(pair: Pair, facts: Facts) -> bool:
    """Return whether these surely are a score before the course and one under it."""
    first, last = pair
    spans = _before_treatment(first, facts) and _under_treatment(last, facts)
    return spans and _surely_later(pair) and first.total > 0


def _before_treatment(found: Score, facts: Facts) -> bool:
    """Return whether a score is surely from before treatment, or from its first day.

    Without a recorded first day nothing speaks against it; that day is asked for by itself.
    """
    started = facts.case.course.started
    return started is None or found.on.last <= started.first


def _under_treatment(found: Score, facts: Facts) -> bool:
    """Return whether a score is surely from after the first day of treatment."""
    started = facts.case.course.started
    return started is None or found.on.first > started.last


def _surely_later(pair: Pair) -> bool:
    return pair[0].on.last < pair[1].on.first


def _gain(pair: Pair) -> Decimal:
    return fall_percent(pair[0].total, pair[1].total)


def _gained(pair: Pair) -> Fact:
    first, last = pair
    return Fact(
        f"{first.scale} {first.total} on {shown(first.on)}, "
        f"{last.total} on {shown(last.on)}: {gained(_gain(pair))}",
        (*first.evidence, *last.evidence),
    )


def surely_baseline_and_latest(facts: Facts, scale: str) -> Pair | None:
    """Return the baseline and the latest score of a scale; None where the dates leave a doubt."""
    pairs = baselines_and_latest(facts, scale)
    sure = len(pairs) == 1 and _sure(pairs[0], facts)
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
