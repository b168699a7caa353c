"""The commands on templates: what they may use, and what they give."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from priorauth import pipeline, render, samples, skeleton
from priorauth import preview as previews
from priorauth.check import check_template
from priorauth.cli import show
from priorauth.cli.make import own_folder
from priorauth.cli.options import (
    begin_all,
    library_option,
    on_option,
    output_options,
    refuse_existing,
    write,
)
from priorauth.cli.payer import UnknownPayerError
from priorauth.cli.sample import DEMO, DEMO_DAY
from priorauth.letter import compose, guide
from priorauth.library import Library
from priorauth.pdf import Printer
from priorauth.phrases import PHRASES
from priorauth.problems import PriorAuthError, listed, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from priorauth.letter import Letter
    from priorauth.letter.guide import Kind, Variable

_PAUSE = 0.5  # seconds between two looks at the files


class OneOfTwoError(PriorAuthError):
    """Two options that exclude each other."""

    def __init__(self) -> None:
        """Say which."""
        super().__init__("Name a sample or a case, not both: --sample NAME or --case CASE.")


class UnknownVariableError(PriorAuthError):
    """A template may use nothing of that name."""

    def __init__(self, name: str, known: set[str]) -> None:
        """Name what comes near."""
        near = nearest(name, known)
        hint = f"Did you mean {listed(near)}?" if near else "`priorauth vars` lists all names."
        super().__init__(f"There is no variable of that name. {hint}")


class UnknownTemplateError(PriorAuthError):
    """There is no template of that name."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        """Name what comes near, or all."""
        near = nearest(name, known) or known
        super().__init__(f"There is no template of that name. Did you mean {listed(near)}?")


# The samples that examples are taken from: together they have every kind of thing.
EXAMPLES = (*DEMO, "esketamine-renewal", "esketamine-appeal")


@click.command()
@click.argument("payer")
@click.argument("document", type=click.Choice(tuple(previews.DOCUMENTS)), default="letter")
@output_options("preview.pdf")
@click.option("--sample", "name", help="The sample case; one that fits the payer when left out.")
@click.option("--case", type=click.Path(path_type=Path), help="A case of your own instead.")
@click.option("--watch", is_flag=True, help="Make it again at every save, until Ctrl-C.")
@on_option
@library_option
def preview(  # noqa: PLR0913, PLR0917 - one parameter an option
    payer: str,
    document: str,
    output: Path,
    name: str | None,
    case: Path | None,
    day: date,
    library: Library,
    *,
    force: bool,
    watch: bool,
) -> None:
    """Make PAYER's DOCUMENT with sample data, to see what the templates give."""
    if name and case:
        raise OneOfTwoError
    found = library.find(payer)
    if found is None:
        raise UnknownPayerError(library, payer)
    refuse_existing(output, force=force)

    def make() -> None:
        fresh = Library(library.roots)  # the payer's files may have changed too
        used = name or previews.sample_for(fresh, found.id)
        shown = previews.case_in(case, day) if case else previews.sample(used, found.id, day)
        content = previews.letter(shown, fresh, day, document)
        html = render.render(content, fresh.template_folders, found.id, f"{document}.html")
        own = f"{found.id}/{document}.html"
        if own in render.names(fresh.template_folders):
            show.problems(check_template(fresh, own))  # of what Jinja drops without a word
        printer = Printer(fresh.template_folders, invented=case is None)
        laid_out = printer.lay_out(html, style=previews.DOCUMENTS[document])
        write(output, printer.write([laid_out], day), force=True)
        click.echo(f"{output}  {document} of {found.id}{'' if case else f' with sample {used}'}")

    if not watch:
        make()
        return
    _watch(make, library, case)


def _watch(make: Callable[[], None], library: Library, case: Path | None) -> None:
    """Make the document now and at every change of the library or the case, until Ctrl-C."""
    before: dict[Path, int] | None = None
    with suppress(KeyboardInterrupt):
        while True:
            now = _changes(library, case)
            if now != before:
                before = now
                try:
                    make()
                except PriorAuthError as error:
                    click.echo(str(error), err=True)
            time.sleep(_PAUSE)


