"""What a viewer shows of an answer: drawn here, so that no viewer has to work it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pikepdf import (
    Array,
    Dictionary,
    Name,
    Object,
    Operator,
    PdfError,
    Stream,
    parse_content_stream,
)

from priorauth.forms.fonts import form_font, runs
from priorauth.forms.layout import Box
from priorauth.forms.reading import FieldKind, inherited

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pikepdf import Pdf

    from priorauth.forms.fonts import Face, Font, FormFont
    from priorauth.forms.layout import Setting
    from priorauth.forms.reading import FormField, Widget

_PADDING = 2.0  # points between the edge of a box and its text; in a narrow box
_NARROW = 0.05  # this part of its width
_QUARTER = 90
_CURVE = 0.5523  # of the radius: how far the handles of a circle's four arcs reach


@dataclass(frozen=True)
class Style:
    """How the form wants a field's text: the name and size of its font; size 0 is open."""

    font: str
    size: float


def style_of(pdf: Pdf, widget: Widget) -> Style:
    """Return the style of a field, from its default appearance."""
    text = inherited(widget.annotation, Name.DA)
    if text is None:
        text = _acroform(pdf).get(Name.DA)
    font, size = "", 0.0
    try:
        for part in parse_content_stream(pdf.make_stream(bytes(text or b""))):
            if part.operator == Operator("Tf"):
                font, size = str(part.operands[0]), abs(float(part.operands[1]))
    except (PdfError, ValueError, TypeError, IndexError):
        return Style("", 0.0)
    return Style(font, size)


def font_of(pdf: Pdf, widget: Widget, style: Style) -> FormFont | None:
    """Return the form's own font of a field, if it can be relied on."""
    own = inherited(widget.annotation, Name.DR)
    for holder in (own, _acroform(pdf).get(Name.DR)):
        fonts = holder.get(Name.Font) if isinstance(holder, Dictionary) else None
        if style.font and isinstance(fonts, Dictionary) and style.font in fonts:
            return form_font(style.font, fonts[style.font])
    return None


def _acroform(pdf: Pdf) -> Dictionary:
    found = pdf.Root.get(Name.AcroForm)
    return found if isinstance(found, Dictionary) else Dictionary()


def box_of(pdf: Pdf, field: FormField, widget: Widget, style: Style) -> Box:
    """Return the room that a field gives its text on one page."""
    sideways = _turn(widget) % (2 * _QUARTER) == _QUARTER
    width, height = widget.width, widget.height
    align = inherited(widget.annotation, Name.Q)
    if align is None:
        align = _acroform(pdf).get(Name.Q)
    side = int(align or 0)
    return Box(
        width=height if sideways else width,
        height=width if sideways else height,
        size=style.size,
        padding=max(min(_PADDING, _NARROW * width), 2 * _border(widget)),
        multiline=field.multiline,
        cells=(field.max_length or 0) if field.comb else 0,
        most=field.max_length,
        align=side if side in (0, 1, 2) else 0,
    )


def _look(widget: Widget) -> Dictionary:
    found = widget.annotation.get(Name.MK)
    return found if isinstance(found, Dictionary) else Dictionary()


def _turn(widget: Widget) -> int:
    return int(_look(widget).get(Name.R, 0)) % (4 * _QUARTER)


def _border(widget: Widget) -> float:
    """Return how wide the field's own border is drawn; 0 when it has none."""
    color = _look(widget).get(Name.BC)
    if not isinstance(color, Array) or not len(color):
        return 0.0
    style = widget.annotation.get(Name.BS)
    return float(style.get(Name.W, 1)) if isinstance(style, Dictionary) else 1.0


def draw_text(
    pdf: Pdf, widget: Widget, setting: Setting, fonts: dict[str, Object], box: Box
) -> None:
    """Give a field the appearance of its text; `fonts` are those of the whole form by key."""
    parts = [_frame(widget, box), b"/Tx BMC q BT 0 g"]
    used: set[str] = set()
    for line in setting.lines:
        parts.append(f"1 0 0 1 {line.x:.3f} {line.y:.3f} Tm".encode())
        for font, piece in runs(line.text, setting.face):
            used.add(font.key)
            parts.append(f"{font.key} {setting.size:g} Tf <{font.encode(piece).hex()}> Tj".encode())
    parts.append(b"ET Q EMC")
    resources = Dictionary(Font=Dictionary({key: fonts[key] for key in sorted(used)}))
    _show(pdf, widget, b"\n".join(parts), resources, box)


def _frame(widget: Widget, box: Box) -> bytes:
    """Return the border that the field itself draws; the new appearance replaces it too."""
    wide = _border(widget)
    if not wide:
        return b""
    half = wide / 2
    return (
        f"q 0 G {wide:g} w {half:g} {half:g} {box.width - wide:.3f} {box.height - wide:.3f} re S Q"
    ).encode()


