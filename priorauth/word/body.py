"""The body of a letter: headings, paragraphs, lists, tables and figures, in their order.

An element that is not known here loses its form, never its words.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from priorauth.word import grid
from priorauth.word.sheet import (
    AFTER_LIST,
    AFTER_TABLE,
    FIGURE,
    LIST_STYLES,
    STYLES,
    TABLE_TEXT,
    counted_anew,
)
from priorauth.word.text import BREAK, Look, Piece, classes, look_of, piece, pieces, tidy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docx.document import Document
    from docx.table import _Cell as Cell
    from lxml.html import HtmlElement

# What HTML and print.css set as a block of its own; all else is text within a line.
_NO_TEXT = frozenset({"script", "style", "template"})
_BLOCKS = _NO_TEXT | {"address", "article", "aside", "blockquote", "body", "caption", "dd", "div"}
_BLOCKS |= {"dl", "dt", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6"}
_BLOCKS |= {"header", "hr", "img", "li", "main", "nav", "ol", "p", "pre", "section", "svg"}
_BLOCKS |= {"table", "ul"}
_UNSEEN = frozenset({"running"})  # a class: it stands in the head of each page


class Body:
    """Adds what HTML holds to a document."""

    def __init__(self, document: Document, pictures: Sequence[bytes]) -> None:
        """Remember where to add, and the figures' pictures in their order."""
        self._document = document
        self._pictures = iter(pictures)
        self._styles: dict[str, str | None] = {}  # the id of each style's name; None is Normal's
        self._after_table = False

    def add(self, body: HtmlElement) -> None:
        """Add everything in the body of a page."""
        self._blocks(body, self._document, Look(), "Normal")

    def _blocks(
        self, element: HtmlElement, target: Document | Cell, around: Look, style: str
    ) -> None:
        """Add what is in an element: each block by itself, text between them as a paragraph."""
        look = look_of(element, around)
        line = [piece(element.text, look)]
        for child in element:
            if _has_block(child):
                self._paragraph(target, line, style)
                line = []
                self._block(child, target, look, style)
            elif isinstance(child.tag, str):
                line += pieces(child, look)
            line.append(piece(child.tail, look))
        self._paragraph(target, line, style)

    def _block(
        self, element: HtmlElement, target: Document | Cell, around: Look, style: str
    ) -> None:
        if classes(element) & _UNSEEN or element.tag in _NO_TEXT:
            return
        if element.tag in ("img", "svg"):
            self._figure(element, target)
        elif element.tag == "table":
            self._table(element, target, around)
        elif element.tag in LIST_STYLES:
            self._list(element, target, around)
        else:
            before = len(self._document.element.body) - 1  # the section's properties come last
            self._blocks(element, target, around, STYLES.get(element.tag, style))
            if "closing" in classes(element):
                self._keep_together(before)

    def _keep_together(self, before: int) -> None:
        """Keep everything since then on one page, as a signature with what is signed."""
        for block in self._document.element.body[before:-1]:
            for paragraph in block.iter(qn("w:p")):
                Paragraph(paragraph, self._document).paragraph_format.keep_with_next = True

    def _paragraph(self, target: Document | Cell, found: Iterable[Piece], style: str) -> None:
        """Add a paragraph of these pieces, unless there is nothing in them."""
        kept = tidy(found)
        if not kept:
            return
        paragraph = self._set(target.add_paragraph(), style)
        if self._after_table and target is self._document and style == "Normal":
            paragraph.paragraph_format.space_before = AFTER_TABLE
        self._after_table = False
        for part in kept:
            _run(paragraph, part)

    def _list(self, element: HtmlElement, target: Document | Cell, around: Look) -> None:
        """Add a list; one with numbers begins at 1, whatever lists were before."""
        before = len(target.paragraphs)
        for item in element.iterchildren("*"):
            self._blocks(item, target, around, LIST_STYLES[element.tag])
        items = target.paragraphs[before:]
        if items:
            items[-1].paragraph_format.space_after = AFTER_LIST
        if element.tag == "ol":
            counted_anew(self._document, items)

    def _figure(self, figure: HtmlElement, target: Document | Cell) -> None:
        """Add a figure as a picture, with the words for those who cannot see it."""
        run = self._set(target.add_paragraph(), FIGURE).add_run()
        place = run.add_picture(BytesIO(next(self._pictures)))._inline  # noqa: SLF001 - see below
        described = figure.get("alt") or figure.findtext("title") or ""
        place.docPr.set("descr", " ".join(described.split()))  # python-docx has no word for it
        for side in "TBLR":
            place.set(f"dist{side}", "0")

    def _table(self, element: HtmlElement, target: Document | Cell, around: Look) -> None:
        """Add a table with the widths and rules that print.css gives it."""
        for caption in element.iterchildren("caption"):
            self._block(caption, target, around, "Caption")
        plan = grid.read(element)
        table = grid.add(target, plan)
        rows = [row.cells for row in table.rows]
        for place in plan.cells:
            cell = grid.cell(rows, place)
            self._blocks(place.element, cell, around, TABLE_TEXT)
            self._without_spare(cell)
        grid.finish(table, plan)
        self._after_table = True

    def _without_spare(self, cell: Cell) -> None:
        """Take away the empty paragraph that every new cell begins with, when others follow."""
        first, *others = cell.paragraphs
        if others and not first.text:
            first._element.getparent().remove(first._element)  # noqa: SLF001 - python-docx cannot
        else:
            self._set(first, TABLE_TEXT)

    def _set(self, paragraph: Paragraph, style: str) -> Paragraph:
        """Return the paragraph, set in a style.

        python-docx reads all styles each time that it is given a name: half the time of a letter.
        """
        if style not in self._styles:
            kind = WD_STYLE_TYPE.PARAGRAPH
            found = self._document.part.get_style_id(style, kind)  # type: ignore[no-untyped-call]
            self._styles[style] = found
        paragraph._p.style = self._styles[style]  # noqa: SLF001 - python-docx takes names alone
        return paragraph


def _has_block(element: HtmlElement) -> bool:
    """Return whether an element is or holds a block."""
    return any(one.tag in _BLOCKS or "line" in classes(one) for one in element.iter("*"))


def _run(paragraph: Paragraph, part: Piece) -> None:
    run = paragraph.add_run()
    if part.text == BREAK:
        run.add_break()
        return
    first, *others = part.text.split("-") if part.look.together else [part.text]
    run.text = first
    for text in others:
        run._r.append(OxmlElement("w:noBreakHyphen"))  # noqa: SLF001 - python-docx has none
        run.add_text(text)
    run.bold = part.look.bold or None  # None leaves it to the style
    run.italic = part.look.italic or None
