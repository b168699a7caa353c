"""Page pictures: where two look different, and the marks that make changes found at once.

Not for what pages say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageDraw

from priorauth.compare.pages import Box

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_CELL = 10  # dots: the grain at which two pictures are compared
_SHADE = 60  # of 255: less is the edge of a letter, drawn a hair's breadth elsewhere
_APART = 3  # cells without a difference between two places
_OLD, _NEW = (200, 40, 20), (0, 90, 200)  # told apart by those who see no red or green
_VEIL = 70  # of 255
_BAR, _PAD = 0.07, 0.02  # inches


def look(old: Image.Image | None, new: Image.Image | None, page: int, dots: int) -> tuple[Box, ...]:
    """Return the places of a page where its two pictures differ; the whole of one without other."""
    if old is None or new is None:
        only = old or new
        size = only.size if only else (0, 0)
        return (_box((0, 0, *size), page, dots),)
    return tuple(_box(place, page, dots) for place in _places(_differing(old, new)))


def _differing(old: Image.Image, new: Image.Image) -> Image.Image:
    """Return a small picture with a white dot for each cell that differs."""
    size = max(old.width, new.width), max(old.height, new.height)
    both = [_widened(picture, size) for picture in (old, new)]
    strong = ImageChops.difference(*both).point(lambda shade: 255 if shade > _SHADE else 0)
    cells = -(-size[0] // _CELL), -(-size[1] // _CELL)
    return strong.resize(cells, Image.Resampling.BOX).point(lambda shade: 255 if shade else 0)


def _widened(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    whole = Image.new("L", size, 255)
    whole.paste(picture)
    return whole


def _places(cells: Image.Image) -> Iterator[tuple[int, int, int, int]]:
    """Yield the bounds, in dots, of each band of rows with differences in it."""
    rows = [bool(cells.crop((0, y, cells.width, y + 1)).getbbox()) for y in range(cells.height)]
    first = last = None
    for y in (*(y for y, differs in enumerate(rows) if differs), cells.height + _APART + 1):
        if first is not None and last is not None and y - last > _APART:
            left, _, right, _ = cells.crop((0, first, cells.width, last + 1)).getbbox() or (0,) * 4
            yield left * _CELL, first * _CELL, right * _CELL, (last + 1) * _CELL
            first = None
        first, last = y if first is None else first, y


def _box(place: tuple[int, int, int, int], page: int, dots: int) -> Box:
    left, top, right, bottom = (side / dots for side in place)
    return Box(page, left, top, right, bottom)


def marked(picture: Image.Image, boxes: Iterable[Box], dots: int, *, new: bool) -> Image.Image:
    """Return a page with a veil over each place that changed, and a bar beside it in the margin."""
    color = _NEW if new else _OLD
    page = picture.convert("RGB")
    pen = ImageDraw.Draw(page, "RGBA")
    for box in _lines(boxes):
        left, top, right, bottom = (
            round(side * dots) for side in (box.left - _PAD, box.top, box.right + _PAD, box.bottom)
        )
        pen.rectangle((left, top, right, bottom), fill=(*color, _VEIL))
        pen.rectangle((0, top, round(_BAR * dots), bottom), fill=color)
    return page


def _lines(boxes: Iterable[Box]) -> Iterator[Box]:
    """Yield the boxes, those that follow each other in one line as one."""
    last: Box | None = None
    for box in boxes:
        if last and _follows(last, box):
            last = Box(box.page, last.left, min(last.top, box.top), box.right, last.bottom)
            continue
        if last:
            yield last
        last = box
    if last:
        yield last


def _follows(last: Box, box: Box) -> bool:
    height = last.bottom - last.top
    return abs(box.top - last.top) < height / 2 and -height < box.left - last.right < height
