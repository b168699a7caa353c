"""The rows of a CSV or an XLSX file as text, whatever program wrote it."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from priorauth.importers.refusal import NotAChartError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MOST_BYTES = 50_000_000
_MOST_UNPACKED = 400_000_000
_MOST = 200  # columns
Row = tuple[int, list[str]]


def of_csv(path: Path, name: str) -> Iterator[tuple[str, list[Row]]]:
    """Yield the one sheet of a CSV file: its rows with the line on which each begins.

    Raises RefusedError for what is no UTF-8 text or too large.
    """
    _refuse_large(path, name)
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        fix = 'Save it again with the encoding "UTF-8"; Excel calls it "CSV UTF-8".'
        raise RefusedError(name, "the file is not UTF-8 text", fix, line) from None
    if "\x00" in text:
        raise _unknown(name)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[Row] = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((line, [cell.strip() for cell in cells]))
            line = reader.line_num + 1
    except csv.Error:
        fix = "Look for a quotation mark without its partner, or save the table again as CSV."
        raise RefusedError(name, "this row is not readable as CSV", fix, line) from None
    yield "", rows


def _delimiter(text: str) -> str:
    """Return what stands between the cells of the first row."""
    first = text.lstrip().split("\n", 1)[0]
    return max(",;\t|", key=first.count)


def of_xlsx(path: Path, name: str) -> Iterator[tuple[str, list[Row]]]:
    """Yield each sheet of a workbook with its rows; raise RefusedError for what is no workbook."""
    from openpyxl import load_workbook  # noqa: PLC0415 - only a workbook needs it

    _refuse_large(path, name)
    try:
        with path.open("rb") as file:
            with ZipFile(file) as archive:
                unpacked = sum(one.file_size for one in archive.infolist())
            if unpacked > _MOST_UNPACKED:
                what = f"the workbook is larger than {_MOST_UNPACKED // 1_000_000} MB when unpacked"
                raise RefusedError(name, what, "Save only the rows that are needed, as CSV.")
            book = load_workbook(file, read_only=True, data_only=True)
            for sheet in book.worksheets:
                yield str(sheet.title), _rows(sheet.iter_rows(values_only=True, max_col=_MOST))
    except (BadZipFile, KeyError, ValueError, EOFError, SyntaxError):
        fix = (
            "Open it in Excel and save it again, or save the table as CSV; an export that is "
            "packed as ZIP has to be unpacked first."
        )
        raise RefusedError(name, "the file is no workbook that can be read", fix) from None


def _rows(every: Iterable[Iterable[object]]) -> list[Row]:
    rows = ((number, [_shown(cell) for cell in cells]) for number, cells in enumerate(every, 1))
    return [row for row in rows if any(row[1])]


def _shown(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _refuse_large(path: Path, name: str) -> None:
    if path.stat().st_size > MOST_BYTES:
        what = f"the table is larger than {MOST_BYTES // 1_000_000} MB"
        raise RefusedError(name, what, "Save only the rows of this patient.")


def _unknown(name: str) -> RefusedError:
    what = "this is none of the formats that are read"
    fix = "Name FHIR (JSON), C-CDA (XML), CSV or XLSX files, or a folder of them."
    return NotAChartError(name, what, fix)
