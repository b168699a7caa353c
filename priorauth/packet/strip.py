"""The strip at the foot of every packet page: whose it is, which document, which page.

Not for placing it: that is `sheets`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING

from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas

from priorauth.problems import PriorAuthError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

# In points, on US Letter.
WIDTH, HEIGHT = 612.0, 792.0
MARGIN = 51.0  # as wide as the letter's own
SIZE = 10.0
LEADING = 12.0
BOTTOM = 17.0  # fax machines and printers lose what is nearer to the edge
ABOVE = 4.0  # from the upper line to the rule, and from the rule to the page

# The serif tells I from l and 1, and so do the programs that read faxes.
_FONT_FILE = "fonts/NotoSerif-Regular.ttf"


class NoFontError(PriorAuthError):
    """The font of the strip is not there or cannot be read."""

    def __init__(self) -> None:
        """Say which, and what to do."""
        super().__init__(
            f"The foot of the pages cannot be printed: templates/{_FONT_FILE} is missing or "
            "damaged. Put the shipped one there."
        )


class LackingCharacterError(PriorAuthError):
    """The font of the strip lacks a character of the case."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(
            "The foot of the pages cannot be printed: the case holds a character that its font "
            "lacks. Write it in Latin letters, as on the member's card."
        )


@dataclass(frozen=True)
class Strip:
    """What one page says of itself; `identity` is the same on every page."""

    identity: str = field(repr=False)
    place: str = field(repr=False)
    page: str
    notice: str = ""  # a line of its own above the others


def height(one: Strip, folders: Iterable[Path]) -> float:
    """Return how high a strip is, in points from the page's lower edge to free space."""
    return _top(_lines(one.notice, one.identity, _font(folders))) + ABOVE


def _top(lines: Sequence[str]) -> float:
    """Return where the rule above these lines is drawn, the place and page being below them."""
    return BOTTOM + LEADING * (len(lines) + 1) + ABOVE


def draw(strips: Sequence[Strip], folders: Iterable[Path]) -> bytes:
    """Return a PDF with one page a strip, each as wide as US Letter; the same bytes each time.

    Raises NoFontError or LackingCharacterError.
    """
    font = _font(folders)
    _refuse_unprintable(strips, font)
    target = BytesIO()
    canvas = Canvas(target, invariant=True)
    lines_by_notice = {
        notice: _lines(notice, strips[0].identity, font) for notice in {s.notice for s in strips}
    }
    for strip in strips:
        lines = lines_by_notice[strip.notice]
        top = _top(lines)
        canvas.setPageSize((WIDTH, top + ABOVE))
        canvas.setLineWidth(0.75)
        canvas.line(MARGIN, top, WIDTH - MARGIN, top)
        canvas.setFont(font.fontName, SIZE)
        for row, line in enumerate(reversed(lines), 1):
            canvas.drawString(MARGIN, BOTTOM + LEADING * row, line)
        canvas.drawString(MARGIN, BOTTOM, strip.place)
        canvas.drawRightString(WIDTH - MARGIN, BOTTOM, strip.page)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def _lines(notice: str, identity: str, font: TTFont) -> list[str]:
    """Return the lines of a strip above the last one."""
    return [
        line
        for text in (notice, identity)
        for line in simpleSplit(text, font.fontName, SIZE, WIDTH - 2 * MARGIN)
    ]


def _font(folders: Iterable[Path]) -> TTFont:
    """Return the strip's font, the first that the template folders hold."""
    for folder in folders:
        path = folder / _FONT_FILE
        if path.is_file():
            return _read(path, path.stat().st_mtime_ns)
    raise NoFontError


@lru_cache(maxsize=2)  # the shipped one and an administrator's own: every exhibit asks for it
def _read(path: Path, changed: int) -> TTFont:
    """Return the font of a file that was last changed at that time."""
    del changed
    try:
        font = TTFont(f"Strip {path}", str(path))
    except TTFError:
        raise NoFontError from None
    registerFont(font)
    return font


def _refuse_unprintable(strips: Iterable[Strip], font: TTFont) -> None:
    known = font.face.charToGlyph
    for strip in strips:
        if any(
            ord(char) not in known
            for char in strip.identity + strip.place + strip.page + strip.notice
        ):
            raise LackingCharacterError
