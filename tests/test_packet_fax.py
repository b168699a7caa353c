"""A packet that went through a fax machine at its coarser resolution can still be worked with."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from conftest import DAY, raw_case, words_on_pages
from faxes import ACROSS, POINTS, is_read, plain, read
from PIL import Image

from priorauth import fax, pipeline, samples
from priorauth.letter import compose

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Word

    from priorauth.letter import Letter
    from priorauth.library import Library
    from priorauth.pdf import Printer

INCHES = (8.5, 11)
FOOT = 64  # points from the lower edge: the strip is in it
CITE = re.compile(r"p\. (\d+) \(([A-Z]+)-(\d+)\)")
PICTURES = "iv-ketamine"  # exhibits of every kind: PDF, text, a picture
LONG = "esketamine"  # five exhibits, cited 33 times


@dataclass(frozen=True)
class Sent:
    """A packet with its words, and the pages as the fax at the other end prints them."""

    letter: Letter
    words: list[list[Word]]
    sheets: list[Image.Image]


@pytest.fixture(scope="module")
def sent(
    library: Library, printer: Printer, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Sent]:
    """Return a function that gives a sample's packet as it arrives."""
    known: dict[str, Sent] = {}

    def sent_(name: str) -> Sent:
        if name not in known:
            known[name] = send(name, library, printer, tmp_path_factory.mktemp(name))
        return known[name]

    return sent_


def send(name: str, library: Library, printer: Printer, folder: Path) -> Sent:
    """Bind a sample's packet and draw each page with 204 x 98 dots an inch, black or white."""
    case = samples.find(name).path
    verdict = pipeline.weigh(case, library, DAY).verdict
    assert verdict is not None
    bound = pipeline.packet(case, verdict, library, printer).packet
    path = folder / "packet.pdf"
    path.write_bytes(bound.pdf)
    square = tuple(round(side * ACROSS) for side in INCHES)
    sheets = [
        page.convert("L").resize(square, Image.Resampling.BICUBIC)
        for page in fax.pages(bound.pdf, fax.STANDARD)
    ]
    return Sent(compose(verdict, numbering=bound.numbering), words_on_pages(path), sheets)


def text(words: list[Word]) -> str:
    """Return words with one blank between them."""
    return " ".join(word.text for word in words)


def test_every_page_says_whose_it_is_and_which(sent: Callable[[str], Sent], tmp_path: Path) -> None:
    """Name, birth date, member id and `Packet page x of y`, letter for letter, exhibits too."""
    sheets = sent(PICTURES).sheets
    raw = raw_case(PICTURES)
    person = raw["patient"]["name"]
    year, month, day = str(raw["patient"]["birth_date"]).split("-")
    born = f"Born {month}/{day}/{year}"
    for number, sheet in enumerate(sheets, 1):
        top = sheet.height - FOOT * ACROSS // POINTS
        foot = text(read(sheet.crop((0, top, *sheet.size)), tmp_path))
        assert person["given"] in foot
        assert person["family"] in foot
        assert born in foot
        assert f"Member ID {raw['coverage']['member_id']}" in foot
        assert foot.endswith(f"Packet page {number} of {len(sheets)}")


def test_every_finding_and_every_page_reference_is_read(
    sent: Callable[[str], Sent], tmp_path: Path
) -> None:
    """Each `p. 12 (A-3)` of the letter, and each finding where it stands beside its criterion."""
    found = sent(LONG)
    findings = {plain(row.finding) for row in found.letter.criteria}
    cited = shown = 0
    for words, sheet in zip(found.words, found.sheets, strict=True):
        wanted = Counter(CITE.findall(text(words)))
        if not wanted:
            continue
        seen = read(sheet, tmp_path)
        assert Counter(CITE.findall(text(seen))) == wanted
        told = [word for word in words if plain(word.text) in findings]
        assert [word.text for word in told if not is_read(word, seen)] == []
        cited, shown = cited + wanted.total(), shown + len(told)
    assert shown >= len(found.letter.criteria)
    assert cited > len(found.letter.criteria)
