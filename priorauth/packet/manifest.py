"""The packet's own record of what it was made from, embedded in it as JSON.

It says nothing about the patient that no page prints: hashes, page spans, findings.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import version as version_of
from io import BytesIO
from typing import TYPE_CHECKING, Literal

from pikepdf import AttachedFileSpec, Name, Pdf, PdfError
from pydantic import ValidationError

from priorauth.codes import Record
from priorauth.problems import PriorAuthError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

FILE = "manifest.json"
_FORM = 1
_TEMPLATES = frozenset({".html", ".css"})


class NoManifestError(PriorAuthError):
    """A file that holds no manifest of priorauth."""

    def __init__(self, path: Path, what: str) -> None:
        """Name the file and what it lacks."""
        super().__init__(
            f"{path}: {what}. Name a packet that `priorauth packet` made, as it was written."
        )


class Entry(Record):
    """One document of the packet: its packet pages, and what it was made from."""

    kind: str
    letter: str = ""
    title: str
    first: int
    last: int
    sha256: str = ""
    pages: tuple[int, ...] = ()


class Found(Record):
    """One criterion with its finding and the packet pages that bear it out."""

    id: str
    finding: Literal["met", "not_met", "unknown"]
    packet_pages: tuple[int, ...]


class Source(Record):
    """A file that the packet was made with."""

    name: str
    sha256: str


class Manifest(Record):
    """What a packet was made from, and what it found."""

    form: int = _FORM
    software: dict[str, str]
    day: str
    kind: str
    draft: bool
    payer: str = ""
    policy: str = ""
    version: str = ""
    stance: str = ""
    overall: str
    case: str
    library: tuple[Source, ...]
    templates: tuple[Source, ...]
    parts: tuple[Entry, ...]
    findings: tuple[Found, ...]

    @property
    def pages(self) -> int:
        """Return how many pages the packet has."""
        return self.parts[-1].last


def versions() -> dict[str, str]:
    """Return the versions of the software that decides a packet's bytes."""
    return {name: version_of(name) for name in ("priorauth", "weasyprint", "pikepdf")}


def digest(content: bytes) -> str:
    """Return the sha256 of some bytes."""
    return hashlib.sha256(content).hexdigest()


def files(paths: Iterable[Path]) -> tuple[Source, ...]:
    """Return the names and hashes of a payer's files, each as `payer/file`."""
    return tuple(
        Source(name=f"{path.parent.name}/{path.name}", sha256=digest(path.read_bytes()))
        for path in paths
    )


def templates(folders: Iterable[Path], payer_id: str) -> tuple[Source, ...]:
    """Return every template and style that a document for this payer can be made with."""
    seen: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder)
            if path.suffix in _TEMPLATES and name.parts[0] in (payer_id, "parts", name.name):
                seen.setdefault(name.as_posix(), path)
    return tuple(
        Source(name=name, sha256=digest(path.read_bytes())) for name, path in sorted(seen.items())
    )


def attach(target: Pdf, manifest: Manifest, day: date) -> None:
    """Embed the manifest in the packet."""
    stamp = f"D:{day:%Y%m%d}000000Z"
    content = (manifest.model_dump_json(indent=2, exclude_defaults=False) + "\n").encode()
    spec = AttachedFileSpec(
        target,
        content,
        description="What this packet was made from",
        filename=FILE,
        mime_type="application/json",
        creation_date=stamp,
        mod_date=stamp,
        relationship=Name.Source,
    )
    target.attachments[FILE] = spec


def read(path: Path) -> Manifest:
    """Return the manifest of a packet; raises NoManifestError."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise NoManifestError(path, f"cannot be read ({error.strerror})") from None
    try:
        with Pdf.open(BytesIO(content)) as opened:
            if FILE not in opened.attachments:
                raise NoManifestError(path, "holds no manifest")
            found = opened.attachments[FILE].get_file().read_bytes()
        return Manifest.model_validate_json(found)
    except PdfError:
        raise NoManifestError(path, "is not a PDF that can be read") from None
    except ValidationError:
        raise NoManifestError(path, "holds a manifest of another version of priorauth") from None
