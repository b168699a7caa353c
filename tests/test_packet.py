"""A packet loses no page, numbers and names each, and is cited rightly by its letter."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

import pikepdf
import pytest
import yaml
from conftest import DAY, NAMES, bare_case, raw_case, write_letter
from form_samples import SAMPLE_MAP, sample_pdf
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from priorauth import pipeline, samples
from priorauth.letter import compose
from priorauth.library import Library
from priorauth.packet import BadLinkError, sheets
from priorauth.packet.arrange import UnsettledError
from priorauth.packet.length import guess
from priorauth.packet.strip import HEIGHT, WIDTH, LackingCharacterError, NoFontError, Strip, draw
from priorauth.packet.strip import height as height_of
from priorauth.pdf import Printer
from priorauth.problems import UnreadableError
from priorauth.render import render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from priorauth.packet import Packet
    from priorauth.pdf import LaidOut

    Bind = Callable[..., Packet]

CITED = re.compile(r"p\. (\d+) \(([A-Z]+)-(\d+)\)")
LEGEND = ("12", "A", "3")


def pages_in(pdf: bytes) -> list[str]:
    """Return the text of each page."""
    command = ["pdftotext", "-layout", "-", "-"]
    done = subprocess.run(command, input=pdf, capture_output=True, check=True)
    return done.stdout.decode().split("\f")[:-1]


def words_in(text: str) -> str:
    """Return a text's words with one blank between them."""
    return " ".join(text.split())


@pytest.fixture(scope="module")
def bind(library: Library, printer: Printer) -> Bind:
    """Return a function that binds the packet of a case file."""

    def bind_(path: Path, *, draft: bool = False, own: Library | None = None) -> Packet:
        verdict = pipeline.weigh(path, own or library, DAY).verdict
        assert verdict is not None
        # No library of these tests has a style of its own: one printer serves all.
        return pipeline.packet(path, verdict, own or library, printer, draft=draft).packet

    return bind_


@pytest.fixture(scope="module")
def read(bound: Callable[[str], Packet]) -> Callable[[str], list[str]]:
    """Return a function that gives the text of each page of a sample's packet."""
    return cache(lambda name: pages_in(bound(name).pdf))


# --- every page -----------------------------------------------------------------------------------


@pytest.mark.no_cover
@pytest.mark.parametrize("name", NAMES)
def test_every_page_names_the_patient_and_its_packet_page(
    name: str, read: Callable[[str], list[str]]
) -> None:
    """Name, birth date, member id and `Packet page x of y` stand on each page, exhibits too."""
    raw = raw_case(name)
    person = raw["patient"]["name"]
    pages = read(name)
    for number, page in enumerate(pages, 1):
        foot = words_in(page)[-260:]
        assert person["family"] in foot
        assert raw["coverage"]["member_id"] in foot
        assert re.search(r"Born \d\d/\d\d/\d{4} \| Member ID", foot)
        assert foot.endswith(f"Packet page {number} of {len(pages)}")


@pytest.mark.parametrize("name", NAMES)
def test_no_page_is_lost(name: str, bound: Callable[[str], Packet]) -> None:
    """The parts follow each other without a gap, and each exhibit has all of its pages."""
    packet = bound(name)
    parts = packet.numbering.parts
    assert [part.first for part in parts] == [1, *(part.last + 1 for part in parts[:-1])]
    assert len(pikepdf.open(BytesIO(packet.pdf)).pages) == packet.numbering.total
    assert [part.exhibit for part in parts if part.exhibit] == [
        exhibit["id"] for exhibit in raw_case(name)["exhibits"]
    ]


@pytest.mark.parametrize("name", NAMES)
def test_every_cited_page_is_the_page_of_its_exhibit(
    name: str, read: Callable[[str], list[str]]
) -> None:
    """`p. 12 (A-3)` leads to a page whose foot says exhibit A, page 3."""
    pages = read(name)
    text = words_in(" ".join(pages))
    cited = set(CITED.findall(text)) - {LEGEND}
    assert cited
    for page, letter, own in cited:
        assert f"Exhibit {letter}, page {own} " in words_in(pages[int(page) - 1])[-120:]


