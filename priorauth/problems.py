"""What can be wrong, where, and how to mend it. Not for printing: only the command line prints."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Severity(StrEnum):
    """How much a problem matters."""

    ERROR = "error"  # certainly wrong: nothing can be made of it
    WARNING = "warning"  # may cost the decision: look before sending
    HINT = "hint"  # would read better


class Place(NamedTuple):
    """Where a problem stands: a file, a line counted from 1 (0 when unknown), a field."""

    file: str = ""
    line: int = 0
    field: str = ""

    def __str__(self) -> str:
        """Return `file:line` with the parts that are known."""
        return f"{self.file}:{self.line}" if self.line else self.file


class Problem(NamedTuple):
    """One thing that is wrong: where, what, and what to write instead.

    `what` and `fix` never hold a value of a case: they are shown on screens and kept in logs.
    """

    severity: Severity
    place: Place
    what: str
    fix: str

    def __str__(self) -> str:
        """Return the problem as one line: `file:line: error: field: what. fix`."""
        parts = [str(self.place), self.severity.value, self.place.field]
        return f"{': '.join(part for part in parts if part)}: {self.what}. {self.fix}".rstrip()


class PriorAuthError(Exception):
    """Something without which the program cannot go on; its text is a whole sentence."""


class UnreadableError(PriorAuthError):
    """A case or a library file that cannot be used; carries every problem found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems, the errors among them first."""
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return only the problems that stop the work."""
    return tuple(problem for problem in problems if problem.severity is Severity.ERROR)


def nearest(
    word: str, known: Iterable[str], most: int = 3, likeness: float = 0.6
) -> tuple[str, ...]:
    """Return up to `most` of the known words that look like `word`, the likest first."""
    from difflib import get_close_matches  # noqa: PLC0415 - only a slip of the pen needs it

    folded = {name.casefold(): name for name in known}
    matches = get_close_matches(word.casefold(), folded, n=most, cutoff=likeness)
    return tuple(folded[match] for match in matches)


def listed(words: Iterable[str], last: str = "or") -> str:
    """Return the words as a phrase: `a`, `a or b`, `a, b or c`."""
    *front, end = list(words) or [""]
    return f"{', '.join(front)} {last} {end}" if front else end
