"""A map held against its PDF: fields that are not there, answers that no field can take.

Not for a map by itself: `formmap` reads that strictly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from priorauth import fields
from priorauth.forms import formmap, paths, reading
from priorauth.forms.choosing import asked_by, missing
from priorauth.forms.filling import Filler
from priorauth.forms.reading import FieldKind, UnfillableError
from priorauth.problems import Place, Problem, Severity, listed, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from priorauth.datafile import Datafile, Trail
    from priorauth.forms.formmap import FormMap, Use
    from priorauth.forms.reading import FormField, FormPdf
    from priorauth.letter import Letter
    from priorauth.library import FormFiles, Library

_DO = "Write `{use}` there, or leave it out with `leave:` and the reason."


@dataclass(frozen=True)
class _Held:
    """A map beside its PDF, while the two are compared."""

    data: Datafile
    map: FormMap
    pdf: FormPdf

    def told(self, trail: Trail, severity: Severity, what: str, fix: str) -> Problem:
        return fields.problem(self.data, trail, what, fix, severity)


def check(
    files: FormFiles,
    folders: Sequence[Path],
    letters: Iterable[Letter] = (),
    *,
    asked: bool = True,
) -> Iterator[Problem]:
    """Yield everything that is wrong with a form: its map, its PDF, the two together.

    Each letter is tried on it, to see which answers do not fit into their boxes. That the PDF of a
    form is not there stops packets only where a payer has `asked` for it.
    """
    read = formmap.read(files.map)
    yield from read.problems
    if read.map is None:
        return
    if files.pdf is None:
        yield missing(files, read.map, Severity.WARNING if asked else Severity.HINT)
        return
    try:
        held = _Held(read.data, read.map, reading.read(files.pdf))
    except UnfillableError as error:
        yield error.problem
        return
    yield from _pdf(held)
    yield from _names(held)
    yield from _unmapped(held)
    yield from _uses(held)
    yield from _without_choice(held)
    yield from _fit(held, files.pdf, folders, letters)


def compared(data: Datafile, found: FormMap, pdf: FormPdf) -> tuple[Problem, ...]:
    """Return what keeps a map from filling a PDF as it says, for those who fill it."""
    held = _Held(data, found, pdf)
    told = (*_pdf(held), *_names(held), *_uses(held))
    return tuple(problem for problem in told if problem.severity is not Severity.HINT)


def check_used(library: Library, payer_id: str) -> Iterator[Problem]:
    """Yield a problem for each form that a payer names, and of which there is no map."""
    known = [form.id for form in library.forms()]
    for form_id in asked_by(library.payer(payer_id)):
        if form_id not in known:
            near = nearest(form_id, known)
            fix = f"Did you mean {listed(near or known)}?" if known else "Write its map first."
            place = Place(f"payers/{payer_id}/payer.yaml", 0, "forms")
            yield Problem(Severity.ERROR, place, f"there is no map of the form {form_id}", fix)


def _pdf(held: _Held) -> Iterator[Problem]:
    if held.map.sha256 is None:
        fix = f"Write `sha256: {held.pdf.sha256}`: then a changed form is noticed."
        yield held.told((), Severity.HINT, "the map does not say for which PDF it was made", fix)
    elif held.map.sha256 != held.pdf.sha256:
        what = "the PDF is not the one that the map was made for"
        fix = (
            "Fill a sample and look at it: `priorauth form fill`. If all is right, write "
            f"`sha256: {held.pdf.sha256}`."
        )
        yield held.told(("sha256",), Severity.WARNING, what, fix)
    if held.pdf.xfa:
        what = "the PDF also holds an XFA form, which is dropped when it is filled"
        yield held.told((), Severity.HINT, what, "Compare the filled form with the payer's.")
    if held.pdf.unnamed:
        what = f"{held.pdf.unnamed} places on the form have no name, so that nothing fills them"
        yield held.told((), Severity.HINT, what, "Fill them by hand.")


def _names(held: _Held) -> Iterator[Problem]:
    known = [one.name for one in held.pdf.fields]
    free = [name for name in known if name not in held.map.fields]
    for name in held.map.fields:
        if name not in known:
            near = nearest(name, free or known, most=1)
            fix = f"Did you mean `{near[0]}`?" if near else "See `priorauth form fields`."
            what = "the PDF has no field of this name"
            yield held.told(("fields", name), Severity.ERROR, what, fix)


def _unmapped(held: _Held) -> Iterator[Problem]:
    for one in held.pdf.fields:
        use = held.map.fields.get(one.name)
        later = use is not None and use.leave == formmap.NOT_MAPPED
        if use is not None and not later:
            continue
        if not one.kind.fills or one.hidden:
            continue
        trail: Trail = ("fields", one.name) if use else ("fields",)
        severity = Severity.WARNING if one.required else Severity.HINT
        must = ", and the form requires it" if one.required else ""
        what = f"nothing fills `{one.name}` on page {one.page}{must}"
        fix = "Map it, or write `by_hand:` or `leave:` with the reason."
        yield held.told(trail, severity, what, fix)


def _uses(held: _Held) -> Iterator[Problem]:
    for one in held.pdf.fields:
        use = held.map.fields.get(one.name)
        if use and use.leave is None and use.by_hand is None:
            yield from _field(held, one)
            yield from _way(held, one, use)
            yield from _choices(held, one, use)


def _field(held: _Held, one: FormField) -> Iterator[Problem]:
    """Yield why nothing can or should be put into a field."""
    trail = ("fields", one.name)
    if not one.kind.fills:
        what, fix = f"this is a {one.kind}, which nothing fills", "Remove the line."
        if one.kind is FieldKind.SIGNATURE:
            fix = "Write `by_hand: signed by the prescriber`."
        yield held.told(trail, Severity.ERROR, what, fix)
    elif one.hidden:
        what = "the form hides this field: what is put there would not be seen"
        yield held.told(trail, Severity.WARNING, what, "Write `leave:` with the reason.")
    elif one.secret:
        what = "this is a field for a password"
        yield held.told(trail, Severity.WARNING, what, "Write `leave:` with the reason.")
    elif one.read_only and one.value:
        what = "the form has filled this field itself and locked it: that stays"
        yield held.told(trail, Severity.WARNING, what, "Write `leave:` with the reason.")


def _way(held: _Held, one: FormField, use: Use) -> Iterator[Problem]:
    """Yield that a field takes another kind of answer than the map gives it."""
    wanted = ""
    if one.kind is FieldKind.CHECK and use.tick is None:
        wanted = "tick: path, when: value"
    elif one.kind.chooses and use.tick is not None:
        wanted = "choose: path, choices: {value: choice}"
    if wanted:
        trail, what = ("fields", one.name), f"this is a {one.kind}"
        yield held.told(trail, Severity.ERROR, what, _DO.format(use=wanted))
    if one.kind is FieldKind.CHECK and not one.choices:
        what = "this check box has no drawing of its own for being marked"
        yield held.told(("fields", one.name), Severity.HINT, what, "It gets a cross of ours.")


def _choices(held: _Held, one: FormField, use: Use) -> Iterator[Problem]:
    """Yield the choices that the form does not have, and the answers that have no choice."""
    if not one.kind.chooses or use.tick is not None:
        return
    shown = listed(f"`{choice.shown}`" for choice in one.choices)
    for word in (*use.choices.values(), *([use.text] if use.text else [])):
        if not one.choice(word) and not one.editable:
            trail = formmap.where_of(held.data, one.name, word)
            what = f"the form has no choice `{word}`"
            yield held.told(trail, Severity.ERROR, what, f"It has {shown}.")


def _without_choice(held: _Held) -> Iterator[Problem]:
    """Yield what the case can say in a field that has no choice for it."""
    for one in held.pdf.fields:
        use = held.map.fields.get(one.name)
        if use and one.kind.chooses and not one.editable:
            yield from _unsayable(held, one, use)


def _unsayable(held: _Held, one: FormField, use: Use) -> Iterator[Problem]:
    shown = listed(f"`{choice.shown}`" for choice in one.choices)
    path = use.choose or (use.put[0] if use.put else "")
    mapped = {word.casefold() for word in use.choices}
    for word in paths.words(path) if path else ():
        if word.casefold() not in mapped and not one.choice(word):
            what = f"the case can say `{word}`, for which the form has no choice of that name"
            fix = f"Write `choices: {{{word}: …}}` with one of {shown}; else it stays blank."
            yield held.told(("fields", one.name), Severity.WARNING, what, fix)


def _fit(
    held: _Held, pdf: Path, folders: Sequence[Path], letters: Iterable[Letter]
) -> Iterator[Problem]:
    """Yield the answers of sample cases that go to the addendum."""
    over: dict[str, None] = {}
    for letter in letters:
        written = Filler(reading.read(pdf), folders).fill(held.map, letter)
        over.update(dict.fromkeys(item.name for item in written.overflow))
    for name in over:
        what = "the answer of a sample case does not fit into the box, and goes to the addendum"
        yield held.told(("fields", name), Severity.HINT, what, "A shorter answer may do.")
