"""The PDF: tagged, silent about the patient, the same each time; it fetches nothing."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import zlib
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from conftest import DAY, NAMES
from pypdf import PdfReader

from priorauth import pdf as pdf_module
from priorauth import pipeline, samples
from priorauth.library import Library
from priorauth.pdf import LayoutError, Printer
from priorauth.problems import PriorAuthError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Made
    from pypdf.generic import DictionaryObject

    from priorauth.criteria import Verdict

    Print = Callable[[str], bytes]

ANY_SAMPLE = pytest.mark.parametrize("name", NAMES)
MOST_BYTES = 150_000
OURS = {"Letter-Serif", "Letter-Sans", "Letter-Symbols"}


@cache
def reader(path: Path) -> PdfReader:
    """Return the PDF of a sample's letter, opened once for all that is looked for in it."""
    return PdfReader(path)


def root(path: Path) -> DictionaryObject:
    """Return the catalog of a PDF."""
    found: Any = reader(path).trailer["/Root"]
    return found  # type: ignore[no-any-return]


def xmp(path: Path) -> str:
    """Return the metadata packet of a PDF."""
    data: Any = root(path)["/Metadata"]
    return data.get_data().decode("utf-8")  # type: ignore[no-any-return]


# --- what kind of PDF it is -----------------------------------------------------------------------


@ANY_SAMPLE
def test_the_pdf_is_tagged_for_screen_readers(name: str, made: Callable[[str], Made]) -> None:
    """It claims PDF/UA-1, has a structure tree, a language, and shows its title."""
    path = made(name).path
    catalog: Any = root(path)
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/StructTreeRoot"]["/K"]
    assert catalog["/Lang"] == "en-US"
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert re.search(r"<pdfuaid:part>1</pdfuaid:part>|pdfuaid:part=.1.", xmp(path))


@ANY_SAMPLE
def test_the_tags_name_headings_tables_and_lists(name: str, made: Callable[[str], Made]) -> None:
    """A screen reader finds the title, the sections, the tables with their heads, the figure."""
    path = made(name).path
    info = subprocess.run(
        ["pdfinfo", "-struct", str(path)], capture_output=True, check=True, encoding="utf-8"
    ).stdout
    kinds = re.findall(r"^ *(\w+)", info, re.MULTILINE)
    assert kinds.count("H1") == 1
    assert {"H2", "Table", "TR", "TH", "TD", "L", "LI", "P", "Figure"} <= set(kinds)


@ANY_SAMPLE
def test_the_figure_is_told_in_words(name: str, made: Callable[[str], Made]) -> None:
    """The figure has an alternative text that names every treatment it draws."""
    one = made(name)
    assert one.letter.timeline is not None
    told = [alt for alt in alternatives(root(one.path)["/StructTreeRoot"]) if "Timeline" in alt]
    assert told == [one.letter.timeline.summary]


