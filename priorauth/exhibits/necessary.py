"""What of the exhibits is cited, and what is not: a payer is sent no more than it needs.

Not for deciding it: staff do, who know what a reviewer asks to see.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from priorauth import page_ranges
from priorauth.exhibits.evidence import cited
from priorauth.silent import silent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from priorauth.case import Case, Exhibit

# The payer's own decision, a public label, a signed form: nothing of them is too much.
_WHOLE = frozenset({"denial", "label", "consent"})


@silent
class Use(NamedTuple):
    """One exhibit with the pages of it that something in the case cites."""

    exhibit: Exhibit
    letter: str
    cited: tuple[int, ...]
    uncited: tuple[int, ...] | None  # None while nobody has looked how many pages it has

    @property
    def is_whole(self) -> bool:
        """Return whether it belongs in the packet with all of its pages."""
        return self.exhibit.kind in _WHOLE


def uses(case: Case, enclosed: Mapping[str, tuple[int, ...]] | None = None) -> tuple[Use, ...]:
    """Return how each exhibit of a case is used, in order.

    `enclosed` says which pages of each exhibit are; without it only those are known that the
    case itself names, for no document is opened here.
    """
    places = {one for _, one in cited(case)}
    return tuple(
        _use(case, exhibit, {one.page for one in places if one.exhibit == exhibit.id}, enclosed)
        for exhibit in case.exhibits
    )


def _use(
    case: Case, exhibit: Exhibit, pages: set[int], enclosed: Mapping[str, tuple[int, ...]] | None
) -> Use:
    known = (enclosed or {}).get(exhibit.id)
    if known is None and exhibit.pages:
        known = page_ranges.numbers(page_ranges.parse(exhibit.pages))
    uncited = None if known is None else tuple(page for page in known if page not in pages)
    return Use(exhibit, case.exhibit_letter(exhibit.id), tuple(sorted(pages)), uncited)
