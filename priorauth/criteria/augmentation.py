"""Criteria on augmentation: enough drugs added to an antidepressant, for long enough beside it.

Not for antidepressants tried by themselves: those are for `drug_trials`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from priorauth.criteria.drug_trials import capital
from priorauth.criteria.facts import CONTRADICTED, went
from priorauth.criteria.finding import Answer, Fact, Judgement, all_of, at_least
from priorauth.criteria.how_it_went import outcome_words
from priorauth.criteria.how_long import floor_of, goal, time_beside_words, when
from priorauth.criteria.one_trial import INSTEAD, UNSAID, all_refused, could_not
from priorauth.criteria.records import dates_taken
from priorauth.dates import DAYS_IN_WEEK
from priorauth.reference.drugs import Indication

if TYPE_CHECKING:
    from collections.abc import Iterable

    from priorauth.criteria.facts import Facts
    from priorauth.payer import Augmentation
    from priorauth.trials import Frame, Trial

# Where a policy names no length. The labels of aripiprazole and brexpiprazole raise the dose of an
# added drug week by week, so a shorter time is no trial of any dose; it is for the payer to say.
_LEAST_DAYS = DAYS_IN_WEEK
_ORDER = (Answer.NOT_MET, Answer.UNKNOWN, Answer.MET)


def augmentation(rule: Augmentation, facts: Facts) -> Judgement:
    """Return whether enough drugs were added to an antidepressant for long enough."""
    added = [t for t in facts.trials(rule.gap_days) if t.augments and _wanted_agent(t, rule)]
    if not added:
        return Judgement(
            Answer.UNKNOWN,
            reason="no augmentation that the policy names is recorded",
            would_change=f"{_wanted(rule)}: drug, doses and dates, with `augments:` and the "
            "antidepressant it was added to.",
            ask="the prescriber",
        )
    frame = facts.frame(rule.window)
    judged = {trial: _judged(trial, rule, frame) for trial in added}
    best = _by_agent(judged)
    answer = at_least(rule.least, (found.answer for found in best.values()))
    told = {Answer.MET, answer} - {Answer.NOT_MET}
    statements = tuple(_added_fact(t, frame) for t, one in judged.items() if one.answer in told)
    if answer is Answer.MET:
        return Judgement(answer, statements)
    missing = {
        name: one
        for name, one in best.items()
        if one.answer is not Answer.MET and answer in {one.answer, Answer.NOT_MET}
    }
    tally = f"{len(best) - len(missing)} of {rule.least} counted" if rule.least > 1 else ""
    why = (f"{name}: {one.reason}" for name, one in missing.items())
    asked = (f"{capital(name)}: {one.would_change}" for name, one in missing.items())
    return Judgement(
        answer,
        statements,
        "; ".join(filter(None, (tally, *why))),
        " ".join(asked) if answer is Answer.UNKNOWN else f"{_wanted(rule)}.",
        ask="the prescriber",
    )


def _wanted(rule: Augmentation) -> str:
    which = f" ({', '.join([*rule.classes, *rule.agents])})" if rule.classes or rule.agents else ""
    trials = "augmentation trial" if rule.least == 1 else "augmentation trials"
    weeks = f" of {rule.weeks} weeks or more each" if rule.weeks else ""
    return f"{rule.least} {trials}{which}{weeks}"


def _wanted_agent(trial: Trial, rule: Augmentation) -> bool:
    if not rule.agents and not rule.classes:
        return True
    agents = {name.casefold() for name in rule.agents}
    return trial.agent.casefold() in agents or bool(set(trial.drug.class_parts) & set(rule.classes))


def _by_agent(judged: dict[Trial, Judgement]) -> dict[str, Judgement]:
    """Return the best answer of each agent; one agent twice is one."""
    best: dict[str, Judgement] = {}
    for trial, found in judged.items():
        best[trial.agent] = _better([best.get(trial.agent, found), found])
    return best


def _better(found: Iterable[Judgement]) -> Judgement:
    """Return the judgement with the best answer, of equals the first."""
    return max(found, key=lambda one: _ORDER.index(one.answer))


def _judged(trial: Trial, rule: Augmentation, frame: Frame) -> Judgement:
    """Return whether one drug was an augmentation that counts: as failed, or not tolerated."""
    if barred := _why_not(trial):
        return Judgement(Answer.NOT_MET, reason=barred)
    failed = _joined([_length(trial, rule, frame), _dose(trial, rule, frame), _went(trial, rule)])
    instead = INSTEAD.get(trial.outcome) if trial.outcome else None
    if instead and rule.outcomes:
        return _better([failed, _joined([could_not(rule, instead), *_anyway(trial, frame)])])
    if trial.outcome is None and rule.outcomes and not all_refused(rule):
        return _better([failed, _joined([UNSAID, *_anyway(trial, frame)])])
    return failed


def _joined(parts: list[Judgement]) -> Judgement:
    """Return the answer on all parts, with the words of those that decide it."""
    answer = all_of(part.answer for part in parts)
    deciding = [part for part in parts if part.answer is answer]
    return Judgement(
        answer,
        reason="; ".join(filter(None, (part.reason for part in deciding))),
        would_change=" ".join(dict.fromkeys(filter(None, (p.would_change for p in deciding)))),
    )


def _why_not(trial: Trial) -> str:
    """Return why the drug was no augmentation, however long it was taken."""
    if not trial.for_depression:
        return "not taken for depression"
    return "a dose usual for sleep" if trial.only_for_sleep else ""


def _anyway(trial: Trial, frame: Frame) -> list[Judgement]:
    """Return what is asked of a drug that could not be taken; of one never taken, no dates."""
    if not trial.highest:
        return []
    return [when(trial, frame), _beside(trial, frame, 1, 1)]


def _length(trial: Trial, rule: Augmentation, frame: Frame) -> Judgement:
    """Return whether it was taken long enough beside the drug that it was added to."""
    need, enough = _days(rule)
    taken = trial.time("beyond_sleep", frame)
    if taken.greatest_days < need:
        reason = f"taken for {taken}, {goal(need)} needed" if trial.highest else "never taken"
        return Judgement(Answer.NOT_MET, reason=reason)
    return _beside(trial, frame, need, enough)


def _days(rule: Augmentation) -> tuple[int, int]:
    """Return the days that are needed, and those that are enough whatever the payer says."""
    need = math.ceil(rule.weeks * DAYS_IN_WEEK) if rule.weeks else 1
    return need, need if rule.weeks else _LEAST_DAYS


def _beside(trial: Trial, frame: Frame, need: int, enough: int) -> Judgement:
    """Return whether the time beside the first drug is enough: surely, or possibly what is needed.

    Between `need` and `enough` days it is for the payer to say.
    """
    first = trial.augments.agent if trial.augments else ""
    found = trial.time_beside("beyond_sleep", frame)
    if found.greatest_days < need:
        part = found.number if found.greatest_days else "none"
        taken = trial.time("beyond_sleep", frame)
        reason = f"{part} of its {taken} beside {first}{_needed(need, enough)}"
        return Judgement(Answer.NOT_MET, reason=reason)
    if found.least_days >= enough:
        return Judgement(Answer.MET)
    if not trial.bases:
        return Judgement(
            Answer.UNKNOWN,
            reason=f"{first}, which it was added to, is not recorded",
            would_change=f"Add {first} with its doses and dates.",
        )
    if found.least_days >= need and found.exact:
        return Judgement(
            Answer.UNKNOWN,
            reason=f"only {_in_days(found.least_days)} beside {first}{_needed(need, enough)}",
            would_change="Compare the dates with the record; if they are right, ask the payer "
            "whether less than a week counts.",
        )
    return Judgement(
        Answer.UNKNOWN,
        reason=f"{found} beside {first}{_needed(need, enough)}",
        would_change=f"Write the exact days of {trial.agent} and {first} from the chart or the "
        "pharmacy record.",
    )


def _needed(need: int, enough: int) -> str:
    """Return how long it must be; a length that the policy does not name is not claimed."""
    if need != enough:
        return "; the policy names no length"
    return f", {goal(need)} needed" if need > 1 else ""


def _in_days(days: int) -> str:
    return f"{days} {'day' if days == 1 else 'days'}"


def _dose(trial: Trial, rule: Augmentation, frame: Frame) -> Judgement:
    """Return whether it was long enough at a dose that the label names for adding it.

    The policies name no dose: whether a lower one counts is for the payer to say.
    """
    forms = [form for treatment in trial.treatments for form in treatment.product.forms]
    if not all(form.least and form.indication is not Indication.OTHER for form in forms):
        return Judgement(Answer.MET)
    need, enough = _days(rule)
    found, whole = trial.time_beside("least_effective", frame), trial.time_beside(frame=frame)
    if found.least_days >= min(enough, whole.least_days):
        return Judgement(Answer.MET)  # or the days are asked for, not the dose
    return Judgement(
        Answer.UNKNOWN,
        reason=trial.why_too_low() or f"{found} {floor_of(trial)}{_needed(need, enough)}",
        would_change="The policy names no dose: compare it with the record, and ask the payer "
        "whether a dose below the labeled one counts.",
    )


def _went(trial: Trial, rule: Augmentation) -> Judgement:
    """Return whether it went as the policy asks."""
    answer = went(trial, rule.outcomes)
    if answer is Answer.MET:
        return Judgement(answer)
    told = outcome_words(trial)
    if answer is Answer.NOT_MET:
        return Judgement(answer, reason=f"the outcome was {told}")
    question = CONTRADICTED if trial.outcome else "Ask how it went, and write `outcome:`."
    return Judgement(answer, reason=told, would_change=question)


def _added_fact(trial: Trial, frame: Frame) -> Fact:
    added_to = trial.augments.agent if trial.augments else ""
    text = (
        f"{capital(trial.agent)} added to {added_to}, highest dose {trial.highest}, "
        f"{dates_taken(trial)}: {time_beside_words(trial, frame)}; {outcome_words(trial)}"
    )
    return Fact(text, trial.evidence)
