"""The command that prints the manuals, which travel with the program."""

from __future__ import annotations

import click

from priorauth.library import shipped


@click.command()
@click.argument("name", type=click.Choice(("payers", "templates")))
def manual(name: str) -> None:
    """Print a manual: payers (add a payer, its policies, its forms) or templates (change a letter).

    To read it page by page: priorauth manual payers | more
    """
    click.echo((shipped() / name / "README.md").read_text("utf-8"), nl=False)