def test_a_cited_page_holds_the_words_of_the_exhibit(
    bound: Callable[[str], Packet], read: Callable[[str], list[str]]
) -> None:
    """The page that is cited shows what that page of the exhibit's own file shows."""
    sample = samples.find("esketamine")
    pages = read("esketamine")
    for exhibit in raw_case("esketamine")["exhibits"]:
        own = pages_in((sample.folder / exhibit["file"]).read_bytes())
        part = bound("esketamine").numbering.part(exhibit["id"])
        for offset, text in enumerate(own):
            assert words_in(pages[part.first - 1 + offset]).startswith(words_in(text)[:400])


# Of the shipped letter what cites and what grows: the rest is laid out for the samples above.
SHORTENED = """{% extends "letter.html" %}
{% block letterhead %}{% endblock %}{% block reference %}{% endblock %}
{% block criteria %}{% endblock %}{% block safety %}{% endblock %}
{% block history %}{% import "parts/tables.html" as tables %}
{{ tables.treatments(letter.treatments) }}{% endblock %}"""


@pytest.mark.parametrize("paragraphs", [0, 1, 8, 25])
def test_the_pages_cited_are_right_whatever_the_length_of_the_letter(
    paragraphs: int, sample: Callable[[str], Path], bind: Bind, tmp_path: Path
) -> None:
    """A longer rationale moves every exhibit, and every citation with it."""
    case = sample("esketamine")
    own = tmp_path / "own" / "templates" / "cigna"
    own.mkdir(parents=True)
    (own / "letter.html").write_text(SHORTENED, "utf-8")
    longer = "".join(f"    Paragraph {n} on the course of care.\n\n" * 4 for n in range(paragraphs))
    text = case.read_text("utf-8").replace("  why_now: >-\n", f"  why_now: |\n{longer}", 1)
    case.write_text(text, "utf-8")
    pages = pages_in(bind(case, own=Library.open(tmp_path / "own")).pdf)
    cited = set(CITED.findall(words_in(" ".join(pages)))) - {LEGEND}
    assert len(cited) > 10
    for page, letter, own in cited:
        assert f"Exhibit {letter}, page {own} " in words_in(pages[int(page) - 1])[-120:]


def test_links_and_bookmarks_lead_to_the_pages_that_they_name(
    bound: Callable[[str], Packet],
) -> None:
    """Every citation is a link to its packet page; every document has a bookmark."""
    packet = bound("esketamine")
    with pikepdf.open(BytesIO(packet.pdf)) as opened:
        links = [note for page in opened.pages for note in page.get("/Annots", ())]
        assert len(links) > 20
        assert all(pikepdf.Page(link.Dest[0]).index >= 0 and "/A" not in link for link in links)
        with opened.open_outline() as outline:
            starts = [page_of(item) for item in outline.root]
            titles = [item.title for item in outline.root]
        assert starts == [part.first for part in packet.numbering.parts]
        assert titles[0] == "Fax cover"
        assert titles[2] == "Exhibit A: Psychiatric evaluation and progress notes"
        assert opened.Root.Lang == "en-US"
        assert "/StructTreeRoot" in opened.Root


def page_of(item: pikepdf.OutlineItem) -> int:
    """Return the page that a bookmark leads to."""
    assert isinstance(item.destination, pikepdf.Array)
    return pikepdf.Page(item.destination[0]).index + 1


def test_the_cover_lists_every_document_with_its_pages(
    bound: Callable[[str], Packet], read: Callable[[str], list[str]]
) -> None:
    """To whom, from whom, how many pages, and the contents in the order of the packet."""
    packet = bound("esketamine")
    cover = words_in(read("esketamine")[0])
    assert f"Pages in all {packet.numbering.total}" in cover
    for part in packet.numbering.parts:
        assert words_in(f"{part.letter} {part.title} {part.span}") in cover


def test_a_draft_says_so_on_every_page(bind: Bind, brief: Path) -> None:
    """Exhibits of a draft are marked too: nobody sends half of it."""
    path, own = samples.find("esketamine").path, Library.open(brief)
    for page in pages_in(bind(path, draft=True, own=own).pdf):
        assert "DRAFT: not to be sent" in words_in(page)[-160:]


