"""Requests that went out before: a second one for the same is turned away as a duplicate.

Not for whether it is the same: staff note what differs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.case import Kind
from priorauth.fields import problem
from priorauth.intake.places import at, entries, right
from priorauth.problems import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from priorauth.datafile import Datafile


def again(data: Datafile, day: date) -> Iterator[Problem]:
    """Yield a warning for each earlier request of this kind from which this one does not differ."""
    del day
    kind = right(data, ("request", "kind"), Kind) or Kind.INITIAL
    for entry in entries(data, ("sent",)):
        before = right(data, (*entry, "kind"), Kind) or Kind.INITIAL
        if before is kind and at(data, (*entry, "on")) and not at(data, (*entry, "differs")):
            what = "the same request was sent before: payers turn a second one away as a duplicate"
            fix = (
                "Ask the payer how far it is, or appeal a denial with `kind: appeal`. If drug, "
                "dose, frequency or dates are others now, write which as `differs:` here."
            )
            yield problem(data, (*entry, "on"), what, fix, Severity.WARNING)
