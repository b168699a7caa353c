"""How long one trial was at a dose that a policy accepts, inside its window, and in words."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from priorauth.criteria.finding import Answer, Judgement, all_of
from priorauth.criteria.records import adherence, source
from priorauth.dates import DAYS_IN_WEEK, Interval, runs
from priorauth.history import number
from priorauth.problems import listed
from priorauth.trials import Weeks

if TYPE_CHECKING:
    from priorauth.history import DrugTreatment
    from priorauth.payer import FailedTrials, Window
    from priorauth.trials import Frame, Trial
    from priorauth.trials.dosing import DoseRule

# What more exact dates would change, in the words of a finding; `asking` asks for those dates.
ONSET = "Write the onset of the episode to the day."
ONSET_AND_DATES = "Write the onset of the episode and the dates of the trials to the day."
DATES_AND_ONSET = (
    "Write the exact dates, and the onset of the episode, from the chart or the pharmacy record."
)
FIRST_AND_LAST = "Write the exact first and last day from the chart or the pharmacy record."
EACH_DOSE = "Write the exact days of each dose from the chart or the pharmacy record."


def need_days(trial: Trial, rule: FailedTrials) -> int:
    """Return the days that are needed; the fewest for any outcome while the outcome is open."""
    outcomes = (trial.outcome,) if trial.outcome else rule.outcomes
    weeks = (rule.weeks_by_outcome.get(outcome, rule.weeks) for outcome in outcomes)
    return max(1, math.ceil(min((w or Decimal(0) for w in weeks), default=0) * DAYS_IN_WEEK))


def _accepted(treatment: DrugTreatment, rule: FailedTrials) -> Answer:
    """Return whether the policy accepts the record of one treatment."""
    return all_of([source(treatment, rule), adherence(treatment, rule)])


def _record_is_open(trial: Trial, rule: FailedTrials) -> bool:
    return any(_accepted(treatment, rule) is Answer.UNKNOWN for treatment in trial.treatments)


def counted_time(trial: Trial, rule: FailedTrials, frame: Frame) -> Weeks:
    """Return the run at an accepted dose, of the treatments whose record the policy accepts."""
    answers = {t: _accepted(t, rule) for t in trial.treatments}
    if set(answers.values()) == {Answer.MET} or set(answers.values()) == {Answer.NOT_MET}:
        return trial.time_undisputed(rule.dose, frame)
    sure = tuple(t for t, answer in answers.items() if answer is Answer.MET)
    perhaps = tuple(t for t, answer in answers.items() if answer is not Answer.NOT_MET)
    return Weeks(
        replace(trial, treatments=sure).time_undisputed(rule.dose, frame).least_days,
        replace(trial, treatments=perhaps).time_undisputed(rule.dose, frame).greatest_days,
    )


def reached(weeks: Weeks, need: int) -> Answer:
    """Return whether the time is at least so many days."""
    if weeks.least_days >= need:
        return Answer.MET
    return Answer.UNKNOWN if weeks.greatest_days >= need else Answer.NOT_MET


def when(trial: Trial, frame: Frame) -> Judgement:
    """Return whether any of the trial lies inside the window."""
    answer = reached(trial.time("any", frame), 1)
    if answer is Answer.NOT_MET:
        return Judgement(answer, reason="outside the time that the policy looks at")
    if answer is Answer.UNKNOWN:
        return Judgement(
            answer,
            reason="the dates do not say whether it lies in the time that the policy looks at",
            would_change=DATES_AND_ONSET,
        )
    return Judgement(answer)


def length(trial: Trial, rule: FailedTrials, frame: Frame) -> Judgement:
    """Return whether the run at an accepted dose is long enough inside the window."""
    need = need_days(trial, rule)
    inside = counted_time(trial, rule, frame)
    answer = reached(inside, need)
    told = _part(inside, trial.time_undisputed(rule.dose), rule, at_dose(trial, rule))
    if answer is Answer.MET:
        return Judgement(answer, reason=told)
    if answer is Answer.NOT_MET:
        return Judgement(answer, reason=_why_short(trial, rule, frame, need))
    undisputed = trial.time_undisputed(rule.dose, frame)
    if _record_is_open(trial, rule) and reached(undisputed, need) is Answer.MET:
        return Judgement(answer)  # the source or the adherence is asked for, not the days
    if undisputed != trial.time(rule.dose, frame):
        return Judgement(answer, reason=_TWO_DOSES, would_change=_WHICH_DOSE)
    return Judgement(
        answer,
        reason=f"{told}, {goal(need)} needed",
        would_change=_which_fact(trial, rule, frame, need),
    )


_TWO_DOSES = "its records give different doses for the same days"
_WHICH_DOSE = (
    "Ask which record is right, and correct the other; if both doses were taken each day, write "
    "one entry with their sum."
)


def _part(inside: Weeks, whole: Weeks, rule: FailedTrials, what: str) -> str:
    """Return how much of a time is in the policy's window: `5.8 of its 12.2 weeks are in …`."""
    words = f" {what}" if what else ""
    if inside == whole or not rule.window.limits:
        return f"{inside}{words}"
    return f"{inside.number} of its {whole}{words} are in {_window(rule.window)}"


