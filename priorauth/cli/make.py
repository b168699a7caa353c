"""The commands that begin a payer and a policy in the administrator's own folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from priorauth import schema, skeleton
from priorauth.cli.new import UnknownServiceError
from priorauth.cli.options import begin_all, library_option, on_option
from priorauth.cli.payer import UnknownPayerError, payer
from priorauth.library import shipped
from priorauth.problems import PriorAuthError
from priorauth.reference import services

if TYPE_CHECKING:
    from datetime import date

    from priorauth.library import Library

_SCHEMAS = ("payer", "policy", "examples", "form")
_BASES = {"iv_ketamine": "iv-ketamine"}  # the sample that a service's examples start from


class NoNameError(PriorAuthError):
    """A payer's name that makes no id."""

    def __init__(self) -> None:
        """Say what a name needs."""
        super().__init__("A payer's name needs letters or digits.")


def own_folder(library: Library) -> Path:
    """Return the folder where the administrator's own files go: never the shipped one."""
    first = library.roots[0]
    return first if first.resolve() != shipped().resolve() else Path()


@payer.command("new")
@click.argument("name")
@on_option
@library_option
def new_payer(name: str, day: date, library: Library) -> None:
    """Begin a payer: write payers/ID/payer.yaml to fill in.

    It goes into the folder given by --library, else into payers/ where the command runs.
    """
    payer_id = skeleton.payer_id_of(name)
    if not payer_id:
        raise NoNameError
    folder = own_folder(library)
    path = folder / "payers" / payer_id / "payer.yaml"
    begin_all({path: skeleton.payer_file(name, day).encode()}, beside=_schemas(folder))
    click.echo(f"{path}  Fill it in, then: priorauth policy new {payer_id} SERVICE")


@click.group()
def policy() -> None:
    """Begin a policy."""


@policy.command("new")
@click.argument("payer_id", metavar="PAYER")
@click.argument("service")
@on_option
@library_option
def new_policy(payer_id: str, service: str, day: date, library: Library) -> None:
    """Begin PAYER's policy for SERVICE: write the file and its worked examples to fill in."""
    found = library.find(payer_id)
    if found is None:
        raise UnknownPayerError(library, payer_id)
    known = services.find(service)
    if known is None:
        raise UnknownServiceError(service)
    folder = own_folder(library)
    path = folder / "payers" / found.id / f"{known.id}.yaml"
    examples = path.with_suffix(".examples.yaml")
    name = found.payer.name if found.payer else found.id
    base = _BASES.get(known.id, "esketamine")
    begun = {
        path: skeleton.policy_file(found.id, name, known, day).encode(),
        examples: skeleton.examples_file(known, base, day).encode(),
    }
    begin_all(begun, beside=_schemas(folder))
    click.echo(f"{path}  Fill it in, then: priorauth check")


def _schemas(folder: Path) -> dict[Path, bytes]:
    """Return the schemas: beside the payers, where the first lines of the files look for them."""
    return {
        folder / "payers" / schema.file_name(kind): schema.schema(kind).encode()
        for kind in _SCHEMAS
    }
