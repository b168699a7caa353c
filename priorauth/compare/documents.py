"""The documents of each case by both libraries, as HTML, and which of them changed alike.

Not for how they look: pages are laid out only where the HTML or the style is not the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from priorauth.render import BadTemplateError, render

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from priorauth.compare.side import Side
    from priorauth.compare.subjects import Subject
    from priorauth.letter import Letter
    from priorauth.problems import Problem

_LOOKS = (".css", ".ttf", ".otf", ".woff", ".woff2", ".svg", ".png", ".jpg", ".jpeg")
_BLOCK = re.compile(
    r"\s*(</?(?:p|div|table|thead|tbody|tr|td|th|ul|ol|li|h[1-6]|figure|figcaption|svg|html|head|"
    r"body|title|meta|br|section)\b[^>]*>)\s*"
)
Lines = tuple[str, ...]


@dataclass(frozen=True)
class Made:
    """A document as HTML, or what kept it from being made."""

    html: str = field(default="", repr=False)
    problem: Problem | None = None


@dataclass(frozen=True)
class Pair:
    """One document of one case, made by both libraries."""

    subject: Subject
    document: str  # letter, cover or addendum
    old: Made
    new: Made

    @property
    def title(self) -> str:
        """Return what the reader calls it."""
        kind = "" if self.document == "letter" else f", {self.document}"
        return f"{self.subject.title}{kind}"

    @property
    def differs(self) -> bool:
        """Return whether the HTML is not the same, or only one side could make it."""
        return self.old.html != self.new.html and _lines(self.old.html) != _lines(self.new.html)

    def signature(self) -> tuple[object, ...]:
        """Return what changed in the HTML: of two documents with the same, one shows both."""
        if not (self.old.html and self.new.html):
            return self.document, self.old.problem, self.new.problem
        one, other = _lines(self.old.html), _lines(self.new.html)
        return (self.document, *_replaced(one, other))


@dataclass(frozen=True)
class Group:
    """Documents whose HTML changed in the very same way; the first one is laid out."""

    pairs: tuple[Pair, ...]

    @property
    def shown(self) -> Pair:
        """Return the one that stands for all."""
        return self.pairs[0]


def made(subject: Subject, letter: Letter, side: Side, document: str) -> Made:
    """Return a document of a case by one library's templates."""
    template = f"{document}.html"
    try:
        folders = side.library.template_folders
        html = render(letter, folders, subject.payer, template)
        # A draft can name a file of the library; where the library lies is no change of the letter.
        lies = f"{side.root}/"
        return Made(html if lies == "./" else html.replace(lies, ""))
    except BadTemplateError as error:
        return Made(problem=side.told(error.problem))


def restyled(paths: Iterable[str]) -> bool:
    """Return whether one of these files changes how a page looks, whatever its HTML."""
    return any(path.startswith("templates/") and path.endswith(_LOOKS) for path in paths)


def grouped(pairs: Iterable[Pair], *, looks: bool) -> tuple[Group, ...]:
    """Return the documents to lay out, those that changed in one way together.

    With `looks` also each sample's with its own payer, for a style that is not the same.
    """
    found: dict[tuple[object, ...], list[Pair]] = {}
    for pair in pairs:
        if pair.differs:
            found.setdefault(pair.signature(), []).append(pair)
        elif looks and pair.subject.own and pair.new.html:
            found[pair.document, pair.subject.title] = [pair]
    return tuple(Group(tuple(_own_first(group))) for group in found.values())


def _own_first(pairs: list[Pair]) -> list[Pair]:
    return sorted(pairs, key=lambda pair: not pair.subject.own)


def _lines(html: str) -> list[str]:
    """Return HTML in lines, without the blanks that no page shows: those beside blocks."""
    apart = _BLOCK.sub(r"\n\1\n", html)
    return [" ".join(line.split()) for line in apart.split("\n") if line.strip()]


def _replaced(old: list[str], new: list[str]) -> Iterator[tuple[Lines, Lines]]:
    """Yield the lines that stand in place of each other."""
    first = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), 0)
    old, new = old[first:], new[first:]
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield tuple(old[i:j]), tuple(new[k:m])
