"""What a file is, told from its first bytes: never from its name.

Not for reading it.
"""

from __future__ import annotations

import re
from enum import StrEnum

from priorauth.exhibits.remarks import RefusedError, error

HEAD = 4096  # bytes from which a kind is told
_PDF_WITHIN = 1024  # bytes: readers look for `%PDF-` as far as that
_PDF_OBJECT = re.compile(rb"[\r\n][0-9]+ [0-9]+ obj\b")  # where its beginning is damaged
_PICTURE = "Save it as JPEG or as PDF."
_UNPACK = "Unpack it first."
_AS_PDF = "Open it and print or save it as PDF."


class FileKind(StrEnum):
    """The kinds of file that can be an exhibit."""

    PDF = "PDF"
    JPEG = "JPEG"
    PNG = "PNG"
    TIFF = "TIFF"
    TEXT = "text"


_OURS = (
    (rb"\xff\xd8\xff", FileKind.JPEG),
    (rb"\x89PNG\r\n\x1a\n", FileKind.PNG),
    (rb"II[*+]\x00|MM\x00[*+]", FileKind.TIFF),
)
# How files begin that people take for one of ours, what they are, and what to do with them.
_OTHERS = (
    (rb"....ftyp(?:hei|hev|mif1|msf1)", "a HEIC picture of a phone", _PICTURE),
    (rb"....ftypavi", "an AVIF picture", _PICTURE),
    (rb"....ftyp", "a video", "Enclose pages or pictures."),
    (rb"RIFF....WEBP", "a WebP picture", _PICTURE),
    (rb"GIF8[79]a", "a GIF picture", _PICTURE),
    (rb"BM....\x00\x00\x00\x00", "a BMP picture", _PICTURE),
    (rb"\x00\x00\x00\x0cjP  |\xff\x4f\xff\x51", "a JPEG 2000 picture", _PICTURE),
    (rb"\x00\x00\x00\x0cJXL |\xff\x0a", "a JPEG XL picture", _PICTURE),
    (rb"8BPS", "a Photoshop picture", _PICTURE),
    (rb".{128}DICM", "a DICOM image", _PICTURE),
    (rb"\xd0\xcf\x11\xe0", "an old Word or Excel document", _AS_PDF),
    (rb"\{\\rtf", "a rich-text (RTF) document", _AS_PDF),
    (rb"%!PS", "a PostScript document", _AS_PDF),
    (rb"Rar!|7z\xbc\xaf|\x1f\x8b|BZh[1-9]", "a compressed archive", _UNPACK),
    (rb"\s*<(?:!doctype\s+html|html|head|body)\b", "a web page (HTML)", _AS_PDF),
    (rb"\s*<(?:\?xml|ClinicalDocument)\b", "an XML document", _AS_PDF),
)


def recognize(head: bytes) -> FileKind:
    """Return what a file is from its first bytes; raise RefusedError when it is none of ours."""
    for pattern, kind in _OURS:
        if re.match(pattern, head):
            return kind
    if head.startswith(b"PK\x03\x04"):
        raise _zipped(head)
    plain = head.removeprefix(b"\xef\xbb\xbf")
    for pattern, what, fix in _OTHERS:
        if re.match(pattern, plain, re.DOTALL | re.IGNORECASE):
            raise _other(what, fix)
    if b"%PDF-" in head[:_PDF_WITHIN] or _PDF_OBJECT.search(head):
        return FileKind.PDF
    return FileKind.TEXT


def _zipped(head: bytes) -> RefusedError:
    """Return what kind of document is packed in a zip file, as far as its beginning tells."""
    if b"opendocument" in head:
        return _other("an OpenDocument file", _AS_PDF)
    if any(part in head for part in (b"[Content_Types].xml", b"_rels/", b"docProps")):
        return _other("a Word, Excel or PowerPoint document", _AS_PDF)
    return _other("a zip archive", _UNPACK)


def _other(what: str, fix: str) -> RefusedError:
    return RefusedError(error(f"{{it}} is {what}, which cannot be enclosed", fix))
