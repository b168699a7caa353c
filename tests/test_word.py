"""A Word letter holds the words of the letter, in its order, with real headings and tables."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from functools import cache
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING
from zipfile import ZipFile

import docx
import pytest
from conftest import DAY, NAMES, raw_case
from docx.oxml.ns import qn
from docx.shared import Inches, Mm
from docx.text.paragraph import Paragraph
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as markup
from PIL import Image

from priorauth import pipeline, word

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Done, Made
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.table import Table

    from priorauth.criteria import Verdict
    from priorauth.library import Library
    from priorauth.pdf import Printer

    Letters = Callable[[str], tuple[Made, Document]]
    Run = Callable[..., Done]
    Sample = Callable[[str], Path]

TEXT_WIDTH = Inches(8.5) - Mm(36)
UNSEEN = "head | .//*[@class='running'] | .//svg | .//script | .//style"


def png() -> bytes:
    """Return some picture."""
    written = BytesIO()
    Image.new("L", (600, 200), 0).save(written, "PNG", dpi=(300, 300))
    return written.getvalue()


def opened(content: bytes) -> Document:
    """Return a Word document as it is read again."""
    return docx.Document(BytesIO(content))


def content_of(html: str) -> bytes:
    """Return the Word document of a page's HTML as written."""
    return word.docx(html, [png() for _ in word.figures(html)], DAY)


def of(html: str) -> Document:
    """Return the Word document of a page's HTML as it is read again."""
    return opened(content_of(html))


def body(inside: str) -> Document:
    """Return the Word document of a page with this in its body."""
    return of(f'<html lang="en-US"><head><title>A</title></head><body>{inside}</body></html>')


def words(element: BaseOxmlElement) -> str:
    """Return all text of a part of a Word document, as one reads it, without blanks."""
    found = [
        one.text or "" if one.tag == qn("w:t") else "-"
        for one in element.iter(qn("w:t"), qn("w:noBreakHyphen"))
    ]
    return "".join("".join(found).split())


def words_in(html: str) -> str:
    """Return all text of a page that is seen in its body, without blanks."""
    page = markup.document_fromstring(html)
    for unseen in page.xpath(UNSEEN):
        unseen.drop_tree()
    return "".join(page.text_content().split())


def lines(document: Document) -> list[str]:
    """Return the paragraphs of a document, those of tables too, as Word shows them."""
    found = document.element.body.iter(qn("w:p"))
    return [Paragraph(one, document).text for one in found]


def style_of(paragraph: Paragraph) -> str:
    """Return the name of a paragraph's style."""
    assert paragraph.style is not None
    return str(paragraph.style.name)


def list_of(paragraph: Paragraph) -> str:
    """Return which list with numbers a paragraph is counted in."""
    (number,) = paragraph._p.iter(qn("w:numId"))  # noqa: SLF001 - python-docx knows no lists
    return str(number.get(qn("w:val")))


@pytest.fixture(scope="module")
def written(made: Callable[[str], Made]) -> Callable[[str], bytes]:
    """Return a function that gives the Word document of a sample's letter as written."""
    return cache(lambda name: content_of(made(name).html))


@pytest.fixture(scope="module")
def letters(made: Callable[[str], Made], written: Callable[[str], bytes]) -> Letters:
    """Return a function that gives a sample's letter, and it as a Word document."""
    return cache(lambda name: (made(name), opened(written(name))))


# --- the words ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_it_holds_the_words_of_the_letter_in_their_order(name: str, letters: Letters) -> None:
    """Not one more or less, from the letterhead to the last enclosure."""
    letter, document = letters(name)
    assert words(document.element.body) == words_in(letter.html)


