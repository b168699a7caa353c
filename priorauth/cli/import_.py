"""The command that brings a chart's records into a case file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from priorauth.cli import show
from priorauth.cli.case import NOT_READY, READY
from priorauth.cli.new import SLIP, UnknownServiceError
from priorauth.cli.options import (
    UnwritableError,
    library_option,
    on_option,
    refuse_existing,
    write,
)
from priorauth.cli.payer import UnknownPayerError
from priorauth.reference import services

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from priorauth.importers import Imported
    from priorauth.importers.facts import NoteFact
    from priorauth.importers.report import Report
    from priorauth.library import Library
    from priorauth.reference.services import Service


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--service", required=True, help="What is asked for, such as esketamine.")
@click.option("--payer", help="Who is asked; left out, it is the payer that the record names.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default="case.yaml",
    show_default=True,
    help="Where to write.",
)
@click.option("--patient", help="The patient's id in the record, where it holds several.")
@click.option(
    "--columns",
    type=click.Path(path_type=Path),
    help="A file that names the columns of a table: `drug: Med Desc`, one on a line.",
)
@click.option("--yes", is_flag=True, help="Merge into a case file that is there already.")
@on_option
@library_option
def import_(  # noqa: PLR0913 - one parameter an option
    files: tuple[Path, ...],
    *,
    service: str,
    payer: str | None,
    output: Path,
    patient: str | None,
    columns: Path | None,
    yes: bool,
    day: date,
    library: Library,
) -> int:
    """Bring the records in FILES into a case file.

    FILES are exports of a chart or a pharmacy, and folders of them: FHIR, C-CDA, CSV or XLSX.
    What the records do not say stands in the case file as a question. Into a case file that is
    there already only what is new is merged, after showing it.
    """
    from priorauth import importers  # noqa: PLC0415 - reading formats is slow to start
    from priorauth.importers import notes  # noqa: PLC0415 - the same

    known = services.find(service)
    if known is None:
        raise UnknownServiceError(service)
    _refuse_slip(library, payer)
    before = _text_of(output)
    wanted = importers.Wanted(payer, patient, columns)
    imported = importers.gather(files, library, day, wanted)
    found = notes.renumbered(imported.facts.notes, _names_in(output.parent))
    imported = replace(imported, facts=replace(imported.facts, notes=found))
    if before is None:
        return _new(output, imported, known, payer or "", day)
    return _merge(output, before, imported, known, day, yes=yes)


def _text_of(path: Path) -> str | None:
    """Return the text of a case file, or None when there is none yet."""
    if not path.exists():
        return None
    refuse_existing(path, force=True)
    try:
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise UnwritableError(path, "it is there, and it is no case file") from None


def _names_in(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir()] if folder.is_dir() else []


def _new(output: Path, imported: Imported, service: Service, payer: str, day: date) -> int:
    from priorauth.importers import draft, report  # noqa: PLC0415 - as above

    text = draft.text(draft.draft(imported, service, payer, day))
    _write(output, text, imported.facts.notes, force=False)
    _say(output, report.of(imported, text))
    return READY


def _merge(  # noqa: PLR0913 - what the command was given
    output: Path, before: str, imported: Imported, service: Service, day: date, *, yes: bool
) -> int:
    """Show what a merge changes, and write it when that is wanted."""
    from priorauth.importers import merge, report  # noqa: PLC0415 - as above

    merged = merge.merge(before, str(output), imported, service, day)
    show.problems(merged.problems)
    if merged.text == before:
        click.echo(f"{output}  Everything in these records is in it already.")
        return READY
    click.echo(merge.difference(before, merged.text, str(output)))
    if not yes:
        click.echo(f"{output} was not changed. Add --yes to write this.", err=True)
        return NOT_READY
    _write(output, merged.text, merged.facts.notes, force=True)
    _say(output, report.of(replace(imported, facts=merged.facts), merged.text))
    return READY


def _refuse_slip(library: Library, payer: str | None) -> None:
    if payer and library.find(payer) is None and library.nearest(payer, SLIP):
        raise UnknownPayerError(library, payer)


def _write(output: Path, text: str, notes: Iterable[NoteFact], *, force: bool) -> None:
    """Write the documents beside the case, then the case; all of it or nothing."""
    done: list[Path] = []
    try:
        for note in notes:
            path = output.parent / note.file
            write(path, note.content, force=False)
            done.append(path)
        write(output, text.encode(), force=force)
    except BaseException:
        for path in done:
            path.unlink(missing_ok=True)
        raise


def _say(output: Path, found: Report) -> None:
    """Print what was taken, what was left and why, and what is to be decided."""
    click.echo("Taken")
    for what, how in found.taken:
        click.echo(f"  {what:12}{how}")
    if found.left:
        click.echo("Left")
        for count, what, why in found.left:
            click.echo(f"  {count:6}  {what}: {why}")
    for doubt in found.doubts:
        click.echo(f"Look first: {doubt}")
    count = len(found.questions)
    click.echo(
        f"To decide: {count} {'question' if count == 1 else 'questions'}, marked QUESTION in "
        f"{output}{show.on_lines(found.questions)}."
    )
    show.holding(found.holding)
    click.echo(
        f"A draft can be made as soon as `priorauth check {output}` finds no error: no place that "
        "the letter needs is empty then."
    )
    click.echo(f"{output}  To be asked for all that is open: priorauth new --ask -o {output}")
