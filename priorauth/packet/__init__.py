"""Cover, letter and exhibits as one PDF in which every page is numbered and named.

Not for reading exhibits (`exhibits`) and not for writing files: the command line does that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

from pikepdf import Array, Dictionary, Job, Name, ObjectStreamMode, OutlineItem, Page, Pdf

from priorauth.exhibits.keeping import keep
from priorauth.letter import compose
from priorauth.packet import manifest as manifests
from priorauth.packet import sheets, strip
from priorauth.packet.arrange import arrange, documents, filled_form
from priorauth.packet.manifest import Entry, Found, Manifest
from priorauth.packet.strip import Strip
from priorauth.packet.verify import rules
from priorauth.problems import PriorAuthError
from priorauth.reference import notices
from priorauth.render import render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from priorauth.criteria import Verdict
    from priorauth.exhibits import Enclosed
    from priorauth.forms import Filled, Form
    from priorauth.letter import Letter
    from priorauth.letter.cites import Numbering, Part
    from priorauth.library import Library
    from priorauth.packet.arrange import Arranged, Document
    from priorauth.pdf import LaidOut, Printer

__all__ = ["BadLinkError", "Contents", "Manifest", "Packet", "arranged", "bind"]

_STYLE = "packet.css"
_SCHEME = "packet:"
_NAMES = {
    "cover": "Fax cover",
    "letter": "Letter",
    "form": "Form",
    "addendum": "Addendum",
    "notice": "Notice",
}


class BadLinkError(PriorAuthError):
    """A template links to a packet page that is not there."""

    def __init__(self) -> None:
        """Say what a link looks like."""
        super().__init__(
            "templates/: a link leads to no page of the packet. Write "
            "`packet:{{ cite.packet_page }}`, as parts/blocks.html does."
        )


@dataclass(frozen=True)
class Contents:
    """What is bound beside our own documents: the exhibits and the payer's forms, filled."""

    enclosed: tuple[Enclosed, ...]
    forms: tuple[tuple[Form, Filled], ...] = ()


@dataclass(frozen=True)
class Packet:
    """A packet as it is written, with its record and its page numbers."""

    pdf: bytes = field(repr=False)
    manifest: Manifest
    numbering: Numbering


def bind(  # noqa: PLR0913 - what a packet is made of
    verdict: Verdict,
    case_file: Path,
    contents: Contents,
    library: Library,
    printer: Printer,
    *,
    draft: bool = False,
) -> Packet:
    """Return the packet of a weighed case: the same bytes for the same inputs and day.

    Raises PriorAuthError when a document cannot be made.
    """
    draft = draft or not verdict.ready
    folders = library.template_folders
    made = arranged(verdict, contents, library, printer, draft=draft)
    record = _manifest(verdict, made, case_file, library, draft=draft)
    own = keep(printer.write(made.laid_out, verdict.day))
    with _joined(own.path, made) as target:
        letter = compose(verdict, draft=draft, numbering=made.numbering)
        strips = list(_strips(letter, made))
        _settle(target, made, lambda page: strip.height(strips[page - 1], folders))
        sheets.stamp(target, strip.draw(strips, folders))
        _part(target, made)
        _find_one_s_way(target, made)
        _link(target)
        _say_what_it_is(target)
        manifests.attach(target, record, verdict.day)
        return Packet(_written(target), record, made.numbering)


def arranged(
    verdict: Verdict, contents: Contents, library: Library, printer: Printer, *, draft: bool
) -> Arranged:
    """Return the documents of a packet with their page numbers, our own ones laid out.

    Raises PriorAuthError when a document cannot be made.
    """
    folders = library.template_folders
    payer_id = verdict.payer.id if verdict.payer else ""

    @cache
    def letter(numbering: Numbering) -> Letter:
        return compose(verdict, draft=draft, numbering=numbering)

    def html(document: Document, numbering: Numbering) -> str:
        return render(letter(numbering), folders, payer_id, document.template)

    def lay_out(html: str) -> LaidOut:
        return printer.lay_out(html, style=_STYLE)

    forms = [document for form in contents.forms for document in filled_form(*form)]
    return arrange(documents(verdict, contents.enclosed, forms), html, lay_out)


def _strips(letter: Letter, made: Arranged) -> Iterator[Strip]:
    """Yield what each page of the packet says of itself."""
    identity = f"{letter.patient} | Born {letter.birth_date} | Member ID {letter.member_id}"
    total = made.numbering.total
    draft = "DRAFT: not to be sent | " if letter.draft else ""
    for document, part in zip(made.documents, made.numbering.parts, strict=True):
        for page in range(part.first, part.last + 1):
            place = f"{draft}{_place(document, part, page)}"
            notice = _short_notice() if document.is_part_2 else ""
            yield Strip(identity, place, f"Packet page {page} of {total}", notice)


def _short_notice() -> str:
    """Return what each page of a protected record says, should it be parted from the others."""
    return " ".join(notices.notice("part_2_short").paragraphs)


