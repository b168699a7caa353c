"""The timeline figure: treatments as bars, scores as points, as plain numbers to draw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from priorauth.case import Kind
from priorauth.criteria.one_trial import dates_taken
from priorauth.dates import Interval, shown, years_before
from priorauth.history import DrugTreatment
from priorauth.letter.contract import Bar, Point, Tick, Timeline, Track
from priorauth.reference import scales
from priorauth.silent import Silent

if TYPE_CHECKING:
    from priorauth.criteria import Verdict
    from priorauth.history import Score, Treatment

WIDTH = 660.0
LEFT = 176.0
RIGHT = 14.0
INSET = 12.0  # so that the first score does not stand on the name of its scale
ROW = 19.0
TRACK = 50.0
MOST_YEARS = 6  # further back a bar would be too short to see
MOST_BARS = 24  # more would not fit a page
MOST_TRACKS = 2
_MONTHS_A_TICK = (1, 2, 3, 6, 12)
_MOST_TICKS = 8


@dataclass(frozen=True, repr=False)
class _Axis(Silent):
    """The days that the figure shows, and where each lies."""

    first: date
    last: date

    def x(self, day: date) -> float:
        whole = max(1, (self.last - self.first).days)
        place = min(max((day - self.first).days, 0), whole) / whole
        return round(LEFT + INSET + place * (WIDTH - LEFT - INSET - RIGHT), 1)

    def bar(self, days: Interval | None) -> tuple[float, float]:
        """Return left edge and width; a width of 0 when nothing is to be drawn."""
        if days is None or days.last < self.first:
            return (LEFT + INSET, 0.0)
        left = self.x(days.first)
        return (left, max(2.0, round(self.x(days.last) - left, 1)))


@dataclass(frozen=True, repr=False)
class _Lane(Silent):
    name: str
    dates: str  # as the record gives them
    greatest: Interval
    least: Interval | None
    solid: bool


def timeline(verdict: Verdict) -> Timeline | None:
    """Return the figure of a weighed case, or None when no treatment has a date."""
    lanes = [*_drug_lanes(verdict), *_other_lanes(verdict), *_course_lane(verdict)]
    if not lanes:
        return None
    earliest = years_before(verdict.day, MOST_YEARS)
    kept = [lane for lane in lanes if lane.greatest.last >= earliest]
    kept.sort(key=lambda lane: (lane.solid, lane.greatest.last), reverse=True)
    kept = sorted(kept[:MOST_BARS], key=lambda lane: lane.greatest)
    if not kept:
        return None
    scored = [score.on.first for score in verdict.case.scores]
    first = min([lane.greatest.first for lane in kept] + scored)
    axis = _Axis(max(earliest, first), verdict.day)
    bars = tuple(_bar(lane, place, axis) for place, lane in enumerate(kept))
    tracks = _tracks(verdict, axis, ROW * len(kept) + 8)
    axis_y = ROW * len(kept) + 8 + TRACK * len(tracks)
    left_out = len(lanes) - len(kept)
    note = f"{left_out} more are in the table only." if left_out else ""
    return Timeline(
        width=WIDTH,
        height=axis_y + 24,
        left=LEFT,
        axis_y=axis_y,
        bars_end=ROW * len(kept),
        bars=bars,
        tracks=tracks,
        ticks=_ticks(axis),
        legend=_legend(kept, tracks),
        summary=_summary(kept, " and scores" if tracks else ""),
        note=note,
    )


def _legend(lanes: list[_Lane], tracks: tuple[Track, ...]) -> str:
    """Return what the signs mean, of those signs only that are drawn."""
    parts = [
        ("Solid bars: the antidepressant trials listed first.", any(lane.solid for lane in lanes)),
        ("Open bars: other treatments.", any(not lane.solid for lane in lanes)),
        ("Thin lines: dates known in part.", any(lane.least != lane.greatest for lane in lanes)),
        ("Dots: scores.", bool(tracks)),
    ]
    return " ".join(text for text, drawn in parts if drawn)


def _bar(lane: _Lane, place: int, axis: _Axis) -> Bar:
    return Bar(
        _short(lane.name), place * ROW, axis.bar(lane.greatest), axis.bar(lane.least), lane.solid
    )


def _drug_lanes(verdict: Verdict) -> list[_Lane]:
    return [
        _Lane(
            found.trial.name,
            dates_taken(found.trial),
            taken,
            found.trial.surely_taken,
            found.counts,
        )
        for found in verdict.trials
        if (taken := found.trial.taken)
    ]


def _other_lanes(verdict: Verdict) -> list[_Lane]:
    return [
        lane
        for treatment in verdict.case.treatments
        if not isinstance(treatment, DrugTreatment) and (lane := _lane(treatment, verdict.day))
    ]


def _course_lane(verdict: Verdict) -> list[_Lane]:
    """Return the course that a renewal tells of, from its start to its latest session."""
    case, course = verdict.case, verdict.case.course
    if case.weighed_as is not Kind.RENEWAL or course.started is None:
        return []
    last = course.last_on or course.started
    told = f"{shown(course.started)} to {shown(last)}"
    whole = Interval(course.started.first, min(last.last, verdict.day))
    sure = course.started.last <= last.first
    least = Interval(course.started.last, last.first) if sure else None
    return [_Lane(case.request.known_service.short_name, told, whole, least, solid=False)]


def _lane(treatment: Treatment, day: date) -> _Lane | None:
    start = getattr(treatment, "start", None)
    end = getattr(treatment, "end", None)
    if start is None:
        return None
    last = end.last if end else day
    surely = end.first if end else (day if treatment.ongoing else start.last)
    least = Interval(start.last, surely) if start.last <= surely else None
    told = f" to {shown(end)}" if end else (" to present" if treatment.ongoing else "")
    return _Lane(
        name_of(treatment),
        f"{shown(start)}{told}",
        Interval(start.first, min(last, day)),
        least,
        solid=False,
    )


def name_of(treatment: Treatment) -> str:
    """Return a treatment without drugs by its name: `CBT`, `TMS (iTBS)`."""
    kind = treatment.kind
    if kind == "psychotherapy":
        return str(getattr(treatment, "psychotherapy", ""))
    if kind in ("tms", "ect"):
        return f"{kind.upper()} ({getattr(treatment, 'protocol', '')})"
    return f"{kind.capitalize()} ({getattr(treatment, 'route', '')})"


def _short(name: str) -> str:
    most = 20
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _tracks(verdict: Verdict, axis: _Axis, top: float) -> tuple[Track, ...]:
    by_scale: dict[str, list[Score]] = {}
    for score in sorted(verdict.case.scores, key=lambda s: (s.on.first, s.on.last)):
        if score.on.last >= axis.first:
            by_scale.setdefault(score.scale, []).append(score)
    most_told = sorted(by_scale, key=lambda name: -len(by_scale[name]))[:MOST_TRACKS]
    return tuple(
        _track(name, by_scale[name], axis, top + place * TRACK)
        for place, name in enumerate(most_told)
    )


def _track(name: str, found: list[Score], axis: _Axis, top: float) -> Track:
    scale = scales.find(name)
    least, greatest = (scale.least, scale.greatest) if scale else (None, None)
    low, high = least or 0, greatest or 100
    points = tuple(
        Point(
            axis.x(score.on.first),
            round(top + TRACK - 8 - (score.total - low) / (high - low) * (TRACK - 20), 1),
            str(score.total),
        )
        for score in found
    )
    return Track(f"{name} ({low} to {high})", top, TRACK, points)


def _ticks(axis: _Axis) -> tuple[Tick, ...]:
    months = (axis.last.year - axis.first.year) * 12 + axis.last.month - axis.first.month
    step = next((s for s in _MONTHS_A_TICK if months / s <= _MOST_TICKS), 12)
    count = axis.first.year * 12 + axis.first.month - 1
    first = count + (-count) % step
    last = axis.last.year * 12 + axis.last.month - 1
    days = [date(m // 12, m % 12 + 1, 1) for m in range(first, last + 1, step)]
    return tuple(Tick(axis.x(d), f"{d:%m/%Y}") for d in days if axis.first <= d)


def _summary(lanes: list[_Lane], scores: str) -> str:
    """Return the figure in words, with each date as exactly as the record says it."""
    told = "; ".join(f"{lane.name} {lane.dates}" for lane in lanes)
    return f"Timeline of treatments{scores}: {told}."
