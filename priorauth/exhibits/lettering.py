"""Letters on a page in our own fixed-width font: measured, checked and drawn.

Not for what is written: `texts` and `fields` use it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING
from unicodedata import category, normalize

from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont

from priorauth.library import shipped

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

WIDTH = 0.6  # of a column, in ems


@cache
def _font(name: str) -> TTFont:
    font = TTFont(name, str(shipped() / "templates" / "fonts" / f"{name}.ttf"))
    registerFont(font)
    return font


def _fonts() -> tuple[TTFont, TTFont]:
    """Return the font of letters, and the one of the signs that it lacks."""
    return _font("NotoSansMono-Regular"), _font("LetterSymbols-Regular")


def composed(text: str) -> str:
    """Return the text with each letter and its accents as one sign, and nothing unseen.

    A ligature or another form of a character that the fonts lack becomes the plain one.
    """
    if text.isascii():
        return text
    seen = (char for char in normalize("NFC", text) if category(char) != "Cf")
    return "".join(char if can_draw(char) else normalize("NFKC", char) for char in seen)


def can_draw(char: str) -> bool:
    """Return whether the fonts have a character."""
    return char.isascii() or any(ord(char) in font.face.charToGlyph for font in _fonts())


def columns(text: str) -> int:
    """Return how many columns a line takes: most characters one, some two, an accent none."""
    return len(text) if text.isascii() else sum(column(char) for char in text)


def column(char: str) -> int:
    """Return how many columns one character takes."""
    if char.isascii():
        return 1
    letters = _fonts()[0].face
    found = letters.charWidths.get(ord(char), letters.defaultWidth)
    return round(found / (1000 * WIDTH)) if ord(char) in letters.charToGlyph else 1


def draw(canvas: Canvas, x: float, y: float, text: str, size: float) -> None:
    """Draw one line, each character in its column."""
    letters, signs = _fonts()
    known = letters.face.charToGlyph
    run, start, place = "", x, x
    for char in text:
        if ord(char) in known:
            run += char
        else:
            _string(canvas, letters, start, y, run, size)
            room = size * WIDTH
            narrow = size * min(1, room / signs.stringWidth(char, size))
            _string(canvas, signs, place, y, char, narrow)
            run, start = "", place + room
        place += size * WIDTH * column(char)
    _string(canvas, letters, start, y, run, size)


def _string(canvas: Canvas, font: TTFont, x: float, y: float, text: str, size: float) -> None:  # noqa: PLR0913, PLR0917
    if text.strip():
        canvas.setFont(font.fontName, size)
        canvas.drawString(x, y, text)
