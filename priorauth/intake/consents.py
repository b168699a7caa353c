"""Specially protected records among the exhibits: what is said of them, and what is only half said.

Not for refusing them: `criteria` and the packet do.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from priorauth.fields import problem
from priorauth.intake.places import at, entries
from priorauth.problems import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from priorauth.datafile import Datafile

_NOTES_TITLE = re.compile(r"\b(?:psychotherapy|process|counsell?ing) notes?\b", re.IGNORECASE)
_TELLING_TITLE = re.compile(
    r"substance|alcohol|opioid|addict|detox|\brehab|methadone|buprenorphine|\bSUD\b|\bMAT\b",
    re.IGNORECASE,
)
_SUBSTANCE_USE = re.compile(r"F1[0-9]", re.IGNORECASE)


def half_said(data: Datafile, day: date) -> Iterator[Problem]:
    """Yield what staff may have overlooked of records that need the patient's signature."""
    del day
    yield from _titles(data)
    yield from _telling_titles(data)
    yield from _substance_use(data)
    marked = any(at(data, (*entry, "part_2")) == "yes" for entry in entries(data, ("exhibits",)))
    if at(data, ("consents", "part_2")) is not None and not marked:
        what = "a consent is recorded, and no exhibit is marked as the record that it is for"
        fix = "Write `part_2: yes` on that exhibit: its notice goes along then. Or remove this."
        yield problem(data, ("consents", "part_2"), what, fix, Severity.WARNING)


def _titles(data: Datafile) -> Iterator[Problem]:
    for entry in entries(data, ("exhibits",)):
        title, kind = at(data, (*entry, "title")), at(data, (*entry, "kind"))
        if kind != "psychotherapy_notes" and _NOTES_TITLE.search(str(title)):
            what = "the title speaks of psychotherapy notes, which need their own authorization"
            fix = (
                "Write `kind: psychotherapy_notes` if they are the therapist's own, kept apart "
                "from the chart. Else give it another title, such as Psychotherapy summary."
            )
            yield problem(data, (*entry, "title"), what, fix, Severity.WARNING)


def _telling_titles(data: Datafile) -> Iterator[Problem]:
    """Yield a hint for a title that tells on the fax cover what the record is protected for."""
    for entry in entries(data, ("exhibits",)):
        title = str(at(data, (*entry, "title")))
        if at(data, (*entry, "part_2")) == "yes" and _TELLING_TITLE.search(title):
            what = "the fax cover lists this title, and it tells of treatment for substance use"
            fix = "Give it a title that does not, such as Discharge summary of 10/12/2026."
            yield problem(data, (*entry, "title"), what, fix, Severity.HINT)


def _substance_use(data: Datafile) -> Iterator[Problem]:
    """Yield a hint where a diagnosis makes such records likely and nothing is said of them."""
    exhibits = tuple(entries(data, ("exhibits",)))
    if not exhibits or any(at(data, (*entry, "part_2")) is not None for entry in exhibits):
        return
    for entry in entries(data, ("diagnoses",)):
        if _SUBSTANCE_USE.match(str(at(data, (*entry, "code")))):
            what = "this diagnosis is one of substance use: is an exhibit the record of a program?"
            fix = (
                "Write `part_2: yes` on each that is a record of a substance use disorder program "
                "(42 CFR Part 2), and `part_2: no` on one of the others when none is."
            )
            yield problem(data, (*entry, "code"), what, fix, Severity.HINT)
            return
