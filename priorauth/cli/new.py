"""The command that writes a case file to fill in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from priorauth.case import Kind
from priorauth.cli.case import READY
from priorauth.cli.options import library_option, on_option, output_options, write
from priorauth.cli.payer import UnknownPayerError
from priorauth.problems import PriorAuthError, UnreadableError, listed
from priorauth.reference import services
from priorauth.skeleton import skeleton

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from priorauth.library import Library


SLIP = 0.75  # this like a payer on file, a name is taken for a slip of the pen


class UnknownServiceError(PriorAuthError):
    """There is no service of that name."""

    def __init__(self, written: str) -> None:
        """Name the service that is meant, else all of them."""
        word = written.casefold()
        meant = [one.id for one in services.services() if word in one.name.casefold()]
        if meant:
            fix = f"Did you mean {listed(meant)}?"
        else:
            fix = f"Write {listed(service.id for service in services.services())}."
        super().__init__(f"There is no service of that name. {fix}")


class NameBothError(click.UsageError):
    """A new case is asked for without saying for what."""

    def __init__(self, path: Path | None = None) -> None:
        """Say what to name; of a file that is not there yet, too."""
        there = f"{path} is not there yet. " if path else ""
        super().__init__(f"{there}Name SERVICE and PAYER, such as: priorauth new esketamine cigna")


class OtherCaseError(PriorAuthError):
    """The case that is there asks for something else than the command."""

    def __init__(self, path: Path, what: str) -> None:
        """Name the file and the way out."""
        super().__init__(
            f"{path} names another {what} than this command: nothing was changed. Leave the "
            f"{what} out to go on with the file, or name another file with -o."
        )


@click.command()
@click.argument("service", required=False)
@click.argument("payer", required=False)
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in Kind]),
    show_default=Kind.INITIAL.value,
    help="What kind of request it is.",
)
@click.option(
    "--ask",
    is_flag=True,
    help="Ask for everything, one question at a time; goes on with a case that is there.",
)
@output_options("case.yaml")
@on_option
@library_option
def new(  # noqa: PLR0913 - one parameter an option
    service: str | None,
    payer: str | None,
    *,
    output: Path,
    day: date,
    library: Library,
    kind: str | None,
    ask: bool,
    force: bool,
) -> int:
    """Write a case file for SERVICE and PAYER to fill in.

    It asks for what the payer's policy needs, and says so where it asks. With --ask the questions
    come one at a time, and each answer is written into the file; over a case file that is there,
    from an import too, only what is still open is asked.
    """
    if ask and output.is_file() and not force:
        return _go_on(output, Named(service, payer, kind), library, day)
    if service is None or payer is None:
        raise NameBothError(output if ask else None)
    text = _text(service, payer, library, day, Kind(kind or Kind.INITIAL), by_hand=not ask)
    write(output, text.encode(), force=force)
    if library.find(payer) is None:
        on_file = listed(library.payer_ids, "and")
        click.echo(
            f"This payer is not on file: the letter will claim no criteria. On file: {on_file}.",
            err=True,
        )
    if ask:
        return _go_on(output, Named(), library, day)
    click.echo(f"{output}  Fill it in, then: priorauth check {output}")
    return READY


def _text(  # noqa: PLR0913 - what a case is for, and how it begins
    service: str, payer: str, library: Library, day: date, kind: Kind, *, by_hand: bool
) -> str:
    """Return a case file to fill in; raise where the service or the payer is not known."""
    known = services.find(service)
    if known is None:
        raise UnknownServiceError(service)
    found = library.find(payer)
    if found is None and library.nearest(payer, SLIP):
        raise UnknownPayerError(library, payer)
    return skeleton(known, payer, found, day, kind, by_hand=by_hand)


@dataclass(frozen=True)
class Named:
    """What the command names of a case that is there already."""

    service: str | None = None
    payer: str | None = None
    kind: str | None = None


def _go_on(path: Path, named: Named, library: Library, day: date) -> int:
    """Go on with a case file that is there; raise OtherCaseError where it is another case."""
    from priorauth import datafile  # noqa: PLC0415 - only for this way
    from priorauth.cli.ask import go_on  # noqa: PLC0415 - the same
    from priorauth.intake.places import at  # noqa: PLC0415 - the same

    data = datafile.read(path)
    if data.value is None:
        raise UnreadableError(data.problems)
    asked = services.find(named.service) if named.service else None
    if named.service and asked is None:
        raise UnknownServiceError(named.service)
    if asked and at(data, ("request", "service")) not in (None, asked.id):
        raise OtherCaseError(path, "service")
    payer = at(data, ("coverage", "payer"))
    if named.payer and payer and not _same_payer(named.payer, str(payer), library):
        raise OtherCaseError(path, "payer")
    kind = at(data, ("request", "kind")) or Kind.INITIAL.value
    if named.kind and named.kind != kind:
        raise OtherCaseError(path, "kind")
    return go_on(path, library, day)


def _same_payer(one: str, other: str, library: Library) -> bool:
    found = library.find(one)
    return found.is_named(other) if found else one.casefold() == other.casefold()
