"""Fonts that a PDF uses without having them: its letters depend on who opens it.

Not for the fonts that every reader of PDF has, and those that all replace by their like.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pikepdf import Dictionary, Name, Object

from priorauth.exhibits.drawn import drawings
from priorauth.exhibits.reading import group, groups, named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.exhibits.drawn import Drawing
    from priorauth.exhibits.tree import Leaf

_FILES = (Name.FontFile, Name.FontFile2, Name.FontFile3)
_STANDARD = re.compile(
    r"(?:Helvetica|Times|Courier|Arial|TimesNewRoman|CourierNew|Symbol|ZapfDingbats)"
    r"(?:PS)?(?:MT)?(?:[-,](?:Roman|Regular|Bold|Italic|Oblique|MT)+)?"
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ,_+-]{0,50}")


def missing(leaf: Leaf) -> tuple[str, ...]:
    """Return the names of fonts that a page writes with and does not bring, sorted."""
    return tuple(sorted({name for one in drawings(leaf) for name in _missing(one)}))


def _missing(drawing: Drawing) -> Iterator[str]:
    fonts = named(drawing.resources, Name.Font)
    lacking = {name: told for name, font in fonts.items() if (told := _lacking(font))}
    if lacking:  # few documents come this far: reading all that draws a page takes time
        used = _used(drawing)
        yield from (told for name, told in lacking.items() if name in used)


def _lacking(font: Object) -> str:
    """Return the name of a font that is not in the document, or nothing."""
    if not isinstance(font, Dictionary) or font.get(Name.Subtype) == Name.Type3:
        return ""
    font = next(groups(font, Name.DescendantFonts), font)
    about = group(font, Name.FontDescriptor)
    if any(key in about for key in _FILES):
        return ""
    name = str(font.get(Name.BaseFont, "")).removeprefix("/").rpartition("+")[2]
    if _STANDARD.fullmatch(name):
        return ""
    return name if _NAME.fullmatch(name) else "without a name"


def _used(drawing: Drawing) -> frozenset[str]:
    """Return the names of the fonts that are written with."""
    chosen = drawing.instructions("Tf")
    return frozenset(str(one.operands[0]) for one in chosen if len(one.operands))
