"""Text into a box: measured with the very letters it is drawn with, smaller if it must be.

What does not fit at a size that can still be read does not fit: nothing is ever cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from priorauth.forms.fonts import face_for, width_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from priorauth.forms.fonts import Face

READABLE = 8.0  # points: below it, a fax at 204 x 98 dots loses the letters
LARGEST = 12.0  # points: where the form leaves the size open
_STEP = 0.5
_LEADING = 1.15  # from line to line, in sizes
_DEPTH = 0.25  # below the line, in sizes
_OVERHANG = 0.92  # accents above the line, in sizes


@dataclass(frozen=True)
class Box:
    """What a field gives the text: its room in points, and how the form wants it set."""

    width: float
    height: float
    size: float = 0.0  # 0: as fits
    padding: float = 2.0
    multiline: bool = False
    cells: int = 0  # of a comb: a box for each character
    most: int | None = None  # characters
    align: int = 0  # 0 left, 1 center, 2 right

    @property
    def inner(self) -> float:
        """Return the width inside the padding."""
        return self.width - 2 * self.padding


@dataclass(frozen=True)
class Line:
    """A line of text with the left end of its base line, from the box's bottom left."""

    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Setting:
    """Text as it stands in its box."""

    lines: tuple[Line, ...]
    size: float
    face: Face


def fit(text: str, box: Box, faces: Iterable[Face]) -> Setting | None:
    """Return the text as large as the form wants it or as it fits; None when it does not fit.

    Raises LackingError when no face has every character.
    """
    if box.most is not None and len(text) > box.most:
        return None
    if "\n" in text and not box.multiline:
        text = " ".join(text.split())
    face = face_for(text, faces)
    for size in _sizes(box):
        lines = _lines(text, box, face, size)
        if lines is not None:
            return Setting(lines, size, face)
    return None


def _sizes(box: Box) -> Iterator[float]:
    """Yield the sizes to try: the form's own, then smaller ones that can still be read."""
    size = box.size or LARGEST
    yield size
    while size > READABLE:
        size = max(size - _STEP, READABLE)
        yield size


def _lines(text: str, box: Box, face: Face, size: float) -> tuple[Line, ...] | None:
    if box.cells:
        return _comb(text, box, face, size)
    return _block(text, box, face, size) if box.multiline else _single(text, box, face, size)


def _single(text: str, box: Box, face: Face, size: float) -> tuple[Line, ...] | None:
    wide = width_of(text, face, size)
    if wide > box.inner or _OVERHANG * size > box.height:
        return None
    return (Line(text, _left(wide, box), _base(box, face, size)),)


def _base(box: Box, face: Face, size: float) -> float:
    """Return the height of the base line that puts capitals into the middle of the box."""
    return max((box.height - face[0].cap_height * size / 1000) / 2, 0.0)


def _left(wide: float, box: Box) -> float:
    free = box.inner - wide
    return box.padding + free * (0.0, 0.5, 1.0)[box.align]


def _comb(text: str, box: Box, face: Face, size: float) -> tuple[Line, ...] | None:
    cell = box.width / box.cells
    widths = [width_of(one, face, size) for one in text]
    if len(text) > box.cells or any(wide > cell for wide in widths) or size > box.height:
        return None
    first = (0, (box.cells - len(text)) // 2, box.cells - len(text))[box.align]
    base = _base(box, face, size)
    return tuple(
        Line(one, (first + place) * cell + (cell - wide) / 2, base)
        for place, (one, wide) in enumerate(zip(text, widths, strict=True))
        if one != " "
    )


def _block(text: str, box: Box, face: Face, size: float) -> tuple[Line, ...] | None:
    wrapped = [line for part in text.split("\n") for line in _wrapped(part, box, face, size)]
    room = box.height - 2 * box.padding
    high = (len(wrapped) - 1) * _LEADING * size + (_OVERHANG + _DEPTH) * size
    if high > room or any(width_of(line, face, size) > box.inner for line in wrapped):
        return None  # too many lines, or a box that is too narrow for a single character
    top = box.height - box.padding - _OVERHANG * size
    return tuple(
        Line(line, _left(width_of(line, face, size), box), top - place * _LEADING * size)
        for place, line in enumerate(wrapped)
        if line
    )


def _wrapped(text: str, box: Box, face: Face, size: float) -> list[str]:
    """Return the text in lines that are no wider than the box; a longer word is broken."""
    lines, filled = [""], 0.0
    space = width_of(" ", face, size)
    for word in text.split():
        wide = width_of(word, face, size)
        if lines[-1] and filled + space + wide <= box.inner:
            lines[-1], filled = f"{lines[-1]} {word}", filled + space + wide
            continue
        *full, last = _pieces(word, box, face, size) if wide > box.inner else [word]
        if lines[-1]:
            lines.append("")
        lines[-1:] = [*full, last]
        filled = width_of(last, face, size)
    return lines


def _pieces(word: str, box: Box, face: Face, size: float) -> list[str]:
    pieces = [""]
    for character in word:
        if pieces[-1] and width_of(pieces[-1] + character, face, size) > box.inner:
            pieces.append("")
        pieces[-1] += character
    return pieces
