"""Questions on where a fact stands: in which document, on which page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.asking.question import How, Question
from priorauth.problems import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.asking.interview import Interview
    from priorauth.datafile import Trail

_MOST = 6  # documents that are named in a question


def evidence_of(interview: Interview, at: Trail, what: str) -> Iterator[Question]:
    """Yield the question where something stands, when there is a document that it can stand in."""
    names = documents(interview)
    if interview.at(*at, "evidence") or not names:
        return
    shown = names[:_MOST]
    more = f", and {len(names) - _MOST} more" if len(names) > _MOST else ""
    yield Question(
        (*at, "evidence"),
        f"On which page of which document does {what} stand?",
        "reviewers look for the page; what has none is easily doubted",
        How.EVIDENCE,
        f"the document and its page, such as `{shown[0]} 3`. There {_are(shown)}{more}",
    )


def _are(names: list[str]) -> str:
    return f"{'is' if len(names) == 1 else 'are'} {listed(names, 'and')}"


def documents(interview: Interview) -> list[str]:
    """Return the exhibits by their id, then the files beside the case that are none yet."""
    listed_here = interview.entries("exhibits")
    ids = [str(one["id"]) for one in listed_here if one.get("id")]
    taken = {str(one.get("file")) for one in listed_here}
    return [*ids, *(name for name in interview.documents if name not in taken)]
