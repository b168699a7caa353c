"""Statements that a rule wants to go along with a record, in the words that it prescribes.

Not for whether a record may be sent: that is for `criteria`.
"""

from datetime import date
from functools import cache
from typing import NamedTuple

from priorauth.reference import Mark, read_table


class Notice(NamedTuple):
    """One prescribed statement; what it says of itself stands in notices.yaml."""

    id: str
    rule: str
    under: str  # the rulemaking that set the wording
    since: date
    paragraphs: tuple[str, ...]
    source: str
    mark: Mark


class _Table(NamedTuple):
    notices: tuple[Notice, ...]


def notice(notice_id: str) -> Notice:
    """Return a statement by its id; raises LookupError."""
    return {one.id: one for one in _table().notices}[notice_id]


@cache
def _table() -> _Table:
    return read_table("notices.yaml", _Table)
