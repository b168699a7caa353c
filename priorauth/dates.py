"""A day, a month or a year as charts really say it; spans with a least and a greatest length.

Not for deciding what a span means: `trials` does that.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError, core_schema

from priorauth.silent import Silent, silent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue

DAYS_IN_WEEK = 7
_MONDAY, _THURSDAY, _SATURDAY = 0, 3, 5
_FORM = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_EARLIEST_YEAR = 1900


@silent
class Interval(NamedTuple):
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Return the number of days, at least 1 in a well-formed interval."""
        return (self.last - self.first).days + 1

    def overlap(self, other: Interval) -> Interval | None:
        """Return the days in both, or None when there is none."""
        first, last = max(self.first, other.first), min(self.last, other.last)
        return Interval(first, last) if first <= last else None


@dataclass(frozen=True, slots=True, repr=False)
class PartialDate(Silent):
    """A date known to the year, the month or the day (`2025`, `2025-03`, `2025-03-09`)."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Return the date that `text` says.

        Raises ValueError when the text is not a year, a month or a day of the calendar.
        """
        match = _FORM.fullmatch(text.strip())
        if not match:
            msg = "not a date"
            raise ValueError(msg)
        year, month, day = (int(part) if part else None for part in match.groups())
        found = cls(year or 0, month, day)
        if found.year < _EARLIEST_YEAR:
            msg = "before 1900"
            raise ValueError(msg)
        _ = found.last  # a month or a day 00, a 13th month, a 31 February raise here
        return found

    @classmethod
    def of(cls, day: date) -> PartialDate:
        """Return the day as a date of day precision."""
        return cls(day.year, day.month, day.day)

    @property
    def first(self) -> date:
        """Return the earliest day that this can be."""
        return date(
            self.year,
            1 if self.month is None else self.month,
            1 if self.day is None else self.day,
        )

    @property
    def last(self) -> date:
        """Return the latest day that this can be."""
        if self.month is None:
            return date(self.year, 12, 31)
        if self.day is None:
            return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])
        return date(self.year, self.month, self.day)

    @property
    def is_day(self) -> bool:
        """Return whether the very day is known."""
        return self.day is not None

    def __str__(self) -> str:
        """Return the date as it is written in a case: `2025-03`."""
        return "-".join(
            part
            for part in (
                f"{self.year:04}",
                f"{self.month:02}" if self.month else "",
                f"{self.day:02}" if self.day else "",
            )
            if part
        )

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Let pydantic read a partial date from text and keep one that is built already."""
        del source, handler
        return core_schema.no_info_plain_validator_function(
            cls._validate, serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Return the JSON Schema of a year, a month or a day."""
        del schema, handler
        return {"type": "string", "pattern": r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"}

    @classmethod
    def _validate(cls, value: Any) -> PartialDate:  # noqa: ANN401 - pydantic hands in anything
        if isinstance(value, PartialDate):
            return value
        try:
            return cls.parse(value)
        except (TypeError, ValueError, AttributeError):
            raise PydanticCustomError(
                "partial_date", "must be a day, a month or a year of the calendar, from 1900 on"
            ) from None


def _day(value: Any) -> Any:  # noqa: ANN401 - raw input of any form
    """Return a day from text in the one form that cannot be misread."""
    if not isinstance(value, str):
        return value
    try:
        found = PartialDate.parse(value)
    except ValueError:
        found = None
    if found is None or not found.is_day:
        raise PydanticCustomError("day", "must be a day of the calendar, from 1900 on")
    return found.first


Day = Annotated[date, BeforeValidator(_day)]


@silent
class Span(NamedTuple):
    """The time from one date to another, either of them known only in part."""

    start: PartialDate
    end: PartialDate

    @property
    def greatest(self) -> Interval:
        """Return the longest that this span can have been."""
        return Interval(self.start.first, self.end.last)

    @property
    def least(self) -> Interval | None:
        """Return the days that are in this span whatever the exact dates; None when no day is."""
        first, last = self.start.last, self.end.first
        return Interval(first, last) if first <= last else None


def from_to(start: PartialDate | None, end: PartialDate | None, *, ongoing: bool) -> str:
    """Return the time of a treatment in words, as far as it is recorded."""
    if start is None:
        return f"until {shown(end)}" if end else "dates not recorded"
    if end is None:
        return f"{shown(start)} to present" if ongoing else f"from {shown(start)}, end not recorded"
    return f"{shown(start)} to {shown(end)}"


def shown(when: date | PartialDate) -> str:
    """Return a date as US readers write it: `02/17/2025`, `02/2025` or `2025`."""
    if isinstance(when, date):
        return f"{when:%m/%d/%Y}"
    parts = (when.month, when.day)
    return "/".join([*(f"{part:02}" for part in parts if part), f"{when.year:04}"])


def runs(intervals: Iterable[Interval], gap_days: int) -> tuple[tuple[Interval, ...], ...]:
    """Return the intervals joined where they meet, grouped where at most `gap_days` lie between.

    Each group is one run: its intervals do not overlap, are in order, and are apart by 1 to
    `gap_days` days without treatment.
    """
    groups: list[list[Interval]] = []
    for interval in sorted(intervals):
        last = groups[-1][-1] if groups else None
        between = (interval.first - last.last).days - 1 if last else gap_days + 1
        if last is None or between > gap_days:
            groups.append([interval])
        elif between <= 0:
            groups[-1][-1] = Interval(last.first, max(last.last, interval.last))
        else:
            groups[-1].append(interval)
    return tuple(tuple(group) for group in groups)


def longest_days(intervals: Iterable[Interval], gap_days: int) -> int:
    """Return the days of treatment in the longest run; days inside a gap are not counted."""
    return max((sum(i.days for i in run) for run in runs(intervals, gap_days)), default=0)


def years_before(day: date, years: int) -> date:
    """Return the same day `years` earlier; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def months_before(day: date, months: int) -> date:
    """Return the same day `months` earlier, or the last day of a shorter month."""
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def months_after(day: date, months: int) -> date:
    """Return the same day `months` later, or the last day of a shorter month."""
    return months_before(day, -months)


def is_business_day(day: date) -> bool:
    """Return whether a day is no Saturday, no Sunday and no federal holiday."""
    return day.weekday() < _SATURDAY and day not in federal_holidays(day.year)


def business_day_from(day: date) -> date:
    """Return the day itself when it is a business day, else the first one after it."""
    while not is_business_day(day):
        day += timedelta(days=1)
    return day


def business_days_after(day: date, count: int) -> date:
    """Return the `count`th business day after `day`, which is not counted itself."""
    for _ in range(count):
        day = business_day_from(day + timedelta(days=1))
    return day


@cache
def federal_holidays(year: int) -> frozenset[date]:
    """Return the federal holidays of a year by their own dates: 5 U.S.C. 6103(a).

    The Friday or Monday on which offices close instead (6103(b)) is not among them: without it a
    last day to file never falls later than the law allows.
    """
    fixed = [(1, 1), (6, 19), (7, 4), (11, 11), (12, 25)]
    third_monday, fourth_thursday = (_MONDAY, 3), (_THURSDAY, 4)
    moving = {
        1: third_monday,  # Birthday of Martin Luther King, Jr.
        2: third_monday,  # Washington's Birthday
        9: (_MONDAY, 1),  # Labor Day
        10: (_MONDAY, 2),  # Columbus Day
        11: fourth_thursday,  # Thanksgiving Day
    }
    memorial = _weekday(year, 6, _MONDAY, 1) - timedelta(weeks=1)  # the last Monday in May
    return frozenset(
        {
            memorial,
            *(date(year, month, day) for month, day in fixed),
            *(_weekday(year, month, *which) for month, which in moving.items()),
        }
    )


def _weekday(year: int, month: int, weekday: int, count: int) -> date:
    """Return the `count`th such weekday of a month."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (count - 1))


def days_before(day: date, days: int) -> date:
    """Return the day `days` earlier."""
    return day - timedelta(days=days)


def age_on(day: date, birth: date) -> int:
    """Return the age in whole years on `day`."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
