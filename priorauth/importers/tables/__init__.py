"""CSV and XLSX: treatment history, pharmacy fills and claims, scores; told by their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.importers.records import Origin
from priorauth.importers.refusal import NotAChartError
from priorauth.importers.tables import columns, rows, sheets
from priorauth.importers.tables.columns import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from priorauth.importers.records import Records
    from priorauth.importers.tables.rows import Cells

_READERS: dict[Kind, Callable[[Cells, Origin, Records], None]] = {
    Kind.FILLS: rows.fill,
    Kind.HISTORY: rows.treatment,
    Kind.SCORES: rows.score,
}
_WORKBOOK = b"PK\x03\x04"


def read(path: Path, name: str, records: Records, own: Mapping[str, str]) -> None:
    """Add the rows of every sheet to the records; raise NotAChartError for a file without a header.

    `own` names columns by the headings that the user's map file gives.
    """
    with path.open("rb") as file:
        workbook = file.read(len(_WORKBOOK)) == _WORKBOOK
    found = sheets.of_xlsx(path, name) if workbook else sheets.of_csv(path, name)
    known = [_read_sheet(title, table, name, records, own) for title, table in found]
    if not any(known):
        what = "the first row holds no column names that are known here"
        fix = (
            "Write a first row such as drug, fill date, quantity, days supply; or "
            "drug, start, end, dose; or scale, total, date; or name the columns with --columns."
        )
        raise NotAChartError(name, what, fix, 1)


def _read_sheet(
    title: str, table: list[sheets.Row], name: str, records: Records, own: Mapping[str, str]
) -> bool:
    """Add the rows of one sheet; return whether its first row is a header that is known."""
    header = table[0][1] if table else []
    recognized = columns.recognize(header, own)
    if recognized is None:
        if table and title:
            records.leave("sheet", "its first row holds no column names that are known here")
        return False
    kind, places = recognized
    if len(table) == 1:
        records.leave("table", "it holds no row below its header", Origin(name, title or "row 1"))
    for line, cells in table[1:]:
        values = {column: cells[place] for column, place in places.items() if place < len(cells)}
        where = f"{title}, row {line}" if title else f"row {line}"
        _READERS[kind](values, Origin(name, where), records)
    return True
