"""DocumentReference and Binary: the documents of the chart."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from priorauth.importers.fhir.values import (
    Json,
    codes,
    concept,
    first,
    id_of,
    items,
    local,
    reference,
    text,
    when,
)
from priorauth.importers.records import NoteRecord, Origin

if TYPE_CHECKING:
    from priorauth.importers.records import Records


def document(resource: Json, origin: Origin, full_url: str, records: Records) -> None:
    """Add a document with its content, or with where that stands."""
    del full_url
    status = text(resource.get("status"))
    if status in ("superseded", "entered-in-error"):
        records.leave("DocumentReference", f"its status says: {status}", origin)
        return
    title = concept(resource.get("type")).name or text(resource.get("description"))
    labels = codes(resource.get("securityLabel")) | codes(
        [{"coding": first(resource.get("meta")).get("security")}]
    )
    for number, content in enumerate(items(resource.get("content"))):
        attached = first(content.get("attachment"))
        record = NoteRecord(
            origin,
            patient=id_of(reference(resource.get("subject"))),
            title=title or text(attached.get("title")),
            media_type=text(attached.get("contentType")).split(";")[0].casefold(),
            content=_decoded(attached.get("data")),
            content_ref=local(text(attached.get("url"))),
            on=when(resource.get("date")) or when(resource.get("created")),
            labels=labels,
        )
        records.add(record, f"{origin.ref}#{number}" if number else origin.ref)


def binary(resource: Json, origin: Origin, full_url: str, records: Records) -> None:
    """Keep the bytes of a document for the one that refers to them."""
    media_type = text(resource.get("contentType")).split(";")[0].casefold()
    content = _decoded(resource.get("data") or resource.get("content"))  # STU3 says `content`
    for key in filter(None, (origin.ref, full_url)):
        records.documents.setdefault(key, (media_type, content))


def _decoded(value: object) -> bytes:
    """Return the bytes of base64; none where it is damaged."""
    if not isinstance(value, str):
        return b""
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""
