"""What an import came to, for the screen: counts and lines, and nothing of the patient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from priorauth.left_open import left_open

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.importers import Imported


@dataclass(frozen=True)
class Report:
    """What was taken, what was left and why, and on which lines a person has to decide."""

    taken: tuple[tuple[str, str], ...]
    left: tuple[tuple[int, str, str], ...]
    questions: tuple[int, ...]
    holding: tuple[int, ...]  # those of the questions that hold the letter back
    doubts: tuple[str, ...]


def of(imported: Imported, text: str) -> Report:
    """Return the report on an import whose case file holds `text`."""
    left = sorted(imported.records.left.items(), key=lambda one: (-one[1], one[0].what))
    asked = left_open(text)
    return Report(
        tuple(_taken(imported)),
        tuple((count, one.what, one.why) for one, count in left),
        tuple(one.first for one in asked),
        tuple(one.first for one in asked if one.holds),
        imported.facts.doubts,
    )


def _taken(imported: Imported) -> Iterator[tuple[str, str]]:
    facts = imported.facts
    yield "patient", "yes" if facts.patient else "no file describes one"
    yield "plan", _plan(imported)
    doses = sum(len(course.doses) for course in facts.courses)
    yield "treatments", _counted(len(facts.courses) + len(facts.sessions), doses, "dose")
    sure = sum(one.total is not None and one.on is not None for one in facts.scores)
    yield "scores", str(sure)
    yield "diagnoses", str(sum(bool(one.mental and one.code) for one in facts.diagnoses))
    yield "exhibits", str(sum(note.listed for note in facts.notes))


def _plan(imported: Imported) -> str:
    found = imported.facts.coverage
    if found.certain:
        return "yes"
    return "to be decided" if found.record or found.question else "none in the records"


def _counted(count: int, parts: int, of_what: str) -> str:
    if not parts:
        return str(count)
    return f"{count}, with {parts} {of_what if parts == 1 else f'{of_what}s'}"
