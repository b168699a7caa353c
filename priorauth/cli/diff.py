"""`diff`: two libraries, or two git revisions of one, beside each other."""

from __future__ import annotations

import json
import tempfile
import textwrap
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from priorauth.cli import plain, show
from priorauth.cli.make import own_folder
from priorauth.cli.options import library_option, on_sample_day, refuse_existing, write
from priorauth.cli.sample import DEMO_DAY
from priorauth.compare import Side, compare, is_library, report
from priorauth.compare.revisions import write_out
from priorauth.library import Library, shipped
from priorauth.problems import PriorAuthError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from priorauth.compare import Comparison
    from priorauth.compare.files import FileChange
    from priorauth.compare.laying import Change
    from priorauth.compare.passages import Text

SAME, DIFFERENT, CANNOT = 0, 1, 2
_MOST_CASES, _MOST_PASSAGES, _MOST_FIELDS, _MOST_CHARACTERS = 3, 20, 20, 600


class NoLibraryError(PriorAuthError):
    """A folder that holds no library."""

    def __init__(self, folder: str) -> None:
        """Say what a library is."""
        super().__init__(
            f"{folder} holds neither payers/ nor templates/. Name the folder in which they stand."
        )


@click.command()
@click.argument("old")
@click.argument("new", default=".")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option(
    "--pdf",
    type=click.Path(path_type=Path),
    help="Write the changed pages here, old and new side by side, with the changes marked.",
)
@click.option("--force", is_flag=True, help="Replace a PDF that is there already.")
@on_sample_day(
    DEMO_DAY,
    "The day of the samples' requests; a version to come is looked at on its first day.",
)
@library_option
def diff(  # noqa: PLR0913 - one parameter an option
    old: str,
    new: str,
    pdf: Path | None,
    day: date,
    library: Library,
    *,
    as_json: bool,
    force: bool,
) -> int:
    """Show what a change of the library does to findings and letters, before it is published.

    OLD and NEW are folders with payers/ and templates/, or git revisions (HEAD, HEAD~1, a branch)
    of the folder where the command runs or of --library; NEW is that folder when left out. Every
    sample and every worked example is put through both. Exit code 0: no difference; 1: something
    differs; 2: something could not be compared.
    """
    if pdf:
        refuse_existing(pdf, force=force)
    with ExitStack() as stack:
        before, after = (_side(one, library, stack) for one in (old, new))
        found = compare(before, after, day)
        if pdf and found.differs:
            from priorauth.compare import side_by_side  # noqa: PLC0415 - only for pictures

            write(pdf, side_by_side.pdf(found, before, after, day), force=force)
        if as_json:
            problems = [plain.of_problem(one) for one in found.problems]
            data = {"old": old, "new": new, **report.as_data(found), "problems": problems}
            click.echo(json.dumps(data, indent=2, ensure_ascii=False))
        else:
            show.problems(found.problems)
            _print(found, before, after)
        if pdf:
            told = "the changed pages side by side" if found.differs else "not written: no change"
            click.echo(f"{pdf}  {told}", err=as_json)
    if not found.is_whole:
        return CANNOT
    return DIFFERENT if found.differs else SAME


def _side(named: str, library: Library, stack: ExitStack) -> Side:
    """Return one side: a folder, or a revision written into a folder that the stack removes."""
    folder = Path(named)
    base = own_folder(library)
    if named == "." and not is_library(folder):
        folder = base
    if folder.is_dir():
        if not is_library(folder):
            raise NoLibraryError(str(folder.resolve()) if named == "." else named)
        here = folder.resolve() == Path.cwd()
        name = str(folder.resolve()) if here else named.rstrip("/")
        return Side(name, _opened(folder), "" if here else f"{name}/")
    into = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="priorauth-")))
    write_out(named, base, into)
    alone = base.resolve() == shipped().resolve()  # what it lies over is itself of another day
    return Side(named, Library((into,)) if alone else Library.open(into), f"{named}:")


def _opened(folder: Path) -> Library:
    return Library.open(None if folder.resolve() == shipped().resolve() else folder)


def _print(found: Comparison, old: Side, new: Side) -> None:
    for line in _lines(found, old, new):
        click.echo(line)


