"""The letters that answers are drawn with: the form's own font where it can be relied on.

A font that the form only names is drawn by each viewer with another one, or not at all. So its
own font is used when it is inside the file, whole, and has every character; else the fonts that
the letters bring along are embedded, as far as they are used.
"""

from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from fontTools import subset
from fontTools.ttLib import TTFont, TTLibError
from pikepdf import Array, Dictionary, Name, Object, Stream, String

from priorauth.problems import PriorAuthError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from pikepdf import Pdf

OWN = ("NotoSans-Regular.ttf", "LetterSymbols-Regular.ttf")
_THOUSAND = 1000
_CODE_PAGE = "cp1252"  # what PDF calls WinAnsiEncoding
_UNUSED = ("GSUB", "GPOS", "GDEF", "DSIG")  # they place letters, which is done when these are drawn
_SUBSET = re.compile(r"/?[A-Z]{6}\+")
_CAP_HEIGHT = 700.0  # of most fonts, in thousandths of the size


class LackingError(PriorAuthError):
    """The case holds a character that no font here has."""

    def __init__(self) -> None:
        """Say what to write, without the character: it is part of an answer."""
        super().__init__(
            "The form cannot be filled: the case holds a character that the fonts lack. "
            "Write it in Latin letters, as on the member's card."
        )


class Font(Protocol):
    """What is needed of a font: which characters it has, how wide they are, its bytes."""

    @property
    def key(self) -> str:
        """Return the name that content streams call the font by."""

    @property
    def cap_height(self) -> float:
        """Return the height of a capital letter in thousandths of the size."""

    def has(self, character: str) -> bool:
        """Return whether the font can draw the character."""

    def width(self, character: str) -> float:
        """Return the character's width in thousandths of the size."""

    def encode(self, text: str) -> bytes:
        """Return the text as the font's codes; remembers what is used."""

    def resource(self, pdf: Pdf) -> Object:
        """Return the font as an object of the PDF, once everything is encoded."""


@dataclass
class BroughtFont:
    """A TrueType font that is embedded with just the glyphs that are used."""

    key: str
    path: Path
    _used: dict[int, str] = field(default_factory=dict, repr=False)

    @cached_property
    def _font(self) -> TTFont:
        return TTFont(self.path, recalcTimestamp=False)

    @cached_property
    def _glyphs(self) -> dict[int, int]:
        """Return the glyph number of each character."""
        return {
            code: self._font.getGlyphID(name) for code, name in self._font.getBestCmap().items()
        }

    @cached_property
    def _scale(self) -> float:
        return _THOUSAND / float(self._font["head"].unitsPerEm)

    @cached_property
    def _advances(self) -> list[int]:
        order = self._font.getGlyphOrder()
        return [self._font["hmtx"][name][0] for name in order]

    @cached_property
    def cap_height(self) -> float:
        """Return the height of a capital letter in thousandths of the size."""
        return float(self._font["OS/2"].sCapHeight or _CAP_HEIGHT / self._scale) * self._scale

    def has(self, character: str) -> bool:
        """Return whether the font can draw the character."""
        return ord(character) in self._glyphs

    def width(self, character: str) -> float:
        """Return the character's width in thousandths of the size."""
        return self._advances[self._glyphs[ord(character)]] * self._scale

    def encode(self, text: str) -> bytes:
        """Return two bytes a character, its glyph number."""
        numbers = [self._glyphs[ord(character)] for character in text]
        self._used.update(zip(numbers, text, strict=True))
        return b"".join(number.to_bytes(2, "big") for number in numbers)

    def resource(self, pdf: Pdf) -> Object:
        """Return the font with the glyphs that are used, and what each stands for."""
        name = Name(f"/PRIORA+{self.path.stem}")
        inner = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=name,
            CIDSystemInfo=Dictionary(
                Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0
            ),
            CIDToGIDMap=Name.Identity,
            W=self._widths(),
            FontDescriptor=pdf.make_indirect(self._descriptor(pdf, name)),
        )
        return pdf.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.Type0,
                BaseFont=name,
                Encoding=Name("/Identity-H"),
                DescendantFonts=Array([pdf.make_indirect(inner)]),
                ToUnicode=pdf.make_stream(_to_unicode(self._used)),
            )
        )

    def _widths(self) -> Array:
        found = Array()
        for number in sorted(self._used):
            found.append(number)
            found.append(Array([round(self._advances[number] * self._scale)]))
        return found

    def _descriptor(self, pdf: Pdf, name: Name) -> Dictionary:
        head, hhea = self._font["head"], self._font["hhea"]
        box = [head.xMin, head.yMin, head.xMax, head.yMax]
        return Dictionary(
            Type=Name.FontDescriptor,
            FontName=name,
            Flags=4,
            FontBBox=Array([round(side * self._scale) for side in box]),
            ItalicAngle=0,
            Ascent=round(hhea.ascent * self._scale),
            Descent=round(hhea.descent * self._scale),
            CapHeight=round(self.cap_height),
            StemV=80,
            FontFile2=pdf.make_stream(self._subset()),
        )

    def _subset(self) -> bytes:
        """Return the font file with the glyphs that are used, under their own numbers."""
        options = subset.Options()
        options.retain_gids = True
        options.hinting = False
        options.layout_features = []
        options.notdef_outline = True
        small = TTFont(self.path, recalcTimestamp=False)
        for table in _UNUSED:  # fontTools would read them whole before it drops them
            if table in small:
                del small[table]
        cutter = subset.Subsetter(options)
        cutter.populate(gids=sorted(self._used))
        cutter.subset(small)
        written = io.BytesIO()
        small.save(written)
        return written.getvalue()


