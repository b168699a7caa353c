"""Pages as a fax shows them: one bit a dot, and nothing lost that can be seen."""

from __future__ import annotations

import subprocess
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw
from PIL.TiffImagePlugin import STRIPBYTECOUNTS, STRIPOFFSETS, TiffImageFile

from priorauth import fax
from priorauth.fax import drawing, ink

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Made

WHITE = 255
SHEET = {fax.FINE: (1728, 2156), fax.STANDARD: (1728, 1078)}
SAMPLE = "open-questions"


def pdf_of(*sizes: tuple[float, float], rotate: int = 0) -> bytes:
    """Return a PDF with pages of these sizes in points, each with a black mark in every corner."""
    with pikepdf.new() as pdf:
        for width, height in sizes:
            page = pdf.add_blank_page(page_size=(width, height))
            corners = [(0, 0), (width - 9, 0), (0, height - 9), (width - 9, height - 9)]
            marks = "".join(f"{left} {low} 9 9 re f " for left, low in corners)
            page.contents_add(pdf.make_stream(marks.encode()))
            page.rotate(rotate, relative=False)
        written = BytesIO()
        pdf.save(written)
    return written.getvalue()


def marks_in(sheet: Image.Image) -> tuple[int, int, int, int]:
    """Return the box around all ink, in dots."""
    box = ImageChops.invert(sheet.convert("L")).getbbox()
    assert box is not None
    return box


def ink_share(sheet: Image.Image) -> float:
    """Return which part of a picture is ink."""
    return 1 - sheet.convert("L").histogram()[WHITE] / (sheet.width * sheet.height)


# --- the file for a fax machine -------------------------------------------------------------------


@pytest.fixture(scope="module")
def letter(made: Callable[[str], Made]) -> bytes:
    """Return a letter as PDF."""
    return made(SAMPLE).pdf


@pytest.fixture(scope="module")
def faxed(letter: bytes) -> fax.Fax:
    """Return the fax of that letter."""
    return fax.fax(letter)


def frames(tiff: bytes) -> list[TiffImageFile]:
    """Return each page of a TIFF."""
    found = []
    for number in range(getattr(Image.open(BytesIO(tiff)), "n_frames", 1)):
        frame = Image.open(BytesIO(tiff))
        assert isinstance(frame, TiffImageFile)
        frame.seek(number)
        found.append(frame)
    return found


def strip(tiff: bytes, frame: TiffImageFile) -> bytes:
    """Return the compressed data of a page."""
    (start,), (length,) = frame.tag_v2[STRIPOFFSETS], frame.tag_v2[STRIPBYTECOUNTS]
    return tiff[start : start + length]


def test_the_tiff_is_what_fax_machines_take(faxed: fax.Fax, letter: bytes) -> None:
    """Every page: 1,728 dots across at 204 x 196 an inch, Group 4, one strip, white is zero."""
    found = frames(faxed.tiff)
    assert len(found) == len(pikepdf.open(BytesIO(letter)).pages)
    for number, frame in enumerate(found):
        assert (frame.mode, frame.size) == ("1", SHEET[fax.FINE])
        assert (frame.info["compression"], frame.info["dpi"]) == ("group4", (204, 196))
        tags = {tag: frame.tag_v2[tag] for tag in (254, 262, 266, 278, 293, 296, 297)}
        assert tags == {
            254: 2,
            262: 0,
            266: 1,
            278: 2156,
            293: 0,
            296: 2,
            297: (number, len(found)),
        }


def test_the_pdf_holds_the_very_dots_of_the_tiff(faxed: fax.Fax, tmp_path: Path) -> None:
    """US Letter pages, each one picture: the Group 4 data of the TIFF, black on white."""
    with pikepdf.open(BytesIO(faxed.pdf)) as pdf:
        for page, frame in zip(pdf.pages, frames(faxed.tiff), strict=True):
            (picture,) = page.get_images().values()
            assert picture.read_raw_bytes() == strip(faxed.tiff, frame)
            assert picture.Filter[0] == "/CCITTFaxDecode"
            assert page.mediabox == [0, 0, 612, 792]
    path = tmp_path / "fax.pdf"
    path.write_bytes(faxed.pdf)
    command = ["pdftoppm", "-gray", "-r", "20", "-singlefile", str(path), str(tmp_path / "page")]
    subprocess.run(command, check=True)
    with Image.open(tmp_path / "page.pgm") as shown:
        dark = sum((WHITE - level) * dots for level, dots in enumerate(shown.histogram()))
        assert 0.02 < dark / (WHITE * shown.width * shown.height) < 0.2


