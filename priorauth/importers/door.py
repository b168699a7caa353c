"""Which format a file has, told by its content and never by its name; folders file by file."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

from priorauth.importers import ccda, fhir, tables
from priorauth.importers.records import Origin, Records
from priorauth.importers.refusal import NotAChartError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_HEAD = 4096
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_MARK = b"\xef\xbb\xbf"
_OTHERS = (b"%PDF", b"{\\rtf", b"\xd0\xcf\x11\xe0", b"\xff\xd8\xff", b"\x89PNG")


def read(paths: Iterable[Path], columns: Mapping[str, str]) -> Records:
    """Return the records of files and folders; raise RefusedError for what cannot be read.

    `columns` says our name of a table's column by the heading that the table gives it.
    """
    records = Records()
    with _no_search_for_cycles():
        for path in paths:
            for file in _files(path):
                try:
                    _read(file, records, columns)
                except NotAChartError:
                    if not path.is_dir():
                        raise
                    records.leave("file", "it holds no records", Origin(str(file), "file"))
                records.files.append(str(file))
    return records


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Pause the collector: no record refers to itself, and the search grows with their number."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    found = [one for one in sorted(path.rglob("*")) if one.is_file() and one.name[0] != "."]
    if not found:
        raise RefusedError(str(path), "the folder is empty", "Name the folder of the export.")
    yield from found


def _read(path: Path, records: Records, columns: Mapping[str, str]) -> None:
    name = str(path)
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except FileNotFoundError:
        raise RefusedError(
            name, "there is no such file", "Check the name and the folder."
        ) from None
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        fix = "Check that you may open it."
        raise RefusedError(name, f"the file cannot be read ({reason})", fix) from None
    if not head.strip():
        raise RefusedError(name, "the file is empty", "Make the export again.")
    start = head.removeprefix(_MARK).lstrip()
    wide = head.startswith(_UTF16) or b"\x00" in head[:2]
    if start.startswith(_OTHERS):
        what = "this is none of the formats that are read"
        fix = "Name FHIR (JSON), C-CDA (XML), CSV or XLSX files, or a folder of them."
        raise NotAChartError(name, what, fix)
    if start.startswith(b"<") or (wide and b"<" in head[:4]):  # XML says its own encoding
        ccda.read(path, name, records)
    elif wide:
        fix = 'Save it again with the encoding "UTF-8"; Excel calls it "CSV UTF-8".'
        raise RefusedError(name, "the file is UTF-16 text", fix)
    elif start.startswith((b"{", b"[")):
        fhir.read(path, name, records)
    else:
        tables.read(path, name, records, columns)
