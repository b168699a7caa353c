"""What a fax machine delivers, read back by a program that reads print (tesseract)."""

from __future__ import annotations

import csv
import os
import re
import subprocess
from typing import TYPE_CHECKING

from conftest import Word

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PIL import Image

ACROSS = 204  # dots an inch of a fax, from left to right
POINTS = 72
NEAR = 5  # points by which a word may be read beside its place
LOOKALIKES = str.maketrans("Il|[]", "11111")  # a sans-serif I is a 1 to a fax and to a person


def read(sheets: Sequence[Image.Image], folder: Path) -> list[list[Word]]:
    """Return the words that tesseract reads on each page, with their places in points.

    One run reads them all, each by itself: its start alone takes as long as a few lines.
    """
    paths = [folder / f"sheet-{number}.pgm" for number in range(len(sheets))]
    for path, sheet in zip(paths, sheets, strict=True):
        sheet.save(path)
    (folder / "sheets.txt").write_text("".join(f"{path}\n" for path in paths), "utf-8")
    command = ["tesseract", str(folder / "sheets.txt"), "stdout", "--psm", "4"]
    alone = {**os.environ, "OMP_THREAD_LIMIT": "1"}  # the tests run side by side already
    done = subprocess.run(
        [*command, "--dpi", str(ACROSS), "tsv"],
        capture_output=True,
        check=True,
        encoding="utf-8",
        env=alone,
    )
    found: list[list[Word]] = [[] for _ in sheets]
    for row in csv.DictReader(done.stdout.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        if (row["text"] or "").strip():
            found[int(row["page_num"]) - 1].append(_word(row))
    return found


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
