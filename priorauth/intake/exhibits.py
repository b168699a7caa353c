"""Exhibits: one id each, evidence that names one of them, files that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.codes import Line
from priorauth.fields import problem
from priorauth.intake.places import at, entries, right, texts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from priorauth.datafile import Datafile, Trail
    from priorauth.problems import Problem


def unlisted(data: Datafile, day: date) -> Iterator[Problem]:
    """Yield each id that stands twice, and each piece of evidence that names no exhibit."""
    del day
    first: dict[str, Trail] = {}
    for entry in entries(data, ("exhibits",)):
        trail = (*entry, "id")
        name = at(data, trail)
        if not isinstance(name, str):
            continue
        if name in first:
            line = data.line(first[name])
            yield problem(
                data,
                trail,
                f"two exhibits have one id{f' (the other is on line {line})' if line else ''}",
                "Give each exhibit an id of its own.",
            )
        first.setdefault(name, trail)
    for trail, name in texts(data.value):
        if trail[-1] == "exhibit" and name not in first:
            yield problem(
                data, trail, "the evidence names no exhibit of this case", _exhibit_fix(data)
            )


def _exhibit_fix(data: Datafile) -> str:
    trail = ("exhibits",)
    if not at(data, trail):
        return "List the document under `exhibits:`, or leave out the evidence."
    line = f" (line {data.line(trail)})" if data.line(trail) else ""
    return f"Write the id of an entry under `exhibits:`{line}, or add the document there."


def missing_files(data: Datafile, folder: Path) -> Iterator[Problem]:
    """Yield each exhibit whose file is not in `folder`."""
    for entry in entries(data, ("exhibits",)):
        trail = (*entry, "file")
        name = right(data, trail, Line)
        if name and not _is_file(folder / name):
            yield problem(
                data,
                trail,
                "the exhibit's file is not there",
                "Put the file beside the case file, or remove the exhibit: "
                "only what is there is enclosed.",
            )


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that no file can have
        return False