def test_the_same_letter_gives_the_same_fax(faxed: fax.Fax, letter: bytes) -> None:
    """Byte for byte, both files."""
    assert fax.fax(letter) == faxed


def test_the_fax_says_nothing_beside_its_pages(faxed: fax.Fax) -> None:
    """No title, no date, no name: only the dots."""
    with pikepdf.open(BytesIO(faxed.pdf)) as pdf:
        assert set(pdf.docinfo.keys()) <= {"/Producer"}
        assert "/Metadata" not in pdf.Root


# --- drawing --------------------------------------------------------------------------------------


def test_our_letters_are_drawn_as_by_another_program(letter: bytes, tmp_path: Path) -> None:
    """No word is missing or misplaced: cells of 16 dots are as dark as Poppler draws them."""
    path = tmp_path / "letter.pdf"
    path.write_bytes(letter)
    across, down = SHEET[fax.FINE]
    size = ["-scale-to-x", str(across), "-scale-to-y", str(down)]
    subprocess.run(["pdftoppm", "-gray", *size, str(path), str(tmp_path / "page")], check=True)
    theirs = sorted(tmp_path.glob("page*.pgm"))
    for ours, other in zip(drawing.sheets(letter, fax.FINE), theirs, strict=True):
        with Image.open(other) as page:
            apart = ImageChops.difference(ours.reduce(16), page.reduce(16))
        levels = apart.histogram()
        assert sum(level * n for level, n in enumerate(levels)) / sum(levels) < 3
        assert sum(levels[48:]) == 0


@pytest.mark.parametrize("resolution", SHEET)
def test_a_sheet_of_the_fax_is_the_whole_page(resolution: fax.Resolution) -> None:
    """A page of US Letter, or one that differs by a hair, goes from edge to edge."""
    for size in ((612, 792), (611.5, 791.2)):
        (page,) = fax.pages(pdf_of(size), resolution)
        assert (page.mode, page.size) == ("1", SHEET[resolution])
        assert marks_in(page) == (0, 0, *SHEET[resolution])


@pytest.mark.parametrize(
    ("size", "rotate", "inches"),
    [
        ((595, 842), 0, (595 * 792 / 842 / 72, 11)),  # A4: narrower and longer
        ((792, 612), 0, (8.5, 612 * 612 / 792 / 72)),  # across
        ((792, 612), 90, (8.5, 11)),  # across, shown upright
        ((1224, 1584), 0, (8.5, 11)),  # twice the size
        ((288, 144), 0, (4, 2)),  # a card
    ],
)
def test_no_page_is_cropped_or_enlarged(
    size: tuple[float, float], rotate: int, inches: tuple[float, float]
) -> None:
    """A larger page is made smaller, all of it; a smaller one keeps its size."""
    (page,) = fax.pages(pdf_of(size, rotate=rotate))
    left, top, right, low = marks_in(page)
    assert (right - left) * 8.5 / 1728 == pytest.approx(inches[0], abs=0.02)
    assert (low - top) / 196 == pytest.approx(inches[1], abs=0.02)