# --- what is not there ----------------------------------------------------------------------------


def test_the_document_s_metadata_holds_nothing_of_the_patient(
    bound: Callable[[str], Packet],
) -> None:
    """Title, XMP, manifest and bookmarks can be read by whoever sees the file's properties."""
    raw = raw_case("esketamine")
    with pikepdf.open(BytesIO(bound("esketamine").pdf)) as opened:
        told = [str(value) for value in opened.docinfo.values()]
        told.append(opened.Root.Metadata.read_bytes().decode())
        told.append(opened.attachments["manifest.json"].get_file().read_bytes().decode())
        assert list(opened.attachments) == ["manifest.json"]
        assert "pdfuaid:part" not in told[-2]
    for secret in ("Whitfield", "Dana", raw["coverage"]["member_id"], "1984"):
        assert not [text for text in told if secret in text]


def test_the_same_inputs_give_the_same_bytes(
    bound: Callable[[str], Packet], bind: Bind, sample: Callable[[str], Path]
) -> None:
    """Wherever the case lies and however often the packet is made."""
    assert bind(sample("open-questions")).pdf == bound("open-questions").pdf


# --- the payer's order ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("[letter, exhibits]", ["letter", "exhibit"]),
        ("[exhibits, letter]", ["exhibit", "letter"]),
        ("[fax_cover, exhibits, letter]", ["cover", "exhibit", "letter"]),
        ("[fax_cover, form, letter, exhibits]", ["cover", "letter", "exhibit"]),
    ],
)
def test_the_documents_come_in_the_payer_s_order(
    order: str, expected: list[str], sample: Callable[[str], Path], bind: Bind, tmp_path: Path
) -> None:
    """`documents:` of payer.yaml decides, and the numbers follow."""
    case = sample("esketamine")
    write_letter(tmp_path / "own", "<p>To whom it may concern.</p>")
    folder = tmp_path / "own" / "payers" / "acme"
    folder.mkdir(parents=True)
    (folder / "payer.yaml").write_text(f"name: Acme\ndocuments: {order}\n")
    case.write_text(case.read_text("utf-8").replace("payer: cigna", "payer: acme"), "utf-8")
    packet = bind(case, own=Library.open(tmp_path / "own"))
    assert list(dict.fromkeys(entry.kind for entry in packet.manifest.parts)) == expected
    pages = pages_in(packet.pdf)
    for entry in packet.manifest.parts:
        name = f"Exhibit {entry.letter}, page 1 " if entry.letter else ", page 1 of "
        assert name in words_in(pages[entry.first - 1])[-160:]


# --- sheets and strips ----------------------------------------------------------------------------

CORNERS = {"red": "1 0 0", "green": "0 1 0", "blue": "0 0 1", "magenta": "1 0 1"}


def page_with_corners(width: float, height: float, turn: int, left: float) -> pikepdf.Pdf:
    """Return a page whose shown corners are red, green, blue and magenta, from the upper left."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(width, height))
    page = pdf.pages[0]
    page.mediabox = pikepdf.Array([left, left, left + width, left + height])
    side = min(width, height) / 5
    x, y = left + width - side, left + height - side
    stored = [(left, y), (x, y), (x, left), (left, left)]  # clockwise from the upper left
    turns = turn // 90
    shown = stored[-turns:] + stored[:-turns] if turns else stored
    # Turning clockwise moves the stored lower left corner to the upper left.
    drawn = (
        f"{color} rg {at[0]} {at[1]} {side} {side} re f"
        for color, at in zip(CORNERS.values(), shown, strict=True)
    )
    page.contents_add(pikepdf.Stream(pdf, "\n".join(drawn).encode()))
    page.obj.Rotate = turn
    return pdf


def rasterized(pdf: pikepdf.Pdf) -> Image.Image:
    """Return the picture of the first page, a dot a point."""
    written = BytesIO()
    pdf.save(written)
    command = ["pdftoppm", "-r", "72", "-singlefile", "-"]
    done = subprocess.run(command, input=written.getvalue(), capture_output=True, check=True)
    return Image.open(BytesIO(done.stdout)).convert("RGB")


def box_of(picture: Image.Image, color: str) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of what has this color."""
    found = Image.new("1", picture.size, 1)
    for band, part in zip(picture.split(), CORNERS[color].split(), strict=True):
        is_on = band.point(lambda value, on=part == "1": 255 * ((value > 127) == on), "1")
        found = ImageChops.logical_and(found, is_on)
    box = found.getbbox()
    assert box is not None, f"nothing {color} is on the page"
    return box


