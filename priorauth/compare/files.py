"""What changed in the files of a library: which ones, and in data files which field.

Not for what follows from it: the findings and the letters.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from priorauth import datafile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from priorauth.compare.side import Side
    from priorauth.datafile import Value

_NAMES = ("id", "name")  # what an entry of a list is known by
_TITLES = ("requirement", "title", "name", "stance", "drug")
_DATA = (".yaml", ".yml")


class How(StrEnum):
    """What became of a file."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class FieldChange:
    """A field of a data file before and after; None where it is not written."""

    field: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class FileChange:
    """A file that is not the same in both libraries."""

    path: str  # in the library: `payers/cigna/esketamine.yaml`
    how: How
    fields: tuple[FieldChange, ...] = ()
    readable: bool = True  # of a data file: whether its fields could be compared

    @property
    def is_only_form(self) -> bool:
        """Return whether only comments, order of keys or line breaks differ: the data is one."""
        data = self.path.endswith(_DATA)
        return data and self.how is How.CHANGED and self.readable and not self.fields

    @property
    def payer(self) -> str:
        """Return the payer whose file or template it is; empty for everyone's."""
        kind, *between, _ = self.path.split("/")
        own = between and (kind == "payers" or between[0] not in ("parts", "fonts"))
        return between[0] if own else ""


def changed(old: Side, new: Side) -> tuple[FileChange, ...]:
    """Return the files that differ, in the order of their paths."""
    before, after = old.files(), new.files()
    return tuple(
        change
        for path in sorted({*before, *after})
        if (change := _change(path, before.get(path), after.get(path)))
    )


def _change(path: str, old: Path | None, new: Path | None) -> FileChange | None:
    if old is None or new is None:
        return FileChange(path, How.ADDED if old is None else How.REMOVED)
    if old == new or old.read_bytes() == new.read_bytes():
        return None
    if not path.endswith(_DATA):
        return FileChange(path, How.CHANGED)
    one, other = datafile.read(old).value, datafile.read(new).value
    if one is None or other is None:
        return FileChange(path, How.CHANGED, readable=False)
    return FileChange(path, How.CHANGED, tuple(_fields(one, other, "")))


def _fields(old: Value, new: Value, at: str) -> Iterator[FieldChange]:
    """Yield the fields that differ; what is only on one side is told as a whole."""
    before, after = _entries(old, new), _entries(new, old)
    if before is None or after is None:
        if old != new:
            yield FieldChange(at, _short(old), _short(new))
        return
    for key in dict.fromkeys((*before, *after)):
        place = f"{at}.{key}" if at else key
        if key not in after:
            yield FieldChange(place, _short(before[key]), None)
        elif key not in before:
            yield FieldChange(place, None, _short(after[key]))
        else:
            yield from _fields(before[key], after[key], place)


def _entries(value: Value, other: Value) -> dict[str, Value] | None:
    """Return a value's parts by their keys; None when it is compared as a whole.

    The parts of a list are known by their id or name, so that one more changes no other.
    """
    if isinstance(value, dict):
        return value if isinstance(other, dict) else None
    if not (isinstance(value, list) and isinstance(other, list)):
        return None
    if not all(isinstance(one, dict) for one in (*value, *other)):
        return None
    return _by_name(value) or {str(place): one for place, one in enumerate(value)}


def _by_name(entries: list[Value]) -> dict[str, Value]:
    """Return entries by id or name, those without one by their place among their like.

    Empty when two have one name.
    """
    found: dict[str, Value] = {}
    nameless = 0
    for entry in entries:
        name = next(filter(None, (_word(entry, key) for key in _NAMES)), "")
        found[name or str(nameless)] = entry
        nameless += not name
    return found if len(found) == len(entries) else {}


def _word(value: Value, key: str) -> str:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def _short(value: Value) -> str:
    """Return a value in one line; of an entry with many fields what it is about."""
    if isinstance(value, str):
        return " ".join(value.split()) or "(empty)"
    if isinstance(value, list):
        return f"[{', '.join(map(_short, value))}]"
    title = next((value[key] for key in _TITLES if isinstance(value.get(key), str)), None)
    if title is not None:
        return _short(title)
    return f"{{{', '.join(f'{key}: {_short(one)}' for key, one in value.items())}}}"