def _place(document: Document, part: Part, page: int) -> str:
    if document.letter:
        return f"Exhibit {document.letter}, page {document.pages[page - part.first]}"
    return f"{_NAMES[document.kind]}, page {page - part.first + 1} of {part.last - part.first + 1}"


def _joined(own: Path, made: Arranged) -> Pdf:
    """Return a PDF of all documents in order: what they hold stays in their files until written."""
    first, sources = 1, []
    for document, part in zip(made.documents, made.numbering.parts, strict=True):
        if document.kept:
            sources.append({"file": str(document.kept.path), "range": "1-z"})
        else:
            count = part.last - part.first + 1
            sources.append({"file": str(own), "range": f"{first}-{first + count - 1}"})
            first += count
    wanted = {
        "inputFile": str(own),
        "outputFile": "-",
        "pages": sources,
        "removeUnreferencedResources": "no",  # that is done where pages are made
    }
    return Job(wanted).create_pdf()


def _settle(target: Pdf, made: Arranged, foot: Callable[[int], float]) -> None:
    """Set the pages of the documents from elsewhere upright above their strips.

    `foot` tells how much room the strip of a packet page takes.
    """
    for document, part in zip(made.documents, made.numbering.parts, strict=True):
        if document.kept:
            sheets.settle(target, range(part.first - 1, part.last), foot(part.first))


def _part(target: Pdf, made: Arranged) -> None:
    """Leave each of our own pages only what it draws: WeasyPrint gives all of them everything."""
    for document, part in zip(made.documents, made.numbering.parts, strict=True):
        if not document.kept:
            for page in range(part.first - 1, part.last):
                target.pages[page].remove_unreferenced_resources()


def _find_one_s_way(target: Pdf, made: Arranged) -> None:
    """Give each document a bookmark, with its headings below it, and number the pages."""
    with target.open_outline() as outline:
        headings = [(_page_of(item), item) for item in outline.root]
        outline.root.clear()
        for document, part in zip(made.documents, made.numbering.parts, strict=True):
            name = f"Exhibit {document.letter}: " if document.letter else ""
            item = OutlineItem(f"{name}{document.title}", part.first - 1)
            for page, heading in headings:
                if part.first <= page <= part.last:
                    item.children.extend(heading.children)
            outline.root.append(item)
    target.Root.PageLabels = Dictionary(Nums=[0, Dictionary(S=Name.D)])
    target.Root.PageMode = Name.UseOutlines


def _link(target: Pdf) -> None:
    """Let what the templates wrote as `packet:12` lead to that page."""
    for page in target.pages:
        for note in page.get(Name.Annots, ()):
            address = str(note.A.get(Name.URI, "")) if Name.A in note else ""
            if address.startswith(_SCHEME):
                number = address.removeprefix(_SCHEME)
                if not number.isdecimal() or not 1 <= int(number) <= len(target.pages):
                    raise BadLinkError
                wanted = target.pages[int(number) - 1]
                del note[Name.A]
                note.Dest = Array([wanted.obj, Name.Fit])


def _page_of(item: OutlineItem) -> int:
    """Return the packet page that a bookmark of our own documents leads to."""
    return Page(item.destination[0]).index + 1  # type: ignore[index]  # WeasyPrint writes arrays


def _say_what_it_is(target: Pdf) -> None:
    """Leave out the claim that every page is tagged: those from elsewhere are not."""
    with target.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as meta:
        for key in list(meta):
            if "pdfuaid" in key or "ua/ns/id" in key:
                del meta[key]


def _written(target: Pdf) -> bytes:
    written = BytesIO()
    target.save(written, deterministic_id=True, object_stream_mode=ObjectStreamMode.generate)
    return written.getvalue()


def _manifest(
    verdict: Verdict, made: Arranged, case_file: Path, library: Library, *, draft: bool
) -> Manifest:
    governing = verdict.governing
    payer_id = verdict.payer.id if verdict.payer else ""
    parts = zip(made.documents, made.numbering.parts, strict=True)
    return Manifest(
        software=manifests.versions(),
        day=str(verdict.day),
        kind=verdict.kind.value,
        draft=draft,
        payer=payer_id,
        policy=governing.file.id if governing else "",
        version=governing.version.id if governing else "",
        stance=verdict.stance.value if verdict.stance else "",
        overall=verdict.overall.value,
        case=manifests.digest(case_file.read_bytes()),
        library=manifests.files(rules(verdict, library)),
        templates=manifests.templates(library.template_folders, payer_id),
        parts=tuple(_entry(document, part) for document, part in parts),
        findings=tuple(_found(verdict, made.numbering)),
    )


def _entry(document: Document, part: Part) -> Entry:
    return Entry(
        kind=document.kind,
        letter=document.letter,
        title=document.title,
        first=part.first,
        last=part.last,
        sha256=document.sha256,
        pages=document.pages,
    )


def _found(verdict: Verdict, numbering: Numbering) -> Iterator[Found]:
    for leaf in verdict.finding.leaves() if verdict.finding else ():
        pages = sorted({numbering.page(one) for one in leaf.evidence})
        yield Found(id=leaf.id, finding=leaf.answer.value, packet_pages=tuple(pages))
