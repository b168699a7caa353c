"""Values of a PDF, which can be of any kind, read as the kind that they should be.

What is of another kind counts as absent, as it does for readers of PDF.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pikepdf import Array, Dictionary, Name, Object, Stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    Holder = Object | Dictionary | Stream


def group(holder: Holder, key: Name) -> Dictionary:
    """Return a dictionary within another one; an empty one where there is none."""
    found = holder.get(key)
    return found if isinstance(found, Dictionary) else Dictionary()


def listed(holder: Holder, key: Name) -> list[Object]:
    """Return the members of a list; none where there is no list."""
    found = holder.get(key)
    return list(found) if isinstance(found, Array) else []


def groups(holder: Holder, key: Name) -> Iterator[Dictionary]:
    """Yield the dictionaries of a list."""
    return (one for one in listed(holder, key) if isinstance(one, Dictionary))


def named(holder: Holder, key: Name) -> dict[str, Object]:
    """Return what a dictionary within another one holds, by name."""
    return dict(group(holder, key).items())


def number(value: Any) -> float | None:  # noqa: ANN401 - any value of a PDF
    """Return a number; None for anything else, and for what is not finite."""
    found = float(value) if isinstance(value, int | Decimal | float) else None
    return None if isinstance(value, bool) or found in (float("inf"), float("-inf")) else found


def whole(holder: Holder, key: Name) -> int:
    """Return a whole number; 0 where there is none."""
    found: Any = holder.get(key)
    return found if isinstance(found, int) else 0


def is_true(holder: Holder, key: Name) -> bool:
    """Return whether an entry says true."""
    found: Any = holder.get(key)
    return found is True


def box(value: Object | None) -> tuple[float, float, float, float] | None:
    """Return left, bottom, right and top, whichever corners are given; None without an area."""
    sides = [number(side) for side in value] if isinstance(value, Array) else []
    known = [side for side in sides if side is not None]
    if len(known) != 4 or len(sides) != 4:  # noqa: PLR2004 - two corners
        return None
    left, right = sorted((known[0], known[2]))
    bottom, top = sorted((known[1], known[3]))
    return (left, bottom, right, top) if left < right and bottom < top else None
