"""Criteria on treatment without drugs: psychotherapy, TMS, ECT."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from priorauth.criteria.facts import CONTRADICTED, went
from priorauth.criteria.finding import Answer, Fact, Judgement, all_of, at_least
from priorauth.criteria.how_long import reached
from priorauth.dates import DAYS_IN_WEEK, Interval, from_to
from priorauth.history import DeviceTreatment, Outcome, Psychotherapy, gained
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
    courses = [c for c in courses if not rule.types or _is_one_of(c.psychotherapy, rule.types)]
    if not courses:
        kinds = f" of a type the policy names ({', '.join(rule.types)})" if rule.types else ""
        return Judgement(
            Answer.UNKNOWN,
            reason=f"no psychotherapy{kinds} is recorded",
            would_change=f"Dates, type and number of sessions of a psychotherapy{kinds}, "
            "or a summary from the therapist.",
            ask="the therapist",
        )
    judged = [(_therapy_parts(course, rule, facts), course) for course in courses]
    answers = [all_of(parts.values()) for parts, _ in judged]
    answer = at_least(1, answers)
    kept = [pair for found, pair in zip(answers, judged, strict=True) if found is answer]
    shown_facts = tuple(_therapy_fact(course) for _, course in kept)
    if answer is Answer.MET:
        return Judgement(answer, shown_facts)
    open_parts = [name for parts, _ in kept for name, each in parts.items() if each is answer]
    names = listed(dict.fromkeys(open_parts), "and")
    told = "not settled" if answer is Answer.UNKNOWN else "not as the policy asks"
    contradicted = any(course.contradicted for _, course in kept) and "the outcome" in open_parts
    asked = f" {CONTRADICTED}" if contradicted else ""
    return Judgement(
        answer,
        shown_facts,
        reason=f"{told}: {names}",
        would_change=f"{_therapy_wanted(rule)}{asked}",
        ask="the therapist",
    )


def _is_one_of(written: str, types: tuple[str, ...]) -> bool:
    """Return whether the name of a therapy is one of the types, by its name or its abbreviation.

    `Cognitive Behavioral Therapy (CBT)` is either where the one is short for the other.
    """
    wanted = {_plain(name) for name in types}
    found = re.fullmatch(r"(.+?)\s*\((.+)\)\s*", written)
    if _plain(written) in wanted or not found:
        return _plain(written) in wanted
    names = {_plain(name) for name in found.groups()}
    initials = {"".join(word[0] for word in name.split()) for name in names}
    return names <= wanted or bool(names & wanted and names & initials)


def _plain(name: str) -> str:
    """Return the words of a name alone: a hyphen is a blank, except before a single letter."""
    return " ".join(re.sub(r"-(?=\w\w)", " ", name.casefold()).split())


def _therapy_wanted(rule: PsychotherapyTried) -> str:
    parts = [
        f"{rule.sessions} or more sessions" if rule.sessions else "",
        f"over {rule.weeks} weeks or more" if rule.weeks else "",
        "in the current episode" if rule.window.current_episode else "",
        _look_back(rule.window.years),
    ]
    course = f"A dated course of psychotherapy {' '.join(filter(None, parts))}".rstrip()
    return f"{course}{', with its outcome' if rule.outcomes else ''}."


def _look_back(years: int | None) -> str:
    if not years:
        return ""
    return "in the past year" if years == 1 else f"in the past {years} years"


def _therapy_parts(
    course: Psychotherapy, rule: PsychotherapyTried, facts: Facts
) -> dict[str, Answer]:
    """Return the answer on each part of a course, under what it is about."""
    # Without a session there was no therapy, whatever the policy asks.
    none = course.sessions == 0
    return {
        "the dates": _days_answer(course, rule, facts),
        "the number of sessions": Answer.NOT_MET
        if none
        else _at_least(course.sessions, rule.sessions),
        "the outcome": went(course, rule.outcomes),
    }


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
    differ = answer is Answer.UNKNOWN and any(course.contradicted for _, course in judged)
    return Judgement(
        answer,
        facts_shown,
        would_change=CONTRADICTED if differ else _device_wanted(rule, names),
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
    return f", {gained(course.improvement)}"


def _device_answer(course: DeviceTreatment, rule: PriorDevice, facts: Facts) -> Answer:
    as_asked = went(course, rule.outcomes)
    if course.outcome is None or as_asked is not Answer.MET:
        return as_asked
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
