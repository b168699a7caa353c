"""The commands on samples: list them, write one, make the letters of the demo."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from priorauth import pipeline
from priorauth import samples as sample_cases
from priorauth.cli import show
from priorauth.cli.options import ExistsError, library_option, write
from priorauth.problems import UnreadableError

if TYPE_CHECKING:
    from priorauth.library import Library

DEMO = ("esketamine", "iv-ketamine", "open-questions")
# The samples tell of the days before this one; on a later day their scores would be old.
DEMO_DAY = date(2026, 11, 22)


@click.command()
def samples() -> None:
    """List the sample cases."""
    for name in sample_cases.names():
        click.echo(f"{name:24} {sample_cases.find(name).about}")


@click.command()
@click.argument("name")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="The folder to write into.",
)
def sample(name: str, output: Path) -> None:
    """Write the sample case NAME with its exhibits to start from."""
    found = sample_cases.find(name)
    try:
        path = found.copy_to(output)
    except FileExistsError as error:
        raise ExistsInFolderError(output) from error
    click.echo(f"{path}  Check it with: priorauth check {path} --on {DEMO_DAY}")


class ExistsInFolderError(ExistsError):
    """The folder holds a file that the sample would replace."""

    def __init__(self, folder: Path) -> None:
        """Say that nothing was written."""
        Exception.__init__(
            self,
            f"{folder} holds files of these names already; nothing was written. "
            "Name an empty folder.",
        )


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default="demo",
    show_default=True,
    help="The folder to write into.",
)
@click.option("--force", is_flag=True, help="Replace what an earlier demo wrote.")
@library_option
def demo(output: Path, library: Library, *, force: bool) -> None:
    """Make the letters of three sample cases, as on 2026-11-22.

    Each goes into a folder of its own, with its case file and exhibits; the third shows a draft.
    """
    for name in DEMO:
        folder = output / name
        if folder.exists() and force:
            shutil.rmtree(folder)
        try:
            path = sample_cases.find(name).copy_to(folder)
        except FileExistsError as error:
            raise ExistsError(folder) from error
        weighed = pipeline.weigh(path, library, DEMO_DAY)
        if weighed.verdict is None:
            raise UnreadableError(weighed.problems)
        verdict = weighed.verdict
        target = folder / "letter.pdf"
        write(target, pipeline.pdf(verdict, library), force=force)
        click.echo(f"{target}  {show.verdict_line(verdict)}")
