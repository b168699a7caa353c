"""Exhibits: each file of a case becomes clean pages that can be bound, or a problem says why not.

Not for binding or for the size of the paper: `packet` does that. Nothing is left out in
silence: a page that cannot be read stops the packet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from priorauth import page_ranges
from priorauth.exhibits import document, pictures, texts
from priorauth.exhibits.files import locate, opened, sha256
from priorauth.exhibits.kinds import HEAD, FileKind, recognize
from priorauth.exhibits.places import Places
from priorauth.exhibits.remarks import RefusedError, error

if TYPE_CHECKING:
    from pathlib import Path

    from pikepdf import Pdf

    from priorauth.case import Case, Exhibit
    from priorauth.exhibits.document import Document
    from priorauth.exhibits.pictures import Pictures
    from priorauth.exhibits.remarks import Remarks
    from priorauth.exhibits.texts import Text
    from priorauth.problems import Problem

MOST_PAGES = 5_000


@dataclass(frozen=True)
class Enclosed:
    """One exhibit, ready to bind.

    `pages` are the numbers of the document's pages that are enclosed, counted from 1; `pdf`
    holds just these, in order, of any size and rotation. `sha256` is that of the file's bytes.
    """

    exhibit: Exhibit
    letter: str
    pages: tuple[int, ...]
    pdf: Pdf = field(repr=False)
    sha256: str
    kind: FileKind
    page_count: int  # of the whole document


@dataclass(frozen=True)
class Gathered:
    """The exhibits of a case in order; with an error among the problems nothing may be bound."""

    enclosed: tuple[Enclosed, ...]
    problems: tuple[Problem, ...]


def gather(case: Case, folder: Path, file: str = "") -> Gathered:
    """Return the exhibits of a case, whose files lie in `folder`, and every problem of them.

    `file` is the case file, which the problems name with its lines.
    """
    places = Places(file)
    enclosed: list[Enclosed] = []
    problems: list[Problem] = []
    for number, exhibit in enumerate(case.exhibits):
        letter = case.exhibit_letter(exhibit.id)
        try:
            one, remarks = _enclose(exhibit, letter, folder)
        except RefusedError as refused:
            remarks = (refused.remark,)
        else:
            enclosed.append(one)
        named = f"exhibit {letter} ({exhibit.id})"
        for remark in remarks:
            place = places.at(("exhibits", number, remark.key))
            problems.append(remark.problem(place, named))
    return Gathered(tuple(enclosed), tuple(problems))


def page_count(path: Path) -> int:
    """Return how many pages a document has; raise PriorAuthError when it cannot be read."""
    return _read(path, _kind(path)).page_count


def _enclose(exhibit: Exhibit, letter: str, folder: Path) -> tuple[Enclosed, Remarks]:
    path = locate(folder, exhibit.file)
    kind = _kind(path)
    found = _read(path, kind)
    chosen = _chosen(exhibit, found.page_count)
    pdf, remarks = found.pages(chosen)
    one = Enclosed(exhibit, letter, chosen, pdf, sha256(path), kind, found.page_count)
    return one, remarks


def _kind(path: Path) -> FileKind:
    with opened(path) as file:
        return recognize(file.read(HEAD))


def _read(path: Path, kind: FileKind) -> Document | Pictures | Text:
    if kind is FileKind.PDF:
        return document.read(path)
    return texts.read(path) if kind is FileKind.TEXT else pictures.read(path, kind)


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
