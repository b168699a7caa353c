"""A form of our own that the tests always have, and ways to look at a filled one."""

from __future__ import annotations

import io
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pypdfium2
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL.Image import open as open_picture
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration

from priorauth import forms
from priorauth.datafile import parse
from priorauth.forms import formmap
from priorauth.library import Library, shipped

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL.Image import Image

INPUTS = Path(__file__).parent.parent.parent / "shared" / "inputs" / "forms"
TEXAS = INPUTS / "texas-nofr001.pdf"
TMHP = INPUTS / "tmhp-f00078.pdf"
ABSENT = "the states' forms are not copied into the repository: ../shared/inputs/forms is absent"

# Each box in a place that is known: left and top of the page in points, then width and height.
BOXES = {
    "patient": (40, 60, 220, 16),
    "born": (300, 60, 90, 16),
    "member": (420, 60, 150, 16),
    "phone": (40, 100, 110, 16),
    "plan": (40, 140, 520, 60),
    "reason": (40, 220, 520, 30),
    "code1": (40, 270, 80, 16),
    "units1": (140, 270, 160, 16),
    "code2": (40, 290, 80, 16),
    "units2": (140, 290, 160, 16),
    "small": (40, 320, 30, 16),
}
CHECKS = {"female": (40, 360), "male": (80, 360), "urgent": (120, 360), "rems": (160, 360)}


def _at(left: float, top: float, width: float, height: float) -> str:
    place = f"left:{left}pt;top:{top}pt;width:{width}pt;height:{height}pt"
    return f"position:absolute;{place};margin:0;padding:0;border:0.5pt solid black;font-size:13pt"


def _html() -> str:
    parts = [
        f'<textarea name="{name}" title="Box {name}" style="{_at(*box)}"></textarea>'
        if name in ("plan", "reason")
        else f'<input name="{name}" title="Box {name}" value="" style="{_at(*box)}">'
        for name, box in BOXES.items()
    ]
    parts += [
        f'<input type="checkbox" name="{name}" title="Check if {name}" style="{_at(*at, 12, 12)}">'
        for name, at in CHECKS.items()
    ]
    parts += [
        f'<input type="radio" name="kind" value="{value}" title="{value}" '
        f'style="{_at(left, 390, 12, 12)}">'
        for value, left in (("new", 40), ("again", 80), ("against", 120))
    ]
    parts.append(
        f'<select name="benefit" title="Benefit" style="{_at(40, 420, 120, 16)}">'
        '<option value="">choose</option><option value="M">Medical</option>'
        '<option value="P">Pharmacy</option></select>'
    )
    body = "".join(parts)
    return (
        "<!DOCTYPE html><html lang=en><title>Sample form</title>"
        '<style>@page{size:Letter;margin:0} body{margin:0;font-family:"Sample"} '
        f'@font-face{{font-family:"Sample";src:url("{_FONT.as_uri()}")}}</style>'
        f"<h1 style='position:absolute;left:40pt;top:20pt;font-size:14pt;margin:0'>Sample form</h1>"
        f"<form>{body}</form></html>"
    )


_FONT = shipped() / "templates" / "fonts" / "NotoSans-Regular.ttf"
SAMPLE_MAP = """
title: Sample form
number: S1
fields:
  patient: facts.patient.name
  born: facts.patient.birth_date
  member: facts.coverage.member_id
  phone: {put: facts.patient.phone.digits}
  plan: facts.request.plan
  reason: {put: facts.request.urgent_because, optional: yes}
  code1: facts.request.codes.0.code
  units1: facts.request.codes.0.amount
  code2: facts.request.codes.1.code
  units2: facts.request.codes.1.amount
  small: {leave: too small for anything}
  female: {tick: facts.patient.sex, when: female}
  male: {tick: facts.patient.sex, when: male}
  urgent: {tick: facts.request.urgency, when: urgent}
  rems: {tick: facts.attested.rems_site_certified.answer, when: yes}
  kind.kind: {choose: facts.request.kind, choices: {initial: new, renewal: again, appeal: against}}
  benefit: facts.coverage.benefit
"""


@cache
def sample_pdf() -> bytes:
    """Return the sample form as PDF, made by WeasyPrint."""
    made = HTML(string=_html()).write_pdf(
        pdf_forms=True, font_config=FontConfiguration(), pdf_identifier=b"sample"
    )
    return bytes(made)


