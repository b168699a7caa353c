"""PDFs that other people made: locked, damaged, lying, made to do harm; never a shorter packet."""

from __future__ import annotations

import zlib
from io import BytesIO
from typing import TYPE_CHECKING

import pikepdf
import pytest
from documents import (
    CATALOG,
    CORNERS,
    PAGES,
    PAINT,
    corners,
    enclosed,
    exhibit,
    gathered,
    looks,
    made_of,
    many_pages,
    one_page,
    pdf_file,
    said,
    saved,
    stream,
    told,
)

from priorauth import exhibits, samples
from priorauth.exhibits import soundness, streams, tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AGAIN = "Save or scan it again as PDF; or open it, and print it to a new PDF."
COMPARE = "Compare its pages in the packet with the original, one by one."
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R >>"
NOTES = (samples.find("esketamine").folder / "notes.pdf").read_bytes()


def encrypted(**options: str) -> bytes:
    """Return a PDF of one page, encrypted with these passwords."""
    target = BytesIO()
    with pikepdf.open(BytesIO(one_page())) as pdf:
        pdf.save(target, encryption=pikepdf.Encryption(**options))  # type: ignore[arg-type]
    return target.getvalue()


# --- locked ---------------------------------------------------------------------------------------


def test_a_pdf_that_is_locked_by_a_password_is_refused(tmp_path: Path) -> None:
    """Nobody is asked for the password: the message says what to do with it."""
    assert said(tmp_path, encrypted(user="secret", owner="other")) == (
        "error: exhibit A (notes) is locked by a password. "
        "Open it with the password and save it without, or print it to a new PDF."
    )


def test_an_empty_password_is_opened_and_said(tmp_path: Path) -> None:
    """Restrictions of the owner do not keep the pages from being enclosed."""
    found = made_of(tmp_path, encrypted(user="", owner="secret"))
    assert told(found) == [
        (
            "case.yaml: hint: exhibits.0.file: exhibit A (notes) is protected against changes, and "
            "opens without a password; the pages in the packet are not protected."
        )
    ]
    assert corners(looks(found.enclosed[0].pdf)) == CORNERS
    assert b"/Encrypt" not in saved(found.enclosed[0].pdf)


# --- damaged --------------------------------------------------------------------------------------


def test_a_pdf_whose_table_is_wrong_is_repaired_and_said_so(tmp_path: Path) -> None:
    """All its pages are there, and look as they should."""
    broken = NOTES.replace(b"startxref", b"startxxxx")
    found = made_of(tmp_path, broken)
    assert told(found) == [
        (
            "case.yaml: warning: exhibits.0.file: the file of exhibit A (notes) is damaged and was "
            f"repaired. {COMPARE}"
        )
    ]
    (one,) = found.enclosed
    assert one.pages == (1, 2, 3, 4, 5, 6, 7)
    for page in one.pages:
        assert looks(one.pdf, page).tobytes() == looks(NOTES, page).tobytes()


@pytest.mark.parametrize("kept", [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97])
def test_a_pdf_that_is_cut_off_is_refused(tmp_path: Path, kept: float) -> None:
    """Never are only the pages enclosed that are left."""
    found = made_of(tmp_path, NOTES[: int(len(NOTES) * kept)])
    assert found.enclosed == ()
    assert "exhibit A (notes)" in told(found)[0]
    assert "is damaged" in told(found)[0]


