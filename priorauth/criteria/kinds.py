"""What each kind of request must say beyond the payer's criteria: what is open, with whom to ask.

Not for the criteria themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.case import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.case import Case


def open_points(case: Case) -> Iterator[tuple[str, str]]:
    """Yield what this kind of request must say and does not, each with whom to ask."""
    if case.request.kind is Kind.RENEWAL:
        yield from _renewal(case)


def _renewal(case: Case) -> Iterator[tuple[str, str]]:
    if case.course.started is None:
        yield (
            "When did the course under way begin? Write `started:` under `course:`.",
            "the practice",
        )
    if case.course.sessions_given is None:
        text = "How many sessions have been given so far?"
        yield f"{text} Write `sessions_given:` under `course:`.", "the practice"
