"""Form fields inside exhibits: their values are seen, whole, or the exhibit is refused."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from documents import (
    BLACK,
    GREEN,
    RED,
    WHITE,
    corners,
    enclosed,
    looks,
    made_of,
    one_page,
    said,
    saved,
    stream,
    told,
)
from pikepdf import Name, Pdf, String

if TYPE_CHECKING:
    from priorauth.exhibits import Gathered

FORMS = Path(__file__).parents[2] / "shared" / "inputs" / "forms"
APPEARANCE = b"/Type /XObject /Subtype /Form /BBox [0 0 180 20]"
FIELD = b"<< /Type /Annot /Subtype /Widget /Rect [10 10 190 30] /T (name) %s >>"
DRAWN = (
    "case.yaml: warning: exhibits.0.file: page 1 of exhibit A (notes) has values that its file "
    "does not draw; they were drawn as text. "
    "Compare them with the form as you see it on the screen."
)
IS_FORM = (
    "case.yaml: hint: exhibits.0.file: exhibit A (notes) is a form: its fields on page 1 are "
    "enclosed as filled in."
)


def form(field: bytes, *more: bytes, settings: bytes = b"", rect: bytes = b"10 10 190 30") -> bytes:
    """Return a page with one field, object 5; `more` are objects from 6 on."""
    return one_page(
        b"0 g",
        b"/Annots [5 0 R]",
        (FIELD % field).replace(b"10 10 190 30", rect),
        *more,
        catalog=b"/AcroForm << /Fields [5 0 R] /DA (/Helv 0 Tf 0 g) %s >>" % settings,
    )


def words(folder: Path, found: Gathered) -> str:
    """Return the text of the first exhibit's pages."""
    path = folder / "made.pdf"
    path.write_bytes(saved(found.enclosed[0].pdf))
    read = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True, encoding="utf-8"
    )
    return read.stdout


def shown(folder: Path, content: bytes) -> list[str]:
    """Return the words of a form whose values had to be drawn."""
    found = made_of(folder, content)
    assert told(found) == [DRAWN, IS_FORM]
    assert Name.Annots not in found.enclosed[0].pdf.pages[0].obj
    return words(folder, found).split()


def test_a_value_that_the_file_draws_is_enclosed_as_drawn(tmp_path: Path) -> None:
    """The field's own drawing is what the viewer shows."""
    look = stream(b"1 0 0 rg 0 0 180 20 re f", APPEARANCE)
    content = form(b"/FT /Tx /V (sertraline) /AP << /N 6 0 R >>", look)
    found = made_of(tmp_path, content)
    assert told(found) == [IS_FORM]
    assert looks(found.enclosed[0].pdf).getpixel((100, 80)) == RED


@pytest.mark.parametrize("settings", [b"", b"/NeedAppearances true"])
def test_a_value_that_the_file_does_not_draw_is_drawn(tmp_path: Path, settings: bytes) -> None:
    """Many programs fill a form and leave the drawing to the reader."""
    assert shown(tmp_path, form(b"/FT /Tx /V (sertraline 150 mg)", settings=settings)) == [
        "sertraline",
        "150",
        "mg",
    ]


def test_a_drawing_that_the_file_calls_old_is_drawn_anew(tmp_path: Path) -> None:
    """What counts is the value."""
    look = stream(b"1 0 0 rg 0 0 180 20 re f", APPEARANCE)
    content = form(b"/FT /Tx /V (new) /AP << /N 6 0 R >>", look, settings=b"/NeedAppearances true")
    assert shown(tmp_path, content) == ["new"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (b"/FT /Tx /V <FEFF00E900E92265>", "éé≥"),
        (b"/FT /Tx /V 6 0 R", "long"),
        (b"/FT /Ch /V (b) /Opt [[(a) (Zoloft)] [(b) (Prozac)]]", "Prozac"),
        (b"/FT /Ch /V [(a) (b)] /Opt [[(a) (Zoloft)] [(b) (Prozac)]]", "Zoloft Prozac"),
        (b"/FT /Ch /V (other) /Opt [(a) (b)]", "other"),
        (b"/FT /Tx /V (secret) /Ff 8192", "******"),
        (b"/FT /Tx /V (A1) /Ff 16777216 /MaxLen 4", "A 1"),
        (b"/Parent << /FT /Tx /V (above) /Parent << /DA (/Helv 9 Tf 1 0 0 rg) >> >>", "above"),
    ],
    ids=["UTF-16", "stream", "choice", "choices", "own choice", "password", "comb", "inherited"],
)
def test_every_kind_of_value_is_read(tmp_path: Path, field: bytes, value: str) -> None:
    """As text, as a choice with words of its own, in cells, from the field above."""
    content = form(field, stream(b"long"), rect=b"10 10 190 50")
    assert shown(tmp_path, content) == value.split()


def test_a_value_is_set_smaller_until_it_fits(tmp_path: Path) -> None:
    """Not a letter is cut, in one line and in several."""
    text = b"no response to sertraline 150 mg daily over fifteen weeks of treatment"
    assert shown(tmp_path, form(b"/FT /Tx /V (%s)" % text)) == text.decode().split()
    several = form(b"/FT /Tx /Ff 4096 /V (%s\\r%s)" % (text, text), rect=b"10 10 110 70")
    assert shown(tmp_path, several) == 2 * text.decode().split()


