"""Page numbers as people write them: `2`, `3-5`, `1,4-6`; in rising order, no page twice.

Not for whether a document has these pages: `exhibits` looks at that.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Ranges = tuple[tuple[int, int], ...]  # first and last page of each, both included

_DASH = re.compile("[\N{EN DASH}\N{EM DASH}\N{NON-BREAKING HYPHEN}\N{MINUS SIGN}]")
_RANGE = re.compile(r"([1-9][0-9]{0,5})(?:\s*-\s*([1-9][0-9]{0,5}))?")


def parse(text: str) -> Ranges:
    """Return the first and last page of each range; raise ValueError when it cannot be read."""
    found: list[tuple[int, int]] = []
    for part in _DASH.sub("-", text).split(","):
        match = _RANGE.fullmatch(part.strip())
        if match is None:
            raise ValueError
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first or (found and first <= found[-1][1]):
            raise ValueError
        found.append((first, last))
    return tuple(found)


def numbers(ranges: Ranges) -> tuple[int, ...]:
    """Return every page of the ranges, in rising order."""
    return tuple(page for first, last in ranges for page in range(first, last + 1))


def written(pages: Iterable[int]) -> str:
    """Return rising page numbers in the shortest form: `1,4-6`."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][1] + 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