def alternatives(node: Any) -> list[str]:  # noqa: ANN401 - any part of a structure tree
    """Return every alternative text below a node of the structure tree."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [text for item in node for text in alternatives(item)]
    if not isinstance(node, dict):
        return []
    own = [str(node["/Alt"])] if "/Alt" in node else []
    return own + (alternatives(node["/K"]) if "/K" in node else [])


@ANY_SAMPLE
def test_the_metadata_tell_nothing_of_the_patient(name: str, made: Callable[[str], Made]) -> None:
    """Title, Info and XMP name what the document is, and no person."""
    one = made(name)
    case = one.verdict.case
    metadata: dict[str, Any] = {**(reader(one.path).metadata or {})}
    told = " ".join([*map(str, metadata.values()), xmp(one.path)])
    assert one.letter.title in told
    names = (case.patient.name, case.prescriber.name)
    secrets = [part for person in names for part in (person.given, person.family)]
    secrets += [case.coverage.member_id, str(case.patient.birth_date), case.practice.name]
    assert [secret for secret in secrets if secret in told] == []
    assert [key for key in metadata if key in ("/Author", "/Subject")] == []


@ANY_SAMPLE
def test_the_date_in_the_file_is_the_letters_day(name: str, made: Callable[[str], Made]) -> None:
    """The clock leaves no trace: the file is dated on the day of the letter."""
    metadata = reader(made(name).path).metadata
    assert metadata is not None
    for key in ("/CreationDate", "/ModDate"):
        if key in metadata:
            assert str(metadata[key]).startswith(f"D:{DAY:%Y%m%d}")


@ANY_SAMPLE
def test_the_file_is_small(name: str, made: Callable[[str], Made]) -> None:
    """A letter can go by e-mail, through a portal and into a fax queue."""
    assert len(made(name).pdf) <= MOST_BYTES


@ANY_SAMPLE
def test_every_font_is_ours_and_embedded(name: str, made: Callable[[str], Made]) -> None:
    """No font of the machine is used, and the reader needs none."""
    shown = subprocess.run(
        ["pdffonts", str(made(name).path)], capture_output=True, check=True, encoding="utf-8"
    ).stdout
    rows = [line.split() for line in shown.splitlines()[2:]]
    assert rows
    for row in rows:
        family = row[0].split("+")[1]
        assert any(family.startswith(known) for known in OURS), family
        assert row[-5:-2] == ["yes", "yes", "yes"]  # embedded, a subset, with its characters


@ANY_SAMPLE
def test_the_file_runs_and_opens_nothing(name: str, made: Callable[[str], Made]) -> None:
    """No script, no attachment, no form, no address that a reader could be led to."""
    data = made(name).pdf
    streams = re.findall(rb"(?s)stream\r?\n(.*?)endstream", data)
    text = data + b"".join(_opened(stream) for stream in streams)
    for word in (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/AcroForm", b"/URI", b"/GoToR"):
        assert word not in text


def _opened(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream)
    except zlib.error:
        return b""


# --- the same each time ---------------------------------------------------------------------------


@ANY_SAMPLE
def test_the_same_letter_twice_is_the_same_bytes(
    name: str, made: Callable[[str], Made], printer: Printer
) -> None:
    """A printer that has made other letters meanwhile makes this one anew to the last byte."""
    assert printer.pdf(made(name).html, DAY) == made(name).pdf


def test_a_new_printer_makes_the_same_bytes(made: Callable[[str], Made], library: Library) -> None:
    """Nothing of a printer's past is in a letter."""
    assert pipeline.pdf(made("esketamine").verdict, library) == made("esketamine").pdf


# Another process, on another day by another clock; it makes a letter of each case that it is given.
LATER = """
import datetime, sys, time
far = 5 * 366 * 86400
real, real_ns = time.time, time.time_ns
time.time = lambda: real() + far
time.time_ns = lambda: real_ns() + far * 10**9
class Later(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return super().now(tz) + datetime.timedelta(seconds=far)
    @classmethod
    def utcnow(cls):
        return cls.now()
class LaterDay(datetime.date):
    @classmethod
    def today(cls):
        return super().today() + datetime.timedelta(seconds=far)
datetime.datetime, datetime.date = Later, LaterDay
day, *folders = sys.argv[1:]
sys.argv[0] = "priorauth"
from priorauth.cli import main
codes = []
for folder in folders:
    try:
        main(["letter", folder + "/case.yaml", "-o", folder + "/letter.pdf", "--on", day])
    except SystemExit as ended:
        codes.append(ended.code)
sys.exit(codes != [0] * len(folders))
"""
NO_FONTS = '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig/>'


def test_another_process_at_another_time_makes_the_same_bytes(
    made: Callable[[str], Made], tmp_path: Path
) -> None:
    """Neither the clock, the time zone, the locale nor the order of hashes is in a letter.

    Nor is what fonts the machine has: there are none here, the letter brings its own.
    """
    (tmp_path / "fonts.conf").write_text(NO_FONTS, "utf-8")
    names = ("esketamine", "iv-ketamine")
    folders = [samples.find(name).copy_to(tmp_path / name).parent for name in names]
    surroundings = {
        "PYTHONHASHSEED": "4711",
        "TZ": "Pacific/Kiritimati",
        "LC_ALL": "C",
        "SOURCE_DATE_EPOCH": "1",
        "FONTCONFIG_FILE": str(tmp_path / "fonts.conf"),
        "HOME": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", LATER, str(DAY), *map(str, folders)],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, **surroundings},
    )
    assert done.returncode == 0, done.stderr
    for name, folder in zip(names, folders, strict=True):
        assert (folder / "letter.pdf").read_bytes() == made(name).pdf


