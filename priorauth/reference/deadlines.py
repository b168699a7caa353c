"""Clocks: how long a payer has to decide, and how long there is to appeal, by law.

Not for a case: which clocks run for one, and from which day, is for `criteria`.
"""

from datetime import (
    date,
    timedelta,
)
from enum import StrEnum
from functools import cache
from typing import Literal, NamedTuple

from priorauth.dates import business_day_from, business_days_after, months_after
from priorauth.reference import Mark, read_table

_HOURS_A_DAY = 24


class Event(StrEnum):
    """What a clock runs to."""

    DECISION = "decision"
    APPEAL = "appeal"
    APPEAL_DECISION = "appeal_decision"
    EXTERNAL_REVIEW = "external_review"
    EXTERNAL_DECISION = "external_decision"

    @property
    def is_ours(self) -> bool:
        """Return whether the practice or the patient must act; else it is for those who decide."""
        return self in (Event.APPEAL, Event.EXTERNAL_REVIEW)


class Unit(StrEnum):
    """What a limit is counted in; days are calendar days."""

    HOURS = "hours"
    DAYS = "days"
    BUSINESS_DAYS = "business_days"
    MONTHS = "months"


class Clock(NamedTuple):
    """A time limit of the law for some plans; what it says of itself stands in deadlines.yaml."""

    id: str
    event: Event
    lines: tuple[str, ...]  # lines of business, as a case has them
    rule: str
    source: str  # where the rule was read
    mark: Mark
    limit: int = 0  # 0 where words alone can say it
    unit: Unit = Unit.DAYS
    in_words: str = ""
    applied_by: str = ""  # what makes the rule hold beyond the plans that it names
    under: str = ""  # the rulemaking that set it
    of: Literal["drug", "not_drug", "any"] = "any"
    benefits: tuple[str, ...] = ()  # empty for every benefit
    levels: tuple[str, ...] = ()  # of appeal; empty for every level
    urgent: bool | None = None  # None for both
    state: str = ""  # of plans that are insured there
    condition: str = ""
    since: date | None = None
    until: date | None = None
    from_notice: bool = False  # from the date of the notice, not from the day of its receipt
    moves: bool = False  # off a month's missing day, a weekend or a federal holiday, to a later day
    note: str = ""  # for staff

    @property
    def holds_for_all(self) -> bool:
        """Return whether it holds for every plan of its lines, so that a letter may state it."""
        return self.mark.printable and not (self.condition or self.state)

    @property
    def words(self) -> str:
        """Return the limit in words: `15 days`."""
        return self.in_words or f"{self.limit} {self.unit.replace('_', ' ')}"

    def runs_on(self, day: date) -> bool:
        """Return whether the rule is in force on a day."""
        begun = self.since is None or self.since <= day
        return begun and (self.until is None or day <= self.until)

    def last_day(self, start: date) -> date | None:
        """Return the last day of a clock that starts on `start`; None where words alone tell it."""
        if self.in_words:
            return None
        if self.unit is Unit.MONTHS:
            return _filing_day(start, self.limit) if self.moves else months_after(start, self.limit)
        if self.unit is Unit.BUSINESS_DAYS:
            return business_days_after(start, self.limit)
        days = -(-self.limit // _HOURS_A_DAY) if self.unit is Unit.HOURS else self.limit
        return start + timedelta(days=days)


def _filing_day(start: date, months: int) -> date:
    """Return the last day to file by 45 CFR 147.136(d)(2)(i).

    A month without that day gives the first day of the next month; a Saturday, a Sunday or a
    federal holiday gives the next day that is none of these.
    """
    last = months_after(start, months)
    if last.day != start.day:
        last += timedelta(days=1)
    return business_day_from(last)


class Right(NamedTuple):
    """What the law gives whoever appeals, in some plans."""

    id: str  # `reviewer` or `criteria`
    lines: tuple[str, ...]
    text: str  # what the rule says, to follow its number in a sentence
    rule: str
    source: str
    mark: Mark
    applied_by: str = ""
    benefits: tuple[str, ...] = ()


class _Table(NamedTuple):
    clocks: tuple[Clock, ...]
    rights: tuple[Right, ...]


class Asked(NamedTuple):
    """What decides which clocks run: the plan, what is asked of it, and when."""

    line: str
    benefit: str | None
    is_drug: bool
    urgent: bool
    day: date
    level: str = "first"  # of appeal
    states: frozenset[str] = frozenset()  # where the plan may be insured


def clocks(asked: Asked, event: Event) -> tuple[Clock, ...]:
    """Return the clocks that run to an event, in the order of the table.

    A clock that depends on the benefit runs for no drug whose benefit is left open.
    """
    return tuple(one for one in table() if one.event is event and _runs(one, asked))


def needs_benefit(asked: Asked, event: Event) -> bool:
    """Return whether some clock waits for the benefit to be known."""
    if asked.benefit or not asked.is_drug:
        return False
    fitting = (one for one in table() if one.event is event and _fits(one, asked))
    return any(one.benefits for one in fitting)


def right(right_id: str, line: str | None, benefit: str | None) -> Right | None:
    """Return the right of that name in plans of this line and benefit; None where none is sure."""
    return next(
        (
            one
            for one in _table().rights
            if one.id == right_id
            and one.mark.printable
            and line in one.lines
            and (not one.benefits or benefit in one.benefits)
        ),
        None,
    )


def table() -> tuple[Clock, ...]:
    """Return every clock, in the order of the table."""
    return _table().clocks


@cache
def _table() -> _Table:
    return read_table("deadlines.yaml", _Table)


def _runs(clock: Clock, asked: Asked) -> bool:
    """Return whether a clock runs; the benefit decides for drugs alone, which have two ways."""
    of_benefit = not clock.benefits or not asked.is_drug or asked.benefit in clock.benefits
    return of_benefit and _fits(clock, asked)


def _fits(clock: Clock, asked: Asked) -> bool:
    """Return whether a clock runs for a request, its benefit aside."""
    return (
        asked.line in clock.lines
        and clock.of in ("any", "drug" if asked.is_drug else "not_drug")
        and clock.urgent in (None, asked.urgent)
        and (not clock.levels or asked.level in clock.levels)
        and (not clock.state or clock.state in asked.states)
        and clock.runs_on(asked.day)
    )