@pytest.mark.parametrize(
    ("kids", "count", "message"),
    [
        (b"3 0 R", 2, "exhibit A (notes) is damaged: it says that it has 2 pages, and has 1"),
        (b"3 0 R 99 0 R", 2, "exhibit A (notes) is damaged: one of its pages cannot be read"),
        (b"3 0 R null", 2, "exhibit A (notes) is damaged: one of its pages cannot be read"),
        (b"3 0 R 4 0 R", 2, "exhibit A (notes) is damaged: one of its pages cannot be read"),
        (b"3 0 R 7", 2, "exhibit A (notes) is damaged: one of its pages cannot be read"),
        (b"3 0 R 2 0 R", 2, "exhibit A (notes) is damaged: its list of pages runs in a circle"),
        (b"", 0, "exhibit A (notes) has no pages"),
        (b"5 0 R", 1, "exhibit A (notes) has no pages"),
        (b"6 0 R", 1, "exhibit A (notes) is damaged: its list of pages cannot be read"),
    ],
)
def test_a_list_of_pages_with_a_hole_is_refused(
    tmp_path: Path, kids: bytes, count: int, message: str
) -> None:
    """A page that cannot be read is not passed over."""
    content = pdf_file(
        CATALOG % b"",
        PAGES % (kids, count, b""),
        PAGE,
        stream(PAINT),
        b"<< /Type /Pages /Kids [] /Count 0 >>",
        b"<< /Type /Pages /Kids 3 /Count 1 >>",
    )
    assert said(tmp_path, content) == f"error: {message}. {AGAIN}"


@pytest.mark.parametrize("root", [b"/Root 9 0 R", b"/Root 3 0 R", b"/Root [1]"])
def test_a_pdf_without_a_list_of_pages_is_refused(tmp_path: Path, root: bytes) -> None:
    """Whatever stands in its place."""
    content = pdf_file(CATALOG % b"", b"<< >>", b"<< >>", trailer=root)
    assert said(tmp_path, content) in {
        f"error: exhibit A (notes) is damaged: its list of pages cannot be read. {AGAIN}",
        f"error: exhibit A (notes) is damaged and cannot be read. {AGAIN}",
    }


@pytest.mark.parametrize(
    ("count", "claim"),
    [(b"1", "the file says it has 1"), (b"/x", "the file does not say how many")],
)
def test_a_pdf_with_more_pages_than_it_says_is_enclosed_whole(
    tmp_path: Path, count: bytes, claim: str
) -> None:
    """A page is not left out because a number is wrong."""
    pages = b"<< /Type /Pages /Kids [3 0 R 3 0 R] /Count %s >>" % count
    found = made_of(tmp_path, pdf_file(CATALOG % b"", pages, PAGE, stream(PAINT)))
    (problem,) = told(found)
    assert "warning: exhibits.0.file: exhibit A (notes) has 2 pages, while" in problem
    assert claim in problem
    assert found.enclosed[0].pages == (1, 2)
    assert corners(looks(found.enclosed[0].pdf, 2)) == CORNERS


@pytest.mark.parametrize(
    "kids", [b"3 0 R 99 0 R", b"3 0 R 3 0 R"], ids=["a page is gone", "a page stands twice"]
)
def test_a_repair_that_would_lose_a_page_is_refused(tmp_path: Path, kids: bytes) -> None:
    """The library mends a broken file by leaving out what it does not understand."""
    whole = pdf_file(CATALOG % b"", PAGES % (kids, 2, b""), PAGE, stream(PAINT))
    broken = whole.replace(b"startxref", b"startxxxx")
    assert said(tmp_path, broken) == (
        f"error: exhibit A (notes) is damaged: one of its pages cannot be read. {AGAIN}"
    )


BROKEN = "error: page 1 of exhibit A (notes) is damaged and cannot be read. " + AGAIN
PACKED = zlib.compress(PAINT * 20)
FLATE = b"/Filter /FlateDecode"


