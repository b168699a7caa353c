"""Observations → scores: a total as given, or added up when every item is there, never otherwise.

The panel, its total, its items and the answered questionnaire of one day are one score.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from priorauth.importers import scales
from priorauth.importers.facts import ScoreFact
from priorauth.importers.records import noun
from priorauth.importers.scales import Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from priorauth.dates import PartialDate
    from priorauth.importers.records import Origin, Records, ScoreRecord
    from priorauth.reference.scales import Scale


@dataclass(frozen=True)
class _Piece:
    record: ScoreRecord
    scale: Scale
    part: Part
    code: str
    points: int | None
    on: PartialDate | None


def of(found: Iterable[ScoreRecord], records: Records, day: date) -> tuple[ScoreFact, ...]:
    """Return the scores in order of time."""
    pieces = [piece for record in found if (piece := _piece(record, records, day))]
    groups: dict[tuple[str, str], list[_Piece]] = {}
    for piece in pieces:
        groups.setdefault((piece.scale.name, str(piece.on or "")), []).append(piece)
    facts = [fact for group in groups.values() for fact in _facts(group)]
    return tuple(sorted(facts, key=lambda fact: (str(fact.on or ""), fact.scale)))


def _piece(record: ScoreRecord, records: Records, day: date) -> _Piece | None:
    known = scales.of(record.concept)
    on = record.on or records.encounters.get(record.encounter)
    if known is None:
        return None
    if record.why_not:
        records.leave(noun(record), record.why_not, record.origin)
        return None
    if on and on.first > day:
        records.leave(noun(record), "dated after the day of the import", record.origin)
        return None
    scale, part, code = known
    return _Piece(record, scale, part, code, _points(record, scale), on)


def _points(record: ScoreRecord, scale: Scale) -> int | None:
    value = record.value
    if value is not None:
        return int(value) if value == value.to_integral_value() else None
    if record.answer and scale.loinc_items:
        return scale.loinc_items.answers.get(record.answer.code)
    return None


def _facts(group: list[_Piece]) -> Iterator[ScoreFact]:
    """Yield the one score of a day, or several totals that differ, or what is missing."""
    scale, on = group[0].scale, group[0].on
    stated = _stated(group)
    added = _added_up(scale, group)
    origins = tuple(dict.fromkeys(piece.record.origin for piece in group))
    if not stated and added is None:
        question = "No total is stated, and not every item is there: what was the total?"
        yield ScoreFact(scale.name, None, on, origins, question=question)
        return
    totals = stated | ({added} if added is not None else set())
    if len(totals) > 1:
        differ = " and ".join(str(total) for total in sorted(totals))
        question = f"The records of this day come to {differ}: which is right?"
        yield ScoreFact(scale.name, None, on, origins, question=question)
        return
    total = totals.pop()
    how = "" if stated else f"added up from its {len(_item_codes(scale))} items"
    question = "" if on else "On which day was it?"
    if not scale.holds(total):
        question = f"{total} is outside the scale: compare it with the form."
        yield ScoreFact(scale.name, None, on, origins, question=question)
        return
    raters = {piece.record.rater for piece in group} - {""}
    rater = raters.pop() if len(raters) == 1 else ""
    yield ScoreFact(scale.name, total, on, _best(group, stated=bool(stated)), how, question, rater)


def _stated(group: list[_Piece]) -> set[int]:
    """Return the totals that are stated; a panel's own value counts only beside a total or items.

    Public code often puts something else there.
    """
    totals = {p.points for p in group if p.part is Part.TOTAL and p.points is not None}
    panels = {p.points for p in group if p.part is Part.PANEL and p.points is not None}
    return totals | panels if totals else set()


def _added_up(scale: Scale, group: list[_Piece]) -> int | None:
    """Return the sum of the items when each one is there with points and none in two versions."""
    points: dict[str, set[int | None]] = {}
    for piece in group:
        if piece.part is Part.ITEM:
            points.setdefault(piece.code, set()).add(piece.points)
    codes = _item_codes(scale)
    if not codes or set(points) != set(codes):
        return None
    sums = [next(iter(found)) for found in points.values() if len(found) == 1]
    known = [one for one in sums if one is not None]
    return sum(known) if len(known) == len(codes) else None


def _item_codes(scale: Scale) -> tuple[str, ...]:
    return scale.loinc_items.codes if scale.loinc_items else ()


def _best(group: list[_Piece], *, stated: bool) -> tuple[Origin, ...]:
    """Return the records to name: the totals where they are stated, else the items' first."""
    parts = (Part.TOTAL,) if stated else (Part.PANEL, Part.ITEM)
    found = dict.fromkeys(p.record.origin for p in group if p.part in parts)
    return tuple(found)[: len(found) if stated else 1]
