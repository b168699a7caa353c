"""Open a PDF that somebody else made: locked, damaged or sound.

Not for what its pages hold: `cleaning` looks at that.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pikepdf import AccessMode, PasswordError, Pdf, PdfError, settings

from priorauth.exhibits import streams
from priorauth.exhibits.murmurs import heard
from priorauth.exhibits.remarks import RefusedError, Remarks, error, hint, warning
from priorauth.exhibits.showing import shown
from priorauth.exhibits.tree import AGAIN, Leaf, leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

# What qpdf says when it leaves a page out while it mends a file.
_LOCKED = error(
    "{it} is locked by a password",
    "Open it with the password and save it without, or print it to a new PDF.",
)
_DAMAGED = error("{it} is damaged and cannot be read", AGAIN)
_LACKING = error("{it} is damaged: one of its pages cannot be read", AGAIN)
_LOST = ("ignoring duplicate", "non-dictionary object; ignoring", "kid is null")
# What it says when something that is part of a page has gone: the page would be enclosed without.
_PART_LACKING = error("{it} is damaged: a part of it is lost", AGAIN)
_PART_LOST = ("treating stream as empty", "not found in file")


@dataclass(frozen=True)
class Document:
    """A PDF as opened: its pages, and what is to be said of it as a whole."""

    pdf: Pdf = field(repr=False)
    leaves: tuple[Leaf, ...] = field(repr=False)
    remarks: Remarks = ()
    repaired: bool = False

    @property
    def page_count(self) -> int:
        """Return how many pages it has."""
        return len(self.leaves)

    def pages(self, numbers: Sequence[int]) -> tuple[Pdf, Remarks]:
        """Return these pages as a new PDF of what is seen on them; raise RefusedError."""
        chosen = [self.leaves[number - 1] for number in numbers]
        with _refusing():
            late = _late_warnings(self.pdf)
            repaired = self.repaired or bool(late)
            seen, told = shown(self.pdf, chosen, repaired=repaired)
        mended = () if self.repaired else _mended(late)
        return seen, (*self.remarks, *mended, *told)


def read(path: Path) -> Document:
    """Return the document at a path; raise RefusedError."""
    _guard()
    with heard() as murmur, _refusing():
        pdf = Pdf.open(path, inherit_page_attributes=False, access_mode=AccessMode.stream)
        pages, remarks = leaves(pdf)
        warnings = pdf.get_warnings()
    _refuse_losses((*warnings, murmur.text))
    remarks = (*remarks, *_mended(warnings), *_protected(pdf))
    return Document(pdf, pages, remarks, bool(warnings))


def _late_warnings(pdf: Pdf) -> list[str]:
    """Return what qpdf finds only when it reads all of a file; raise RefusedError for a loss."""
    with heard() as murmur:
        for _ in pdf.objects:
            pass
    warnings = pdf.get_warnings()
    _refuse_losses((*warnings, murmur.text))
    return warnings


def _refuse_losses(told: Iterable[str]) -> None:
    heard_of = "\n".join(told)
    if any(lost in heard_of for lost in _LOST):
        raise RefusedError(_LACKING)
    if any(lost in heard_of for lost in _PART_LOST):
        raise RefusedError(_PART_LACKING)


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn what qpdf raises into RefusedError: of its own, or when a value is of another kind."""
    try:
        yield
    except PasswordError:
        raise RefusedError(_LOCKED) from None
    except (PdfError, RuntimeError, ValueError):
        raise RefusedError(_DAMAGED) from None


def _guard() -> None:
    """Keep a document that was made to fill the memory from filling it.

    Without a limit of warnings: with one, qpdf mends the list of pages before we have seen it.
    """
    most = streams.MOST_UNPACKED
    settings.set_qpdf_limits(flate_max_memory=2 * most, run_length_max_memory=most)


def _mended(warnings: Iterable[str]) -> Remarks:
    if not warnings:
        return ()
    return (
        warning(
            "the file of {it} is damaged and was repaired",
            "Compare its pages in the packet with the original, one by one.",
        ),
    )


def _protected(pdf: Pdf) -> Remarks:
    if not pdf.is_encrypted:
        return ()
    return (
        hint(
            "{it} is protected against changes, and opens without a password; "
            "the pages in the packet are not protected",
        ),
    )
