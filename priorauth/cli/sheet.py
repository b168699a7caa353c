"""The command for the prescriber's call with the payer's reviewer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from priorauth import pipeline
from priorauth.cli import show
from priorauth.cli.case import CANNOT, case_argument, code
from priorauth.cli.options import (
    library_option,
    on_option,
    output_options,
    refuse_existing,
    write,
)

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from priorauth.library import Library


@click.command()
@case_argument
@output_options("sheet.pdf")
@on_option
@library_option
def sheet(case: Path, output: Path, day: date, library: Library, *, force: bool) -> int:
    """Make the sheet for the prescriber's peer-to-peer call, on one page.

    It holds the request, likely objections, the findings with the packet pages that bear them out,
    and the deadlines. It is internal: not to be sent. The pages are those of the packet that CASE
    gives on the same day: name with --on the day on which it was made.
    """
    refuse_existing(output, force=force)
    weighed = pipeline.weigh(case, library, day)
    show.problems(weighed.problems)
    if weighed.verdict is None:
        return CANNOT
    made = pipeline.peer_to_peer(case, weighed.verdict, library)
    show.problems(made.problems)
    write(output, made.pdf, force=force)
    click.echo(f"{output}  internal, not to be sent; {show.verdict_line(weighed.verdict)}")
    if made.left_out:
        facts = f"{made.left_out} fact{'' if made.left_out == 1 else 's'}"
        click.echo(f"For want of room the page leaves {facts} to the letter; it says where.")
    return code(weighed.verdict)
