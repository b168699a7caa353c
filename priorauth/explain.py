"""A policy in words: what it asks, how each criterion is measured, where it was read.

For administrators, to lay beside the payer's own document. Not for weighing: `criteria` does what
is said here.
"""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

from priorauth import payer as rules
from priorauth.history import number
from priorauth.problems import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.history import Outcome
    from priorauth.payer import Part, Substitute, Version, Window

_DOSES = {
    "least_effective": "at or above the least effective dose of the label",
    "maximum_tolerated": "at the greatest dose of the label, or the greatest that was tolerated",
    "any": "at any dose",
}
_SUBSTITUTES = {
    "yes": "stands for a failed trial",
    "no": "does not stand for a failed trial",
    "not_stated": "is not spoken of by the policy: such a trial is left open and asked about",
}


def outline(part: Part, number: str = "") -> Iterator[tuple[str, int, str, str]]:
    """Yield each criterion and group in order: number, depth, what is asked, how it is measured."""
    if not isinstance(part, rules.All | rules.AnyOf | rules.AtLeast):
        yield number or "1", number.count("."), part.requirement, measured(part)
        return
    if number:
        yield number, number.count("."), part.requirement or grouped(part), grouped(part)
    for place, inner in enumerate(part.parts, 1):
        yield from outline(inner, f"{number}.{place}" if number else str(place))


def grouped(part: rules.All | rules.AnyOf | rules.AtLeast) -> str:
    """Return how many parts of a group must be met, in words."""
    if isinstance(part, rules.All):
        return "All of the following"
    if isinstance(part, rules.AnyOf):
        return "One of the following"
    return f"At least {part.at_least} of the following"


@singledispatch
def measured(criterion: rules.AnyCriterion) -> str:
    """Return how a criterion is measured, with the figures of this one."""
    raise TypeError(type(criterion))  # a kind of criterion without words: the tests name each


@measured.register
def _(rule: rules.Age) -> str:
    least = f"{rule.least} or older" if rule.least is not None else ""
    below = f"younger than {rule.below}" if rule.below is not None else ""
    return f"Age in whole years on the day of the request: {_all(least, below) or 'any'}."


@measured.register
def _(rule: rules.DiagnosisIs) -> str:
    one = f"The first diagnosis is one of {listed(rule.one_of)}" if rule.one_of else ""
    none = f"no diagnosis is one of {listed(rule.none_of)}" if rule.none_of else ""
    return f"{_capital(_all(one, none))}. A code stands for all codes that begin with it."


@measured.register
def _(rule: rules.SeverityIs) -> str:
    return (
        f"The clinician calls the episode {rule.least} or worse, and the code of the first "
        "diagnosis does not say otherwise."
    )


@measured.register
def _(rule: rules.FailedTrials) -> str:
    classes = f" of at least {rule.classes} classes" if rule.classes > 1 else ""
    length = "for any time"
    if rule.weeks:
        pause = f"without a pause of more than {rule.gap_days} days"
        length = f"for at least {number(rule.weeks)} weeks {pause}"
    trials = f"At least {_count(rule.least, 'trial')}{classes}, each {length}"
    parts = [
        f"{trials}, {_DOSES[rule.dose]}{_in_window(rule.window)}.",
        *(
            f"After {outcome.words} {number(weeks)} weeks are enough."
            for outcome, weeks in rule.weeks_by_outcome.items()
        ),
        f"At least {rule.in_episode} of them in this episode." if rule.in_episode else "",
        f"Outcomes that count: {listed(one.words for one in rule.outcomes)}.",
        f"Improvement of at most {number(rule.most_improvement_percent)} percent."
        if rule.most_improvement_percent is not None
        else "",
        f"Adherence of at least {rule.adherence_percent} percent."
        if rule.adherence_percent is not None
        else "",
        _substitute("A trial that ended for intolerance", rule.intolerance),
        _substitute("A drug that is contraindicated", rule.contraindication),
        _refused(rule),
        _off_label(rule),
        "The same ingredient twice is one; two drugs of one class are one class.",
    ]
    return " ".join(filter(None, parts))


@measured.register
def _(rule: rules.Augmentation) -> str:
    named = listed((*rule.agents, *(f"any {name}" for name in rule.classes)))
    which = f" ({named})" if named else ""
    weeks = f", each for at least {number(rule.weeks)} weeks" if rule.weeks else ""
    return (
        f"At least {_count(rule.least, 'drug')}{which} added to an antidepressant{weeks}"
        f"{_in_window(rule.window)}.{_went(rule.outcomes)} Only days beside that antidepressant "
        f"count.{_not_taken(rule)}"
    )


def _not_taken(rule: rules.Augmentation) -> str:
    """Return what becomes of a drug that could not be taken, where the outcome matters."""
    if not rule.outcomes:
        return ""
    substitutes = {
        "One that ended for intolerance": rule.intolerance,
        "One that is contraindicated": rule.contraindication,
    }
    return "".join(f" {what} {_SUBSTITUTES[found.counts]}." for what, found in substitutes.items())


