"""The commands on forms: list a form's fields, write a first map, fill one from a case."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from priorauth import pipeline
from priorauth.cli import show
from priorauth.cli.case import CANNOT, NOT_READY, case_argument, code, say_open
from priorauth.cli.options import (
    library_option,
    on_option,
    output_options,
    refuse_existing,
    write,
)
from priorauth.problems import PriorAuthError, UnreadableError, errors, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from priorauth.criteria import Verdict
    from priorauth.forms import Filled, Form, Unfilled
    from priorauth.forms.reading import FormField, FormPdf
    from priorauth.library import Library

pdf_argument = click.argument("pdf", metavar="FORM.pdf", type=click.Path(path_type=Path))


class WhichFormError(PriorAuthError):
    """A payer asks for no form, or for several."""

    def __init__(self, asked: Sequence[Form], library: Library) -> None:
        """Name the forms that there are."""
        if asked:
            names = listed(form.id for form in asked)
            super().__init__(f"The payer asks for several forms. Name one with --form: {names}.")
            return
        known = listed(form.id for form in library.forms()) or "none"
        super().__init__(
            "The payer's file names no form for this request. If the payer takes one that is on "
            f"file, name it with --form: {known}. `priorauth form map` begins another."
        )


@click.group()
def form() -> None:
    """List a form's fields, write a first map of them, fill a form from a case."""


@form.command("fields")
@pdf_argument
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def list_fields(pdf: Path, *, as_json: bool) -> None:
    """List the fields of FORM.pdf: page, kind, name, tooltip, length, choices."""
    from priorauth.forms import reading  # noqa: PLC0415 - the help starts quickly

    found = reading.read(pdf)
    if as_json:
        click.echo(json.dumps(_as_json(found), indent=2, ensure_ascii=False))
        return
    rows = [((str(one.page), one.kind.value, one.name), _about(one)) for one in found.fields]
    for line in show.table(("page", "kind", "name"), rows):
        click.echo(line)
    for line in _oddities(found):
        click.echo(line, err=True)


def _about(one: FormField) -> str:
    """Return what else there is to say of a field, in one line."""
    marks = {
        "required": one.required,
        "locked": one.read_only,
        "hidden": one.hidden,
        "several lines": one.multiline,
        "a box for each character": one.comb,
        "takes words of one's own": one.editable,
    }
    parts = [one.tooltip] if one.tooltip and one.tooltip != one.name else []
    parts += [f"at most {one.max_length} characters"] if one.max_length is not None else []
    parts += [word for word, holds in marks.items() if holds]
    parts += [f"on {len(one.widgets)} places"] if len(one.widgets) > 1 else []
    if one.kind.chooses:
        parts.append(f"choices: {listed([choice.shown for choice in one.choices], 'and')}")
    return "; ".join(parts)


def _oddities(found: FormPdf) -> Iterator[str]:
    if found.unnamed:
        yield f"{found.unnamed} places have no name: no map can fill them."
    if found.xfa:
        yield "The PDF also holds an XFA form, which is dropped when it is filled."
    if found.scripts:
        yield "The PDF holds scripts, which are removed when it is filled."


def _as_json(found: FormPdf) -> dict[str, Any]:
    return {
        "sha256": found.sha256,
        "xfa": found.xfa,
        "scripts": found.scripts,
        "unnamed": found.unnamed,
        "fields": [_field_data(one) for one in found.fields],
    }


def _field_data(one: FormField) -> dict[str, Any]:
    return {
        "name": one.name,
        "kind": one.kind.value,
        "tooltip": one.tooltip,
        "pages": sorted({widget.page for widget in one.widgets}),
        "places": len(one.widgets),
        "max_length": one.max_length,
        "choices": [{"value": choice.value, "shown": choice.shown} for choice in one.choices],
        "required": one.required,
        "read_only": one.read_only,
        "hidden": one.hidden,
        "multiline": one.multiline,
    }


@form.command("map")
@pdf_argument
@output_options(None, shown="FORM.yaml, beside the form")
def write_map(pdf: Path, output: Path | None, *, force: bool) -> None:
    """Write a first map of FORM.pdf, to be edited.

    A field is mapped where its name is certain; every other is marked as not mapped yet.
    """
    from priorauth.forms import drafting, reading  # noqa: PLC0415 - the help starts quickly
    from priorauth.forms.formmap import NOT_MAPPED  # noqa: PLC0415 - the same

    output = output or pdf.with_suffix(".yaml")
    refuse_existing(output, force=force)
    text = drafting.draft(reading.read(pdf), pdf.stem)
    write(output, text.encode(), force=force)
    left = text.count(NOT_MAPPED)
    click.echo(f"{output}  {left} fields are not mapped yet: edit it, then: priorauth check")


@form.command("fill")
@case_argument
@output_options("form.pdf")
@click.option("--form", "form_id", help="Which form: texas-standard/nofr001.")
@click.option("--draft", is_flag=True, help="Make a draft, also while questions are open.")
@click.option("--keep-fields", is_flag=True, help="Leave the fields to be edited in a viewer.")
@on_option
@library_option
def fill_form(  # noqa: PLR0913 - one parameter an option
    case: Path,
    output: Path,
    form_id: str | None,
    day: date,
    library: Library,
    *,
    force: bool,
    draft: bool,
    keep_fields: bool,
) -> int:
    """Fill the payer's form from CASE, by itself.

    What does not fit into its box stands on an addendum behind the form. What the case does not
    say stays blank and is listed.
    """
    refuse_existing(output, force=force)
    weighed = pipeline.weigh(case, library, day)
    show.problems(weighed.problems)
    verdict = weighed.verdict
    if verdict is None:
        return CANNOT
    if not verdict.ready and not draft:
        say_open(verdict, "form")
        return NOT_READY
    found = _chosen(form_id, verdict, library)
    filled = pipeline.form(verdict, found, draft=draft, keep_fields=keep_fields)
    show.problems(filled.problems)
    write(output, filled.pdf, force=force)
    click.echo(f"{output}  {_size(filled)}")
    for line in _blanks(filled.unfilled):
        click.echo(line)
    return code(verdict) if not errors(filled.problems) else NOT_READY


def _chosen(form_id: str | None, verdict: Verdict, library: Library) -> Form:
    """Return the one form that is meant; raise PriorAuthError when it is not clear or not there."""
    from priorauth import forms  # noqa: PLC0415 - the help starts quickly

    found = forms.named(form_id, verdict, library) if form_id else forms.needed(verdict, library)
    if errors(found.problems):
        raise UnreadableError(found.problems)
    show.problems(found.problems)
    if len(found.forms) != 1:
        raise WhichFormError(found.forms, library)
    return found.forms[0]


def _size(filled: Filled) -> str:
    count = filled.pages + filled.addendum_pages
    pages = f"{count} page{'' if count == 1 else 's'}"
    number = len(filled.overflow)
    answers = f"{number} answer{'' if number == 1 else 's'}"
    return f"{pages}; {answers} on the addendum" if number else pages


def _blanks(unfilled: Sequence[Unfilled]) -> Iterator[str]:
    """Yield the fields that stay blank, for staff."""
    if not unfilled:
        return
    yield ""
    yield "Blank, to be looked at before it is sent"
    for one in unfilled:
        must = " (the form requires it)" if one.required else ""
        where = f" ({one.path})" if one.path else ""
        yield from show.wrapped(
            f"page {one.page}  {one.label}{must}: {one.why}{where}", "  ", hang=8
        )
