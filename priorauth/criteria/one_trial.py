"""Whether one trial counts for one policy, and why: as failed, or instead of a failed one.

Not for how many count: that is for `drug_trials`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from priorauth.criteria.finding import Answer, Judgement, all_of
from priorauth.dates import DAYS_IN_WEEK, from_to
from priorauth.history import Outcome, number, percent
from priorauth.payer import Window
from priorauth.problems import listed
from priorauth.silent import Silent
from priorauth.trials import Trial, Weeks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from priorauth.criteria.facts import Facts
    from priorauth.history import Change, Dose, DrugTreatment
    from priorauth.payer import FailedTrials, Substitute
    from priorauth.trials import Frame

Instead = Literal["intolerance", "contraindication"]


@dataclass(frozen=True, repr=False)
class TrialVerdict(Silent):
    """Whether one trial counts for one policy, and why."""

    trial: Trial
    answer: Answer
    because: str
    weeks: Weeks
    would_change: str = ""
    instead: Instead | None = None
    in_episode: Answer = Answer.UNKNOWN

    @property
    def counts(self) -> bool:
        """Return whether the trial surely counts."""
        return self.answer is Answer.MET


def ways_of(trial: Trial, rule: FailedTrials, facts: Facts) -> list[TrialVerdict]:
    """Return each way in which the trial can count: as failed, or instead of a failed one."""
    barred = trial.why_no_trial()
    if barred:
        return [TrialVerdict(trial, Answer.NOT_MET, barred, trial.time(rule.dose))]
    ways = [_as_failed(trial, rule, facts)]
    if instead := _INSTEAD.get(trial.outcome) if trial.outcome else None:
        ways.append(_as_substitute(trial, rule, facts, instead))
    elif trial.outcome is None and not _all_refused(rule):
        ways.append(_as_unsaid(trial, rule, facts))
    return ways


_ORDER = (Answer.NOT_MET, Answer.UNKNOWN, Answer.MET)


def best(ways: Iterable[TrialVerdict]) -> TrialVerdict:
    """Return the verdict with the best answer.

    Of equals, one that counts does so as failed, and one that does not says what stood instead.
    """
    return max(ways, key=lambda v: (_ORDER.index(v.answer), v.counts is (v.instead is None)))


def _as_failed(trial: Trial, rule: FailedTrials, facts: Facts) -> TrialVerdict:
    """Return whether it was long enough at an accepted dose, in the window, and did not help."""
    frame = facts.frame(rule.window)
    parts = [
        _when(trial, frame),
        _length(trial, rule, frame),
        _went(trial, rule),
        _taken_as_told(trial, rule),
        _record(trial, rule),
        _label(trial, rule),
    ]
    inside = reached(_time(trial, rule, facts.frame(_EPISODE)), _need_days(trial, rule))
    return _verdict_of(trial, rule, parts, in_episode=inside)


def _as_substitute(
    trial: Trial, rule: FailedTrials, facts: Facts, instead: Instead
) -> TrialVerdict:
    """Return whether it stands for a failed trial because the drug could not be taken."""
    parts = [_could_not(rule, instead), *_anyway(trial, rule, facts)]
    inside = reached(trial.time("any", facts.frame(_EPISODE)), 1)
    return replace(_verdict_of(trial, rule, parts, in_episode=inside), instead=instead)


def _as_unsaid(trial: Trial, rule: FailedTrials, facts: Facts) -> TrialVerdict:
    """Return that a trial that is too short may still stand for a failed one, by what ended it."""
    open_end = Judgement(
        Answer.UNKNOWN,
        reason="it does not count as it stands, but what ended it is not recorded",
        would_change="Ask how it went, and write `outcome:`.",
    )
    return _verdict_of(trial, rule, [open_end, *_anyway(trial, rule, facts)])


def _anyway(trial: Trial, rule: FailedTrials, facts: Facts) -> list[Judgement]:
    """Return what is asked of a drug that could not be taken; of one never taken, no dates."""
    dates = [_when(trial, facts.frame(rule.window))] if trial.highest else []
    return [*dates, _record(trial, rule), _label(trial, rule)]


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
        trial.time(rule.dose),
        " ".join(dict.fromkeys(filter(None, (part.would_change for part in deciding)))),
        in_episode=in_episode,
    )


def _all_refused(rule: FailedTrials) -> bool:
    return rule.intolerance.counts == rule.contraindication.counts == "no"


_EPISODE = Window(current_episode=True)
_INSTEAD: dict[Outcome, Instead] = {
    Outcome.INTOLERANCE: "intolerance",
    Outcome.CONTRAINDICATED: "contraindication",
}


def _need_days(trial: Trial, rule: FailedTrials) -> int:
    """Return the days that are needed; the fewest for any outcome while the outcome is open."""
    outcomes = (trial.outcome,) if trial.outcome else rule.outcomes
    weeks = (rule.weeks_by_outcome.get(outcome, rule.weeks) for outcome in outcomes)
    return max(1, math.ceil(min((w or Decimal(0) for w in weeks), default=0) * DAYS_IN_WEEK))


def _accepted(treatment: DrugTreatment, rule: FailedTrials) -> Answer:
    """Return whether the policy accepts the record of one treatment."""
    return all_of([_source(treatment, rule), _adherence(treatment, rule)])


def _record_is_open(trial: Trial, rule: FailedTrials) -> bool:
    return any(_accepted(treatment, rule) is Answer.UNKNOWN for treatment in trial.treatments)


def _time(trial: Trial, rule: FailedTrials, frame: Frame) -> Weeks:
    """Return the run at an accepted dose, of the treatments whose record the policy accepts."""
    answers = {t: _accepted(t, rule) for t in trial.treatments}
    if set(answers.values()) == {Answer.MET} or set(answers.values()) == {Answer.NOT_MET}:
        return trial.time(rule.dose, frame)
    sure = tuple(t for t, answer in answers.items() if answer is Answer.MET)
    perhaps = tuple(t for t, answer in answers.items() if answer is not Answer.NOT_MET)
    return Weeks(
        replace(trial, treatments=sure).time(rule.dose, frame).least_days,
        replace(trial, treatments=perhaps).time(rule.dose, frame).greatest_days,
    )


def reached(weeks: Weeks, need: int) -> Answer:
    """Return whether the time is at least so many days."""
    if weeks.least_days >= need:
        return Answer.MET
    return Answer.UNKNOWN if weeks.greatest_days >= need else Answer.NOT_MET


def _when(trial: Trial, frame: Frame) -> Judgement:
    """Return whether any of the trial lies inside the window."""
    answer = reached(trial.time("any", frame), 1)
    if answer is Answer.NOT_MET:
        return Judgement(answer, reason="outside the time that the policy looks at")
    if answer is Answer.UNKNOWN:
        return Judgement(
            answer,
            reason="the dates do not say whether it lies in the time that the policy looks at",
            would_change="Write the exact dates, and the onset of the episode, from the chart "
            "or the pharmacy record.",
        )
    return Judgement(answer)


def _length(trial: Trial, rule: FailedTrials, frame: Frame) -> Judgement:
    """Return whether the run at an accepted dose is long enough inside the window."""
    need = _need_days(trial, rule)
    inside = _time(trial, rule, frame)
    answer = reached(inside, need)
    at_dose = f"{inside} {_at_dose(trial, rule)}"
    if answer is Answer.MET:
        return Judgement(answer, reason=at_dose)
    if answer is Answer.NOT_MET:
        return Judgement(answer, reason=_why_short(trial, rule, frame, need))
    if _record_is_open(trial, rule) and reached(trial.time(rule.dose, frame), need) is Answer.MET:
        return Judgement(answer)  # the source or the adherence is asked for, not the days
    return Judgement(
        answer,
        reason=f"{at_dose}, {_goal(need)} needed",
        would_change=_which_fact(trial, rule, frame, need),
    )


def _goal(need: int) -> str:
    return str(Weeks(need, need)) if need > 1 else "any time"


def _why_short(trial: Trial, rule: FailedTrials, frame: Frame, need: int) -> str:
    """Return why the run is too short; nothing where the window says it already."""
    if rule.dose != "any" and (low := trial.why_too_low()):
        return low
    taken, inside = trial.time("any", frame), _time(trial, rule, frame)
    if not taken.greatest_days:
        return ""
    if taken.greatest_days < need:
        return f"taken for {taken}, {_goal(need)} needed"
    part = " in records that the policy accepts" if inside != trial.time(rule.dose, frame) else ""
    return f"{inside} {_at_dose(trial, rule)}{part}, {_goal(need)} needed"


_AT_DOSE = {
    "maximum_tolerated": "at the greatest labeled or tolerated dose",
    "any": "taken",
}


def _at_dose(trial: Trial, rule: FailedTrials) -> str:
    return floor_of(trial) if rule.dose == "least_effective" else _AT_DOSE[rule.dose]


def floor_of(trial: Trial) -> str:
    """Return the least effective labeled dose in words: `at 50 mg/day or more`."""
    least = {t.product.least_range for t in trial.treatments}
    known = next(iter(least)) if len(least) == 1 else None
    if known and known[0] == known[1]:
        return f"at {number(known[0])} {trial.last.product.unit} or more"
    return "at or above the least effective labeled dose"


def _which_fact(trial: Trial, rule: FailedTrials, frame: Frame, need: int) -> str:
    """Return what staff must find out so that the length is settled."""
    if rule.window.current_episode and reached(trial.time(rule.dose), need) is Answer.MET:
        return "Write the onset of the episode to the day."
    if reached(trial.time("any", frame), need) is not Answer.MET:
        return "Write the exact first and last day from the chart or the pharmacy record."
    if rule.dose == "maximum_tolerated":
        return "Ask whether a higher dose was not tolerated: `maximum_tolerated: yes` or `no`."
    if any(treatment.product.form is None for treatment in trial.treatments):
        return "Write the form with the name (such as XR or SR): its labeled doses differ."
    if any(form.least is None for t in trial.treatments for form in t.product.forms):
        return "The label names no least effective dose: ask the payer what it accepts."
    return "Write the exact days of each dose from the chart or the pharmacy record."


_WELL = (Outcome.RESPONSE, Outcome.REMISSION)


def _went(trial: Trial, rule: FailedTrials) -> Judgement:
    """Return whether the outcome is one that the policy calls a failure."""
    limit, gain = rule.most_improvement_percent, trial.improvement
    if trial.outcome is None:
        return _not_said(trial)
    if trial.outcome is Outcome.TOO_EARLY:
        return Judgement(Answer.NOT_MET, reason=trial.outcome.words)
    if limit is not None and gain is not None:
        return _measured(trial, trial.outcome, gain, limit)
    if trial.outcome not in rule.outcomes:
        return Judgement(Answer.NOT_MET, reason=f"the outcome was {trial.outcome.words}")
    if limit is not None and trial.outcome is Outcome.PARTIAL_RESPONSE:
        return Judgement(
            Answer.UNKNOWN,
            reason=f"a partial response of unrecorded size, at most {limit} percent allowed",
            would_change="Write `improvement_percent:` or the scores before and after.",
        )
    return Judgement(Answer.MET, reason=trial.outcome.words)


def _measured(trial: Trial, outcome: Outcome, gain: Decimal, limit: Decimal) -> Judgement:
    if gain > limit:
        more = "more than " if percent(gain) == percent(limit) else ""
        return Judgement(
            Answer.NOT_MET,
            reason=f"improved by {more}{percent(gain)}, at most {limit} percent allowed",
        )
    if outcome not in _WELL:
        return Judgement(Answer.MET, reason=f"improved by {percent(gain)}{_scores(trial)}")
    return Judgement(
        Answer.UNKNOWN,
        reason=f"called a {outcome.words}, but improved by {percent(gain)} only",
        would_change="Compare outcome and improvement with the record, and correct one.",
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


def substitute_of(rule: FailedTrials, instead: Instead) -> Substitute:
    """Return what the policy says of drugs that could not be taken for this reason."""
    return rule.intolerance if instead == "intolerance" else rule.contraindication


def _could_not(rule: FailedTrials, instead: Instead) -> Judgement:
    """Return whether a drug that could not be taken stands for a failed trial."""
    word = "contraindicated" if instead == "contraindication" else instead
    counts = substitute_of(rule, instead).counts
    if counts == "yes":
        return Judgement(Answer.MET, reason=f"{word}, which the policy counts")
    if counts == "no":
        return Judgement(Answer.NOT_MET, reason=f"{word}, which the policy does not count")
    return Judgement(
        Answer.UNKNOWN,
        reason=f"{word}; whether that counts is not on file for this policy",
        would_change=f"Ask the payer whether {instead} stands for a failed trial.",
    )


def _whole(answers: Iterable[Answer]) -> Answer:
    """Return the answer on a trial from those on its treatments: some may fail it, not all."""
    found = set(answers)
    if found == {Answer.NOT_MET}:
        return Answer.NOT_MET
    return Answer.UNKNOWN if Answer.UNKNOWN in found else Answer.MET


def _taken_as_told(trial: Trial, rule: FailedTrials) -> Judgement:
    """Return whether the drug was taken as told, for the part that is to count."""
    least = rule.adherence_percent
    if least is None:
        return Judgement(Answer.MET)
    found = [t.adherence_percent for t in trial.treatments if t.adherence_percent is not None]
    answer = _whole(_adherence(treatment, rule) for treatment in trial.treatments)
    if answer is Answer.UNKNOWN:
        return Judgement(
            answer,
            reason="adherence is not recorded",
            would_change="Write `adherence_percent:` from the chart or the fills.",
        )
    if answer is Answer.NOT_MET:
        return Judgement(answer, reason=f"adherence {max(found)} percent, {least} needed")
    return Judgement(answer, reason=f"adherence {min(n for n in found if n >= least)} percent")


def _adherence(treatment: DrugTreatment, rule: FailedTrials) -> Answer:
    least, found = rule.adherence_percent, treatment.adherence_percent
    if least is None:
        return Answer.MET
    if found is None:
        return Answer.UNKNOWN
    return Answer.MET if found >= least else Answer.NOT_MET


def _record(trial: Trial, rule: FailedTrials) -> Judgement:
    answer = _whole(_source(treatment, rule) for treatment in trial.treatments)
    if answer is Answer.MET:
        return Judgement(answer)
    if answer is Answer.UNKNOWN:
        return Judgement(
            answer,
            reason="the source of the record is not given",
            would_change="Write `source:` (chart, claims, pharmacy, patient_report or samples).",
        )
    names = listed(source.words for source in trial.sources)
    return Judgement(answer, reason=f"known from {names} only, which the policy refuses")


def _source(treatment: DrugTreatment, rule: FailedTrials) -> Answer:
    if not rule.sources_refused:
        return Answer.MET
    if treatment.source is None:
        return Answer.UNKNOWN
    return Answer.NOT_MET if treatment.source in rule.sources_refused else Answer.MET


def _label(trial: Trial, rule: FailedTrials) -> Judgement:
    if trial.drug.counts_as_antidepressant == "yes" or rule.off_label == "yes":
        return Judgement(Answer.MET)
    if rule.off_label == "no":
        return Judgement(Answer.NOT_MET, reason="its US label is not for depression")
    return Judgement(
        Answer.UNKNOWN,
        reason="its US label is not for depression; whether the policy counts it is not on file",
        would_change="Ask the payer whether it counts this drug.",
    )


def dates_taken(trial: Trial) -> str:
    """Return the dates of a trial as the record gives them: `02/03/2025 to 05/30/2025`."""
    doses: list[Dose] = [dose for treatment in trial.treatments for dose in treatment.doses]
    if not doses:
        return ""
    start = min(doses, key=lambda dose: (dose.start.first, dose.start.last)).start
    if trial.ongoing:
        return from_to(start, None, ongoing=True)
    latest = max(dose.start.first for dose in doses)
    ends = [dose.end for dose in doses if dose.end]
    if any(dose.end is None and dose.start.last >= latest for dose in doses) or not ends:
        return from_to(start, None, ongoing=False)
    return from_to(start, max(ends, key=lambda end: (end.last, end.first)), ongoing=False)


def outcome_words(trial: Trial) -> str:
    """Return how a trial went: `no response (MADRS 34 to 33)`."""
    change = _change(trial)
    words = trial.outcome.words if trial.outcome else "outcome not recorded"
    return f"{words} ({change.scale} {change.before} to {change.after})" if change else words


def _scores(trial: Trial) -> str:
    """Return the scores that an improvement is worked out from."""
    change = _change(trial)
    computed = change and trial.closing[0].improvement_percent is None
    return f" ({change.scale} {change.before} to {change.after})" if change and computed else ""


def _change(trial: Trial) -> Change | None:
    """Return the scores that the trial ended with; None where the dates leave open which did."""
    return trial.closing[0].change if len(trial.closing) == 1 else None