def test_the_surroundings_are_left_as_they_were(
    printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable that dates the file is put back, whether it was there or not."""
    page = PAGE.format("", "")
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    printer.pdf(page, DAY)
    assert "SOURCE_DATE_EPOCH" not in os.environ
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "17")
    printer.pdf(page, DAY)
    assert os.environ["SOURCE_DATE_EPOCH"] == "17"


# --- what a template may fetch --------------------------------------------------------------------


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that holds templates of one's own, and what lies outside of them."""
    return tmp_path_factory.mktemp("place")


@pytest.fixture(scope="module")
def secret(place: Path) -> Path:
    """Return a file outside the template folders, in every form that a page could ask for."""
    folder = place / "outside"
    folder.mkdir()
    (folder / "secret.css").write_text("p { color: red }", "utf-8")
    (folder / "secret.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>SECRET</text></svg>',
        "utf-8",
    )
    (folder / "secret.txt").write_text("SECRET", "utf-8")
    return folder


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let no socket be opened and no name be looked up; return what was tried."""
    tried: list[str] = []

    def refuse(*told: object, **more: object) -> NoReturn:
        tried.append(f"{told} {more}")
        pytest.fail("the network was asked")

    for name in ("socket", "create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)
    return tried


@pytest.fixture(scope="module")
def own_library(place: Path) -> Library:
    """Return a library of one's own that lies over the shipped one."""
    (place / "own" / "templates").mkdir(parents=True)
    return Library.open(place / "own")


@pytest.fixture(scope="module")
def own_printer(own_library: Library) -> Printer:
    """Return a printer that looks into one's own templates first."""
    return Printer(own_library.template_folders)


@pytest.fixture
def own_templates(own_library: Library) -> Path:
    """Return the folder for templates of one's own, without what the test before left there."""
    folder = own_library.template_folders[0]
    for path in folder.iterdir():
        path.unlink()
    return folder


@pytest.fixture
def print_by(
    own_templates: Path,
    own_library: Library,
    own_printer: Printer,
    verdict_of: Callable[[str], Verdict],
    secret: Path,
) -> Print:
    """Return a function that makes a letter by a template of one's own."""
    verdict = verdict_of("esketamine")

    def make(template: str) -> bytes:
        text = template.replace("OUTSIDE", secret.as_posix())
        (own_templates / "letter.html").write_text(text, "utf-8")
        return pipeline.pdf(verdict, own_library, own_printer)

    return make


PAGE = (
    '<!DOCTYPE html><html lang="en"><head><title>x</title>{}</head><body><p>x</p>{}</body></html>'
)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{}</svg>'
BODY = [
    '<img src="{}" alt="x">',
    '<object data="{}"></object>',
    '<embed src="{}">',
    '<p style="background: url({})">x</p>',
    '<ul style="list-style-image: url({})"><li>x</li></ul>',
    '<p style="border-image: url({}) 1">x</p>',
    SVG.format('<image href="{}" width="9" height="9"/>'),
    SVG.format('<image xlink:href="{}" width="9" height="9"/>'),
    SVG.format("<style>@import url({});</style><rect/>"),
    SVG.format("<style>@font-face {{ font-family: x; src: url({}) }}</style><rect/>"),
]
HEAD = [
    '<link rel="stylesheet" href="{}">',
    '<link rel="attachment" href="{}">',
    "<style>@import url({});</style>",
    '<style>@import "{}";</style>',
    "<style>@font-face {{ font-family: x; src: url({}) }} p {{ font-family: x }}</style>",
    "<style>p::before {{ content: url({}) }}</style>",
    "<style>@page {{ background: url({}) }}</style>",
    "<style>@page {{ @top-left {{ content: url({}) }} }}</style>",
]
ADDRESSES = [
    "file:///etc/passwd",
    "file://OUTSIDE/secret.svg",
    "http://192.0.2.1/x.svg",
    "https://example.invalid/x.css",
    "//example.invalid/x.svg",
    "../../outside/secret.svg",
    "%2e%2e/%2e%2e/outside/secret.svg",
    "ftp://192.0.2.1/x",
    "http://127.0.0.1:9/redirect?to=file:///etc/passwd",
    "https://user:word@192.0.2.1/x.svg",
    "jar:file:///etc/passwd!/x",
    "file://localhost/etc/passwd",
    "\\\\192.0.2.1\\share\\x.svg",
    "file:///templates/../../../outside/secret.svg",
    "file:///templates/%2Fetc/passwd",
    "FILE:///etc/passwd",
    "a%00b.png",
    "nosuch.png",
]


WAYS = [(how, ADDRESSES[1 + place % 2]) for place, how in enumerate((*BODY, *HEAD))]
WAYS += [(BODY[0], address) for address in ADDRESSES]


@pytest.mark.parametrize(("how", "address"), WAYS)
def test_nothing_is_fetched_from_outside(
    how: str, address: str, print_by: Print, no_network: list[str]
) -> None:
    """Any way of asking for a file elsewhere, or for one that is not there, stops the letter."""
    asked = how.format(address)
    page = PAGE.format(asked, "") if how in HEAD else PAGE.format("", asked)
    with pytest.raises(LayoutError) as raised:
        print_by(page)
    assert no_network == []
    assert "SECRET" not in str(raised.value)
    assert "root:" not in str(raised.value)


def test_a_drawing_takes_no_part_from_elsewhere(
    print_by: Print, no_network: list[str], tmp_path: Path
) -> None:
    """A `<use>` of another file draws nothing of it."""
    for address in ("file://OUTSIDE/secret.svg#a", "http://192.0.2.1/x.svg#a"):
        path = tmp_path / "letter.pdf"
        path.write_bytes(print_by(PAGE.format("", SVG.format(f'<use href="{address}"/>'))))
        assert "SECRET" not in PdfReader(path).pages[0].extract_text()
    assert no_network == []


@pytest.mark.parametrize(
    "base", ["file:///etc/", "http://example.invalid/", "file://OUTSIDE/", "../../outside/"]
)
def test_the_ground_of_addresses_cannot_be_moved(
    base: str, print_by: Print, no_network: list[str]
) -> None:
    """A `<base>` in the page opens no other folder."""
    with pytest.raises(LayoutError):
        print_by(PAGE.format(f'<base href="{base}">', '<img src="secret.svg" alt="x">'))
    assert no_network == []


def test_an_image_in_an_image_fetches_nothing(
    print_by: Print, own_templates: Path, no_network: list[str]
) -> None:
    """A picture of the template folder cannot ask for a file elsewhere either."""
    for address in ("file:///etc/passwd", "http://192.0.2.1/x.png"):
        inner = SVG.format(f'<image href="{address}" width="9" height="9"/>')
        (own_templates / "logo.svg").write_text(inner, "utf-8")
        with pytest.raises(LayoutError):
            print_by(PAGE.format("", '<img src="logo.svg" alt="x">'))
    assert no_network == []


def test_a_link_out_of_the_folder_is_not_followed(
    print_by: Print, own_templates: Path, secret: Path
) -> None:
    """A symbolic link to a file elsewhere serves nothing."""
    (own_templates / "logo.svg").symlink_to(secret / "secret.svg")
    with pytest.raises(LayoutError):
        print_by(PAGE.format("", '<img src="logo.svg" alt="x">'))


def test_a_style_sheet_of_ones_own_fetches_nothing(
    own_templates: Path, own_library: Library, no_network: list[str]
) -> None:
    """`print.css` is held to the same rule when the printer is made."""
    (own_templates / "print.css").write_text('@import "http://192.0.2.1/x.css";', "utf-8")
    with pytest.raises(LayoutError):
        Printer(own_library.template_folders)
    assert no_network == []


def test_a_picture_of_the_template_folder_is_printed(
    print_by: Print, own_templates: Path, no_network: list[str]
) -> None:
    """A letterhead may hold the practice's picture, as a file or inside the page."""
    logo = SVG.format('<rect width="9" height="9"/>')
    (own_templates / "logo.svg").write_text(logo, "utf-8")
    inside = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4="
    for address in ("logo.svg", "./logo.svg", inside):
        assert print_by(PAGE.format("", f'<img src="{address}" alt="Logo">')).startswith(b"%PDF")
    assert no_network == []


# --- what a page may carry ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (PAGE.format('<link rel="attachment" href="data:text/plain,x">', ""), "a file is attached"),
        (PAGE.format("", '<a rel="attachment" href="data:text/plain,x">x</a>'), "a file is attach"),
        (PAGE.format("", '<a href="javascript:alert(1)">x</a>'), "a link leads out"),
        (PAGE.format("", '<a href="http://a.example/?{{ letter.patient }}">x</a>'), "a link leads"),
        (PAGE.format("", '<a href="file:///etc/passwd">x</a>'), "a link leads out"),
        (PAGE.format("", '<a href="mailto:a@a.example">x</a>'), "a link leads out"),
        (
            PAGE.format(
                "<style>input { appearance: auto }</style>",
                '<form action="http://a.example"><input name="a"></form>',
            ),
            "a form to fill in",
        ),
    ],
)
def test_a_page_carries_and_opens_nothing(page: str, said: str, print_by: Print) -> None:
    """No file inside, no link out, no form that sends: a template could hide the patient there."""
    with pytest.raises(LayoutError, match=said) as raised:
        print_by(page)
    assert "Whitfield" not in str(raised.value)


