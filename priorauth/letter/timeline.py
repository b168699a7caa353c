"""The timeline figure: treatments as bars, scores as points, as plain numbers to draw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from priorauth.case import Kind
from priorauth.criteria.records import dates_taken
from priorauth.dates import Interval, shown, years_before
from priorauth.history import DrugTreatment
from priorauth.letter.contract import Bar, Point, Tick, Timeline, Track
from priorauth.reference import scales
from priorauth.silent import Silent

if TYPE_CHECKING:
    from priorauth.case import Case
    from priorauth.criteria import Verdict
    from priorauth.dates import PartialDate
    from priorauth.history import Score, Treatment

WIDTH = 660.0
LEFT = 176.0
RIGHT = 14.0
INSET = 12.0  # so that the first score does not stand on the name of its scale
ROW = 19.0
TRACK = 50.0
MOST_YEARS = 6  # further back only what counts is drawn: the bars would be too short to see
MOST_BARS = 24  # more would not fit a page
MOST_TRACKS = 2
_MONTHS_A_TICK = (1, 2, 3, 6, 12, 24, 60, 120)
_MOST_TICKS = 8
_APART = 21.0  # so that a number does not stand on the next one


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
    recent = years_before(verdict.day, MOST_YEARS)
    kept = [lane for lane in lanes if lane.solid or lane.greatest.last >= recent]
    kept.sort(key=lambda lane: (lane.solid, lane.greatest.last), reverse=True)
    kept = sorted(kept[:MOST_BARS], key=lambda lane: lane.greatest)
    if not kept:
        return None
    axis = _axis(verdict, kept, recent)
    bars = tuple(_bar(lane, place, axis) for place, lane in enumerate(kept))
    tracks = _tracks(verdict, axis, ROW * len(kept) + 8)
    axis_y = ROW * len(kept) + 8 + TRACK * len(tracks)
    left_out = len(lanes) - len(kept)
    note = f"{left_out} more {'is' if left_out == 1 else 'are'} in the table only."
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
        note=note if left_out else "",
    )


def _axis(verdict: Verdict, kept: list[_Lane], recent: date) -> _Axis:
    """Return the days to show: the recent years, and those before that hold what counts."""
    first = min(
        [lane.greatest.first for lane in kept] + [score.on.first for score in verdict.case.scores]
    )
    counted = [lane.greatest.first for lane in kept if lane.solid]
    return _Axis(max(first, min([recent, *counted])), verdict.day)


def _legend(lanes: list[_Lane], tracks: tuple[Track, ...]) -> str:
    """Return what the signs mean, of those signs only that are drawn."""
    parts = [
        ("Solid bars: the antidepressant trials listed first.", any(lane.solid for lane in lanes)),
        ("Open bars: other treatments.", any(not lane.solid for lane in lanes)),
        ("Thin lines: dates known in part.", any(lane.least != lane.greatest for lane in lanes)),
        ("Dots: scores.", bool(tracks)),
        (
            "Where scores are near, not each has its number.",
            any(not point.label for track in tracks for point in track.points),
        ),
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
        if not isinstance(treatment, DrugTreatment)
        and not _is_the_course(treatment, verdict.case)
        and (lane := _lane(treatment, verdict.day))
    ]


def _is_the_course(treatment: Treatment, case: Case) -> bool:
    """Return whether a treatment is the course that is to be renewed, which has its own bar."""
    begun = _course_start(case)
    start: PartialDate | None = getattr(treatment, "start", None)
    if begun is None or start is None or treatment.kind != case.request.known_service.agent:
        return False
    return start.first >= begun.first


def _course_start(case: Case) -> PartialDate | None:
    return case.course.started if case.weighed_as is Kind.RENEWAL else None


def _course_lane(verdict: Verdict) -> list[_Lane]:
    """Return the course that a renewal tells of, from its start to its latest session.

    Where the latest is not recorded, the course may have gone on to the day of the letter.
    """
    case, begun = verdict.case, _course_start(verdict.case)
    if begun is None:
        return []
    last = case.course.last_on
    name, told = case.request.known_service.short_name, f"since {shown(begun)}"
    if last is None:
        return [_Lane(name, told, Interval(begun.first, verdict.day), None, solid=False)]
    told = f"{shown(begun)} to {shown(last)}"
    whole = Interval(begun.first, min(last.last, verdict.day))
    least = Interval(begun.last, last.first) if begun.last <= last.first else None
    return [_Lane(name, told, whole, least, solid=False)]


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
    places = [axis.x(score.on.first) for score in found]
    points = tuple(
        Point(
            place,
            round(top + TRACK - 8 - (score.total - low) / (high - low) * (TRACK - 20), 1),
            str(score.total) if labelled else "",
        )
        for place, score, labelled in zip(places, found, _labelled(places), strict=True)
    )
    return Track(f"{name} ({low} to {high})", top, TRACK, points)


def _labelled(places: list[float]) -> list[bool]:
    """Return which of the points have room for their number: the first, the last, and some between.

    The places are in rising order.
    """
    shown_at = [places[0]] if places[-1] - places[0] >= _APART else []
    chosen = []
    for number, place in enumerate(places):
        last, ends = number == len(places) - 1, places[-1] - place
        between = bool(shown_at) and place - shown_at[-1] >= _APART and ends >= _APART
        chosen.append(last or (number == 0 and bool(shown_at)) or between)
        if between:
            shown_at.append(place)
    return chosen


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
