"""Criteria on an antidepressant that is taken beside the service."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from priorauth.criteria.drug_trials import capital
from priorauth.criteria.finding import Answer, Fact, Judgement, all_of, at_least
from priorauth.criteria.how_long import reached
from priorauth.dates import DAYS_IN_WEEK, days_before, shown
from priorauth.history import Outcome, number
from priorauth.problems import listed
from priorauth.reference.drugs import DoseUnit

if TYPE_CHECKING:
    from priorauth.criteria.facts import Facts
    from priorauth.payer import ConcurrentAntidepressant
    from priorauth.trials import Trial


_FAILURES = (Outcome.NO_RESPONSE, Outcome.PARTIAL_RESPONSE, Outcome.INTOLERANCE)


def concurrent_antidepressant(rule: ConcurrentAntidepressant, facts: Facts) -> Judgement:
    """Return whether an antidepressant is taken now, for long enough, where one is required."""
    now = {t: answer for t in facts.trials() if (answer := _taken_now(t)) is not Answer.NOT_MET}
    if rule.rule == "not_required":
        statements = tuple(_current_fact(t) for t, answer in now.items() if answer is Answer.MET)
        return Judgement(Answer.MET, statements, reason="" if statements else "none is required")
    if not now:
        return Judgement(
            Answer.UNKNOWN,
            reason="no antidepressant is recorded as still taken",
            would_change="Ask which oral antidepressant is taken now: its doses, `ongoing: yes`.",
            ask="the prescriber",
        )
    judged = {
        t: all_of([answer, _stable(t, rule), _none_that_failed(t, rule, facts)])
        for t, answer in now.items()
    }
    answer = at_least(1, judged.values())
    found = [t for t, each in judged.items() if each is answer]
    kept = tuple(_current_fact(t) for t in found)
    if answer is Answer.MET:
        return Judgement(answer, kept)
    unsaid = [t for t in found if _none_that_failed(t, rule, facts) is Answer.UNKNOWN]
    asked = " ".join(filter(None, (_stable_wanted(rule), _how_it_went(unsaid))))
    return Judgement(answer, kept, would_change=asked, ask="the prescriber")


def _taken_now(trial: Trial) -> Answer:
    """Return whether it is an oral antidepressant that is taken now, and not as a sleeping pill."""
    by_mouth = trial.last.product.unit is not DoseUnit.MG_IN_24_HOURS
    fits = by_mouth and trial.for_depression and trial.drug.counts_as_antidepressant != "no"
    if not (trial.ongoing and fits):
        return Answer.NOT_MET
    return reached(trial.time_now("beyond_sleep"), 1)


def _stable_wanted(rule: ConcurrentAntidepressant) -> str:
    weeks = f" for {rule.stable_weeks} weeks at one dose" if rule.stable_weeks else ""
    other = " that is none of the failed ones" if rule.not_failed else ""
    return f"An oral antidepressant{other}, taken now{weeks}."


def _how_it_went(unsaid: list[Trial]) -> str:
    """Return the question how the drugs went of which the record does not say it."""
    if not unsaid:
        return ""
    names = listed(dict.fromkeys(trial.agent for trial in unsaid), "and")
    return f"How has {names} gone? Write `outcome:`; too_early_to_judge is an answer too."


def _stable(trial: Trial, rule: ConcurrentAntidepressant) -> Answer:
    """Return whether the present dose has been held long enough."""
    need = math.ceil(rule.stable_weeks * DAYS_IN_WEEK) if rule.stable_weeks else 0
    return reached(trial.time_unchanged(), need)


def _none_that_failed(trial: Trial, rule: ConcurrentAntidepressant, facts: Facts) -> Answer:
    """Return whether neither this trial nor an earlier one of the agent has failed."""
    if not rule.not_failed:
        return Answer.MET
    same = [t for t in facts.trials() if t.agent == trial.agent and t.for_depression]
    return all_of(_has_not_failed(t) for t in same if t is trial or not t.augments)


def _has_not_failed(trial: Trial) -> Answer:
    """Return whether the trial has not failed; of one that goes on too, the record must say so."""
    if trial.contradicted:
        return Answer.UNKNOWN
    failed = [treatment.outcome in _FAILURES for treatment in trial.closing]
    unsaid = any(treatment.outcome is None for treatment in trial.closing)
    if all(failed):
        return Answer.NOT_MET
    return Answer.UNKNOWN if unsaid or any(failed) else Answer.MET


def _current_fact(trial: Trial) -> Fact:
    """Return the drug that is taken now with its dose, where the dates tell which it is."""
    doses = trial.doses_now
    unchanged = trial.time_unchanged()
    dose = ""
    if len(doses) == 1:
        since = (
            doses[0].start
            if not unchanged.exact
            else days_before(trial.day, unchanged.least_days - 1)
        )
        dose = f" {number(doses[0].amount)} {doses[0].unit} since {shown(since)}"
    return Fact(f"{capital(trial.agent)}{dose}, still taken", trial.evidence)