@settings(deadline=None, max_examples=25)
@given(
    width=st.integers(40, 2500),
    height=st.integers(40, 2500),
    turn=st.sampled_from([0, 90, 180, 270]),
    left=st.integers(-300, 300),
)
def test_a_page_is_upright_and_whole_above_the_strip(
    width: int, height: int, turn: int, left: int
) -> None:
    """Whatever its size and rotation, all four corners show, in their places, and none is below."""
    foot = 53.0
    target = page_with_corners(width, height, turn, left)
    sheets.settle(target, [0], foot)
    assert list(target.pages[0].mediabox) == [0, 0, WIDTH, HEIGHT]
    picture = rasterized(target)
    red, green, blue, magenta = (box_of(picture, color) for color in CORNERS)
    assert red[0] < green[0]
    assert red[1] < magenta[1]
    assert green[1] < blue[1]
    assert magenta[0] < blue[0]
    assert max(blue[3], magenta[3]) <= HEIGHT - foot + 1
    shown_width, shown_height = (height, width) if turn % 180 else (width, height)
    scale = min(1, WIDTH / shown_width, (HEIGHT - foot) / shown_height)
    assert green[2] - red[0] == pytest.approx(shown_width * scale, abs=3)
    assert magenta[3] - red[1] == pytest.approx(shown_height * scale, abs=3)


def test_pages_that_share_their_drawing_are_each_set_in_their_own_way() -> None:
    """A large and a small page of the same drawing: neither moves the other."""
    target = page_with_corners(400, 400, 0, 0)
    target.pages.append(target.pages[0])
    target.pages[1].mediabox = pikepdf.Array([0, 200, 200, 400])
    sheets.settle(target, [0, 1], 53)
    first, second = (rasterized(pikepdf_page(target, number)) for number in (0, 1))
    assert box_of(first, "green")[2] - box_of(first, "red")[0] == pytest.approx(400, abs=2)
    assert box_of(second, "red")[2] - box_of(second, "red")[0] == pytest.approx(80, abs=2)
    colors = {pixel for _, pixel in second.getcolors(1 << 20) or []}
    assert (0, 255, 0) not in colors


def pikepdf_page(source: pikepdf.Pdf, number: int) -> pikepdf.Pdf:
    """Return a PDF of one page of another."""
    target = pikepdf.new()
    target.pages.append(source.pages[number])
    return target


def test_what_lies_outside_the_shown_box_stays_outside() -> None:
    """A page shows its crop box, whatever a trim box says."""
    source = page_with_corners(400, 400, 0, 0)
    page = source.pages[0]
    page.cropbox = pikepdf.Array([0, 0, 400, 200])
    page.trimbox = pikepdf.Array([100, 100, 150, 150])
    sheets.settle(source, [0], 53)
    picture = rasterized(source)
    assert box_of(picture, "blue")
    colors = {pixel for _, pixel in picture.getcolors(1 << 20) or []}
    assert (255, 0, 0) not in colors


def test_the_strip_grows_with_a_long_name(library: Library) -> None:
    """A long identity takes another line, above the rule, and nothing of it is cut."""
    long = f"{'Maximiliana ' * 5}{'Featherstonehaugh ' * 3}| Born 01/01/1990 | Member ID U1"
    folders = library.template_folders
    tall = height_of(Strip(long, "", ""), folders)
    assert tall > height_of(Strip("A B | Born 01/01/1990", "", ""), folders)
    text = words_in(pages_in(draw([Strip(long, "Letter, page 1 of 1", "1")], folders))[0])
    assert words_in(long) in text


