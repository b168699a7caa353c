"""Pages as a fax shows them: one bit a dot, black on white.

Not for what the pages say, and not for writing files: the command line does that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING

import img2pdf
from PIL.Image import Resampling

from priorauth.fax import drawing, ink, tiff
from priorauth.fax.drawing import UndrawableError, count, picture, pictures
from priorauth.fax.resolution import ACROSS, DOTS, FINE, INCHES, STANDARD, Resolution

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image

__all__ = [
    "FINE",
    "STANDARD",
    "Fax",
    "Resolution",
    "UndrawableError",
    "count",
    "fax",
    "pages",
    "picture",
    "pictures",
    "proofs",
]

_POINTS = 72


@dataclass(frozen=True)
class Fax:
    """A document as a fax machine takes it: the same dots twice."""

    tiff: bytes = field(repr=False)
    pdf: bytes = field(repr=False)


def pages(pdf: bytes, resolution: Resolution = FINE) -> Iterator[Image]:
    """Yield each page of a PDF as a picture of one bit a dot, white being set, one at a time.

    Raises UndrawableError.
    """
    for grey in drawing.sheets(pdf, resolution):
        yield ink.one_bit(grey, resolution)


def fax(pdf: bytes) -> Fax:
    """Return the document at fine resolution, as multi-page TIFF (Group 4) and as PDF of it.

    The same bytes for the same document. Raises UndrawableError.
    """
    written = BytesIO()
    tiff.write(written, pages(pdf, FINE), FINE, count(pdf))
    bound = written.getvalue()
    return Fax(bound, _bound(bound))


def proofs(pdf: bytes) -> Iterator[bytes]:
    """Yield each page as PNG, as a fax at standard resolution shows it, one at a time.

    Each line stands twice, so that the picture has the shape of the page. Raises UndrawableError.
    """
    shape = DOTS, FINE.lines
    for page in pages(pdf, STANDARD):
        picture = BytesIO()
        square = page.resize(shape, Resampling.NEAREST)
        # Packed as far as it goes a page would be a fifteenth smaller, and take twice the time.
        square.save(picture, "PNG", dpi=(ACROSS, FINE.down))
        yield picture.getvalue()


def _bound(pages_as_tiff: bytes) -> bytes:
    """Return a PDF of US Letter pages that holds the very Group 4 data of the TIFF."""
    engine = img2pdf.Engine.internal  # the others number the file anew each time
    return bytes(img2pdf.convert(pages_as_tiff, layout_fun=_whole, nodate=True, engine=engine))


def _whole(*_: object) -> tuple[float, float, float, float]:
    """Return the size of a page and of the picture on it, in points: the picture is the page."""
    width, height = (inches * _POINTS for inches in INCHES)
    return width, height, width, height
