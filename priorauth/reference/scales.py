"""Rating scales: their range, their bands by a named source, and what response and remission are.

Not for judging a score: a policy's cut-off is its own, and no score is turned into another scale's.
"""

import re
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from priorauth.problems import nearest
from priorauth.reference import Mark, read_table


class Rater(StrEnum):
    """Who fills in a scale."""

    SELF = "self"
    CLINICIAN = "clinician"
    EITHER = "self or clinician"  # the name does not say which version was used


class Band(NamedTuple):
    """A range of totals and what its source calls it."""

    least: int
    greatest: int
    name: str
    source: str
    mark: Mark


class Threshold(NamedTuple):
    """A percentage or a total by which a source defines response or remission."""

    value: int
    source: str
    mark: Mark


class Loinc(NamedTuple):
    """A LOINC code and how surely it is the right one."""

    code: str
    source: str
    mark: Mark


class LoincItems(NamedTuple):
    """The LOINC codes of a scale's items in order, and how many points each answer has."""

    codes: tuple[str, ...]
    answers: dict[str, int]
    source: str
    mark: Mark


class Scale(NamedTuple):
    """A rating scale; on every one of them a higher total is worse."""

    name: str
    title: str
    family: str  # versions of one instrument share it: `QIDS-SR16` and `QIDS-C16`
    rater: Rater
    measures: str
    source: str
    mark: Mark  # of the range
    aliases: tuple[str, ...] = ()
    recall_days: int | None = None
    recall_mark: Mark = Mark.M
    has_total: bool = True
    least: int | None = None
    greatest: int | None = None
    higher_is_worse: bool = True
    bands: tuple[Band, ...] = ()
    response_percent: Threshold | None = None  # at least this drop from baseline
    remissions: tuple[Threshold, ...] = ()  # at most this total; the first is the usual one
    loinc_total: Loinc | None = None
    loinc_panel: Loinc | None = None
    loinc_items: LoincItems | None = None
    note: str = ""  # for staff

    def band(self, total: int) -> str | None:
        """Return what a named source calls the total, or None when no printable source does."""
        for band in self.bands:
            if band.least <= total <= band.greatest:
                return band.name if band.mark.printable else None
        return None

    def holds(self, total: int) -> bool:
        """Return whether the scale can have this total."""
        if not self.has_total or self.least is None or self.greatest is None:
            return False
        return self.least <= total <= self.greatest


def find(name: str) -> Scale | None:
    """Return the scale of that name or alias, or None when there is none."""
    return _index().get(_key(name))


def nearest_names(name: str) -> tuple[str, ...]:
    """Return up to three known names that look like `name`, the likest first."""
    return nearest(name, (known for scale in scales() for known in (scale.name, *scale.aliases)))


@cache
def scales() -> tuple[Scale, ...]:
    """Return every known scale, in the order of the table."""
    return read_table("scales.yaml", dict[str, tuple[Scale, ...]])["scales"]


@cache
def _index() -> dict[str, Scale]:
    return {_key(name): scale for scale in scales() for name in (scale.name, *scale.aliases)}


def _key(name: str) -> str:
    """Return the name without case, spaces and hyphens: `ham-d 17` and `HAMD17` are one."""
    return re.sub(r"[\s_-]", "", name.casefold())
