"""Questions that an import left in the comments, and that the answers so far have settled.

Not for those that hold the letter back: `wording` asks about them, and a person takes them out.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from priorauth import datafile
from priorauth.dates import Interval
from priorauth.history import Dose
from priorauth.importers.courses import SAME_DAYS
from priorauth.importers.draft import EPISODE
from priorauth.importers.draft.history import WHY_STOPPED
from priorauth.importers.draft.people import WHICH_CLINIC, WHO_ASKS
from priorauth.intake.places import at, entries, right

if TYPE_CHECKING:
    from priorauth.datafile import Datafile, Trail
    from priorauth.left_open import LeftOpen

# Each question that asks for more than one thing, with all that it asks for.
_WHOLE: dict[str, tuple[Trail, ...]] = {
    EPISODE: tuple(("episode", key) for key in ("onset", "severity", "psychotic_features")),
    WHO_ASKS: (
        ("prescriber", "name", "given"),
        ("prescriber", "name", "family"),
        ("prescriber", "npi"),
    ),
    WHICH_CLINIC: (
        *(("practice", key) for key in ("name", "phone", "fax")),
        *(("practice", "address", key) for key in ("street", "city", "state", "zip")),
    ),
}


def without_settled(text: str, data: Datafile) -> tuple[str, Datafile]:
    """Return the text without the questions that are settled, and as it is read then."""
    done = [one for one in data.left_open if not one.holds and _is_settled(one, data)]
    if not done:
        return text, data
    lines = text.split("\n")
    for one in reversed(done):
        del lines[one.first - 1 : one.last]
    kept = "\n".join(lines)
    return kept, datafile.parse(kept, data.name)


def asks_for_more(words: str) -> bool:
    """Return whether a question asks for more than stands on the line below it."""
    return words in _WHOLE


def _is_settled(one: LeftOpen, data: Datafile) -> bool:
    """Return whether all is there that a question asks for; not where only a person can tell."""
    if one.words in _WHOLE:
        return all(at(data, trail) not in (None, "") for trail in _WHOLE[one.words])
    if one.words == WHY_STOPPED:
        entry = _around(one, data)
        ended = entry is not None and at(data, (*entry, "stopped_because"))
        return bool(ended) or (entry is not None and at(data, (*entry, "ongoing")) == "yes")
    if one.words.startswith("Two fills of ") and SAME_DAYS in one.words:
        entry = _around(one, data)
        return entry is not None and not _shares_days(data, entry)
    return False


def _around(one: LeftOpen, data: Datafile) -> Trail | None:
    """Return the entry of a treatment in which a question stands."""
    before = [place for place in entries(data, ("treatments",)) if data.line(place) < one.first]
    return before[-1] if before else None


def _shares_days(data: Datafile, entry: Trail) -> bool:
    """Return whether two doses of an entry may have been taken on one day."""
    places = list(entries(data, (*entry, "doses")))
    doses = [dose for place in places if (dose := right(data, place, Dose))]
    if len(doses) < len(places):
        return True  # one that cannot be read settles nothing
    spans = [Interval(d.start.first, d.end.last) for d in doses if d.end]
    return any(one.overlap(other) for one, other in combinations(spans, 2))
