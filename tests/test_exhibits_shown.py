"""What a viewer shows of a page is what is enclosed of it: no less, and nothing behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from documents import (
    BLACK,
    BLUE,
    BOX,
    CATALOG,
    CORNERS,
    GREEN,
    PAGES,
    PAINT,
    RED,
    WHITE,
    corners,
    enclosed,
    looks,
    made_of,
    one_page,
    pdf_file,
    said,
    saved,
    stream,
    told,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pikepdf import Name, Page, Pdf
from PIL import ImageChops

if TYPE_CHECKING:
    from pathlib import Path

PRINT = "Open it, and print it to a new PDF."
FORM = b"/Type /XObject /Subtype /Form /BBox [0 0 50 25]"
# Turned clockwise, the corners change places.
TURNED = {
    0: CORNERS,
    90: (BLUE, RED, WHITE, GREEN),
    180: (WHITE, BLUE, GREEN, RED),
    270: (GREEN, WHITE, RED, BLUE),
}


def same_look(content: bytes, pdf: Pdf, page: int = 1) -> bool:
    """Return whether a page looks as in the original, but for the edges of lines."""
    before, after = looks(content, page), looks(pdf, page)
    if before.size != after.size:
        return False
    changed = ImageChops.difference(before, after).convert("L").histogram()
    return sum(changed[64:]) <= before.width * before.height / 500


def size(page: Page) -> tuple[float, float]:
    """Return how large a page is shown, in points."""
    left, bottom, right, top = (float(side) for side in page.mediabox)
    unit = float(page.obj.get(Name.UserUnit, 1))
    width, height = (right - left) * unit, (top - bottom) * unit
    return (height, width) if page.rotation % 180 else (width, height)


# --- boxes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("turn", [0, 90, 180, 270, 360, -90, 450])
def test_a_page_is_turned_as_in_a_viewer(tmp_path: Path, turn: int) -> None:
    """Also by more than once round, and backward."""
    content = one_page(page=b"/Rotate %d" % turn)
    one = enclosed(tmp_path, content)
    assert corners(looks(one.pdf)) == TURNED[turn % 360]
    assert same_look(content, one.pdf)


@pytest.mark.parametrize(
    ("box", "shown"),
    [
        (b"/MediaBox [0 0 200 100]", (200, 100)),
        (b"/MediaBox [200 100 0 0]", (200, 100)),
        (b"/MediaBox [-50.5 -20 250 120]", (300.5, 140)),
        (b"/MediaBox [-500 -500 500 500] /CropBox [0 0 200 100]", (200, 100)),
        (b"/MediaBox [0 0 200 100] /CropBox [-100 -100 300 300]", (200, 100)),
        (b"/MediaBox [0 0 200 100] /CropBox [50 25 900 900]", (150, 75)),
        (b"/MediaBox [0 0 200 100] /CropBox [300 300 400 400]", (200, 100)),
        (b"/MediaBox [0 0 200 100] /CropBox [10 10 10 90]", (200, 100)),
        (b"/MediaBox [0 0 200 100] /TrimBox [50 50 60 60] /ArtBox [0 0 9 9]", (200, 100)),
        (b"/MediaBox [0 0 200 100] /UserUnit 2", (400, 200)),
        (b"/MediaBox [0 0 200 100] /UserUnit -2", (200, 100)),
        (b"/MediaBox [0 0 200 100] /Rotate 45", (200, 100)),
        (b"/MediaBox [0 0 200 100] /Rotate (x)", (200, 100)),
        (b"", (612, 792)),
        (b"/MediaBox [0 0 0 0]", (612, 792)),
        (b"/MediaBox [0 0 200]", (612, 792)),
        (b"/MediaBox [0 0 /a 100]", (612, 792)),
        (b"/MediaBox [0 0 14400 14400]", (14400, 14400)),
        (b"/MediaBox [0 0 1 0.5]", (1, 0.5)),
    ],
)
def test_what_is_shown_is_the_crop_box_within_the_sheet(
    tmp_path: Path, box: bytes, shown: tuple[float, float]
) -> None:
    """Wherever its corner is, and whatever else the page says of itself."""
    one = enclosed(tmp_path, one_page(box=box))
    assert size(one.pdf.pages[0]) == pytest.approx(shown)


def test_attributes_are_inherited_from_the_branches_above(tmp_path: Path) -> None:
    """The nearest branch counts; the page itself before all."""
    content = pdf_file(
        CATALOG % b"",
        b"<< /Type /Pages /Kids [3 0 R] /Count 2 /MediaBox [0 0 9 9] /Rotate 90 >>",
        b"<< /Type /Pages /Kids [4 0 R 5 0 R] /Count 2 /Parent 2 0 R /MediaBox [0 0 200 100] "
        b"/Resources << /XObject << /Fm 7 0 R >> >> >>",
        b"<< /Type /Page /Parent 3 0 R /Contents 6 0 R >>",
        b"<< /Type /Page /Parent 3 0 R /Contents 6 0 R /Rotate 180 /MediaBox [0 0 50 25] >>",
        stream(b"/Fm Do"),
        stream(PAINT, b"/Type /XObject /Subtype /Form /BBox [0 0 200 100]"),
    )
    one = enclosed(tmp_path, content)
    assert [size(page) for page in one.pdf.pages] == [(100, 200), (50, 25)]
    assert corners(looks(one.pdf)) == TURNED[90]
    assert corners(looks(one.pdf, 2)) == (BLUE,) * 4


SIDE = st.floats(-1000, 1000, allow_nan=False).map(lambda side: round(side, 2))
BOXES = st.tuples(SIDE, SIDE, SIDE, SIDE).filter(
    lambda box: abs(box[0] - box[2]) > 3 and abs(box[1] - box[3]) > 3
)


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(BOXES, st.none() | BOXES, st.sampled_from([0, 90, 180, 270]), st.sampled_from([1, 0.5, 3]))
def test_the_shown_size_is_right_whatever_the_boxes(
    tmp_path: Path,
    sheet: tuple[float, ...],
    crop: tuple[float, ...] | None,
    turn: int,
    unit: float,
) -> None:
    """It is that of a viewer for every sheet, crop, turn and unit."""
    box = b"/MediaBox [%s]" % " ".join(map(str, sheet)).encode()
    box += b"/CropBox [%s]" % " ".join(map(str, crop)).encode() if crop else b""
    content = one_page(box=box, page=b"/Rotate %d /UserUnit %s" % (turn, str(unit).encode()))
    one = enclosed(tmp_path, content)
    assert size(one.pdf.pages[0]) == pytest.approx(expected(sheet, crop, turn, unit), abs=0.01)


def expected(
    sheet: tuple[float, ...], crop: tuple[float, ...] | None, turn: int, unit: float
) -> tuple[float, float]:
    """Return the shown size as the standard has it: PDF 2.0, 14.11.2."""
    seen = ordered(sheet)
    if crop:
        within = ordered(crop)
        both = (
            max(seen[0], within[0]),
            max(seen[1], within[1]),
            min(seen[2], within[2]),
            min(seen[3], within[3]),
        )
        seen = both if both[0] < both[2] and both[1] < both[3] else seen
    width, height = (seen[2] - seen[0]) * unit, (seen[3] - seen[1]) * unit
    return (height, width) if turn % 180 else (width, height)


def ordered(box: tuple[float, ...]) -> tuple[float, ...]:
    """Return a box with its corners in order."""
    return min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3])


def test_what_is_cropped_away_is_not_seen(tmp_path: Path) -> None:
    """Whoever binds the page shows its MediaBox: the sheet beyond the crop is no part of it."""
    content = one_page(box=b"/MediaBox [0 0 200 100] /CropBox [0 50 100 100]")
    one = enclosed(tmp_path, content)
    page = one.pdf.pages[0]
    assert [float(side) for side in page.mediabox] == [0, 50, 100, 100]
    assert page.cropbox == page.mediabox


# --- comments and stamps --------------------------------------------------------------------------


def with_mark(mark: bytes, *more: bytes, page: bytes = b"") -> bytes:
    """Return a page with one thing over it, object 5; `more` are objects from 7 on.

    Object 6 is an appearance: black, 50 by 25 points.
    """
    look = stream(b"0 g 0 0 50 25 re f", FORM)
    return one_page(PAINT, b"/Annots [5 0 R] " + page, mark, look, *more)


SQUARE = b"<< /Type /Annot /Subtype /Square /Rect [150 0 200 25] /AP << /N 6 0 R >> %s >>"
MARKED = (RED, GREEN, BLUE, BLACK)
SEEN = (
    "case.yaml: warning: exhibits.0.file: page 1 of exhibit A (notes) has comments or marks: they "
    "are enclosed as seen. If a reviewer should not see them, remove them and save it again."
)


@pytest.mark.parametrize("flags", [0, 1, 4])
def test_a_mark_that_is_seen_becomes_part_of_the_page(tmp_path: Path, flags: int) -> None:
    """Whether it would be printed or not: what counts is the screen."""
    content = with_mark(SQUARE % b"/F %d" % flags)
    found = made_of(tmp_path, content)
    assert told(found) == [SEEN]
    page = found.enclosed[0].pdf.pages[0]
    assert Name.Annots not in page.obj
    assert corners(looks(found.enclosed[0].pdf)) == MARKED


@pytest.mark.parametrize("flags", [2, 32, 36])
def test_a_mark_that_is_hidden_stays_hidden(tmp_path: Path, flags: int) -> None:
    """It is left out, and there is nothing to say of it."""
    one = enclosed(tmp_path, with_mark(SQUARE % b"/F %d" % flags))
    assert corners(looks(one.pdf)) == CORNERS


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("page", [PAINT, b"q 0.5 0 0 0.5 20 20 cm " + PAINT, PAINT + b"Q Q"])
def test_a_mark_lands_where_it_was(tmp_path: Path, turn: int, page: bytes) -> None:
    """On turned pages, and on pages that leave the pen somewhere else."""
    look = stream(b"0 g 0 0 50 25 re f", FORM + b" /Matrix [0 1 -1 0 0 0]")
    mark = SQUARE % b"/F 4"
    content = one_page(page, b"/Annots [5 0 R] /Rotate %d" % turn, mark, look)
    assert same_look(content, made_of(tmp_path, content).enclosed[0].pdf)


def test_a_mark_that_only_its_reader_would_draw_is_refused(tmp_path: Path) -> None:
    """A circle round an answer without a drawing of its own would be missing."""
    for kind in (b"Square", b"Highlight", b"StrikeOut", b"FreeText", b"Ink", b"Stamp"):
        mark = b"<< /Type /Annot /Subtype /%s /Rect [0 0 50 25] >>" % kind
        assert said(tmp_path, with_mark(mark)) == (
            "error: page 1 of exhibit A (notes) has a mark or note that the file does not draw. "
            + PRINT
        )


def test_words_of_a_comment_that_are_in_a_window_are_not_enclosed_and_said(tmp_path: Path) -> None:
    """A reviewer would see the mark, and not what it says."""
    mark = SQUARE.replace(b"/Square", b"/Text") % b"/Contents (ask about dose)"
    found = made_of(tmp_path, with_mark(mark))
    assert told(found) == [
        SEEN,
        (
            "case.yaml: warning: exhibits.0.file: page 1 of exhibit A (notes) has comments in "
            "pop-up windows: those are not enclosed. "
            "If a reviewer needs them, print the document with its comments."
        ),
    ]
    assert b"ask about dose" not in saved(found.enclosed[0].pdf)


def test_a_link_leaves_no_trace(tmp_path: Path) -> None:
    """Nor does a pop-up window, or a field that holds nothing."""
    for kind in (b"Link", b"Popup", b"Widget"):
        mark = b"<< /Type /Annot /Subtype /%s /Rect [0 0 50 25] >>" % kind
        one = enclosed(tmp_path, with_mark(mark))
        assert corners(looks(one.pdf)) == CORNERS
        assert Name.Annots not in one.pdf.pages[0].obj


def test_a_film_leaves_its_picture(tmp_path: Path) -> None:
    """And it is said that there is one."""
    mark = SQUARE.replace(b"/Square", b"/RichMedia") % b"/RichMediaContent << /Assets (film) >>"
    found = made_of(tmp_path, with_mark(mark))
    assert told(found) == [
        (
            "case.yaml: warning: exhibits.0.file: page 1 of exhibit A (notes) has a film, a sound "
            "or a model: only its picture stays. "
            "Describe in the letter what a reviewer should know of it."
        )
    ]
    assert corners(looks(found.enclosed[0].pdf)) == MARKED


def test_one_page_that_stands_twice_is_marked_once_each(tmp_path: Path) -> None:
    """Two places in the list can be one page in the file."""
    content = pdf_file(
        CATALOG % b"",
        PAGES % (b"3 0 R 3 0 R", 2, b""),
        b"<< /Type /Page %s /Contents 4 0 R /Annots [5 0 R] >>" % BOX,
        stream(PAINT),
        SQUARE % b"",
        stream(b"0 g 0 0 50 25 re f", FORM),
    )
    found = made_of(tmp_path, content)
    for number in (1, 2):
        assert corners(looks(found.enclosed[0].pdf, number)) == MARKED


# --- layers ---------------------------------------------------------------------------------------

LAYERS = b"/OCProperties << /OCGs [5 0 R 6 0 R] /D << %s >> >>"
LAYER = b"<< /Type /OCG /Name (layer) %s >>"
HIDDEN = (
    "case.yaml: warning: exhibits.0.file: page 1 of exhibit A (notes) has layers that are switched "
    "off: these are not enclosed. "
    "If a reviewer needs them, switch them on and print it to a new PDF."
)
OVER = b"0 g 150 0 50 25 re f\n"


def layered(
    settings: bytes, drawn: bytes, *more: bytes, usage: bytes = b"", extra: bytes = b""
) -> bytes:
    """Return a page that can use the layers A (object 5) and B (object 6)."""
    return one_page(
        PAINT + drawn,
        b"",
        LAYER % usage,
        LAYER % b"",
        *more,
        catalog=LAYERS % settings,
        resources=b"/Properties << /A 5 0 R /B 6 0 R >> " + extra,
    )


@pytest.mark.parametrize(
    ("settings", "usage", "seen"),
    [
        (b"/OFF [5 0 R]", b"", False),
        (b"/OFF [6 0 R]", b"", True),
        (b"", b"", True),
        (b"/BaseState /OFF", b"", False),
        (b"/BaseState /OFF /ON [5 0 R]", b"", True),
        (b"/BaseState /Unchanged", b"", True),
        (
            b"/AS [<< /Event /View /Category [/View] /OCGs [5 0 R] >>]",
            b"/Usage << /View << /ViewState /OFF >> >>",
            False,
        ),
        (
            b"/OFF [5 0 R] /AS [<< /Event /View /Category [/View] /OCGs [5 0 R] >>]",
            b"/Usage << /View << /ViewState /ON >> >>",
            True,
        ),
        (
            b"/AS [<< /Event /Print /Category [/Print] /OCGs [5 0 R] >>]",
            b"/Usage << /Print << /PrintState /OFF >> >>",
            True,
        ),
    ],
)
def test_a_layer_is_seen_as_on_the_screen(
    tmp_path: Path, settings: bytes, usage: bytes, *, seen: bool
) -> None:
    """What is switched off is taken out; what is on stays, although its switch is gone."""
    content = layered(settings, b"/OC /A BDC " + OVER + b"EMC", usage=usage)
    found = made_of(tmp_path, content)
    (one,) = found.enclosed
    assert corners(looks(one.pdf)) == (MARKED if seen else CORNERS)
    assert told(found) == ([] if seen else [HIDDEN])
    assert (OVER.split()[2] in one.pdf.pages[0].Contents.read_bytes()) or not seen
    assert same_look(content, one.pdf)


@pytest.mark.parametrize(
    "member",
    [
        b"/OCGs 5 0 R",
        b"/OCGs [5 0 R]",
        b"/OCGs [5 0 R 6 0 R] /P /AllOn",
        b"/OCGs [6 0 R] /P /AllOff",
        b"/OCGs [6 0 R] /P /AnyOff",
        b"/VE [/Not 6 0 R]",
        b"/VE [/And 5 0 R 6 0 R]",
        b"/VE [/Not [/Or 5 0 R 6 0 R]]",
    ],
)
def test_a_rule_of_layers_that_does_not_hold_hides(tmp_path: Path, member: bytes) -> None:
    """Layer A is off, layer B is on."""
    rule = b"<< /Type /OCMD %s >>" % member
    content = layered(b"/OFF [5 0 R]", b"/OC /R BDC " + OVER + b"EMC", rule)
    content = content.replace(b"/B 6 0 R >>", b"/R 7 0 R >>")
    assert told(made_of(tmp_path, content)) == [HIDDEN]
    shown = (
        member.replace(b"5 0 R", b"6 0 R")
        .replace(b"/AllOff", b"/AllOn")
        .replace(b"/AnyOff", b"/AnyOn")
        .replace(b"/Not 6 0 R", b"/And 6 0 R")
        .replace(b"/Not [", b"/And [")
    )
    content = content.replace(member, shown.ljust(len(member)))
    found = made_of(tmp_path, content)
    assert told(found) == []
    assert corners(looks(found.enclosed[0].pdf)) == MARKED


def test_what_hides_within_something_hidden_or_seen_is_told_apart(tmp_path: Path) -> None:
    """Marks nest; those that are no layers stay."""
    drawn = b"/OC /A BDC /Span BMC /OC /B BDC " + OVER + b"EMC EMC " + OVER + b"EMC /P BMC " + OVER
    content = layered(b"/OFF [5 0 R]", drawn + b"EMC")
    found = made_of(tmp_path, content)
    assert told(found) == [HIDDEN]
    kept = found.enclosed[0].pdf.pages[0].Contents.read_bytes()
    assert kept.count(b"150 0 50 25 re\nf") == 1
    assert kept.count(b"BMC") == kept.count(b"EMC") == 1
    assert corners(looks(found.enclosed[0].pdf)) == MARKED


def test_a_picture_or_form_of_a_hidden_layer_is_taken_out(tmp_path: Path) -> None:
    """The mark can be on the form instead of in the page."""
    form = stream(OVER, b"/Type /XObject /Subtype /Form /BBox [0 0 200 100] /OC 5 0 R")
    content = layered(b"/OFF [5 0 R]", b"/Fm Do", form, extra=b"/XObject << /Fm 7 0 R >>")
    found = made_of(tmp_path, content)
    assert told(found) == [HIDDEN]
    assert corners(looks(found.enclosed[0].pdf)) == CORNERS


def test_a_hidden_layer_within_a_form_is_taken_out(tmp_path: Path) -> None:
    """However deep it is."""
    form = stream(
        b"/OC /A BDC " + OVER + b"EMC",
        b"/Type /XObject /Subtype /Form /BBox [0 0 200 100] "
        b"/Resources << /Properties << /A 5 0 R >> >>",
    )
    content = layered(b"/OFF [5 0 R]", b"/Fm Do", form, extra=b"/XObject << /Fm 7 0 R >>")
    found = made_of(tmp_path, content)
    assert told(found) == [HIDDEN]
    assert b"150 0 50 25" not in saved(found.enclosed[0].pdf)
    assert corners(looks(found.enclosed[0].pdf)) == CORNERS


def test_a_mark_of_a_hidden_layer_is_not_drawn(tmp_path: Path) -> None:
    """A stamp can belong to a layer too."""
    content = one_page(
        PAINT,
        b"/Annots [7 0 R]",
        LAYER % b"",
        LAYER % b"",
        (SQUARE % b"/OC 5 0 R").replace(b"6 0 R", b"8 0 R"),
        stream(b"0 g 0 0 50 25 re f", FORM),
        catalog=LAYERS % b"/OFF [5 0 R]",
    )
    assert corners(looks(enclosed(tmp_path, content).pdf)) == CORNERS


FONT = b"/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"


def test_hidden_words_are_taken_out_and_the_others_stay_in_place(tmp_path: Path) -> None:
    """Nobody can copy or read them any more."""
    drawn = b"BT /F 20 Tf 60 40 Td /OC /A BDC (hidden) Tj EMC 0 -30 Td (seen) Tj ET"
    content = layered(b"/OFF [5 0 R]", drawn, extra=FONT)
    found = made_of(tmp_path, content)
    assert told(found) == [HIDDEN]
    kept = found.enclosed[0].pdf.pages[0].Contents.read_bytes()
    assert b"hidden" not in kept
    assert b"(seen)" in kept
    assert same_look(content, found.enclosed[0].pdf)


def test_spacing_and_lines_that_hidden_words_set_stay(tmp_path: Path) -> None:
    """The words after them stand where they stood."""
    drawn = b"BT /F 10 Tf 12 TL 60 80 Td /OC /A BDC 3 2 (a b) \" (c) ' EMC T* (see n) Tj ET"
    content = layered(b"/OFF [5 0 R]", drawn, extra=FONT)
    found = made_of(tmp_path, content)
    assert same_look(content, found.enclosed[0].pdf)


def test_hidden_words_that_others_follow_on_the_line_are_refused(tmp_path: Path) -> None:
    """The words after them would move."""
    drawn = b"BT /F 20 Tf 60 40 Td /OC /A BDC (hidden) Tj EMC (seen) Tj ET"
    assert said(tmp_path, layered(b"/OFF [5 0 R]", drawn, extra=FONT)) == (
        "error: exhibit A (notes) has a hidden layer that cannot be taken out of its pages. "
        + PRINT
    )


def test_a_hidden_clip_still_clips(tmp_path: Path) -> None:
    """Only what would be painted is taken out."""
    drawn = b"/OC /A BDC 0 0 1 1 re W f EMC " + OVER
    content = layered(b"/OFF [5 0 R]", drawn)
    found = made_of(tmp_path, content)
    assert corners(looks(found.enclosed[0].pdf)) == CORNERS
    assert same_look(content, found.enclosed[0].pdf)


# --- what stays behind ----------------------------------------------------------------------------


def test_metadata_of_a_document_stay_behind(tmp_path: Path) -> None:
    """Of the file, of its pages, pictures, forms and marks."""
    secret = stream(b"<x:xmpmeta>Dana Whitfield</x:xmpmeta>", b"/Type /Metadata /Subtype /XML")
    info = b"<< /Title (Dana Whitfield) /Author (Dana Whitfield) >>"
    private = b"/PieceInfo << /App << /Private (Dana Whitfield) >> >> /Metadata 5 0 R "
    form = stream(PAINT, b"/Type /XObject /Subtype /Form /BBox [0 0 200 100] " + private)
    pixel = b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 "
    picture = stream(b"\0", pixel + b"/ColorSpace /DeviceGray " + private)
    content = one_page(
        b"/Span /M BDC /Fm Do EMC q 50 0 0 25 150 0 cm /Im Do Q",
        private + b"/Thumb 7 0 R /AF [6 0 R] /LastModified (D:2026)",
        secret,
        form,
        picture,
        info,
        catalog=b"/Metadata 5 0 R /Lang (en) /Outlines << /Title (Dana Whitfield) >>",
        resources=b"/XObject << /Fm 6 0 R /Im 7 0 R >> "
        b"/Properties << /M << /Metadata 5 0 R /Secret (Dana Whitfield) /ActualText (a) >> >>",
    ).replace(b"/Root 1 0 R", b"/Root 1 0 R /Info 8 0 R")
    found = made_of(tmp_path, content)
    (one,) = found.enclosed
    assert b"Whitfield" not in saved(one.pdf)
    assert set(one.pdf.Root.keys()) == {"/Type", "/Pages"}
    assert "/Info" not in one.pdf.trailer
    marks = one.pdf.pages[0].Resources.Properties
    assert set(marks.M.keys()) == {"/ActualText"}
    assert corners(looks(one.pdf)) == MARKED


ACTIONS = [
    (b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>", b"", "JavaScript"),
    (b"/Names << /JavaScript << /Names [(a) << >>] >> >>", b"", "JavaScript"),
    (b"/AA << /WC << /S /JavaScript /JS (x) >> >>", b"", "JavaScript"),
    (b"", b"/AA << /O << /S /Launch /F (cmd.exe) >> >>", "commands that start programs"),
    (
        b"/OpenAction << /S /GoTo /Next [<< /S /GoTo /Next << /S /SubmitForm >> >>] >>",
        b"",
        "commands that send a form",
    ),
    (
        b"",
        b"/Annots [<< /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (http://x) >> >>]",
        "links to the web",
    ),
    (b"/OpenAction << /S /ImportData >>", b"", "commands that fetch data"),
    (b"/OpenAction << /S /GoToR /F (other.pdf) >>", b"", "links to other files"),
    (
        b"/AcroForm << /Fields [<< /FT /Tx /Kids [<< /AA << /K << /S /JavaScript >> >> >>] >>] >>",
        b"",
        "JavaScript",
    ),
]


@pytest.mark.parametrize(("catalog", "page", "what"), ACTIONS)
def test_commands_within_a_document_stay_behind_and_are_told(
    tmp_path: Path, catalog: bytes, page: bytes, what: str
) -> None:
    """Wherever they hang: on the document, a page, a link, a field, behind another command."""
    found = made_of(tmp_path, one_page(page=page, catalog=catalog))
    assert told(found) == [
        f"case.yaml: hint: exhibits.0.file: exhibit A (notes) holds {what}: "
        + ("it stays" if what == "JavaScript" else "they stay")
        + " behind, its pages look as before."
    ]
    out = saved(found.enclosed[0].pdf)
    for word in (b"JavaScript", b"Launch", b"SubmitForm", b"URI", b"GoTo", b"ImportData"):
        assert word not in out
    assert corners(looks(found.enclosed[0].pdf)) == CORNERS


@pytest.mark.parametrize(
    ("catalog", "page"),
    [
        (b"/Names << /EmbeddedFiles << /Names [(a.txt) 5 0 R] >> >>", b""),
        (b"/AF [5 0 R]", b""),
        (b"", b"/Annots [<< /Subtype /FileAttachment /Rect [0 0 9 9] /FS 5 0 R >>]"),
    ],
)
def test_files_within_a_document_are_not_enclosed_and_told(
    tmp_path: Path, catalog: bytes, page: bytes
) -> None:
    """Nobody would look for them there."""
    files = b"<< /Type /Filespec /F (a.txt) /EF << /F 6 0 R >> >>", stream(b"Dana Whitfield")
    found = made_of(tmp_path, one_page(PAINT, page, *files, catalog=catalog))
    assert told(found) == [
        (
            "case.yaml: warning: exhibits.0.file: files are attached inside exhibit A (notes): "
            "they are not enclosed. "
            "If a reviewer needs one of them, save it and add it as an exhibit."
        )
    ]
    assert b"Whitfield" not in saved(found.enclosed[0].pdf)


def test_a_form_that_only_adobe_draws_is_refused(tmp_path: Path) -> None:
    """Its page says "Please wait": nothing of it may be enclosed."""
    for form in (b"/Fields []", b"/Fields [<< /T (a) >>]"):
        content = one_page(
            catalog=b"/NeedsRendering true /AcroForm << /XFA [(a) 4 0 R] %s >>" % form
        )
        assert said(tmp_path, content) == (
            "error: exhibit A (notes) is a form (XFA) whose pages only Adobe Reader can draw: "
            "what is in the file is a placeholder. Open it in Adobe Reader and print it to a PDF."
        )


def test_a_form_of_two_kinds_is_enclosed_as_every_reader_shows_it(tmp_path: Path) -> None:
    """And staff are asked to compare."""
    content = one_page(catalog=b"/AcroForm << /XFA [(a) 4 0 R] /Fields [<< /T (a) >>] >>")
    found = made_of(tmp_path, content)
    assert told(found) == [
        (
            "case.yaml: warning: exhibits.0.file: exhibit A (notes) is a form of two kinds (XFA "
            "and AcroForm); its pages are those that every reader shows. "
            "Compare the values on its pages with those that Adobe Reader shows."
        )
    ]
    assert len(found.enclosed) == 1


def test_a_digital_signature_is_told(tmp_path: Path) -> None:
    """It can be seen on the page, but no longer verified."""
    mark = SQUARE.replace(b"/Square", b"/Widget") % b"/FT /Sig /T (s) /V << /Type /Sig >>"
    content = one_page(
        PAINT,
        b"/Annots [5 0 R]",
        mark,
        stream(b"0 g 0 0 50 25 re f", FORM),
        catalog=b"/AcroForm << /Fields [5 0 R] /SigFlags 3 >>",
    )
    found = made_of(tmp_path, content)
    assert told(found)[0] == (
        "case.yaml: warning: exhibits.0.file: exhibit A (notes) has a digital signature: on paper "
        "and in the packet it can be seen, but not verified. "
        "If the payer asks for the signed file, send that too, as it is."
    )
    assert corners(looks(found.enclosed[0].pdf)) == MARKED


# --- fonts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"FrutigerLT", "FrutigerLT"),
        (b"ABCDEF+Garamond-Bold", "Garamond-Bold"),
        (b"#1b#5bevil", "without a name"),
    ],
)
def test_a_font_that_the_file_does_not_have_is_told_with_its_page(
    tmp_path: Path, name: bytes, shown: str
) -> None:
    """Its letters depend on who opens it; the name is shown where it is one."""
    font = b"/Font << /F << /Type /Font /Subtype /TrueType /BaseFont /%s >> >>" % name
    content = one_page(PAINT + b"BT /F 12 Tf 60 50 Td (text) Tj ET", resources=font)
    assert told(made_of(tmp_path, content)) == [
        (
            "case.yaml: warning: exhibits.0.file: page 1 of exhibit A (notes) uses fonts that the "
            f"file does not have ({shown}). "
            "Look whether every letter is right; if not, print it to a PDF where it was made."
        )
    ]


@pytest.mark.parametrize(
    "name", ["Helvetica-Bold", "Times-Roman", "ArialMT", "Arial,Bold", "TimesNewRomanPS-BoldMT"]
)
def test_a_font_that_every_reader_has_is_not_told(tmp_path: Path, name: str) -> None:
    """Nor is one that is only listed and not used."""
    font = b"/Font << /F << /Type /Font /BaseFont /%s >> /G << /BaseFont /Rare >> >>"
    content = one_page(PAINT + b"BT /F 12 Tf 60 50 Td (text) Tj ET", resources=font % name.encode())
    assert enclosed(tmp_path, content).pages == (1,)


def test_a_font_in_a_composite_one_is_looked_for_there(tmp_path: Path) -> None:
    """A font of many characters has its file one step down."""
    descriptor = b"/FontDescriptor << /Type /FontDescriptor %s >>"
    for files, count in ((b"/FontFile2 5 0 R", 0), (b"", 1)):
        inner = b"<< /Type /Font /BaseFont /Rare %s >>" % (descriptor % files)
        font = b"/Font << /F << /Subtype /Type0 /BaseFont /Rare /DescendantFonts [%s] >> >>"
        content = one_page(b"BT /F 12 Tf <0001> Tj ET", b"", stream(b""), resources=font % inner)
        assert len(told(made_of(tmp_path, content))) == count


def test_the_same_document_gives_the_same_bytes(tmp_path: Path) -> None:
    """Each time, whatever was done to it."""
    content = with_mark(SQUARE % b"")
    first, again = (saved(made_of(tmp_path, content).enclosed[0].pdf) for _ in range(2))
    assert first == again