def test_a_character_that_the_font_lacks_is_told(library: Library) -> None:
    """No box is printed in place of a letter of the name."""
    with pytest.raises(LackingCharacterError, match="Write it in Latin letters") as raised:
        draw([Strip("\u5c71\u672c", "Letter", "1")], library.template_folders)
    assert "\u5c71" not in str(raised.value)


@pytest.mark.parametrize("content", [None, b"no font"])
def test_a_missing_or_damaged_font_is_named(content: bytes | None, tmp_path: Path) -> None:
    """An administrator's own folder can hide the shipped font."""
    if content:
        (tmp_path / "fonts").mkdir()
        (tmp_path / "fonts" / "NotoSerif-Regular.ttf").write_bytes(content)
    with pytest.raises(NoFontError, match=r"templates/fonts/NotoSerif-Regular\.ttf"):
        height_of(Strip("A", "", ""), [tmp_path])


# --- templates ------------------------------------------------------------------------------------


def own_template(folder: Path, body: str) -> Library:
    """Return a library with a letter of its own."""
    write_letter(folder / "own", body)
    return Library.open(folder / "own")


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """Return a case without exhibits."""
    path = tmp_path / "case.yaml"
    path.write_text(yaml.safe_dump(bare_case("esketamine"), sort_keys=False), "utf-8")
    return path


def test_numbers_that_never_settle_are_told(tmp_path: Path, bind: Bind) -> None:
    """A template whose length follows the page count back and forth stops with a reason."""
    body = (
        "<p>a</p>{% if letter.packet.pages is odd %}<p style='break-before:page'>b</p>{% endif %}"
    )
    with pytest.raises(UnsettledError, match="do not settle"):
        bind(samples.find("esketamine").path, own=own_template(tmp_path, body))


@pytest.mark.parametrize("page", ["0", "9999", "x", "-1"])
def test_a_link_to_no_page_of_the_packet_is_told(
    page: str, tmp_path: Path, bare: Path, bind: Bind
) -> None:
    """A template's slip is named before anything is written."""
    body = f"<p><a href='packet:{page}'>there</a></p>"
    with pytest.raises(BadLinkError, match="templates/: a link leads to no page of the packet"):
        bind(bare, own=own_template(tmp_path, body))


class CountingPrinter(Printer):
    """A printer that remembers the headings of what it has laid out."""

    def __init__(self, folders: Iterable[Path]) -> None:
        """Begin with none."""
        super().__init__(folders)
        self.headings: list[str] = []

    def lay_out(self, html: str, *, style: str = "") -> LaidOut:
        """Lay out, and keep the first heading."""
        found = re.search("<h1>(.*?)[:<]", html)
        self.headings.append(found[1] if found else "")
        return super().lay_out(html, style=style)


FIVE = "<h1>Letter</h1>" + "<p style='break-before: page'>next</p>" * 4


@pytest.mark.parametrize(
    ("body", "times"),
    [
        ("<h1>Letter</h1><p>One of {{ letter.packet.pages }}.</p>", 1),
        (FIVE, 1),
        (f"{FIVE}<p>One of {{{{ letter.packet.pages }}}}.</p>", 2),
    ],
    ids=["guessed", "not guessed, cites nothing", "not guessed, cites"],
)
def test_a_document_is_laid_out_again_only_when_what_it_says_has_changed(
    body: str, times: int, tmp_path: Path, bare: Path
) -> None:
    """The letter is, when its length was not guessed and moves what it cites; the cover is not."""
    own = own_template(tmp_path, body)
    verdict = pipeline.weigh(bare, own, DAY).verdict
    assert verdict is not None
    printer = CountingPrinter(own.template_folders)
    made = pipeline.packet(bare, verdict, own, printer).packet
    assert printer.headings == ["Letter"] * times + ["Fax cover"]
    cover = words_in(pages_in(made.pdf)[0])
    assert f"Pages in all {made.numbering.total}" in cover