def _changes(library: Library, case: Path | None) -> dict[Path, int]:
    """Return when each file that a preview depends on was last written."""
    folders = [root / kind for root in library.roots for kind in ("templates", "payers")]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {path: path.stat().st_mtime_ns for path in (*files, *([case] if case else []))}


@click.group()
def template() -> None:
    """Begin a payer's own template, or print one that is in force."""


@template.command("new")
@click.argument("payer")
@click.argument("document", type=click.Choice(tuple(previews.DOCUMENTS)), default="letter")
@library_option
def new_template(payer: str, document: str, library: Library) -> None:
    """Begin PAYER's own DOCUMENT: a file that changes nothing yet, each block as a comment."""
    found = library.find(payer)
    if found is None:
        raise UnknownPayerError(library, payer)
    path = own_folder(library) / "templates" / found.id / f"{document}.html"
    blocks = render.blocks_of(library.template_folders, f"{document}.html")
    text = skeleton.template_file(found.id, document, blocks)
    begin_all({path: text.encode()})
    click.echo(f"{path}  Change it, then: priorauth preview {found.id} {document}")


@template.command("show")
@click.argument("name")
@library_option
def show_template(name: str, library: Library) -> None:
    """Print the template NAME as it is in force, such as letter.html or parts/tables.html."""
    text = render.source(library.template_folders, name)
    if text is None:
        raise UnknownTemplateError(name, render.names(library.template_folders))
    click.echo(text, nl=False)


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
    for line in _named(name, found) if name else (*_all(found), *_phrases()):
        click.echo(line)


def _letters(library: Library) -> list[Letter]:
    """Return the letters that the examples are taken from."""
    weighed = (pipeline.weigh(samples.find(name).path, library, DEMO_DAY) for name in EXAMPLES)
    return [compose(one.verdict) for one in weighed if one.verdict]


def _all(found: tuple[Kind, ...]) -> Iterator[str]:
    for kind in found:
        yield f"{kind.name}: {kind.about}"
        for one in kind.variables:
            yield from show.wrapped(f"{one.name}: {one.type}; {one.meaning}", "  ", hang=4)
        yield ""


def _phrases() -> Iterator[str]:
    yield "phrases: what a payer.yaml may have its own way, under `phrases:`."
    for name, one in PHRASES.items():
        yield from show.wrapped(f"{name}: {one.where}", "  ", hang=4)


def _phrase(name: str) -> Iterator[str]:
    one = PHRASES[name]
    yield f"phrases.{name}: a sentence or heading that payer.yaml may hold"
    yield from show.wrapped(one.where, "  ")
    yield from show.wrapped(f"by default: {one.default or 'none'}", "  ", hang=4)
    yield from show.wrapped(f"placeholders: {guide.placeholders(name).replace('`', '')}", "  ")


def _named(name: str, found: tuple[Kind, ...]) -> Iterator[str]:
    """Yield what there is to say of a name; raises UnknownVariableError.

    `letter.patient` is the letter's alone, `patient` whatever has that name.
    """
    *above, last = name.split(".")
    phrase = last in PHRASES and above in ([], ["phrases"])
    kinds = [kind for kind in found if kind.name == last]
    pairs = [(kind, one) for kind in found for one in kind.variables if one.name == last]
    pairs = [pair for pair in pairs if pair[0].name == above[-1]] if above else pairs
    if not kinds and not pairs and not phrase and name != "phrases":
        known = {kind.name for kind in found} | {v.name for kind in found for v in kind.variables}
        raise UnknownVariableError(last, known | set(PHRASES))
    for kind in kinds:
        yield from _all((kind,))
    for kind, one in pairs:
        yield from _told(kind, one)
    if phrase:
        yield from _phrase(last)
    if name == "phrases":
        yield from _phrases()


def _told(kind: Kind, one: Variable) -> Iterator[str]:
    yield f"{kind.name}.{one.name}: {one.type}"
    yield from show.wrapped(one.meaning, "  ")
    if one.example:
        yield from show.wrapped(f"such as: {one.example}", "  ")
