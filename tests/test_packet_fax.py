"""A packet that went through a fax machine at its coarser resolution can still be worked with."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from conftest import raw_case, words_on_pages
from faxes import ACROSS, POINTS, is_read, plain, read
from PIL import Image

from priorauth import fax
from priorauth.letter import compose

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Word

    from priorauth.criteria import Verdict
    from priorauth.letter import Letter
    from priorauth.packet import Packet

pytestmark = pytest.mark.no_cover  # other tests run the same lines

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


@pytest.fixture
def sent(
    bound: Callable[[str], Packet], verdict_of: Callable[[Any], Verdict], tmp_path: Path
) -> Callable[[str], Sent]:
    """Return a function that gives a sample's packet as it arrives, black or white."""

    def sent_(name: str) -> Sent:
        packet = bound(name)
        path = tmp_path / "packet.pdf"
        path.write_bytes(packet.pdf)
        sheets = list(fax.pages(packet.pdf, fax.STANDARD))
        letter = compose(verdict_of(name), numbering=packet.numbering)
        return Sent(letter, words_on_pages(path), sheets)

    return sent_


def square(sheet: Image.Image) -> Image.Image:
    """Return a page of 204 x 98 dots an inch as the paper shows it."""
    size = (round(INCHES[0] * ACROSS), round(INCHES[1] * ACROSS))
    return sheet.convert("L").resize(size, Image.Resampling.BICUBIC)


def text(words: list[Word]) -> str:
    """Return words with one blank between them."""
    return " ".join(word.text for word in words)


def test_every_page_says_whose_it_is_and_which(sent: Callable[[str], Sent], tmp_path: Path) -> None:
    """Name, birth date, member id and `Packet page x of y`, letter for letter, exhibits too."""
    sheets = [square(sheet) for sheet in sent(PICTURES).sheets]
    raw = raw_case(PICTURES)
    person = raw["patient"]["name"]
    year, month, day = str(raw["patient"]["birth_date"]).split("-")
    born = f"Born {month}/{day}/{year}"
    top = sheets[0].height - FOOT * ACROSS // POINTS
    feet = read([sheet.crop((0, top, *sheet.size)) for sheet in sheets], tmp_path)
    for number, words in enumerate(feet, 1):
        foot = text(words)
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
    pages = [
        (wanted, words, square(sheet))
        for words, sheet in zip(found.words, found.sheets, strict=True)
        if (wanted := Counter(CITE.findall(text(words))))
    ]
    read_back = read([sheet for _, _, sheet in pages], tmp_path)
    for (wanted, words, _), seen in zip(pages, read_back, strict=True):
        assert Counter(CITE.findall(text(seen))) == wanted
        told = [word for word in words if plain(word.text) in findings]
        assert [word.text for word in told if not is_read(word, seen)] == []
        cited, shown = cited + wanted.total(), shown + len(told)
    assert shown >= len(found.letter.criteria)
    assert cited > len(found.letter.criteria)
