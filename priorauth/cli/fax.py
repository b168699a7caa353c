"""What goes by fax: the option that adds it to a document, and the command that shows it."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from priorauth.cli.options import Command, ExistsError, UnwritableError
from priorauth.problems import PriorAuthError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PAGE = "page-"


class NoFolderError(PriorAuthError):
    """A file is named where a folder is to be written."""

    def __init__(self, path: Path) -> None:
        """Name the file and the way out."""
        super().__init__(f"{path} is a file. Name a folder.")


class NotOnlyProofsError(PriorAuthError):
    """A folder that holds more than the pictures that would be replaced."""

    def __init__(self, folder: Path) -> None:
        """Name the folder and the way out."""
        super().__init__(f"{folder} holds other files too. Name a new folder.")


class OnlyPdfError(click.UsageError):
    """A fax is asked for of something else than a PDF."""

    def __init__(self) -> None:
        """Say what to leave out."""
        super().__init__("A fax is made of the PDF. Leave out --fax, or --html and --docx.")


class UnprovableError(PriorAuthError):
    """A file whose pages cannot be shown."""

    def __init__(self, path: Path, reason: str) -> None:
        """Name the file and the reason."""
        super().__init__(f"{path}: {reason}")


def fax_option(command: Command) -> Command:
    """Add `--fax`."""
    return click.option(
        "--fax",
        "by_fax",
        is_flag=True,
        help="Write it black on white for a fax machine too, as .fax.pdf and .fax.tif.",
    )(command)


def targets(output: Path, *, by_fax: bool) -> tuple[Path, ...]:
    """Return where a PDF is written, and with `--fax` its fax beside it: as PDF and as TIFF."""
    if not by_fax:
        return (output,)
    name = output.stem if output.suffix.casefold() == ".pdf" else output.name
    return output, output.with_name(f"{name}.fax.pdf"), output.with_name(f"{name}.fax.tif")


def files(output: Path, pdf: bytes, *, by_fax: bool) -> dict[Path, bytes]:
    """Return the PDF, and with `--fax` its fax, as files by their paths."""
    if not by_fax:
        return {output: pdf}
    from priorauth.fax import fax  # noqa: PLC0415 - other commands start quickly

    made = fax(pdf)
    return dict(zip(targets(output, by_fax=True), (pdf, made.pdf, made.tiff), strict=True))


def say_faxed(written: Iterable[Path]) -> None:
    """Print what was written for the fax, behind the PDF itself."""
    _, *faxed = written
    for path in faxed:
        click.echo(f"{path}  black on white at 204 x 196 dots an inch, for the fax")


@click.command()
@click.argument("pdf", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default="proof",
    show_default=True,
    help="The folder to write the pictures to.",
)
@click.option("--force", is_flag=True, help="Replace the pictures that are there already.")
def proof(pdf: Path, output: Path, *, force: bool) -> None:
    """Show each page of PDF, a packet or a letter, as a fax at standard resolution delivers it.

    Writes a picture a page, with 204 x 98 dots an inch, black or white, to look at before sending.
    """
    from priorauth import fax  # noqa: PLC0415 - other commands start quickly

    _refuse(output, force=force)
    try:
        content = pdf.read_bytes()
        names = _write(output, fax.proofs(content), fax.count(content))
    except fax.UndrawableError as error:
        raise UnprovableError(pdf, str(error)) from None
    count = f"{len(names)} page{'' if len(names) == 1 else 's'}"
    click.echo(f"{output}  {count} as a fax shows them: {names[0]} to {names[-1]}")


def _refuse(folder: Path, *, force: bool) -> None:
    """Raise a PriorAuthError when something is there that may not be replaced."""
    try:
        if not folder.exists():
            return
        if not folder.is_dir():
            raise NoFolderError(folder)
        there = [path.name for path in folder.iterdir()]
    except OSError as error:
        raise UnwritableError(folder, error.strerror or "no reason given") from None
    if any(not (name.startswith(_PAGE) and name.endswith(".png")) for name in there):
        raise NotOnlyProofsError(folder)
    if there and not force:
        raise ExistsError(folder)


def _write(folder: Path, pictures: Iterator[bytes], count: int) -> list[str]:
    """Write the pictures to the folder, all or none, for their owner alone; return their names."""
    import tempfile  # noqa: PLC0415 - only for what is written: a check starts quickly

    digits = max(2, len(str(count)))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".priorauth-") as beside:
            new = Path(beside, "new")
            new.mkdir(mode=0o700)
            names = []
            for number, picture in enumerate(pictures, 1):
                names.append(f"{_PAGE}{number:0{digits}}.png")
                Path(new, names[-1]).touch(mode=0o600)
                Path(new, names[-1]).write_bytes(picture)
            _swap(new, folder, Path(beside, "old"))
    except OSError as error:
        raise UnwritableError(folder, error.strerror or "no reason given") from None
    return names


def _swap(new: Path, folder: Path, old: Path) -> None:
    """Put a new folder in place of another, which goes to `old`, or is as it was."""
    with ExitStack() as undo:
        if folder.exists():
            folder.replace(old)
            undo.callback(old.replace, folder)
        new.replace(folder)
        undo.pop_all()
