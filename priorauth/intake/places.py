"""Look into a case file as it is written: what stands where, and whether it is right by itself.

The checks across values look at the file, not at the case: what is wrong in one line hides
nothing in another.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from priorauth.intake.values import adapter
from priorauth.reference import drugs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.datafile import Datafile, Trail


def at(data: Datafile, trail: Trail) -> Any:  # noqa: ANN401 - any part of a file
    """Return the value at a place of the file, or None when nothing is there."""
    value: Any = data.value
    for key in trail:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def right(data: Datafile, trail: Trail, kind: Any) -> Any:  # noqa: ANN401 - a value of that kind
    """Return the value at a place of the file when it is right by itself, else None."""
    raw = at(data, trail)
    with suppress(ValidationError):
        return None if raw is None else adapter(kind).validate_python(raw)
    return None


def entries(data: Datafile, trail: Trail) -> Iterator[Trail]:
    """Yield the place of each entry of a list."""
    found = at(data, trail)
    for place in range(len(found) if isinstance(found, list) else 0):
        yield (*trail, place)


def product(data: Datafile, trail: Trail) -> drugs.Product | None:
    """Return the drug that is named at a place of the file, when it is known."""
    name = at(data, trail)
    return drugs.find(name) if isinstance(name, str) else None


def texts(value: Any, trail: Trail = ()) -> list[tuple[Trail, str]]:  # noqa: ANN401
    """Return every text of a file with its place, in their order."""
    found: list[tuple[Trail, str]] = []
    _gather(value, trail, found)
    return found


def _gather(value: Any, trail: Trail, found: list[tuple[Trail, str]]) -> None:  # noqa: ANN401
    """Add the texts to those found; handed up from depth to depth they take three times as long."""
    if isinstance(value, str):
        found.append((trail, value))
    elif isinstance(value, dict):
        for key, item in value.items():
            _gather(item, (*trail, key), found)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            _gather(item, (*trail, place), found)
