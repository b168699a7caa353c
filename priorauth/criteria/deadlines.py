"""The deadlines of a case: which clocks run for it, from which day, and when its renewal is due.

Not for the clocks themselves: they are cited data in `reference`. No plan is asked here, so a
letter may state only what holds for every plan of the line of business.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from priorauth.authorization import Level
from priorauth.case import Kind
from priorauth.dates import months_after, shown
from priorauth.payer import Stance
from priorauth.reference import Mark, deadlines
from priorauth.reference.deadlines import Asked, Event
from priorauth.silent import silent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.case import Case
    from priorauth.payer import Terms, Version
    from priorauth.reference.deadlines import Clock

RENEWAL, NEXT_RENEWAL = "renewal", "next_renewal"
_NAMES = {
    "decision": "decision due",
    "appeal": "appeal due",
    "appeal_decision": "appeal decided",
    "external_review": "external review due",
    "external_decision": "review decided",
    RENEWAL: "renewal due",
    NEXT_RENEWAL: "next renewal due",
}
_SATURDAY = 5


@silent
class Deadline(NamedTuple):
    """A day by which somebody must have acted, and what makes it that day."""

    event: str  # one of the clocks' events, `renewal` or `next_renewal`
    due: date | None  # None where it cannot be told yet: then `limit` says it in words
    start: str  # what it is counted from, in words
    limit: str
    rule: str
    mark: Mark
    condition: str = ""
    note: str = ""
    printable: bool = False  # whether a letter may state it
    approval: str = ""  # of a renewal: the approval that would end then, in words

    @property
    def name(self) -> str:
        """Return what must be done: `appeal due`."""
        return _NAMES[self.event]

    @property
    def told(self) -> str:
        """Return the day with what makes it that day; words where no day can be told yet."""
        condition = f", {self.condition}" if self.condition else ""
        if self.due is None:
            return f"{self.limit} {self.start}{condition}"
        weekend = f", a {self.due:%A}" if self.due.weekday() >= _SATURDAY else ""
        limit = f": {self.limit}" if self.limit else ""
        return f"{shown(self.due)}{weekend}, {self.start}{condition}{limit}"


@silent
class Deadlines(NamedTuple):
    """The deadlines of a case, and what must be asked before the others can be told."""

    found: tuple[Deadline, ...] = ()
    questions: tuple[tuple[str, str], ...] = ()  # each with whom to ask

    def of(self, event: str) -> tuple[Deadline, ...]:
        """Return the deadlines to one event."""
        return tuple(one for one in self.found if one.event == event)


def deadlines_of(case: Case, day: date, version: Version | None) -> Deadlines:
    """Return the deadlines of a case on `day`; none where no authorization is needed.

    `version` is the policy version that governs it: it says how long an approval lasts.
    """
    if version and version.stance is Stance.NO_AUTHORIZATION_NEEDED:
        return Deadlines()
    renewal = tuple(_renewal(case, version))
    named = tuple(_named(case))
    asked = _asked(case, day)
    if asked is None:
        return Deadlines((*named, *renewal), (_LINE,))
    events = _events(case)
    found = tuple(
        _deadline(clock, case, day) for event in events for clock in deadlines.clocks(asked, event)
    )
    waiting = any(deadlines.needs_benefit(asked, event) for event in events)
    told = (*named, *found, *(_asked_in_time(one, found, day) for one in renewal))
    return Deadlines(told, (_BENEFIT,) if waiting else ())


def time_to_appeal(case: Case, found: Deadlines) -> Deadline | None:
    """Return by when this appeal must be filed, as far as a letter may state it.

    The day that the decision itself names comes first, then that of the law.
    """
    event = filing(case)
    days = (one for one in found.found if one.event == event and one.printable and one.due)
    return next(days, None)


_DEPENDS = "How long the plan may take, and how long there is to appeal, depends on it."
_LINE = (
    f"Which line of business is the plan? {_DEPENDS} Write `line_of_business:` under `coverage:`.",
    "the plan",
)
_BENEFIT = (
    f"Does the medical or the pharmacy benefit pay? {_DEPENDS} Write `benefit:` under `coverage:`.",
    "the plan",
)


def _asked(case: Case, day: date) -> Asked | None:
    """Return what decides the clocks; None when the line of business is not known."""
    line, benefit = case.coverage.line_of_business, case.coverage.benefit
    if line is None:
        return None
    addresses = (case.practice.address, case.patient.address)
    return Asked(
        line.value,
        benefit.value if benefit else None,
        case.request.known_service.agent is not None,
        case.request.urgent,
        day,
        case.appealed.level.value if case.appealed else Level.FIRST.value,
        states=frozenset(address.state for address in addresses if address),
    )


def _events(case: Case) -> tuple[Event, ...]:
    if case.appealed is None:
        return (Event.DECISION, Event.APPEAL, Event.EXTERNAL_REVIEW)
    if case.appealed.level is Level.EXTERNAL:
        return (Event.EXTERNAL_REVIEW, Event.EXTERNAL_DECISION)
    return (Event.APPEAL, Event.APPEAL_DECISION, Event.EXTERNAL_REVIEW)


def filing(case: Case) -> Event | None:
    """Return the event by which this appeal must be filed; None for other requests."""
    if case.appealed is None:
        return None
    return Event.EXTERNAL_REVIEW if case.appealed.level is Level.EXTERNAL else Event.APPEAL


def _named(case: Case) -> Iterator[Deadline]:
    """Yield the last day to appeal that the decision itself names."""
    event, answer = filing(case), case.appealed
    if event and answer and answer.appeal_by:
        start, rule = "as the payer's decision says", "the payer's decision"
        yield Deadline(event.value, answer.appeal_by, start, "", rule, Mark.V, printable=True)


_STARTS = {
    Event.DECISION: "if the payer receives the request on {day}",
    Event.APPEAL: "after a denial is received",
    Event.APPEAL_DECISION: "if the payer receives the appeal on {day}",
    Event.EXTERNAL_REVIEW: "after the final denial is received",
    Event.EXTERNAL_DECISION: "if the reviewer receives the request on {day}",
}
_STATES = {"KS": "Kansas", "MO": "Missouri"}


def _start(clock: Clock, case: Case, day: date) -> tuple[date | None, str]:
    """Return the day on which a clock starts, if it is known, and that in words.

    Without the day of receipt the date of the decision counts: so no day comes too late.
    """
    answer = case.appealed
    if answer is None or clock.event is not filing(case):
        start = None if clock.event.is_ours else day
        return start, _STARTS[clock.event].format(day=shown(day))
    if answer.received and not clock.from_notice:
        return answer.received, f"from the receipt of the decision on {shown(answer.received)}"
    return answer.on, f"from the date of the decision, {shown(answer.on)}"


def _deadline(clock: Clock, case: Case, day: date) -> Deadline:
    """Return a clock's deadline: a day where it is known on which it starts, else words alone."""
    state = f"if the plan is insured in {_STATES[clock.state]}" if clock.state else ""
    start, words = _start(clock, case, day)
    return Deadline(
        clock.event.value,
        clock.last_day(start) if start else None,
        words,
        clock.words,
        f"{clock.rule}, applied by {clock.applied_by}" if clock.applied_by else clock.rule,
        clock.mark,
        " and ".join(filter(None, (clock.condition, state))),
        clock.note,
        clock.holds_for_all,
    )


