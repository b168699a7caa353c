"""Plain text as an exhibit: in columns, nothing cut, and told when it cannot be read."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from documents import enclosed, made_of, said, saved
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from priorauth.exhibits import texts

if TYPE_CHECKING:
    from pathlib import Path

    from pikepdf import Pdf


def words(folder: Path, pdf: Pdf) -> list[str]:
    """Return the text of each page, laid out as on the page."""
    path = folder / "made.pdf"
    path.write_bytes(saved(pdf))
    read = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True, encoding="utf-8"
    )
    return read.stdout.removesuffix("\f").split("\f")


def test_a_text_stands_on_us_letter_with_its_columns(tmp_path: Path) -> None:
    """Tabs lead to the next eighth column, blanks stay, each line has its own."""
    content = b"Drug\t\tDose\nsertraline      150 mg\nbupropion\t300 mg\n"
    one = enclosed(tmp_path, content)
    bbox = ["pdftotext", "-bbox", "-", "-"]
    read = subprocess.run(bbox, input=saved(one.pdf), capture_output=True, check=True).stdout
    found = re.findall(r'xMin="([0-9.]+)".*>(Dose|150|300)<', read.decode())
    assert {word: round(float(left)) for left, word in found} == dict.fromkeys(
        ("Dose", "150", "300"), round(texts.MARGIN + 16 * 6.6)
    )
    assert [float(side) for side in one.pdf.pages[0].mediabox] == [0, 0, 612, 792]
    assert (one.kind, one.page_count) == ("text", 1)


def test_a_form_feed_begins_a_page(tmp_path: Path) -> None:
    """Also where a program put one at the end: no empty page follows."""
    one = enclosed(tmp_path, b"first\n\fsecond\fthird\n\f\n")
    assert [page.strip() for page in words(tmp_path, one.pdf)] == ["first", "second", "third"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\v", "\u2028", "\x85"])
def test_every_kind_of_line_end_ends_a_line(tmp_path: Path, end: str) -> None:
    """Of Windows, of old Macs, of word processors."""
    one = enclosed(tmp_path, f"first{end}second".encode())
    assert words(tmp_path, one.pdf)[0].split() == ["first", "second"]


def test_a_long_text_goes_on_over_pages_and_only_some_can_be_enclosed(tmp_path: Path) -> None:
    """Fifty lines of eleven points stand on a page."""
    content = "\n".join(f"line {number}" for number in range(1, 121)).encode()
    one = enclosed(tmp_path, content, pages="2-3")
    assert (one.pages, one.page_count) == ((2, 3), 3)
    second, third = words(tmp_path, one.pdf)
    assert second.split()[:2] == ["line", "51"]
    assert third.split()[-2:] == ["line", "120"]


def test_prose_is_wrapped_between_words_and_a_long_word_within(tmp_path: Path) -> None:
    """Not a letter is lost, and no line is wider than the page."""
    long = "x" * 200
    one = enclosed(tmp_path, ("word " * 60 + long).encode())
    (page,) = words(tmp_path, one.pdf)
    lines = [line.strip() for line in page.splitlines() if line.strip()]
    assert max(map(len, lines)) <= texts.COLUMNS
    assert set(" ".join(lines[:-3]).split()) == {"word"}
    assert "".join(lines[-3:]).removeprefix("word").strip() == long


def test_a_table_wider_than_usual_is_set_smaller_and_not_wrapped(tmp_path: Path) -> None:
    """Rows of a hundred columns stay rows."""
    row = "0123456789" * 10
    assert texts.read(_file(tmp_path, f"{row}\n{row}\n".encode())).sheets == ((row, row),)


def _file(folder: Path, content: bytes) -> Path:
    path = folder / "notes.txt"
    path.write_bytes(content)
    return path


def test_signs_of_charts_are_drawn(tmp_path: Path) -> None:
    """Boxes, arrows, fractions, accents written as two characters, ligatures, a byte order mark."""
    content = "\ufeff☐ no ☑ yes ✓ ≥ 5 → ½ µg José ofﬁce ─┼─ “so”".encode()
    (page,) = words(tmp_path, enclosed(tmp_path, content).pdf)
    assert page.split() == [
        "☐",
        "no",
        "☑",
        "yes",
        "✓",
        "≥",
        "5",
        "→",
        "½",
        "µg",
        "José",
        "office",
        "─┼─",
        "“so”",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "caf\xe9".encode("latin-1"),
            (
                "exhibit A (notes) is text, but not in the encoding UTF-8: it cannot be read with "
                "certainty. Save it again as plain text with the encoding "
                '"UTF-8", or print it to a PDF.'
            ),
        ),
        (
            "\ufefftext".encode("utf-16"),
            (
                "exhibit A (notes) is text, but not in the encoding UTF-8: it cannot be read with "
                "certainty. Save it again as plain text with the encoding "
                '"UTF-8", or print it to a PDF.'
            ),
        ),
        (
            b"\x00\x01\x02 some program's own file",
            (
                "exhibit A (notes) is no PDF, no picture and no plain text. "
                "Open it in the program that made it, and print or save it as PDF."
            ),
        ),
        (
            "text \x9b".encode(),
            (
                "exhibit A (notes) is no PDF, no picture and no plain text. "
                "Open it in the program that made it, and print or save it as PDF."
            ),
        ),
        (
            b" \n\f\n ",
            "exhibit A (notes) is a text file without a word. Save it again: the copy has failed.",
        ),
        (
            "first\nsecond \U0001f642".encode(),
            (
                "line 2 of exhibit A (notes) has a character that our font lacks (U+1F642). "
                "Print it to a PDF in the program that shows it."
            ),
        ),
        (
            b"a" * (texts.MOST_BYTES + 1),
            (
                "exhibit A (notes) is a text of more than 5 MB. "
                "Save the part that a reviewer needs as a file of its own."
            ),
        ),
    ],
    ids=["Latin-1", "UTF-16", "binary", "control", "blank", "emoji", "too long"],
)
def test_what_cannot_be_read_with_certainty_is_refused(
    tmp_path: Path, content: bytes, message: str
) -> None:
    """No letter is guessed and none is left out."""
    assert said(tmp_path, content) == f"error: {message}"


def test_one_endless_line_takes_no_longer_than_many_lines(tmp_path: Path) -> None:
    """A million characters without a line end are wrapped at once."""
    assert texts.read(_file(tmp_path, b"word " * 200_000)).page_count == 250


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1))
def test_no_letter_is_lost_whatever_the_line(tmp_path: Path, line: str) -> None:
    """What stands on the pages, without blanks, is what stood in the file."""
    path = _file(tmp_path, f"#{line * 7}".encode())
    found = texts.read(path)
    drawn = "".join(part for sheet in found.sheets for part in sheet)
    assert "".join(f"#{line * 7}".split()) == "".join(drawn.split())


def test_the_same_text_gives_the_same_bytes(tmp_path: Path) -> None:
    """Nothing of the clock gets into the pages, and nothing of the program that drew them."""
    first = saved(made_of(tmp_path, b"Progress note").enclosed[0].pdf)
    again = made_of(tmp_path, b"Progress note").enclosed[0].pdf
    assert first == saved(again)
    assert "/Info" not in again.trailer
