"""The commands on packets: make one, show its manifest, see whether it still matches."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from priorauth import pipeline
from priorauth.cli import show
from priorauth.cli.case import CANNOT, NOT_READY, READY, case_argument, code, say_open
from priorauth.cli.fax import fax_option, files, say_faxed, targets
from priorauth.cli.options import (
    library_option,
    on_option,
    output_options,
    refuse_existing,
    write_all,
)

if TYPE_CHECKING:
    from datetime import date

    from priorauth.library import Library
    from priorauth.packet import Packet

packet_argument = click.argument(
    "packet_file", metavar="PACKET", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)


@click.command()
@case_argument
@output_options("packet.pdf")
@click.option("--draft", is_flag=True, help="Make a draft, also while questions are open.")
@fax_option
@on_option
@library_option
def packet(  # noqa: PLR0913 - one parameter an option
    case: Path, output: Path, day: date, library: Library, *, force: bool, draft: bool, by_fax: bool
) -> int:
    """Bind the cover, the letter and the exhibits of CASE into one PDF.

    Every page names the patient and its packet page, and the letter cites packet pages. An exhibit
    that cannot be enclosed whole stops the packet and is named.
    """
    for path in targets(output, by_fax=by_fax):
        refuse_existing(path, force=force)
    weighed = pipeline.weigh(case, library, day)
    show.problems(weighed.problems)
    verdict = weighed.verdict
    if verdict is None:
        return CANNOT
    if not verdict.ready and not draft:
        say_open(verdict, "packet")
        return NOT_READY
    bound = pipeline.packet(case, verdict, library, draft=draft)
    show.problems(bound.problems)
    written = files(output, bound.packet.pdf, by_fax=by_fax)
    write_all(written, force=force)
    shown = "a draft; " if bound.packet.manifest.draft and verdict.ready else ""
    click.echo(f"{output}  {_size(bound.packet)}; {shown}{show.verdict_line(verdict)}")
    show.marked(case)
    say_faxed(written)
    for line in show.spare(verdict.case, _pages(bound.packet)):
        click.echo(line)
    return code(verdict)


def _pages(bound: Packet) -> dict[str, tuple[int, ...]]:
    """Return which pages of each exhibit are enclosed."""
    return {part.exhibit: part.pages for part in bound.numbering.parts if part.exhibit}


def _size(bound: Packet) -> str:
    exhibits = sum(1 for part in bound.numbering.parts if part.exhibit)
    count = f"{exhibits} exhibit{'' if exhibits == 1 else 's'}"
    return f"{bound.numbering.total} pages, {count}"


@click.command()
@packet_argument
def manifest(packet_file: Path) -> None:
    """Show what PACKET was made from, as JSON."""
    from priorauth.packet.manifest import read  # noqa: PLC0415 - other commands start quickly

    click.echo(read(packet_file).model_dump_json(indent=2))


@click.command()
@packet_argument
@case_argument
@library_option
def verify(packet_file: Path, case: Path, library: Library) -> int:
    """Say whether PACKET still matches CASE, its exhibits, the policy and the templates."""
    found = pipeline.verify(packet_file, case, library)
    if not found:
        click.echo("The packet matches: the same inputs give the same bytes.")
        return READY
    show.problems(found)
    click.echo("The packet does not match.")
    return NOT_READY
