"""The file of a filled form: cleaned, flattened, with its addendum behind it.

Not for what stands in the boxes: `fill` does that.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Page, Pdf
from pikepdf.sanitize import Sanitizer

from priorauth.forms.fonts import brought, runs, width_of
from priorauth.forms.reading import FieldKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from PIL.Image import Image

    from priorauth.forms.reading import FormPdf

DRAFT = "DRAFT: not to be sent"
_SHEET = Name("/PriorauthDraft")
_DRAFT_SIZE = 12.0  # points
_MARGIN = 10.0  # points from the edge: printers leave that much white
_CLEAR = 4.0  # points around it
_LETTER = (612.0, 792.0)  # points
_WHITE = 255


def clean(form: FormPdf) -> None:
    """Take out scripts, attached files, actions that reach outside, and push buttons."""
    pdf = form.pdf
    cleaner = Sanitizer().remove_javascript().remove_attachments().remove_external_access()
    cleaner.remove_multimedia().apply(pdf)
    acro = pdf.Root.get(Name.AcroForm, Dictionary())
    for key in (Name.XFA, Name.NeedAppearances):
        if key in acro:
            del acro[key]
    buttons = [
        widget.annotation
        for field in form.fields
        if field.kind is FieldKind.BUTTON
        for widget in field.widgets
    ]
    _keep(pdf, lambda one: one not in buttons)


def _keep(pdf: Pdf, wanted: Callable[[Dictionary], bool]) -> None:
    """Leave on each page only the annotations that are wanted."""
    for page in pdf.pages:
        found = page.get(Name.Annots)
        if isinstance(found, Array):
            kept = [one for one in found if isinstance(one, Dictionary) and wanted(one)]
            page.Annots = Array(kept)


def flatten(pdf: Pdf) -> None:
    """Draw the fields onto their pages; what is left is no form any more."""
    pdf.flatten_annotations("print")
    _keep(pdf, lambda one: one.get(Name.Subtype) != Name.Widget)
    if Name.AcroForm in pdf.Root:  # the fields that are not printed
        del pdf.Root[Name.AcroForm]


def mark_draft(pdf: Pdf, folders: Sequence[Path]) -> None:
    """Write at the foot of each page that this is a draft; at its head where the foot is taken."""
    from priorauth.fax import STANDARD, drawing  # noqa: PLC0415 - `check` must start quickly

    face = brought(folders)
    pieces = [(font, font.encode(piece)) for font, piece in runs(DRAFT, face)]
    fonts = Dictionary({font.key: font.resource(pdf) for font, _ in pieces})
    shown = " ".join(f"{font.key} {_DRAFT_SIZE:g} Tf <{code.hex()}> Tj" for font, code in pieces)
    wide = width_of(DRAFT, face, _DRAFT_SIZE)
    for page, seen in zip(pdf.pages, list(drawing.sheets(written(pdf), STANDARD)), strict=True):
        left, bottom, right, top = (float(side) for side in page.mediabox)
        x = (right - left - wide) / 2
        y = _free(seen, (right - left, top - bottom), (x, wide))
        text = f"q BT 0 g 1 0 0 1 {left + x:.2f} {bottom + y:.2f} Tm {shown} ET Q"
        _add(pdf, page, text.encode(), fonts)


def _free(seen: Image, size: tuple[float, float], span: tuple[float, float]) -> float:
    """Return how high on a page, in points, the mark touches nothing: the foot, or the head.

    `seen` is the page as drawn on US Letter: on paper of another size the mark is at the foot.
    """
    foot, head = _MARGIN, size[1] - _MARGIN - _DRAFT_SIZE
    across, down = seen.width / size[0], seen.height / size[1]
    for y in (foot, head) if size == _LETTER else ():
        left, right = span[0] - _CLEAR, sum(span) + _CLEAR
        upper, lower = size[1] - y - _DRAFT_SIZE - _CLEAR, size[1] - y + _CLEAR
        around = seen.crop((left * across, upper * down, right * across, lower * down))
        if around.getextrema()[0] == _WHITE:
            return y
    return foot


def _add(pdf: Pdf, page: Page, drawn: bytes, fonts: Dictionary) -> None:
    sheet = pdf.make_stream(drawn)
    sheet[Name.Type], sheet[Name.Subtype] = Name.XObject, Name.Form
    sheet[Name.BBox] = page.mediabox
    sheet[Name.Resources] = Dictionary(Font=fonts)
    name = page.add_resource(sheet, Name.XObject, _SHEET)  # else it would be named by chance
    page.contents_add(b"q\n", prepend=True)
    page.contents_add(f"\nQ\n{name} Do".encode())


def append(pdf: Pdf, other: bytes) -> int:
    """Put the pages of another PDF behind; return how many they are."""
    with Pdf.open(io.BytesIO(other)) as behind:
        count = len(behind.pages)
        pdf.pages.extend(behind.pages)
    return count


def written(pdf: Pdf) -> bytes:
    """Return the file's bytes: the same for the same pages, and not encrypted."""
    file = io.BytesIO()
    pdf.remove_unreferenced_resources()
    pdf.save(
        file, deterministic_id=True, object_stream_mode=ObjectStreamMode.generate, encryption=False
    )
    return file.getvalue()
