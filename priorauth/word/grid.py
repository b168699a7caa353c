"""Tables: which cell stands where, how wide the columns are, which rules are drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm

from priorauth.word.sheet import WIDTH, rule
from priorauth.word.text import classes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.table import Table, _Row
    from docx.table import _Cell as Cell
    from lxml.html import HtmlElement

# The widths of columns in mm, nearly as in templates/print.css; 0 takes what is left.
_WIDTHS: dict[str, tuple[float, ...]] = {
    "pairs": (43, 0),
    "treatments": (30, 52, 24, 0, 27),
    "criteria": (12, 54, 24, 0),
    "sign": (0, 10, 40),
}
_UNRULED = "sign"  # its rules are to write on
_THICK, _THIN = 8, 4  # in eighths of a point
_SIGNED = Mm(8)  # room above the rule that is signed


@dataclass(frozen=True)
class Place:
    """A cell of the HTML with its place in the table."""

    element: HtmlElement
    row: int
    column: int
    down: int
    across: int


@dataclass(frozen=True)
class Plan:
    """A table as HTML gives it."""

    name: str  # what a screen reader says of it
    classes: frozenset[str]
    rows: tuple[HtmlElement, ...] = field(repr=False)
    heads: int  # rows that are repeated on each page
    cells: tuple[Place, ...] = field(repr=False)
    columns: int


def read(table: HtmlElement) -> Plan:
    """Return the plan of a table; those inside its cells are not part of it."""
    rows = tuple(table.xpath("./tr | ./thead/tr | ./tbody/tr | ./tfoot/tr"))
    cells = tuple(_places(rows))
    return Plan(
        name=table.get("aria-label") or "",
        classes=classes(table),
        rows=rows,
        heads=sum(row.getparent().tag == "thead" for row in rows),
        cells=cells,
        columns=max((place.column + place.across for place in cells), default=1),
    )


def _places(rows: Sequence[HtmlElement]) -> Iterator[Place]:
    taken: set[tuple[int, int]] = set()
    for number, row in enumerate(rows):
        column = 0
        for cell in row.iterchildren("th", "td"):
            while (number, column) in taken:
                column += 1
            down = min(int(cell.get("rowspan") or 1), len(rows) - number)
            across = int(cell.get("colspan") or 1)
            taken |= {(number + r, column + c) for r in range(down) for c in range(across)}
            yield Place(cell, number, column, down, across)


def cell(rows: Sequence[Sequence[Cell]], place: Place) -> Cell:
    """Return the cell of a table's rows that has a place, made one of all that it covers."""
    first = rows[place.row][place.column]
    last = rows[place.row + place.down - 1][place.column + place.across - 1]
    return first if first is last else first.merge(last)


def add(target: Document | Cell, plan: Plan) -> Table:
    """Return a new empty table at the end of the document, or of a cell."""
    table = target.add_table(len(plan.rows), plan.columns)
    table.alignment = WD_TABLE_ALIGNMENT.LEFT
    table.autofit = False
    widths = _widths(plan)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in table.rows:
        for one, width in zip(row.cells, widths, strict=True):
            one.width = width
    return table


def _widths(plan: Plan) -> list[Mm]:
    """Return how wide each column is; without widths of its own a table has equal ones."""
    known = (_WIDTHS[name] for name in _WIDTHS if name in plan.classes)
    given = next((found for found in known if len(found) == plan.columns), (0.0,) * plan.columns)
    rest = (WIDTH - sum(given)) / (given.count(0) or 1)
    return [Mm(width or rest) for width in given]


def finish(table: Table, plan: Plan) -> None:
    """Draw the rules, repeat the head on every page, and keep rows whole."""
    _borders(table, plan)
    for number, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx knows no such row
        properties.append(OxmlElement("w:cantSplit"))
        if number < plan.heads:
            properties.append(OxmlElement("w:tblHeader"))
        if number < plan.heads or "group" in classes(plan.rows[number].getparent()):
            _keep_with_next(row)
    if plan.name:
        caption = OxmlElement("w:tblCaption")
        caption.set(qn("w:val"), plan.name)
        table._tbl.tblPr.append(caption)  # noqa: SLF001 - the same


def _borders(table: Table, plan: Plan) -> None:
    if _UNRULED in plan.classes:
        for place in plan.cells:
            if "rule" in classes(place.element):
                table.rows[place.row].height = _SIGNED
                signed = table.cell(place.row, place.column)._tc  # noqa: SLF001 - the same
                signed.get_or_add_tcPr().append(_rules("w:tcBorders", [("bottom", _THICK)]))
        return
    inside = [] if "pairs" in plan.classes else [("insideH", _THIN)]
    sides = [("top", _THICK), ("bottom", _THICK), *inside]
    _before(table._tbl.tblPr, _rules("w:tblBorders", sides), "w:tblLayout", "w:tblLook")  # noqa: SLF001


def _rules(tag: str, sides: Sequence[tuple[str, int]]) -> BaseOxmlElement:
    borders = OxmlElement(tag)
    for side, eighths in sides:
        borders.append(rule(side, eighths))
    return borders


def _before(parent: BaseOxmlElement, child: BaseOxmlElement, *followers: str) -> None:
    """Insert a child where Word's schema wants it: before the first of its followers."""
    parent.insert_element_before(child, *followers)


def _keep_with_next(row: _Row) -> None:
    for one in row.cells:
        for paragraph in one.paragraphs:
            paragraph.paragraph_format.keep_with_next = True
