"""The values of form fields, drawn where the document leaves that to its reader.

Not for filling a form. A field that has an appearance keeps it, unless the document says that
its appearances are not up to date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String
from reportlab.lib.colors import CMYKColor, Color
from reportlab.pdfgen.canvas import Canvas

from priorauth.exhibits.lettering import SANS
from priorauth.exhibits.reading import box, group, listed, number, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_DEPTH = 20  # of fields within fields
LEAST_SIZE = 4.0  # points
MOST_SIZE = 12.0  # where the field leaves the size open
INSET = 2.0
LEADING = 1.2
_MULTILINE, _PASSWORD, _PUSH_BUTTON, _COMB = 1 << 12, 1 << 13, 1 << 16, 1 << 24
_SIZE = re.compile(rb"([0-9.]+)\s+Tf\b")
_COLOR = re.compile(rb"((?:[0-9.]+\s+){1,4})(g|rg|k)\b")
_TURNED = {90: (0, 1, -1, 0, 0, 0), 180: (-1, 0, 0, -1, 0, 0), 270: (0, -1, 1, 0, 0, 0)}


class UndrawableError(Exception):
    """A value that cannot be shown whole: too long for its field, or in letters that we lack."""

    def __init__(self, page: int) -> None:
        """Keep the number of the page that it is on."""
        super().__init__(page)
        self.page = page


@dataclass(frozen=True)
class Field:
    """One place where a field of a form stands on a page."""

    page: int
    widget: Dictionary = field(repr=False)
    form: Dictionary = field(repr=False)  # the document's /AcroForm

    def get(self, key: Name) -> Object | None:
        """Return an attribute: its own, or that of the field above it, or of the form."""
        node: Object | None = self.widget
        for _ in range(MOST_DEPTH):
            if not isinstance(node, Dictionary):
                break
            if key in node:
                return node[key]
            node = node.get(Name.Parent)
        return self.form.get(key) if key in (Name.DA, Name.Q) else None

    @property
    def kind(self) -> str:
        """Return `/Tx`, `/Ch`, `/Btn`, `/Sig`, or nothing."""
        return str(self.get(Name.FT) or "")

    def has(self, flag: int) -> bool:
        """Return whether a flag of the field is set."""
        return bool(self.whole(Name.Ff) & flag)

    def whole(self, key: Name) -> int:
        """Return an attribute that is a whole number; 0 where there is none."""
        return int(number(self.get(key)) or 0)

    @property
    def text(self) -> str:
        """Return what a text or choice field holds, as it is shown."""
        value = self.get(Name.V)
        values = list(value) if isinstance(value, Array) else [value]
        if self.kind == "/Ch":
            values = [self._shown(one) for one in values]
        return "\n".join(_written(one) for one in values if one is not None)

    def _shown(self, value: Object | None) -> Object | None:
        """Return the words that stand for a choice."""
        options = self.get(Name.Opt)
        for option in options if isinstance(options, Array) else ():
            if isinstance(option, Array) and len(option) == 2 and option[0] == value:  # noqa: PLR2004
                return option[1]
        return value

    @property
    def is_on(self) -> bool:
        """Return whether a check box or radio button is on."""
        alone = Name.Parent not in self.widget
        state = self.widget.get(Name.AS, self.get(Name.V) if alone else None)
        return state is not None and str(state) not in ("", "/", "/Off")

    @property
    def size(self) -> tuple[float, float]:
        """Return width and height as seen upright, in points."""
        left, bottom, right, top = box(self.widget.get(Name.Rect)) or (0, 0, 0, 0)
        width, height = right - left, top - bottom
        return (height, width) if self.turn % 180 else (width, height)

    @property
    def turn(self) -> int:
        """Return by how many degrees the field is turned against its page."""
        return whole(group(self.widget, Name.MK), Name.R) % 360


def _written(value: Object) -> str:
    if isinstance(value, Stream):
        return value.read_bytes().decode("utf-8", "replace")
    return str(value) if isinstance(value, String | str) else str(value).removeprefix("/")


def undrawn(found: Field, *, stale: bool) -> bool:
    """Return whether a field has a value that its document does not draw.

    `stale`: the document says that its appearances are not up to date.
    """
    drawn = Name.N in group(found.widget, Name.AP)
    if not all(found.size):
        return False
    if found.kind == "/Btn":
        return not drawn and not found.has(_PUSH_BUTTON) and found.is_on
    return found.kind in ("/Tx", "/Ch") and (stale or not drawn) and bool(found.text.strip())


def draw(pdf: Pdf, fields: Sequence[Field]) -> None:
    """Give each of these fields an appearance; raise UndrawableError."""
    if not fields:
        return
    target = BytesIO()
    canvas = Canvas(target, invariant=True)
    for one in fields:
        canvas.setPageSize(one.size)
        _draw(canvas, one)
        canvas.showPage()
    canvas.save()
    with Pdf.open(target) as drawn:
        for one, page in zip(fields, drawn.pages, strict=True):
            form = pdf.copy_foreign(page.as_form_xobject())
            if one.turn in _TURNED:
                form.Matrix = Array(_TURNED[one.turn])
            one.widget[Name.AP] = Dictionary(N=form)


def _draw(canvas: Canvas, one: Field) -> None:
    width, height = one.size
    _ground(canvas, one, width, height)
    if one.kind == "/Btn":
        canvas.setStrokeGray(0)
        canvas.setLineWidth(max(1.0, min(width, height) / 10))
        canvas.line(0.2 * width, 0.5 * height, 0.45 * width, 0.2 * height)
        canvas.line(0.45 * width, 0.2 * height, 0.85 * width, 0.85 * height)
        return
    text = SANS.composed(one.text.replace("\r\n", "\n").replace("\r", "\n"))
    if SANS.lacking(text.replace("\n", "").replace("\t", " ")):
        raise UndrawableError(one.page)
    if one.has(_PASSWORD):
        text = "*" * len(text)
    style = _style(one)
    _color(canvas, style)
    most = one.whole(Name.MaxLen)
    if one.has(_COMB) and len(text) <= most:
        _comb(canvas, text, most, width, height)
    else:
        _lines(canvas, text, one, style)


def _style(one: Field) -> bytes:
    found = one.get(Name.DA)
    return bytes(found) if isinstance(found, String) else b""


def _color(canvas: Canvas, style: bytes) -> None:
    """Take the color of the letters from the field's default appearance."""
    canvas.setFillGray(0)
    for numbers, word in _COLOR.findall(style):
        parts = [float(part) for part in numbers.split()]
        if len(parts) == {b"g": 1, b"rg": 3, b"k": 4}[word]:
            canvas.setFillColor(_mixed(parts))


