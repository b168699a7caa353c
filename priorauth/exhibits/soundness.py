"""Whether all that draws a page can be read: nothing cut off, nothing that fills the memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pikepdf import Name, Page, PdfError, Stream, StreamDecodeLevel, parse_content_stream

from priorauth.exhibits.drawn import UnreadableError, drawings
from priorauth.exhibits.reading import named, whole
from priorauth.exhibits.remarks import RefusedError, error
from priorauth.exhibits.streams import BombError, DamagedError, unpacked
from priorauth.exhibits.tree import AGAIN

if TYPE_CHECKING:
    from priorauth.exhibits.drawn import Drawing
    from priorauth.exhibits.tree import Leaf

MOST_DRAWING = 1_000_000_000  # bytes that draw the pages of one document, unpacked
MOST_PIXELS = 300_000_000  # of one picture, and bytes of it in a document that was repaired
_USES = {"Tf": Name.Font, "Do": Name.XObject, "gs": Name.ExtGState, "sh": Name.Shading}


class Soundness:
    """Looks at the pages of one document, and at each stream once."""

    def __init__(self, *, repaired: bool) -> None:
        """Begin; in a document that was repaired, pictures and names are looked at too."""
        self._repaired = repaired
        self._seen: set[tuple[int, int]] = set()
        self._left = MOST_DRAWING

    def check(self, leaf: Leaf) -> None:
        """Raise RefusedError when something that draws the page is not whole."""
        where = f"page {leaf.number} of {{it}}"
        try:
            for drawing in drawings(leaf):
                self._check(drawing)
        except (DamagedError, UnreadableError, PdfError):
            raise RefusedError(error(f"{where} is damaged and cannot be read", AGAIN)) from None
        except BombError:
            what = f"{where} unpacks to more than any page needs, as if to fill the memory"
            raise RefusedError(error(what, "Print the document to a new PDF.")) from None

    def _check(self, drawing: Drawing) -> None:
        for part in drawing.parts:
            if self._is_new(part):
                self._left -= len(unpacked(part))
                if self._left < 0:
                    raise BombError
        for picture in named(drawing.resources, Name.XObject).values():
            if isinstance(picture, Stream) and picture.get(Name.Subtype) == Name.Image:
                self._check_picture(picture)
        if self._repaired:
            _check_names(drawing)

    def _is_new(self, stream: Stream) -> bool:
        new = stream.objgen not in self._seen
        self._seen.add(stream.objgen)
        return new

    def _check_picture(self, picture: Stream) -> None:
        width, height = whole(picture, Name.Width), whole(picture, Name.Height)
        if width < 1 or height < 1 or Name.F in picture:
            raise DamagedError
        if width * height > MOST_PIXELS:
            raise BombError
        if self._repaired and self._is_new(picture):
            if picture.get(Name.Filter) == Name.DCTDecode:
                picture.get_stream_buffer(StreamDecodeLevel.all)
            elif picture.get(Name.Filter) == Name.FlateDecode:
                unpacked(picture, MOST_PIXELS)


def _check_names(drawing: Drawing) -> None:
    """Raise DamagedError when a drawing uses something that is not in the file any more."""
    is_page = drawing.owner.get(Name.Type) == Name.Page
    source = Page(drawing.owner) if is_page else drawing.owner
    for one in parse_content_stream(source, " ".join(_USES)):
        held = drawing.resources.get(_USES[str(one.operator)])
        if not one.operands or held is None or one.operands[0] not in held:
            raise DamagedError
