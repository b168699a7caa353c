"""Whether the data of a stream are whole, without letting them fill the memory.

A few kilobytes can be made to unpack to gigabytes: each step is counted as it goes.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from pikepdf import Array, Name, Object, Pdf, PdfError, Stream, StreamDecodeLevel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST_UNPACKED = 100_000_000
_PIECE = 1 << 20
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


def check(stream: Stream, most: int = MOST_UNPACKED) -> None:
    """Raise DamagedError when the data of a font or picture are not whole, BombError.

    What only decoders of pictures understand is not looked at.
    """
    names = _filters(stream.get(Name.Filter))
    if names and _STEPS.get(names[0]) is _inflate:
        for _ in _inflated(raw(stream), most):
            pass
    elif names and all(name in _STEPS for name in names):
        unpacked(stream, most)


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
    return b"".join(_inflated(data, most))


def _inflated(data: bytes, most: int) -> Iterator[bytes]:
    """Yield what is packed, in pieces, as far as its own end mark.

    A check sum that is there must be right. Some programs leave it out, or write past it:
    nothing is lost by that.
    """
    if data and (data[0] & 15 != 8 or int.from_bytes(data[:2]) % 31):  # noqa: PLR2004 - RFC 1950
        raise DamagedError
    packed, rest, size, check = zlib.decompressobj(-zlib.MAX_WBITS), data[2:], 0, 1
    while data and not packed.eof:
        try:
            piece = packed.decompress(rest, _PIECE)
        except zlib.error:
            raise DamagedError from None
        rest, size, check = packed.unconsumed_tail, size + len(piece), zlib.adler32(piece, check)
        if size > most:
            raise BombError
        if not piece and not packed.eof:
            raise DamagedError
        yield piece
    end = packed.unused_data[:4]
    if len(end) == 4 and int.from_bytes(end) != check:  # noqa: PLR2004 - bytes of a check sum
        raise DamagedError


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
