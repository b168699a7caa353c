"""Facts that belong to no payer, as cited data with the small readers beside them.

Not for judging a case: what a dose, a score or a code means for a request is in `criteria`.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from pydantic import ConfigDict, TypeAdapter

from priorauth import datafile
from priorauth.problems import UnreadableError

Table = TypeVar("Table")

STRICT = ConfigDict(extra="forbid")  # an unknown key in a table is a slip, never ignored
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


def read_table(name: str, kind: type[Table]) -> Table:
    """Return the table `name` (`drugs.yaml`) of this folder, typed as `kind`.

    Raises UnreadableError when its form is wrong, and pydantic's error when a value is.
    """
    found = datafile.read(_FOLDER / name)
    if found.problems:
        raise UnreadableError(found.problems)
    return TypeAdapter(kind).validate_python(found.value)