def changed(change: Callable[[Pdf], None], raw: bytes | None = None, **options: object) -> bytes:
    """Return the sample form after a change, saved with these options."""
    with Pdf.open(io.BytesIO(raw or sample_pdf())) as pdf:
        change(pdf)
        file = io.BytesIO()
        pdf.save(file, **options)  # type: ignore[arg-type]
    return file.getvalue()


def widget(pdf: Pdf, name: str) -> Dictionary:
    """Return the first place of the field of that name."""
    for page in pdf.pages:
        for found in page.Annots:
            if str(found.get(Name.T, "")) == name:
                assert isinstance(found, Dictionary)
                return found
    raise KeyError(name)


def add_field(pdf: Pdf, name: str, rect: tuple[float, ...], **keys: object) -> Dictionary:
    """Put a text field on the first page, with more keys if wanted."""
    field = Dictionary(
        Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String(name), F=4, Rect=Array(rect)
    )
    field.DA = String("/Helv 10 Tf 0 g")
    for key, value in keys.items():
        field[f"/{key}"] = value
    made = pdf.make_indirect(field)
    pdf.pages[0].Annots.append(made)
    pdf.Root.AcroForm.Fields.append(made)
    return made


def own_font(base: str) -> Callable[[Pdf], None]:
    """Return a change that adds a field `new` with a font that stands whole in the file."""

    def add(pdf: Pdf) -> None:
        known = TTFont(_FONT)
        cmap, advances = known.getBestCmap(), known["hmtx"]
        codes = [bytes([code]).decode("cp1252", "replace") for code in range(32, 256)]
        widths = [advances[cmap[ord(one)]][0] if ord(one) in cmap else 0 for one in codes]
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name(base),
            Flags=32,
            FontBBox=Array([0, -300, 1000, 1000]),
            ItalicAngle=0,
            Ascent=1069,
            Descent=-293,
            CapHeight=714,
            StemV=80,
            FontFile2=pdf.make_stream(_FONT.read_bytes()),
        )
        font = Dictionary(
            Type=Name.Font,
            Subtype=Name.TrueType,
            BaseFont=Name(base),
            Encoding=Name.WinAnsiEncoding,
            FirstChar=32,
            LastChar=255,
            Widths=Array(widths),
            FontDescriptor=pdf.make_indirect(descriptor),
        )
        field = add_field(pdf, "new", (40, 300, 240, 316))
        field.DA = String("/Own 10 Tf 0 g")
        field.DR = Dictionary(Font=Dictionary(Own=pdf.make_indirect(font)))

    return add


def form_of(folder: Path, map_text: str = SAMPLE_MAP, pdf: bytes | None = None) -> forms.Form:
    """Return a form of this map and PDF, the sample's when left out."""
    path = folder / "sample.pdf"
    path.write_bytes(sample_pdf() if pdf is None else pdf)
    read = formmap.understand(parse(map_text, "payers/sample/forms/sample.yaml"))
    assert read.map is not None, "\n".join(map(str, read.problems))
    return forms.Form("sample/sample", read.map, read, path, Library.open().template_folders)


@dataclass(frozen=True)
class Look:
    """A PDF as two viewers show it."""

    path: Path

    def text(self, page: int = 1) -> str:
        """Return the text of a page as poppler reads it."""
        command = ["pdftotext", "-layout", "-f", str(page), "-l", str(page), str(self.path), "-"]
        return subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout

    def pictures(self, page: int = 1, dots: int = 100) -> tuple[Image, Image]:
        """Return a page as pdfium and as poppler draw it, in grays."""
        with pypdfium2.PdfDocument(self.path) as document:
            document.init_forms()
            first = document[page - 1].render(scale=dots / 72).to_pil().convert("L")
        stem = self.path.with_suffix("")
        options = ["-r", str(dots), "-f", str(page), "-l", str(page), "-gray", "-singlefile"]
        subprocess.run(["pdftoppm", *options, "-png", self.path, stem], check=True)
        return first, open_picture(stem.with_suffix(".png")).convert("L")


def dark(picture: Image, box: tuple[float, float, float, float], dots: int = 100) -> int:
    """Return how many dots are black in a box: left, top, width, height in points."""
    left, top, width, height = (side * dots / 72 for side in box)
    part = picture.crop((int(left), int(top), int(left + width), int(top + height)))
    return sum(part.histogram()[:128])
