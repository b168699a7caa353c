"""Every page on an upright sheet of US Letter, with its strip; nothing cropped, nothing covered.

Not for what the strip says.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from pikepdf import Array, Dictionary, Name, Page, Pdf, Rectangle, Stream

from priorauth.packet.strip import HEIGHT, WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pikepdf import Object

# A name that stays the same from run to run: the same inputs give the same bytes.
_SHEET = Name("/PacketSheet")
_STAY = ("/Type", "/Parent")


def settle(target: Pdf, numbers: Iterable[int], foot: float) -> None:
    """Set pages, counted from 0, upright on US Letter above `foot` points, never enlarged."""
    room = Rectangle(0, foot, WIDTH, HEIGHT)
    for number in numbers:
        sheet = target.pages[number]
        form = _drawn(target, sheet)
        for key in list(sheet.obj.keys()):
            if key not in _STAY:
                del sheet[key]
        sheet.MediaBox = Array([0, 0, WIDTH, HEIGHT])
        sheet.Resources = Dictionary()
        sheet.add_resource(form, Name.XObject, _SHEET)
        placed = sheet.calc_form_xobject_placement(
            form, _SHEET, room, allow_shrink=True, allow_expand=False
        )
        sheet.Contents = Stream(target, placed)


def _drawn(target: Pdf, sheet: Page) -> Object:
    """Return what draws a page, to be drawn on another one: it reads from a copy of the page."""
    page = Page(target.make_indirect(Dictionary(dict(sheet.obj.items()))))
    # What a viewer shows is the crop box; qpdf would take the trim box.
    for box in (Name.TrimBox, Name.ArtBox, Name.BleedBox):
        if box in page:
            del page[box]
    return page.as_form_xobject()


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
