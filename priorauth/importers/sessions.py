"""Procedures → how often TMS, ECT or psychotherapy was given; what it was like is a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.importers.facts import SessionsFact
from priorauth.importers.records import System

if TYPE_CHECKING:
    from collections.abc import Iterable

    from priorauth.importers.records import Concept, ProcedureRecord, Records

# CPT: treatment sessions alone; 90867 and 90869 find the threshold and are sessions too.
_KINDS = {
    **dict.fromkeys(("90867", "90868", "90869"), "tms"),
    "90870": "ect",
    **dict.fromkeys(("90832", "90834", "90837", "90846", "90847", "90853"), "psychotherapy"),
}


def of(found: Iterable[ProcedureRecord], records: Records) -> tuple[SessionsFact, ...]:
    """Return the sessions of each kind; other procedures are counted as left."""
    groups: dict[str, list[ProcedureRecord]] = {}
    for record in found:
        kind = _kind(record.concept)
        if kind is None:
            records.leave("procedure", "nothing in a case file comes from it")
        elif record.on is None:
            records.leave("procedure", "no date that can be used", record.origin)
        else:
            groups.setdefault(kind, []).append(record)
    return tuple(_sessions(kind, group) for kind, group in sorted(groups.items()))


def _kind(concept: Concept) -> str | None:
    codes = (*concept.codes(System.CPT), *concept.codes(System.HCPCS))
    return next((_KINDS[code] for code in codes if code in _KINDS), None)


def _sessions(kind: str, group: list[ProcedureRecord]) -> SessionsFact:
    days = sorted((one.on for one in group if one.on), key=lambda on: on.first)
    return SessionsFact(kind, len(group), days[0], days[-1], tuple(one.origin for one in group))
