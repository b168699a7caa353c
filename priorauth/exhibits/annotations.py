"""What lies over the pages of a PDF (fields, comments, stamps) made part of them, as it is seen.

Links, pop-up windows, films and attached files stay behind; their pictures on the page do not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pikepdf import Annotation, Array, Dictionary, Name, Pdf, Stream, StreamDecodeLevel

from priorauth.exhibits.drawn import parts
from priorauth.exhibits.reading import box, groups, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.exhibits.layers import Layers
    from priorauth.exhibits.tree import Leaf

_HIDDEN, _NO_VIEW = 2, 32
_COMMENTS = frozenset(
    f"/{kind}"
    for kind in (
        *("Text", "FreeText", "Line", "Square", "Circle", "Polygon", "PolyLine", "Highlight"),
        *("Underline", "Squiggly", "StrikeOut", "Stamp", "Caret", "Ink", "Redact"),
    )
)
_ON_PAGE = _COMMENTS - {"/Text"}  # comments that are drawn on the page itself
_MEDIA = frozenset({"/Movie", "/Sound", "/Screen", "/RichMedia", "/3D"})


@dataclass(frozen=True)
class Over:
    """One thing that lies over a page and can be seen."""

    page: int
    object: Dictionary = field(repr=False)

    @property
    def kind(self) -> str:
        """Return what it is, such as `/Widget`."""
        return str(self.object.get(Name.Subtype, ""))

    @property
    def look(self) -> Stream | None:
        """Return the stream that draws it, in its present state."""
        found = Annotation(self.object).get_appearance_stream(Name.N)
        return found if isinstance(found, Stream) else None

    @property
    def is_comment(self) -> bool:
        """Return whether a reader of the document wrote it."""
        return self.kind in _COMMENTS

    @property
    def is_media(self) -> bool:
        """Return whether it is a film, a sound or a model."""
        return self.kind in _MEDIA

    @property
    def must_be_drawn(self) -> bool:
        """Return whether a viewer shows it although the document does not draw it."""
        return (
            self.kind in _ON_PAGE
            and self.look is None
            and box(self.object.get(Name.Rect)) is not None
        )

    @property
    def says_more(self) -> bool:
        """Return whether it has words that are not on the page but in a window."""
        words = self.object.get(Name.Contents)
        shown = self.kind in ("/FreeText", "/Stamp")
        return self.is_comment and not shown and bool(str(words or "").strip())


def over(leaf: Leaf, layers: Layers) -> Iterator[Over]:
    """Yield what lies over a page and is seen: no hidden fields, no pop-up windows."""
    for one in groups(leaf.page, Name.Annots):
        hidden = whole(one, Name.F) & (_HIDDEN | _NO_VIEW) or layers.hides(one.get(Name.OC))
        if not hidden and str(one.get(Name.Subtype)) != "/Popup":
            yield Over(leaf.number, one)


def flatten(pdf: Pdf, leaf: Leaf, seen: list[Over], fallback: Dictionary) -> None:
    """Draw what lies over a page on the page itself.

    `fallback` are the resources of appearances that have none of their own. The page's own
    drawing becomes a form of its own, so that it cannot shift what is drawn after it.
    """
    looks = [(one, look) for one in seen if (look := one.look) is not None]
    if Name.Annots in leaf.page:
        del leaf.page[Name.Annots]
    if not looks:
        return
    forms = Dictionary(P=_page_as_form(pdf, leaf))
    drawn = [b"/P Do\n"]
    for place, (one, look) in enumerate(looks):
        look[Name.Type], look[Name.Subtype] = Name.XObject, Name.Form
        if not isinstance(look.get(Name.Resources), Dictionary):
            look[Name.Resources] = fallback
        name = Name(f"/A{place}")
        forms[name] = look
        drawn.append(
            Annotation(one.object).get_page_content_for_appearance(name, leaf.rotate, 0, 0)
        )
    leaf.page[Name.Contents] = pdf.make_stream(b"".join(drawn))
    leaf.page[Name.Resources] = Dictionary(XObject=forms)


def _page_as_form(pdf: Pdf, leaf: Leaf) -> Stream:
    data = b"\n".join(part.read_bytes(StreamDecodeLevel.specialized) for part in parts(leaf))
    form = pdf.make_stream(data, Type=Name.XObject, Subtype=Name.Form, BBox=Array(leaf.media_box))
    form.Resources = leaf.get(Name.Resources) or Dictionary()
    return form
