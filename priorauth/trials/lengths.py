"""How long something went on: time between two bounds, days sure or possible, inside a window.

Not for which days those are: `dosing` finds them.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, NamedTuple

from priorauth.dates import DAYS_IN_WEEK, Interval, longest_days, runs, years_before
from priorauth.silent import silent
from priorauth.trials import dosing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from priorauth.dates import PartialDate

LONG_AGO = date(1900, 1, 1)


@silent
class Weeks(NamedTuple):
    """A length of time known between two bounds, in days; printed in weeks."""

    least_days: int
    greatest_days: int

    @property
    def least(self) -> Decimal:
        """Return the least length in weeks, rounded down to a tenth."""
        return _weeks(self.least_days)

    @property
    def greatest(self) -> Decimal:
        """Return the greatest length in weeks, rounded down to a tenth."""
        return _weeks(self.greatest_days)

    @property
    def number(self) -> str:
        """Return `14.7` or `11.1 to 14.7`."""
        return f"{self.least}" if self.exact else f"{self.least} to {self.greatest}"

    @property
    def exact(self) -> bool:
        """Return whether the length is known."""
        return self.least_days == self.greatest_days

    def __str__(self) -> str:
        """Return `14.7 weeks` or `11.1 to 14.7 weeks`."""
        return f"{self.number} {'week' if self.exact and self.least == 1 else 'weeks'}"


def _weeks(days: int) -> Decimal:
    tenths = (Decimal(days) / DAYS_IN_WEEK).quantize(Decimal("0.1"), ROUND_FLOOR)
    return tenths.quantize(Decimal(1)) if tenths == tenths.to_integral_value() else tenths


@silent
class Frame(NamedTuple):
    """A window in time: the days surely inside it, and the days possibly inside it."""

    sure: Interval | None
    possible: Interval

    @classmethod
    def of(
        cls,
        day: date,
        onset: PartialDate | None = None,
        years: int | None = None,
        *,
        episode: bool = False,
    ) -> Frame:
        """Return the window that ends on `day`: this episode, the past years, or all time."""
        earliest = years_before(day, years) if years else LONG_AGO
        possible = Interval(max(earliest, onset.first) if episode and onset else earliest, day)
        if episode and onset is None:
            return cls(None, possible)
        start = max(earliest, onset.last) if episode and onset else earliest
        return cls(Interval(start, day) if start <= day else None, possible)

    def surely_holds(self, days: Interval) -> bool:
        """Return whether all of the days are surely inside the window."""
        return self.sure is not None and self.sure.overlap(days) == days


@silent
class KnownDays(NamedTuple):
    """What is known of the days at some dose."""

    certain: list[Interval]
    possible: list[Interval]
    holding: list[Interval]  # spans that surely hold one such day, whichever it is

    def longest(self, gap_days: int, frame: Frame | None = None) -> Weeks:
        """Return the longest run inside the frame; a gap of at most `gap_days` does not end it.

        Days inside a gap do not count.
        """
        certain, perhaps = self.certain, self.possible
        once = any(not frame or frame.surely_holds(span) for span in self.holding)
        if frame:
            certain = dosing.clip(certain, frame.sure)
            perhaps = dosing.clip(perhaps, frame.possible)
        least = max(longest_days(certain, gap_days), int(once))
        return Weeks(least, max(least, longest_days(perhaps, gap_days)))

    def in_doubt(self, denied: list[Interval], allowed: list[Interval]) -> KnownDays:
        """Return the days when some of them are denied, and others are possible after all."""
        return KnownDays(
            dosing.without(self.certain, denied),
            [*self.possible, *allowed],
            [span for span in self.holding if not dosing.shared([span], denied)],
        )

    def beside(self, base: KnownDays) -> KnownDays:
        """Return the days that are days of the other too."""
        return KnownDays(
            dosing.shared(self.certain, base.certain),
            dosing.shared(self.possible, base.possible),
            [*_inside(self.holding, base.certain), *_inside(base.holding, self.certain)],
        )

    def apart_from(self, base: KnownDays) -> KnownDays:
        """Return the days that are no days of the other."""
        return KnownDays(
            dosing.without(self.certain, base.possible),
            dosing.without(self.possible, base.certain),
            [span for span in self.holding if not dosing.shared([span], base.possible)],
        )


def together(found: Iterable[KnownDays]) -> KnownDays:
    """Return the days of several trials."""
    every = list(found)
    return KnownDays(
        [days for one in every for days in one.certain],
        [days for one in every for days in one.possible],
        [days for one in every for days in one.holding],
    )


def _inside(spans: Iterable[Interval], days: Iterable[Interval]) -> list[Interval]:
    """Return the spans of which every day is among the days."""
    joined = [interval for run in runs(days, 0) for interval in run]
    return [span for span in spans if span in dosing.shared([span], joined)]
