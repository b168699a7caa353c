"""The pages of a PDF, found one by one, with what each inherits from the branches above it.

Read by hand because a page tree can lie about its length, repeat itself without end or lack
pages; a library that mends it in silence would lose them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pikepdf import Array, Dictionary, Name, Object, Pdf

from priorauth.exhibits.reading import box, number
from priorauth.exhibits.remarks import RefusedError, Remarks, error, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_IN_DOCUMENT = 20_000
MOST_DEPTH = 60
Box = tuple[float, float, float, float]
LETTER: Box = (0, 0, 612, 792)  # points: what readers take where a page has no size
_END: Any = object()  # a page can be null: that is none
_INHERITED = (Name.Resources, Name.MediaBox, Name.CropBox, Name.Rotate)
AGAIN = "Save or scan it again as PDF; or open it, and print it to a new PDF."
_NO_LIST = error("{it} is damaged: its list of pages cannot be read", AGAIN)
_CIRCLE = error("{it} is damaged: its list of pages runs in a circle", AGAIN)
_HOLE = error("{it} is damaged: one of its pages cannot be read", AGAIN)
_NONE = error("{it} has no pages", AGAIN)
_TOO_MANY = error(
    f"{{it}} has more than {MOST_IN_DOCUMENT:,} pages",
    "Save the pages that a reviewer needs as a document of their own.",
)


@dataclass(frozen=True)
class Leaf:
    """One page of a document, as its file has it, with the attributes that it inherits."""

    number: int
    page: Dictionary = field(repr=False)
    inherited: dict[Name, Object] = field(repr=False)

    def get(self, key: Name) -> Object | None:
        """Return an attribute of the page, its own or inherited."""
        found = self.page.get(key)
        return self.inherited.get(key) if found is None else found

    @property
    def rotate(self) -> int:
        """Return by how many degrees the page is turned clockwise; 0 for what is no right angle."""
        turn = number(self.get(Name.Rotate)) or 0.0
        return round(turn) % 360 if turn % 90 == 0 else 0

    @property
    def media_box(self) -> Box:
        """Return the sheet; US Letter where the document gives none, as readers take it."""
        return box(self.get(Name.MediaBox)) or LETTER

    @property
    def shown_box(self) -> Box:
        """Return the part of the sheet that a viewer shows."""
        left, bottom, right, top = sheet = self.media_box
        crop = box(self.get(Name.CropBox)) or sheet
        left, bottom = max(left, crop[0]), max(bottom, crop[1])
        right, top = min(right, crop[2]), min(top, crop[3])
        return (left, bottom, right, top) if left < right and bottom < top else sheet


def leaves(pdf: Pdf) -> tuple[tuple[Leaf, ...], Remarks]:
    """Return the pages in order, and what is odd about their number; raise RefusedError."""
    root = pdf.trailer.get(Name.Root)
    top = root.get(Name.Pages) if isinstance(root, Dictionary) else None
    if not isinstance(top, Dictionary):
        raise RefusedError(_NO_LIST)
    found: list[Leaf] = []
    for page, inherited in _walk(top):
        page[Name.Type] = Name.Page  # what stands in this list is one, whatever it calls itself
        found.append(Leaf(len(found) + 1, page, inherited))
        if len(found) > MOST_IN_DOCUMENT:
            raise RefusedError(_TOO_MANY)
    return tuple(found), _told(top.get(Name.Count), len(found))


def _told(said: Any, count: int) -> Remarks:  # noqa: ANN401 - any value of a PDF
    if not count:
        raise RefusedError(_NONE)
    said = said if isinstance(said, int) else None
    if said is not None and said > count:
        what = f"{{it}} is damaged: it says that it has {said:,} pages, and has {count:,}"
        raise RefusedError(error(what, AGAIN))
    if said == count:
        return ()
    claim = "does not say how many pages it has" if said is None else f"says it has {said:,}"
    return (
        warning(
            f"{{it}} has {count:,} pages, while the file {claim}: all {count:,} are counted",
            "Compare it with the original, page by page.",
        ),
    )


def _walk(top: Dictionary) -> Iterator[tuple[Dictionary, dict[Name, Object]]]:
    """Yield every page below a branch; no branch within itself, no hole is passed over."""
    stack = [_branch(top, {}, ())]
    while stack:
        kids, inherited, path = stack[-1]
        kid = next(kids, _END)
        if kid is _END:
            stack.pop()
        elif not isinstance(kid, Dictionary):
            raise RefusedError(_HOLE)
        elif Name.Kids not in kid:
            yield kid, inherited
        elif (kid.is_indirect and kid.objgen in path) or len(path) >= MOST_DEPTH:
            raise RefusedError(_CIRCLE)
        else:
            stack.append(_branch(kid, inherited, path))


_Branch = tuple["Iterator[Object]", "dict[Name, Object]", tuple[tuple[int, int], ...]]


def _branch(
    node: Dictionary, above: dict[Name, Object], path: tuple[tuple[int, int], ...]
) -> _Branch:
    kids = node.get(Name.Kids)
    if not isinstance(kids, Array):
        raise RefusedError(_NO_LIST)
    own = {key: node[key] for key in _INHERITED if key in node}
    return iter(kids), {**above, **own}, (*path, node.objgen)
