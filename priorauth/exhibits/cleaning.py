"""The enclosed pages of a document as a new PDF: what is seen, and nothing else.

A page is built anew from what draws it. So whatever else a file can carry (scripts, actions,
attached files, metadata, form fields) stays behind, known to us or not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from priorauth.exhibits.reading import number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from priorauth.exhibits.tree import Leaf

# What pictures, forms and fonts can carry that draws nothing: descriptions, the private data of
# programs, other files, other versions of a picture, ties to a structure that is left behind.
_CARRIED = (
    *("/Metadata", "/PieceInfo", "/LastModified", "/AF", "/Alternates", "/OPI", "/Ref"),
    *("/Measure", "/PtData", "/StructParent", "/StructParents", "/OC"),
)
_TEXT = ("/ActualText", "/Alt", "/E", "/Lang")  # what marked content may say of itself


def bare(pdf: Pdf, pages: Iterable[Leaf]) -> Pdf:
    """Return a new PDF of these pages; what a viewer shows of each is all its MediaBox."""
    new = Pdf.new()
    top = new.Root.Pages
    # Written by hand: to append a page takes qpdf the longer, the more are there.
    for leaf in pages:
        page = new.copy_foreign(pdf.make_indirect(_page(leaf)))
        page.Parent = top
        top.Kids.append(page)
    top.Count = len(top.Kids)
    _strip(new)
    return new


def _page(leaf: Leaf) -> Dictionary:
    """Return a page dictionary of what draws the page alone."""
    box = Array(leaf.shown_box)
    found = Dictionary(Type=Name.Page, MediaBox=box, CropBox=box, Rotate=leaf.rotate)
    if Name.Contents in leaf.page:
        found.Contents = leaf.page[Name.Contents]
    if isinstance(group := leaf.page.get(Name.Group), Dictionary):
        found.Group = group
    if (unit := number(leaf.page.get(Name.UserUnit)) or 0) > 0:
        found.UserUnit = unit
    found.Resources = leaf.get(Name.Resources) or Dictionary()
    return found


def _strip(pdf: Pdf) -> None:
    """Take away what streams, fonts and marked content carry and do not draw."""
    for found in pdf.objects:
        if isinstance(found, Stream):
            for key in _CARRIED:
                if key in found:
                    del found[key]
        elif isinstance(found, Dictionary):
            if _is_description(found.get(Name.Metadata)):
                del found[Name.Metadata]
        else:
            continue
        used = found.get(Name.Resources)
        for resources in (found, used):
            if isinstance(resources, Dictionary | Stream) and Name.Properties in resources:
                _strip_marks(resources[Name.Properties])


def _is_description(value: Object | None) -> bool:
    return isinstance(value, Stream) and value.get(Name.Type) == Name.Metadata


def _strip_marks(marks: Object) -> None:
    """Leave of what marked content says only the words that are read for it."""
    for name, mark in marks.items() if isinstance(marks, Dictionary) else ():
        kept = mark if isinstance(mark, Dictionary) else Dictionary()
        marks[name] = Dictionary({key: kept[key] for key in _TEXT if key in kept})
