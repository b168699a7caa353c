"""Questions on where a fact stands: in which document, on which page."""

from __future__ import annotations

from contextlib import suppress
from pathlib import PurePath
from typing import TYPE_CHECKING

from priorauth.asking.question import How, Question
from priorauth.exhibits import locate, own, page_count
from priorauth.problems import PriorAuthError, listed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from priorauth.asking.interview import Interview
    from priorauth.asking.page import Written
    from priorauth.datafile import Trail

_MOST = 6  # documents that are named in a question
_OWN = (
    "priorauth has made this document: what a letter says is no evidence for it. Name a page of "
    "the record. Enter alone puts this off."
)
_COUNTED = "Write the page of the document on which it stands, counted from 1."


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


def refused(interview: Interview, wanted: list[tuple[Trail, Written]]) -> str:
    """Return why pages cannot be cited that an answer names; nothing when they can, or may be."""
    entries = [*interview.entries("exhibits"), *(value for _, value in wanted)]
    exhibits = (one for one in entries if isinstance(one, dict) and {"id", "file"} <= set(one))
    files = {str(one["id"]): str(one["file"]) for one in exhibits}
    for _, value in wanted:
        if isinstance(value, dict) and set(value) == {"exhibit", "page"}:
            name = str(value["exhibit"])
            path = _found(interview, files.get(name, name))
            told = _misfit(path, str(value["page"])) if path else ""
            if told:
                return told
    return ""


def _misfit(path: Path, page: str) -> str:
    """Return why a page of a document cannot be cited; nothing where it may stand there."""
    if is_own(path):
        return _OWN
    with suppress(PriorAuthError):  # what cannot be read is told by `check`
        count = page_count(path)
        if page.isdecimal() and int(page) > count:
            has = "1 page" if count == 1 else f"{count:,} pages"
            return f"This document has {has}. {_COUNTED} Enter alone puts this off."
    return ""


def _found(interview: Interview, name: str) -> Path | None:
    """Return the file of that name beside the case, which can be named without its ending."""
    if interview.folder is None:
        return None
    for one in (name, f"{name}.pdf") if not PurePath(name).suffix else (name,):
        with suppress(PriorAuthError):
            return locate(interview.folder, one)
    return None


def is_own(path: Path) -> bool:
    """Return whether a document is a letter or a packet of priorauth."""
    with suppress(PriorAuthError):
        return own.is_own(path)
    return False
