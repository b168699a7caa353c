"""The documents of a packet in the payer's order, and their packet pages.

Our own documents cite packet pages, and their length moves them: they are laid out until the pages
that they cite are the pages that come out, and again only when what they say has changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING

from pikepdf import Pdf

from priorauth.exhibits.keeping import Kept, keep
from priorauth.letter import heading
from priorauth.letter.cites import Numbering, Part
from priorauth.packet.length import guess
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
    kept: Kept | None = field(default=None, repr=False)
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
        yield Document("letter", heading.title(verdict), "letter.html")
    if kind == "exhibits":
        if any(one.exhibit.part_2 for one in enclosed):
            yield Document("notice", _NOTICE, "notice.html")
        for one in enclosed:
            yield Document(
                "exhibit",
                one.exhibit.title,
                kept=one.kept,
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
            yield Document(kind, name, kept=keep(pdf), pages=pages, sha256=sha256)


def arrange(
    wanted: tuple[Document, ...],
    render: Callable[[Document, Numbering], str],
    lay_out: Callable[[str], LaidOut],
) -> Arranged:
    """Return the documents numbered, our own ones laid out with these very numbers.

    Raises UnsettledError when no numbering fits, and what `render` and `lay_out` raise.
    """
    # The letter first: the others are short, and cite what comes of its length.
    own = sorted((one for one in wanted if one.template), key=lambda one: one.kind != "letter")
    lengths = _guessed(wanted, own, render)
    made: dict[str, tuple[str, LaidOut]] = {}
    for _ in range(_ROUNDS):
        numbering = number(wanted, lengths)
        for document in own:
            html, kind = render(document, numbering), document.kind
            if kind not in made or made[kind][0] != html:
                made[kind] = html, lay_out(html)
            if len(made[kind][1]) != lengths[kind]:
                lengths[kind] = len(made[kind][1])
                break
        else:
            pages = tuple(made[one.kind][1] for one in wanted if one.template)
            return Arranged(wanted, numbering, pages)
    raise UnsettledError


def _guessed(
    wanted: tuple[Document, ...],
    own: Iterable[Document],
    render: Callable[[Document, Numbering], str],
) -> dict[str, int]:
    """Return how many pages each of our own documents is likely to have: a letter several."""
    lengths = {document.kind: 1 for document in own}
    for document in own:
        if document.kind == "letter":
            lengths[document.kind] = guess(render(document, number(wanted, lengths)))
    return lengths


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
