"""C-CDA R1.1 and R2.1: a document, or one section or entry cut out of one.

Sections and entries are told by their codes, which both releases share, not by template numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import errors

from priorauth.importers.ccda import entries, header
from priorauth.importers.ccda.values import (
    SPACE,
    DoctypeError,
    attribute,
    child,
    every,
    parse,
    parse_fragment,
    said,
)
from priorauth.importers.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from priorauth.importers.ccda.entries import Place
    from priorauth.importers.ccda.values import Element
    from priorauth.importers.records import Records

MOST_BYTES = 100_000_000
_SECTIONS: dict[str, Callable[[Element, Place, Records], None]] = {
    "10160-0": entries.medications,
    "11450-4": entries.problems,
    "48768-6": entries.payers,
    "47519-4": entries.procedures,
}
_WRONG_BYTE = errors.codes[errors.XML_ERROR_INVALID_TOKEN]
_PARTS = frozenset(("section", "entry", "component", "observation", "organizer", "act"))


def read(path: Path, name: str, records: Records) -> None:
    """Add what a file holds to the records; raise RefusedError for what is no C-CDA."""
    if path.stat().st_size > MOST_BYTES:
        what = f"the file is larger than {MOST_BYTES // 1_000_000} MB"
        raise RefusedError(name, what, "Export a shorter time, or as FHIR.")
    root = _root(path.read_bytes(), name)
    patient = ""
    if root.tag == f"{SPACE}ClinicalDocument":
        patient = header.read(root, name, records)
    else:
        records.without_patient.append(name)
    _read_sections(root, entries.Place(name, patient), records)
    entries.documents(root, entries.Place(name, patient), records)


def _root(raw: bytes, name: str) -> Element:
    try:
        try:
            root = parse(raw)
        except ParseError:
            root = parse_fragment(raw)  # prefixes that the document around it declared
        if not root.tag.startswith("{"):
            root = parse_fragment(raw)
    except DoctypeError:
        what = "the file declares a document type, which a clinical document never needs"
        raise RefusedError(name, what, "Do not open it: ask the sender for a C-CDA.") from None
    except (LookupError, ValueError):
        what = "the file names an encoding that is not read"
        raise RefusedError(name, what, 'Save it again with the encoding "UTF-8".') from None
    except ParseError as error:
        fix = "The export is damaged or cut short: make it again."
        line = error.position[0]
        if error.code == _WRONG_BYTE and not _is_utf8(raw):
            fix = 'Save it again with the encoding "UTF-8".'
            raise RefusedError(name, "the file is not UTF-8 text", fix, line) from None
        raise RefusedError(name, "the file is not readable as XML", fix, line) from None
    if root.tag.startswith("{http://hl7.org/fhir}"):
        raise RefusedError(name, "this is FHIR as XML, which is not read", "Export it as JSON.")
    inside = (
        {one.tag.removeprefix(SPACE) for one in root}
        if root.tag.endswith("fragment")
        else {root.tag.removeprefix(SPACE)}
    )
    if not inside & (_PARTS | {"ClinicalDocument"}):
        fix = "Name a C-CDA document, or a section of one."
        raise RefusedError(name, "this XML is no clinical document", fix)
    return root


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _read_sections(root: Element, place: Place, records: Records) -> None:
    for section in every(root, "section"):
        code = attribute(child(section, "code"), "code")
        title = said(child(section, "title")) or code or "section"
        here = entries.Place(place.file, place.patient, title)
        reader = _SECTIONS.get(code)
        if reader:
            reader(section, here, records)
        elif not entries.scores(section, here, records):
            records.leave("C-CDA section", "nothing in a case file comes from it", here.whole)
