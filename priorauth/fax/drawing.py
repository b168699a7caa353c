"""A PDF's pages as grey pictures (PDFium), one page in memory at a time.

Not for black or white: that is `ink`.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from io import BytesIO
from typing import TYPE_CHECKING

import pypdfium2 as pdfium
from PIL import Image, ImageChops
from pypdfium2 import raw

from priorauth.fax.resolution import DOTS, INCHES, Resolution
from priorauth.problems import PriorAuthError

if TYPE_CHECKING:
    from collections.abc import Iterator

_WHITE = (255, 255, 255, 255)
_POINTS = 72


_LOCKED = "The PDF is locked by a password. Save it without one."
_NO_PDF = "This is no PDF whose pages can be drawn. Name a packet or a letter as it was written."


class UndrawableError(PriorAuthError):
    """A document whose pages cannot be drawn."""

    def __init__(self, *, locked: bool = False) -> None:
        """Say why, and what to do."""
        super().__init__(_LOCKED if locked else _NO_PDF)


def count(pdf: bytes) -> int:
    """Return how many pages a PDF has; raise UndrawableError."""
    with _opened(pdf) as document:
        return len(document)


def sheets(pdf: bytes, resolution: Resolution) -> Iterator[Image.Image]:
    """Yield each page on white US Letter at a fax resolution, in grey; raise UndrawableError.

    A larger page is made smaller, a smaller one is not made larger; nothing is cropped.
    """
    with _opened(pdf) as document:
        for number in range(len(document)):
            with _page(document, number) as page:
                part = _fit(*page.get_size())
                yield _drawn(page, document.formenv, (DOTS, resolution.lines), part)


def pictures(pdf: bytes, dots_an_inch: int) -> Iterator[Image.Image]:
    """Yield each page of a PDF whole, in grey; raise UndrawableError."""
    with _opened(pdf) as document:
        for number in range(len(document)):
            with _page(document, number) as page:
                across, down = (round(side * dots_an_inch / _POINTS) for side in page.get_size())
                yield _drawn(page, document.formenv, (across, down), (1.0, 1.0))


def picture(pdf: bytes, dots_an_inch: int) -> bytes:
    """Return the first page of a PDF, right and down to its last ink, as PNG in grey.

    Raises UndrawableError.
    """
    with _opened(pdf) as document, _page(document, 0) as page:
        across, down = (round(side * dots_an_inch / _POINTS) for side in page.get_size())
        drawn = BytesIO()
        grey = _drawn(page, document.formenv, (across, down), (1.0, 1.0))
        _, _, right, low = ImageChops.invert(grey).getbbox() or (0, 0, across, down)
        shown = grey.crop((0, 0, right, low))
        shown.save(drawn, "PNG", dpi=(dots_an_inch, dots_an_inch), optimize=True)
        return drawn.getvalue()


def _fit(width: float, height: float) -> tuple[float, float]:
    """Return the part of the sheet's width and height that a page of this size, in points, takes.

    Fax machines measure paper roughly: a page as good as the sheet is the sheet.
    """
    across, down = (side * _POINTS for side in INCHES)
    shrink = min(across / width, down / height, 1.0)
    parts = width * shrink / across, height * shrink / down
    return (1.0, 1.0) if min(parts) > 0.99 else parts  # noqa: PLR2004 - one part in a hundred


def _drawn(
    page: pdfium.PdfPage,
    forms: pdfium.PdfFormEnv | None,
    size: tuple[int, int],
    part: tuple[float, float],
) -> Image.Image:
    """Return the page, in the middle of a white picture of this size, in its part of it."""
    across, down = (round(side * share) for side, share in zip(size, part, strict=True))
    left, top = (size[0] - across) // 2, (size[1] - down) // 2
    with closing(pdfium.PdfBitmap.new_native(*size, raw.FPDFBitmap_Gray)) as bitmap:
        bitmap.fill_rect(_WHITE, 0, 0, *size)
        how = left, top, across, down, 0, raw.FPDF_ANNOT | raw.FPDF_PRINTING
        raw.FPDF_RenderPageBitmap(bitmap, page, *how)
        if forms:  # what is typed into a form, which it draws apart
            raw.FPDF_FFLDraw(forms, bitmap, page, *how)
        return Image.Image.copy(bitmap.to_pil())  # its memory goes with the bitmap


@contextmanager
def _opened(pdf: bytes) -> Iterator[pdfium.PdfDocument]:
    try:
        document = pdfium.PdfDocument(pdf)
    except pdfium.PdfiumError as error:
        raise UndrawableError(locked=error.err_code == raw.FPDF_ERR_PASSWORD) from None
    with closing(document):
        document.init_forms()
        yield document


@contextmanager
def _page(document: pdfium.PdfDocument, number: int) -> Iterator[pdfium.PdfPage]:
    try:
        page = document[number]
    except pdfium.PdfiumError:
        raise UndrawableError from None
    with closing(page):  # what PDFium holds of a page it holds until then
        yield page
