"""Criteria on antidepressants that were tried: whether enough trials of enough classes count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.criteria.finding import Answer, Fact, Judgement
from priorauth.criteria.how_long import ONSET_AND_DATES, floor_of
from priorauth.criteria.one_trial import TrialVerdict, best, substitute_of, ways_of
from priorauth.criteria.records import dates_taken
from priorauth.history import Outcome
from priorauth.payer import FailedTrials
from priorauth.problems import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from priorauth.criteria.facts import Facts
    from priorauth.reference import Mark

__all__ = [
    "TrialVerdict",
    "capital",
    "dates_taken",
    "failed_trials",
    "floor_of",
    "trial_fact",
    "weigh_trials",
]

# Where no payer's rule is known: no length is asked for, and any recorded outcome will do.
GENERAL = FailedTrials.model_construct(
    id="general",
    requirement="An antidepressant at a labeled dose",
    kind="failed_trials",
    least=1,
    outcomes=tuple(o for o in Outcome if o not in (Outcome.CONTRAINDICATED, Outcome.TOO_EARLY)),
    off_label="yes",
)


def failed_trials(rule: FailedTrials, facts: Facts) -> Judgement:
    """Return whether enough trials of enough classes count."""
    ways = _ways(rule, facts)
    verdicts = _each_agent_once(tuple(best(found) for found in ways))
    wanted = _wanted(rule)
    if not verdicts:
        return Judgement(
            Answer.UNKNOWN,
            reason="no drug treatment is recorded",
            would_change=f"{wanted}: drug, doses, dates and outcome of each.",
            ask="the prescriber",
        )
    answer = _enough(rule, tuple(way for found in ways for way in found))
    counted = [v for v in verdicts if v.counts]
    statements = tuple(trial_fact(v, counted) for v in counted)
    mark = _worst(v.trial.mark for v in counted)
    if answer is Answer.MET:
        return Judgement(answer, statements, mark=mark)
    tally = f"{_tally(counted)} of {wanted[0].lower()}{wanted[1:]}"
    if answer is Answer.UNKNOWN:
        open_ones = _open(verdicts)
        why = "; ".join(f"{v.trial.agent}: {v.because}" for v in open_ones)
        return Judgement(
            answer,
            statements,
            f"{tally}" + (f"; open: {why}" if why else ""),
            " ".join(map(_asked, open_ones)) or _question(rule, counted),
            ask="the prescriber",
            mark=mark,
        )
    failed = [v for v in verdicts if not v.counts]
    settled = [v for v in failed if v.answer is Answer.NOT_MET]
    why = "; ".join(f"{v.trial.agent}: {v.because}" for v in settled)
    helpful = [v for v in failed if _would_help(rule, counted, v)]
    asked = [_asked(v) for v in helpful if v.would_change or v.unfilled]
    return Judgement(
        answer,
        statements,
        f"{tally}" + (f"; not counted: {why}" if why else ""),
        " ".join([f"{wanted}.", *asked]),
        ask="the prescriber",
        mark=mark,
    )


def _asked(verdict: TrialVerdict) -> str:
    return f"{capital(verdict.trial.agent)}: {verdict.would_change or verdict.unfilled}"


def _would_help(rule: FailedTrials, counted: list[TrialVerdict], verdict: TrialVerdict) -> bool:
    """Return whether fewer trials would be missing with this one counted too."""
    return _missing(rule, [*counted, verdict]) < _missing(rule, counted)


def _missing(rule: FailedTrials, chosen: list[TrialVerdict]) -> int:
    """Return how many trials more it takes at least."""
    in_episode = {v.trial.agent for v in chosen if v.in_episode is not Answer.NOT_MET}
    return max(
        rule.least - _agent_count(chosen, sure=True),
        rule.classes - _class_count(chosen, sure=True),
        rule.in_episode - len(in_episode),
        0,
    )


def capital(word: str) -> str:
    """Return the word with a capital letter, to begin a sentence with."""
    return word[:1].upper() + word[1:]


def _open(verdicts: tuple[TrialVerdict, ...]) -> list[TrialVerdict]:
    """Return the trials whose answer is open, those of agents that count already left out."""
    counted = {v.trial.agent for v in verdicts if v.counts}
    found = [v for v in verdicts if v.answer is Answer.UNKNOWN]
    return [v for v in found if v.trial.agent not in counted] or found


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
    inside = f", {rule.in_episode} of them in this episode" if rule.in_episode else ""
    prices = {"intolerance": rule.intolerance, "a contraindication": rule.contraindication}
    more = "".join(
        f", or {substitute.least_trials} once {name} is counted"
        for name, substitute in prices.items()
        if substitute.counts == "yes" and substitute.least_trials
    )
    return f"{trials}{classes}{weeks}{dose}{inside}{more}"


def _question(rule: FailedTrials, counted: list[TrialVerdict]) -> str:
    """Return what to ask when no trial is open by itself."""
    if _class_count(counted, sure=True) >= rule.classes:
        return ONSET_AND_DATES
    names = listed(sorted({v.trial.drug.drug_class for v in counted}), "and")
    return f"Ask the payer whether it takes {names} for different classes."


# --- how many count ------------------------------------------------------------------------------


def _enough(rule: FailedTrials, verdicts: tuple[TrialVerdict, ...]) -> Answer:
    """Return the answer on the number: with what counts, and with what is open beside.

    A trial that can count in two ways is here twice, and is one agent all the same.
    """
    surely = [v for v in verdicts if v.counts]
    perhaps = [v for v in verdicts if v.answer is not Answer.NOT_MET]
    if _satisfied(rule, surely, sure=True):
        return Answer.MET
    return Answer.UNKNOWN if _satisfied(rule, perhaps, sure=False) else Answer.NOT_MET


def _satisfied(rule: FailedTrials, chosen: list[TrialVerdict], *, sure: bool) -> bool:
    """Return whether the chosen trials are enough; substitutes may raise how many are needed."""
    return any(
        _counted_enough(rule, [v for v in chosen if _price(rule, v) <= least], least, sure=sure)
        for least in {rule.least, *(_price(rule, v) for v in chosen)}
    )


def _price(rule: FailedTrials, verdict: TrialVerdict) -> int:
    """Return how many trials are needed once this one is counted."""
    dearer = substitute_of(rule, verdict.instead).least_trials if verdict.instead else None
    return max(rule.least, dearer or 0)


def _counted_enough(
    rule: FailedTrials, chosen: list[TrialVerdict], least: int, *, sure: bool
) -> bool:
    wished = (Answer.MET,) if sure else (Answer.MET, Answer.UNKNOWN)
    in_episode = {v.trial.agent for v in chosen if v.in_episode in wished}
    return (
        _agent_count(chosen, sure=sure) >= least
        and _class_count(chosen, sure=sure) >= rule.classes
        and len(in_episode) >= rule.in_episode
    )


def _agent_count(chosen: list[TrialVerdict], *, sure: bool) -> int:
    """Return how many agents there are; surely, those that share an ingredient are one."""
    drugs = {v.trial.drug.agent: set(v.trial.drug.ingredients) for v in chosen}
    if not sure:
        return len(drugs)
    apart: list[set[str]] = []
    for agent in sorted(drugs, key=lambda name: (len(drugs[name]), name)):
        ingredients = drugs[agent] or {agent}
        if not any(taken & ingredients for taken in apart):
            apart.append(ingredients)
    return len(apart)


def _class_count(chosen: list[TrialVerdict], *, sure: bool) -> int:
    """Return how many classes there are; surely, mixed classes that share a part are one."""
    if not sure:
        return len({v.trial.drug.drug_class for v in chosen})
    apart: list[set[str]] = []
    # The plain classes first: one of a single part never costs another its place.
    for parts in sorted({v.trial.drug.class_parts for v in chosen}, key=lambda p: (len(p), p)):
        if not any(taken & set(parts) for taken in apart):
            apart.append(set(parts))
    return len(apart)


def weigh_trials(rules: Iterable[FailedTrials], facts: Facts) -> tuple[TrialVerdict, ...]:
    """Return every drug trial of the case with whether it counts for one of the rules, and why.

    Without a rule, a trial counts when it is an antidepressant for depression that reached its
    least effective labeled dose: no length is asked for, and no criterion is claimed.
    """
    first, *others = (
        tuple(best(found) for found in _ways(rule, facts)) for rule in tuple(rules) or (GENERAL,)
    )
    return _each_agent_once(tuple(best([v, *_same_trial(v, others)]) for v in first))


def _same_trial(
    verdict: TrialVerdict, others: Iterable[tuple[TrialVerdict, ...]]
) -> list[TrialVerdict]:
    treatments = verdict.trial.treatments
    return [v for found in others for v in found if v.trial.treatments == treatments]


def _each_agent_once(verdicts: tuple[TrialVerdict, ...]) -> tuple[TrialVerdict, ...]:
    """Return the verdicts with one of several counted trials of one agent counted.

    One that failed stands before one that could not be taken, then one in this episode, then
    the longest.
    """
    chosen: dict[str, TrialVerdict] = {}
    for verdict in verdicts:
        known = chosen.get(verdict.trial.agent)
        if verdict.counts and (known is None or _standing(verdict) > _standing(known)):
            chosen[verdict.trial.agent] = verdict
    return tuple(
        v._replace(
            answer=Answer.NOT_MET, because=f"{v.trial.agent} is counted once, in another trial"
        )
        if v.counts and chosen[v.trial.agent] is not v
        else v
        for v in verdicts
    )


def _standing(verdict: TrialVerdict) -> tuple[bool, bool, int]:
    inside = verdict.in_episode is Answer.MET
    return verdict.instead is None, inside, verdict.weeks.least_days


def _ways(rule: FailedTrials, facts: Facts) -> list[list[TrialVerdict]]:
    """Return the ways of each trial: the criterion asks for them, and the table of trials again."""
    return facts.once(
        rule, lambda: [ways_of(trial, rule, facts) for trial in facts.trials(rule.gap_days)]
    )


def trial_fact(verdict: TrialVerdict, counted: Iterable[TrialVerdict] = ()) -> Fact:
    """Return one counted trial as a statement: drug, class, dose, dates, why it counts.

    Another one that counts and was taken on the same days is told.
    """
    trial = verdict.trial
    parts = [f"{capital(trial.agent)} ({trial.drug.drug_class})"]
    if trial.highest:
        parts.append(f"highest dose {trial.highest}")
    if dates := dates_taken(trial):
        parts.append(dates)
    told = "; ".join([verdict.because, *_together(verdict, counted)])
    return Fact(f"{', '.join(parts)}: {told}", trial.evidence)


def _together(verdict: TrialVerdict, counted: Iterable[TrialVerdict]) -> Iterator[str]:
    """Yield how long the trial was taken together with each other one that counts."""
    days = verdict.trial.known_days("any")
    for other in counted:
        if other is verdict or other.trial.agent == verdict.trial.agent:
            continue
        both = days.beside(other.trial.known_days("any")).longest(verdict.trial.gap_days)
        if both.least_days:
            yield f"{both} of it with {other.trial.agent}"
