"""Checking the library at the command line: what `check` without a case does."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from priorauth.check import check_library
from priorauth.cli import plain, show
from priorauth.library import shipped
from priorauth.problems import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from priorauth.library import Library
    from priorauth.problems import Problem


def check(library: Library, day: date, *, as_json: bool) -> int:
    """Print what is wrong with the library; return 0, 1 with warnings, 2 with errors."""
    found = sorted(dict.fromkeys(check_library(library, day)), key=_order)
    counts = Counter(problem.severity for problem in found)
    if as_json:
        data = [plain.of_problem(problem) for problem in found]
        click.echo(json.dumps({"problems": data}, indent=2, ensure_ascii=False))
    else:
        show.problems(problem for problem in found if not _of_shipped(problem, library))
        click.echo(_summary(library, counts))
        for line in _left_out(found, library):
            click.echo(line)
    if counts[Severity.ERROR]:
        return 2
    return 1 if counts[Severity.WARNING] else 0


def _of_shipped(problem: Problem, library: Library) -> bool:
    """Return whether a problem is a hint on a shipped file beside an administrator's own ones."""
    theirs = len(library.roots) > 1
    inside = Path(problem.place.file).is_relative_to(shipped() / "payers")
    return theirs and inside and problem.severity is Severity.HINT


def _left_out(found: list[Problem], library: Library) -> Iterator[str]:
    count = sum(_of_shipped(problem, library) for problem in found)
    if count:
        what = _count(count, "hint")
        yield f"Not listed: {what} on the files that come with the program; --json lists all."


def _order(problem: Problem) -> tuple[int, str, int]:
    place = problem.place
    return list(Severity).index(problem.severity), place.file, place.line


def _summary(library: Library, counts: Counter[Severity]) -> str:
    payers = library.payers()
    policies = sum(len(one.policies) for one in payers)
    tally = ", ".join(_count(counts[severity], severity.value) for severity in Severity)
    return f"{_count(len(payers), 'payer')}, {_count(policies, 'policy')}: {tally}"


def _count(count: int, what: str) -> str:
    more = f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    return f"{count} {what if count == 1 else more}"
