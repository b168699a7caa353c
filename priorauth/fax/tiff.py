"""Pages of one bit a dot as a TIFF for fax: Group 4, one strip a page, a page at a time.

Pillow compresses; it cannot write what fax machines expect (white is zero, numbered pages) without
holding every page in memory, so the few fields around the data are written here.
Source: TIFF 6.0; RFC 2301, profile F.
"""

from __future__ import annotations

import struct
from io import BytesIO
from typing import IO, TYPE_CHECKING

from PIL import Image, ImageChops
from PIL.TiffImagePlugin import STRIPBYTECOUNTS, STRIPOFFSETS, TiffImageFile

from priorauth.fax.resolution import ACROSS, Resolution

if TYPE_CHECKING:
    from collections.abc import Iterable

_HEADER = b"II*\0"  # least byte first
_SHORT, _LONG, _RATIONAL = 3, 4, 5
_NOWHERE = struct.pack("<I", 0)
_GROUP_4 = 4


def write(target: IO[bytes], pages: Iterable[Image.Image], resolution: Resolution, of: int) -> None:
    """Write the pages, `of` in number, to a target that can seek."""
    target.write(_HEADER + _NOWHERE)
    link = len(_HEADER)  # where the place of the next page's directory is to be written
    for number, page in enumerate(pages):
        data = _group_4(page)
        start = target.tell()
        resolutions = start + len(data) + len(data) % 2
        target.write(data + b"\0" * (len(data) % 2))
        target.write(struct.pack("<4I", ACROSS, 1, resolution.down, 1))
        directory = target.tell()
        fields = _fields(page, start, len(data), resolutions, (number, of))
        target.write(struct.pack("<H", len(fields)) + b"".join(fields) + _NOWHERE)
        end = target.tell()
        target.seek(link)
        target.write(struct.pack("<I", directory))
        target.seek(end)
        link = end - len(_NOWHERE)


def _fields(
    page: Image.Image, start: int, length: int, resolutions: int, number: tuple[int, int]
) -> list[bytes]:
    """Return a page's directory, in the order of the tags as TIFF wants it."""
    return [
        _field(254, _LONG, 2),  # NewSubfileType: a page of several
        _field(256, _LONG, page.width),
        _field(257, _LONG, page.height),
        _field(258, _SHORT, 1),  # bits a dot
        _field(259, _SHORT, _GROUP_4),
        _field(262, _SHORT, 0),  # white is zero
        _field(266, _SHORT, 1),  # the highest bit first
        _field(273, _LONG, start),
        _field(277, _SHORT, 1),  # samples a dot
        _field(278, _LONG, page.height),  # rows a strip
        _field(279, _LONG, length),
        _field(282, _RATIONAL, resolutions),
        _field(283, _RATIONAL, resolutions + 8),
        _field(293, _LONG, 0),  # T6Options: always compressed
        _field(296, _SHORT, 2),  # inches
        struct.pack(
            "<HHIHH", 297, _SHORT, 2, *number
        ),  # PageNumber, counted from 0, and of how many
    ]


def _field(tag: int, kind: int, value: int) -> bytes:
    return struct.pack("<HHII", tag, kind, 1, value)


def _group_4(page: Image.Image) -> bytes:
    """Return the page's dots compressed, ink being one."""
    written = BytesIO()
    whole = (page.width + 7) // 8 * page.height
    ImageChops.invert(page).save(written, "TIFF", compression="group4", strip_size=whole)
    with Image.open(written) as found:
        if not isinstance(found, TiffImageFile):
            raise TypeError
        (start,), (length,) = found.tag_v2[STRIPOFFSETS], found.tag_v2[STRIPBYTECOUNTS]
    return written.getvalue()[start : start + length]
