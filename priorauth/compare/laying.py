"""The documents that changed, laid out: the words that changed, and where else they look different.

Not for the HTML: `documents` says which pages are worth laying out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING

from priorauth import fax, preview
from priorauth.compare.marks import look
from priorauth.compare.pages import tokens
from priorauth.compare.passages import passages
from priorauth.pdf import LayoutError, Printer
from priorauth.problems import Place, Problem, Severity

if TYPE_CHECKING:
    from datetime import date

    from PIL.Image import Image

    from priorauth.compare.documents import Group, Made, Pair
    from priorauth.compare.pages import Box, Token
    from priorauth.compare.passages import Passage
    from priorauth.compare.side import Side
    from priorauth.pdf import LaidOut

DOTS = 100  # an inch of a page picture


@dataclass(frozen=True)
class Sheets:
    """One side of a document as pages; none where it could not be made."""

    laid_out: LaidOut | None = field(repr=False)
    printer: Printer | None = field(repr=False)
    day: date

    @property
    def count(self) -> int:
        """Return how many pages there are."""
        return len(self.laid_out) if self.laid_out else 0

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """Return what is printed on them."""
        return tokens(self.laid_out) if self.laid_out else ()

    @cached_property
    def pictures(self) -> tuple[Image, ...]:
        """Return each page as a picture in grey."""
        if self.laid_out is None or self.printer is None:
            return ()
        return tuple(fax.pictures(self.printer.write([self.laid_out], self.day), DOTS))


@dataclass(frozen=True)
class Change:
    """How one document changed, for itself and for those that changed in the same way."""

    group: Group
    old: Sheets = field(repr=False)
    new: Sheets = field(repr=False)
    passages: tuple[Passage, ...] = field(repr=False)

    @property
    def pair(self) -> Pair:
        """Return the document that is shown."""
        return self.group.shown

    @cached_property
    def looks(self) -> tuple[tuple[int, tuple[Box, ...]], ...]:
        """Return the pages that look different though they say the same, with the places.

        Only where no word changed: else what follows a change stands elsewhere for that alone.
        """
        if self.passages:
            return ()
        both = zip_longest(self.old.pictures, self.new.pictures)
        found = [(n, look(one, other, n, DOTS)) for n, (one, other) in enumerate(both, 1)]
        return tuple((number, places) for number, places in found if places)

    @property
    def is_seen(self) -> bool:
        """Return whether a reader of the pages can see the change."""
        return bool(not self.is_whole or self.passages or self.looks)

    @property
    def is_whole(self) -> bool:
        """Return whether both libraries could make the document."""
        return bool(self.old.count and self.new.count)

    @property
    def spreads(self) -> tuple[tuple[int, int], ...]:
        """Return which pages to lay beside each other, old and new: those with a change."""
        if not self.passages:
            return tuple((number, number) for number, _ in self.looks)
        found: set[tuple[int, int]] = set()
        for passage in self.passages:
            old, new = passage.old.pages, passage.new.pages
            longest = max(len(old), len(new))
            last = [(*side, *side[-1:] * (longest - len(side))) for side in (old, new)]
            found.update(zip(*last, strict=True))
        return tuple(sorted(found))

    def boxes(self, page: int, *, new: bool) -> tuple[Box, ...]:
        """Return the places that changed on one page of a side."""
        if not self.passages:
            return next((places for number, places in self.looks if number == page), ())
        texts = (one.new if new else one.old for one in self.passages)
        return tuple(box for text in texts for box in text.boxes if box.page == page)


class Layout:
    """Lays out the documents of both libraries; reads their style sheets when first needed."""

    def __init__(self, old: Side, new: Side) -> None:
        """Remember the libraries."""
        self._sides = old, new
        self._printers: dict[str, Printer | None] = {}
        self.problems: list[Problem] = []

    def change(self, group: Group) -> Change:
        """Return how the document that stands for a group changed."""
        old, new = self._sides
        pair = group.shown
        before, after = self._sheets(old, pair.old, pair), self._sheets(new, pair.new, pair)
        found = passages(before.tokens, after.tokens) if before.count and after.count else ()
        return Change(group, before, after, found)

    def _sheets(self, side: Side, made: Made, pair: Pair) -> Sheets:
        printer = self._printer(side) if made.html else None
        if printer is None:
            return Sheets(None, None, pair.subject.day)
        style = preview.DOCUMENTS[pair.document]
        try:
            return Sheets(printer.lay_out(made.html, style=style), printer, pair.subject.day)
        except LayoutError as error:
            self._failed(side, f"templates/{pair.document}.html", error)
            return Sheets(None, None, pair.subject.day)

    def _printer(self, side: Side) -> Printer | None:
        if side.name not in self._printers:
            self._printers[side.name] = None
            try:
                folders = side.library.template_folders
                self._printers[side.name] = Printer(folders, invented=True)
            except LayoutError as error:
                self._failed(side, "templates/print.css", error)
        return self._printers[side.name]

    def _failed(self, side: Side, file: str, error: LayoutError) -> None:
        problem = Problem(Severity.ERROR, Place(file), str(error).rstrip("."), "")
        told = side.told(problem)
        if told not in self.problems:
            self.problems.append(told)
