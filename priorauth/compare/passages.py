"""The passages of a text that changed: what it said, what it says, and where.

Compares words, so that a line or a page that breaks elsewhere is no change.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from priorauth.compare.pages import Box, Token

_AROUND = 9  # words on each side
_NEAR = 4  # changes with fewer words between them are told as one
_CUT = "…"


@dataclass(frozen=True)
class Text:
    """One side of a passage: what changed, and the words around it."""

    before: str
    changed: str
    after: str
    boxes: tuple[Box, ...] = field(repr=False)  # of what changed
    page: int  # where it is, or would be; 0 in an empty document

    @property
    def pages(self) -> tuple[int, ...]:
        """Return the pages that it is on."""
        return tuple(sorted({box.page for box in self.boxes})) or (self.page,)

    def __str__(self) -> str:
        """Return the whole as one line."""
        return f"{self.before}{self.changed}{self.after}"


@dataclass(frozen=True)
class Passage:
    """A passage that changed, by both documents."""

    heading: str
    old: Text
    new: Text


def passages(old: Sequence[Token], new: Sequence[Token]) -> tuple[Passage, ...]:
    """Return what changed from one document to the other, in reading order."""
    return tuple(_passage(old, new, change) for change in _joined(old, _changes(old, new)))


def _passage(old: Sequence[Token], new: Sequence[Token], change: Change) -> Passage:
    i, j, k, m = change
    before, after = _sides(old, i, j)
    other_before, other_after = _sides(new, k, m)
    if i == j:  # nothing stood here: what is new says to which paragraph it belongs
        before, after = other_before, other_after
    elif k == m:
        other_before, other_after = before, after
    heading = old[i].heading if i < j else new[k].heading
    return Passage(
        heading,
        _text(old, i, j, before=before, after=after),
        _text(new, k, m, before=other_before, after=other_after),
    )


def _sides(tokens: Sequence[Token], first: int, last: int) -> tuple[bool, bool]:
    """Return whether a change has words of its own paragraph before it, and after it."""
    if first == last:
        return False, False
    before = first > 0 and tokens[first - 1].block == tokens[first].block
    after = last < len(tokens) and tokens[last - 1].block == tokens[last].block
    return before, after


Change = tuple[int, int, int, int]


def _changes(old: Sequence[Token], new: Sequence[Token]) -> Iterator[Change]:
    one, other = ([token.text for token in side] for side in (old, new))
    start = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    matcher = SequenceMatcher(None, one[start:], other[start:], autojunk=False)
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind != "equal":
            yield i + start, j + start, k + start, m + start


def _joined(old: Sequence[Token], changes: Iterator[Change]) -> Iterator[Change]:
    """Yield the changes, those that stand close together in one block as one."""
    last: Change | None = None
    for change in changes:
        if last and change[0] - last[1] < _NEAR and _one_block(old, last[0], change[1]):
            last = last[0], change[1], last[2], change[3]
            continue
        if last:
            yield last
        last = change
    if last:
        yield last


def _one_block(tokens: Sequence[Token], first: int, last: int) -> bool:
    return len({token.block for token in tokens[first : max(last, first + 1)]}) == 1


def _text(tokens: Sequence[Token], first: int, last: int, *, before: bool, after: bool) -> Text:
    """Return the tokens of a change with those of its paragraph around it."""
    lead = _run(tokens, range(first - 1, -1, -1)) if before else []
    tail = _run(tokens, range(last, len(tokens))) if after else []
    lead.reverse()
    anchor = tokens[min(first, len(tokens) - 1)] if tokens else None
    middle = tokens[first:last]
    return Text(
        _said(lead, cut_before=len(lead) == _AROUND) + _between(lead, (*middle, *tail)),
        _said(middle),
        _between(middle, tail) + _said(tail, cut_after=len(tail) == _AROUND),
        tuple(token.box for token in middle),
        anchor.page if anchor else 0,
    )


def _run(tokens: Sequence[Token], places: range) -> list[Token]:
    """Return the tokens at these places up to the end of their paragraph, but not many."""
    found: list[Token] = []
    for place in places[:_AROUND]:
        if found and tokens[place].block != found[0].block:
            break
        found.append(tokens[place])
    return found


def _said(tokens: Sequence[Token], *, cut_before: bool = False, cut_after: bool = False) -> str:
    """Return the tokens as a line: cells and paragraphs apart, `…` where more stands."""
    parts = [_CUT] if cut_before else []
    for place, token in enumerate(tokens):
        parts += [_between(tokens[place - 1 : place], [token]), token.text]
    return "".join([*parts, *([_CUT] if cut_after else [])])


def _between(before: Sequence[Token], after: Sequence[Token]) -> str:
    """Return what stands between two runs of tokens: nothing where one is empty."""
    if not (before and after):
        return ""
    last, token = before[-1], after[0]
    if last.block != token.block:
        return " / "
    if last.cell != token.cell:
        return " | "
    return " " if token.spaced else ""
