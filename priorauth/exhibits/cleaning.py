"""The enclosed pages of a document as a new PDF: what is seen, and nothing else.

A page is built anew from what draws it. So whatever else a file can carry (scripts, actions,
attached files, metadata, form fields) stays behind, known to us or not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pikepdf import Array, Dictionary, Name, Object, Page, Pdf

if TYPE_CHECKING:
    from collections.abc import Iterable

    from priorauth.exhibits.tree import Leaf

LETTER = (0, 0, 612, 792)  # points: what readers take where a page has no size
_DRAWN = (Name.Contents, Name.Group, Name.UserUnit)


def bare(pdf: Pdf, pages: Iterable[Leaf]) -> Pdf:
    """Return a new PDF of these pages."""
    new = Pdf.new()
    for leaf in pages:
        new.pages.append(Page(new.copy_foreign(pdf.make_indirect(_drawn(leaf)))))
    return new


def _drawn(leaf: Leaf) -> Dictionary:
    """Return a page dictionary of what draws the page alone."""
    found = Dictionary(Type=Name.Page, MediaBox=_box(leaf.get(Name.MediaBox)) or Array(LETTER))
    crop = _box(leaf.get(Name.CropBox))
    if crop:
        found.CropBox = crop
    for key in _DRAWN:
        if key in leaf.page:
            found[key] = leaf.page[key]
    found.Rotate = leaf.get(Name.Rotate) or 0
    found.Resources = leaf.get(Name.Resources) or Dictionary()
    return found


def _box(value: Object | None) -> Array | None:
    """Return a box with its corners in order; None when it has no area."""
    if not isinstance(value, Array) or len(value) != 4:  # noqa: PLR2004 - two corners
        return None
    try:
        left, bottom, right, top = (float(side) for side in value)
    except (TypeError, ValueError):
        return None
    left, right = sorted((left, right))
    bottom, top = sorted((bottom, top))
    return Array((left, bottom, right, top)) if left < right and bottom < top else None
