"""Layers (optional content) of a PDF: which are switched off, and pages without them.

A layer that nobody sees is taken out of the page: else it would come back to light where the
switches are lost, and programs would read it in any case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pikepdf import (
    Array,
    ContentStreamInstruction,
    Dictionary,
    Name,
    Object,
    Operator,
    Stream,
    unparse_content_stream,
)

from priorauth.exhibits.drawn import drawings
from priorauth.exhibits.reading import group, groups, named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pikepdf import Pdf

    from priorauth.exhibits.drawn import Drawing, Instruction
    from priorauth.exhibits.tree import Leaf


MOST_DEPTH = 20  # of expressions
_PAINT = frozenset({"f", "F", "f*", "B", "B*", "b", "b*", "S", "s"})
_SHOW = frozenset({"Tj", "TJ", "'", '"'})
_NEXT_LINE = frozenset({"'", '"'})
_PLACE = frozenset({"Td", "TD", "Tm", "T*", "BT", "ET"})
_DRAW = frozenset({"Do", "sh", "INLINE IMAGE"})
_MARKS = frozenset({"BMC", "BDC", "EMC"})


class EntangledError(Exception):
    """What is hidden cannot be taken out without moving what is seen."""


class Layers:
    """The layers of one document, as they are when it is opened on a screen."""

    def __init__(self, pdf: Pdf) -> None:
        """Read which layers are switched off."""
        self._off = _switched_off(group(pdf.Root, Name.OCProperties))

    @property
    def any_off(self) -> bool:
        """Return whether any layer is switched off."""
        return bool(self._off)

    def hides(self, mark: Object | None) -> bool:
        """Return whether what bears this mark (the value of an /OC entry) is hidden."""
        if not self._off or not isinstance(mark, Dictionary):
            return False
        if mark.get(Name.Type) != Name.OCMD:
            return mark.objgen in self._off
        rule = mark.get(Name.VE)
        return not (self._holds(rule, 0) if isinstance(rule, Array) else self._member(mark))

    def _member(self, mark: Dictionary) -> bool:
        """Return whether a group of layers is seen, by its policy."""
        members = mark.get(Name.OCGs)
        several = [members] if isinstance(members, Dictionary) else groups(mark, Name.OCGs)
        on = [one.objgen not in self._off for one in several]
        policy = str(mark.get(Name.P, Name.AnyOn))
        if not on:
            return True
        rules = {"/AllOn": all(on), "/AnyOff": not all(on), "/AllOff": not any(on)}
        return rules.get(policy, any(on))

    def _holds(self, rule: Object, depth: int) -> bool:
        """Return whether an expression of layers holds: `[/And a [/Not b]]`."""
        if isinstance(rule, Dictionary):
            return rule.objgen not in self._off
        if not isinstance(rule, Array) or len(rule) < 2 or depth > MOST_DEPTH:  # noqa: PLR2004
            return True
        word, *parts = list(rule)
        held = [self._holds(part, depth + 1) for part in parts]
        if word == Name.Not:
            return not all(held)
        return any(held) if word == Name.Or else all(held)


def _switched_off(properties: Dictionary) -> frozenset[tuple[int, int]]:
    """Return the layers that the document's own settings switch off, for a screen."""
    settings = group(properties, Name.D)
    off = set[tuple[int, int]]()
    if settings.get(Name.BaseState) == Name.OFF:
        off |= _places(properties, Name.OCGs)
    off -= _places(settings, Name.ON)
    off |= _places(settings, Name.OFF)
    for event in groups(settings, Name.AS):
        if event.get(Name.Event) == Name.View:
            for layer in groups(event, Name.OCGs):
                state = group(group(layer, Name.Usage), Name.View).get(Name.ViewState)
                off -= {layer.objgen} if state == Name.ON else set()
                off |= {layer.objgen} if state == Name.OFF else set()
    return frozenset(off)


def _places(holder: Dictionary, key: Name) -> set[tuple[int, int]]:
    return {layer.objgen for layer in groups(holder, key) if layer.is_indirect}


