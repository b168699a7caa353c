"""A comparison as PDF: in short first, then old and new pages beside each other.

Not for the words of it: `report` has them.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from priorauth.compare import report
from priorauth.compare.laying import DOTS
from priorauth.compare.marks import marked
from priorauth.library import shipped
from priorauth.pdf import Printer
from priorauth.render import environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from priorauth.compare import Comparison
    from priorauth.compare.laying import Change
    from priorauth.compare.side import Side

_COLORS = 64


@dataclass(frozen=True)
class Half:
    """One page of a spread."""

    side: str  # old or new
    page: int
    count: int
    picture: str  # PNG as Base64


@dataclass(frozen=True)
class Spread:
    """An old page and the new one beside it."""

    title: str
    halves: tuple[Half, ...]


def pdf(found: Comparison, old: Side, new: Side, day: date) -> bytes:
    """Return the PDF of a comparison."""
    jinja = environment((Path(__file__).parent,))
    seen = found.seen
    html = jinja.get_template("side_by_side.html").render(
        old=old.name,
        new=new.name,
        heads=report.HEADS,
        rows=report.rows(found),
        documents=[report.entry(number, one) for number, one in enumerate(seen, 1)],
        spreads=[s for number, one in enumerate(seen, 1) for s in _spreads(number, one)],
    )
    return Printer((shipped() / "templates",), invented=True).pdf(html, day)


def _spreads(number: int, change: Change) -> Iterator[Spread]:
    for before, after in change.spreads:
        halves = (
            _half("old", change, before),
            _half("new", change, after),
        )
        yield Spread(f"{number}. {change.pair.title}", tuple(half for half in halves if half))


def _half(side: str, change: Change, page: int) -> Half | None:
    """Return one half of a spread; None where that side has no such page."""
    is_new = side == "new"
    sheets = change.new if is_new else change.old
    if not 1 <= page <= sheets.count:
        return None
    picture = marked(sheets.pictures[page - 1], change.boxes(page, new=is_new), DOTS, new=is_new)
    written = BytesIO()
    picture.quantize(_COLORS, Image.Quantize.FASTOCTREE).save(written, "PNG", optimize=True)
    return Half(side, page, sheets.count, b64encode(written.getvalue()).decode())