def _to_unicode(used: dict[int, str]) -> bytes:
    """Return the table by which a reader gets the text back from the glyph numbers."""
    rows = [
        f"<{number:04x}> <{text.encode('utf-16-be').hex()}>"
        for number, text in sorted(used.items())
    ]
    blocks = [rows[start : start + 100] for start in range(0, len(rows), 100)]
    lines = [
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
        "1 begincodespacerange <0000> <ffff> endcodespacerange",
    ]
    for block in blocks:
        lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    return "\n".join(
        [*lines, "endcmap CMapName currentdict /CMap defineresource pop end end"]
    ).encode()


@dataclass(frozen=True)
class FormFont:
    """A font of the form's own that is inside the file, with the codes of Windows."""

    key: str
    cap_height: float
    _widths: dict[str, float] = field(repr=False)
    _object: Object = field(repr=False)

    def has(self, character: str) -> bool:
        """Return whether the font can draw the character."""
        return character in self._widths

    def width(self, character: str) -> float:
        """Return the character's width in thousandths of the size."""
        return self._widths[character]

    def encode(self, text: str) -> bytes:
        """Return one byte a character."""
        return text.encode(_CODE_PAGE)

    def resource(self, pdf: Pdf) -> Object:
        """Return the font as the form has it."""
        del pdf
        return self._object


def form_font(key: str, found: Object | None) -> FormFont | None:
    """Return a font of the form, if it is inside the file, whole, and coded as Windows does."""
    if not isinstance(found, Dictionary) or found.get(Name.Subtype) != Name.TrueType:
        return None
    descriptor = found.get(Name.FontDescriptor)
    coded = found.get(Name.Encoding) == Name.WinAnsiEncoding
    whole = not _SUBSET.match(str(found.get(Name.BaseFont, "")))
    if not (isinstance(descriptor, Dictionary) and coded and whole):
        return None
    glyphs = _glyphs_of(descriptor.get(Name.FontFile2))
    widths = _widths_of(found, glyphs)
    capital = float(descriptor.get(Name.CapHeight, _CAP_HEIGHT)) or _CAP_HEIGHT
    return FormFont(key, capital, widths, found) if widths else None


def _glyphs_of(file: Object | None) -> frozenset[str]:
    """Return the characters that an embedded font file can draw; none when it is not there."""
    if not isinstance(file, Stream):
        return frozenset()
    try:
        known = TTFont(io.BytesIO(file.read_bytes())).getBestCmap() or {}
    except (TTLibError, AssertionError, KeyError, ValueError):
        return frozenset()
    return frozenset(map(chr, known))


def _widths_of(found: Dictionary, glyphs: frozenset[str]) -> dict[str, float]:
    widths, first = found.get(Name.Widths), found.get(Name.FirstChar, 0)
    if not (isinstance(widths, Array) and isinstance(first, int)):
        return {}
    numbers: list[object] = list(widths)  # what else may stand there is no width
    coded = (
        (first + place, float(width))
        for place, width in enumerate(numbers)
        if isinstance(width, int | Decimal)
    )
    by_character = {
        bytes([code]).decode(_CODE_PAGE, "ignore"): width
        for code, width in coded
        if code < 256  # noqa: PLR2004 - one byte
    }
    return {
        character: width
        for character, width in by_character.items()
        if character in glyphs and width > 0
    }


Face = tuple[Font, ...]


def tidy(text: str) -> str:
    """Return the text as it is drawn: composed letters, plain spaces, lines ended alike."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub(r"[^\S\n]", " ", composed)


def face_for(text: str, faces: Iterable[Face]) -> Face:
    """Return the first face that has every character; raise LackingError when none has."""
    for face in faces:
        if all(any(font.has(one) for font in face) for one in text if one != "\n"):
            return face
    raise LackingError


def runs(text: str, face: Face) -> list[tuple[Font, str]]:
    """Return the text in pieces, each drawn with one font of the face."""
    found: list[tuple[Font, str]] = []
    for character in text:
        font = next(one for one in face if one.has(character))
        if found and found[-1][0] is font:
            found[-1] = (font, found[-1][1] + character)
        else:
            found.append((font, character))
    return found


def width_of(text: str, face: Face, size: float) -> float:
    """Return how wide the text is, in points."""
    parts = (font.width(one) for font, piece in runs(text, face) for one in piece)
    return sum(parts) * size / _THOUSAND


def brought(folders: Sequence[Path]) -> Face:
    """Return the fonts that the letters bring along; the first folder that has one gives it."""
    return tuple(BroughtFont(f"/PA{place}", _find(folders, name)) for place, name in enumerate(OWN))


def _find(folders: Sequence[Path], name: str) -> Path:
    for folder in folders:
        path = folder / "fonts" / name
        if path.is_file():
            return path
    what = f"The font {name} is missing from templates/fonts. Install priorauth again."
    raise PriorAuthError(what)