def _lines(found: Comparison, old: Side, new: Side) -> Iterator[str]:
    yield f"Old: {old.name}"
    yield f"New: {new.name}"
    yield ""
    if not found.differs:
        yield "No difference: the same data, the same findings, the same documents."
        yield from _files(found)
        return
    yield "In short"
    yield from show.table(report.HEADS, [(row, "") for row in report.rows(found)])
    for payer in found.added:
        look = f"`priorauth explain {payer} SERVICE` and `priorauth preview {payer}`"
        yield from show.wrapped(f"{payer} is new: look at it with {look}.", "  ")
    for payer in found.removed:
        yield from show.wrapped(f"{payer} is gone: requests to it make general letters.", "  ")
    yield from _files(found)
    yield from _findings(found)
    yield from _documents(found)


def _files(found: Comparison) -> Iterator[str]:
    if found.files:
        yield ""
        yield "Files"
    for one in found.files:
        yield f"  {report.file_word(one):8}  {one.path}"
        yield from _fields(one)


def _fields(change: FileChange) -> Iterator[str]:
    if not change.readable:
        yield "            cannot be read in one of the two: its fields are not compared"
    for one in change.fields[:_MOST_FIELDS]:
        if one.old is None:
            text = f"added: {one.new}"
        elif one.new is None:
            text = f"removed: {one.old}"
        else:
            text = f"{one.old} -> {one.new}"
        yield from show.wrapped(f"{one.field}: {text}", " " * 12, hang=2)
    more = len(change.fields) - _MOST_FIELDS
    if more > 0:
        yield f"            and {more} more fields; --json lists all"


def _findings(found: Comparison) -> Iterator[str]:
    home = ""
    for outcomes, differences in report.together(found):
        subject = outcomes[0].subject
        here = f"{subject.payer} {subject.policy}".strip()
        if not home:
            yield ""
            yield "Findings"
        if here != home:
            home = here
            yield f"  {home}"
        names = [f"{one.subject.name}, {one.subject.day}" for one in outcomes]
        for name in names[:_MOST_CASES]:
            yield from show.wrapped(name, "    ", hang=2)
        if len(names) > _MOST_CASES:
            yield f"    and {len(names) - _MOST_CASES} more; --json lists all"
        width = max(len(one.what) for one in differences)
        for one in differences:
            yield from show.wrapped(f"{one.what:{width}}  {report.shown(one)}", " " * 6, hang=2)


def _documents(found: Comparison) -> Iterator[str]:
    unseen = sum(len(one.group.pairs) for one in found.changes if not one.is_seen)
    if found.seen or unseen:
        yield ""
        yield "Documents"
    for number, change in enumerate(found.seen, 1):
        entry = report.entry(number, change)
        yield from show.wrapped(f"{number:2}. {change.pair.title}: {entry.words}", "  ", hang=4)
        alike = report.alike(change)
        if alike:
            yield from show.wrapped(f"The same change in: {alike}", " " * 6)
        yield from _passages(change)
    if unseen:
        yield from show.wrapped(
            f"{unseen} more were compared, and their pages say and look the same.", "  "
        )


def _passages(change: Change) -> Iterator[str]:
    for one in change.passages[:_MOST_PASSAGES]:
        pages = str(one.new.page)
        if one.old.page != one.new.page:
            pages = f"{one.old.page} -> {one.new.page}"
        yield from show.wrapped(f"page {pages}{', ' if one.heading else ''}{one.heading}", " " * 6)
        yield from _text("-", one.old, "red")
        yield from _text("+", one.new, "blue")
    more = len(change.passages) - _MOST_PASSAGES
    if more > 0:
        yield f"      and {more} more passages; --json and --pdf show all"


def _text(sign: str, text: Text, color: str) -> Iterator[str]:
    """Yield one side of a passage, with what stands around it; nothing where nothing stood."""
    if text.changed:
        words = textwrap.shorten(str(text), _MOST_CHARACTERS, placeholder="… (--json has all)")
        for line in show.wrapped(f"{sign} {words}", " " * 8, hang=2):
            yield click.style(line, fg=color)
