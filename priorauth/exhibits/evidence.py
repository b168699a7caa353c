"""Evidence that cites a page which the packet will not have.

Not for what stands on the page: only a person can tell that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from priorauth.page_ranges import written
from priorauth.problems import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from priorauth.case import Case
    from priorauth.datafile import Trail
    from priorauth.exhibits.places import Places
    from priorauth.history import Evidence


@dataclass(frozen=True)
class Extent:
    """How many pages an exhibit has, and which of them are enclosed."""

    named: str  # as problems name it: exhibit B (notes)
    page_count: int
    pages: tuple[int, ...]


def misplaced(case: Case, extents: Mapping[str, Extent], places: Places) -> Iterator[Problem]:
    """Yield a problem for every page cited of these exhibits that is not enclosed."""
    for trail, cited in _cited(case):
        extent = extents.get(cited.exhibit)
        if extent is None or cited.page in extent.pages:
            continue
        what, fix = _told(cited.page, extent)
        yield Problem(Severity.ERROR, places.of_evidence(trail), what, fix)


def _told(page: int, extent: Extent) -> tuple[str, str]:
    if page > extent.page_count:
        has = "1 page" if extent.page_count == 1 else f"{extent.page_count:,} pages"
        what = f"the evidence is page {page:,}, but {extent.named} has {has}"
        return what, "Write the page of the document on which it stands, counted from 1."
    what = f"the evidence is page {page:,} of {extent.named}, which is not enclosed"
    fix = f"Add the page to the exhibit's `pages:` ({written(extent.pages)}), or cite another."
    return what, fix


def _cited(case: Case) -> Iterator[tuple[Trail, Evidence]]:
    """Yield everything that a case cites, with its place in the file."""
    for trail, record in _records(case):
        for number, cited in enumerate(record):
            yield (*trail, "evidence", number), cited


def _records(case: Case) -> Iterator[tuple[Trail, tuple[Evidence, ...]]]:
    for number, diagnosis in enumerate(case.diagnoses):
        yield ("diagnoses", number), diagnosis.evidence
    yield ("episode",), case.episode.evidence
    for number, treatment in enumerate(case.treatments):
        yield ("treatments", number), treatment.evidence
    for number, score in enumerate(case.scores):
        yield ("scores", number), score.evidence
    for name, attestation in case.attestations.items():
        yield ("attestations", name), attestation.evidence
    for number, exception in enumerate(case.exceptions):
        yield ("exceptions", number), exception.evidence