def test_the_length_of_a_letter_is_guessed_well(
    bound: Callable[[str], Packet], library: Library
) -> None:
    """Most letters of the samples come out as long as guessed, and no other by two pages."""
    missed = []
    for name in NAMES:
        numbering = bound(name).numbering
        verdict = pipeline.weigh(samples.find(name).path, library, DAY).verdict
        assert verdict is not None
        letter = compose(verdict, numbering=numbering)
        payer_id = verdict.payer.id if verdict.payer else ""
        html = render(letter, library.template_folders, payer_id)
        part = next(p for p in numbering.parts if p.title == letter.title)
        missed.append(abs(guess(html) - (part.last - part.first + 1)))
    assert max(missed) <= 1
    assert missed.count(0) > len(missed) / 2


# --- forms ----------------------------------------------------------------------------------------


def with_form(folder: Path, case: Path, plan: str = "") -> Library:
    """Return a library in which Acme asks for the sample form, and make the case one of Acme's."""
    payer = folder / "own" / "payers" / "acme"
    (payer / "forms").mkdir(parents=True)
    (payer / "payer.yaml").write_text("name: Acme\nforms: [{form: sample}]\n", "utf-8")
    (payer / "forms" / "sample.pdf").write_bytes(sample_pdf())
    (payer / "forms" / "sample.yaml").write_text(SAMPLE_MAP, "utf-8")
    text = case.read_text("utf-8").replace("payer: cigna", "payer: acme")
    if plan:
        head, rest = text.split("  plan: >-\n", 1)
        text = f"{head}  plan: >-\n    {plan}\n{rest}"
    case.write_text(text, "utf-8")
    return Library.open(folder / "own")


def test_the_payer_s_form_stands_between_cover_and_letter(
    sample: Callable[[str], Path], bind: Bind, tmp_path: Path
) -> None:
    """Filled and flattened, numbered like all pages; what did not fit follows as an addendum."""
    case = sample("esketamine")
    own = with_form(tmp_path, case, plan="All that was ordered, at length. " * 40)
    packet = bind(case, own=own)
    kinds = [entry.kind for entry in packet.manifest.parts]
    assert kinds[:4] == ["cover", "form", "addendum", "letter"]
    pages = pages_in(packet.pdf)
    assert "Whitfield" in pages[1]
    assert words_in(pages[1]).endswith(f"Form, page 1 of 1 Packet page 2 of {len(pages)}")
    assert words_in(pages[2]).endswith(f"Addendum, page 1 of 1 Packet page 3 of {len(pages)}")
    assert "at length. All that was ordered" in words_in(pages[2])
    with pikepdf.open(BytesIO(packet.pdf)) as opened:
        assert "/AcroForm" not in opened.Root
    names = [source.name for source in packet.manifest.library]
    assert names == ["acme/payer.yaml", "forms/sample.pdf", "forms/sample.yaml"]
    cited = set(CITED.findall(words_in(" ".join(pages)))) - {LEGEND}
    for page, letter, page_of_exhibit in cited:
        foot = words_in(pages[int(page) - 1])[-120:]
        assert f"Exhibit {letter}, page {page_of_exhibit} " in foot


def test_a_form_that_is_missing_stops_the_packet(
    sample: Callable[[str], Path], bind: Bind, tmp_path: Path
) -> None:
    """A packet without the payer's form is rejected: it is never made in silence."""
    case = sample("esketamine")
    own = with_form(tmp_path, case)
    (tmp_path / "own" / "payers" / "acme" / "forms" / "sample.pdf").unlink()
    with pytest.raises(UnreadableError, match="the PDF of this form is not there"):
        bind(case, own=own)


def test_boxes_that_stay_blank_are_named(
    sample: Callable[[str], Path], printer: Printer, tmp_path: Path
) -> None:
    """What the case does not say is left blank on the form, and staff are told."""
    case = sample("esketamine")
    own = with_form(tmp_path, case)
    write_letter(tmp_path / "own", "<p>To whom it may concern.</p>")
    text = case.read_text("utf-8").replace("  phone: 913-555-0187\n", "", 1)
    case.write_text(text, "utf-8")
    verdict = pipeline.weigh(case, own, DAY).verdict
    assert verdict is not None
    told = [str(problem) for problem in pipeline.packet(case, verdict, own, printer).problems]
    assert any("these boxes of the form stay blank, because the case does not" in t for t in told)
