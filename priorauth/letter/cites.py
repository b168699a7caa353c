"""Where in the enclosures a fact stands, as the letter cites it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.letter.contract import Cite

if TYPE_CHECKING:
    from collections.abc import Iterable

    from priorauth.case import Case
    from priorauth.history import Evidence


class Citer:
    """Turns evidence into exhibit letters and pages."""

    def __init__(self, case: Case) -> None:
        """Remember the letter of each exhibit."""
        self._letters = {e.id: case.exhibit_letter(e.id) for e in case.exhibits}

    def __call__(self, found: Iterable[Evidence]) -> tuple[Cite, ...]:
        """Return each place once, in the order given."""
        return tuple(
            Cite(letter, one.page, f"Ex. {letter} p. {one.page}")
            for one in dict.fromkeys(found)
            for letter in [self._letters[one.exhibit]]
        )
