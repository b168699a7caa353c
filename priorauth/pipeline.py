"""The flow: case and library and day to a letter. Each step is a line; the details are elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from priorauth import intake
from priorauth.criteria import weigh_case
from priorauth.letter import compose
from priorauth.render import render

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from priorauth.case import Case
    from priorauth.criteria import Verdict
    from priorauth.letter import Letter
    from priorauth.library import Library
    from priorauth.pdf import Printer
    from priorauth.problems import Problem


@dataclass(frozen=True)
class Weighed:
    """A case file as read and weighed; no verdict when the file cannot be used."""

    problems: tuple[Problem, ...]
    verdict: Verdict | None = field(repr=False)


def weigh(path: Path, library: Library, day: date) -> Weighed:
    """Return the case file at `path` weighed against the policy that governs it on `day`."""
    read = intake.read(path, day)
    verdict = weigh_case(read.case, library, day) if read.case else None
    return Weighed(read.problems, verdict)


def write(verdict: Verdict) -> Letter:
    """Return the content of the letter that the verdict calls for."""
    return compose(verdict)


def html(verdict: Verdict, library: Library) -> str:
    """Return the letter as HTML, by the payer's template where there is one."""
    payer_id = verdict.payer.id if verdict.payer else ""
    return render(compose(verdict), library.template_folders, payer_id)


def pdf(verdict: Verdict, library: Library, printer: Printer | None = None) -> bytes:
    """Return the letter as PDF; a printer that is given is used again and saves its start."""
    from priorauth.pdf import Printer  # noqa: PLC0415 - weighing alone must not load WeasyPrint

    used = printer or Printer(library.template_folders)
    return used.pdf(html(verdict, library), verdict.day)


def letter(case: Case, library: Library, day: date) -> bytes:
    """Return the letter of a case as PDF: weigh, compose, render, lay out."""
    return pdf(weigh_case(case, library, day), library)
