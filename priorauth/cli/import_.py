"""The command that brings a chart's records into a case file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from priorauth.cli.new import SLIP, UnknownServiceError
from priorauth.cli.options import library_option, on_option, refuse_existing, write
from priorauth.cli.payer import UnknownPayerError
from priorauth.problems import listed
from priorauth.reference import services

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from priorauth.importers import Imported
    from priorauth.importers.report import Report
    from priorauth.library import Library

_MOST_LINES = 12  # of the case file that are named on the screen


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
@on_option
@library_option
def import_(  # noqa: PLR0913 - one parameter an option
    files: tuple[Path, ...],
    *,
    service: str,
    payer: str | None,
    output: Path,
    patient: str | None,
    day: date,
    library: Library,
) -> int:
    """Bring the records in FILES into a case file.

    FILES are exports of a chart or a pharmacy, and folders of them: FHIR, C-CDA, CSV or XLSX.
    What the records do not say stands in the case file as a question.
    """
    from priorauth import importers  # noqa: PLC0415 - reading formats is slow to start
    from priorauth.importers import draft, report  # noqa: PLC0415 - the same

    known = services.find(service)
    if known is None:
        raise UnknownServiceError
    refuse_existing(output, force=False)
    _refuse_slip(library, payer)
    imported = importers.gather(files, library, payer, day, patient)
    text = draft.text(draft.draft(imported, known, payer or "", day))
    _write(output, text, imported)
    _say(output, report.of(imported, text))
    return 0


def _refuse_slip(library: Library, payer: str | None) -> None:
    if payer and library.find(payer) is None and library.nearest(payer, SLIP):
        raise UnknownPayerError(library, payer)


def _write(output: Path, text: str, imported: Imported) -> None:
    """Write the documents beside the case, then the case; all of it or nothing."""
    done: list[Path] = []
    try:
        for note in imported.facts.notes:
            path = output.parent / note.file
            write(path, note.content, force=False)
            done.append(path)
        write(output, text.encode(), force=False)
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
        f"{output}{_on_lines(found.questions)}."
    )
    click.echo(f"{output}  Decide them, then: priorauth check {output}")


def _on_lines(lines: Iterable[int]) -> str:
    shown = [str(line) for line in lines]
    if not shown:
        return ""
    more = len(shown) - _MOST_LINES
    names = listed([*shown[:_MOST_LINES], f"{more} more"] if more > 0 else shown, "and")
    return f" (lines {names})" if len(shown) > 1 else f" (line {names})"
