"""Pictures as pages: JPEG, PNG and TIFF, whole, upright and on white.

A picture that is cut off is refused: never half a picture. What a camera or a program wrote
beside the picture (places, names, comments) stays behind.
"""

from __future__ import annotations

import logging
import warnings
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING

import img2pdf
from pikepdf import Name, Pdf, StreamDecodeLevel
from PIL import Image, ImageCms, ImageOps
from PIL.TiffImagePlugin import TiffImageFile

from priorauth.exhibits import jpeg
from priorauth.exhibits.kinds import FileKind
from priorauth.exhibits.murmurs import heard
from priorauth.exhibits.remarks import RefusedError, Remark, Remarks, error

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

LETTER = (612.0, 792.0)
LEAST_DPI, MOST_DPI = 36, 2400
LEAST_LONG, MOST_LONG = 72.0, 1600.0  # points: of the longer side, for a resolution to be believed
MOST_PIXELS = 52_000_000  # US Letter at 600 dots per inch has 34 million
MOST_DOTS = 150_000_000  # of black and white
MOST_FRAMES = 5_000
_TURNED = {1: 0, 3: 180, 6: 90, 8: 270}  # EXIF orientation: degrees clockwise; others mirror
_ON_SIDE = frozenset({5, 6, 7, 8})
_ORIENTATION = 0x0112
_EXTENTS = ((273, 279), (324, 325))  # tags of TIFF: where strips and tiles start, how long they are
_SIXTEEN_BIT = frozenset({"I;16", "I;16L", "I;16B", "I;16N"})
_PROFILES = {"1": b"GRAY", "L": b"GRAY", "RGB": b"RGB ", "CMYK": b"CMYK"}
_FORMATS = {FileKind.JPEG: ("JPEG", "MPO"), FileKind.PNG: ("PNG",), FileKind.TIFF: ("TIFF",)}
# Both write warnings for programmers; what they mean for an exhibit is told here.
logging.getLogger("img2pdf").setLevel(logging.CRITICAL)
logging.getLogger("PIL").setLevel(logging.CRITICAL)
_DAMAGED = "Scan it, take it or copy it again; if it opens elsewhere, save it as PDF there."
_CUT = error("the picture of {it} is damaged or cut off", _DAMAGED)
_DEEP = error(
    "{it} is a picture with a depth of color that is not for documents",
    "Save it as JPEG or as PDF.",
)
_FRAMES = error(f"{{it}} has more than {MOST_FRAMES:,} pages", "Enclose what a reviewer needs.")


@dataclass(frozen=True)
class Pictures:
    """The pictures of one file, each to become a page."""

    path: Path = field(repr=False)
    kind: FileKind
    page_count: int

    def pages(self, numbers: Sequence[int]) -> tuple[Pdf, Remarks]:
        """Return these pictures as a PDF, a page each; raise RefusedError."""
        target = Pdf.new()
        with _opened(self.path, self.kind) as picture:
            passing = self.kind is not FileKind.TIFF
            for number in numbers:
                with _refusing(number if self.page_count > 1 else 0):
                    picture.seek(number - 1)
                    _check_size(picture)
                    page = _page(picture, self.path.read_bytes() if passing else b"")
                target.pages.append(page.pages[0])
        return target, ()


def read(path: Path, kind: FileKind) -> Pictures:
    """Return the pictures of a file, not yet looked at; raise RefusedError."""
    with _refusing(), _opened(path, kind) as picture:
        _check_size(picture)
        return Pictures(path, kind, _frames(picture) if kind is FileKind.TIFF else 1)


@contextmanager
def _opened(path: Path, kind: FileKind) -> Iterator[Image.Image]:
    """Open a picture; what Pillow only warns of is looked at here or makes no difference."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(path, formats=_FORMATS[kind]) as picture:
            yield picture


@contextmanager
def _refusing(number: int = 0) -> Iterator[None]:
    """Turn whatever a decoder of pictures raises into RefusedError, naming the page if given."""
    try:
        yield
    except RefusedError:
        raise
    except Image.DecompressionBombError:
        raise RefusedError(_too_many(MOST_DOTS)) from None
    # Decoders raise whatever the bytes make them stumble over: no list of kinds is ever whole.
    except Exception:  # noqa: BLE001
        if number:
            what = f"page {number} of {{it}} is damaged or cut off"
            raise RefusedError(error(what, _DAMAGED)) from None
        raise RefusedError(_CUT) from None


def _frames(picture: Image.Image) -> int:
    count = 0
    with heard() as murmur, suppress(EOFError):
        while count <= MOST_FRAMES:
            picture.seek(count)
            count += 1
    if count > MOST_FRAMES:
        raise RefusedError(_FRAMES)
    if murmur.text:
        raise ValueError
    return count


def _too_many(most: int) -> Remark:
    return error(
        f"{{it}} has a picture of more than {most // 1_000_000} million pixels",
        "Scan it at 300 dots per inch, or save it smaller.",
    )


def _check_size(picture: Image.Image) -> None:
    most = MOST_DOTS if picture.mode == "1" else MOST_PIXELS
    if picture.width * picture.height > most:
        raise RefusedError(_too_many(most))


def _page(picture: Image.Image, raw: bytes) -> Pdf:
    """Return a picture as a PDF of one page; `raw` is its file, where that can be used as it is."""
    turn = picture.getexif().get(_ORIENTATION, 1)
    dpi = _dpi(picture, turned=turn in _ON_SIDE)
    if picture.format in _FORMATS[FileKind.JPEG]:
        found = jpeg.bare(raw, profile=_profile_fits(picture))
        if found.plain and turn in _TURNED:
            _check_jpeg(found.data)
            width, height = picture.size[::-1] if turn in _ON_SIDE else picture.size
            return _bound(found.data, _size(width, height, dpi), _TURNED[turn])
    _load(picture)
    upright = ImageOps.exif_transpose(picture)  # a TIFF is turned already
    size = _size(*upright.size, dpi)
    if picture.format == "PNG" and turn == 1 and _is_plain(picture, raw):
        return _bound(raw, size)
    lossy = picture.format != "PNG" and picture.info.get("compression", "jpeg") == "jpeg"
    return _bound(_encoded(_plain(upright), lossy=lossy), size)


def _load(picture: Image.Image) -> None:
    """Read a picture whole; raise an error when any part of it is damaged."""
    _check_extent(picture)
    with heard() as murmur:
        picture.load()
    if murmur.text:  # a damaged fax is read to the end, with lines missing
        raise ValueError


def _check_extent(picture: Image.Image) -> None:
    """Raise an error when a TIFF's file ends before its picture: Pillow would go on with black."""
    if isinstance(picture, TiffImageFile):
        end = picture.fp.seek(0, 2) if picture.fp else 0
        for starts, sizes in _EXTENTS:
            parts = zip(picture.tag_v2.get(starts, ()), picture.tag_v2.get(sizes, ()), strict=True)
            if any(start + size > end for start, size in parts):
                raise ValueError


