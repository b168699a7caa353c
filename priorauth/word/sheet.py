"""The sheet of a Word letter: paper, styles, the head and foot of every page, what the file says.

The fonts are ones that Word brings on Windows and on a Mac: the letter's own are not installed
there, and a font inside the file makes it ten times as large. Cambria tells I from l and 1, has
figures of one height, and LibreOffice has one of the same widths for it.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Inches, Mm, Pt, RGBColor

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.styles.style import ParagraphStyle
    from docx.text.paragraph import Paragraph

_SERIF, _SANS = "Cambria", "Arial"
AFTER_TABLE, AFTER_LIST = Pt(8), Pt(6)
_BLACK = RGBColor(0, 0, 0)
_MARGINS = {"top": 24, "right": 18, "bottom": 17, "left": 18}  # in mm, as in templates/print.css
WIDTH = 8.5 * 25.4 - _MARGINS["left"] - _MARGINS["right"]  # of the text, in mm
DRAFT = "DRAFT: not to be sent"

# Which style of Word's an element has.
TABLE_TEXT, FIGURE = "Table Text", "Figure"
STYLES = {f"h{level}": f"Heading {level}" for level in range(1, 7)}
STYLES |= {"figcaption": "Caption", "caption": "Caption"}
LIST_STYLES = {"ul": "List Bullet", "ol": "List Number"}
_HEADINGS = {"Heading 1": (15, 11, 8), "Heading 2": (12.5, 14, 6), "Heading 3": (11, 9, 3)}


def lay(document: Document, running: str, *, draft: bool) -> None:
    """Set paper and styles; `running` stands at the head of each page, a draft says so below."""
    _paper(document)
    _styles(document)
    _head(document, running)
    if draft:
        _foot(document)


def say_what_it_is(document: Document, title: str, language: str, day: date) -> None:
    """Set title, language and day; nothing of the patient, and not the program's own marks."""
    properties = document.core_properties
    properties.title, properties.language = title, language
    properties.author = properties.comments = properties.last_modified_by = ""
    properties.created = properties.modified = datetime.combine(day, time(), UTC)
    defaults = document.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    defaults.set(qn("w:val"), language)


def _paper(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Inches(8.5), Inches(11)
    section.top_margin, section.right_margin = Mm(_MARGINS["top"]), Mm(_MARGINS["right"])
    section.bottom_margin, section.left_margin = Mm(_MARGINS["bottom"]), Mm(_MARGINS["left"])
    section.header_distance = section.footer_distance = Mm(9)


def _styles(document: Document) -> None:
    styles = document.styles
    _set(styles["Normal"], _SERIF, after=6)
    for name, (size, before, after) in _HEADINGS.items():
        _set(styles[name], _SANS, size, before, after)
        styles[name].font.bold = True
    _set(styles["Caption"], _SERIF, before=3, after=6)
    styles["Caption"].font.bold = False
    for name in ("List Bullet", "List Number"):
        _set(styles[name], _SERIF, after=3)
    for name in ("Header", "Footer"):
        _set(styles[name], _SANS)
    for name in (TABLE_TEXT, FIGURE):
        new = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        new.base_style = styles["Normal"]
        _set(new, _SERIF, before=1, after=1)
    styles[FIGURE].paragraph_format.keep_with_next = True


def _set(
    style: ParagraphStyle, font: str, size: float = 11, before: float = 0, after: float = 0
) -> None:
    """Set a style: black, at most one font, whatever the theme says."""
    style.font.name, style.font.size, style.font.color.rgb = font, Pt(size), _BLACK
    fonts = style.element.rPr.rFonts
    for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{kind}"), None)
    for kind in ("eastAsia", "cs"):
        fonts.set(qn(f"w:{kind}"), font)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    style.paragraph_format.line_spacing = 1.1


def _head(document: Document, running: str) -> None:
    """Name the patient on every page, and number it."""
    paragraph = document.sections[0].header.paragraphs[0]
    stops = paragraph.paragraph_format.tab_stops
    for stop in paragraph.style.paragraph_format.tab_stops:
        stops.add_tab_stop(stop.position, WD_TAB_ALIGNMENT.CLEAR)
    stops.add_tab_stop(Mm(WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    paragraph.add_run(f"{running}\tPage ")
    _field(paragraph, "PAGE")
    paragraph.add_run(" of ")
    _field(paragraph, "NUMPAGES")
    _border(paragraph, "bottom", 6)


def _foot(document: Document) -> None:
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(DRAFT)
    run.bold, run.font.size = True, Pt(14)
    for side in ("top", "left", "bottom", "right"):
        _border(paragraph, side, 12)


def counted_anew(document: Document, items: Sequence[Paragraph]) -> None:
    """Let a list with numbers begin at 1."""
    style = document.styles[LIST_STYLES["ol"]].element.pPr.numPr
    numbers = document.part.numbering_part.element
    kind = numbers.num_having_numId(style.numId.val).abstractNumId.val
    new = numbers.add_num(kind)
    new.add_lvlOverride(0).add_startOverride(1)
    for item in items:
        own = item._p.get_or_add_pPr().get_or_add_numPr()  # noqa: SLF001 - python-docx cannot
        own.get_or_add_numId().val = new.numId


def _field(paragraph: Paragraph, name: str) -> None:
    """Add a number that Word works out."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    field.append(paragraph.add_run("1")._r)  # noqa: SLF001 - python-docx knows no fields
    paragraph._p.append(field)  # noqa: SLF001 - the same


def _border(paragraph: Paragraph, side: str, eighths: int) -> None:
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - python-docx knows no rules
    borders = properties.find(qn("w:pBdr"))
    if borders is None:
        borders = OxmlElement("w:pBdr")
        properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:jc", "w:rPr")
    borders.append(rule(side, eighths))


def rule(side: str, eighths: int) -> BaseOxmlElement:
    """Return a black rule of so many eighths of a point."""
    drawn = OxmlElement(f"w:{side}")
    for name, value in (
        ("val", "single"),
        ("sz", str(eighths)),
        ("space", "1"),
        ("color", "000000"),
    ):
        drawn.set(qn(f"w:{name}"), value)
    return drawn
