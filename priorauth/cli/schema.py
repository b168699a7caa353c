"""The command that prints the JSON Schema of a kind of file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from priorauth.cli.options import output_options, write
from priorauth.schema import KINDS
from priorauth.schema import schema as schema_of

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("kind", type=click.Choice(tuple(KINDS)))
@output_options(None, shown="the screen")
def schema(kind: str, output: Path | None, *, force: bool) -> None:
    """Print the JSON Schema of a KIND of file: case, payer, policy, examples or form.

    An editor that knows JSON Schema completes the keys and underlines slips. Name the schema on the
    first line of the file: # yaml-language-server: $schema=case.schema.json
    """
    text = schema_of(kind)
    if output is None:
        click.echo(text, nl=False)
        return
    write(output, text.encode(), force=force)
    click.echo(f"{output}  Name it in a file: # yaml-language-server: $schema={output.name}")
