"""Criteria on drugs taken beside others: augmentation, an antidepressant beside the service."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from priorauth.criteria.drug_trials import capital
from priorauth.criteria.facts import went
from priorauth.criteria.finding import Answer, Fact, Judgement, all_of, at_least
from priorauth.criteria.one_trial import dates_taken, outcome_words, reached
from priorauth.dates import DAYS_IN_WEEK, days_before, shown
from priorauth.history import Outcome, number
from priorauth.problems import listed
from priorauth.reference.drugs import DoseUnit

if TYPE_CHECKING:
    from priorauth.criteria.facts import Facts
    from priorauth.payer import Augmentation, ConcurrentAntidepressant
    from priorauth.trials import Frame, Trial


_FAILURES = (Outcome.NO_RESPONSE, Outcome.PARTIAL_RESPONSE, Outcome.INTOLERANCE)


def augmentation(rule: Augmentation, facts: Facts) -> Judgement:
    """Return whether enough drugs were added to an antidepressant for long enough."""
    added = [t for t in facts.trials(rule.gap_days) if t.augments and _wanted_agent(t, rule)]
    which = f" ({', '.join([*rule.classes, *rule.agents])})" if rule.classes or rule.agents else ""
    wanted = f"{rule.least} augmentation {'trial' if rule.least == 1 else 'trials'}{which}" + (
        f" of {rule.weeks} weeks or more each" if rule.weeks else ""
    )
    if not added:
        return Judgement(
            Answer.UNKNOWN,
            reason="no augmentation that the policy names is recorded",
            would_change=f"{wanted}: drug, doses and dates, with `augments:` and the "
            "antidepressant it was added to.",
            ask="the prescriber",
        )
    frame = facts.frame(rule.window)
    judged = {t: _long_enough(t, rule, frame) for t in added}
    answer = _by_agents(rule.least, judged)
    kept = [t for t in added if judged[t] is Answer.MET or judged[t] is answer is Answer.UNKNOWN]
    statements = tuple(_added_fact(t, frame) for t in kept)
    if answer is Answer.MET:
        return Judgement(answer, statements)
    why = [f"{t.agent}: {barred}" for t in added if (barred := _why_not(t))]
    open_end = "the dates or the outcome do not settle it"
    return Judgement(
        answer,
        statements,
        "; ".join(
            [
                open_end
                if answer is Answer.UNKNOWN
                else "not enough of them, too short, or not failed",
                *why,
            ]
        ),
        f"{wanted}; the exact days and the outcome from the chart.",
        ask="the prescriber",
    )


def _why_not(trial: Trial) -> str:
    """Return why the drug was no augmentation, however long it was taken."""
    if not trial.for_depression:
        return "not taken for depression"
    return "a dose usual for sleep" if trial.only_for_sleep else ""


def _long_enough(trial: Trial, rule: Augmentation, frame: Frame) -> Answer:
    if _why_not(trial):
        return Answer.NOT_MET
    need = math.ceil(rule.weeks * DAYS_IN_WEEK) if rule.weeks else 1
    return all_of(
        [reached(trial.time("beyond_sleep", frame), need), went(trial.outcome, rule.outcomes)]
    )


def _wanted_agent(trial: Trial, rule: Augmentation) -> bool:
    if not rule.agents and not rule.classes:
        return True
    agents = {name.casefold() for name in rule.agents}
    return trial.agent.casefold() in agents or bool(set(trial.drug.class_parts) & set(rule.classes))


def _by_agents(least: int, judged: dict[Trial, Answer]) -> Answer:
    """Return the answer on the number of agents; one agent twice is one."""
    best: dict[str, Answer] = {}
    order = [Answer.NOT_MET, Answer.UNKNOWN, Answer.MET]
    for trial, answer in judged.items():
        known = best.get(trial.agent, Answer.NOT_MET)
        best[trial.agent] = max(known, answer, key=order.index)
    return at_least(least, best.values())


def _added_fact(trial: Trial, frame: Frame) -> Fact:
    added_to = trial.augments.agent if trial.augments else ""
    text = (
        f"{capital(trial.agent)} added to {added_to}, highest dose {trial.highest}, "
        f"{dates_taken(trial)}: {trial.time('beyond_sleep', frame)}; {outcome_words(trial)}"
    )
    return Fact(text, trial.evidence)


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
