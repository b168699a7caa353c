"""Pages as a viewer shows them: what lies over them drawn in, what is hidden taken out.

The steps in order; each is in a module of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pikepdf import Dictionary, Name, Pdf

from priorauth.exhibits import baggage, typefaces, values
from priorauth.exhibits.annotations import Over, flatten, over
from priorauth.exhibits.cleaning import bare
from priorauth.exhibits.layers import EntangledError, Layers, take_out
from priorauth.exhibits.reading import group, is_true
from priorauth.exhibits.remarks import RefusedError, Remarks, error, hint, on_pages, warning
from priorauth.exhibits.soundness import Soundness, check_rest
from priorauth.exhibits.values import Field, UndrawableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from priorauth.exhibits.remarks import Remark
    from priorauth.exhibits.tree import Leaf

_PRINT = "Open it, and print it to a new PDF."


def shown(pdf: Pdf, leaves: Sequence[Leaf], *, repaired: bool) -> tuple[Pdf, Remarks]:
    """Return pages of a document as a new PDF, and what was done to them; raise RefusedError."""
    told = [*baggage.about(pdf, leaves)]
    soundness = Soundness(repaired=repaired)
    for leaf in leaves:
        soundness.check(leaf)
    layers = Layers(pdf)
    seen = {leaf.number: list(over(leaf, layers)) for leaf in leaves}
    told += _blank(leaf for leaf in leaves if soundness.is_blank(leaf) and not seen[leaf.number])
    told += _flattened(pdf, leaves, seen)
    for leaf in leaves:
        if seen[leaf.number]:
            soundness.check(leaf)
    if layers.any_off:
        told += _without_hidden(pdf, layers, leaves)
    told += _missing_fonts(leaves)
    new = bare(pdf, leaves)
    for leaf, page in zip(leaves, new.pages, strict=True):
        # Asking qpdf takes long; a page that was changed since it was checked is left to it.
        if layers.any_off or seen[leaf.number] or not soundness.draws_all(leaf):
            page.remove_unreferenced_resources()
    check_rest(new, repaired=repaired)
    return new, tuple(told)


def _blank(leaves: Iterable[Leaf]) -> Iterator[Remark]:
    """Yield which pages have nothing on them: they are enclosed, and count."""
    pages = tuple(leaf.number for leaf in leaves)
    if pages:
        are = "is blank: it is" if len(pages) == 1 else "are blank: they are"
        what = f"{on_pages(pages)} of {{it}} {are} enclosed as in the file"
        yield hint(what, "Leave blank pages out with `pages:` if nobody needs them.")


def _flattened(pdf: Pdf, leaves: Iterable[Leaf], seen: dict[int, list[Over]]) -> Iterator[Remark]:
    """Draw what lies over the pages on them, and yield what is to be said of it."""
    form = group(pdf.Root, Name.AcroForm)
    everything = [one for page in seen.values() for one in page]
    undrawn = _pages(one for one in everything if one.must_be_drawn)
    if undrawn:
        what = f"{on_pages(undrawn)} of {{it}} has a mark or note that the file does not draw"
        raise RefusedError(error(what, _PRINT))
    yield from _values(pdf, everything, form)
    yield from _said(everything)
    for leaf in leaves:
        flatten(pdf, leaf, seen[leaf.number], group(form, Name.DR))


def _values(pdf: Pdf, seen: Iterable[Over], form: Dictionary) -> Iterator[Remark]:
    """Draw the values of fields that the document leaves to its reader to draw."""
    stale = is_true(form, Name.NeedAppearances)
    fields = [Field(one.page, one.object, form) for one in seen if one.kind == "/Widget"]
    undrawn = [one for one in fields if values.undrawn(one, stale=stale)]
    try:
        values.draw(pdf, undrawn)
    except UndrawableError as found:
        what = f"page {found.page} of {{it}} has a field whose value cannot be shown whole"
        raise RefusedError(error(what, _PRINT)) from None
    if undrawn:
        pages = on_pages(_pages(undrawn))
        what = f"{pages} of {{it}} has values that its file does not draw; they were drawn as text"
        yield warning(what, "Compare them with the form as you see it on the screen.")


def _said(seen: Sequence[Over]) -> Iterator[Remark]:
    """Yield what is to be said of what was drawn on the pages, and of what was not."""
    fields = _pages(one for one in seen if one.kind == "/Widget" and one.look)
    if fields:
        yield hint(f"{{it}} is a form: its fields on {on_pages(fields)} are enclosed as filled in")
    comments = _pages(one for one in seen if one.is_comment and one.look)
    if comments:
        what = f"{on_pages(comments)} of {{it}} has comments or marks: they are enclosed as seen"
        yield warning(what, "If a reviewer should not see them, remove them and save it again.")
    more = _pages(one for one in seen if one.says_more)
    if more:
        what = f"{on_pages(more)} of {{it}} has comments in pop-up windows: those are not enclosed"
        yield warning(what, "If a reviewer needs them, print the document with its comments.")
    media = _pages(one for one in seen if one.is_media)
    if media:
        what = f"{on_pages(media)} of {{it}} has a film, a sound or a model: only its picture stays"
        yield warning(what, "Describe in the letter what a reviewer should know of it.")


def _without_hidden(pdf: Pdf, layers: Layers, leaves: Iterable[Leaf]) -> Iterator[Remark]:
    """Take out what layers hide that are switched off, and say so."""
    try:
        pages = tuple(leaf.number for leaf in leaves if take_out(pdf, layers, leaf))
    except EntangledError:
        what = "{it} has a hidden layer that cannot be taken out of its pages"
        raise RefusedError(error(what, _PRINT)) from None
    if pages:
        what = (
            f"{on_pages(pages)} of {{it}} has layers that are switched off: these are not enclosed"
        )
        yield warning(what, "If a reviewer needs them, switch them on and print it to a new PDF.")


def _missing_fonts(leaves: Iterable[Leaf]) -> Iterator[Remark]:
    found = {leaf.number: typefaces.missing(leaf) for leaf in leaves}
    pages = tuple(page for page, names in found.items() if names)
    if pages:
        names = ", ".join(sorted({name for names in found.values() for name in names}))
        what = f"{on_pages(pages)} of {{it}} uses fonts that the file does not have ({names})"
        fix = "Look whether every letter is right; if not, print it to a PDF where it was made."
        yield warning(what, fix)


def _pages(seen: Iterable[Over | Field]) -> tuple[int, ...]:
    return tuple(sorted({one.page for one in seen}))
