"""`gallery`: the building blocks of the templates, to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from priorauth.cli import show
from priorauth.cli.options import (
    library_option,
    on_sample_day,
    output_options,
    refuse_existing,
    write,
)
from priorauth.cli.sample import DEMO_DAY
from priorauth.gallery import gallery as found_in
from priorauth.gallery import pdf
from priorauth.problems import errors

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from priorauth.library import Library


@click.command()
@output_options("gallery.pdf")
@on_sample_day(DEMO_DAY, "The day of the samples' letters.")
@library_option
def gallery(output: Path, day: date, library: Library, *, force: bool) -> int:
    """Show every part of the templates with its parameters and sample data, on one document.

    Parts are the macros and blocks, and the files that letters include; a template of your own,
    by --library or where the command runs, is shown with what it changes.
    """
    refuse_existing(output, force=force)
    found = found_in(library, day)
    show.problems(found.problems)
    write(output, pdf(found, library, day), force=force)
    count = len(found.parts)
    click.echo(f"{output}  {count} {'part' if count == 1 else 'parts'}")
    return 2 if errors(found.problems) else 0
