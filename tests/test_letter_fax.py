"""A letter that went through a fax machine, black or white at fax resolution, can still be read."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from conftest import words_on_pages
from faxes import ACROSS, POINTS, is_read, plain, read
from PIL import Image

from priorauth.cli.sample import DEMO
from priorauth.dates import shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Made, Word

pytestmark = pytest.mark.no_cover  # other tests run the same lines

DOWN = {"standard": 98, "fine": 196}  # dots an inch of a fax, from top to bottom
HEADER = 64  # points from the top


def fax(path: Path, down: int, folder: Path) -> list[Image.Image]:
    """Return each page as one bit a dot at fax resolution, made square again for reading."""
    command = ["pdftoppm", "-mono", "-rx", str(ACROSS), "-ry", str(down), str(path)]
    subprocess.run([*command, str(folder / "page")], check=True)
    return [_square(page, down) for page in sorted(folder.glob("page-*.pbm"))]


def _square(page: Path, down: int) -> Image.Image:
    with Image.open(page) as sheet:
        assert sheet.mode == "1"
        size = sheet.width, round(sheet.height * ACROSS / down)
        return sheet.convert("L").resize(size, Image.Resampling.BICUBIC)


def must_be_read(made: Made) -> set[str]:
    """Return what a reviewer cannot do without, word by word."""
    case = made.verdict.case
    texts = [case.patient.name.full, shown(case.patient.birth_date), case.coverage.member_id]
    texts += [case.prescriber.npi, case.practice.fax, case.practice.name, "DRAFT"]
    texts += [code.code for code in case.request.codes] + [d.code for d in case.diagnoses]
    texts += [row.finding for row in made.letter.criteria]
    return {plain(word) for text in texts for word in text.split()}


@pytest.mark.parametrize("resolution", DOWN)
@pytest.mark.parametrize("name", DEMO)
def test_a_fax_of_the_letter_can_be_read(
    name: str, resolution: str, made: Callable[[str], Made], tmp_path: Path
) -> None:
    """Who, every code and every finding is read back, and nearly every word on those pages."""
    one = made(name)
    wanted = must_be_read(one)
    sheets, asked = fax(one.path, DOWN[resolution], tmp_path), []
    for number, page in enumerate(words_on_pages(one.path), 1):
        words = [word for word in page if plain(word.text)]
        if not (number == 1 or (resolution == "standard" and has_findings(one, words))):
            sheet = sheets[number - 1]
            sheets[number - 1] = sheet.crop((0, 0, sheet.width, HEADER * ACROSS // POINTS))
            words = [word for word in words if word.bottom < HEADER]
        asked.append(words)
    lost: list[str] = []
    for number, (words, found) in enumerate(zip(asked, read(sheets, tmp_path), strict=True), 1):
        unread = [word.text for word in words if not is_read(word, found)]
        assert [word for word in unread if plain(word) in wanted] == [], f"page {number}"
        lost += unread
    total = sum(map(len, asked))
    assert len(lost) < total * 0.03


def has_findings(made: Made, words: list[Word]) -> bool:
    """Return whether a page holds a finding on a criterion."""
    return not {plain(row.finding) for row in made.letter.criteria}.isdisjoint(
        plain(word.text) for word in words
    )
