"""Exhibits: each file of a case becomes clean pages that can be bound, or a problem says why not.

Not for binding or for the size of the paper: `packet` does that. Nothing is left out in
silence: a page that cannot be read stops the packet.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from priorauth import page_ranges
from priorauth.exhibits.evidence import Extent, misplaced
from priorauth.exhibits.files import locate, opened, sha256
from priorauth.exhibits.kinds import HEAD, FileKind, recognize
from priorauth.exhibits.necessary import Use, uses
from priorauth.exhibits.places import Places
from priorauth.exhibits.remarks import RefusedError, error
from priorauth.silent import silent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pikepdf import Pdf

    from priorauth.case import Case, Exhibit
    from priorauth.exhibits.document import Document
    from priorauth.exhibits.keeping import Kept
    from priorauth.exhibits.pictures import Pictures
    from priorauth.exhibits.remarks import Remarks
    from priorauth.exhibits.texts import Text
    from priorauth.problems import Problem

__all__ = [
    "MOST_PAGES",
    "Enclosed",
    "Gathered",
    "Use",
    "gather",
    "glance",
    "locate",
    "page_count",
    "survey",
    "uses",
]

MOST_PAGES = 5_000


@silent
class Enclosed(NamedTuple):
    """One exhibit, ready to bind.

    `pages` are the numbers of the document's pages that are enclosed, counted from 1; `pdf`
    holds just these, in order, of any size and rotation: all that a viewer shows of a page is
    its MediaBox. `sha256` is that of the file's bytes.
    """

    exhibit: Exhibit
    letter: str
    pages: tuple[int, ...]
    kept: Kept
    sha256: str
    kind: FileKind
    page_count: int  # of the whole document

    @property
    def pdf(self) -> Pdf:
        """Return the pages that are enclosed, in order."""
        return self.kept.pdf


class Gathered(NamedTuple):
    """The exhibits of a case in order; with an error among the problems nothing may be bound."""

    enclosed: tuple[Enclosed, ...]
    problems: tuple[Problem, ...]


def gather(case: Case, folder: Path, file: str = "") -> Gathered:
    """Return the exhibits of a case, whose files lie in `folder`, and every problem of them.

    `file` is the case file, which the problems name with its lines.
    """
    look = _Look(case, Places(file))
    found = look.open_all(folder)
    enclosed = () if look.too_many(found) else tuple(look.enclose(found))
    return Gathered(enclosed, look.problems)


def glance(case: Case, folder: Path, file: str = "") -> tuple[Problem, ...]:
    """Return what is wrong with the exhibits as far as their first bytes tell, in a moment.

    These are files that are not there, lie outside the folder, are empty, or are no document.
    """
    look = _Look(case, Places(file))
    look.find_all(folder)
    return look.problems


def survey(case: Case, folder: Path, file: str = "") -> tuple[Problem, ...]:
    """Return what is wrong with the exhibits as far as their page counts tell, quickly.

    These are files that are not there or cannot be opened, and pages that they do not have.
    """
    look = _Look(case, Places(file))
    look.too_many(look.open_all(folder))
    return look.problems


def page_count(path: Path) -> int:
    """Return how many pages a document has; raise PriorAuthError when it cannot be read."""
    return _read(path, _kind(path)).page_count


@silent
class _Found(NamedTuple):
    """One exhibit whose file could be opened, and the pages of it that are wanted."""

    number: int
    path: Path
    kind: FileKind
    document: Document | Pictures | Text
    pages: tuple[int, ...]


class _Look:
    """One look at all exhibits of a case, which goes on after a problem and keeps each."""

    def __init__(self, case: Case, places: Places) -> None:
        self._case = case
        self._places = places
        self._told: list[tuple[int, Problem]] = []  # with the exhibit's number
        self._extents: dict[str, Extent] = {}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return the problems of the exhibits in order, then those of the evidence."""
        told = sorted(self._told, key=lambda one: one[0])
        cited = misplaced(self._case, self._extents, self._places)
        in_order = sorted(cited, key=lambda one: one.place.line)
        return (*(problem for _, problem in told), *in_order)

    def find_all(self, folder: Path) -> None:
        """Look whether each exhibit is there, and a document of a kind that can be enclosed."""
        for number, exhibit in enumerate(self._case.exhibits):
            with self._refusing(number):
                _kind(locate(folder, exhibit.file))

    def open_all(self, folder: Path) -> list[_Found]:
        """Return the exhibits that can be opened and have the pages that are wanted."""
        found = []
        for number, exhibit in enumerate(self._case.exhibits):
            with self._refusing(number):
                one = _open(number, exhibit, folder)
                count = one.document.page_count
                self._extents[exhibit.id] = Extent(self._named(number), count, one.pages)
                found.append(one)
        return found

    def too_many(self, found: Iterable[_Found]) -> bool:
        """Return whether the exhibits have more pages together than a packet takes."""
        total = sum(len(one.pages) for one in found)
        if total > MOST_PAGES:
            what = f"the exhibits have {total:,} pages together; a packet takes {MOST_PAGES:,}"
            fix = "Enclose only the pages that a reviewer needs, with `pages:`."
            place = self._places.at(("exhibits",))
            self._told.append((-1, error(what, fix).problem(place, "")))
        return total > MOST_PAGES

    def enclose(self, found: list[_Found]) -> Iterator[Enclosed]:
        """Yield the pages of each exhibit that can be read whole, and let go of what is read."""
        from priorauth.exhibits.keeping import keep  # noqa: PLC0415 - `check` must start quickly

        while found:
            one = found.pop(0)
            exhibit = self._case.exhibits[one.number]
            with self._refusing(one.number):
                pdf, remarks = one.document.pages(one.pages)
                self._say(one.number, remarks)
                yield Enclosed(
                    exhibit=exhibit,
                    letter=self._case.exhibit_letter(exhibit.id),
                    pages=one.pages,
                    kept=keep(pdf),
                    sha256=sha256(one.path),
                    kind=one.kind,
                    page_count=one.document.page_count,
                )

    @contextmanager
    def _refusing(self, number: int) -> Iterator[None]:
        try:
            yield
        except RefusedError as refused:
            self._say(number, (refused.remark,))

    def _say(self, number: int, remarks: Remarks) -> None:
        for remark in remarks:
            place = self._places.at(("exhibits", number, remark.key))
            self._told.append((number, remark.problem(place, self._named(number))))

    def _named(self, number: int) -> str:
        exhibit = self._case.exhibits[number]
        return f"exhibit {self._case.exhibit_letter(exhibit.id)} ({exhibit.id})"


