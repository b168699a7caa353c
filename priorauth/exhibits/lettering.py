"""Text in our own fonts: measured, checked and drawn.

Not for what is written: `texts` and `values` use it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from unicodedata import category, normalize

from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont

from priorauth.library import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reportlab.pdfgen.canvas import Canvas


@cache
def _font(name: str) -> TTFont:
    font = TTFont(name, str(shipped() / "templates" / "fonts" / f"{name}.ttf"))
    registerFont(font)
    return font


@dataclass(frozen=True)
class Face:
    """A font of ours, and the one with the signs that it lacks."""

    name: str
    column: float = 0.0  # in ems, where all characters have one width

    def can_draw(self, char: str) -> bool:
        """Return whether the fonts have a character."""
        return char.isascii() or self._knows(char) or ord(char) in _signs().face.charToGlyph

    def composed(self, text: str) -> str:
        """Return the text with each letter and its accents as one sign, and nothing unseen.

        A ligature or another form of a character that the fonts lack becomes the plain one.
        """
        if text.isascii():
            return text
        seen = (char for char in normalize("NFC", text) if category(char) != "Cf")
        return "".join(char if self.can_draw(char) else normalize("NFKC", char) for char in seen)

    def lacking(self, text: str) -> str:
        """Return the first character that cannot be drawn, or nothing."""
        return next((char for char in text if not self.can_draw(char)), "")

    def columns(self, text: str) -> int:
        """Return how many columns a line takes: most characters one, some two, an accent none."""
        if text.isascii():
            return len(text)
        return round(self.width(text, 1) / self.column)

    def width(self, text: str, size: float) -> float:
        """Return how wide a line is, in points."""
        if self.column and text.isascii():
            return len(text) * self.column * size
        return sum(self._measured(run, size)[0] for run in self._runs(text))

    def draw(self, canvas: Canvas, x: float, y: float, text: str, size: float) -> None:
        """Draw one line from x on."""
        for run in self._runs(text):
            width, drawn = self._measured(run, size)
            if run.strip():
                font = _font(self.name) if self._knows(run[0]) else _signs()
                canvas.setFont(font.fontName, drawn)
                canvas.drawString(x, y, run)
            x += width

    def _knows(self, char: str) -> bool:
        return ord(char) in _font(self.name).face.charToGlyph

    def _runs(self, text: str) -> Iterator[str]:
        """Yield the text in parts that one font draws; a sign of the other stands alone."""
        if text.isascii():
            yield text
            return
        run = ""
        for char in text:
            if self._knows(char):
                run += char
                continue
            if run:
                yield run
            yield char
            run = ""
        if run:
            yield run

    def _measured(self, run: str, size: float) -> tuple[float, float]:
        """Return the width of a part in points, and the size that it is drawn in."""
        if not run or self._knows(run[0]):
            return _font(self.name).stringWidth(run, size), size
        own = _signs().stringWidth(run, size)
        room = self.column * size or own
        return room, size * min(1.0, room / own)


def _signs() -> TTFont:
    return _font("LetterSymbols-Regular")


MONO = Face("NotoSansMono-Regular", 0.6)
SANS = Face("NotoSans-Regular")
