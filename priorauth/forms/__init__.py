"""Payers' and states' forms: a fillable PDF and a map beside it become a filled form.

choosing  which forms a request needs                -> Found
reading   the fields of a PDF                        -> FormPdf
formmap   what an administrator wrote of them        -> FormMap
answers   what the letter's content says in each     -> Answers
filling   each answer in its box, or to the addendum -> Written
binding   cleaned, flattened, addendum behind        -> bytes
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from priorauth.forms import binding, reading
from priorauth.forms.answers import Unfilled
from priorauth.forms.checking import check, check_used, compared
from priorauth.forms.choosing import Found, UnknownFormError, asked_by, named, needed, where_from
from priorauth.forms.filling import Filler
from priorauth.forms.form import Filled, Form
from priorauth.letter.contract import Addendum, AddendumItem
from priorauth.problems import Place, Problem, Severity
from priorauth.render import render

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.forms.filling import Written
    from priorauth.letter import Letter
    from priorauth.pdf import Printer

__all__ = [
    "AddendumItem",
    "Filled",
    "Form",
    "Found",
    "Unfilled",
    "UnknownFormError",
    "asked_by",
    "check",
    "check_used",
    "fill",
    "named",
    "needed",
    "where_from",
]


def fill(
    form: Form, letter: Letter, *, printer: Printer | None = None, keep_fields: bool = False
) -> Filled:
    """Return the form filled with the letter's content, flattened unless its fields are kept.

    Raises UnfillableError when the PDF cannot be used, LackingError for a character that no
    font has. A printer that is given lays out the addendum, and saves its start.
    """
    opened = reading.read(form.pdf)
    problems = compared(form.file.data, form.map, opened)
    pages = len(opened.pdf.pages)
    written = Filler(opened, form.template_folders).fill(form.map, letter)
    binding.clean(opened)
    if not keep_fields:
        binding.flatten(opened.pdf)
    if letter.draft:
        binding.mark_draft(opened.pdf, form.template_folders)
    behind = _addendum(form, letter, written, printer)
    addendum_pages = binding.append(opened.pdf, behind) if behind else 0
    return Filled(
        pdf=binding.written(opened.pdf),
        pages=pages,
        addendum_pages=addendum_pages,
        unfilled=written.unfilled,
        overflow=written.overflow,
        problems=(*problems, *_problems(form, written)),
    )


def _addendum(form: Form, letter: Letter, written: Written, printer: Printer | None) -> bytes:
    """Return the addendum as PDF; nothing when everything fits."""
    if not written.overflow:
        return b""
    from priorauth.pdf import Printer  # noqa: PLC0415 - a form that fits must not load WeasyPrint

    content = Addendum(form.map.title, form.map.number or "", written.overflow)
    html = render(
        replace(letter, addendum=content), form.template_folders, form.payer_id, "addendum.html"
    )
    used = printer or Printer(form.template_folders)
    return used.pdf(html, date.fromisoformat(letter.facts.day.iso))


def _problems(form: Form, written: Written) -> Iterator[Problem]:
    """Yield what staff must know before the form is sent."""
    for name in written.no_such_choice:
        yield _problem(
            form,
            name,
            Severity.WARNING,
            "the form has no such choice, so it stays blank",
            "Fill it by hand, and add the choice to the map.",
        )
    for name in written.without_pointer:
        yield _problem(
            form,
            name,
            Severity.WARNING,
            "the box is too small even to point to the addendum",
            "Write there by hand that the answer is on the addendum.",
        )
    for path in written.shown_first_only:
        yield Problem(
            Severity.WARNING,
            Place(form.file.data.name, 0, "fields"),
            f"the form takes one entry of `{path}`, and the case has more",
            "Look whether the form asks for all of them.",
        )


def _problem(form: Form, name: str, severity: Severity, what: str, fix: str) -> Problem:
    return Problem(severity, form.file.data.place(("fields", name)), what, fix)