def _renewal(case: Case, version: Version | None) -> Iterator[Deadline]:
    """Yield when the authorization of a course ends, and when an approval now asked for would."""
    renewed = case.weighed_as is Kind.RENEWAL
    ends = case.course.authorization_ends
    if renewed and ends:
        yield Deadline(RENEWAL, ends, "when the authorization ends", "", "the case", Mark.V)
    of_renewal = version.renewal.terms if version and version.renewal else None
    terms = of_renewal if renewed else version.initial if version else None
    if version is None or terms is None or not (terms.months or terms.days):
        return
    after = ends + timedelta(days=1) if renewed and ends else None
    start = case.request.start or after
    begins = shown(start) if start else "on the day that the payer names"
    yield Deadline(
        NEXT_RENEWAL if renewed else RENEWAL,
        _end(start, terms) if start else None,
        f"if an approval begins {begins}, by the policy on file",
        _length(terms),
        version.source.title,
        version.source.mark,
        note="The payer's answer names the day that counts.",
        printable=version.source.mark.printable,
        approval=f"if an approval of {_length(terms)} begins {begins}",
    )


def _length(terms: Terms) -> str:
    count, word = (terms.months, "month") if terms.months else (terms.days, "day")
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _end(start: date, terms: Terms) -> date:
    """Return the last day of an approval."""
    after = months_after(start, terms.months or 0) + timedelta(days=terms.days or 0)
    return after - timedelta(days=1)


def _asked_in_time(renewal: Deadline, found: tuple[Deadline, ...], day: date) -> Deadline:
    """Return a renewal's deadline with the day by which to ask for the answer to come in time."""
    decided = next((d for d in found if d.event == Event.DECISION and not d.condition), None)
    if renewal.due is None or decided is None or decided.due is None:
        return renewal
    by = renewal.due - (decided.due - day)
    when = f"by {shown(by)}" if by > day else "at once"
    told = f"Ask {when}: a decision may take {decided.limit}. {renewal.note}"
    return renewal._replace(note=told.strip())
