"""Diagnoses beside what is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.fields import problem
from priorauth.intake.places import at, entries
from priorauth.problems import Problem, Severity
from priorauth.reference import icd10cm

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from priorauth.datafile import Datafile


def in_remission(data: Datafile, day: date) -> Iterator[Problem]:
    """Yield each diagnosis that says remission: nothing is then left to treat."""
    del day
    for entry in entries(data, ("diagnoses",)):
        trail = (*entry, "code")
        code = at(data, trail)
        if isinstance(code, str) and icd10cm.in_remission(code):
            yield problem(
                data,
                trail,
                "this diagnosis says remission while treatment is asked for",
                "Ask the prescriber whether it is still the right code.",
                Severity.WARNING,
            )