@pytest.mark.parametrize("name", NAMES)
def test_words_of_two_lines_do_not_run_together(name: str, letters: Letters) -> None:
    """Where the letter begins a new line, so does the document: no date runs into the next."""
    letter, document = letters(name)
    wanted = markup.document_fromstring(letter.html).xpath(".//span[@class='line']")
    texts = {" ".join(one.text_content().split()) for one in wanted}
    assert texts <= {" ".join(line.split()) for line in lines(document)}
    assert texts


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a <b> b</b> c</p>", ["a b c"]),
        ("<p>\n a<br>\n b </p>", ["a\nb"]),
        ("before <p>within</p> after", ["before", "within", "after"]),
        ("<div>a<span class='line'>b</span><span class='line'>c</span></div>", ["a", "b", "c"]),
        ("<span>a<div>b</div></span>c", ["a", "b", "c"]),
        ("<p>8&nbsp;mg</p>", ["8\N{NO-BREAK SPACE}mg"]),
        ("<p>fax <span class='cite'>913-555 x</span></p>", ["fax 913-555\N{NO-BREAK SPACE}x"]),
        ("<blockquote>quoted</blockquote><x-new>unknown</x-new>", ["quoted", "unknown"]),
        ("<dl><dt>term</dt><dd>meaning</dd></dl>", ["term", "meaning"]),
        ("<ul><li>a<ul><li>b</li></ul></li><!-- no --><li>c</li></ul>", ["a", "b", "c"]),
        ("<p>a<!-- no -->b</p><!-- no --><style>p {}</style>", ["ab"]),
        ("<p></p><p> </p><hr><p>a</p>", ["a"]),
        ("<table><caption>t</caption><tr><td>a<p>b</p></td></tr></table>", ["t", "a", "b"]),
        ("<table><tr><td><table><tr><td>in</td></tr></table>out</td></tr></table>", ["in", "out"]),
    ],
)
def test_what_a_template_may_write_keeps_its_words(html: str, expected: list[str]) -> None:
    """Elements that are not known lose their form only; comments are no words."""
    assert [line for line in lines(body(html)) if line] == expected


TAGS = st.sampled_from(["p", "div", "b", "span", "em", "h2", "section", "x-y", "blockquote"])
PLAIN = st.text("ab 9.-\n", max_size=6)
MARKUP = st.recursive(
    PLAIN,
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>", TAGS, st.lists(inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=25)
@given(MARKUP)
def test_no_markup_loses_a_word(html: str) -> None:
    """However elements stand in each other, every word comes out, in order."""
    document = body(html)
    assert words(document.element.body) == words_in(f"<html><body>{html}</body></html>")


# --- the form -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_headings_are_headings(name: str, letters: Letters) -> None:
    """Each has Word's own style of its level, so that the navigation pane lists them."""
    letter, document = letters(name)
    wanted = [
        (f"Heading {one.tag[1]}", " ".join(one.text_content().split()))
        for one in markup.document_fromstring(letter.html).iter("h1", "h2", "h3")
    ]
    styled = [(style_of(one), one.text) for one in document.paragraphs]
    found = [(style, text) for style, text in styled if "Heading" in style]
    assert found == wanted
    assert wanted


def is_on(row: BaseOxmlElement, tag: str) -> bool:
    """Return whether a row of a table has a property."""
    return row.find(f"{qn('w:trPr')}/{qn(tag)}") is not None


def test_tables_are_tables(letters: Letters) -> None:
    """As wide as the text; its head is on each page, no row is torn, each has its rules."""
    letter, document = letters("esketamine")
    wanted = markup.document_fromstring(letter.html).xpath(".//table")
    assert len(document.tables) == len(wanted)
    for table, source in zip(document.tables, wanted, strict=True):
        heads = len(source.xpath("./thead/tr"))
        rows = table._tbl.tr_lst  # noqa: SLF001 - python-docx knows no such property
        assert [is_on(row, "w:tblHeader") for row in rows] == [n < heads for n in range(len(rows))]
        assert all(is_on(row, "w:cantSplit") for row in rows)
        width = sum(column.width for column in table.columns)
        assert width == pytest.approx(TEXT_WIDTH, rel=0.01)
        name = table._tbl.tblPr.find(qn("w:tblCaption"))  # noqa: SLF001 - the same
        assert (name.get(qn("w:val")) if name is not None else None) == source.get("aria-label")
    ruled = [one._tbl.tblPr.find(qn("w:tblBorders")) is not None for one in document.tables]  # noqa: SLF001 - the same
    assert ruled == ["sign" not in (one.get("class") or "") for one in wanted]


def test_every_part_of_a_table_stands_where_word_expects_it(letters: Letters) -> None:
    """Word refuses a file whose properties are out of order, where other programs do not."""
    order = ["tblStyle", "tblW", "jc", "tblBorders", "tblLayout", "tblLook", "tblCaption"]
    _, document = letters("esketamine")
    for table in document.tables:
        found = [one.tag.split("}")[1] for one in table._tbl.tblPr]  # noqa: SLF001 - the same
        assert found == [name for name in order if name in found]
    head = document.sections[0].header.paragraphs[0]._p.pPr  # noqa: SLF001 - the same
    assert [one.tag.split("}")[1] for one in head] == ["pStyle", "pBdr", "tabs"]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<tr><td colspan=2>a</td></tr><tr><td>b</td><td>c</td></tr>", [["a", "a"], ["b", "c"]]),
        ("<tr><td rowspan=2>a</td><td>b</td></tr><tr><td>c</td></tr>", [["a", "b"], ["a", "c"]]),
        ("<tr><td>a</td></tr><tr><td>b</td><td>c</td></tr>", [["a", ""], ["b", "c"]]),
        ("<tr><td></td></tr>", [[""]]),
    ],
)
def test_cells_stand_in_their_rows_and_columns(html: str, expected: list[list[str]]) -> None:
    """Also those that cover several."""
    (table,) = body(f"<table>{html}</table>").tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == expected


