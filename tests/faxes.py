"""What a fax machine delivers, read back by a program that reads print (tesseract)."""

from __future__ import annotations

import csv
import os
import re
import subprocess
from typing import TYPE_CHECKING

from conftest import Word

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image

ACROSS = 204  # dots an inch of a fax, from left to right
POINTS = 72
NEAR = 5  # points by which a word may be read beside its place
LOOKALIKES = str.maketrans("Il|[]", "11111")  # a sans-serif I is a 1 to a fax and to a person


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