def test_a_link_within_the_letter_is_kept(print_by: Print, tmp_path: Path) -> None:
    """Such as from a table to the list of enclosures."""
    path = tmp_path / "letter.pdf"
    path.write_bytes(print_by(PAGE.format("", '<a href="#a">x</a><p id="a">y</p>')))
    assert "/Annots" in PdfReader(path).pages[0]


def bomb(levels: int) -> str:
    """Return a drawing whose entities grow tenfold with each level."""
    grown = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(levels))
    dtd = f'<!DOCTYPE svg [<!ENTITY e0 "0123456789">{grown}]>'
    return dtd + SVG.format(f'<text y="9">&e{levels};</text>')


OUTER = '<!DOCTYPE svg [<!ENTITY e SYSTEM "file://OUTSIDE/secret.txt">]>'
DRAWINGS = {
    "an entity that is a file": OUTER + SVG.format('<text y="9">&e;</text>'),
    "a document type from elsewhere": (
        '<!DOCTYPE svg SYSTEM "http://192.0.2.1/x.dtd">' + SVG.format('<text y="9">&e;</text>')
    ),
    "entities that grow": bomb(9),
    "a drawing that uses itself": SVG.format('<g id="a"><use href="#a"/></g>'),
}


@pytest.mark.parametrize("drawing", DRAWINGS.values(), ids=DRAWINGS)
def test_a_drawing_that_reaches_out_or_grows_is_refused(
    drawing: str, print_by: Print, own_templates: Path, secret: Path, no_network: list[str]
) -> None:
    """Entities bring in no file, and blow nothing up."""
    text = drawing.replace("OUTSIDE", secret.as_posix())
    (own_templates / "logo.svg").write_text(text, "utf-8")
    with pytest.raises(LayoutError) as raised:
        print_by(PAGE.format("", '<img src="logo.svg" alt="x">'))
    assert no_network == []
    assert "SECRET" not in str(raised.value)