@pytest.mark.parametrize(
    "field",
    [
        b"/FT /Tx /V (%s)" % (b"word " * 60),
        b"/FT /Tx /Ff 4096 /V (%s)" % (b"word " * 300),
        b"/FT /Tx /V <FEFFD83DDE42>",
    ],
    ids=["one line", "several lines", "emoji"],
)
def test_a_value_that_cannot_be_shown_whole_is_refused(tmp_path: Path, field: bytes) -> None:
    """Its page is named; half a value is none."""
    assert said(tmp_path, form(field)) == (
        "error: page 1 of exhibit A (notes) has a field whose value cannot be shown whole. "
        "Open it, and print it to a new PDF."
    )


@pytest.mark.parametrize(("state", "count"), [(b"/AS /Yes", 1), (b"/AS /Off", 0), (b"/V /Yes", 1)])
def test_a_box_that_is_checked_shows_it(tmp_path: Path, state: bytes, count: int) -> None:
    """Also where the file does not draw its check mark."""
    content = form(b"/FT /Btn " + state, rect=b"150 0 200 25")
    found = made_of(tmp_path, content)
    assert told(found) == [DRAWN, IS_FORM][: 2 * count]
    dark = looks(found.enclosed[0].pdf).crop((150, 75, 200, 100)).convert("L").histogram()
    assert (sum(dark[:128]) > 20) == bool(count)


@pytest.mark.parametrize(("state", "color"), [(b"/On", BLACK), (b"/Off", WHITE)])
def test_a_box_with_drawings_shows_that_of_its_state(
    tmp_path: Path, state: bytes, color: tuple[int, ...]
) -> None:
    """One drawing a state: on, off."""
    on = stream(b"0 0 50 25 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 50 25]")
    field = b"/FT /Btn /AP << /N << /On 6 0 R /Off 7 0 R >> >> /AS " + state
    off = stream(b"", b"/Type /XObject /Subtype /Form /BBox [0 0 50 25]")
    found = made_of(tmp_path, form(field, on, off, rect=b"150 0 200 25"))
    assert corners(looks(found.enclosed[0].pdf))[3] == color


def test_a_field_has_its_color_ground_and_border(tmp_path: Path) -> None:
    """As the form wants them: gray, red and the four colors of printers."""
    field = b"/FT /Tx /V (x) /DA (/Helv 12 Tf 0 1 0 rg) /MK << /BG [1 0 0] /BC [0 0 0 1] >>"
    one = made_of(tmp_path, form(field, rect=b"0 0 200 100")).enclosed[0]
    assert corners(looks(one.pdf)) == (RED,) * 4
    assert looks(one.pdf).getpixel((0, 50)) != RED
    greens = [color for _, color in looks(one.pdf, scale=4).getcolors(10_000) or []]
    assert GREEN in greens


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_field_that_is_turned_is_drawn_turned(tmp_path: Path, turn: int) -> None:
    """A value beside the page's edge reads along it."""
    field = b"/FT /Tx /V (turned) /MK << /R %d >>" % turn
    found = made_of(tmp_path, form(field, rect=b"10 10 30 95" if turn % 180 else b"10 10 95 30"))
    assert words(tmp_path, found).split() == ["turned"]


def test_where_a_value_stands_in_its_field(tmp_path: Path) -> None:
    """On the left, in the middle, on the right, as the form wants it."""
    places = []
    for quadding in (0, 1, 2):
        found = made_of(tmp_path, form(b"/FT /Tx /V (x) /Q %d" % quadding))
        dark = looks(found.enclosed[0].pdf).convert("L").point(lambda value: 255 - value)
        box = dark.getbbox()
        assert box is not None
        places.append(box[0])
    assert places == sorted(set(places))


def test_fields_without_a_value_or_without_room_draw_nothing(tmp_path: Path) -> None:
    """An empty form is enclosed as it is."""
    for field in (b"/FT /Tx", b"/FT /Tx /V ( )", b"/FT /Sig", b"/FT /Btn /Ff 65536"):
        assert enclosed(tmp_path, form(field)).pages == (1,)
    assert enclosed(tmp_path, form(b"/FT /Tx /V (x)", rect=b"10 10 10 30")).pages == (1,)


def test_fields_above_fields_without_end_are_followed_so_far(tmp_path: Path) -> None:
    """A field that stands above itself has no value."""
    assert enclosed(tmp_path, form(b"/Parent 5 0 R")).pages == (1,)


@pytest.mark.skipif(not FORMS.is_dir(), reason="the real forms are not beside this checkout")
@pytest.mark.parametrize("name", ["texas-nofr001.pdf", "tmhp-f00078.pdf"])
def test_every_value_of_a_real_form_is_seen(tmp_path: Path, name: str) -> None:
    """Each text field is filled with its number, and each number is read from the page."""
    with Pdf.open(FORMS / name) as pdf:
        fields = [
            one
            for page in pdf.pages
            for one in page.get(Name.Annots, ())
            if one.get(Name.FT) == Name.Tx and float(one.Rect[2]) - float(one.Rect[0]) > 30
        ]
        for number, one in enumerate(fields):
            one.V = String(f"v{number}e")
        pdf.Root.AcroForm.NeedAppearances = True
        content = saved(pdf)
    found = made_of(tmp_path, content)
    read = words(tmp_path, found)
    assert len(fields) > 20
    assert [number for number in range(len(fields)) if f"v{number}e" not in read] == []
