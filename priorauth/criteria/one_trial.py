"""Whether one trial counts for one policy, and why: as failed, or instead of a failed one.

Not for how many count: that is for `drug_trials`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from priorauth.criteria.finding import Answer, Judgement, all_of
from priorauth.criteria.how_it_went import failed
from priorauth.criteria.how_long import (
    at_dose,
    counted_time,
    length,
    need_days,
    reached,
    time_beside_words,
    unfilled,
    when,
)
from priorauth.criteria.records import label, record, taken_as_told
from priorauth.history import Outcome
from priorauth.payer import Window
from priorauth.silent import silent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from priorauth.criteria.facts import Facts
    from priorauth.payer import Augmentation, FailedTrials, Substitute
    from priorauth.trials import Trial, Weeks

Instead = Literal["intolerance", "contraindication"]


@silent
class TrialVerdict(NamedTuple):
    """Whether one trial counts for one policy, and why."""

    trial: Trial
    answer: Answer
    because: str
    weeks: Weeks
    would_change: str = ""
    instead: Instead | None = None
    in_episode: Answer = Answer.UNKNOWN
    unfilled: str = ""  # what to ask on days that no dose covers, where they alone are lacking

    @property
    def counts(self) -> bool:
        """Return whether the trial surely counts."""
        return self.answer is Answer.MET


def ways_of(trial: Trial, rule: FailedTrials, facts: Facts) -> list[TrialVerdict]:
    """Return each way in which the trial can count: as failed, or instead of a failed one."""
    if trial.augments:
        return [_as_added(trial, rule, facts, trial.augments.agent)]
    if barred := trial.why_no_trial():
        return [TrialVerdict(trial, Answer.NOT_MET, barred, trial.time(rule.dose))]
    ways = [_as_failed(trial, rule, facts)]
    if instead := INSTEAD.get(trial.outcome) if trial.outcome else None:
        ways.append(_as_substitute(trial, rule, facts, instead))
    elif trial.outcome is None and not all_refused(rule):
        ways.append(_as_unsaid(trial, rule, facts))
    return ways


def _as_added(trial: Trial, rule: FailedTrials, facts: Facts, first: str) -> TrialVerdict:
    """Return that an added drug is an augmentation, unless it was taken alone for long enough.

    Whether it was a trial by itself then is for the record to say.
    """
    words = time_beside_words(trial)
    told = f"added to {first}: counted as augmentation"
    part = f"; {words}" if words != str(trial.time("any")) else ""
    found = TrialVerdict(trial, Answer.NOT_MET, f"{told}{part}", trial.time("any"))
    if replace(trial, augments=None).why_no_trial() or not _may_stand_alone(trial, rule, facts):
        return found
    if not trial.bases:
        reason = f"added to {first}, which is not recorded"
        asked = f"Add {first} with its doses and dates."
        return found._replace(answer=Answer.UNKNOWN, because=reason, would_change=asked)
    alone = trial.time_alone(rule.dose, facts.frame(rule.window))
    return found._replace(
        answer=Answer.UNKNOWN,
        because=f"{told}; {alone} {at_dose(trial, rule)} without {first}",
        would_change=f"Was it a trial by itself, without {first}? Then write those days as an "
        "entry of their own, without `augments:`.",
    )


def _may_stand_alone(trial: Trial, rule: FailedTrials, facts: Facts) -> bool:
    """Return whether the time without the first drug can be enough for a trial by itself."""
    alone = trial.time_alone(rule.dose, facts.frame(rule.window))
    parts = [failed(trial, rule), taken_as_told(trial, rule), record(trial, rule)]
    answers = [part.answer for part in (*parts, label(trial, rule))]
    return all_of([reached(alone, need_days(trial, rule)), *answers]) is not Answer.NOT_MET


_ORDER = (Answer.NOT_MET, Answer.UNKNOWN, Answer.MET)


def best(ways: Iterable[TrialVerdict]) -> TrialVerdict:
    """Return the verdict with the best answer.

    Of equals, one that counts does so as failed, and one that does not says what stood instead.
    """
    return max(ways, key=lambda v: (_ORDER.index(v.answer), v.counts is (v.instead is None)))


def _as_failed(trial: Trial, rule: FailedTrials, facts: Facts) -> TrialVerdict:
    """Return whether it was long enough at an accepted dose, in the window, and did not help."""
    frame = facts.frame(rule.window)
    long = length(trial, rule, frame)
    parts = [
        when(trial, frame),
        long,
        failed(trial, rule),
        taken_as_told(trial, rule),
        record(trial, rule),
        label(trial, rule),
    ]
    inside = reached(counted_time(trial, rule, facts.frame(_EPISODE)), need_days(trial, rule))
    found = _verdict_of(trial, rule, parts, in_episode=inside)
    short_alone = [part for part in parts if part.answer is Answer.NOT_MET] == [long]
    return found._replace(unfilled=unfilled(trial, rule, frame)) if short_alone else found


def _as_substitute(
    trial: Trial, rule: FailedTrials, facts: Facts, instead: Instead
) -> TrialVerdict:
    """Return whether it stands for a failed trial because the drug could not be taken."""
    parts = [could_not(rule, instead), *_anyway(trial, rule, facts)]
    inside = reached(trial.time("any", facts.frame(_EPISODE)), 1)
    return _verdict_of(trial, rule, parts, in_episode=inside)._replace(instead=instead)


def _as_unsaid(trial: Trial, rule: FailedTrials, facts: Facts) -> TrialVerdict:
    """Return that a trial that is too short may still stand for a failed one, by what ended it."""
    return _verdict_of(trial, rule, [UNSAID, *_anyway(trial, rule, facts)])


UNSAID = Judgement(
    Answer.UNKNOWN,
    reason="it does not count as it stands, but what ended it is not recorded",
    would_change="Ask how it went, and write `outcome:`.",
)


def _anyway(trial: Trial, rule: FailedTrials, facts: Facts) -> list[Judgement]:
    """Return what is asked of a drug that could not be taken; of one never taken, no dates."""
    dates = [when(trial, facts.frame(rule.window))] if trial.highest else []
    return [*dates, record(trial, rule), label(trial, rule)]


def _verdict_of(
    trial: Trial,
    rule: FailedTrials,
    parts: list[Judgement],
    *,
    in_episode: Answer = Answer.UNKNOWN,
) -> TrialVerdict:
    answer = all_of(part.answer for part in parts)
    deciding = [part for part in parts if part.answer is answer]
    return TrialVerdict(
        trial,
        answer,
        "; ".join(filter(None, (part.reason for part in deciding))),
        trial.time_undisputed(rule.dose),
        " ".join(dict.fromkeys(filter(None, (part.would_change for part in deciding)))),
        in_episode=in_episode,
    )


def all_refused(rule: FailedTrials | Augmentation) -> bool:
    """Return whether the policy counts no drug that could not be taken."""
    return rule.intolerance.counts == rule.contraindication.counts == "no"


_EPISODE = Window(current_episode=True)
INSTEAD: dict[Outcome, Instead] = {
    Outcome.INTOLERANCE: "intolerance",
    Outcome.CONTRAINDICATED: "contraindication",
}


def substitute_of(rule: FailedTrials, instead: Instead) -> Substitute:
    """Return what the policy says of drugs that could not be taken for this reason."""
    return rule.intolerance if instead == "intolerance" else rule.contraindication


def could_not(rule: FailedTrials | Augmentation, instead: Instead) -> Judgement:
    """Return whether a drug that could not be taken stands for one that failed."""
    word = "contraindicated" if instead == "contraindication" else instead
    counts = (rule.intolerance if instead == "intolerance" else rule.contraindication).counts
    failed = "trial" if rule.kind == "failed_trials" else "augmentation"
    if counts == "yes":
        return Judgement(Answer.MET, reason=f"{word}, which the policy counts")
    if counts == "no":
        return Judgement(Answer.NOT_MET, reason=f"{word}, which the policy does not count")
    return Judgement(
        Answer.UNKNOWN,
        reason=f"{word}; whether that counts is not on file for this policy",
        would_change=f"Ask the payer whether {instead} stands for a failed {failed}.",
    )
