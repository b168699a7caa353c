"""A file that cannot be imported: where, what, and what to do."""

from __future__ import annotations

from priorauth.problems import Place, Problem, Severity, UnreadableError


class RefusedError(UnreadableError):
    """A file that cannot be imported."""

    def __init__(self, name: str, what: str, fix: str, line: int = 0) -> None:
        """Say where, what, and what to do."""
        super().__init__((Problem(Severity.ERROR, Place(name, line), what, fix),))


class NotAChartError(RefusedError):
    """A file that holds no records; in a folder such a file is left, and told."""