def _show(pdf: Pdf, widget: Widget, drawn: bytes, resources: Dictionary, box: Box) -> None:
    stream = _stream(pdf, drawn, resources, box.width, box.height)
    stream[Name.Matrix] = Array(_matrix(_turn(widget), box))
    annotation = widget.annotation
    annotation[Name.AP] = Dictionary(N=stream)
    if Name.AS in annotation:
        del annotation[Name.AS]
    _print(annotation)


def _stream(pdf: Pdf, drawn: bytes, resources: Dictionary, width: float, height: float) -> Stream:
    stream = pdf.make_stream(drawn)
    stream[Name.Type] = Name.XObject
    stream[Name.Subtype] = Name.Form
    stream[Name.BBox] = Array([0, 0, round(width, 3), round(height, 3)])
    stream[Name.Resources] = resources
    return stream


def _matrix(turn: int, box: Box) -> list[float]:
    """Return what turns the text in its box, counter-clockwise, by a multiple of 90 degrees."""
    width, height = round(box.width, 3), round(box.height, 3)
    return {
        90: [0, 1, -1, 0, height, 0],
        180: [-1, 0, 0, -1, width, height],
        270: [0, -1, 1, 0, 0, width],
    }.get(turn, [1, 0, 0, 1, 0, 0])


def _print(annotation: Dictionary) -> None:
    """Let the field be printed as well as shown."""
    annotation[Name.F] = int(annotation.get(Name.F, 0)) | 1 << 2


def draw_mark(pdf: Pdf, kind: FieldKind, widget: Widget, state: str) -> None:
    """Give a check box an X when it is on, a radio button a disc.

    A cross of lines, since the sign that the form asks for stands in a font that few PDFs hold.
    """
    annotation = widget.annotation
    states = annotation.get(Name.AP, Dictionary()).get(Name.N)
    off = states.get(Name.Off) if isinstance(states, Dictionary) else None
    mark = _disc(widget) if kind is FieldKind.RADIO and _is_round(widget) else _cross(widget)
    resources, under = Dictionary(), b""
    if isinstance(off, Stream):
        resources = Dictionary(XObject=Dictionary({"/Under": pdf.make_indirect(off)}))
        under = b"q " + _placed(off, widget) + b" cm /Under Do Q\n"
    stream = _stream(pdf, under + mark, resources, widget.width, widget.height)
    new = Dictionary({f"/{state}": stream})
    if isinstance(off, Stream):
        new[Name.Off] = off
    annotation[Name.AP] = Dictionary(N=new)
    _print(annotation)


def _placed(off: Stream, widget: Widget) -> bytes:
    """Return the matrix that puts the appearance of the empty box where the box is."""
    left, bottom, right, top = (float(side) for side in off.get(Name.BBox, Array([0, 0, 1, 1])))
    wide = widget.width / (right - left) if right != left else 1.0
    high = widget.height / (top - bottom) if top != bottom else 1.0
    return f"{wide:.4f} 0 0 {high:.4f} {-left * wide:.3f} {-bottom * high:.3f}".encode()


def _is_round(widget: Widget) -> bool:
    return str(_look(widget).get(Name.CA, "l")) in ("l", "")


def _cross(widget: Widget) -> bytes:
    width, height = widget.width, widget.height
    edge = 0.2 * min(width, height)
    thick = max(1.0, 0.14 * min(width, height))
    right, top = width - edge, height - edge
    return (
        f"q 0 G {thick:.2f} w 1 J {edge:.2f} {edge:.2f} m {right:.2f} {top:.2f} l S "
        f"{edge:.2f} {top:.2f} m {right:.2f} {edge:.2f} l S Q"
    ).encode()


def _disc(widget: Widget) -> bytes:
    x, y = widget.width / 2, widget.height / 2
    radius = 0.28 * min(widget.width, widget.height)
    reach = radius * _CURVE
    points = [(0, 1), (-1, 0), (0, -1), (1, 0)]
    drawn = [f"q 0 g {x + radius:.2f} {y:.2f} m"]
    before = (1, 0)
    for point in points:
        first = (before[0] * radius + point[0] * reach, before[1] * radius + point[1] * reach)
        second = (point[0] * radius + before[0] * reach, point[1] * radius + before[1] * reach)
        end = (point[0] * radius, point[1] * radius)
        steps = " ".join(f"{x + a:.2f} {y + b:.2f}" for a, b in (first, second, end))
        drawn.append(f"{steps} c")
        before = point
    return " ".join([*drawn, "f Q"]).encode()


def encode(line: str, face: Face) -> None:
    """Let the fonts of a face know which characters are used."""
    for font, piece in runs(line, face):
        font.encode(piece)


def embed(pdf: Pdf, fonts: Iterable[Font]) -> dict[str, Object]:
    """Return each font as an object of the PDF, by its key."""
    return {font.key: font.resource(pdf) for font in fonts}
