"""The text form of what holds values of a case: the name of its kind, and nothing of the case.

Logs and tracebacks carry text forms. Models have the same by `codes.Record`.
"""

from __future__ import annotations


class Silent:
    """A value whose text form is the name of its kind alone."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Return the name of the kind alone."""
        return f"<{type(self).__name__}>"
