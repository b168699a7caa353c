"""Documents changed at random: each becomes good pages or a problem, never a traceback."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from documents import encoded, looks, made_of, many_pages, one_page, picture, saved

from priorauth import samples
from priorauth.problems import errors

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FOLDER = samples.find("esketamine").folder
DOCUMENTS: dict[str, Callable[[], bytes]] = {
    "notes": (FOLDER / "notes.pdf").read_bytes,
    "scales": (FOLDER / "scales.pdf").read_bytes,
    "one page": one_page,
    "five pages": lambda: many_pages(5),
    "JPEG": lambda: encoded(picture(), "JPEG"),
    "PNG": lambda: encoded(picture(mode="P"), "PNG"),
    "fax": lambda: encoded(picture(mode="1"), "TIFF", compression="group4"),
    "scan": lambda: encoded(
        picture(), "TIFF", save_all=True, append_images=[picture(mode="L")], compression="tiff_lzw"
    ),
}
TOKENS = (
    *(b"0", b"-1", b"99999999999", b"null", b"<<", b">>", b"[", b"]", b"(", b")", b"/", b"obj"),
    *(b"endobj", b"stream", b"endstream", b"/Kids", b"/Count", b"2 0 R", b"3 0 R", b"\0", b"%"),
)


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Return a document with some bytes changed, lost, put in or moved."""
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        place = chance.randrange(len(changed) or 1)
        match chance.randrange(5):
            case 0:
                changed[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                del changed[place : place + chance.choice((1, 10, 300))]
            case 2:
                changed[place:place] = chance.choice(TOKENS)
            case 3:
                changed[place : place + 4] = chance.choice(TOKENS)
            case _:
                start = chance.randrange(len(changed) or 1)
                changed[place:place] = changed[start : start + 100]
    return bytes(changed)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_changed_document_gives_pages_or_a_problem(tmp_path: Path, name: str) -> None:
    """Never both, never neither; the pages can be written."""
    chance, content = random.Random(name), DOCUMENTS[name]()  # noqa: S311 - the same each time
    for _ in range(40):
        found = made_of(tmp_path, mutated(content, chance))
        assert bool(found.enclosed) != bool(errors(found.problems))
        for one in found.enclosed:
            assert len(one.pdf.pages) == len(one.pages)
            assert saved(one.pdf)


@pytest.mark.parametrize("place", range(1, 16))
def test_a_hole_in_a_document_is_told_or_costs_nothing(tmp_path: Path, place: int) -> None:
    """Wherever bytes are lost: pages of which nothing is said look as they did."""
    content = DOCUMENTS["notes"]()
    start = len(content) * place // 16
    holed = content[:start] + bytes(600) + content[start + 600 :]
    found = made_of(tmp_path, holed)
    if not found.problems:
        (one,) = found.enclosed
        for page in range(1, 8):
            assert looks(one.pdf, page).tobytes() == looks(content, page).tobytes()