def _mixed(parts: Sequence[float]) -> Color:
    """Return gray, red with green and blue, or the four colors of printers; each 0 to 1."""
    known = [min(1.0, max(0.0, part)) for part in parts]
    if len(known) == 1:
        return Color(*known * 3)
    if len(known) == 3:  # noqa: PLR2004
        return Color(*known)
    cyan, magenta, yellow, black = known
    return CMYKColor(cyan, magenta, yellow, black)


def _ground(canvas: Canvas, one: Field, width: float, height: float) -> None:
    """Draw the field's own background and border."""
    look = group(one.widget, Name.MK)
    for key, operator in ((Name.BG, b"f"), (Name.BC, b"S")):
        color = [number(part) or 0.0 for part in listed(look, key)]
        if len(color) not in (1, 3, 4):
            continue
        fill = operator == b"f"
        (canvas.setFillColor if fill else canvas.setStrokeColor)(_mixed(color))
        canvas.setLineWidth(1)
        canvas.rect(0.5, 0.5, width - 1, height - 1, stroke=not fill, fill=fill)


def _comb(canvas: Canvas, text: str, most: int, width: float, height: float) -> None:
    """Draw each character in a cell of its own."""
    cell = width / most
    size = min(MOST_SIZE, 0.75 * height, cell / 0.7)
    for place, char in enumerate(text):
        x = cell * place + (cell - SANS.width(char, size)) / 2
        SANS.draw(canvas, x, (height - size) / 2 + 0.2 * size, char, size)


def _lines(canvas: Canvas, text: str, one: Field, style: bytes) -> None:
    width, height = one.size
    found = _SIZE.search(style)
    size = float(found[1]) if found else 0.0
    many = one.has(_MULTILINE) or ("\n" in text and one.kind == "/Ch")
    fitted = _fitted(text, width - 2 * INSET, height, size, many=many)
    if fitted is None:
        raise UndrawableError(one.page)
    lines, size = fitted
    y = height - INSET - size if many else (height - size) / 2 + 0.2 * size
    for line in lines:
        free = width - 2 * INSET - SANS.width(line, size)
        x = INSET + free * {1: 0.5, 2: 1.0}.get(one.whole(Name.Q), 0.0)
        SANS.draw(canvas, x, y, line, size)
        y -= size * LEADING


def _fitted(
    text: str, width: float, height: float, size: float, *, many: bool
) -> tuple[list[str], float] | None:
    """Return the lines of a value, and the size in which they fit; None when none is legible."""
    size = size or (MOST_SIZE if many else min(MOST_SIZE, 0.75 * height))
    size = max(LEAST_SIZE, min(size, height))
    while size >= LEAST_SIZE:
        lines = _wrapped(text, width, size) if many else [" ".join(text.split())]
        low = len(lines) * size * LEADING <= height if many else size <= height
        if low and all(SANS.width(line, size) <= width for line in lines):
            return lines, size
        size -= 0.5
    return None


def _wrapped(text: str, width: float, size: float) -> list[str]:
    lines = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}" if line else word
            if line and SANS.width(longer, size) > width:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return lines
