"""The flow: case, library and day to a letter. Each step is a line; details are elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from priorauth import intake
from priorauth.criteria import weigh_case

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from priorauth.criteria import Verdict
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
    if read.case is None:
        return Weighed(read.problems, None)
    verdict = weigh_case(read.case, library, day)
    own = (
        replace(p, place=replace(p.place, file=p.place.file or str(path))) for p in verdict.problems
    )
    return Weighed((*read.problems, *own), verdict)


def html(verdict: Verdict, library: Library, *, draft: bool = False) -> str:
    """Return the letter as HTML, by the payer's template where there is one."""
    from priorauth.letter import compose  # noqa: PLC0415 - weighing alone must start quickly
    from priorauth.render import render  # noqa: PLC0415 - the same

    payer_id = verdict.payer.id if verdict.payer else ""
    return render(compose(verdict, draft=draft), library.template_folders, payer_id)


def pdf(
    verdict: Verdict, library: Library, printer: Printer | None = None, *, draft: bool = False
) -> bytes:
    """Return the letter as PDF; a printer that is given is used again and saves its start."""
    from priorauth.pdf import Printer  # noqa: PLC0415 - weighing alone must not load WeasyPrint

    used = printer or Printer(library.template_folders)
    return used.pdf(html(verdict, library, draft=draft), verdict.day)
