"""Every page on an upright sheet of US Letter, with its strip; nothing cropped, nothing covered.

Not for what the strip says.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from pikepdf import Name, Pdf, Rectangle, Stream

from priorauth.packet.strip import HEIGHT, WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pikepdf import Page

# A name that stays the same from run to run: the same inputs give the same bytes.
_SHEET = Name("/PacketSheet")


def append(target: Pdf, pages: Iterable[Page], foot: float) -> None:
    """Append each page to `target`, upright on US Letter above `foot` points, never enlarged."""
    room = Rectangle(0, foot, WIDTH, HEIGHT)
    for page in pages:
        # What a viewer shows is the crop box; qpdf would take the trim box.
        for box in (Name.TrimBox, Name.ArtBox, Name.BleedBox):
            if box in page:
                del page[box]
        sheet = target.add_blank_page(page_size=(WIDTH, HEIGHT))
        form = target.copy_foreign(page.as_form_xobject())
        sheet.add_resource(form, Name.XObject, _SHEET)
        placed = sheet.calc_form_xobject_placement(
            form, _SHEET, room, allow_shrink=True, allow_expand=False
        )
        sheet.contents_add(Stream(target, placed))


def stamp(target: Pdf, strips: bytes) -> None:
    """Lay the pages of `strips` over the feet of the target's pages, marked as no content."""
    drawn = b"\nQ\n/Artifact <</Type /Pagination /Subtype /Footer>> BDC q %s Do Q EMC\n"
    with Pdf.open(BytesIO(strips)) as source:
        for number, (sheet, strip) in enumerate(zip(target.pages, source.pages, strict=True), 1):
            form = target.copy_foreign(strip.as_form_xobject())
            # Pages can share their resources: each strip has a name of its own.
            name = sheet.add_resource(form, Name.XObject, Name(f"/PacketStrip{number}"))
            sheet.contents_add(Stream(target, b"q\n"), prepend=True)
            sheet.contents_add(Stream(target, drawn % str(name).encode()))
