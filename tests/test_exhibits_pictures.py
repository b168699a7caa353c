"""Pictures as exhibits: whole, upright, on white, and without what was written beside them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Literal

import pytest
from documents import (
    BLACK,
    CORNERS,
    WHITE,
    corners,
    enclosed,
    encoded,
    looks,
    made_of,
    picture,
    said,
    saved,
)
from PIL import Image, ImageCms

from priorauth.exhibits import jpeg, pictures

if TYPE_CHECKING:
    from pathlib import Path

    from pikepdf import Pdf

KINDS = ("JPEG", "PNG", "TIFF")
TURN = Image.Transpose
# How a picture is stored that a viewer shows upright by its EXIF orientation.
STORED = {
    1: None,
    2: TURN.FLIP_LEFT_RIGHT,
    3: TURN.ROTATE_180,
    4: TURN.FLIP_TOP_BOTTOM,
    5: TURN.TRANSPOSE,
    6: TURN.ROTATE_90,
    7: TURN.TRANSVERSE,
    8: TURN.ROTATE_270,
}
CUT_OFF = (
    "error: the picture of exhibit A (notes) is damaged or cut off. "
    "Scan it, take it or copy it again; if it opens elsewhere, save it as PDF there."
)


def size(pdf: Pdf, page: int = 1) -> tuple[int, int]:
    """Return how large a page is shown, in points."""
    box, turn = pdf.pages[page - 1].mediabox, int(pdf.pages[page - 1].rotation)
    width, height = round(float(box[2])), round(float(box[3]))
    return (height, width) if turn % 180 else (width, height)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("orientation", STORED)
def test_a_picture_is_upright_as_in_a_viewer(tmp_path: Path, kind: str, orientation: int) -> None:
    """Whichever way the camera was held, and where a scanner mirrors."""
    turn = STORED[orientation]
    stored = picture() if turn is None else picture().transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    one = enclosed(tmp_path, encoded(stored, kind, exif=exif, dpi=(100, 100)))
    assert size(one.pdf) == (144, 72)
    assert corners(looks(one.pdf)) == CORNERS
    assert one.kind == kind


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "RGB"),
        ("PNG", "RGB"),
        ("PNG", "P"),
        ("PNG", "RGBA"),
        ("TIFF", "RGB"),
        ("TIFF", "P"),
        ("TIFF", "RGBA"),
        ("TIFF", "YCbCr"),
    ],
)
def test_colors_are_as_in_the_picture(tmp_path: Path, kind: str, mode: str) -> None:
    """Of a palette, of a photograph, with a ground that shows through nowhere."""
    assert corners(looks(enclosed(tmp_path, encoded(picture(mode=mode), kind)).pdf)) == CORNERS


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_colors_of_printers_are_shown_and_not_inverted(tmp_path: Path, kind: str) -> None:
    """CMYK: red is reddish, white is white."""
    red, _, blue, white = corners(
        looks(enclosed(tmp_path, encoded(picture(mode="CMYK"), kind)).pdf)
    )
    assert red[0] > 2 * red[1]
    assert blue[2] > 2 * blue[0]
    assert white == WHITE


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("PNG", "1"), ("PNG", "L"), ("PNG", "LA"), ("PNG", "I;16"), ("TIFF", "1"), ("TIFF", "I;16")],
)
def test_black_and_white_stay_black_and_white(tmp_path: Path, kind: str, mode: str) -> None:
    """One bit, gray, gray on nothing, sixteen bits: black on the left, white on the right."""
    drawn = Image.new("L", (100, 100), 255)
    drawn.paste(0, (0, 0, 50, 100))
    if mode == "I;16":
        wide = Image.new("I;16", drawn.size, 65535)
        wide.paste(0, (0, 0, 50, 100))
        drawn = wide
    else:
        drawn = drawn.convert(mode)
    seen = corners(looks(enclosed(tmp_path, encoded(drawn, kind)).pdf))
    assert seen == (BLACK, WHITE, BLACK, WHITE)


def test_what_is_transparent_is_white(tmp_path: Path) -> None:
    """Also where the color behind it would be black, and where a palette marks one color."""
    clear = Image.new("RGBA", (50, 50), (0, 0, 0, 0))
    assert corners(looks(enclosed(tmp_path, encoded(clear, "PNG")).pdf)) == (WHITE,) * 4
    marked = Image.new("P", (50, 50), 0)
    marked.putpalette([0, 0, 0, 255, 0, 0])
    content = encoded(marked, "PNG", transparency=0)
    assert corners(looks(enclosed(tmp_path, content).pdf)) == (WHITE,) * 4


def test_lab_colors_are_shown(tmp_path: Path) -> None:
    """A TIFF in L*a*b* becomes RGB: middle gray stays gray."""
    gray = Image.new("LAB", (50, 50), (255, 128, 128))
    assert corners(looks(enclosed(tmp_path, encoded(gray, "TIFF")).pdf)) == (WHITE,) * 4


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("space", ["sRGB", "LAB"])
def test_a_color_profile_of_whatever_kind_does_no_harm(
    tmp_path: Path, kind: str, space: Literal["sRGB", "LAB"]
) -> None:
    """One for these colors goes with the picture, one for others is left out."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile(space)).tobytes()
    one = enclosed(tmp_path, encoded(picture(), kind, icc_profile=profile))
    assert corners(looks(one.pdf)) == CORNERS
    assert (b"ICCBased" in saved(one.pdf)) == (space == "sRGB")