def _window(window: Window) -> str:
    years = f"the past {window.years} years" if window.years else ""
    past = "the past year" if window.years == 1 else years
    return " and ".join(filter(None, ("this episode" if window.current_episode else "", past)))


def goal(need: int) -> str:
    """Return how long it must be, in words."""
    return str(Weeks(need, need)) if need > 1 else "any time"


def _why_short(trial: Trial, rule: FailedTrials, frame: Frame, need: int) -> str:
    """Return why the run is too short; nothing where the window says it already."""
    if rule.dose != "any" and (low := trial.why_too_low()):
        return low
    taken, inside = trial.time("any", frame), counted_time(trial, rule, frame)
    if not taken.greatest_days:
        return ""
    if taken.greatest_days < need:
        words = _part(taken, trial.time("any"), rule, "")
        break_ = f" without a break of more than {trial.gap_days} days" if trial.broken else ""
        told = words if taken != trial.time("any") else f"taken for {words}{break_}"
        return f"{told}, {goal(need)} needed"
    if inside != trial.time_undisputed(rule.dose, frame):
        words = f"{inside} {at_dose(trial, rule)} in records that the policy accepts"
    else:
        words = _part(inside, trial.time_undisputed(rule.dose), rule, at_dose(trial, rule))
    return f"{words}, {goal(need)} needed"


def unfilled(trial: Trial, rule: FailedTrials, frame: Frame) -> str:
    """Return which days no line covers, where the trial is long enough if it went on then.

    Fills leave such days between them, and only a person can tell whether the drug was taken.
    """
    spans = [
        Interval(run[0].first, run[-1].last)
        for run in runs(_inside(trial, "any", frame), trial.gap_days)
    ]
    whole = _inside(trial, rule.dose, frame)
    if len(spans) < 2 or not whole:  # noqa: PLR2004 - two runs
        return ""
    first, last = min(one.first for one in whole), max(one.last for one in whole)
    if Interval(first, last).days < need_days(trial, rule):
        return ""
    between = [(later.first - one.last).days - 1 for one, later in pairwise(spans)]
    return (
        f"No dose covers {listed(map(str, between), 'and')} days between its first and its last: "
        "was it taken then? If it was, write a later day after `to:` in the line before."
    )


def _inside(trial: Trial, dose: DoseRule, frame: Frame) -> list[Interval]:
    """Return the days at a dose, as far as they can lie in the window."""
    found = (one.overlap(frame.possible) for one in trial.known_days(dose).possible)
    return [part for part in found if part]


_AT_DOSE = {
    "maximum_tolerated": "at the greatest labeled or tolerated dose",
    "any": "taken",
}


def at_dose(trial: Trial, rule: FailedTrials) -> str:
    """Return the dose that the policy asks for in words."""
    return floor_of(trial) if rule.dose == "least_effective" else _AT_DOSE[rule.dose]


def floor_of(trial: Trial) -> str:
    """Return the least effective labeled dose in words: `at 50 mg/day or more`."""
    least = {t.product.least_range for t in trial.treatments}
    known = next(iter(least)) if len(least) == 1 else None
    if known and known[0] == known[1]:
        return f"at {number(known[0])} {trial.last.product.counted} or more"
    return "at or above the least effective labeled dose"


def _which_fact(trial: Trial, rule: FailedTrials, frame: Frame, need: int) -> str:
    """Return what staff must find out so that the length is settled."""
    if rule.window.current_episode and reached(trial.time(rule.dose), need) is Answer.MET:
        return ONSET
    if reached(trial.time("any", frame), need) is not Answer.MET:
        return FIRST_AND_LAST
    unsaid = any(treatment.maximum_tolerated is None for treatment in trial.treatments)
    if rule.dose == "maximum_tolerated" and unsaid:
        return "Ask whether a higher dose was not tolerated: `maximum_tolerated: yes` or `no`."
    if any(treatment.product.form is None for treatment in trial.treatments):
        return "Write the form with the name (such as XR or SR): its labeled doses differ."
    if any(form.least is None for t in trial.treatments for form in t.product.forms):
        return "The label names no least effective dose: ask the payer what it accepts."
    return EACH_DOSE


def _above_sleep(trial: Trial) -> str:
    """Return the dose that is usual for sleep: ` above 100 mg/day`."""
    forms = [form for treatment in trial.treatments for form in treatment.product.forms]
    top = max((form.sleep_dose_to for form in forms if form.sleep_dose_to), default=None)
    return f" above {number(top)} {trial.last.product.unit}" if top else ""


def time_beside_words(trial: Trial, frame: Frame | None = None) -> str:
    """Return how long an added drug was taken: `21 weeks, 17 of them beside venlafaxine`."""
    taken, beside = trial.time("beyond_sleep", frame), trial.time_beside("beyond_sleep", frame)
    lower = taken != trial.time("any", frame)
    words = f"{taken}{_above_sleep(trial)}" if lower else str(taken)
    if not (trial.augments and trial.bases) or beside == taken:
        return words
    part = beside.number if beside.greatest_days else "none"
    return f"{words}, {part} of them beside {trial.augments.agent}"
