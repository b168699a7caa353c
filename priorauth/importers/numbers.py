"""A number as exports write it; not for deciding whether it can be a dose."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

_MOST = 10**9  # past this no record means what it says


def of(text: str) -> Decimal | None:
    """Return the number that a text is; None where it is none, or beyond all measure."""
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < _MOST else None
