"""How one trial went: whether that is a failure by the policy, and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.criteria.facts import CONTRADICTED, went
from priorauth.criteria.finding import Answer, Judgement
from priorauth.history import Outcome, gained, percent

if TYPE_CHECKING:
    from decimal import Decimal

    from priorauth.history import Change
    from priorauth.payer import FailedTrials
    from priorauth.trials import Trial


_WELL = (Outcome.RESPONSE, Outcome.REMISSION)


def failed(trial: Trial, rule: FailedTrials) -> Judgement:
    """Return whether the outcome is one that the policy calls a failure."""
    outcome, gain = trial.outcome, trial.improvement
    if outcome is None:
        return _not_said(trial)
    if outcome is Outcome.TOO_EARLY:
        return Judgement(Answer.NOT_MET, reason=outcome.words)
    if gain is not None and not _same_by_figures(trial, gain, rule):
        return Judgement(
            Answer.UNKNOWN,
            reason=f"called {outcome.words}, but {gained(gain)}{_scores(trial)}",
            would_change=CONTRADICTED,
        )
    return _by_word(trial, outcome, rule)


def _by_word(trial: Trial, outcome: Outcome, rule: FailedTrials) -> Judgement:
    """Return whether an outcome that its figures do not contradict is a failure."""
    limit, gain = rule.most_improvement_percent, trial.improvement
    if limit is not None and gain is not None:
        return _measured(trial, outcome, gain, limit)
    if outcome not in rule.outcomes:
        return Judgement(Answer.NOT_MET, reason=f"the outcome was {outcome.words}")
    if limit is not None and outcome is Outcome.PARTIAL_RESPONSE:
        return Judgement(
            Answer.UNKNOWN,
            reason=f"a partial response of unrecorded size, at most {limit} percent allowed",
            would_change="Write `improvement_percent:` or the scores before and after.",
        )
    return Judgement(Answer.MET, reason=outcome.words)


def _same_by_figures(trial: Trial, gain: Decimal, rule: FailedTrials) -> bool:
    """Return whether figures that contradict the word lead to the same answer as the word."""
    limit = rule.most_improvement_percent
    if not trial.contradicted:
        return True
    if limit is None:
        return went(trial, rule.outcomes) is not Answer.UNKNOWN
    return (trial.outcome in rule.outcomes) is (gain <= limit)


def _measured(trial: Trial, outcome: Outcome, gain: Decimal, limit: Decimal) -> Judgement:
    if gain > limit:
        more = "more than " if percent(gain) == percent(limit) else ""
        return Judgement(
            Answer.NOT_MET,
            reason=f"improved by {more}{percent(gain)}, at most {limit} percent allowed",
        )
    if outcome not in _WELL:
        return Judgement(Answer.MET, reason=f"{gained(gain)}{_scores(trial)}")
    return Judgement(
        Answer.UNKNOWN,
        reason=f"called {outcome.words}, but {gained(gain)} only",
        would_change=CONTRADICTED,
    )


def _not_said(trial: Trial) -> Judgement:
    said = {treatment.outcome for treatment in trial.closing} - {None}
    if len(said) > 1:
        return Judgement(
            Answer.UNKNOWN,
            reason="the record gives more than one outcome, and the dates do not say which is last",
            would_change="Write the exact days of each treatment, and how the last one went.",
        )
    return Judgement(
        Answer.UNKNOWN,
        reason="the outcome is not recorded",
        would_change="Ask how it went, and write `outcome:`.",
    )


def outcome_words(trial: Trial) -> str:
    """Return how a trial went: `no response (MADRS 34 to 33)`."""
    change = _change(trial)
    words = trial.outcome.words if trial.outcome else "outcome not recorded"
    return f"{words} ({change.told})" if change else words


def _scores(trial: Trial) -> str:
    """Return the scores that an improvement is worked out from."""
    change = _change(trial)
    computed = change and trial.closing[0].improvement_percent is None
    return f" ({change.told})" if change and computed else ""


def _change(trial: Trial) -> Change | None:
    """Return the scores that the trial ended with; None where the dates leave open which did."""
    return trial.closing[0].change if len(trial.closing) == 1 else None
