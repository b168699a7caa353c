"""The commands on a case: check it, make its letter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from priorauth import pipeline
from priorauth.cli import plain, show
from priorauth.cli.fax import OnlyPdfError, fax_option, files, say_faxed, targets
from priorauth.cli.options import (
    library_option,
    on_option,
    output_options,
    refuse_existing,
    write_all,
)
from priorauth.problems import errors

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from priorauth.criteria import Verdict
    from priorauth.library import Library

READY, NOT_READY, CANNOT = 0, 1, 2
case_argument = click.argument("case", type=click.Path(path_type=Path))


class OneFormError(click.UsageError):
    """A letter is asked for in two forms at once."""

    def __init__(self) -> None:
        """Say what to choose."""
        super().__init__("One letter at a time. Choose --html or --docx.")


@click.command()
@click.argument("case", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@on_option
@library_option
def check(case: Path | None, day: date, library: Library, *, as_json: bool) -> int:
    """Say what CASE has and lacks, before anything is sent.

    Prints the trials and the payer's criteria with their findings, and what to get from whom.
    Without CASE it checks the library: payers, policies, worked examples and templates.
    """
    if case is None:
        from priorauth.cli import library as of_library  # noqa: PLC0415 - a case starts quickly

        return of_library.check(library, day, as_json=as_json)
    weighed = pipeline.weigh(case, library, day)
    exhibits = pipeline.glance(case, weighed.verdict) if weighed.verdict else ()
    found = (*weighed.problems, *exhibits)
    if as_json:
        data = plain.of_case(found, weighed.verdict)
        click.echo(json.dumps(data, indent=2, ensure_ascii=False))
    else:
        show.problems(found)
    if weighed.verdict is None:
        return CANNOT
    if not as_json:
        show.report(weighed.verdict)
        show.marked(case)
    return CANNOT if errors(exhibits) else code(weighed.verdict)


@click.command()
@case_argument
@output_options(None, shown="letter.pdf, letter.html or letter.docx")
@click.option("--draft", is_flag=True, help="Make a draft, also while questions are open.")
@click.option(
    "--html", "forms", flag_value="html", multiple=True, help="Write HTML instead of PDF."
)
@click.option(
    "--docx",
    "forms",
    flag_value="docx",
    multiple=True,
    help="Write a Word document to edit instead of PDF.",
)
@fax_option
@on_option
@library_option
def letter(  # noqa: PLR0913 - one parameter an option
    case: Path,
    output: Path | None,
    day: date,
    library: Library,
    *,
    force: bool,
    draft: bool,
    forms: tuple[str, ...],
    by_fax: bool,
) -> int:
    """Make the letter of CASE as PDF, or as HTML or Word document.

    While a criterion is unknown, or not met without an exception asked for, only --draft
    makes a letter: each of its pages says DRAFT.
    """
    form = _form(forms, by_fax=by_fax)
    output = output or Path(f"letter.{form}")
    for path in targets(output, by_fax=by_fax):
        refuse_existing(path, force=force)
    weighed = pipeline.weigh(case, library, day)
    show.problems(weighed.problems)
    verdict = weighed.verdict
    if verdict is None:
        return CANNOT
    if not verdict.ready and not draft:
        say_open(verdict, "letter")
        return NOT_READY
    exhibits = pipeline.survey(case, verdict)  # a letter cites only pages that are there
    show.problems(exhibits)
    if errors(exhibits):
        return CANNOT
    content = _MAKERS[form](verdict, library, draft)
    written = files(output, content, by_fax=by_fax)
    write_all(written, force=force)
    click.echo(f"{output}  {show.verdict_line(verdict)}")
    show.marked(case)
    say_faxed(written)
    _say_unnoticed(verdict)
    return code(verdict)


_MAKERS: dict[str, Callable[[Verdict, Library, bool], bytes]] = {
    "pdf": lambda verdict, library, draft: pipeline.pdf(verdict, library, draft=draft),
    "html": lambda verdict, library, draft: pipeline.page(verdict, library, draft=draft).encode(),
    "docx": lambda verdict, library, draft: pipeline.docx(verdict, library, draft=draft),
}


def _form(forms: tuple[str, ...], *, by_fax: bool) -> str:
    """Return the one form that the letter is to have."""
    if forms and by_fax:
        raise OnlyPdfError
    if len(set(forms)) > 1:
        raise OneFormError
    return forms[0] if forms else "pdf"


def _say_unnoticed(verdict: Verdict) -> None:
    """Print that a letter by itself lacks the notice that goes with some of its exhibits."""
    if any(exhibit.part_2 for exhibit in verdict.case.exhibits):
        click.echo(
            "An exhibit is a record protected by 42 CFR Part 2: its notice goes along with it. "
            "`priorauth packet` adds it; a letter by itself has none.",
            err=True,
        )


def say_open(verdict: Verdict, what: str) -> None:
    """Print the questions for which no letter, or no packet, was written."""
    click.echo(f"No {what} was written: questions are open. `--draft` makes a draft.", err=True)
    for place, question in enumerate(verdict.questions, 1):
        who = f" Ask {question.ask}." if question.ask else ""
        click.echo(f"{place:2}. {question.text}{who}", err=True)


def code(verdict: Verdict) -> int:
    """Return the exit code that a verdict calls for."""
    return READY if verdict.ready else NOT_READY
