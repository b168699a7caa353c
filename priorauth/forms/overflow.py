"""What does not fit: whole onto an addendum page, which its box points to.

A table of the form that has fewer rows than there are entries gives up its last row: that entry
and those after it go to the addendum.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from priorauth.forms import paths
from priorauth.letter.contract import AddendumItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from priorauth.forms.formmap import FormMap
    from priorauth.forms.reading import FormField, FormPdf
    from priorauth.letter import Letter

# From a path to a list, the place in it, and what is taken of the entry.
_PLACE = re.compile(r"^(?P<list>.+?)\.(?P<place>[0-9]+)(?:\.(?P<rest>.+))?$")


def pointers(number: int) -> tuple[str, ...]:
    """Return what a box can say to point to an item, the plainest first."""
    return (
        f"See addendum, item {number}",
        f"See addendum {number}",
        f"Addendum {number}",
        f"Add. {number}",
        f"*{number}",
    )


@dataclass(frozen=True)
class Rest:
    """The last row of a table in a form, and the entries from there on."""

    fields: tuple[FormField, ...]
    texts: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class _Cell:
    list: str
    place: int
    rest: str
    field: FormField


def rests(form: FormPdf, found: FormMap, letter: Letter) -> tuple[Rest, ...]:
    """Return the last row of each table that has fewer rows than the letter has entries."""
    return tuple(_rests(tuple(_cells(form, found)), letter))


def shown_first_only(form: FormPdf, found: FormMap, letter: Letter) -> tuple[str, ...]:
    """Return the lists of which the form takes the first entry alone, though there are more."""
    cells = tuple(_cells(form, found))
    single = {cell.list for cell in cells} - {cell.list for cell in cells if cell.place}
    return tuple(sorted(one for one in single if (paths.entries(letter, one) or 0) > 1))


def _cells(form: FormPdf, found: FormMap) -> Iterator[_Cell]:
    for one in form.fields:
        use = found.fields.get(one.name)
        for path in use.put or () if use else ():
            match = _PLACE.match(path)
            if match:
                yield _Cell(match["list"], int(match["place"]), match["rest"] or "", one)


def _rests(cells: tuple[_Cell, ...], letter: Letter) -> Iterator[Rest]:
    for one in dict.fromkeys(cell.list for cell in cells):
        own = [cell for cell in cells if cell.list == one]
        last = max(cell.place for cell in own)
        count = paths.entries(letter, one) or 0
        if last and count > last + 1:
            row = [cell for cell in own if cell.place == last]
            texts = tuple(_entry(letter, one, place, row) for place in range(last, count))
            yield Rest(tuple(dict.fromkeys(cell.field for cell in row)), texts)


def _entry(letter: Letter, one: str, place: int, row: Iterable[_Cell]) -> str:
    """Return an entry in one line: what its row would have held."""
    parts = (
        ", ".join(paths.texts(letter, ".".join(filter(None, (one, str(place), cell.rest)))))
        for cell in row
    )
    return "; ".join(dict.fromkeys(part for part in parts if part))


def item(number: int, one: FormField, texts: Iterable[str]) -> AddendumItem:
    """Return an answer as the addendum prints it: a paragraph a line."""
    lines = (line.strip() for text in texts for line in text.split("\n"))
    return AddendumItem(
        number, one.label, one.name, one.page, tuple(line for line in lines if line)
    )
