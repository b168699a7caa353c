"""An appeal: the decision that it answers, and where it goes."""

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


def decision(data: Datafile, day: date) -> Iterator[Problem]:
    """Yield a problem when an appeal has no decision, or a decision no appeal."""
    del day
    is_appeal = right(data, ("request", "kind"), Kind) is Kind.APPEAL
    answer = at(data, ("answer",))
    if is_appeal and answer is None:
        what = "an appeal needs the payer's decision"
        fix = "Write `answer:` with decision, on, reference and the reasons in the payer's words."
        yield problem(data, ("request", "kind"), what, fix)
    elif is_appeal:
        yield from _not_enclosed(data)
        yield from _no_place(data)
    elif answer is not None:
        what = "only an appeal answers a decision: this letter does not show it"
        fix = "Write `kind: appeal` under `request:`, or remove `answer:`."
        yield problem(data, ("answer",), what, fix, Severity.WARNING)


def _not_enclosed(data: Datafile) -> Iterator[Problem]:
    kinds = [at(data, (*entry, "kind")) for entry in entries(data, ("exhibits",))]
    if "denial" not in kinds:
        what = "the decision that is appealed is not enclosed"
        fix = "List it under `exhibits:` with `kind: denial`."
        yield problem(data, ("exhibits",), what, fix, Severity.WARNING)


def _no_place(data: Datafile) -> Iterator[Problem]:
    place = at(data, ("coverage", "send_to"))
    if not isinstance(place, dict) or not {"fax", "address"} & set(place):
        what = "where the appeal goes is not recorded; requests and appeals seldom share a place"
        fix = "Write `send_to:` here with the department and the fax of the decision."
        yield problem(data, ("coverage",), what, fix, Severity.WARNING)
