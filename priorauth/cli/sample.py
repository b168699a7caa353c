"""The commands on samples: list them, write one, make the letters of the demo."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from priorauth import pipeline
from priorauth import samples as sample_cases
from priorauth.cli import show
from priorauth.cli.options import library_option, refuse_existing, write
from priorauth.problems import UnreadableError

if TYPE_CHECKING:
    from priorauth.criteria import Verdict
    from priorauth.library import Library

DEMO = ("esketamine", "iv-ketamine", "open-questions")
# The samples tell of the days before this one; on a later day their scores would be old.
DEMO_DAY = date(2026, 11, 22)
LETTER = "letter.pdf"


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
@click.option("--force", is_flag=True, help="Replace files that are there already.")
def sample(name: str, output: Path, *, force: bool) -> None:
    """Write the sample case NAME with its exhibits to start from."""
    found = sample_cases.find(name)
    refuse_files(found, output, force=force)
    path = write_files(found, output, force=force)
    click.echo(f"{path}  Check it with: priorauth check {path} --on {DEMO_DAY}")


def refuse_files(found: sample_cases.Sample, folder: Path, *, force: bool) -> None:
    """Raise when a file of the sample is in the folder already and may not be replaced."""
    for path in found.files:
        refuse_existing(folder / path.name, force=force)


def write_files(found: sample_cases.Sample, folder: Path, *, force: bool) -> Path:
    """Write the sample's files into the folder, and return the new case file."""
    for path in found.files:
        write(folder / path.name, path.read_bytes(), force=force)
    return folder / found.path.name


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
        refuse_files(sample_cases.find(name), output / name, force=force)
        refuse_existing(output / name / LETTER, force=force)
    from priorauth.pdf import Printer  # noqa: PLC0415 - slow to load

    printer: Printer | None = None  # one for all letters, made when the first is due
    for name in DEMO:
        path = write_files(sample_cases.find(name), output / name, force=force)
        verdict = _weighed(path, library)
        target = path.with_name(LETTER)
        printer = printer or Printer(library.template_folders)
        write(target, pipeline.pdf(verdict, library, printer), force=force)
        click.echo(f"{target}  {show.verdict_line(verdict)}")


def _weighed(path: Path, library: Library) -> Verdict:
    weighed = pipeline.weigh(path, library, DEMO_DAY)
    if weighed.verdict is None:
        raise UnreadableError(weighed.problems)
    return weighed.verdict
