"""Criteria on treatment without drugs: psychotherapy, TMS, ECT."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from priorauth.criteria.facts import went
from priorauth.criteria.finding import Answer, Fact, Judgement, all_of, at_least
from priorauth.criteria.one_trial import reached
from priorauth.dates import DAYS_IN_WEEK, Interval, from_to
from priorauth.history import DeviceTreatment, Outcome, Psychotherapy, percent
from priorauth.problems import listed
from priorauth.trials import Weeks

if TYPE_CHECKING:
    from decimal import Decimal

    from priorauth.criteria.facts import Facts
    from priorauth.dates import PartialDate
    from priorauth.payer import PriorDevice, PsychotherapyTried


def psychotherapy(rule: PsychotherapyTried, facts: Facts) -> Judgement:
    """Return whether one dated course of a wanted type is long enough and in the window."""
    courses = [t for t in facts.case.treatments if isinstance(t, Psychotherapy)]
    wanted = {name.casefold() for name in rule.types}
    courses = [c for c in courses if not wanted or c.psychotherapy.casefold() in wanted]
    if not courses:
        kinds = f" of a type the policy names ({', '.join(rule.types)})" if rule.types else ""
        return Judgement(
            Answer.UNKNOWN,
            reason=f"no psychotherapy{kinds} is recorded",
            would_change=f"Dates, type and number of sessions of a psychotherapy{kinds}, "
            "or a summary from the therapist.",
            ask="the therapist",
        )
    judged = [(_therapy_answer(course, rule, facts), course) for course in courses]
    answer = at_least(1, (found for found, _ in judged))
    shown_facts = tuple(_therapy_fact(c) for found, c in judged if found is answer)
    if answer is Answer.MET:
        return Judgement(answer, shown_facts)
    return Judgement(
        answer,
        shown_facts,
        reason="dates, sessions or outcome do not settle it" if answer is Answer.UNKNOWN else "",
        would_change=_therapy_wanted(rule),
        ask="the therapist",
    )


def _therapy_wanted(rule: PsychotherapyTried) -> str:
    parts = [
        f"{rule.sessions} or more sessions" if rule.sessions else "",
        f"over {rule.weeks} weeks or more" if rule.weeks else "",
        "in the current episode" if rule.window.current_episode else "",
        _look_back(rule.window.years),
    ]
    return f"A dated course of psychotherapy {' '.join(filter(None, parts))}".rstrip() + "."


def _look_back(years: int | None) -> str:
    if not years:
        return ""
    return "in the past year" if years == 1 else f"in the past {years} years"


def _therapy_answer(course: Psychotherapy, rule: PsychotherapyTried, facts: Facts) -> Answer:
    answers = [_days_answer(course, rule, facts), went(course.outcome, rule.outcomes)]
    if rule.sessions is not None:
        enough = course.sessions is not None and course.sessions >= rule.sessions
        known = Answer.MET if enough else Answer.NOT_MET
        answers.append(Answer.UNKNOWN if course.sessions is None else known)
    return all_of(answers)


def _days_answer(course: Psychotherapy, rule: PsychotherapyTried, facts: Facts) -> Answer:
    """Return whether the course has enough days inside the policy's window."""
    if course.start is None:
        return Answer.UNKNOWN
    need = math.ceil(rule.weeks * DAYS_IN_WEEK) if rule.weeks else 1
    frame = facts.frame(rule.window)
    end = course.end.last if course.end else facts.day
    surest = (
        course.end.first if course.end else (facts.day if course.ongoing else course.start.last)
    )
    # A course took place on one day at least, even where no one day is sure.
    least = int(frame.surely_holds(Interval(course.start.first, min(end, facts.day))))
    if frame.sure:
        first, last = max(course.start.last, frame.sure.first), min(surest, frame.sure.last)
        least = max(least, (last - first).days + 1)
    first, last = max(course.start.first, frame.possible.first), min(end, frame.possible.last)
    return reached(Weeks(least, max(least, (last - first).days + 1)), need)


def _therapy_fact(course: Psychotherapy) -> Fact:
    return Fact(f"{course.psychotherapy}, {_course_words(course)}", course.evidence)


def _course_words(course: Psychotherapy | DeviceTreatment) -> str:
    sessions = f"{course.sessions} sessions" if course.sessions is not None else ""
    outcome = course.outcome.words if course.outcome else "outcome not recorded"
    dates = from_to(course.start, course.end, ongoing=course.ongoing)
    return ", ".join(filter(None, (dates, sessions, outcome)))


def prior_device(rule: PriorDevice, facts: Facts) -> Judgement:
    """Return whether a course of one of the devices was tried, or could not be."""
    courses = [
        t
        for t in facts.case.treatments
        if isinstance(t, DeviceTreatment) and t.kind in rule.devices
    ]
    names = listed(device.upper() for device in rule.devices)
    if not courses:
        return Judgement(
            Answer.UNKNOWN,
            reason=f"nothing on {names} is recorded",
            would_change=f"Dates, sessions and outcome of {names}, or why it cannot be given.",
            ask="the prescriber",
        )
    judged = [(_device_answer(course, rule, facts), course) for course in courses]
    answer = at_least(1, (found for found, _ in judged))
    facts_shown = tuple(
        Fact(f"{c.kind.upper()} ({c.protocol}), {_course_words(c)}{_gain(c, rule)}", c.evidence)
        for found, c in judged
        if found is answer
    )
    if answer is Answer.MET:
        return Judgement(answer, facts_shown)
    return Judgement(
        answer,
        facts_shown,
        would_change=_device_wanted(rule, names),
        ask="the prescriber",
    )


def _device_wanted(rule: PriorDevice, names: str) -> str:
    parts = [
        "Dates, sessions and outcome" if rule.before_episode else "Sessions and outcome",
        f"of {names} that fit the policy",
        f"with an improvement of {rule.least_percent} percent or more"
        if rule.least_percent is not None
        else "",
        "before the present episode" if rule.before_episode else "",
    ]
    return f"{' '.join(filter(None, parts))}."


def _gain(course: DeviceTreatment, rule: PriorDevice) -> str:
    """Return the improvement where the policy asks for one and the record has it."""
    if rule.least_percent is None or course.improvement is None:
        return ""
    return f", improved by {percent(course.improvement)}"


def _device_answer(course: DeviceTreatment, rule: PriorDevice, facts: Facts) -> Answer:
    if course.outcome is None:
        return Answer.UNKNOWN
    if course.outcome not in rule.outcomes:
        return Answer.NOT_MET
    if course.outcome in (Outcome.CONTRAINDICATED, Outcome.INTOLERANCE):
        return Answer.MET
    before = _before(course, facts.case.episode.onset) if rule.before_episode else Answer.MET
    enough = _at_least(course.sessions, rule.sessions)
    return all_of([before, enough, _at_least(course.improvement, rule.least_percent)])


def _at_least(found: Decimal | int | None, least: Decimal | int | None) -> Answer:
    """Return whether what was found reaches what is asked; unknown when it is not recorded."""
    if least is None:
        return Answer.MET
    if found is None:
        return Answer.UNKNOWN
    return Answer.MET if found >= least else Answer.NOT_MET


def _before(course: DeviceTreatment, onset: PartialDate | None) -> Answer:
    """Return whether the course ended before the episode began."""
    if onset is None or course.end is None:
        return Answer.NOT_MET if course.ongoing else Answer.UNKNOWN
    if course.end.last < onset.first:
        return Answer.MET
    return Answer.NOT_MET if course.end.first >= onset.last else Answer.UNKNOWN
