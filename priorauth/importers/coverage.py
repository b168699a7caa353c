"""The plans of the record → the one that is asked: certain, or a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.importers.facts import CoverageFact
from priorauth.problems import PriorAuthError, listed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from priorauth.importers.records import CoverageRecord, Records
    from priorauth.library import Library, LibraryPayer


class NoPayerError(PriorAuthError):
    """Neither the records nor the command say for certain which payer is asked."""

    def __init__(self, library: Library) -> None:
        """Name the way out."""
        super().__init__(
            "The records name no plan of a payer that is on file, so that it is not certain whom "
            f"to ask: add --payer. On file: {listed(library.payer_ids, 'and')}."
        )


def of(  # noqa: PLR0913, PLR0917 - what was found, and what each name means
    found: Iterable[CoverageRecord],
    records: Records,
    library: Library,
    payer: LibraryPayer | None,
    day: date,
    written: str = "",
) -> CoverageFact:
    """Return the plan that belongs to the payer, or the question which one does.

    A payer that is not on file is known by its name as `written`.
    """
    plans = [one for one in found if _in_force(one, records, day)]
    wanted = payer.id if payer else None
    named = [(one, name_of(one, records)) for one in plans]
    fitting = [
        (one, name)
        for one, name in named
        if ((known := library.find(name)) and known.id == wanted)
        or (payer is None and written and name.casefold() == written.casefold())
    ]
    if len(fitting) == 1:
        return CoverageFact(*fitting[0], certain=True)
    if not named:
        return CoverageFact(None)
    if len(named) > 1:
        names = listed((name or "one without a name" for _, name in named), "and")
        question = f"The records hold {len(named)} plans: which one is asked?"
        return CoverageFact(None, names, question=question)
    told = "names another payer" if named[0][1] else "does not name the payer of its plan"
    question = f"The record {told}: is it the payer above? If it is, copy what stands below."
    return CoverageFact(*named[0], question=question)


def payer_of(found: Iterable[CoverageRecord], records: Records, library: Library) -> LibraryPayer:
    """Return the one payer on file that the records name; raise NoPayerError without one."""
    payers = {known.id: known for one in found if (known := library.find(name_of(one, records)))}
    if len(payers) != 1:
        raise NoPayerError(library)
    return next(iter(payers.values()))


def name_of(one: CoverageRecord, records: Records) -> str:
    """Return the payer's name as the organization has it, else as the plan names it."""
    organization = records.organizations.get(one.payer_ref)
    return organization.name if organization and organization.name else one.payer


def _in_force(one: CoverageRecord, records: Records, day: date) -> bool:
    over = one.end is not None and one.end.last < day
    if one.active and not over and not (one.start and one.start.first > day):
        return True
    records.leave("plan", "not in force on the day of the request", one.origin)
    return False
