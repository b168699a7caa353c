"""The documents of a packet in the payer's order, and their packet pages.

Our own documents cite packet pages, and their length moves them: they are laid out until the pages
that they cite are the pages that come out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING

from pikepdf import Pdf

from priorauth.letter import compose
from priorauth.letter.cites import Numbering, Part
from priorauth.packet.manifest import digest
from priorauth.payer import Payer
from priorauth.problems import PriorAuthError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from priorauth.criteria import Verdict
    from priorauth.exhibits import Enclosed
    from priorauth.forms import Filled, Form
    from priorauth.pdf import LaidOut

_ORDER = Payer.model_fields["documents"].default
_NOTICE = "Notice to the recipient"  # the cover lists it, and whoever passes by reads the cover
_ROUNDS = 8
_USUAL = {"cover": 1, "letter": 6}  # pages; a good guess saves laying out twice


class UnsettledError(PriorAuthError):
    """The letter's length and the pages that it cites do not agree, however often it is made."""

    def __init__(self) -> None:
        """Say what helps."""
        super().__init__(
            "The packet's page numbers do not settle: with each numbering the letter has another "
            "length. Change a sentence of the rationale, or the last change to templates/."
        )


@dataclass(frozen=True)
class Document:
    """One document of the packet: of our own making by a template, or pages from elsewhere."""

    kind: str
    title: str = field(repr=False)
    template: str = ""
    pdf: Pdf | None = field(default=None, repr=False)
    pages: tuple[int, ...] = ()
    exhibit: str = ""
    letter: str = ""
    sha256: str = ""
    is_part_2: bool = False  # a record of a substance use disorder program


@dataclass(frozen=True)
class Arranged:
    """The documents with their numbering, and the pages of our own ones."""

    documents: tuple[Document, ...]
    numbering: Numbering
    laid_out: tuple[LaidOut, ...]


def documents(
    verdict: Verdict, enclosed: Sequence[Enclosed], forms: Iterable[Document] = ()
) -> tuple[Document, ...]:
    """Return the documents of the packet in the order that the payer wants."""
    payer = verdict.payer.payer if verdict.payer else None
    return tuple(
        document
        for kind in (payer.documents if payer else _ORDER)
        for document in (forms if kind == "form" else _of_kind(kind, verdict, enclosed))
    )


def _of_kind(kind: str, verdict: Verdict, enclosed: Sequence[Enclosed]) -> Iterator[Document]:
    if kind == "fax_cover":
        yield Document("cover", "Fax cover", "cover.html")
    if kind == "letter":
        yield Document("letter", compose(verdict).title, "letter.html")
    if kind == "exhibits":
        if any(one.exhibit.part_2 for one in enclosed):
            yield Document("notice", _NOTICE, "notice.html")
        for one in enclosed:
            yield Document(
                "exhibit",
                one.exhibit.title,
                pdf=one.pdf,
                pages=one.pages,
                exhibit=one.exhibit.id,
                letter=one.letter,
                sha256=one.sha256,
                is_part_2=bool(one.exhibit.part_2),
            )


def filled_form(form: Form, filled: Filled) -> Iterator[Document]:
    """Yield a filled form, and behind it the addendum with what did not fit."""
    title, sha256 = form.map.title, digest(form.pdf.read_bytes())
    end = filled.pages + filled.addendum_pages
    for kind, name, first, last in (
        ("form", title, 0, filled.pages),
        ("addendum", f"Addendum to {title}", filled.pages, end),
    ):
        if first < last:
            pdf = Pdf.open(BytesIO(filled.pdf))
            del pdf.pages[last:], pdf.pages[:first]
            pages = tuple(range(1, last - first + 1))
            yield Document(kind, name, pdf=pdf, pages=pages, sha256=sha256)


def arrange(
    wanted: tuple[Document, ...], lay_out: Callable[[Document, Numbering], LaidOut]
) -> Arranged:
    """Return the documents numbered, our own ones laid out with these very numbers.

    Raises UnsettledError when no numbering fits, and what `lay_out` raises.
    """
    own = [document for document in wanted if document.template]
    lengths = {document.kind: _USUAL.get(document.kind, 1) for document in own}
    for _ in range(_ROUNDS):
        numbering = number(wanted, lengths)
        pages: list[LaidOut] = []
        for document in own:
            pages.append(lay_out(document, numbering))
            if len(pages[-1]) != lengths[document.kind]:
                lengths[document.kind] = len(pages[-1])
                break
        else:
            return Arranged(wanted, numbering, tuple(pages))
    raise UnsettledError


def number(wanted: Iterable[Document], lengths: dict[str, int]) -> Numbering:
    """Return the packet pages of the documents, ours being as long as `lengths` says."""
    parts: list[Part] = []
    for document in wanted:
        first = parts[-1].last + 1 if parts else 1
        count = lengths[document.kind] if document.template else len(document.pages)
        parts.append(
            Part(
                document.title,
                first,
                first + count - 1,
                document.kind,
                document.exhibit,
                document.letter,
                document.pages,
            )
        )
    return Numbering(tuple(parts))
