"""Facts that belong to no payer, as cited data with the small readers beside them.

Not for judging a case: what a dose, a score or a code means for a request is in `criteria`.
"""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from zlib import crc32

from priorauth import datafile
from priorauth.problems import PriorAuthError, UnreadableError
from priorauth.reference.table import MISTAKES, Table, typed

FOLDER = Path(__file__).parent


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
    path = FOLDER / name
    value = _quick_value(path)
    if value is None:
        found = datafile.read(path)
        if found.problems:
            raise UnreadableError(found.problems)
        value = found.value
    try:
        return typed(value, kind)
    except MISTAKES as mistake:
        raise TableError(name) from mistake


def quick_form(path: Path) -> Path:
    """Return the file that holds a table as JSON, built ahead by scripts/build_tables.py."""
    return path.with_suffix(".json")


def of_table(raw: bytes) -> int:
    """Return the number by which a quick form names the table that it was built from."""
    return crc32(raw.replace(b"\r\n", b"\n"))  # the same where Git writes Windows line ends


def _quick_value(path: Path) -> datafile.Value | None:
    """Return what a table holds, from its quick form; None where that is of another table."""
    quick = quick_form(path)
    if not (path.is_file() and quick.is_file()):
        return None
    held = json.loads(quick.read_bytes())
    value: datafile.Value = held["holds"]
    return value if held["of"] == of_table(path.read_bytes()) else None
