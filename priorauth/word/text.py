"""Running text of HTML: its pieces with their looks, blanks as HTML shows them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

_BLANKS = re.compile(r"[ \t\r\n\f]+")  # not the blank that keeps words together
_TIE = "\N{NO-BREAK SPACE}"
BREAK = "\n"


@dataclass(frozen=True)
class Look:
    """How a piece of text is printed."""

    bold: bool = False
    italic: bool = False
    together: bool = False  # on one line


@dataclass(frozen=True)
class Piece:
    """A piece of text of one look; BREAK begins a new line."""

    text: str
    look: Look


def classes(element: HtmlElement) -> frozenset[str]:
    """Return the classes of an element."""
    return frozenset((element.get("class") or "").split())


def look_of(element: HtmlElement, around: Look) -> Look:
    """Return the look of an element's text, as print.css gives it, in text of a look."""
    found = classes(element)
    if element.tag in ("strong", "b") or found & {"finding", "request", "practice"}:
        around = replace(around, bold=True)
    if element.tag in ("th", "td"):
        around = replace(around, bold=_is_bold(element) or "finding" in found)
    if element.tag in ("em", "i"):
        around = replace(around, italic=True)
    if "cite" in found:
        around = replace(around, together=True)
    if "light" in found:
        around = replace(around, bold=False)
    return around


def _is_bold(cell: HtmlElement) -> bool:
    """Return whether a cell is bold: heads are, but in pairs of label and value the value is."""
    in_pairs = any("pairs" in classes(table) for table in cell.iterancestors("table"))
    return bool(cell.tag == "th") != in_pairs


def piece(text: str | None, look: Look) -> Piece:
    """Return a piece of HTML's text."""
    return Piece(_BLANKS.sub(_TIE if look.together else " ", text or ""), look)


def pieces(element: HtmlElement, around: Look) -> Iterator[Piece]:
    """Yield the text of an element within a line, and of what is in it."""
    look = look_of(element, around)
    if element.tag == "br":
        yield Piece(BREAK, look)
    yield piece(element.text, look)
    for child in element:
        if isinstance(child.tag, str):
            yield from pieces(child, look)
        yield piece(child.tail, look)


def tidy(found: Iterable[Piece]) -> list[Piece]:
    """Return the pieces of a paragraph as HTML shows them: no blank twice, none at an edge."""
    kept: list[Piece] = []
    for piece in found:
        at_edge = not kept or kept[-1].text.endswith((" ", BREAK))
        text = piece.text.removeprefix(" ") if at_edge else piece.text
        if piece.text == BREAK:
            _trim(kept)
        if text:
            kept.append(replace(piece, text=text))
    _trim(kept)
    return kept


def _trim(kept: list[Piece]) -> None:
    """Take the blank off the end."""
    while kept and kept[-1].text != BREAK and kept[-1].text.endswith(" "):
        last = kept.pop()
        if last.text.rstrip(" "):
            kept.append(replace(last, text=last.text.rstrip(" ")))
