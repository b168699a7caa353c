"""Plain text on pages of US Letter, so that columns stay columns and nothing is cut.

Not for text with a form of its own, such as HTML or RTF: that is saved as PDF first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING

from pikepdf import Pdf
from reportlab.pdfgen.canvas import Canvas

from priorauth.exhibits.lettering import MONO
from priorauth.exhibits.remarks import RefusedError, Remarks, error

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

PAGE = (612.0, 792.0)  # points: US Letter
MARGIN = 42.0
COLUMNS = 80
MOST_COLUMNS = 110  # past which lines are prose, and are wrapped
LEADING = 1.28  # of the size
MOST_BYTES = 5_000_000
_TAB = 8
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_CONTROL_BYTE = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_LINES = re.compile(r"\r\n|[\n\r\v\x85\u2028\u2029]")
_NOT_UTF8 = error(
    "{it} is text, but not in the encoding UTF-8: it cannot be read with certainty",
    'Save it again as plain text with the encoding "UTF-8", or print it to a PDF.',
)
_NO_TEXT = error(
    "{it} is no PDF, no picture and no plain text",
    "Open it in the program that made it, and print or save it as PDF.",
)
_BLANK = error("{it} is a text file without a word", "Save it again: the copy has failed.")
_TOO_LONG = error(
    f"{{it}} is a text of more than {MOST_BYTES // 1_000_000} MB",
    "Save the part that a reviewer needs as a file of its own.",
)

_Sheet = tuple[str, ...]  # the lines of a page


@dataclass(frozen=True)
class Text:
    """A plain text, laid out: its pages as lines, all in one size, in points."""

    sheets: tuple[_Sheet, ...] = field(repr=False)
    size: float

    @property
    def page_count(self) -> int:
        """Return how many pages it fills."""
        return len(self.sheets)

    def pages(self, numbers: Sequence[int]) -> tuple[Pdf, Remarks]:
        """Return these pages as a PDF."""
        target = BytesIO()
        canvas = Canvas(target, pagesize=PAGE, invariant=True)
        for number in numbers:
            y = PAGE[1] - MARGIN - self.size
            for line in self.sheets[number - 1]:
                MONO.draw(canvas, MARGIN, y, line, self.size)
                y -= self.size * LEADING
            canvas.showPage()
        canvas.save()
        new = Pdf.new()  # without what the canvas says of itself
        new.pages.extend(Pdf.open(target).pages)
        return new, ()


def read(path: Path) -> Text:
    """Return a text file laid out on pages; raise RefusedError when it is no plain text."""
    with path.open("rb") as file:
        raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise RefusedError(_TOO_LONG)
    text = _decoded(raw)
    if not text.strip():
        raise RefusedError(_BLANK)
    parts = _parts(MONO.composed(text).rstrip())
    longest = max(MONO.columns(line) for part in parts for line in part)
    columns = longest if COLUMNS < longest <= MOST_COLUMNS else COLUMNS
    size = (PAGE[0] - 2 * MARGIN) / (MONO.column * columns)
    most = int((PAGE[1] - 2 * MARGIN) / (size * LEADING))
    return Text(tuple(sheet for part in parts for sheet in _sheets(part, columns, most)), size)


def _decoded(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise RefusedError(_NOT_UTF8)
    raw = raw.removesuffix(b"\x1a")  # how old programs end a text
    if _CONTROL_BYTE.search(raw):
        raise RefusedError(_NO_TEXT)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RefusedError(_NOT_UTF8) from None
    if _CONTROL.search(text):
        raise RefusedError(_NO_TEXT)
    return text


def _parts(text: str) -> list[list[str]]:
    """Return the lines between form feeds, with blanks for tabs; raise RefusedError."""
    parts: list[list[str]] = [[]]
    number = 1
    for line in _LINES.split(text):
        lacking = MONO.lacking(line)
        if lacking:
            what = f"line {number} of {{it}} has a character that our font lacks"
            fix = "Print it to a PDF in the program that shows it."
            raise RefusedError(error(f"{what} (U+{ord(lacking):04X})", fix))
        first, *others = (part.expandtabs(_TAB).rstrip() for part in line.split("\f"))
        parts[-1].append(first)
        parts += [[other] for other in others]
        number += 1
    return parts


def _sheets(lines: list[str], columns: int, most: int) -> Iterator[_Sheet]:
    """Yield the lines of each page; one page also for none."""
    wrapped = [part for line in lines for part in _wrapped(line, columns)]
    while wrapped and not wrapped[-1]:
        wrapped.pop()
    for start in range(0, max(len(wrapped), 1), most):
        yield tuple(wrapped[start : start + most])


def _wrapped(line: str, most: int) -> Iterator[str]:
    """Yield a line in parts of at most so many columns, cut at blanks where there are any."""
    start = 0
    while MONO.columns(line[start : start + most + 1]) > most:
        end = start + _end(line[start : start + most + 1], most)
        blank = line.rfind(" ", start, end + 1)
        cut = blank if line[start:blank].strip() and blank > start else end
        yield line[start:cut].rstrip()
        start = cut
        while line[start] == " ":
            start += 1
    yield line[start:]


def _end(line: str, most: int) -> int:
    """Return how many characters of a line take at most so many columns."""
    if line.isascii():
        return min(most, len(line))
    taken = 0
    for place, char in enumerate(line):
        taken += MONO.columns(char)
        if taken > most:
            return place
    return len(line)
