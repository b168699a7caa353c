"""Whether the data of a stream are whole, without letting them fill the memory.

A few kilobytes can be made to unpack to gigabytes: each step is counted as it goes.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from pikepdf import Array, Name, Object, Pdf, PdfError, Stream, StreamDecodeLevel

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_UNPACKED = 100_000_000
_LZW_FIRST, _LZW_MOST = 258, 4096  # the first code of the table, and how many it holds
_CLEAR, _STOP = 256, 257
_SPECIAL = StreamDecodeLevel.specialized  # run lengths too


class DamagedError(Exception):
    """The data are not whole."""


class BombError(Exception):
    """The data unpack to more than any page needs."""


def unpacked(stream: Stream, most: int = MOST_UNPACKED) -> bytes:
    """Return the data of a stream, without undoing predictors.

    Raises DamagedError when they are not whole or not of a kind that draws, BombError.
    """
    if Name.F in stream:  # the data are in another file
        raise DamagedError
    data = raw(stream)
    for name in _filters(stream.get(Name.Filter)):
        step = _STEPS.get(name)
        if step is None:
            raise DamagedError
        data = step(data, most)
    if len(data) > most:
        raise BombError
    return data


def raw(stream: Stream) -> bytes:
    """Return the data of a stream as packed; raise DamagedError."""
    try:
        return stream.read_raw_bytes()
    except (PdfError, RuntimeError):
        raise DamagedError from None


def _filters(value: Object | None) -> tuple[str, ...]:
    if value is None:
        return ()
    names = (str(name) for name in (value if isinstance(value, Array) else (value,)))
    return tuple(name for name in names if name != "/Crypt")  # that is undone already


def _inflate(data: bytes, most: int) -> bytes:
    packed = zlib.decompressobj()
    try:
        found = packed.decompress(data, most + 1)
    except zlib.error:
        return _inflate_strictly(data, most)
    if len(found) > most:
        raise BombError
    return found if packed.eof else _inflate_strictly(data, most)


def _inflate_strictly(data: bytes, most: int) -> bytes:
    """Return what is packed as far as its own end mark; a check sum that is there must be right.

    Some programs leave the check sum out, or write past it: nothing is lost by that.
    """
    packed = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        found = packed.decompress(data[2:], most + 1)
    except zlib.error:
        raise DamagedError from None
    if len(found) > most:
        raise BombError
    check = packed.unused_data[:4]
    if not packed.eof or (len(check) == 4 and int.from_bytes(check) != zlib.adler32(found)):  # noqa: PLR2004
        raise DamagedError
    return found


def _lzw(data: bytes, most: int) -> bytes:
    if _lzw_size(data, most) > most:
        raise BombError
    return _by_qpdf(Name.LZWDecode)(data, most)


def _lzw_size(data: bytes, most: int) -> int:
    """Return how long LZW data are unpacked, as soon as that is more than `most`."""
    bits = held = size = 0
    width, before = 9, 0
    lengths = [1] * _LZW_FIRST
    for byte in data:
        bits, held = bits << 8 | byte, held + 8
        if held < width:
            continue
        held -= width
        code, bits = bits >> held, bits & (1 << held) - 1
        if code == _STOP:
            break
        if code == _CLEAR:
            width, before = 9, 0
            del lengths[_LZW_FIRST:]
            continue
        length = lengths[code] if code < len(lengths) else before + 1
        size += length
        if size > most:
            break
        if before and len(lengths) < _LZW_MOST:
            lengths.append(before + 1)
        before = length
        width = min(12, max(9, (len(lengths) + 1).bit_length()))
    return size


def _by_qpdf(name: Name) -> Callable[[bytes, int], bytes]:
    def step(data: bytes, most: int) -> bytes:
        del most  # these unpack to a hundred times their size at most, and qpdf has a limit
        with Pdf.new() as owner:
            try:
                return owner.make_stream(data, Filter=name).read_bytes(_SPECIAL)
            except (PdfError, RuntimeError):
                raise DamagedError from None

    return step


_STEPS: dict[str, Callable[[bytes, int], bytes]] = {
    **dict.fromkeys(("/FlateDecode", "/Fl"), _inflate),
    **dict.fromkeys(("/LZWDecode", "/LZW"), _lzw),
    **dict.fromkeys(("/ASCII85Decode", "/A85"), _by_qpdf(Name.ASCII85Decode)),
    **dict.fromkeys(("/ASCIIHexDecode", "/AHx"), _by_qpdf(Name.ASCIIHexDecode)),
    **dict.fromkeys(("/RunLengthDecode", "/RL"), _by_qpdf(Name.RunLengthDecode)),
}
