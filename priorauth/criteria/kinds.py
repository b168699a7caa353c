"""What each kind of request must say beyond the payer's criteria: what is open, with whom to ask.

Not for the criteria themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.case import Kind
from priorauth.criteria.deadlines import deadlines_of, time_to_appeal
from priorauth.dates import shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from priorauth.case import Case


def open_points(case: Case, day: date) -> Iterator[tuple[str, str]]:
    """Yield what this kind of request must say and does not, each with whom to ask."""
    if case.weighed_as is Kind.RENEWAL:
        yield from _renewal(case)
    if case.appealed:
        yield from _time_to_appeal(case, day)


def _renewal(case: Case) -> Iterator[tuple[str, str]]:
    if case.course.started is None:
        text = "When did the course under way begin?"
        yield f"{text} Write `started:` under `course:`.", "the practice"
    if case.course.sessions_given is None:
        text = "How many sessions have been given so far?"
        yield f"{text} Write `sessions_given:` under `course:`.", "the practice"


def _time_to_appeal(case: Case, day: date) -> Iterator[tuple[str, str]]:
    """Yield what is open of the last day to appeal; a late appeal is asked about, never hidden."""
    found = deadlines_of(case, day, None)
    ours = time_to_appeal(case, found)
    if ours is None:
        yield from found.questions
        if not found.questions:
            text = "By which day must this appeal be filed? The payer's decision names it."
            yield f"{text} Write it as `appeal_by:` under `answer:`.", "the payer"
    elif ours.due and ours.due < day:
        text = f"The time to appeal ended on {shown(ours.due)} ({ours.rule})."
        ask = "Does the plan still take it? Write the last day that it names as `appeal_by:`."
        yield f"{text} {ask}", "the payer"
