"""Where in the enclosures a fact stands, as the letter cites it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from priorauth.letter.contract import Cite, Content, Packet
from priorauth.silent import Silent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from priorauth.case import Case
    from priorauth.history import Evidence


@dataclass(frozen=True, repr=False)
class Part(Silent):
    """One document of a packet with its packet pages, both ends included and counted from 1."""

    title: str
    first: int
    last: int
    kind: str = ""
    exhibit: str = ""
    letter: str = ""
    pages: tuple[int, ...] = ()  # which of an exhibit's own pages are enclosed

    @property
    def span(self) -> str:
        """Return its packet pages in words: `12` or `12 to 15`."""
        return str(self.first) if self.first == self.last else f"{self.first} to {self.last}"


@dataclass(frozen=True, repr=False)
class Numbering(Silent):
    """The documents of a packet in their order, and so the packet page of everything in it."""

    parts: tuple[Part, ...]

    @property
    def total(self) -> int:
        """Return how many pages the packet has."""
        return self.parts[-1].last

    @property
    def letter_pages(self) -> str:
        """Return the letter's packet pages in words; empty for a packet without one."""
        return next((part.span for part in self.parts if part.kind == "letter"), "")

    def part(self, exhibit: str) -> Part:
        """Return an exhibit's place; raises LookupError when it is not enclosed."""
        for part in self.parts:
            if part.exhibit == exhibit:
                return part
        raise LookupError

    def page(self, evidence: Evidence) -> int:
        """Return the packet page of a page of an exhibit; raises ValueError when not enclosed."""
        part = self.part(evidence.exhibit)
        return part.first + part.pages.index(evidence.page)


class Citer:
    """Turns evidence into exhibit letters and pages, and in a packet into its pages."""

    def __init__(self, case: Case, numbering: Numbering | None = None) -> None:
        """Remember the letter of each exhibit."""
        self._letters: Mapping[str, str] = {e.id: case.exhibit_letter(e.id) for e in case.exhibits}
        self._numbering = numbering

    def __call__(self, found: Iterable[Evidence]) -> tuple[Cite, ...]:
        """Return each place once: in the order given, or of the packet's pages."""
        cites = [self._cite(one) for one in dict.fromkeys(found)]
        return tuple(sorted(cites, key=lambda cite: cite.packet_page))

    def _cite(self, one: Evidence) -> Cite:
        letter = self._letters[one.exhibit]
        if self._numbering is None:
            return Cite(letter, one.page, 0, f"Ex. {letter} p. {one.page}")
        page = self._numbering.page(one)
        return Cite(letter, one.page, page, f"p. {page} ({letter}-{one.page})")


def packet(numbering: Numbering) -> Packet:
    """Return what a template may say of the packet as a whole."""
    return Packet(
        numbering.total,
        tuple(Content(part.letter, part.title, part.first, part.span) for part in numbering.parts),
    )


def ranges(pages: Iterable[int]) -> str:
    """Return page numbers in words, runs drawn together: `1, 3 to 5`."""
    found = sorted(set(pages))
    breaks = [0, *(i for i, (a, b) in enumerate(pairwise(found), 1) if b > a + 1), len(found)]
    runs = [found[start:end] for start, end in pairwise(breaks) if start < end]
    return ", ".join(str(r[0]) if len(r) == 1 else f"{r[0]} to {r[-1]}" for r in runs)