def bold(table: Table, row: int, column: int) -> bool:
    """Return whether every piece of a cell is bold."""
    runs = [run for part in table.cell(row, column).paragraphs for run in part.runs]
    return all(run.bold for run in runs)


def test_what_is_bold_in_the_letter_is_bold(letters: Letters) -> None:
    """Values beside their labels, heads of tables, findings, and the request itself."""
    letter, document = letters("esketamine")
    reference = document.tables[0]
    criteria = next(one for one in document.tables if one.cell(0, 0).text == "No.")
    assert (bold(reference, 0, 0), bold(reference, 0, 1)) == (False, True)
    assert [bold(criteria, 0, n) for n in range(4)] == [True] * 4
    assert [bold(criteria, 1, n) for n in range(4)] == [True, False, True, False]
    request = next(one for one in document.paragraphs if one.text == letter.letter.request)
    assert all(run.bold for run in request.runs)


def test_lists_are_lists_and_count_from_one() -> None:
    """Points and numbers are Word's own; a second list with numbers begins anew."""
    two = "<ol><li>a</li><li>b</li></ol>"
    found = body(f"{two}<ul><li>c</li></ul>{two}").paragraphs
    styles = [style_of(one) for one in found]
    assert styles == [*["List Number"] * 2, "List Bullet", *["List Number"] * 2]
    counts = [list_of(one) for one in found if style_of(one) == "List Number"]
    assert [before == after for before, after in pairwise(counts)] == [True, False, True]


def test_a_signature_stays_with_what_is_signed(letters: Letters) -> None:
    """From `Request` to the line to sign on, each paragraph keeps with the next."""
    letter, document = letters("esketamine")
    found = document.element.body.iter(qn("w:p"))
    paragraphs = [Paragraph(one, document) for one in found]
    texts = [one.text for one in paragraphs]
    first, last = texts.index("Request"), texts.index("Date")
    assert letter.letter.attestation in texts[first:last]
    assert all(one.paragraph_format.keep_with_next for one in paragraphs[first + 1 : last])


# --- the sheet ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_page_names_the_patient_and_its_number(name: str, letters: Letters) -> None:
    """US Letter; at the head who, and `Page x of y` that Word counts; a draft says so below."""
    letter, document = letters(name)
    (section,) = document.sections
    assert (section.page_width, section.page_height) == (Inches(8.5), Inches(11))
    head = section.header.paragraphs[0]
    who = letter.letter
    identity = f"{who.patient} | Born {who.birth_date} | Member ID {who.member_id}"
    assert words(head._p) == "".join(f"{identity}Page1of1".split())  # noqa: SLF001 - with its fields
    fields = [one.get(qn("w:instr")) for one in head._p.iter(qn("w:fldSimple"))]  # noqa: SLF001 - the same
    assert fields == ["PAGE", "NUMPAGES"]
    foot = "\n".join(one.text for one in section.footer.paragraphs)
    assert foot == ("DRAFT: not to be sent" if who.draft else "")


def test_only_fonts_that_word_brings_are_named(letters: Letters) -> None:
    """Cambria and Arial, black, in every style that the letter uses."""
    _, document = letters("esketamine")
    found = document.element.body.iter(qn("w:p"))
    for name in {style_of(Paragraph(one, document)) for one in found}:
        style = document.styles[name]
        assert style.font.name in {"Cambria", "Arial"}
        assert str(style.font.color.rgb) == "000000"
        fonts = style.element.rPr.rFonts.attrib
        assert not [name for name in fonts if name.endswith("Theme")]
    assert document.styles["Normal"].font.size.pt == 11


def test_the_language_is_the_letters() -> None:
    """Word checks the spelling in it, and a screen reader speaks it."""
    document = of('<html lang="es-US"><head><title>A</title></head><body>a</body></html>')
    language = document.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    assert language.get(qn("w:val")) == "es-US"
    assert document.core_properties.language == "es-US"


