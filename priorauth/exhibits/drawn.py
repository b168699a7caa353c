"""All that draws on a page: its contents, and the forms, patterns and glyphs that they use.

Not for what is drawn: it only finds the streams and the resources that each of them uses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pikepdf import Array, Dictionary, Name, Page, Stream, parse_content_stream

from priorauth.exhibits.reading import group, named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pikepdf import ContentStreamInlineImage, ContentStreamInstruction

    from priorauth.exhibits.tree import Leaf

    Instruction = ContentStreamInstruction | ContentStreamInlineImage

MOST_DEPTH = 30  # of forms within forms


class UnreadableError(Exception):
    """Something that draws on a page is not there."""


@dataclass(frozen=True)
class Drawing:
    """One program of drawing: its parts in order, and the resources that it names."""

    parts: tuple[Stream, ...] = field(repr=False)
    resources: Dictionary = field(repr=False)
    owner: Dictionary | Stream = field(repr=False)  # the page, or the form itself

    def instructions(self, words: str = "") -> list[Instruction]:
        """Return what is drawn, step by step; of these operators alone, if they are given."""
        is_form = isinstance(self.owner, Stream)
        return parse_content_stream(self.owner if is_form else Page(self.owner), words)


def drawings(leaf: Leaf) -> Iterator[Drawing]:
    """Yield what draws a page, the page's own contents first; raise UnreadableError."""
    resources = leaf.get(Name.Resources)
    own = resources if isinstance(resources, Dictionary) else Dictionary()
    yield Drawing(tuple(parts(leaf)), own, leaf.page)
    yield from within(own)


def within(resources: Dictionary) -> Iterator[Drawing]:
    """Yield what the resources draw with, and what that draws with in turn, each once."""
    seen: set[tuple[int, int]] = set()
    waiting = [(resources, 0)]
    while waiting:
        used, depth = waiting.pop()
        for stream in _used(used):
            if depth > MOST_DEPTH:
                raise UnreadableError
            if stream.objgen in seen:
                continue
            seen.add(stream.objgen)
            own = stream.get(Name.Resources)
            found = Drawing((stream,), own if isinstance(own, Dictionary) else used, stream)
            yield found
            if isinstance(own, Dictionary):
                waiting.append((own, depth + 1))


def parts(leaf: Leaf) -> Iterator[Stream]:
    """Yield the contents of a page, which are one text in parts; raise UnreadableError."""
    contents = leaf.page.get(Name.Contents)
    if contents is None:
        return
    for part in contents if isinstance(contents, Array) else (contents,):
        if not isinstance(part, Stream):
            raise UnreadableError
        yield part


def _used(resources: Dictionary) -> Iterator[Stream]:
    """Yield the streams of drawing that resources name: no pictures, no fonts."""
    for form in named(resources, Name.XObject).values():
        if isinstance(form, Stream) and form.get(Name.Subtype) != Name.Image:
            yield form
    for pattern in named(resources, Name.Pattern).values():
        if isinstance(pattern, Stream):
            yield pattern
    for state in named(resources, Name.ExtGState).values():
        mask = group(state, Name.SMask).get(Name.G) if isinstance(state, Dictionary) else None
        if isinstance(mask, Stream):
            yield mask
    for font in named(resources, Name.Font).values():
        glyphs = named(font, Name.CharProcs) if isinstance(font, Dictionary) else {}
        yield from (glyph for glyph in glyphs.values() if isinstance(glyph, Stream))