@measured.register
def _(rule: rules.PsychotherapyTried) -> str:
    which = f" ({listed(rule.types)})" if rule.types else ""
    sessions = f", {rule.sessions} or more sessions" if rule.sessions else ""
    weeks = f", over at least {number(rule.weeks)} weeks" if rule.weeks else ""
    return (
        f"A dated course of psychotherapy{which}{sessions}{weeks}{_in_window(rule.window)}."
        f"{_went(rule.outcomes)}"
    )


@measured.register
def _(rule: rules.ScoreAtLeast) -> str:
    scales = listed(f"{name} of {least} or more" for name, least in rule.scales.items())
    age = f", no older than {rule.within_days} days" if rule.within_days else " of this episode"
    return f"The latest score{age}: {scales}."


@measured.register
def _(rule: rules.PrescriberIs) -> str:
    consulted = ", or has consulted one who has" if rule.or_consultation else ""
    return f"The prescriber's specialty is {listed(rule.specialties)}{consulted}."


@measured.register
def _(rule: rules.ConcurrentAntidepressant) -> str:
    if rule.rule == "not_required":
        return "No antidepressant is required beside it: always met."
    stable = f", unchanged for {number(rule.stable_weeks)} weeks" if rule.stable_weeks else ""
    failed = ", and it is not one that has failed" if rule.not_failed else ""
    return f"An antidepressant is still taken{stable}{failed}."


@measured.register
def _(rule: rules.PriorDevice) -> str:
    devices = listed(device.upper() for device in rule.devices)
    sessions = f" of {rule.sessions} or more sessions" if rule.sessions else ""
    ended = ", ended before the present episode" if rule.before_episode else ""
    gain = rule.least_percent
    improved = f" Improvement of at least {gain} percent." if gain is not None else ""
    return f"An earlier course{sessions} of {devices}{ended}.{_went(rule.outcomes)}{improved}"


@measured.register
def _(rule: rules.Attested) -> str:
    asked = "" if rule.ask == "the prescriber" else f" Ask {rule.ask}."
    return f"A person answers yes, with name and day (`{rule.attestation}`): {rule.question}{asked}"


@measured.register
def _(rule: rules.Exclusion) -> str:
    codes = f"No diagnosis is one of {listed(rule.diagnoses)}." if rule.diagnoses else ""
    word = (
        f"A person answers, with name and day (`{rule.attestation}`; yes means absent): "
        f"{rule.question}"
        if rule.attestation
        else ""
    )
    return " ".join(filter(None, (codes, word)))


@measured.register
def _(rule: rules.Quantity) -> str:
    most = [
        f"{number(rule.most_mg_per_week)} mg in any week" if rule.most_mg_per_week else "",
        f"{rule.most_sessions} sessions" if rule.most_sessions else "",
        *(f"{number(units)} units of {code}" for code, units in rule.most_units.items()),
    ]
    return f"The request is for at most {_all(*most)}."


@measured.register
def _(rule: rules.Response) -> str:
    percent = (
        f"by at least {number(rule.least_percent)} percent"
        if rule.least_percent is not None
        else "by any amount"
    )
    scores = "The latest score under treatment is better than the baseline from before it"
    return f"{scores} {percent}, on {listed(rule.scales)}."


def terms(version: Version) -> Iterator[tuple[str, str]]:
    """Yield what an approval brings, a label beside its words."""
    pairs = (
        ("First approval", version.initial),
        ("Renewal", version.renewal.terms if version.renewal else None),
    )
    for label, found in pairs:
        if found:
            lasts = [
                f"{_count(found.months, 'month')}" if found.months else "",
                f"{_count(found.days, 'day')}" if found.days else "",
                found.note or "",
            ]
            yield label, "; ".join(filter(None, lasts))


def _substitute(what: str, rule: Substitute) -> str:
    price = (
        f"; then {_count(rule.least_trials, 'trial')} are needed in all"
        if rule.least_trials
        else ""
    )
    return f"{what} {_SUBSTITUTES[rule.counts]}{price}."


def _refused(rule: rules.FailedTrials) -> str:
    if not rule.sources_refused:
        return ""
    kinds = listed(source.words for source in rule.sources_refused)
    return f"Trials known only from {kinds} do not count."


def _off_label(rule: rules.FailedTrials) -> str:
    return {
        "yes": "Drugs that are no labeled antidepressants count too.",
        "no": "Only labeled antidepressants count.",
        "not_stated": "Whether a drug that is no labeled antidepressant counts, the policy does "
        "not say: such a trial is left open.",
    }[rule.off_label]


def _in_window(window: Window) -> str:
    years = f"in the past {_count(window.years, 'year')}" if window.years else ""
    episode = "in the present episode" if window.current_episode else ""
    found = _all(episode, years)
    return f", {found}" if found else ""


def _went(outcomes: tuple[Outcome, ...]) -> str:
    return f" Outcomes that count: {listed(one.words for one in outcomes)}." if outcomes else ""


def _count(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _all(*parts: str) -> str:
    return listed(filter(None, parts), "and")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