@pytest.mark.parametrize(
    "compression",
    ["raw", "packbits", "tiff_lzw", "tiff_adobe_deflate", "group3", "group4", "jpeg", "zstd"],
)
def test_every_compression_of_tiff_is_read(tmp_path: Path, compression: str) -> None:
    """Also those of fax machines and of scanners that write JPEG into TIFF."""
    mode = "1" if compression.startswith("group") else "L"
    drawn = Image.new(mode, (100, 100), 255)
    drawn.paste(0, (0, 0, 50, 100))
    one = enclosed(tmp_path, encoded(drawn, "TIFF", compression=compression))
    assert corners(looks(one.pdf)) == (BLACK, WHITE, BLACK, WHITE)


def test_each_page_of_a_tiff_has_its_own_size_and_color(tmp_path: Path) -> None:
    """A scan of mixed sheets keeps every page, and some of them can be enclosed alone."""
    others = [picture(100, 300, "L"), picture(1700, 2200, "1"), picture()]
    scan = encoded(
        picture(), "TIFF", save_all=True, append_images=others, dpi=(200, 200), compression="raw"
    )
    one = enclosed(tmp_path, scan)
    assert (one.pages, one.page_count) == ((1, 2, 3, 4), 4)
    assert [size(one.pdf, page) for page in one.pages] == [
        (72, 36),
        (36, 108),
        (612, 792),
        (72, 36),
    ]
    some = enclosed(tmp_path, scan, pages="2,4")
    assert [size(some.pdf, page) for page in (1, 2)] == [(36, 108), (72, 36)]
    assert corners(looks(some.pdf, 2)) == CORNERS


@pytest.mark.parametrize(
    ("pixels", "dpi", "points"),
    [
        ((850, 1100), (100, 100), (612, 792)),
        ((1728, 1078), (204, 98), (610, 792)),  # a fax: lower than wide dots
        ((850, 1100), None, (612, 792)),
        ((4032, 3024), (72, 72), (612, 459)),  # a photograph that says it is four feet wide
        ((3024, 4032), (1, 1), (594, 792)),
        ((300, 150), (0, 0), (612, 306)),
        ((300, 150), (2400, 2400), (612, 306)),  # an eighth of an inch: not to be believed
        ((1, 900), None, (1, 792)),
    ],
)
def test_a_picture_has_its_own_size_or_fits_the_page(
    tmp_path: Path, pixels: tuple[int, int], dpi: tuple[int, int] | None, points: tuple[int, int]
) -> None:
    """Its resolution is believed where the page that it gives can be one."""
    options = {"dpi": dpi} if dpi else {}
    one = enclosed(tmp_path, encoded(picture(*pixels, "L"), "PNG", **options))
    assert size(one.pdf) == pytest.approx(points, abs=1)


def test_a_photograph_is_enclosed_bit_for_bit(tmp_path: Path) -> None:
    """It is not written as JPEG a second time, which would blur it."""
    stored = encoded(picture(), "JPEG", quality=85)
    one = enclosed(tmp_path, stored)
    (image,) = one.pdf.pages[0].get_images().values()
    assert image.Filter == "/DCTDecode"
    assert image.read_raw_bytes() == stored


def test_what_stands_beside_the_picture_stays_behind(tmp_path: Path) -> None:
    """Places, names, comments, thumbnails, and whatever was appended after the end."""
    exif = Image.Exif()
    exif[0x010E] = "Dana Whitfield"
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>Dana Whitfield</x:xmpmeta>"
    stored = encoded(picture(), "JPEG", exif=exif, comment=b"Dana Whitfield", xmp=xmp)
    assert stored.count(b"Dana Whitfield") == 3
    one = enclosed(tmp_path, stored + b"Dana Whitfield")
    assert b"Whitfield" not in saved(one.pdf)
    assert corners(looks(one.pdf)) == CORNERS


