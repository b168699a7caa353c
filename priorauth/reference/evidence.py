"""Published works that a letter may cite, each tied to the product and route that it studied.

Not for choosing what to argue: a template asks for a service, and gets only what may be printed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from priorauth.reference import Mark, icd10cm, read_table


@dataclass(frozen=True)
class Identifier:
    """A DOI or a PubMed number, and how surely it is this work's."""

    value: str
    mark: Mark


@dataclass(frozen=True)
class Figure:
    """One result with its numbers, as a sentence."""

    text: str
    mark: Mark


@dataclass(frozen=True)
class Work:
    """A published work: what it studied, what it found, and what it does not show."""

    id: str
    short: str  # `Anand 2023`
    citation: str  # authors, journal, volume, pages, without its numbers
    design: str
    product: str
    route: str
    supports: str
    limitations: str
    source: str  # where the facts of this entry were read
    mark: Mark
    figures: tuple[Figure, ...]
    n: int | None = None
    doi: Identifier | None = None
    pmid: Identifier | None = None
    services: tuple[str, ...] = ()  # ids of the services that were the work's very subject
    background: tuple[str, ...] = ()  # ids of those that it is only context for
    contrary: tuple[str, ...] = ()  # ids of those that a reviewer may hold it against
    requests: tuple[str, ...] = ()  # kinds of request it speaks to; empty for all
    beside: str = ""  # `antidepressant` or `alone`, where the result holds for one of them only
    least_age: int | None = None  # where the patients were that old or older

    def printable(self) -> Work | None:
        """Return the work without what may not be printed, or None when no figure is left."""
        figures = tuple(figure for figure in self.figures if figure.mark.printable)
        if not self.mark.printable or not figures:
            return None
        return replace(self, figures=figures, doi=_sure(self.doi), pmid=_sure(self.pmid))

    @property
    def reference(self) -> str:
        """Return the citation with the identifiers that may be printed."""
        doi, pmid = _sure(self.doi), _sure(self.pmid)
        numbers = [f"doi {doi.value}" if doi else "", f"PMID {pmid.value}" if pmid else ""]
        return ". ".join([self.citation, *filter(None, numbers)]) + "."


def for_service(service_id: str) -> tuple[Work, ...]:
    """Return what a letter for the service may cite: works about it first, then background."""
    own = [work for work in works() if service_id in work.services]
    context = [work for work in works() if service_id in work.background]
    return _printable([*own, *context])


def fitting(
    service_id: str, *, diagnosis: str, request: str, beside_antidepressant: bool, age: int
) -> tuple[Work, ...]:
    """Return the printable works whose patients had this illness and were treated so.

    `diagnosis` is the ICD-10-CM code that the request is for.
    """
    if not icd10cm.among(diagnosis, _table().diagnoses):
        return ()
    beside = "antidepressant" if beside_antidepressant else "alone"
    return tuple(
        work
        for work in for_service(service_id)
        if (not work.requests or request in work.requests)
        and work.beside in ("", beside)
        and (work.least_age is None or age >= work.least_age)
    )


def contrary_to(service_id: str) -> tuple[Work, ...]:
    """Return the works that a reviewer may hold against the service, for staff to know."""
    return _printable([work for work in works() if service_id in work.contrary])


def find(work_id: str) -> Work | None:
    """Return the whole entry, its unprintable parts included, or None when there is none."""
    return next((work for work in works() if work.id == work_id), None)


def works() -> tuple[Work, ...]:
    """Return every entry, printable or not, in the order of the table."""
    return _table().works


@dataclass(frozen=True)
class _Table:
    diagnoses: tuple[str, ...]  # ICD-10-CM codes, or families of them, that the patients had
    works: tuple[Work, ...]


@cache
def _table() -> _Table:
    return read_table("evidence.yaml", _Table)


def _printable(found: list[Work]) -> tuple[Work, ...]:
    return tuple(printed for work in found if (printed := work.printable()))


def _sure(identifier: Identifier | None) -> Identifier | None:
    return identifier if identifier and identifier.mark.printable else None
