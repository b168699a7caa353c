"""The text form of what holds values of a case: the name of its kind, and nothing of the case.

Logs and tracebacks carry text forms. Models have the same by `codes.Record`.
"""

from __future__ import annotations

from typing import TypeVar

_Kind = TypeVar("_Kind", bound=type)


def _text_form(value: object) -> str:
    return f"<{type(value).__name__}>"


class Silent:
    """A value whose text form is the name of its kind alone."""

    __slots__ = ()

    __repr__ = _text_form


def silent(kind: _Kind) -> _Kind:
    """Return the kind of tuple, the text form of its values now the name of the kind alone."""
    kind.__repr__ = _text_form  # type: ignore[method-assign,assignment]
    return kind
