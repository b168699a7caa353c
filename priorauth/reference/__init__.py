"""Facts that belong to no payer, as cited data with the small readers beside them.

Not for judging a case: what a dose, a score or a code means for a request is in `criteria`.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from priorauth import datafile
from priorauth.problems import PriorAuthError, UnreadableError
from priorauth.reference.table import MISTAKES, Table, typed

_FOLDER = Path(__file__).parent


class Mark(StrEnum):
    """How surely a fact is known: read in a primary text, in a secondary one, or in none."""

    V = "V"
    V2 = "V2"
    V2_LOW = "V2-low"
    M = "M"

    @property
    def printable(self) -> bool:
        """Return whether the fact may become a sentence in a letter."""
        return self is not Mark.M


class TableError(PriorAuthError):
    """A table of the program itself is not in order."""

    def __init__(self, name: str) -> None:
        """Name the table and the way out."""
        super().__init__(f"The table {name} is damaged. Install priorauth again.")


def read_table(name: str, kind: type[Table]) -> Table:
    """Return the table `name` (`drugs.yaml`) of this folder, typed as `kind`.

    Raises UnreadableError when its form is wrong, TableError when a key or a value is.
    """
    found = datafile.read(_FOLDER / name)
    if found.problems:
        raise UnreadableError(found.problems)
    try:
        return typed(found.value, kind)
    except MISTAKES as mistake:
        raise TableError(name) from mistake
