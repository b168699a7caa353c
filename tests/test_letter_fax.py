"""A letter that went through a fax machine, black or white at fax resolution, can still be read."""

from __future__ import annotations

import csv
import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from conftest import Word, words_on_pages
from PIL import Image

from priorauth.cli.sample import DEMO
from priorauth.dates import shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Made

ACROSS = 204  # dots an inch of a fax, from left to right
DOWN = {"standard": 98, "fine": 196}  # from top to bottom
POINTS = 72
HEADER = 64  # points from the top
NEAR = 5  # points by which a word may be read beside its place


LOOKALIKES = str.maketrans("Il|[]", "11111")  # a sans-serif I is a 1 to a fax and to a person


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


def read(sheet: Image.Image, folder: Path) -> list[Word]:
    """Return the words that tesseract reads on a page, with their places in points."""
    sheet.save(folder / "sheet.png")
    command = ["tesseract", str(folder / "sheet.png"), "stdout", "--psm", "4"]
    alone = {**os.environ, "OMP_THREAD_LIMIT": "1"}  # the tests run side by side already
    done = subprocess.run(
        [*command, "--dpi", str(ACROSS), "tsv"],
        capture_output=True,
        check=True,
        encoding="utf-8",
        env=alone,
    )
    rows = csv.DictReader(done.stdout.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return [_word(row) for row in rows if (row["text"] or "").strip()]


def _word(row: dict[str, str]) -> Word:
    left, top, width, height = (
        int(row[name]) * POINTS / ACROSS for name in ("left", "top", "width", "height")
    )
    return Word(row["text"], left, top, left + width, top + height)


def plain(text: str) -> str:
    """Return a word without its punctuation, of one case, look-alikes made one."""
    return re.sub(r"\W", "", text.translate(LOOKALIKES)).casefold()


def is_read(word: Word, found: list[Word]) -> bool:
    """Return whether the word was read, alone or run into its neighbour, where it stands."""
    x, y = word.middle
    return any(
        plain(word.text) in plain(other.text)
        and other.left - NEAR <= x <= other.right + NEAR
        and other.top - NEAR <= y <= other.bottom + NEAR
        for other in found
    )


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
    lost: list[str] = []
    total = 0
    sheets = fax(one.path, DOWN[resolution], tmp_path)
    for number, page in enumerate(words_on_pages(one.path), 1):
        sheet, words = sheets[number - 1], [word for word in page if plain(word.text)]
        if not (number == 1 or (resolution == "standard" and has_findings(one, words))):
            sheet = sheet.crop((0, 0, sheet.width, HEADER * ACROSS // POINTS))
            words = [word for word in words if word.bottom < HEADER]
        found = read(sheet, tmp_path)
        unread = [word.text for word in words if not is_read(word, found)]
        assert [word for word in unread if plain(word) in wanted] == [], f"page {number}"
        lost, total = lost + unread, total + len(words)
    assert len(lost) < total * 0.03


def has_findings(made: Made, words: list[Word]) -> bool:
    """Return whether a page holds a finding on a criterion."""
    return not {plain(row.finding) for row in made.letter.criteria}.isdisjoint(
        plain(word.text) for word in words
    )