@pytest.mark.parametrize(
    ("content", "packed"),
    [
        (PACKED[: len(PACKED) // 2], FLATE),
        (PACKED[:-6] + b"\0" * 6, FLATE),
        (PACKED[:10] + b"\xff" + PACKED[11:], FLATE),
        (b"no such thing", FLATE),
        (PAINT, b"/Filter /Unknown"),
        (PAINT, b"/Filter /DCTDecode"),
        (PAINT, b"/Filter [/ASCII85Decode /FlateDecode]"),
        (b"", b"/F (other.txt)"),
    ],
    ids=["cut off", "check sum", "changed", "no data", "unknown", "picture", "layers", "elsewhere"],
)
def test_a_page_whose_drawing_is_not_whole_is_refused(
    tmp_path: Path, content: bytes, packed: bytes
) -> None:
    """It would be empty, or half a page."""
    assert said(tmp_path, one_page(content, packed=packed)) == BROKEN


def test_a_form_within_a_page_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    """Many programs put the whole page into a form."""
    form = stream(PACKED[:20], FLATE + b" /Type /XObject /Subtype /Form /BBox [0 0 200 100]")
    content = one_page(b"/Fm Do", b"", form, resources=b"/XObject << /Fm 5 0 R >>")
    assert said(tmp_path, content) == BROKEN


@pytest.mark.parametrize("contents", [b"[4 0 R 99 0 R]", b"[4 0 R 3 0 R]", b"(text)"])
def test_contents_with_a_hole_are_refused(tmp_path: Path, contents: bytes) -> None:
    """A page's drawing can stand in parts: none may be missing."""
    page = PAGE.replace(b"4 0 R", contents)
    content = pdf_file(CATALOG % b"", PAGES % (b"3 0 R", 1, b""), page, stream(PAINT))
    assert said(tmp_path, content) == BROKEN


def test_data_without_a_check_sum_are_whole(tmp_path: Path) -> None:
    """Some programs leave it out, others write a line end into it: nothing is lost by that."""
    one = enclosed(tmp_path, one_page(PACKED[:-4], packed=FLATE))
    assert corners(looks(one.pdf)) == CORNERS


@pytest.mark.parametrize(
    ("filters", "pack"),
    [
        (b"/FlateDecode", zlib.compress),
        (b"[/FlateDecode /FlateDecode]", lambda data: zlib.compress(zlib.compress(data))),
        (b"/ASCIIHexDecode", lambda data: data.hex().encode() + b">"),
        (b"[/AHx /Fl]", lambda data: zlib.compress(data).hex().encode() + b">"),
        (b"/RunLengthDecode", lambda data: bytes([len(data) - 1]) + data + b"\x80"),
        (b"[]", bytes),
    ],
)
def test_every_way_of_packing_is_read(
    tmp_path: Path, filters: bytes, pack: Callable[[bytes], bytes]
) -> None:
    """Alone and one in another, under their long and their short names."""
    one = enclosed(tmp_path, one_page(pack(PAINT), packed=b"/Filter %s" % filters))
    assert corners(looks(one.pdf)) == CORNERS


def test_a_repaired_pdf_that_lacks_what_its_page_uses_is_refused(tmp_path: Path) -> None:
    """A form, a font or a picture can be what was lost."""
    content = one_page(PAINT + b"/Im Do", resources=b"/XObject << /Im 9 0 R >>")
    assert said(tmp_path, content.replace(b"startxref", b"startxxxx")) == BROKEN


def test_a_repaired_pdf_with_half_a_picture_is_refused(tmp_path: Path) -> None:
    """In a file that was damaged, pictures are looked at too."""
    data = zlib.compress(bytes(range(256)) * 40)
    kind = FLATE + b" /Type /XObject /Subtype /Image /Width 64 /Height 160 /BitsPerComponent 8 "
    for kept, count in ((len(data), 1), (len(data) // 2, 0)):
        picture = stream(data[:kept], kind + b"/ColorSpace /DeviceGray")
        content = one_page(b"/Im Do", b"", picture, resources=b"/XObject << /Im 5 0 R >>")
        found = made_of(tmp_path, content.replace(b"startxref", b"startxxxx"))
        assert len(found.enclosed) == count
        assert told(found)[-1].endswith(COMPARE if count else AGAIN)


def test_a_font_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    """Its letters would be missing on every page that is written with it."""
    data = zlib.compress(bytes(range(256)) * 20)
    font = (
        b"/Font << /F << /Type /Font /Subtype /TrueType /BaseFont /Rare "
        b"/FontDescriptor << /Type /FontDescriptor /FontFile2 5 0 R >> >> >>"
    )
    drawn = PAINT + b"BT /F 12 Tf (text) Tj ET"
    whole = one_page(drawn, b"", stream(data, FLATE), resources=font)
    assert enclosed(tmp_path, whole).pages == (1,)
    broken = one_page(drawn, b"", stream(data[:40], FLATE), resources=font)
    assert said(tmp_path, broken) == (
        f"error: exhibit A (notes) is damaged: a font or picture of it cannot be read. {AGAIN}"
    )


def test_a_pdf_whose_beginning_is_damaged_is_no_text(tmp_path: Path) -> None:
    """Its program code must not be printed as if it were the document."""
    found = made_of(tmp_path, one_page().replace(b"%PDF-1.7", b"%-11.7\n\n"))
    assert all(one.kind == "PDF" for one in found.enclosed)
    assert "is damaged" in told(found)[0]


# --- made to do harm ------------------------------------------------------------------------------

BOMB = (
    "error: page 1 of exhibit A (notes) unpacks to more than any page needs, as if to fill the "
    "memory. Print the document to a new PDF."
)


def lzw(length: int) -> bytes:
    """Return LZW data that unpack to at least so many zero bytes."""
    codes, width, known, made = [(256, 9), (0, 9)], 9, 258, 1
    while made < length:
        code = known if known < 4095 else 4094
        codes.append((code, width))
        made += code - 256
        known = min(known + 1, 4095)
        width = min(12, max(9, (known + 1).bit_length()))
    bits = "".join(format(code, f"0{size}b") for code, size in [*codes, (257, width)])
    return int(bits + "0" * (-len(bits) % 8), 2).to_bytes(-(-len(bits) // 8))


@pytest.mark.parametrize(
    ("content", "filters"),
    [
        (zlib.compress(b" " * 200_000_000), b"/FlateDecode"),
        (zlib.compress(zlib.compress(b" " * 200_000_000)), b"[/FlateDecode /FlateDecode]"),
        (lzw(101_000_000), b"/LZWDecode"),
    ],
    ids=["Flate", "twice", "LZW"],
)
def test_a_drawing_that_would_fill_the_memory_is_refused(
    tmp_path: Path, content: bytes, filters: bytes
) -> None:
    """A few kilobytes can unpack to gigabytes: they are counted on the way."""
    assert len(content) < 300_000
    assert said(tmp_path, one_page(content, packed=b"/Filter %s" % filters)) == BOMB


def test_many_drawings_that_fill_the_memory_together_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where each of them is just small enough."""
    monkeypatch.setattr(soundness, "MOST_DRAWING", 150)
    content = one_page(b"0 g " * 20, b"", resources=b"/XObject << /A 5 0 R >>")
    assert told(made_of(tmp_path, content)) == []
    form = stream(b"0 g " * 20, b"/Type /XObject /Subtype /Form /BBox [0 0 200 100]")
    content = one_page(b"0 g " * 20, b"", form, resources=b"/XObject << /A 5 0 R >>")
    assert said(tmp_path, content) == BOMB


def test_a_picture_of_impossible_size_within_a_page_is_refused(tmp_path: Path) -> None:
    """Whoever prints or faxes the packet would have to unpack it."""
    kind = b"/Type /XObject /Subtype /Image /Width 100000 /Height 100000 /BitsPerComponent 1"
    content = one_page(b"/Im Do", b"", stream(b"", kind), resources=b"/XObject << /Im 5 0 R >>")
    assert said(tmp_path, content) == BOMB


def test_forms_that_draw_each_other_without_end_are_enclosed_once(tmp_path: Path) -> None:
    """A circle of forms is looked at once round, as viewers draw it."""
    form = stream(
        PAINT + b"/Fm Do",
        b"/Type /XObject /Subtype /Form /BBox [0 0 200 100] "
        b"/Resources << /XObject << /Fm 5 0 R >> >>",
    )
    content = one_page(b"/Fm Do", b"", form, resources=b"/XObject << /Fm 5 0 R >>")
    assert enclosed(tmp_path, content).pages == (1,)


def test_forms_nested_beyond_measure_are_refused(tmp_path: Path) -> None:
    """Nobody draws forty forms one within another."""
    depth = 40
    forms = [
        stream(
            b"/Fm Do",
            b"/Type /XObject /Subtype /Form /BBox [0 0 200 100] "
            b"/Resources << /XObject << /Fm %d 0 R >> >>" % (6 + number),
        )
        for number in range(depth)
    ]
    content = one_page(b"/Fm Do", b"", *forms, resources=b"/XObject << /Fm 5 0 R >>")
    assert said(tmp_path, content) == BROKEN


def test_a_document_with_endless_pages_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One page can be listed a million times: they are counted one by one."""
    monkeypatch.setattr(tree, "MOST_IN_DOCUMENT", 20)
    content = pdf_file(CATALOG % b"", PAGES % (b"3 0 R " * 21, 21, b""), PAGE, stream(PAINT))
    assert said(tmp_path, content) == (
        "error: exhibit A (notes) has more than 20,000 pages. "
        "Save the pages that a reviewer needs as a document of their own."
    )


@pytest.mark.no_cover
def test_a_packet_takes_five_thousand_pages(tmp_path: Path) -> None:
    """Together: nothing is bound, and the message says how many there are."""
    (tmp_path / "one.pdf").write_bytes(many_pages(3000))
    (tmp_path / "two.pdf").write_bytes(many_pages(2001))
    both = [exhibit("one.pdf"), exhibit("two.pdf")]
    found = gathered(tmp_path, *both)
    assert found.enclosed == ()
    assert told(found) == [
        (
            "case.yaml: error: exhibits: the exhibits have 5,001 pages together; a packet takes "
            "5,000. "
            "Enclose only the pages that a reviewer needs, with `pages:`."
        )
    ]
    assert len(gathered(tmp_path, both[0], exhibit("two.pdf", pages="1-2")).enclosed) == 2


def test_a_tree_of_pages_deeper_than_any_is_refused(tmp_path: Path) -> None:
    """Branches within branches are followed so far and no farther."""
    branches = [
        b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (5 + number) for number in range(70)
    ]
    content = pdf_file(CATALOG % b"", PAGES % (b"4 0 R", 1, b""), stream(PAINT), *branches, PAGE)
    assert said(tmp_path, content) == (
        f"error: exhibit A (notes) is damaged: its list of pages runs in a circle. {AGAIN}"
    )


# --- something else -------------------------------------------------------------------------------

CANNOT = "which cannot be enclosed"
PDF_OF_IT = "Open it and print or save it as PDF."
PICTURE = "Save it as JPEG or as PDF."


@pytest.mark.parametrize(
    ("content", "what", "fix"),
    [
        (b"<!DOCTYPE html><html>notes</html>", "a web page (HTML)", PDF_OF_IT),
        (b"\xef\xbb\xbf\n <HTML lang=en>", "a web page (HTML)", PDF_OF_IT),
        (b'<?xml version="1.0"?><ClinicalDocument/>', "an XML document", PDF_OF_IT),
        (
            b"PK\x03\x04" + b"\0" * 26 + b"[Content_Types].xml",
            "a Word, Excel or PowerPoint document",
            PDF_OF_IT,
        ),
        (
            b"PK\x03\x04" + b"\0" * 26 + b"mimetypeapplication/vnd.oasis.opendocument.text",
            "an OpenDocument file",
            PDF_OF_IT,
        ),
        (b"PK\x03\x04" + b"\0" * 26 + b"notes.pdf", "a zip archive", "Unpack it first."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Word or Excel document", PDF_OF_IT),
        (b"{\\rtf1\\ansi notes}", "a rich-text (RTF) document", PDF_OF_IT),
        (b"%!PS-Adobe-3.0", "a PostScript document", PDF_OF_IT),
        (b"\0\0\0\x18ftypheic\0\0", "a HEIC picture of a phone", PICTURE),
        (b"\0\0\0\x18ftypmif1\0\0", "a HEIC picture of a phone", PICTURE),
        (b"\0\0\0\x18ftypavif\0\0", "an AVIF picture", PICTURE),
        (b"\0\0\0\x18ftypisom\0\0", "a video", "Enclose pages or pictures."),
        (b"RIFF\0\0\0\0WEBPVP8 ", "a WebP picture", PICTURE),
        (b"GIF89a\1\0\1\0", "a GIF picture", PICTURE),
        (b"BM\x46\0\0\0\0\0\0\0", "a BMP picture", PICTURE),
        (b"\0\0\0\x0cjP  \r\n", "a JPEG 2000 picture", PICTURE),
        (b"\0" * 128 + b"DICM", "a DICOM image", PICTURE),
        (b"\x1f\x8b\x08\0", "a compressed archive", "Unpack it first."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_pdf_is_told_by_what_it_is(
    tmp_path: Path, content: bytes, what: str, fix: str
) -> None:
    """Whatever its name says: what counts is how it begins."""
    assert said(tmp_path, content) == f"error: exhibit A (notes) is {what}, {CANNOT}. {fix}"


@pytest.mark.parametrize("text", ["BMI 31.2, stable", "MM/DD/YYYY", "II. History", "GIF89 trial"])
def test_a_text_that_begins_like_a_picture_is_a_text(tmp_path: Path, text: str) -> None:
    """The kinds are told apart by more than two letters."""
    assert enclosed(tmp_path, text.encode()).kind == "text"


def test_a_pdf_may_have_something_before_it(tmp_path: Path) -> None:
    """Some mail programs put lines before a document; readers look past them."""
    found = made_of(tmp_path, b"X-Scanner: 7\r\n" + one_page())
    assert corners(looks(found.enclosed[0].pdf)) == CORNERS


def test_the_limits_that_messages_name_are_those_that_hold() -> None:
    """They are written out in words for staff."""
    assert (exhibits.MOST_PAGES, tree.MOST_IN_DOCUMENT) == (5_000, 20_000)
    assert streams.MOST_UNPACKED == 100_000_000


# --- blank pages ----------------------------------------------------------------------------------

BLANKS = {
    "no contents": (b"/Contents null", b""),
    "an empty list": (b"/Contents []", b""),
    "an empty stream": (b"", stream(b"")),
    "an empty packed stream": (b"", stream(b"", b"/Filter /FlateDecode")),
    "nothing, packed": (b"", stream(zlib.compress(b""), b"/Filter /FlateDecode")),
    "a blank": (b"", stream(b" \n")),
}


@pytest.mark.parametrize("name", BLANKS)
def test_a_blank_page_is_enclosed_and_said(tmp_path: Path, name: str) -> None:
    """A page with nothing on it is no damage; staff hear of it, for a scan may have failed."""
    contents, drawing = BLANKS[name]
    content = pdf_file(
        CATALOG % b"",
        PAGES % (b"3 0 R 4 0 R", 2, b""),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 6 0 R >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] %s >>"
        % (contents or b"/Contents 5 0 R"),
        drawing or b"null",
        stream(PAINT),
    )
    found = made_of(tmp_path, content)
    (one,) = found.enclosed
    assert len(one.pdf.pages) == 2
    (line,) = told(found)
    assert "hint: " in line
    assert "page 2 of exhibit A (notes) is blank: it is enclosed as in the file" in line


def test_a_page_with_a_field_alone_is_not_blank(tmp_path: Path) -> None:
    """What lies over a page is on it."""
    field = (
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (n) /V (x) /Rect [10 10 90 30] /F 4 "
        b"/DA (/Helv 10 Tf) >>"
    )
    form = b"/AcroForm << /Fields [5 0 R] >>"
    content = one_page(b"", b"/Annots [5 0 R]", field, catalog=form)
    assert not [line for line in told(made_of(tmp_path, content)) if "blank" in line]


# --- what is named and not drawn ------------------------------------------------------------------

SECRET = b"0 0 0 rg % another patient\n"


@pytest.mark.parametrize(
    "content",
    [b"/Seen Do", b"/Seen Do % /Hidden\n", b"/S#65en Do"],
    ids=["plain", "in a remark", "written otherwise"],
)
def test_what_a_page_names_and_does_not_draw_stays_behind(tmp_path: Path, content: bytes) -> None:
    """Programs that black something out often leave it in the file."""
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 200 100] /Resources << >>"
    names = b"/XObject << /Seen 5 0 R /Hidden 6 0 R >>"
    made = one_page(content, b"", stream(PAINT, form), stream(SECRET, form), resources=names)
    one = enclosed(tmp_path, made)
    held = b"".join(
        found.read_bytes() for found in one.pdf.objects if isinstance(found, pikepdf.Stream)
    )
    assert corners(looks(one.pdf)) == CORNERS
    assert b"another patient" not in held
