"""What a letter's content says in each field of a form: text, a mark, a choice, or nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from priorauth.forms import paths
from priorauth.forms.fonts import tidy
from priorauth.forms.formmap import NOT_MAPPED
from priorauth.forms.reading import FieldKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.forms.formmap import FormMap, Use
    from priorauth.forms.reading import FormField, FormPdf
    from priorauth.letter import Letter


@dataclass(frozen=True)
class Unfilled:
    """A field that stays blank, for staff: what the form calls it, its name, its page, why."""

    label: str
    name: str
    page: int
    why: str
    path: str = ""  # where the answer would stand; empty when it was left on purpose
    required: bool = False


@dataclass(frozen=True)
class Answer:
    """What goes into one field: text, the value of a choice, or nothing; `off` clears a mark."""

    to: FormField
    text: str = field(default="", repr=False)
    choice: str = field(default="", repr=False)
    off: bool = False


@dataclass(frozen=True)
class Answers:
    """What is known for a form, and what is not."""

    known: tuple[Answer, ...]
    unfilled: tuple[Unfilled, ...]
    no_such_choice: tuple[str, ...] = ()  # names of fields


def answers(form: FormPdf, found: FormMap, letter: Letter) -> Answers:
    """Return the answer of each field that the map names and the form has."""
    known: list[Answer] = []
    unfilled: dict[str, Unfilled] = {}
    wrong: list[str] = []
    for one, use in _used(form, found):
        answer = _answer(one, use, letter)
        if isinstance(answer, Answer):
            known.append(answer)
        elif not (use.optional and answer.why == _UNKNOWN):
            # Boxes that one answer would settle are asked for once, at the first of them.
            unfilled.setdefault(answer.path if use.tick else one.name, answer)
            wrong += [one.name] if answer.why == _NO_CHOICE else []
    return Answers(tuple(known), tuple(unfilled.values()), tuple(wrong))


def _used(form: FormPdf, found: FormMap) -> Iterator[tuple[FormField, Use]]:
    """Yield the fields that the map fills, in the order of the pages."""
    for one in form.fields:
        use = found.fields.get(one.name)
        if use and one.fillable:
            yield one, use


_ON = "Yes"  # of a box without a drawing of its own: the name that most forms use
_UNKNOWN = "the case does not say"
_NO_CHOICE = "the form has no such choice"


def _answer(one: FormField, use: Use, letter: Letter) -> Answer | Unfilled:
    if use.leave == NOT_MAPPED:
        return _blank(one, NOT_MAPPED)  # nobody has decided that it may be blank
    if use.leave is not None:
        return Answer(one)
    if use.by_hand is not None:
        return _blank(one, use.by_hand)
    if use.tick is not None:
        return _tick(one, use, letter)
    return _choose(one, use, letter) if use.choose is not None else _put(one, use, letter)


def _put(one: FormField, use: Use, letter: Letter) -> Answer | Unfilled:
    text = use.text if use.text is not None else _joined(use, letter)
    if text:
        return _choice(one, text, use) if one.kind.chooses else Answer(one, text=tidy(text))
    if all(paths.past_the_end(letter, path) for path in use.paths):
        return Answer(one)
    return _blank(one, _UNKNOWN, use.paths[0])


def _blank(one: FormField, why: str, path: str = "") -> Unfilled:
    return Unfilled(one.label, one.name, one.page, why, path, one.required)


def _joined(use: Use, letter: Letter) -> str:
    parts = (text for path in use.put or () for text in paths.texts(letter, path))
    return use.between.sign.join(parts)


def _tick(one: FormField, use: Use, letter: Letter) -> Answer | Unfilled:
    path = use.tick or ""
    found = {text.casefold() for text in paths.texts(letter, path)}
    if use.when is None:
        on = bool(found)
    elif not found:
        return _blank(one, _UNKNOWN, path)
    else:
        on = not found.isdisjoint(word.casefold() for word in use.when)
    if one.kind is FieldKind.TEXT:
        return Answer(one, text="X" if on else "", off=not on)
    marked = one.choices[0].value if one.choices else _ON
    return Answer(one, choice=marked if on else "", off=not on)


def _choose(one: FormField, use: Use, letter: Letter) -> Answer | Unfilled:
    path = use.choose or ""
    found = paths.texts(letter, path)
    if not found:
        return _blank(one, _UNKNOWN, path)
    named = {value.casefold(): name for value, name in use.choices.items()}
    word = named.get(found[0].casefold(), found[0])
    return _choice(one, word, use) if one.kind.chooses else Answer(one, text=tidy(word))


def _choice(one: FormField, word: str, use: Use) -> Answer | Unfilled:
    choice = one.choice(word)
    if choice:
        return Answer(one, text=choice.shown, choice=choice.value)
    if one.editable:
        return Answer(one, text=tidy(word), choice=word)
    return _blank(one, _NO_CHOICE, use.paths[0] if use.paths else "")
