"""Read a case: the one door. Every problem at once, with its line; after the door all is right.

`values` reads each value by itself; the other files check what only several values together show.
Not for weighing: whether what the case holds is enough is for `criteria`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from priorauth import datafile
from priorauth.case import Case
from priorauth.fields import MISSING, words_of
from priorauth.intake import (
    appeal,
    consents,
    dates,
    diagnoses,
    exhibits,
    renewal,
    request,
    sent,
    treatments,
    values,
)
from priorauth.problems import Problem, Severity, errors
from priorauth.silent import silent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date
    from pathlib import Path

    from priorauth.datafile import Datafile


@silent
class Intake(NamedTuple):
    """A case file as read: the case when nothing is wrong with it, and every problem."""

    case: Case | None
    problems: tuple[Problem, ...]
    folder: Path | None = None
    data: Datafile | None = None

    def located(self, found: Problem) -> Problem:
        """Return a problem of the case that knows its field alone with its file and line too."""
        if found.place.file or self.data is None:
            return found
        keys = found.place.field.split(".")
        trail = tuple(int(key) if key.isdecimal() else key for key in keys)
        return found._replace(place=self.data.place(trail))


def read(path: Path, day: date) -> Intake:
    """Return the case in the file at `path`, as it is to be understood on `day`."""
    return understand(datafile.read(path), day, path.parent)


def understand(data: Datafile, day: date, folder: Path | None = None) -> Intake:
    """Return the case that a file holds; its exhibits are looked for in `folder`, if given."""
    data = replace(data, words=_case_words())
    if data.value is None:
        return Intake(None, data.problems, folder, data)
    pieces, problems = values.pieces_of(data)
    if isinstance(data.value, dict):
        problems += [found for check in _CHECKS for found in check(data, day)]
        problems += exhibits.missing_files(data, folder) if folder else []
    found = _sorted(_told_once([*data.problems, *problems]))
    case = None if errors(found) else values.assembled(pieces).carrying(data.left_open)
    return Intake(case, found, folder, data)


@cache
def _case_words() -> frozenset[str]:
    return words_of(Case)


# What an empty field means when its line is removed, where that is not simply "not known".
_LEFT_OUT_MEANS = {
    "purpose": "Write depression, sleep, smoking, pain, anxiety or other: without the line, "
    "depression is meant.",
}


def _told_once(problems: list[Problem]) -> list[Problem]:
    """Return the problems without a second one for a field that is there but empty."""
    missing = {p.place: p.fix for p in problems if p.what == MISSING}
    empty = {p.place for p in problems if p.what in (datafile.NO_VALUE, datafile.NULL)}
    return [
        p._replace(fix=missing.get(p.place) or _fix_of_empty(p))
        if p.what == datafile.NO_VALUE
        else p
        for p in problems
        if not (p.what == MISSING and p.place in empty)
    ]


def _fix_of_empty(found: Problem) -> str:
    return _LEFT_OUT_MEANS.get(found.place.field.rpartition(".")[2], found.fix)


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    order = list(Severity)
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda p: (order.index(p.severity), p.place.line)))


_CHECKS: tuple[Callable[[Datafile, date], Iterator[Problem]], ...] = (
    dates.impossible,
    dates.relative,
    exhibits.unlisted,
    request.codes,
    request.quantities,
    request.indication,
    request.contraindicated,
    diagnoses.unknown,
    diagnoses.in_remission,
    diagnoses.psychotic_features,
    treatments.doses,
    treatments.overlapping,
    treatments.ended,
    treatments.outcomes,
    treatments.too_early,
    request.urgency,
    treatments.augmented,
    renewal.lacking,
    renewal.unused,
    appeal.decision,
    consents.half_said,
    sent.again,
)
