"""The commands on templates: what they may use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from priorauth import pipeline, samples
from priorauth.cli import show
from priorauth.cli.options import library_option
from priorauth.cli.sample import DEMO, DEMO_DAY
from priorauth.letter import compose, guide
from priorauth.problems import PriorAuthError, listed, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.letter import Letter
    from priorauth.letter.guide import Kind, Variable
    from priorauth.library import Library


class UnknownVariableError(PriorAuthError):
    """A template may use nothing of that name."""

    def __init__(self, name: str, known: set[str]) -> None:
        """Name what comes near."""
        near = nearest(name, known)
        hint = f"Did you mean {listed(near)}?" if near else "`priorauth vars` lists all names."
        super().__init__(f"There is no variable of that name. {hint}")


@click.command("vars")
@click.argument("name", required=False)
@click.option(
    "--markdown", is_flag=True, help="Print the guide as it stands in templates/README.md."
)
@library_option
def vars_(name: str | None, library: Library, *, markdown: bool) -> None:
    """Say what a template may use: each NAME with its type, its meaning and an example.

    NAME is a variable such as treatments, or a kind of thing such as TreatmentRow; all are
    listed when it is left out.
    """
    found = guide.kinds(_letters(library))
    if markdown:
        click.echo(guide.markdown(found), nl=False)
        return
    for line in _named(name, found) if name else _all(found):
        click.echo(line)


def _letters(library: Library) -> list[Letter]:
    """Return the letters that the examples are taken from."""
    weighed = (pipeline.weigh(samples.find(name).path, library, DEMO_DAY) for name in DEMO)
    return [compose(one.verdict) for one in weighed if one.verdict]


def _all(found: tuple[Kind, ...]) -> Iterator[str]:
    for kind in found:
        yield f"{kind.name}: {kind.about}"
        for one in kind.variables:
            yield from show.wrapped(f"{one.name}: {one.type}; {one.meaning}", "  ", hang=4)
        yield ""


def _named(name: str, found: tuple[Kind, ...]) -> Iterator[str]:
    """Yield what there is to say of a name; raises UnknownVariableError."""
    last = name.rsplit(".", maxsplit=1)[-1]
    kinds = [kind for kind in found if kind.name == last]
    pairs = [(kind, one) for kind in found for one in kind.variables if one.name == last]
    if not kinds and not pairs:
        known = {kind.name for kind in found} | {v.name for kind in found for v in kind.variables}
        raise UnknownVariableError(last, known)
    for kind in kinds:
        yield from _all((kind,))
    for kind, one in pairs:
        yield from _told(kind, one)


def _told(kind: Kind, one: Variable) -> Iterator[str]:
    yield f"{kind.name}.{one.name}: {one.type}"
    yield from show.wrapped(one.meaning, "  ")
    if one.example:
        yield from show.wrapped(f"such as: {one.example}", "  ")
