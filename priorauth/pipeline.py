"""The flow: case, library and day to a letter or a packet. Each step is a line."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from priorauth import intake
from priorauth.criteria import consents, weigh_case
from priorauth.problems import (
    Place,
    PriorAuthError,
    Problem,
    Severity,
    UnreadableError,
    errors,
    listed,
)
from priorauth.silent import silent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from priorauth.criteria import Verdict
    from priorauth.forms import Filled, Form
    from priorauth.library import Library
    from priorauth.packet import Contents, Packet
    from priorauth.pdf import Printer


_FIGURE_DPI = 300


@silent
class Weighed(NamedTuple):
    """A case file as read and weighed; no verdict when the file cannot be used."""

    problems: tuple[Problem, ...]
    verdict: Verdict | None


def weigh(path: Path, library: Library, day: date) -> Weighed:
    """Return the case file at `path` weighed against the policy that governs it on `day`."""
    read = intake.read(path, day)
    if read.case is None:
        return Weighed(read.problems, None)
    verdict = weigh_case(read.case, library, day)
    return Weighed((*read.problems, *map(read.located, verdict.problems)), verdict)


def glance(path: Path, verdict: Verdict) -> tuple[Problem, ...]:
    """Return what is wrong with the exhibits as far as it shows without opening the documents."""
    from priorauth import exhibits  # noqa: PLC0415 - weighing alone must start quickly

    return exhibits.glance(verdict.case, path.parent, str(path))


def survey(path: Path, verdict: Verdict) -> tuple[Problem, ...]:
    """Return what is wrong with the exhibits that the case file at `path` names, quickly.

    Not part of `weigh`: opening the documents takes longer than the weighing.
    """
    from priorauth import exhibits  # noqa: PLC0415 - weighing alone must start quickly

    return exhibits.survey(verdict.case, path.parent, str(path))


def html(verdict: Verdict, library: Library, *, draft: bool = False) -> str:
    """Return the letter as HTML, by the payer's template where there is one."""
    from priorauth.letter import compose  # noqa: PLC0415 - weighing alone must start quickly
    from priorauth.render import render  # noqa: PLC0415 - the same

    payer_id = verdict.payer.id if verdict.payer else ""
    return render(compose(verdict, draft=draft), library.template_folders, payer_id)


def page(verdict: Verdict, library: Library, *, draft: bool = False) -> str:
    """Return the letter as HTML that looks like the letter in a browser, with its style in it."""
    from priorauth.render import with_style  # noqa: PLC0415 - weighing alone must start quickly

    return with_style(html(verdict, library, draft=draft), library.template_folders)


def pdf(
    verdict: Verdict, library: Library, printer: Printer | None = None, *, draft: bool = False
) -> bytes:
    """Return the letter as PDF; a printer that is given is used again and saves its start."""
    from priorauth.pdf import Printer  # noqa: PLC0415 - weighing alone must not load WeasyPrint

    used = printer or Printer(library.template_folders)
    return used.pdf(html(verdict, library, draft=draft), verdict.day)


def docx(
    verdict: Verdict, library: Library, printer: Printer | None = None, *, draft: bool = False
) -> bytes:
    """Return the letter as a Word document, its figures as pictures.

    Raises NotInstalledError without the package that it needs.
    """
    from priorauth import word  # noqa: PLC0415 - weighing alone must start quickly
    from priorauth.pdf import Printer  # noqa: PLC0415 - weighing alone must not load WeasyPrint

    text = html(verdict, library, draft=draft)
    used = printer or Printer(library.template_folders)
    pages = [used.pdf(page, verdict.day) for page in word.figures(text)]
    return word.docx(text, [figure(page) for page in pages], verdict.day)


def figure(pdf: bytes) -> bytes:
    """Return the figure on the first page of a PDF as PNG, black on white, to print."""
    from priorauth import fax  # noqa: PLC0415 - weighing alone must start quickly

    return fax.picture(pdf, _FIGURE_DPI)


def form(
    verdict: Verdict,
    found: Form,
    printer: Printer | None = None,
    *,
    draft: bool = False,
    keep_fields: bool = False,
) -> Filled:
    """Return a form of the library filled from a weighed case."""
    from priorauth import forms  # noqa: PLC0415 - weighing alone must start quickly
    from priorauth.letter import compose  # noqa: PLC0415 - the same

    letter = compose(verdict, draft=draft)
    return forms.fill(found, letter, printer=printer, keep_fields=keep_fields)


class Bound(NamedTuple):
    """A packet, and what was found and done while its exhibits were read."""

    packet: Packet
    problems: tuple[Problem, ...]


def packet(
    path: Path,
    verdict: Verdict,
    library: Library,
    printer: Printer | None = None,
    *,
    draft: bool = False,
) -> Bound:
    """Return the packet of the case file at `path`, as weighed.

    Raises UnreadableError with every problem when an exhibit cannot be enclosed whole.
    """
    from priorauth.packet import bind  # noqa: PLC0415 - weighing alone must start quickly
    from priorauth.pdf import Printer  # noqa: PLC0415 - weighing alone must not load WeasyPrint

    used = printer or Printer(library.template_folders)
    contents, problems = _contents(path, verdict, library, used, draft=draft)
    return Bound(bind(verdict, path, contents, library, used, draft=draft), problems)