def take_out(pdf: Pdf, layers: Layers, leaf: Leaf) -> bool:
    """Take out of a page what is hidden on it; return whether there was anything.

    Raises EntangledError. What draws the page must have been found whole before.
    """
    found = False
    for drawing in tuple(drawings(leaf)):
        hidden = _hidden_names(drawing.resources, Name.Properties, layers)
        gone = _hidden_names(drawing.resources, Name.XObject, layers)
        if (hidden or gone) and drawing.parts:
            kept, less = _kept(drawing, hidden, gone)
            if less:
                found = True
                _replace(pdf, drawing, unparse_content_stream(kept))
    return found


def _hidden_names(resources: Dictionary, key: Name, layers: Layers) -> frozenset[str]:
    """Return the names of hidden layers, or those of pictures and forms within hidden ones."""
    held = named(resources, key)
    if key == Name.Properties:
        return frozenset(name for name, value in held.items() if layers.hides(value))
    drawn = ((name, value) for name, value in held.items() if isinstance(value, Stream))
    return frozenset(name for name, value in drawn if layers.hides(value.get(Name.OC)))


def _replace(pdf: Pdf, drawing: Drawing, data: bytes) -> None:
    if isinstance(drawing.owner, Stream):
        drawing.owner.write(data)
    else:
        drawing.owner[Name.Contents] = pdf.make_stream(data)


def _kept(
    drawing: Drawing, hidden: frozenset[str], gone: frozenset[str]
) -> tuple[list[Instruction], bool]:
    """Return a drawing's instructions without those that nobody sees, and whether any were."""
    sieve = _Sieve(hidden, gone)
    kept = [kept for one in drawing.instructions() for kept in sieve.pass_on(one)]
    return kept, sieve.found


class _Sieve:
    """Passes on the instructions whose work is seen, and of the others what keeps the state."""

    def __init__(self, hidden: frozenset[str], gone: frozenset[str]) -> None:
        self._hidden = hidden
        self._gone = gone
        self._marks: list[bool] = []  # of the marked content we are in: whether it is hidden
        self._moved = False  # the text would have moved on, had it been shown
        self.found = False

    def pass_on(self, one: Instruction) -> Iterator[Instruction]:
        """Yield what is left of an instruction."""
        word = str(one.operator)
        if word in _MARKS:
            yield from self._mark(one, word)
            return
        if word in _PLACE or word in _NEXT_LINE:
            self._moved = False
        if any(self._marks):
            yield from self._unseen(one, word)
        elif word == "Do" and _name(one, 0) in self._gone:
            self.found = True
        elif word in _SHOW and self._moved:
            raise EntangledError
        else:
            yield one

    def _mark(self, one: Instruction, word: str) -> Iterator[Instruction]:
        within = any(self._marks)
        if word == "EMC":
            if not (self._marks and self._marks.pop()) and not within:
                yield one
            return
        hides = word == "BDC" and _name(one, 0) == "/OC" and _name(one, 1) in self._hidden
        self._marks.append(hides)
        self.found = self.found or hides
        if not within and not hides:
            yield one

    def _unseen(self, one: Instruction, word: str) -> Iterator[Instruction]:
        if word in _PAINT:
            yield _instruction("n")
        elif word in _SHOW:
            self._moved = True
            if word == '"' and len(one.operands) == 3:  # noqa: PLR2004 - two spacings and the text
                yield _instruction("Tw", one.operands[0])
                yield _instruction("Tc", one.operands[1])
            if word in _NEXT_LINE:
                yield _instruction("T*")
        elif word not in _DRAW:
            yield one


def _name(one: Instruction, place: int) -> str:
    """Return an operand that is a name; empty where there is none."""
    operands = one.operands
    found = operands[place] if place < len(operands) else None
    return str(found) if isinstance(found, Name) else ""


def _instruction(word: str, *operands: Object | float) -> ContentStreamInstruction:
    return ContentStreamInstruction(operands, Operator(word))
