"""Dates of a case that cannot be: in the future, or before the patient was born."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from priorauth.case import Kind
from priorauth.dates import Day, PartialDate, age_on
from priorauth.fields import problem
from priorauth.intake.places import right, texts
from priorauth.problems import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from priorauth.datafile import Datafile, Trail

    WrittenDates = tuple[tuple[Trail, PartialDate], ...]

OLDEST = 120  # years of age past which a birth date is a slip of the pen
FARTHEST = 366  # days ahead past which the start of treatment is one
LONGEST_PAST = 31  # days since the start past which the request is late, or its year wrong
MOST_BEFORE_BIRTH = 2  # dates before the birth date past which that is the one to look at
_DATE_KEYS = frozenset({"birth_date", "from", "to", "on", "since", "onset"})
_DATE_KEYS |= {"started", "last_on", "received", "before_on", "after_on"}
_SUBSCRIBER_BIRTH = ("coverage", "subscriber", "birth_date")


def _written_dates(data: Datafile) -> Iterator[tuple[Trail, PartialDate]]:
    for trail, text in texts(data.value):
        if trail[-1] in _DATE_KEYS:
            with suppress(ValueError):
                yield trail, PartialDate.parse(text)


def impossible(data: Datafile, day: date) -> Iterator[Problem]:
    """Yield each date that cannot be on `day`."""
    written = tuple(_written_dates(data))
    yield from _future(data, day, written)
    yield from _start(data, day)
    yield from _birth(data, day, written)


def _future(data: Datafile, day: date, written: WrittenDates) -> Iterator[Problem]:
    for trail, when in written:
        if when.first > day:
            fix = "Compare it with the record."
            if trail[0] == "treatments":
                fix += " A treatment that goes on has `ongoing: yes` and no end."
            yield problem(data, trail, "the date is in the future", fix)


def _start(data: Datafile, day: date) -> Iterator[Problem]:
    """Yield a warning for a start that is far off; an appeal is of treatment asked for before."""
    where = ("request", "start")
    start = right(data, where, Day)
    if start and (start - day).days > FARTHEST:
        what, fix = "the start is more than a year ahead", "Compare it with the order."
        yield problem(data, where, what, fix, Severity.WARNING)
    appeal = right(data, ("request", "kind"), Kind) is Kind.APPEAL
    if start and (day - start).days > LONGEST_PAST and not appeal:
        what = "the start is more than a month past"
        fix = (
            "Compare it with the order; for sessions already given ask the payer about a "
            "retrospective request."
        )
        yield problem(data, where, what, fix, Severity.WARNING)


_RELATIVE = re.compile(r"\b(today|tonight|yesterday|tomorrow)\b", re.IGNORECASE)
_QUOTED = ("statement", "despite", "reason", "text")  # keys of words that a letter quotes


def relative(data: Datafile, day: date) -> Iterator[Problem]:
    """Yield each quoted word such as `today`: in the letter it is the letter's day."""
    del day
    for trail, text in texts(data.value):
        quoted = trail[0] == "rationale" or trail[-1] in _QUOTED
        # The payer's own reasons are word for word.
        if quoted and trail[:2] != ("answer", "reasons") and (found := _RELATIVE.search(text)):
            what = f"says `{found[1].lower()}`, which is another day by the time the letter is read"
            yield problem(data, trail, what, "Write the date.", Severity.WARNING)


def _birth(data: Datafile, day: date, written: WrittenDates) -> Iterator[Problem]:
    where = ("patient", "birth_date")
    birth = right(data, where, Day)
    if birth is None or birth > day:
        return
    if age_on(day, birth) > OLDEST:
        what = f"the patient would be more than {OLDEST} years old"
        yield problem(data, where, what, "Compare it with the member's card.")
    early = [trail for trail, when in written if when.last < birth and trail != _SUBSCRIBER_BIRTH]
    if len(early) > MOST_BEFORE_BIRTH:
        what = f"{len(early)} dates of this case are before the birth date"
        yield problem(data, where, what, "Compare it with the member's card.")
        return
    for trail in early:
        yield problem(
            data,
            trail,
            "the date is before the patient's birth",
            "Compare it and `patient.birth_date` with the record.",
        )
