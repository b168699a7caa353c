"""The command that writes a case file to fill in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from priorauth.case import Kind
from priorauth.cli.options import library_option, on_option, output_options, write
from priorauth.cli.payer import UnknownPayerError
from priorauth.problems import PriorAuthError, listed
from priorauth.reference import services
from priorauth.skeleton import skeleton

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from priorauth.library import Library


SLIP = 0.75  # this like a payer on file, a name is taken for a slip of the pen


class UnknownServiceError(PriorAuthError):
    """There is no service of that name."""

    def __init__(self) -> None:
        """Name the services."""
        known = listed(service.id for service in services.services())
        super().__init__(f"There is no service of that name. Write {known}.")


@click.command()
@click.argument("service")
@click.argument("payer")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in Kind]),
    default=Kind.INITIAL.value,
    show_default=True,
    help="What kind of request it is.",
)
@output_options("case.yaml")
@on_option
@library_option
def new(  # noqa: PLR0913 - one parameter an option
    service: str, payer: str, output: Path, day: date, library: Library, *, kind: str, force: bool
) -> None:
    """Write a case file for SERVICE and PAYER to fill in.

    It asks for what the payer's policy needs, and says so where it asks.
    """
    known = services.find(service)
    if known is None:
        raise UnknownServiceError
    found = library.find(payer)
    if found is None and library.nearest(payer, SLIP):
        raise UnknownPayerError(library, payer)
    text = skeleton(known, payer, found, day, Kind(kind))
    write(output, text.encode(), force=force)
    if found is None:
        on_file = listed(library.payer_ids, "and")
        click.echo(
            f"This payer is not on file: the letter will claim no criteria. On file: {on_file}.",
            err=True,
        )
    click.echo(f"{output}  Fill it in, then: priorauth check {output}")