def test_what_is_typed_into_a_form_is_drawn() -> None:
    """A field with an appearance is part of the page."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(612, 792))
        look = pdf.make_stream(b"0 0 200 40 re f", {"/Type": pikepdf.Name.XObject})
        look.Subtype, look.BBox = pikepdf.Name.Form, [0, 0, 200, 40]
        field = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Tx,
                T="name",
                F=4,
                Rect=[100, 400, 300, 440],
                AP=pikepdf.Dictionary(N=look),
            )
        )
        page.Annots = pikepdf.Array([field])
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[field])
        written = BytesIO()
        pdf.save(written)
    (sheet,) = fax.pages(written.getvalue())
    assert ink_share(sheet) == pytest.approx(200 * 40 / (612 * 792), rel=0.02)


def test_pages_are_drawn_one_at_a_time() -> None:
    """The first page of thousands comes at once: nothing is drawn before it is asked for."""
    many = pdf_of(*[(612, 792)] * 2000)
    assert len(list(islice(fax.pages(many), 2))) == 2


@pytest.mark.parametrize("content", [b"", b"no PDF", b"%PDF-1.7\nbroken"])
def test_a_file_that_is_no_pdf_is_refused(content: bytes) -> None:
    """In a sentence that says what to name instead."""
    with pytest.raises(fax.UndrawableError, match=r"no PDF.*Name a packet or a letter"):
        fax.fax(content)


def test_a_locked_pdf_is_refused() -> None:
    """In a sentence that says what to do."""
    with pikepdf.open(BytesIO(pdf_of((612, 792)))) as pdf:
        locked = BytesIO()
        pdf.save(locked, encryption=pikepdf.Encryption(owner="a", user="b"))
    with pytest.raises(fax.UndrawableError, match="locked by a password"):
        list(fax.pages(locked.getvalue()))


# --- black or white -------------------------------------------------------------------------------


def sheet_of(level: int = WHITE) -> Image.Image:
    """Return a small sheet of one grey."""
    return Image.new("L", (400, 300), level)


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 60), st.binary(min_size=512, max_size=512), st.sampled_from(list(SHEET)))
def test_black_and_white_stay_as_they_are(
    cell: int, dots: bytes, resolution: fax.Resolution
) -> None:
    """Whatever is black on white already is not touched, dot for dot."""
    small = Image.frombytes("1", (64, 64), dots)
    drawn = small.resize((64 * cell, 64 * cell), Image.Resampling.NEAREST).crop((0, 0, 240, 200))
    assert ink.one_bit(drawn.convert("L"), resolution).tobytes() == drawn.tobytes()


@pytest.mark.parametrize("level", range(180, 256, 5))
def test_paper_of_any_light_grey_is_white(level: int) -> None:
    """A scan on grey paper is no swarm of dots."""
    assert ink_share(ink.one_bit(sheet_of(level), fax.FINE)) == 0


def test_a_shadow_over_the_paper_is_white() -> None:
    """A photographed page with a shadow on one side."""
    shade = Image.linear_gradient("L").rotate(90).resize((800, 600))
    shadow = shade.point([200 + level * 50 // 255 for level in range(256)])
    assert ink_share(ink.one_bit(shadow, fax.FINE)) == 0


@pytest.mark.parametrize(
    ("ground", "print_"),
    [(255, 170), (200, 60), (190, 0), (110, 0), (150, 255), (40, 255), (235, 105)],
)
def test_print_of_any_grey_stands_out_from_its_ground(ground: int, print_: int) -> None:
    """Light print on white, black on a grey fill, white on dark: strokes are told from the ground.

    A threshold in the middle would lose four of these seven.
    """
    sheet = sheet_of(ground)
    draw = ImageDraw.Draw(sheet)
    strokes = [(left, 100, left + 3, 160) for left in range(60, 340, 16)]
    for stroke in strokes:
        draw.rectangle(stroke, fill=print_)
    shown = ink.one_bit(sheet, fax.FINE)
    inked = sum(ink_share(shown.crop(one)) for one in strokes) / len(strokes)
    beside = [(one[2] + 3, 100, one[2] + 11, 160) for one in strokes[:-1]]
    assert abs(inked - sum(ink_share(shown.crop(one)) for one in beside) / len(beside)) > 0.6


def test_a_photograph_keeps_its_shades() -> None:
    """From dark to light there is less and less ink, in steps, not all or none."""
    shade = Image.linear_gradient("L").rotate(90).resize((1000, 600))
    sheet = Image.new("L", (1400, 1000), WHITE)
    sheet.paste(shade, (200, 200))
    shown = ink.one_bit(sheet, fax.FINE)
    shares = [ink_share(shown.crop((left, 400, left + 60, 600))) for left in range(220, 1160, 60)]
    assert max(shares) > 0.9
    assert shares in (sorted(shares), sorted(shares, reverse=True))
    assert sum(0.05 < share < 0.95 for share in shares) >= 4


# --- the proof ------------------------------------------------------------------------------------


def test_a_proof_has_the_shape_of_the_page(letter: bytes) -> None:
    """Standard resolution, each line twice, black or white."""
    shown = fax.pages(letter, fax.STANDARD)
    for picture, page in zip(fax.proofs(letter), shown, strict=True):
        with Image.open(BytesIO(picture)) as proof:
            assert (proof.format, proof.mode, proof.size) == ("PNG", "1", SHEET[fax.FINE])
            assert proof.info["dpi"] == pytest.approx((204, 196), abs=0.1)
            lines = proof.tobytes()
        across = 1728 // 8
        every = [lines[start : start + across] for start in range(0, len(lines), across)]
        assert every[::2] == every[1::2]
        assert b"".join(every[::2]) == page.tobytes()