def _open(number: int, exhibit: Exhibit, folder: Path) -> _Found:
    path = locate(folder, exhibit.file)
    kind = _kind(path)
    document = _read(path, kind)
    return _Found(number, path, kind, document, _chosen(exhibit, document.page_count))


def _kind(path: Path) -> FileKind:
    with opened(path) as file:
        return recognize(file.read(HEAD))


def _read(path: Path, kind: FileKind) -> Document | Pictures | Text:
    """Return a document, not yet looked at; brings in only what reads its kind."""
    if kind is FileKind.PDF:
        from priorauth.exhibits import document  # noqa: PLC0415 - `check` must start quickly

        return document.read(path)
    if kind is FileKind.TEXT:
        from priorauth.exhibits import texts  # noqa: PLC0415 - the same

        return texts.read(path)
    from priorauth.exhibits import pictures  # noqa: PLC0415 - the same

    return pictures.read(path, kind)


def _chosen(exhibit: Exhibit, count: int) -> tuple[int, ...]:
    """Return the numbers of the pages to enclose; raise RefusedError when one is not there."""
    if not exhibit.pages:
        return tuple(range(1, count + 1))
    ranges = page_ranges.parse(exhibit.pages)
    if ranges[-1][1] > count:
        has = "has 1 page" if count == 1 else f"has {count:,} pages"
        what = f"`pages:` names a page that {{it}} does not have: it {has}"
        fix = "Write the pages that are there, or leave `pages:` out for all."
        raise RefusedError(error(what, fix, "pages"))
    return page_ranges.numbers(ranges)
