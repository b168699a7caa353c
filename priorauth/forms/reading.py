"""The fields of a fillable PDF: name, kind, tooltip, page, limits, choices.

Not for what goes into them.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from pikepdf import Array, Dictionary, Name, Object, PasswordError, Pdf, PdfError, Stream, String

from priorauth.problems import Place, PriorAuthError, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_BYTES = 50_000_000
MOST_WIDGETS = 10_000
_DEEPEST = 50  # a chain of parents that is longer is a ring
# Bits of the flags of a field and of an annotation, ISO 32000 tables 227 to 231 and 167.
_READ_ONLY, _REQUIRED = 1 << 0, 1 << 1
_MULTILINE, _PASSWORD, _COMB = 1 << 12, 1 << 13, 1 << 24
_RADIO, _PUSH = 1 << 15, 1 << 16
_COMBO, _EDIT = 1 << 17, 1 << 18
_HIDDEN, _NO_VIEW = 1 << 1, 1 << 5


class FieldKind(StrEnum):
    """What a field takes."""

    TEXT = "text"
    CHECK = "check box"
    RADIO = "radio group"
    COMBO = "drop-down list"
    LIST = "list"
    BUTTON = "button"
    SIGNATURE = "signature"

    @property
    def chooses(self) -> bool:
        """Return whether it takes one of several choices."""
        return self in (FieldKind.RADIO, FieldKind.COMBO, FieldKind.LIST)

    @property
    def fills(self) -> bool:
        """Return whether a map can put something into it."""
        return self not in (FieldKind.BUTTON, FieldKind.SIGNATURE)


class UnfillableError(PriorAuthError):
    """A form that cannot be filled."""

    def __init__(self, name: str, what: str, fix: str) -> None:
        """Say which, what is wrong, and what to do."""
        self.problem = Problem(Severity.ERROR, Place(name), what, fix)
        super().__init__(str(self.problem))


@dataclass(frozen=True)
class Choice:
    """One choice of a field: the value in the file, and what a person sees."""

    value: str
    shown: str


@dataclass(frozen=True)
class Widget:
    """One place of a field on a page, counted from 1; points from the bottom left."""

    page: int
    rect: tuple[float, float, float, float]
    on: str  # the state that a mark stands for; empty for text
    hidden: bool
    annotation: Dictionary = field(repr=False, compare=False)

    @property
    def width(self) -> float:
        """Return the width in points."""
        return self.rect[2] - self.rect[0]

    @property
    def height(self) -> float:
        """Return the height in points."""
        return self.rect[3] - self.rect[1]


@dataclass(frozen=True)
class FormField:
    """One field of a form, with every place that it has on the pages."""

    name: str
    kind: FieldKind
    tooltip: str
    widgets: tuple[Widget, ...]
    choices: tuple[Choice, ...] = ()
    max_length: int | None = None
    required: bool = False
    read_only: bool = False
    multiline: bool = False
    comb: bool = False
    editable: bool = False  # a drop-down list that also takes words of one's own
    secret: bool = False
    value: str = field(default="", repr=False)

    @property
    def label(self) -> str:
        """Return what the form calls the field: its tooltip, else its name."""
        return (self.tooltip or self.name).strip().rstrip(":*").strip()

    @property
    def page(self) -> int:
        """Return the first page that it stands on."""
        return self.widgets[0].page

    @property
    def hidden(self) -> bool:
        """Return whether no page shows it."""
        return all(widget.hidden for widget in self.widgets)

    @property
    def fillable(self) -> bool:
        """Return whether an answer can be put there and seen."""
        given = self.read_only and bool(self.value)  # the form's owner has filled and locked it
        return self.kind.fills and not (self.hidden or self.secret or given)

    def choice(self, word: str) -> Choice | None:
        """Return the choice with that value or that name, whatever the capitals."""
        wanted = word.strip().casefold()
        for one in self.choices:
            if wanted in (one.value.casefold(), one.shown.strip().casefold()):
                return one
        return None


@dataclass(frozen=True)
class FormPdf:
    """A form as opened: its fields in the order of the pages, and what is odd about it."""

    pdf: Pdf = field(repr=False)
    fields: tuple[FormField, ...]
    sha256: str
    xfa: bool = False
    unnamed: int = 0  # places without a name, which no map can reach
    scripts: bool = False

    def find(self, name: str) -> FormField | None:
        """Return the field of that name."""
        return next((one for one in self.fields if one.name == name), None)


def read(path: Path) -> FormPdf:
    """Return the form at `path`; raise UnfillableError when it cannot be used."""
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise UnfillableError(
            str(path), "there is no such file", "Check the name and the folder."
        ) from None
    except OSError as error:
        what = f"the file cannot be read ({error.strerror or 'no reason given'})"
        raise UnfillableError(str(path), what, "Check that you may open it.") from None
    return understand(raw, str(path))


def understand(raw: bytes, name: str) -> FormPdf:
    """Return the form that the bytes are, called `name` in what is said of it."""
    if len(raw) > MOST_BYTES:
        what = f"the file is larger than {MOST_BYTES // 1_000_000} MB"
        raise UnfillableError(name, what, "Check that this is the form.")
    pdf = _opened(raw, name)
    try:
        found, unnamed = _fields(pdf)
    except (PdfError, RuntimeError, ValueError, TypeError, AttributeError, LookupError):
        raise UnfillableError(
            name, "its fields cannot be read", "Download the form again from where it comes."
        ) from None
    acro = pdf.Root.get(Name.AcroForm, Dictionary())
    form = FormPdf(
        pdf,
        found,
        hashlib.sha256(raw).hexdigest(),
        xfa=Name.XFA in acro,
        unnamed=unnamed,
        scripts=_has_scripts(pdf),
    )
    if not found:
        raise UnfillableError(name, *_no_fields(form))
    return form


def _no_fields(form: FormPdf) -> tuple[str, str]:
    if form.xfa:
        return (
            "this is a dynamic XFA form, which only Adobe's programs show",
            "Ask the payer for a plain PDF form, or fill it by hand in Adobe Acrobat.",
        )
    return (
        "the PDF has no fields to fill",
        "Ask the payer for the fillable form, or add fields with a PDF editor.",
    )


def _opened(raw: bytes, name: str) -> Pdf:
    try:
        return Pdf.open(io.BytesIO(raw))
    except PasswordError:
        raise UnfillableError(
            name,
            "the form is locked by a password",
            "Open it with the password and save it without.",
        ) from None
    except PdfError:
        raise UnfillableError(
            name, "this is not a PDF, or it is damaged", "Download the form again."
        ) from None


def _has_scripts(pdf: Pdf) -> bool:
    names = pdf.Root.get(Name.Names, Dictionary())
    return isinstance(names, Dictionary) and Name.JavaScript in names


def _fields(pdf: Pdf) -> tuple[tuple[FormField, ...], int]:
    places: dict[str, list[tuple[int, Dictionary]]] = {}
    unnamed = 0
    for page, annotation in _widgets(pdf):
        name = _name(annotation)
        if name:
            places.setdefault(name, []).append((page, annotation))
        else:
            unnamed += 1
    return tuple(_field(name, found) for name, found in places.items()), unnamed


def _widgets(pdf: Pdf) -> Iterator[tuple[int, Dictionary]]:
    count = 0
    for number, page in enumerate(pdf.pages, 1):
        for annotation in page.obj.get(Name.Annots, Array()):
            if isinstance(annotation, Dictionary) and annotation.get(Name.Subtype) == Name.Widget:
                count += 1
                if count > MOST_WIDGETS:
                    raise ValueError
                yield number, annotation


def _line(node: Dictionary) -> Iterator[Dictionary]:
    """Yield a field and the fields above it."""
    for _ in range(_DEEPEST):
        yield node
        above = node.get(Name.Parent)
        if not isinstance(above, Dictionary):
            return
        node = above


def inherited(node: Dictionary, key: Name) -> Object | None:
    """Return a value of a field, or of the nearest field above it that has one."""
    return next((one[key] for one in _line(node) if key in one), None)


def _name(node: Dictionary) -> str:
    """Return the whole name of a field: its own part after those above it, with dots."""
    parts = [str(one[Name.T]) for one in _line(node) if Name.T in one]
    return ".".join(reversed(parts))


def _number(node: Dictionary, key: Name) -> int:
    found = inherited(node, key)
    return int(found) if found is not None else 0


def _field(name: str, found: list[tuple[int, Dictionary]]) -> FormField:
    first = found[0][1]
    flags = _number(first, Name.Ff)
    widgets = tuple(_widget(page, annotation) for page, annotation in found)
    states = {widget.on for widget in widgets if widget.on}
    kind = _kind(first, flags, len(states))
    limit = inherited(first, Name.MaxLen)
    named = next(one for one in _line(first) if Name.T in one)
    tooltip = named.get(Name.TU, first.get(Name.TU))
    return FormField(
        name=name,
        kind=kind,
        tooltip=" ".join(str(tooltip).split()) if tooltip is not None else "",
        widgets=widgets,
        choices=_choices(kind, widgets, first),
        max_length=int(limit) if kind is FieldKind.TEXT and limit is not None else None,
        required=bool(flags & _REQUIRED),
        read_only=bool(flags & _READ_ONLY),
        multiline=kind is FieldKind.TEXT and bool(flags & _MULTILINE),
        comb=kind is FieldKind.TEXT and bool(flags & _COMB) and limit is not None,
        editable=kind is FieldKind.COMBO and bool(flags & _EDIT),
        secret=kind is FieldKind.TEXT and bool(flags & _PASSWORD),
        value=_value(first),
    )


def _kind(node: Dictionary, flags: int, states: int) -> FieldKind:
    kind = inherited(node, Name.FT)
    if kind == Name.Btn:
        if flags & _PUSH:
            return FieldKind.BUTTON
        return FieldKind.RADIO if flags & _RADIO or states > 1 else FieldKind.CHECK
    if kind == Name.Ch:
        return FieldKind.COMBO if flags & _COMBO else FieldKind.LIST
    return FieldKind.SIGNATURE if kind == Name.Sig else FieldKind.TEXT


def _widget(page: int, annotation: Dictionary) -> Widget:
    left, bottom, right, top = (float(side) for side in annotation[Name.Rect])
    flags = int(annotation.get(Name.F, 0))
    rect = (min(left, right), min(bottom, top), max(left, right), max(bottom, top))
    hidden = bool(flags & (_HIDDEN | _NO_VIEW)) or rect[0] == rect[2] or rect[1] == rect[3]
    return Widget(page, rect, _on(annotation), hidden, annotation)


def _on(annotation: Dictionary) -> str:
    """Return the name of the state in which a button is marked; empty without one."""
    drawn = annotation.get(Name.AP, Dictionary()).get(Name.N)
    states = drawn.keys() if isinstance(drawn, Dictionary) and not isinstance(drawn, Stream) else ()
    return next((state.removeprefix("/") for state in sorted(states) if state != "/Off"), "")


def _choices(kind: FieldKind, widgets: tuple[Widget, ...], first: Dictionary) -> tuple[Choice, ...]:
    options = inherited(first, Name.Opt)
    written = [_option(one) for one in options] if isinstance(options, Array) else []
    if kind in (FieldKind.COMBO, FieldKind.LIST):
        return tuple(written)
    if kind is FieldKind.CHECK:
        return tuple(Choice(one.on, "") for one in widgets[:1] if one.on)
    if kind is not FieldKind.RADIO:
        return ()
    shown = [one.shown for one in written] if len(written) == len(widgets) else [""] * len(widgets)
    found = {
        widget.on: Choice(widget.on, name or _own_tooltip(widget) or widget.on)
        for widget, name in zip(widgets, shown, strict=True)
        if widget.on
    }
    return tuple(found.values())


def _own_tooltip(widget: Widget) -> str:
    own = widget.annotation
    return str(own[Name.TU]) if Name.TU in own and Name.Parent in own else ""


def _option(option: Object) -> Choice:
    if isinstance(option, Array):
        return Choice(str(option[0]), str(option[1]))
    return Choice(str(option), str(option))


def _value(node: Dictionary) -> str:
    found = inherited(node, Name.V)
    if isinstance(found, String):
        return str(found)
    marked = isinstance(found, Name) and found != Name.Off
    return str(found).removeprefix("/") if marked else ""