def _check_jpeg(data: bytes) -> None:
    """Raise an error when any part of a JPEG cannot be decoded: Pillow would fill it with gray."""
    with Pdf.new() as owner:
        owner.make_stream(data, Filter=Name.DCTDecode).get_stream_buffer(StreamDecodeLevel.all)


def _dpi(picture: Image.Image, *, turned: bool) -> tuple[float, float]:
    """Return dots per inch across and down, 0 where they are not known or not to be believed."""
    across, down = picture.info.get("dpi", (0, 0))
    dpi = (float(down), float(across)) if turned else (float(across), float(down))
    return dpi if all(LEAST_DPI <= side <= MOST_DPI for side in dpi) else (0, 0)


def _size(width: int, height: int, dpi: tuple[float, float]) -> tuple[float, float]:
    """Return the size of the page in points: the picture's own, or what US Letter has room for."""
    if all(dpi):
        size = 72 * width / dpi[0], 72 * height / dpi[1]
        if LEAST_LONG <= max(size) <= MOST_LONG:
            return size
    scale = min(LETTER[0] / width, LETTER[1] / height)
    return width * scale, height * scale


def _is_plain(picture: Image.Image, raw: bytes) -> bool:
    """Return whether a PNG can be used as it is: on no ground, eight bits a color at most."""
    depth = raw[24]
    plain = picture.mode in _PROFILES and "transparency" not in picture.info
    return plain and depth <= 8 and _profile_fits(picture)  # noqa: PLR2004


def _plain(picture: Image.Image) -> Image.Image:
    """Return a picture in black and white, gray, RGB or CMYK, on white; raise RefusedError."""
    if picture.mode in _SIXTEEN_BIT:
        return picture.point(lambda value: value / 256).convert("L")
    if picture.mode == "LAB":
        lab, rgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        found = ImageCms.profileToProfile(picture, lab, rgb, outputMode="RGB")
        if found is not None:
            return found
    if picture.mode in ("I", "F", "LAB"):
        raise RefusedError(_DEEP)
    if picture.has_transparency_data:
        seen = picture.convert("RGBA")
        white = Image.new("RGB", picture.size, "white")
        white.paste(seen, mask=seen.getchannel("A"))
        return white
    return picture if picture.mode in _PROFILES else picture.convert("RGB")


def _profile_fits(picture: Image.Image) -> bool:
    """Return whether the color profile, if there is one, is for colors such as the picture's."""
    profile = picture.info.get("icc_profile")
    return not profile or profile[16:20] == _PROFILES.get(picture.mode)


def _encoded(picture: Image.Image, *, lossy: bool) -> bytes:
    """Return a picture as a file that goes into a PDF as it is; without loss where it had none."""
    target = BytesIO()
    profile = picture.info.get("icc_profile") if _profile_fits(picture) else None
    if picture.mode == "1":
        picture.save(target, "TIFF", compression="group4")
    elif lossy:
        picture.save(target, "JPEG", quality=95, subsampling=0, icc_profile=profile)
    elif picture.mode == "CMYK":
        picture.save(target, "TIFF", compression="tiff_lzw", icc_profile=profile)
    else:
        picture.save(target, "PNG", icc_profile=profile)
    return target.getvalue()


def _bound(data: bytes, size: tuple[float, float], rotate: int = 0) -> Pdf:
    """Return a PDF of one page that a picture fills; `size` is in points, as it is shown."""
    width, height = size[::-1] if rotate % 180 else size
    made = img2pdf.convert(
        data,
        layout_fun=lambda *_: (width, height, width, height),
        rotation=img2pdf.Rotation.none,
        engine=img2pdf.Engine.internal,
        nodate=True,
    )
    pdf = Pdf.open(BytesIO(made))
    pdf.pages[0].Rotate = rotate
    return pdf
