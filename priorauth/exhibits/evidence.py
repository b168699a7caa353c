"""Evidence that cites a page which the packet will not have.

Not for what stands on the page: only a person can tell that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from priorauth.codes import Record
from priorauth.history import Evidence
from priorauth.page_ranges import written
from priorauth.problems import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from priorauth.case import Case
    from priorauth.datafile import Key, Trail
    from priorauth.exhibits.places import Places


class Extent(NamedTuple):
    """How many pages an exhibit has, and which of them are enclosed."""

    named: str  # as problems name it: exhibit B (notes)
    page_count: int
    pages: tuple[int, ...]


def misplaced(case: Case, extents: Mapping[str, Extent], places: Places) -> Iterator[Problem]:
    """Yield a problem for every page cited of these exhibits that is not enclosed."""
    for trail, one in cited(case):
        extent = extents.get(one.exhibit)
        if extent is None or one.page in extent.pages:
            continue
        what, fix = _told(one.page, extent)
        yield Problem(Severity.ERROR, places.of_evidence(trail), what, fix)


def _told(page: int, extent: Extent) -> tuple[str, str]:
    if page > extent.page_count:
        has = "1 page" if extent.page_count == 1 else f"{extent.page_count:,} pages"
        what = f"the evidence is page {page:,}, but {extent.named} has {has}"
        return what, "Write the page of the document on which it stands, counted from 1."
    what = f"the evidence is page {page:,} of {extent.named}, which is not enclosed"
    fix = f"Add the page to the exhibit's `pages:` ({written(extent.pages)}), or cite another."
    return what, fix


def cited(part: object, trail: Trail = ()) -> Iterator[tuple[Trail, Evidence]]:
    """Yield everything that a case, or a part of it, cites, with its place in the file."""
    if isinstance(part, Evidence):
        yield trail, part
        return
    for key, inner in _inside(part):
        yield from cited(inner, (*trail, key))


def _inside(part: object) -> Iterable[tuple[Key, object]]:
    """Return what a part of a case holds; nothing for a plain value."""
    if isinstance(part, Record):
        return ((name, getattr(part, name)) for name in type(part).model_fields)
    if isinstance(part, dict):
        return part.items()
    return enumerate(part) if isinstance(part, tuple) else ()
