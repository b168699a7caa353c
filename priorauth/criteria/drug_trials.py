"""Criteria on drug treatment: failed trials, augmentation, an antidepressant taken beside."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from priorauth.criteria.finding import Answer, Fact, Judgement, all_of, at_least
from priorauth.dates import DAYS_IN_WEEK, shown
from priorauth.history import Outcome, percent
from priorauth.payer import FailedTrials, Window
from priorauth.problems import listed
from priorauth.trials import Frame, Trial, Weeks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from decimal import Decimal

    from priorauth.criteria.facts import Facts
    from priorauth.history import Dose
    from priorauth.payer import Augmentation, ConcurrentAntidepressant, Substitute
    from priorauth.reference import Mark

# Where no payer's rule is known: no length is asked for, and any recorded outcome will do.
GENERAL = FailedTrials.model_construct(
    id="general",
    requirement="An antidepressant at a labeled dose",
    kind="failed_trials",
    least=1,
    outcomes=tuple(outcome for outcome in Outcome if outcome is not Outcome.CONTRAINDICATED),
    off_label="yes",
)


@dataclass(frozen=True)
class TrialVerdict:
    """Whether one trial counts for one policy, and why."""

    trial: Trial
    answer: Answer
    because: str = field(repr=False)
    weeks: Weeks
    would_change: str = ""
    instead: Literal["intolerance", "contraindication", ""] = ""
    in_episode: Answer = Answer.UNKNOWN

    @property
    def counts(self) -> bool:
        """Return whether the trial surely counts."""
        return self.answer is Answer.MET


def failed_trials(rule: FailedTrials, facts: Facts) -> Judgement:
    """Return whether enough trials of enough classes count."""
    verdicts = weigh_trials(rule, facts)
    wanted = _wanted(rule)
    if not verdicts:
        return Judgement(
            Answer.UNKNOWN,
            reason="no drug treatment is recorded",
            would_change=f"{wanted}: drug, doses, dates and outcome of each.",
            ask="the prescriber",
        )
    answer = _enough(rule, verdicts)
    counted = [v for v in verdicts if v.counts]
    open_ones = [v for v in verdicts if v.answer is Answer.UNKNOWN]
    statements = tuple(trial_fact(v) for v in counted)
    mark = _worst(v.trial.mark for v in counted)
    if answer is Answer.MET:
        return Judgement(answer, statements, mark=mark)
    tally = f"{_tally(counted)} of {wanted[0].lower()}{wanted[1:]}"
    if answer is Answer.UNKNOWN:
        return Judgement(
            answer,
            statements,
            f"{tally}; open: {'; '.join(f'{v.trial.agent}: {v.because}' for v in open_ones)}",
            " ".join(f"{_capital(v.trial.agent)}: {v.would_change}" for v in open_ones)
            or _class_question(counted),
            ask="the prescriber",
            mark=mark,
        )
    failed = [v for v in verdicts if not v.counts]
    why = "; ".join(f"{v.trial.agent}: {v.because}" for v in failed)
    return Judgement(
        answer,
        statements,
        f"{tally}" + (f"; not counted: {why}" if why else ""),
        f"{wanted}. {' '.join(v.would_change for v in failed if v.would_change)}".rstrip(),
        ask="the prescriber",
        mark=mark,
    )


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def _worst(marks: Iterable[Mark]) -> Mark | None:
    found = list(marks)
    return max(found, key=list(type(found[0])).index) if found else None


def _tally(counted: list[TrialVerdict]) -> str:
    agents = {v.trial.agent for v in counted}
    classes = _class_count(counted, sure=True)
    return f"{len(agents)} counted, of {classes} {'class' if classes == 1 else 'classes'},"


def _wanted(rule: FailedTrials) -> str:
    trials = "1 trial" if rule.least == 1 else f"{rule.least} trials"
    classes = f" of {rule.classes} classes" if rule.classes > 1 else ""
    weeks = f", each {rule.weeks} weeks or more" if rule.weeks else ""
    dose = {
        "least_effective": " at or above the least effective labeled dose",
        "maximum_tolerated": " at the greatest labeled or tolerated dose",
        "any": "",
    }[rule.dose]
    return f"{trials}{classes}{weeks}{dose}"


def _class_question(counted: list[TrialVerdict]) -> str:
    names = listed(sorted({v.trial.drug.drug_class for v in counted}), "and")
    return f"Ask the payer whether it takes {names} for different classes."


# --- how many count ------------------------------------------------------------------------------


def _enough(rule: FailedTrials, verdicts: tuple[TrialVerdict, ...]) -> Answer:
    """Return the answer on the number: with those that count, and with the open ones beside."""
    surely = [v for v in verdicts if v.counts]
    perhaps = [v for v in verdicts if v.answer is not Answer.NOT_MET]
    if _satisfied(rule, surely, sure=True):
        return Answer.MET
    return Answer.UNKNOWN if _satisfied(rule, perhaps, sure=False) else Answer.NOT_MET


def _satisfied(rule: FailedTrials, chosen: list[TrialVerdict], *, sure: bool) -> bool:
    """Return whether the chosen trials are enough; substitutes may raise how many are needed."""
    plain = [v for v in chosen if not _price(rule, v)]
    prices = [price for v in chosen if (price := _price(rule, v))]
    return _counted_enough(rule, plain, rule.least, sure=sure) or (
        bool(prices) and _counted_enough(rule, chosen, max(prices), sure=sure)
    )


def _price(rule: FailedTrials, verdict: TrialVerdict) -> int | None:
    """Return how many trials are needed once this substitute is counted; None when no more."""
    substitute = {"intolerance": rule.intolerance, "contraindication": rule.contraindication}
    found = substitute.get(verdict.instead)
    return found.least_trials if found else None


def _counted_enough(
    rule: FailedTrials, chosen: list[TrialVerdict], least: int, *, sure: bool
) -> bool:
    wished = (Answer.MET,) if sure else (Answer.MET, Answer.UNKNOWN)
    in_episode = {v.trial.agent for v in chosen if v.in_episode in wished}
    return (
        len({v.trial.agent for v in chosen}) >= least
        and _class_count(chosen, sure=sure) >= rule.classes
        and len(in_episode) >= rule.in_episode
    )


def _class_count(chosen: list[TrialVerdict], *, sure: bool) -> int:
    """Return how many classes there are; surely, mixed classes that share a part are one."""
    if not sure:
        return len({v.trial.drug.drug_class for v in chosen})
    groups: list[set[str]] = []
    for parts in (set(v.trial.drug.class_parts) for v in chosen):
        joined = [group for group in groups if group & parts]
        groups = [group for group in groups if not group & parts]
        groups.append(parts.union(*joined))
    return len(groups)


# --- whether one counts --------------------------------------------------------------------------


def weigh_trials(rule: FailedTrials | None, facts: Facts) -> tuple[TrialVerdict, ...]:
    """Return every drug trial of the case with whether it counts for the rule, and why.

    Without a rule, a trial counts when it is an antidepressant for depression that reached its
    least effective labeled dose: no length is asked for, and no criterion is claimed.
    """
    used = rule or GENERAL
    verdicts = tuple(_verdict(trial, used, facts) for trial in facts.trials(used.gap_days))
    return _each_agent_once(verdicts)


def _each_agent_once(verdicts: tuple[TrialVerdict, ...]) -> tuple[TrialVerdict, ...]:
    """Return the verdicts with only the longest of several counted trials of one agent counted."""
    best: dict[str, TrialVerdict] = {}
    for verdict in verdicts:
        known = best.get(verdict.trial.agent)
        if verdict.counts and (known is None or verdict.weeks.least_days > known.weeks.least_days):
            best[verdict.trial.agent] = verdict
    return tuple(
        replace(
            v, answer=Answer.NOT_MET, because=f"{v.trial.agent} is counted once, in another trial"
        )
        if v.counts and best[v.trial.agent] is not v
        else v
        for v in verdicts
    )


def _verdict(trial: Trial, rule: FailedTrials, facts: Facts) -> TrialVerdict:
    frame = facts.frame(rule.window)
    weeks = trial.time(rule.dose)
    episode = _reached(trial.time("any", facts.frame(_EPISODE)), 1)
    barred = trial.why_not_adequate()
    if barred:
        return TrialVerdict(trial, Answer.NOT_MET, barred, weeks, in_episode=episode)
    instead = _INSTEAD.get(trial.outcome) if trial.outcome else None
    parts = [
        *([_could_not(trial, rule, instead)] if instead else []),
        *([] if instead == "contraindication" else [_when(trial, frame)]),
        *([] if instead else [_length(trial, rule, frame), _went(trial, rule)]),
        *_side_conditions(trial, rule),
    ]
    answer = all_of(part.answer for part in parts)
    deciding = [part for part in parts if part.answer is answer]
    return TrialVerdict(
        trial,
        answer,
        "; ".join(filter(None, (part.reason for part in deciding))),
        weeks,
        " ".join(dict.fromkeys(filter(None, (part.would_change for part in deciding)))),
        instead or "",
        episode,
    )


_EPISODE = Window(current_episode=True)
_INSTEAD: dict[Outcome, Literal["intolerance", "contraindication"]] = {
    Outcome.INTOLERANCE: "intolerance",
    Outcome.CONTRAINDICATED: "contraindication",
}


def _need_days(trial: Trial, rule: FailedTrials) -> int:
    weeks: Decimal | None = rule.weeks
    if trial.outcome in rule.weeks_by_outcome:
        weeks = rule.weeks_by_outcome[trial.outcome]
    return max(1, math.ceil(weeks * DAYS_IN_WEEK)) if weeks else 1


def _reached(weeks: Weeks, need: int) -> Answer:
    if weeks.least_days >= need:
        return Answer.MET
    return Answer.UNKNOWN if weeks.greatest_days >= need else Answer.NOT_MET


def _when(trial: Trial, frame: Frame) -> Judgement:
    """Return whether any of the trial lies inside the window."""
    answer = _reached(trial.time("any", frame), 1)
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
    inside = trial.time(rule.dose, frame)
    answer = _reached(inside, need)
    goal = f"{need // DAYS_IN_WEEK} weeks" if need > 1 else "any time"
    dose = _at_dose(trial, rule)
    if answer is Answer.MET:
        return Judgement(answer, reason=f"{inside} {dose}")
    if answer is Answer.UNKNOWN:
        return Judgement(
            answer,
            reason=f"{inside} {dose}, {goal} needed",
            would_change=_which_fact(trial, rule, frame, need),
        )
    if trial.time("any", frame).greatest_days < need:
        return Judgement(answer, reason=f"taken for {trial.time('any', frame)}, {goal} needed")
    return Judgement(answer, reason=f"{inside} {dose}, {goal} needed")


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
        return f"at {known[0].normalize():f} {trial.last.product.unit} or more"
    return "at or above the least effective labeled dose"


def _which_fact(trial: Trial, rule: FailedTrials, frame: Frame, need: int) -> str:
    """Return what staff must find out so that the length is settled."""
    if _reached(trial.time("any", frame), need) is not Answer.MET:
        return "Write the exact first and last day from the chart or the pharmacy record."
    if rule.dose == "maximum_tolerated":
        return "Ask whether the highest dose was the most tolerated: `maximum_tolerated: yes`."
    if any(treatment.product.form is None for treatment in trial.treatments):
        return "Write the form with the name (such as XR or SR): its labeled doses differ."
    if any(form.least is None for t in trial.treatments for form in t.product.forms):
        return "The label names no least effective dose: ask the payer what it accepts."
    return "Write the exact days of each dose from the chart or the pharmacy record."


def _went(trial: Trial, rule: FailedTrials) -> Judgement:
    """Return whether the outcome is one that the policy calls a failure."""
    limit, gain = rule.most_improvement_percent, trial.improvement
    if limit is not None and gain is not None:
        if gain <= limit:
            return Judgement(Answer.MET, reason=f"improved by {percent(gain)}")
        return Judgement(
            Answer.NOT_MET, reason=f"improved by {percent(gain)}, at most {limit} percent allowed"
        )
    if trial.outcome is None:
        return Judgement(
            Answer.UNKNOWN,
            reason="the outcome is not recorded",
            would_change="Ask how it went, and write `outcome:`.",
        )
    if trial.outcome not in rule.outcomes:
        return Judgement(Answer.NOT_MET, reason=f"the outcome was {_words(trial.outcome)}")
    if limit is not None and trial.outcome is Outcome.PARTIAL_RESPONSE:
        return Judgement(
            Answer.UNKNOWN,
            reason=f"a partial response of unrecorded size, at most {limit} percent allowed",
            would_change="Write `improvement_percent:` or the scores before and after.",
        )
    return Judgement(Answer.MET, reason=_words(trial.outcome))


def _words(outcome: Outcome) -> str:
    return outcome.value.replace("_", " ")


def _could_not(
    trial: Trial, rule: FailedTrials, instead: Literal["intolerance", "contraindication"]
) -> Judgement:
    """Return whether a drug that could not be taken stands for a failed trial."""
    substitute: Substitute = {
        "intolerance": rule.intolerance,
        "contraindication": rule.contraindication,
    }[instead]
    word = _words(trial.outcome) if trial.outcome else instead
    if substitute.counts == "yes":
        return Judgement(Answer.MET, reason=f"{word}, which the policy counts")
    if substitute.counts == "no":
        return Judgement(Answer.NOT_MET, reason=f"{word}, which the policy does not count")
    return Judgement(
        Answer.UNKNOWN,
        reason=f"{word}; whether that counts is not on file for this policy",
        would_change=f"Ask the payer whether {instead} stands for a failed trial.",
    )


def _side_conditions(trial: Trial, rule: FailedTrials) -> list[Judgement]:
    checks: tuple[Callable[[Trial, FailedTrials], Judgement], ...] = (
        _taken_as_told,
        _record,
        _label,
    )
    return [check(trial, rule) for check in checks]


def _taken_as_told(trial: Trial, rule: FailedTrials) -> Judgement:
    if rule.adherence_percent is None:
        return Judgement(Answer.MET)
    if trial.adherence_percent is None:
        return Judgement(
            Answer.UNKNOWN,
            reason="adherence is not recorded",
            would_change="Write `adherence_percent:` from the chart or the fills.",
        )
    if trial.adherence_percent >= rule.adherence_percent:
        return Judgement(Answer.MET, reason=f"adherence {trial.adherence_percent} percent")
    return Judgement(
        Answer.NOT_MET,
        reason=f"adherence {trial.adherence_percent} percent, {rule.adherence_percent} needed",
    )


def _record(trial: Trial, rule: FailedTrials) -> Judgement:
    refused = set(rule.sources_refused)
    if not refused or set(trial.sources) - refused:
        return Judgement(Answer.MET)
    if not trial.sources:
        return Judgement(
            Answer.UNKNOWN,
            reason="the source of the record is not given",
            would_change="Write `source:` (chart, claims, pharmacy, patient_report or samples).",
        )
    names = listed(source.value.replace("_", " ") for source in trial.sources)
    return Judgement(Answer.NOT_MET, reason=f"known from {names} only, which the policy refuses")


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


def trial_fact(verdict: TrialVerdict) -> Fact:
    """Return one counted trial as a statement: drug, class, dose, dates, why it counts."""
    trial = verdict.trial
    parts = [f"{_capital(trial.agent)} ({trial.drug.drug_class})"]
    if trial.highest:
        parts.append(f"highest dose {trial.highest}")
    if dates := dates_taken(trial):
        parts.append(dates)
    return Fact(f"{', '.join(parts)}: {verdict.because}", trial.evidence)


def dates_taken(trial: Trial) -> str:
    """Return the dates of a trial as the record gives them: `02/03/2025 to 05/30/2025`."""
    doses: list[Dose] = [dose for treatment in trial.treatments for dose in treatment.doses]
    if not doses:
        return ""
    start = min(doses, key=lambda dose: (dose.start.first, dose.start.last)).start
    if trial.ongoing:
        return f"{shown(start)} to present"
    ends = [dose.end for dose in doses if dose.end]
    if not ends:
        return f"from {shown(start)}, end not recorded"
    return f"{shown(start)} to {shown(max(ends, key=lambda end: (end.last, end.first)))}"


# --- drugs beside --------------------------------------------------------------------------------


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
    need = math.ceil(rule.weeks * DAYS_IN_WEEK) if rule.weeks else 1
    frame = facts.frame(rule.window)
    judged = {t: _reached(t.time("any", frame), need) for t in added}
    answer = _by_agents(rule.least, judged)
    statements = tuple(_added_fact(t, frame) for t in added if judged[t] is not Answer.NOT_MET)
    if answer is Answer.MET:
        statements = tuple(_added_fact(t, frame) for t in added if judged[t] is Answer.MET)
        return Judgement(answer, statements)
    return Judgement(
        answer,
        statements,
        "the dates do not settle how long"
        if answer is Answer.UNKNOWN
        else "not enough of them, or too short",
        f"{wanted}; the exact days from the chart or the pharmacy record.",
        ask="the prescriber",
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
        f"{_capital(trial.agent)} added to {added_to}, highest dose {trial.highest}, "
        f"{dates_taken(trial)}: {trial.time('any', frame)}"
    )
    return Fact(text, trial.evidence)


def concurrent_antidepressant(rule: ConcurrentAntidepressant, facts: Facts) -> Judgement:
    """Return whether an antidepressant is taken now, for long enough, where one is required."""
    current = [
        t
        for t in facts.trials()
        if t.ongoing and t.drug.counts_as_antidepressant != "no" and t.for_depression
    ]
    statements = tuple(_current_fact(t) for t in current)
    if rule.rule == "not_required":
        return Judgement(Answer.MET, statements, reason="" if statements else "none is required")
    if not current:
        return Judgement(
            Answer.UNKNOWN,
            reason="no antidepressant is recorded as still taken",
            would_change="Ask which oral antidepressant is taken now: its doses, `ongoing: yes`.",
            ask="the prescriber",
        )
    answers = [_stable(t, rule) for t in current]
    answer = at_least(1, answers)
    kept = tuple(f for f, a in zip(statements, answers, strict=True) if a is answer)
    if answer is Answer.MET:
        return Judgement(answer, kept)
    return Judgement(
        answer,
        kept,
        would_change=_stable_wanted(rule),
        ask="the prescriber",
    )


def _stable_wanted(rule: ConcurrentAntidepressant) -> str:
    weeks = f" for {rule.stable_weeks} weeks at one dose" if rule.stable_weeks else ""
    other = " that is none of the failed ones" if rule.not_failed else ""
    return f"An oral antidepressant{other}, taken now{weeks}."


def _stable(trial: Trial, rule: ConcurrentAntidepressant) -> Answer:
    """Return whether the last dose has been held long enough, by a drug that has not failed."""
    failures = (Outcome.NO_RESPONSE, Outcome.INTOLERANCE, Outcome.PARTIAL_RESPONSE)
    answers = [Answer.MET]
    if rule.not_failed and trial.outcome in failures:
        answers.append(Answer.NOT_MET)
    if rule.stable_weeks:
        last = max(trial.last.doses, key=lambda dose: (dose.start.first, dose.start.last))
        need = math.ceil(rule.stable_weeks * DAYS_IN_WEEK)
        least = (trial.day - last.start.last).days + 1
        greatest = (trial.day - last.start.first).days + 1
        answers.append(_reached(Weeks(least, max(least, greatest)), need))
    return all_of(answers)


def _current_fact(trial: Trial) -> Fact:
    last = max(trial.last.doses, key=lambda dose: (dose.start.first, dose.start.last))
    amount = f"{last.amount.normalize():f} {last.unit}"
    return Fact(
        f"{_capital(trial.agent)} {amount} since {shown(last.start)}, still taken", trial.evidence
    )
