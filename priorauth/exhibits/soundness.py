"""Whether all that draws a page can be read: nothing cut off, nothing that fills the memory."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pikepdf import Name, PdfError, Stream, StreamDecodeLevel

from priorauth.exhibits.drawn import UnreadableError, drawings, parts
from priorauth.exhibits.reading import named, whole
from priorauth.exhibits.remarks import RefusedError, error
from priorauth.exhibits.streams import BombError, DamagedError, check, unpacked
from priorauth.exhibits.tree import AGAIN

if TYPE_CHECKING:
    from pikepdf import Pdf

    from priorauth.exhibits.drawn import Drawing
    from priorauth.exhibits.tree import Leaf

MOST_DRAWING = 1_000_000_000  # bytes that draw the pages of one document, unpacked
MOST_PIXELS = 300_000_000  # of one picture, and bytes of it in a document that was repaired
_BLANKS = b"\0\t\n\f\r "
_USES = {"Tf": Name.Font, "Do": Name.XObject, "gs": Name.ExtGState, "sh": Name.Shading}
_DRAWN = re.compile(rb"(/[^\s/()<>\[\]{}%#]+)\s+(?:[-+.0-9]+\s+)?(Do|Tf)\b")
_HELD = {b"Do": Name.XObject, b"Tf": Name.Font}
_WORD = re.compile(  # the operators of PDF 2.0, annex A
    r"[bBfW]\*?|[cdFgGhijJkKlmMnqQsSvwy'\"]|BDC|[BE]MC|[BE]T|[BE]X|BI|EI|ID|cm|CS|cs|d[01]|"
    r"D[oP]|gs|MP|re|rg|RG|ri|sc|SC|scn|SCN|sh|T[*cdDfjJLmrswz]|INLINE IMAGE"
)
_REST = error("{it} is damaged: a font or picture of it cannot be read", AGAIN)
_REST_BOMB = error(
    "a font or picture of {it} unpacks to more than any page needs, as if to fill the memory",
    "Print the document to a new PDF.",
)


class Soundness:
    """Looks at the pages of one document, and at each stream once."""

    def __init__(self, *, repaired: bool) -> None:
        """Begin; in a document that was repaired, pictures and names are looked at too."""
        self._repaired = repaired
        self._seen: set[tuple[int, int]] = set()
        self._bare: set[tuple[int, int]] = set()  # the streams that draw nothing
        self._drawn: dict[tuple[int, int], set[tuple[bytes, bytes]]] = {}  # what a stream uses
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

    def is_blank(self, leaf: Leaf) -> bool:
        """Return whether a page that was checked draws nothing of its own."""
        return all(part.objgen in self._bare for part in parts(leaf))

    def draws_all(self, leaf: Leaf) -> bool:
        """Return whether it is plain that a page that was checked uses all that it names.

        What is written in an uncommon way, or drawn by forms without names of their own, is not.
        """
        for drawing in drawings(leaf):
            used = {pair for part in drawing.parts for pair in self._drawn[part.objgen]}
            for word, key in _HELD.items():
                names = named(drawing.resources, key)
                if any((name.encode(), word) not in used for name in names):
                    return False
        return True

    def _check(self, drawing: Drawing) -> None:
        for part in drawing.parts:
            if self._is_new(part):
                drawn = unpacked(part)
                self._left -= len(drawn)
                if self._left < 0:
                    raise BombError
                self._drawn[part.objgen] = set(_DRAWN.findall(drawn))
                if not drawn.strip(_BLANKS):
                    self._bare.add(part.objgen)
        for picture in named(drawing.resources, Name.XObject).values():
            if isinstance(picture, Stream) and picture.get(Name.Subtype) == Name.Image:
                _check_picture(picture)
        if self._repaired:
            _check_names(drawing)

    def _is_new(self, stream: Stream) -> bool:
        new = stream.objgen not in self._seen
        self._seen.add(stream.objgen)
        return new


def _check_picture(picture: Stream) -> None:
    width, height = whole(picture, Name.Width), whole(picture, Name.Height)
    if width < 1 or height < 1 or Name.F in picture:
        raise DamagedError
    if width * height > MOST_PIXELS:
        raise BombError


def check_rest(pdf: Pdf, *, repaired: bool) -> None:
    """Raise RefusedError when a font or picture that pages use is not whole.

    Pictures are looked at only where the document had to be repaired: it takes long.
    """
    try:
        for found in pdf.objects:
            if not isinstance(found, Stream):
                continue
            is_picture = found.get(Name.Subtype) == Name.Image
            if repaired or not is_picture:
                check(found, MOST_PIXELS)
            if repaired and found.get(Name.Filter) == Name.DCTDecode:
                found.get_stream_buffer(StreamDecodeLevel.all)
    except (DamagedError, PdfError):
        raise RefusedError(_REST) from None
    except BombError:
        raise RefusedError(_REST_BOMB) from None


def _check_names(drawing: Drawing) -> None:
    """Raise DamagedError when a drawing is none, or uses what is not in the file any more."""
    for one in drawing.instructions():
        word = str(one.operator)
        if not _WORD.fullmatch(word):
            raise DamagedError
        if word in _USES:
            held = named(drawing.resources, _USES[word])
            if not one.operands or held.get(str(one.operands[0])) is None:
                raise DamagedError