USES = "".join(f'<g id="a{n + 1}">{f"""<use href="#a{n}"/>""" * 10}</g>' for n in range(8))
ENDLESS = {
    "a sign for each of a billion": PAGE.format(
        '<style>@counter-style z { system: symbolic; symbols: "*" }'
        "p::before { counter-reset: x 900000000; content: counter(x, z) }</style>",
        "",
    ),
    "a cell over a hundred million columns": PAGE.format(
        "", '<table><tr><td colspan="100000000">x</td></tr></table>'
    ),
    "a gradient of endless stripes": PAGE.format(
        "<style>p { background: repeating-linear-gradient(#000, #fff 0.00001px) }</style>", ""
    ),
    "a drawing of a hundred million uses": PAGE.format(
        "", SVG.format(f'<defs><rect id="a0"/>{USES}</defs><use href="#a8"/>')
    ),
    "elements in elements": PAGE.format("", "<div>" * 3000),
}


@pytest.mark.parametrize("page", ENDLESS.values(), ids=ENDLESS)
@pytest.mark.usefixtures("nothing_heard_of_garbage")
def test_a_page_without_end_is_refused_in_time(
    page: str, print_by: Print, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Layout and drawing have bounds of time and memory, as printing a template has."""
    monkeypatch.setattr(pdf_module, "_SECONDS", 0.5)
    monkeypatch.setattr(pdf_module, "_MEGABYTES", 400)
    with pytest.raises(LayoutError):
        print_by(page)


@pytest.mark.parametrize(
    "style", ["p { colour: red }", "p { color: notacolor }", "p { width: 5 }", "@page :nosuch {}"]
)
def test_a_slip_in_the_style_is_told(style: str, print_by: Print) -> None:
    """What would be drawn otherwise than it says stops the letter, with a whole sentence."""
    with pytest.raises(
        PriorAuthError, match=r"cannot be laid out as its template wants: .+\. Look"
    ):
        print_by(PAGE.format(f"<style>{style}</style>", ""))


def test_what_went_wrong_is_told_without_the_patient(print_by: Print) -> None:
    """The message names no value of the letter, even where the style quotes one."""
    page = PAGE.format("<style>p { content: {{ letter.patient }} !! }</style>", "{{ letter.day }}")
    with pytest.raises(LayoutError) as raised:
        print_by(page)
    assert "Whitfield" not in str(raised.value)
    assert "Dana" not in str(raised.value)


def test_after_a_mistake_the_next_letter_is_right(
    print_by: Print, made: Callable[[str], Made], printer: Printer
) -> None:
    """A letter that cannot be laid out leaves nothing behind."""
    with pytest.raises(LayoutError):
        print_by(PAGE.format("", '<img src="nosuch.png" alt="x">'))
    assert printer.pdf(made("esketamine").html, DAY) == made("esketamine").pdf
