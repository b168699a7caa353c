"""Exhibits of a case: which pages of which file, and every problem at once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from documents import exhibit, gathered, told
from pikepdf import Pdf

from priorauth import exhibits, samples

if TYPE_CHECKING:
    from pathlib import Path

NOTES = samples.find("esketamine").folder / "notes.pdf"  # seven pages


def test_a_pdf_is_enclosed_whole(tmp_path: Path) -> None:
    """All its pages, in order, with its letter, its kind and the hash of its bytes."""
    (tmp_path / "notes.pdf").write_bytes(NOTES.read_bytes())
    found = gathered(tmp_path, exhibit("notes.pdf"))
    (one,) = found.enclosed
    assert found.problems == ()
    assert (one.letter, one.exhibit.id, one.pages, one.page_count) == (
        "A",
        "notes",
        (1, 2, 3, 4, 5, 6, 7),
        7,
    )
    assert len(one.pdf.pages) == 7
    assert one.sha256 == hashlib.sha256(NOTES.read_bytes()).hexdigest()


def test_only_the_pages_that_are_named_are_enclosed(tmp_path: Path) -> None:
    """`pages: 2,4-5` gives these three, and the text of no other."""
    (tmp_path / "notes.pdf").write_bytes(NOTES.read_bytes())
    (one,) = gathered(tmp_path, exhibit("notes.pdf", pages="2,4-5")).enclosed
    assert one.pages == (2, 4, 5)
    whole = Pdf.open(NOTES)
    for page, number in zip(one.pdf.pages, one.pages, strict=True):
        assert page.Contents.read_bytes() == whole.pages[number - 1].Contents.read_bytes()


@pytest.mark.parametrize("pages", ["8", "3-8", "1,20-22"])
def test_pages_outside_the_document_are_told_with_its_page_count(
    tmp_path: Path, pages: str
) -> None:
    """Nothing is enclosed of an exhibit whose `pages:` name one that is not there."""
    (tmp_path / "notes.pdf").write_bytes(NOTES.read_bytes())
    found = gathered(tmp_path, exhibit("notes.pdf", pages=pages))
    assert found.enclosed == ()
    assert told(found) == [
        (
            "case.yaml: error: exhibits.0.pages: `pages:` names a page that exhibit A (notes) "
            "does not have: it has 7 pages. "
            "Write the pages that are there, or leave `pages:` out for all."
        )
    ]


def test_the_problems_of_every_exhibit_are_told_at_once(tmp_path: Path) -> None:
    """One bad file hides neither another bad one nor the good ones between them."""
    (tmp_path / "notes.pdf").write_bytes(NOTES.read_bytes())
    (tmp_path / "empty.pdf").touch()
    names = ("missing.pdf", "notes.pdf", "empty.pdf")
    found = gathered(tmp_path, *map(exhibit, names))
    assert [one.letter for one in found.enclosed] == ["B"]
    assert told(found) == [
        (
            "case.yaml: error: exhibits.0.file: the file of exhibit A (missing) is not there. "
            "Put the file beside the case file, or remove the exhibit: "
            "only what is there is enclosed."
        ),
        (
            "case.yaml: error: exhibits.2.file: the file of exhibit C (empty) is empty (0 bytes). "
            "Save or scan the document again: the copy has failed."
        ),
    ]


def test_pages_are_counted_without_enclosing_them() -> None:
    """`page_count` answers for one file."""
    assert exhibits.page_count(NOTES) == 7
