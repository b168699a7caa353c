"""A form filled: every answer in its box, or whole in what goes to the addendum.

Unknown stays blank and is listed. Not for the file that is written: `binding` does that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pikepdf import Dictionary, Name, Pdf, String

from priorauth.forms import appearance, overflow
from priorauth.forms.answers import Answer, Unfilled, answers
from priorauth.forms.fonts import Face, brought, tidy
from priorauth.forms.layout import fit
from priorauth.forms.reading import FieldKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from priorauth.forms.fonts import Font
    from priorauth.forms.formmap import FormMap
    from priorauth.forms.layout import Box, Setting
    from priorauth.forms.reading import FormField, FormPdf, Widget
    from priorauth.letter import Letter
    from priorauth.letter.contract import AddendumItem


@dataclass(frozen=True)
class Written:
    """A filled form without its addendum, and what did not go into its boxes."""

    pdf: Pdf = field(repr=False)
    unfilled: tuple[Unfilled, ...]
    overflow: tuple[AddendumItem, ...]
    without_pointer: tuple[str, ...]  # names of fields too small even to point to the addendum
    no_such_choice: tuple[str, ...]
    shown_first_only: tuple[str, ...]


@dataclass(frozen=True)
class _Placed:
    widget: Widget
    box: Box
    setting: Setting


class Filler:
    """Fills one form once; what it has laid out and what has overflowed stands here meanwhile."""

    def __init__(self, form: FormPdf, folders: Sequence[Path]) -> None:
        """Take the form, whose PDF is changed, and the template folders with the fonts."""
        self._form = form
        self._brought = brought(folders)
        self._fonts: dict[str, Font] = {font.key: font for font in self._brought}
        self._placed: list[_Placed] = []
        self._items: list[AddendumItem] = []
        self._without_pointer: list[str] = []

    def fill(self, found: FormMap, letter: Letter) -> Written:
        """Return the form with the letter's answers in its fields."""
        said = answers(self._form, found, letter)
        known = {answer.to.name: answer for answer in said.known}
        rests = overflow.rests(self._form, found, letter)
        pointing = {_widest(rest.fields).name: rest for rest in rests}
        given_up = {one.name for rest in rests for one in rest.fields}
        for one in self._form.fields:  # in the order of the pages: so the items are numbered
            if one.name in pointing:
                self._overflow(one, pointing[one.name].texts)
            elif one.name in known and one.name not in given_up:
                self._answer(known[one.name])
        self._keep_given(known.keys() | given_up)
        self._draw()
        return Written(
            pdf=self._form.pdf,
            unfilled=tuple(one for one in said.unfilled if one.name not in given_up),
            overflow=tuple(self._items),
            without_pointer=tuple(self._without_pointer),
            no_such_choice=said.no_such_choice,
            shown_first_only=overflow.shown_first_only(self._form, found, letter),
        )

    def _answer(self, answer: Answer) -> None:
        one = answer.to
        if one.kind in (FieldKind.CHECK, FieldKind.RADIO):
            if answer.choice or answer.off:
                self._mark(one, answer.choice)
        elif answer.text:
            if not self._place(one, answer.text):
                self._overflow(one, (answer.text,))
            elif one.kind.chooses:
                _set(one, answer.choice)

    def _mark(self, one: FormField, choice: str) -> None:
        """Mark the box or the button of a choice, and clear the others."""
        for widget in one.widgets:
            on = bool(choice) and widget.on in (choice, "")
            if on:
                appearance.draw_mark(self._form.pdf, one.kind, widget, choice)
            widget.annotation[Name.AS] = Name(f"/{choice}") if on else Name.Off
        _holder(one)[Name.V] = Name(f"/{choice}") if choice else Name.Off

    def _place(self, one: FormField, text: str) -> bool:
        """Lay the text out wherever the field stands; return whether it fits everywhere."""
        found: list[_Placed] = []
        for widget in one.widgets:
            if widget.hidden:
                continue
            box, faces = self._room(one, widget)
            setting = fit(text, box, faces)
            if setting is None:
                return False
            found.append(_Placed(widget, box, setting))
        self._placed += found
        _set(one, text)
        return True

    def _room(self, one: FormField, widget: Widget) -> tuple[Box, list[Face]]:
        style = appearance.style_of(self._form.pdf, widget)
        own = appearance.font_of(self._form.pdf, widget, style)
        if own is None:
            faces: list[Face] = [self._brought]
        else:
            kept = self._fonts.setdefault(own.key, own)
            faces = [(kept,), self._brought]
        return appearance.box_of(self._form.pdf, one, widget, style), faces

    def _overflow(self, one: FormField, texts: Iterable[str]) -> None:
        number = len(self._items) + 1
        self._items.append(overflow.item(number, one, texts))
        if not any(self._place(one, pointer) for pointer in overflow.pointers(number)):
            self._without_pointer.append(one.name)

    def _keep_given(self, answered: set[str]) -> None:
        """Draw what the form brought along already, where only a viewer would have drawn it."""
        acro = self._form.pdf.Root.get(Name.AcroForm, Dictionary())
        asked = bool(acro.get(Name.NeedAppearances, False))
        for one in self._form.fields:
            drawn = all(Name.AP in widget.annotation for widget in one.widgets)
            writes = one.kind in (FieldKind.TEXT, FieldKind.COMBO, FieldKind.LIST)
            if one.name not in answered and writes and one.value and (asked or not drawn):
                shown = one.choice(one.value)
                self._answer(Answer(one, tidy(shown.shown if shown else one.value), one.value))

    def _draw(self) -> None:
        for placed in self._placed:  # everything is encoded first: then it is known what is used
            for line in placed.setting.lines:
                appearance.encode(line.text, placed.setting.face)
        used = {font.key for placed in self._placed for font in placed.setting.face}
        fonts = appearance.embed(
            self._form.pdf, (font for key, font in self._fonts.items() if key in used)
        )
        for placed in self._placed:
            appearance.draw_text(self._form.pdf, placed.widget, placed.setting, fonts, placed.box)


def _widest(row: Iterable[FormField]) -> FormField:
    """Return the field of a row that has the most room for pointing to the addendum."""
    return max(row, key=lambda one: one.widgets[0].width)


def _holder(one: FormField) -> Dictionary:
    """Return the dictionary that holds the field's value: that of the group for radio buttons."""
    node = one.widgets[0].annotation
    wanted = Name.Kids if one.kind is FieldKind.RADIO else Name.T
    above = node.get(Name.Parent)
    while wanted not in node and isinstance(above, Dictionary):
        node, above = above, above.get(Name.Parent)
    return node


def _set(one: FormField, text: str) -> None:
    _holder(one)[Name.V] = String(text)
