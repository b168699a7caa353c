"""Documents of the chart → exhibits: files to be written beside the case file."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from priorauth.importers.facts import NoteFact

if TYPE_CHECKING:
    from collections.abc import Iterable

    from priorauth.importers.records import NoteRecord, Records

MOST_BYTES = 200_000_000  # of all documents together
_ENDINGS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/tiff": "tif",
    "text/plain": "txt",
}
_OTHERS = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/rtf": "rtf",
    "application/rtf": "rtf",
    "application/msword": "doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "text/xml": "xml",
    "application/xml": "xml",
    "application/xml+cda": "xml",
}
# What HL7 calls documents that not everybody may see: of confidentiality, of sensitivity (ActCode),
# and of US privacy law (ActUSPrivacyLaw).
_RESTRICTED = frozenset(
    ("R", "V", "PSY", "PSYTHPN", "ETH", "SUD", "ETHUD", "OPIOIDUD", "HIPAAPsyNotes", "42CFRPart2")
)
_PSYCHOTHERAPY = re.compile(
    r"psycho-?therapy (?:\w+ )?(?:note|session|process)|(?:therapy|process|counsell?ing) notes?\b",
    re.IGNORECASE,
)
_READ = 4000  # characters of a text, in which it says what it is


def renumbered(found: Iterable[NoteFact], taken: Iterable[str]) -> tuple[NoteFact, ...]:
    """Return the documents with numbers that no file of `taken` has."""
    used = {name.partition(".")[0] for name in taken}
    free = (number for number in count(1) if f"note-{number}" not in used)
    return tuple(
        replace(one, id=f"note_{number}", file=f"note-{number}.{one.file.partition('.')[2]}")
        for one, number in zip(found, free, strict=False)
    )


def of(found: Iterable[NoteRecord], records: Records) -> tuple[NoteFact, ...]:
    """Return the documents that are there; one without content is left and counted.

    The names of the files say nothing about the patient.
    """
    facts: list[NoteFact] = []
    size = 0
    for record in sorted(found, key=lambda one: (str(one.on or ""), one.origin.ref)):
        media_type, content = _content(record, records)
        if not content:
            why = "its content is not in these files"
            records.leave("document", why, record.origin)
            continue
        size += len(content)
        if size > MOST_BYTES:
            why = f"the documents are larger than {MOST_BYTES // 1_000_000} MB together"
            records.leave("document", why, record.origin)
            continue
        facts.append(_note(len(facts) + 1, record, media_type, content))
    return tuple(facts)


def _content(record: NoteRecord, records: Records) -> tuple[str, bytes]:
    if record.content:
        return record.media_type, record.content
    media_type, content = records.documents.get(record.content_ref, ("", b""))
    return record.media_type or media_type, content


def _note(number: int, record: NoteRecord, media_type: str, content: bytes) -> NoteFact:
    ending = _ENDINGS.get(media_type) or _OTHERS.get(media_type, "bin")
    return NoteFact(
        f"note_{number}",
        record.title or "Document of the chart",
        f"note-{number}.{ending}",
        content,
        record.origin,
        record.on,
        can_enclose=media_type in _ENDINGS,
        held=_held(record, media_type, content),
    )


def _held(record: NoteRecord, media_type: str, content: bytes) -> str:
    """Return what a person has to find out before the document may be enclosed."""
    words = content[:_READ].decode("utf-8", "replace") if media_type.startswith("text/") else ""
    if _PSYCHOTHERAPY.search(f"{record.title}\n{words}"):
        return (
            "This may be psychotherapy notes: nobody may send these without the patient's own "
            "authorization for them (45 CFR 164.508(a)(2)). Read it; remove the `# ` if it is not, "
            "or with that authorization."
        )
    labels = sorted(record.labels & _RESTRICTED)
    if labels:
        return (
            f"The record marks this document as restricted ({', '.join(labels)}): remove the `# ` "
            "once you know that the payer may see it."
        )
    return ""
