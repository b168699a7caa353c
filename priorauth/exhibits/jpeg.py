"""A JPEG without what was written beside the picture: places, comments, thumbnails, other files.

The picture itself stays as it is, bit for bit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_COMMENT, _FIRST_APP, _LAST_APP = 0xFE, 0xE0, 0xEF
_PLAIN_FRAMES = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended, progressive
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # the others are tables
_PROFILE = 0xE2
_NEEDED = {0xE0: b"JFIF\0", 0xEE: b"Adobe"}  # the density, and how the colors are written
# The next marker within a scan; a restart or a byte 0xFF of the picture is none.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


@dataclass(frozen=True)
class Bare:
    """A JPEG's data without metadata, and whether every PDF reader can decode its kind."""

    data: bytes = field(repr=False)
    plain: bool


def bare(data: bytes, *, profile: bool) -> Bare:
    """Return the first picture of a JPEG file, with its color profile if wanted.

    Raises ValueError when there is no picture, or no end of it.
    """
    kept = [b"\xff\xd8"]
    place, frame = 2, 0
    while True:
        marker, start = _next(data, place)
        if marker == _END:
            return Bare(b"".join((*kept, b"\xff\xd9")), frame in _PLAIN_FRAMES)
        place = start + int.from_bytes(data[start : start + 2])
        if place < start + 2 or place > len(data):
            raise ValueError
        if marker == _SCAN:
            place = _after_scan(data, place)
        elif marker in _FRAMES:
            frame = marker
        if _is_needed(marker, data[start + 2 : start + 14], profile=profile):
            kept.append(b"\xff" + bytes([marker]) + data[start:place])


def _next(data: bytes, place: int) -> tuple[int, int]:
    """Return the marker at a place, which fill bytes may precede, and where its segment starts."""
    if data[place : place + 1] != b"\xff":
        raise ValueError
    while data[place : place + 1] == b"\xff":
        place += 1
    if place >= len(data):
        raise ValueError
    return data[place], place + 1


def _after_scan(data: bytes, place: int) -> int:
    found = _MARKER.search(data, place)
    if found is None:
        raise ValueError
    return found.start()


def _is_needed(marker: int, begin: bytes, *, profile: bool) -> bool:
    if marker == _PROFILE:
        return profile and begin.startswith(b"ICC_PROFILE\0")
    if _FIRST_APP <= marker <= _LAST_APP:
        return begin.startswith(_NEEDED.get(marker, b"no such name"))
    return marker != _COMMENT