def test_a_camera_s_second_picture_is_not_a_page(tmp_path: Path) -> None:
    """A JPEG with a preview or depth map behind it is the picture that viewers show."""
    stored = encoded(picture(), "MPO", save_all=True, append_images=[picture(50, 50)])
    one = enclosed(tmp_path, stored)
    assert one.pages == (1,)
    assert corners(looks(one.pdf)) == CORNERS


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.99])
def test_a_picture_that_is_cut_off_is_refused(tmp_path: Path, kind: str, kept: float) -> None:
    """There is never half a picture."""
    whole = encoded(Image.effect_noise((300, 300), 80), kind)
    assert said(tmp_path, whole[: int(len(whole) * kept)]) == CUT_OFF


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_with_a_hole_in_it_is_refused(tmp_path: Path, *, progressive: bool) -> None:
    """Also where it has an end: viewers would fill the rest with gray."""
    whole = encoded(Image.effect_noise((300, 300), 80), "JPEG", progressive=progressive)
    half = len(whole) // 2
    assert said(tmp_path, whole[:half] + b"\xff\xd9") == CUT_OFF
    assert said(tmp_path, whole[:half] + whole[half + 3000 :]) == CUT_OFF


def test_a_fax_with_damaged_lines_is_refused_in_silence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Its decoder goes on with white lines and only prints that it did: no user sees that."""
    dice = random.Random(1)  # noqa: S311 - the same picture each time
    greys = bytes(min(255, max(0, round(dice.gauss(128, 80)))) for _ in range(300 * 300))
    drawn = Image.frombytes("L", (300, 300), greys).convert("1")
    whole = encoded(drawn, "TIFF", compression="group4")
    half = len(whole) // 2
    assert said(tmp_path, whole[:half] + b"\xff" * 20 + whole[half + 20 :]) == CUT_OFF
    assert capfd.readouterr() == ("", "")


def test_a_damaged_page_of_a_tiff_is_named(tmp_path: Path) -> None:
    """The other pages do not go without it."""
    noise = Image.effect_noise((300, 300), 80)
    scan = encoded(
        noise, "TIFF", save_all=True, append_images=[noise], compression="tiff_adobe_deflate"
    )
    with Image.open(_file(tmp_path, scan)) as read:
        read.seek(1)
        start = read.tag_v2[273][0]  # type: ignore[attr-defined]  # where the strip stands
    broken = scan[: start + 50] + b"\xff" * 50 + scan[start + 100 :]
    assert said(tmp_path, broken) == (
        "error: page 2 of exhibit A (notes) is damaged or cut off. "
        "Scan it, take it or copy it again; if it opens elsewhere, save it as PDF there."
    )


def _file(folder: Path, content: bytes) -> Path:
    path = folder / "stored"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("mode", "side", "millions"), [("L", 7212, 52), ("1", 12248, 150), ("1", 14000, 150)]
)
def test_a_picture_that_would_fill_the_memory_is_refused(
    tmp_path: Path, mode: str, side: int, millions: int
) -> None:
    """A small file can hold a picture of any size: its size is looked at before it is unpacked."""
    bomb = encoded(Image.new(mode, (side, side)), "PNG")
    assert said(tmp_path, bomb) == (
        f"error: exhibit A (notes) has a picture of more than {millions} million pixels. "
        "Scan it at 300 dots per inch, or save it smaller."
    )


def test_a_picture_for_machines_is_refused(tmp_path: Path) -> None:
    """Floating-point gray has no black and no white."""
    assert said(tmp_path, encoded(Image.new("F", (10, 10)), "TIFF")) == (
        "error: exhibit A (notes) is a picture with a depth of color that is not for documents. "
        "Save it as JPEG or as PDF."
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_picture_gives_the_same_bytes(tmp_path: Path, kind: str) -> None:
    """Nothing of the clock gets into the page, and nothing of the program that made it."""
    content = encoded(picture(), kind)
    first = made_of(tmp_path, content).enclosed[0].pdf
    assert saved(first) == saved(made_of(tmp_path, content).enclosed[0].pdf)
    assert "/Info" not in first.trailer
    assert "/Metadata" not in first.Root


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"\xff\xd8\xff", b"\xff\xd8\xff\xe0\x00\x01"])
def test_a_jpeg_without_an_end_is_told(data: bytes) -> None:
    """The reader of segments never runs past the file."""
    with pytest.raises(ValueError, match=r"^$"):
        jpeg.bare(data, profile=True)


def test_a_scan_with_more_pages_than_a_packet_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pages are counted one by one, and not beyond the limit."""
    monkeypatch.setattr(pictures, "MOST_FRAMES", 2)
    dot = Image.new("1", (1, 1))
    scan = encoded(dot, "TIFF", save_all=True, append_images=[dot] * 3)
    assert said(tmp_path, scan) == (
        "error: exhibit A (notes) has more than 5,000 pages. Enclose what a reviewer needs."
    )