class SheetTooLongError(PriorAuthError):
    """The peer-to-peer sheet does not fit on its one page, however short it is made."""

    def __init__(self) -> None:
        """Say what helps."""
        super().__init__(
            "The peer-to-peer sheet does not fit on one page, even with the facts left to the "
            "letter. Shorten the plan of the request or the reasons of the decision in the case, "
            "or the last change to templates/peer_to_peer.html."
        )


@silent
class Sheet(NamedTuple):
    """The prescriber's sheet as PDF, and what was found while its exhibits were read."""

    pdf: bytes
    problems: tuple[Problem, ...]
    left_out: int  # facts that only the letter has, for want of room


def peer_to_peer(
    path: Path, verdict: Verdict, library: Library, printer: Printer | None = None
) -> Sheet:
    """Return the one page for the prescriber's call, citing the pages of the case's packet.

    Raises UnreadableError when an exhibit cannot be enclosed whole, SheetTooLongError when the page
    cannot hold what it must.
    """
    from priorauth.letter import compose  # noqa: PLC0415 - weighing alone must start quickly
    from priorauth.letter.sheet import left_out, sheets  # noqa: PLC0415 - the same
    from priorauth.packet import arranged  # noqa: PLC0415 - the same
    from priorauth.pdf import Printer  # noqa: PLC0415 - weighing alone must not load WeasyPrint
    from priorauth.render import render  # noqa: PLC0415 - weighing alone must start quickly

    used = printer or Printer(library.template_folders)
    draft, payer_id = not verdict.ready, verdict.payer.id if verdict.payer else ""
    contents, problems = _contents(path, verdict, library, used, draft=draft)
    numbering = arranged(verdict, contents, library, used, draft=draft).numbering
    letter = compose(verdict, draft=draft, numbering=numbering)
    for shorter in sheets(verdict, letter, numbering):
        html = render(shorter, library.template_folders, payer_id, "peer_to_peer.html")
        laid_out = used.lay_out(html, style="peer_to_peer.css")
        if len(laid_out) == 1:
            return Sheet(used.write([laid_out], verdict.day), problems, left_out(shorter))
    raise SheetTooLongError


def _contents(
    path: Path, verdict: Verdict, library: Library, printer: Printer, *, draft: bool
) -> tuple[Contents, tuple[Problem, ...]]:
    """Return the exhibits and the filled forms of a packet, with what staff must know of them.

    Raises UnreadableError with every problem when one of them cannot be enclosed.
    """
    from priorauth import exhibits, forms  # noqa: PLC0415 - weighing alone must start quickly
    from priorauth.letter import compose  # noqa: PLC0415 - the same
    from priorauth.packet import Contents  # noqa: PLC0415 - the same

    withheld = consents.problems(verdict.case, verdict.day, str(path))
    gathered = exhibits.gather(verdict.case, path.parent, str(path))
    needed = forms.needed(verdict, library)
    problems = (*withheld, *gathered.problems, *needed.problems)
    if errors(problems):
        raise UnreadableError(problems)
    filled: list[tuple[Form, Filled]] = []
    if needed.forms:
        letter = compose(verdict, draft=draft)
        filled = [(form, forms.fill(form, letter, printer=printer)) for form in needed.forms]
    told = [p for form, done in filled for p in (*done.problems, *_blank(form, done))]
    return Contents(gathered.enclosed, tuple(filled)), (*problems, *told)


def _blank(form: Form, done: Filled) -> Iterator[Problem]:
    """Yield a hint that names the boxes that stay blank: nothing is known, or staff write there."""
    wanted = [one.label for one in done.unfilled if one.path]
    if wanted:
        names = listed(wanted, "and")
        what = f"these boxes of the form stay blank, because the case does not say: {names}"
        yield Problem(Severity.HINT, Place(str(form.pdf)), what, "Fill them by hand if you can.")
    others = [f"{one.label} ({one.why})" for one in done.unfilled if not one.path]
    if others:
        what = f"these boxes of the form wait for a hand: {listed(others, 'and')}"
        yield Problem(Severity.HINT, Place(str(form.pdf)), what, "Fill them before it is sent.")


def verify(packet_file: Path, path: Path, library: Library) -> tuple[Problem, ...]:
    """Return how a packet differs from what the case file at `path` gives; empty when it matches.

    Raises NoManifestError for a file that is no packet, and UnreadableError.
    """
    from priorauth import exhibits  # noqa: PLC0415 - weighing alone must start quickly
    from priorauth.packet import manifest, verify  # noqa: PLC0415 - the same

    made = manifest.read(packet_file)
    weighed = weigh(path, library, date.fromisoformat(made.day))
    if weighed.verdict is None:
        raise UnreadableError(weighed.problems)
    gathered = exhibits.gather(weighed.verdict.case, path.parent, str(path))
    if errors(gathered.problems):
        raise UnreadableError(gathered.problems)
    found = tuple(verify.differences(made, path, weighed.verdict, gathered.enclosed, library))
    if found:
        return found
    again = packet(path, weighed.verdict, library, draft=made.draft).packet.pdf
    if again == packet_file.read_bytes():
        return ()
    what = "the packet is not what its own inputs give: it was changed after it was made"
    return (Problem(Severity.ERROR, Place(str(packet_file)), what, "Make the packet again."),)