@pytest.mark.parametrize("name", NAMES)
def test_the_file_says_nothing_of_the_patient(
    name: str, made: Callable[[str], Made], written: Callable[[str], bytes]
) -> None:
    """Title, language and day; no name, no author, no program."""
    letter, content = made(name), written(name)
    properties = opened(content).core_properties
    assert (properties.title, properties.language) == (letter.letter.title, "en-US")
    assert (properties.author, properties.last_modified_by, properties.comments) == ("", "", "")
    assert properties.created == properties.modified == datetime(2026, 11, 22, tzinfo=UTC)
    raw = raw_case(name)
    secrets = [*raw["patient"]["name"].values(), raw["coverage"]["member_id"]]
    with ZipFile(BytesIO(content)) as archive:
        for part in archive.namelist():
            if not part.startswith(("word/document", "word/header")):
                assert not [one for one in secrets if one.encode() in archive.read(part)]


def test_the_same_letter_gives_the_same_bytes(
    made: Callable[[str], Made], written: Callable[[str], bytes]
) -> None:
    """Whatever the clock says: every part of the file is of the letter's day."""
    letter, first = made("esketamine"), written("esketamine")
    assert first == word.docx(letter.html, [png()], DAY)
    with ZipFile(BytesIO(first)) as archive:
        assert {part.date_time for part in archive.infolist()} == {(2026, 11, 22, 0, 0, 0)}
    assert word.docx(letter.html, [png()], date(2026, 11, 23)) != first


# --- figures --------------------------------------------------------------------------------------


def test_the_figure_is_a_picture_with_words_for_it(
    verdict_of: Callable[[str], Verdict], library: Library, printer: Printer
) -> None:
    """Black on white, 300 dots an inch, as wide as the text, described for who cannot see it."""
    verdict = verdict_of("esketamine")
    content = pipeline.docx(verdict, library, printer)
    document = opened(content)
    (shape,) = document.inline_shapes
    assert shape.width == pytest.approx(TEXT_WIDTH, rel=0.01)
    described = shape._inline.docPr.get("descr")  # noqa: SLF001 - python-docx has no word for it
    assert described.startswith("Timeline of treatments and scores: sertraline 02/03/2025")
    (part,) = [one for one in document.part.package.iter_parts() if one.content_type == "image/png"]
    with Image.open(BytesIO(part.blob)) as picture:
        assert picture.mode == "L"
        assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        assert picture.width == pytest.approx(TEXT_WIDTH / Inches(1) * 300, rel=0.01)
        assert picture.getextrema() == (0, 255)
        corners = [(x, y) for x in (0, picture.width - 1) for y in (0, 3)]
        assert [picture.getpixel(one) for one in corners] == [255] * 4
    assert pipeline.docx(verdict, library, printer) == content


def test_a_picture_of_a_template_keeps_its_size(
    library: Library, printer: Printer, tmp_path: Path
) -> None:
    """A practice's own logo, which its words describe."""
    Image.new("L", (96, 48), 0).save(tmp_path / "logo.png", dpi=(96, 96))
    html = '<html lang="en"><head><title>A</title></head><body><img src="logo.png" alt="Logo">'
    (page,) = word.figures(html)
    own = type(printer)([tmp_path, *library.template_folders])
    picture = pipeline.figure(own.pdf(page, DAY))
    (shape,) = opened(word.docx(html, [picture], DAY)).inline_shapes
    assert (shape.width, shape.height) == (
        pytest.approx(Inches(1), rel=0.02),
        pytest.approx(Inches(0.5), rel=0.02),
    )
    assert shape._inline.docPr.get("descr") == "Logo"  # noqa: SLF001 - python-docx has no word for it


# --- at the command line --------------------------------------------------------------------------


def test_a_word_letter_is_written(run: Run, sample: Sample, tmp_path: Path) -> None:
    """`--docx` writes letter.docx; another form at once is refused."""
    case = sample("qualchoice-esketamine")
    done = run("letter", case, "--docx", "--on", str(DAY))
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("letter.docx  ready:")
    assert docx.Document(str(tmp_path / "letter.docx")).tables
    refused = run("letter", case, "--docx", "--html", "--force", "--on", str(DAY))
    assert refused.code == 2
    assert "One letter at a time. Choose --html or --docx." in refused.err


def test_without_its_package_it_says_what_to_install(
    run: Run, sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest of the program does without; nothing is written."""
    monkeypatch.setitem(sys.modules, "docx", None)
    monkeypatch.delitem(sys.modules, "priorauth.word.writing", raising=False)
    done = run("letter", sample("qualchoice-esketamine"), "--docx", "--on", str(DAY))
    assert done.code == 2
    assert 'run .venv/bin/pip install ".[word]"' in done.err
    assert not (tmp_path / "letter.docx").exists()
