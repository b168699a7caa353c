"""Laid-out pages as tokens: each word with the block, the heading and the place where it stands.

Walks the boxes that WeasyPrint lays out; `pdf` makes them and pins its release.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from PIL import ImageFont

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.pdf import LaidOut

# A number with its points and slashes, a word, a sign: lines break only between them.
_TOKEN = re.compile(r"\d+(?:[.,:/-]\d+)*|\w+|[^\w\s]")
_COUNTED = re.compile(r"(?<![\d/])\d{1,3}(?![\d/])")  # no part of a date
_HEADINGS = ("h1", "h2", "h3")
_CELLS = ("td", "th")
_PIXELS = 96  # of a style sheet, in an inch
_TEXT = 15  # of a drawing that does not say how large its text is
_DRAWN = 40  # the size that lengths are measured at
_BLANK = 1.0  # pixels: less is the same word
_BREAKABLE = "/-"  # a line may end here inside of a word
_SHIFTS: dict[str | None, float] = {"middle": 0.5, "end": 1.0}
_EDGE = "the head and foot of the pages"
_SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Box:
    """A place on a page, in inches from its upper left corner."""

    page: int  # counted from 1
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Piece:
    """A piece of a line: its text, its page, and its place in pixels of the style sheet."""

    text: str
    page: int
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Token:
    """A word, a number or a sign as printed."""

    text: str
    piece: Piece
    start: int  # in the piece
    block: int  # tokens of one paragraph, list item or table row have one number
    cell: int
    spaced: bool  # whether a blank or the end of a line stands before it
    heading: str

    @property
    def page(self) -> int:
        """Return the page it is on, counted from 1."""
        return self.piece.page

    @property
    def box(self) -> Box:
        """Return its place: near enough to be marked, for letters differ in width."""
        piece = self.piece
        unit = piece.width / (_length(piece.text) or 1)
        left = piece.left + unit * _length(piece.text[: self.start])
        right = piece.left + unit * _length(piece.text[: self.start + len(self.text)])
        sides = (left, piece.top, right, piece.top + piece.height)
        return Box(piece.page, *(side / _PIXELS for side in sides))


def tokens(laid_out: LaidOut) -> tuple[Token, ...]:
    """Return everything that is printed, in reading order.

    The head of a page comes once, its numbers as `#`, and so does a table's head that is repeated:
    where pages break is no change of the text.
    """
    reader = _Reader()
    for number, page in enumerate(laid_out.document.pages, 1):
        reader.page(page._page_box, number)  # noqa: SLF001 - WeasyPrint shows its boxes here alone
    return tuple(reader.found)


@dataclass(frozen=True)
class _Place:
    """Where in the document a box stands."""

    page: int
    block: int = 0
    cell: int = 0
    in_row: bool = False

    def inside(self, tag: str, box: Any) -> _Place:  # noqa: ANN401 - WeasyPrint carries no types
        """Return the place of what is inside a box: its row and cell, or its paragraph."""
        own = id(box.element)
        if tag == "tr":
            return replace(self, block=own, in_row=True)
        if tag in _CELLS:
            return replace(self, cell=own)
        if _kind(box) != "BlockBox" or box.element is None:
            return self
        return replace(self, cell=own) if self.in_row else replace(self, block=own)


class _Reader:
    """Walks the boxes of a document from its first page to its last."""

    def __init__(self) -> None:
        self.found: list[Token] = []
        self._heading = ""
        self._heading_of = 0  # the element that the heading is from: it can have several lines
        self._heads: set[int] = set()  # of tables

    def page(self, page: Any, number: int) -> None:  # noqa: ANN401 - WeasyPrint carries no types
        """Read one page."""
        repeated = frozenset(self._heads)
        # The edges first: how much stands on the first page must not move them in the text.
        for box in sorted(page.children, key=lambda box: _kind(box) != "MarginBox"):
            if _kind(box) != "MarginBox":
                self._walk(box, _Place(number), repeated)
            elif number == 1:
                self._margin(box, _Place(1, block=id(box)))

    def _margin(self, box: Any, place: _Place) -> None:  # noqa: ANN401 - the same
        for child in _texts(box):
            self._text(child, _COUNTED.sub("#", child.text), place, _EDGE)

    def _walk(self, box: Any, place: _Place, repeated: frozenset[int]) -> None:  # noqa: ANN401
        tag = str(getattr(box, "element_tag", None) or "")
        if tag == "thead" and id(box.element) in repeated:
            return
        if tag == "thead":
            self._heads.add(id(box.element))
        if _kind(box) == "TextBox":
            self._head(tag, box)
            self._text(box, box.text, place, self._heading)
        elif _kind(box).endswith("ReplacedBox"):
            self._figure(box, place)
        inner = place.inside(tag, box)
        for child in getattr(box, "children", ()):
            self._walk(child, inner, repeated)

    def _head(self, tag: str, box: Any) -> None:  # noqa: ANN401 - WeasyPrint carries no types
        if tag in _HEADINGS:
            same = self._heading_of == id(box.element)
            self._heading = f"{self._heading} {box.text}" if same else box.text
            self._heading_of = id(box.element)

    def _text(self, box: Any, text: str, place: _Place, heading: str) -> None:  # noqa: ANN401
        """Take the tokens of one piece of a line."""
        at = box.position_x, box.position_y, box.width, box.height
        self._take(Piece(text, place.page, *at), place, heading)

    def _take(self, piece: Piece, place: _Place, heading: str) -> None:
        for match in _TOKEN.finditer(piece.text):
            start = match.start()
            spaced = piece.text[start - 1].isspace() if start else self._is_apart(piece)
            token = Token(match[0], piece, start, place.block, place.cell, spaced, heading)
            self.found.append(token)

    def _is_apart(self, piece: Piece) -> bool:
        """Return whether a piece of a line is set apart from what stands before it."""
        if not self.found:
            return False
        token = self.found[-1]
        last = token.piece
        if last.page != piece.page or piece.top - last.top > last.height / 2:
            return token.text not in _BREAKABLE
        return piece.left - last.left - last.width > _BLANK or last.text[-1:].isspace()

    def _figure(self, box: Any, place: _Place) -> None:  # noqa: ANN401 - WeasyPrint carries no types
        """Take the texts of a drawing, whose boxes are not laid out: their places are near."""
        drawing = box.element
        scale = box.width / float(drawing.get("width") or box.width)
        size = scale * float(drawing.get("font-size") or _TEXT)
        for label in drawing.iter(f"{_SVG}text"):
            x, y = (scale * float(label.get(key) or 0) for key in ("x", "y"))
            words = " ".join("".join(label.itertext()).split())
            width = _length(words) * size
            left = box.position_x + x - width * _SHIFTS.get(label.get("text-anchor"), 0)
            piece = Piece(words, place.page, left, box.position_y + y - size, width, size)
            own = replace(place, block=id(drawing), cell=id(label))
            self._take(piece, own, self._heading)


def _kind(box: Any) -> str:  # noqa: ANN401 - WeasyPrint carries no types
    return type(box).__name__


def _texts(box: Any) -> Iterator[Any]:  # noqa: ANN401 - the same
    if _kind(box) == "TextBox":
        yield box
    for child in getattr(box, "children", ()):
        yield from _texts(child)


@lru_cache(maxsize=4096)
def _length(text: str) -> float:
    """Return how long a text is, in its own height: near enough to find a word in its line."""
    return float(_font().getlength(text)) / _DRAWN if text else 0.0


@lru_cache(maxsize=1)
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(_DRAWN)
